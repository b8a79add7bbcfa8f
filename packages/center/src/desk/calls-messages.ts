import { z } from 'zod';

/** What happened in a call, each with its number: 1, 2, 3… What the caller did is among it, so that a page that comes anew knows all of it. */
export const callEntry = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('words'),
    number: z.int(),
    by: z.enum(['CUSTOMER', 'SYSTEM', 'AGENT', 'CUSTOM_BOT']),
    content: z.string(),
    ssml: z.boolean(),
  }),
  z.object({ type: z.literal('listening'), number: z.int(), settings: z.record(z.string(), z.string()) }),
  /** Somebody of the center is on the line from now on. */
  z.object({ type: z.literal('person'), number: z.int(), name: z.string() }),
  z.object({ type: z.literal('over'), number: z.int(), reason: z.string() }),
  /** What the caller did. `deed`: the id that the page gave it. */
  z.object({ type: z.literal('said'), number: z.int(), deed: z.string(), text: z.string() }),
  z.object({ type: z.literal('pressed'), number: z.int(), deed: z.string(), keys: z.string() }),
  z.object({ type: z.literal('silent'), number: z.int(), deed: z.string() }),
]);
export type CallEntry = z.infer<typeof callEntry>;

/** What the page of a call is sent. The first names the call: who knows it may join it again, at `/desk/calls/{call}?after=N&started=TIME`. */
export const callMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('call'),
    call: z.string(),
    contact: z.string(),
    workflow: z.string(),
    /** When the contact center was started. */
    started: z.number(),
  }),
  z.object({ type: z.literal('entry'), entry: callEntry }),
]);
export type CallMessage = z.infer<typeof callMessage>;

const deed = z.string().min(1).max(64);

/** What the page of a call sends. A deed that comes again, as after a lost connection, is done once. */
export const callerMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('say'),
    deed,
    text: z.string().min(1).max(1_024),
    /** How else it may be understood, with how sure that is, from 0 to 1. */
    others: z
      .array(z.tuple([z.string().max(1_024), z.number().min(0).max(1)]))
      .max(10)
      .optional(),
  }),
  z.object({ type: z.literal('press'), deed, keys: z.string().regex(/^[0-9*#]{1,64}$/) }),
  z.object({ type: z.literal('silent'), deed }),
  z.object({ type: z.literal('hang up') }),
]);
export type CallerMessage = z.infer<typeof callerMessage>;

/** The calls that ring for somebody: pages are sent all of them whenever that changes. */
export const ringingMessage = z.object({ calls: z.array(z.object({ contact: z.string(), number: z.string() })) });
export type RingingMessage = z.infer<typeof ringingMessage>;

/** What is done with a call that rings and is not wanted. */
export const declineMessage = z.object({ decline: z.string() });
