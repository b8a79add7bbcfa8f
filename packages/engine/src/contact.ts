import type { ContactEvent, Machine } from '@parley/machine';
import { type Json, ParleyError } from '@parley/workflow';
import { z } from 'zod';

/** The most of one utterance that is taken in, in characters: hours of speech. What is beyond is cut off. */
const MAX_UTTERANCE = 10_000;

// Control characters mean nothing in speech or chat, and mischief in a log or a terminal.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to take out
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;

// zod's own type of JSON can't be given ours, which can't be changed.
const anyJson = z.json();
const json = z.custom<Json>((value) => anyJson.safeParse(value).success);
const opaque = z.string().min(1).max(256);
const utterance = z.string().transform((text) => text.slice(0, MAX_UTTERANCE).replace(CONTROL, ' ').trim());

const request = z.object({
  session: opaque,
  id: opaque,
  /** In how many milliseconds a reply is wanted, where that is less than the workflow's `limits.turn`. */
  within: z.number().positive().exactOptional(),
  event: z.discriminatedUnion('type', [
    z.object({
      type: z.literal('session.started'),
      workflow: z.string(),
      contact: z.object({
        id: opaque,
        channel: z.enum(['voice', 'chat']),
        address: z.string().max(256).exactOptional(),
        attributes: z.record(z.string(), z.string().max(32_768)).exactOptional(),
      }),
    }),
    z.object({ type: z.literal('caller.said'), text: utterance }),
    z.object({ type: z.literal('caller.pressed'), keys: z.string().regex(/^[0-9*#]{1,64}$/) }),
    z.object({ type: z.literal('caller.silent') }),
    z.object({ type: z.literal('caller.left') }),
    z.object({ type: z.literal('signal.received'), name: z.string().max(60), data: json }),
  ]),
});

/** Something that happened to a session, as its channel reports it. The same `id` again means the same event again. */
export type TurnRequest = z.input<typeof request>;
export type ReadRequest = z.output<typeof request>;

/** Reads what a channel reports. Throws ParleyError `engine/bad-event`, which names the fields but not their values. */
export function readRequest(given: TurnRequest): ReadRequest {
  const read = request.safeParse(given);
  if (read.success) return read.data;
  const where = read.error.issues.map((issue) => `${issue.path.join('.') || 'it'} (${issue.code})`).join(', ');
  throw new ParleyError('engine/bad-event', `This is not an event of a contact: ${where}.`, {
    fix: 'Send { session, id, event: { type, … } }; names and ids have 1 to 256 characters.',
  });
}

/** The event with its instant, as the machine takes it. */
export function contactEvent(event: ReadRequest['event'], at: number): ContactEvent {
  if (event.type === 'session.started') return { type: event.type, at, contact: event.contact };
  // What is blank after all is silence.
  if (event.type === 'caller.said' && event.text === '') return { type: 'caller.silent', at };
  return { ...event, at };
}

/** How long a turn may take, in milliseconds. */
export const limitOf = ({ program }: Machine, within = Number.POSITIVE_INFINITY): number =>
  Math.min(program.limits.turn, within);
