import { z } from 'zod';

export const INTERACTIVE = 'application/vnd.amazonaws.connect.message.interactive';

/** What there is to pick in an interactive message. */
export interface Picking {
  readonly title: string;
  readonly subtitle: string | undefined;
  readonly options: readonly Option[];
}

export interface Option {
  readonly label: string;
  readonly more: string | undefined;
  /** What is sent when it is picked: a title, or a time as it was offered. */
  readonly answer: string;
}

const element = z.object({
  title: z.string(),
  subtitle: z.string().optional(),
  description: z.string().optional(),
});
const head = { title: z.string().default(''), subtitle: z.string().optional() };
const slot = z.object({ date: z.string(), duration: z.number().optional() });
const template = z.discriminatedUnion('templateType', [
  z.object({
    templateType: z.enum(['ListPicker', 'QuickReply', 'Panel']),
    data: z.object({ content: z.object({ ...head, elements: z.array(element) }) }),
  }),
  z.object({
    templateType: z.literal('TimePicker'),
    data: z.object({
      content: z.object({
        ...head,
        timeZoneOffset: z.number().optional(),
        location: z.object({ title: z.string().optional() }).optional(),
        timeslots: z.array(slot),
      }),
    }),
  }),
]);

/**
 * What there is to pick in an interactive message; undefined where it is of another kind, or not readable. Pictures are left out.
 * Source: https://docs.aws.amazon.com/connect/latest/adminguide/interactive-messages.html
 */
export function readPicking(content: string): Picking | undefined {
  const read = template.safeParse(parsed(content));
  if (!read.success) return undefined;
  const { data } = read.data;
  const { title, subtitle } = data.content;
  if ('elements' in data.content) {
    const options = data.content.elements.map(({ title: label, subtitle: more, description }) => ({
      label,
      more: more ?? description,
      answer: label,
    }));
    return { title, subtitle, options };
  }
  const { timeslots, timeZoneOffset, location } = data.content;
  const options = timeslots.map(({ date, duration }) => ({
    label: timeOf(date, timeZoneOffset),
    more: duration === undefined ? undefined : lengthOf(duration),
    answer: date,
  }));
  return { title, subtitle: subtitle ?? location?.title, options };
}

const OFFSET = /T\d\d:\d\d(?::\d\d(?:\.\d+)?)?([+-]\d\d):?(\d\d)$/;

/** A time where it takes place: by the minutes that are given, or as the offset it is written with. */
export function timeOf(date: string, offset?: number): string {
  const at = Date.parse(date);
  if (Number.isNaN(at)) return date;
  const [, hours = '0', minutes = '0'] = OFFSET.exec(date) ?? [];
  const written = Number(hours) * 60 + Math.sign(Number(hours) || 1) * Number(minutes);
  const there = new Date(at + (offset ?? written) * 60_000);
  return there.toLocaleString('en-US', {
    timeZone: 'UTC',
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  });
}

/** `seconds` in hours and minutes. */
function lengthOf(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [hours > 0 ? `${hours} h` : '', rest > 0 || hours === 0 ? `${rest} min` : ''].filter(Boolean).join(' ');
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
