import { z } from 'zod';
import { fromJson } from '../json.ts';

const title = z.string().min(1);
const element = z.looseObject({ title });
const timeslot = z.looseObject({ date: z.iso.datetime({ offset: true, precision: -1 }), duration: z.number().int() });
const version = z.literal('1.0');
const withContent = <C extends z.ZodRawShape>(content: C) =>
  z.looseObject({ content: z.looseObject({ title, ...content }) });

/**
 * The templates of interactive messages that are put as a question, in what a message needs to be sent.
 * Source: https://docs.aws.amazon.com/connect/latest/adminguide/interactive-messages.html
 */
const template = z.discriminatedUnion('templateType', [
  z.looseObject({
    templateType: z.literal('ListPicker'),
    version,
    data: withContent({ elements: z.array(element).min(1).max(6) }),
  }),
  z.looseObject({
    templateType: z.literal('QuickReply'),
    version,
    data: withContent({ elements: z.array(element).min(2).max(10) }),
  }),
  z.looseObject({
    templateType: z.literal('TimePicker'),
    version,
    data: withContent({ timeslots: z.array(timeslot).min(1).max(40) }),
  }),
]);

/** Whether an interactive message follows one of the templates. */
export const isInteractive = (content: string): boolean => template.safeParse(fromJson(content)).success;
