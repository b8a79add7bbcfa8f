import type { Json } from '@parley/workflow';
import { z } from 'zod';

/** What comes as JSON is JSON: it only has to be there. */
const json = z.custom<Json>((value) => value !== undefined);

/** How a session may stand: the caller's turn, at work, waiting for a timer or a signal, with a person, over. */
export const STATES = ['caller', 'working', 'waiting', 'person', 'ended'] as const;

const named = { workflow: z.string(), session: z.string() };

/** A session in the list. Instants are in milliseconds since the epoch. */
export const row = z.object({
  ...named,
  version: z.string(),
  startedAt: z.number(),
  updatedAt: z.number(),
  channel: z.enum(['chat', 'voice']).exactOptional(),
  step: z.string(),
  state: z.enum(STATES),
  /** The outcome of one that ended, the queue of one that is with a person. */
  result: z.string().exactOptional(),
  /** How often the caller had a turn. */
  turns: z.number(),
});
export type Row = z.infer<typeof row>;

/** Sent at `/desk/watch`: first all rows, then what changes. */
export const boardMessage = z.object({
  /** Rows that are known from before are void. */
  all: z.boolean(),
  rows: z.array(row),
  changed: z.array(row.partial().extend(named)),
  gone: z.array(z.object(named)),
  /** There are older sessions, which are not listed. */
  more: z.boolean(),
});
export type BoardMessage = z.infer<typeof boardMessage>;

/** An event as it may be shown. */
export const seenEvent = z.object({
  seq: z.number(),
  at: z.number(),
  type: z.string(),
  data: z.record(z.string(), json),
  /** The step the session is on after it. */
  step: z.string(),
  /** Variables that changed with it, as they may be shown; null: not known any more. */
  changed: z.record(z.string(), json).exactOptional(),
});
export type SeenEvent = z.infer<typeof seenEvent>;

/** Sent at `/desk/watch/session`: first all events, then those that are new, and those that are shown in another way now. */
export const sessionMessage = z.object({
  all: z.boolean(),
  row,
  events: z.array(seenEvent),
  /** From this event on it can't be told what was known: the workflow's tools are not those it ran with. */
  lost: z.number().exactOptional(),
  /** The folder where a recording of it can be kept. */
  recordings: z.string().exactOptional(),
});
export type SessionMessage = z.infer<typeof sessionMessage>;

const point = z.object({ x: z.number(), y: z.number() });
const box = point.extend({ width: z.number(), height: z.number() });
const edge = z.object({ from: z.string(), to: z.string(), kind: z.enum(['way', 'door']), label: z.string() });

/** Asks for `POST /desk/drawing`. */
export const wantedDrawing = z.object({
  workflow: z.string(),
  version: z.string(),
  /** Only what was gone through. */
  taken: z
    .array(z.object({ from: z.string(), to: z.string() }))
    .max(5_000)
    .exactOptional(),
});

/** Answers `POST /desk/drawing`: a workflow laid out, in px; boxes by their middles. */
export const drawing = z.object({
  title: z.string(),
  /** From above; else from left to right. */
  down: z.boolean(),
  steps: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      family: z.string(),
      /** What it says, asks, calls or waits for, whole. */
      whole: z.string(),
      box,
      name: z.array(z.string()),
      text: z.array(z.string()),
      /** Ways that are written, not drawn. */
      written: z.array(z.object({ kind: z.enum(['way', 'door']), line: z.string() })),
    }),
  ),
  groups: z.array(z.object({ id: z.string(), part: z.string(), box })),
  ways: z.array(
    edge.extend({
      points: z.array(point),
      words: z.object({ lines: z.array(z.string()), box }).exactOptional(),
    }),
  ),
  start: z.object({ id: z.string(), box }).exactOptional(),
});
export type DrawingMessage = z.infer<typeof drawing>;

/** Asks for `POST /desk/recording`. With a name, it is kept among the workflow's recordings. */
export const wantedRecording = z.object({ ...named, name: z.string().max(200).exactOptional() });

/** Answers `POST /desk/recording`. */
export const madeRecording = z.object({
  text: z.string(),
  /** Where it was written. */
  file: z.string().exactOptional(),
  /** How much has pseudonyms in it. */
  replaced: z.object({ values: z.number(), lines: z.number() }),
});
