import { type Brief, type Contact, EVENT_TYPES, type SessionEvent } from '@parley/machine';
import type { Json } from '@parley/workflow';
import { z } from 'zod';

/** What became of an input: `step` is where the session rested when it came, `path` the steps entered because of it. */
interface Entered {
  readonly step?: string;
  /** Left out where no step was entered. */
  readonly path?: readonly string[];
}

// The fields of an interface, as data that may stand wherever JSON does.
type Plain<T> = Pick<T, keyof T>;
type InputOf<E> = E extends { readonly contact: Contact }
  ? Omit<E, 'contact'> & { readonly contact: Plain<Contact> } & Plain<Entered>
  : E & Plain<Entered>;

/** What the machine took: an event of the session, and what became of it. */
export type RecordedInput = InputOf<SessionEvent>;

/** What the machine asked of the world, or what its host did on its own (`filler.said`). `step` is the step that asked. */
export type RecordedOutput =
  | {
      readonly type: 'agent.said';
      readonly at: number;
      readonly step: string;
      readonly text: string;
      /** The written text in place of words of the model, and why those were not said. */
      readonly instead?: string;
    }
  /** Words for a caller who had to wait. The host says them, so a replay passes over them. */
  | { readonly type: 'filler.said'; readonly at: number; readonly step: string; readonly text: string }
  | {
      readonly type: 'model.asked';
      readonly at: number;
      readonly step: string;
      readonly decision: string;
      /** Changes when what the model is asked changes. */
      readonly question: string;
      /** The choices that could be picked then. */
      readonly choices: readonly string[];
      readonly fill: readonly string[];
    }
  | {
      readonly type: 'words.asked';
      readonly at: number;
      readonly step: string;
      readonly decision: string;
      readonly instructions: string;
      /** What may be said, as the caller would hear it. */
      readonly facts: { readonly [name: string]: string };
      readonly longest: number;
    }
  | {
      readonly type: 'tool.called';
      readonly at: number;
      readonly step: string;
      readonly call: string;
      readonly tool: string;
      readonly input: { readonly [name: string]: Json };
    }
  /** `due` in milliseconds since the epoch; in a file, since the start. */
  | {
      readonly type: 'timer.set';
      readonly at: number;
      readonly step: string;
      readonly timer: string;
      readonly due: number;
    }
  | { readonly type: 'timer.cancelled'; readonly at: number; readonly step: string; readonly timer: string }
  | {
      readonly type: 'session.transferred';
      readonly at: number;
      readonly step: string;
      readonly queue: string;
      readonly brief?: Plain<Brief>;
    }
  | { readonly type: 'session.ended'; readonly at: number; readonly step: string; readonly outcome: string };

/** What a person on our side said, in a conversation that was imported. */
export interface PersonSaid {
  readonly type: 'person.said';
  readonly at: number;
  readonly text: string;
  /** Whoever said it, as the other system names them. */
  readonly who?: string;
}

/** One event of a recording. `at` is in milliseconds since the epoch; in a file, since the start. */
export type RecordedEvent = RecordedInput | RecordedOutput | Plain<PersonSaid>;

/** Whether it is one the machine takes. Such an event may be given to `machine.step` as it is. */
export function isInput(event: RecordedEvent): event is RecordedInput {
  return EVENT_TYPES.has(event.type);
}

// What is checked here is JSON already, so it only has to be there.
const json = z.custom<Json>((value) => value !== undefined);
const data = z.record(z.string(), json);
const at = z.int();
const step = z.string();
const names = z.array(z.string());
const path = names.exactOptional();
const from = step.exactOptional();
const before = z.literal(true).exactOptional();
const attempts = z.int().exactOptional();
const checks = z
  .array(
    z.object({
      what: z.enum(['input', 'output']),
      passed: z.boolean(),
      code: z.string().exactOptional(),
      by: data.exactOptional(),
    }),
  )
  .exactOptional();

const contact = z.object({
  id: z.string(),
  channel: z.enum(['voice', 'chat']),
  address: z.string().exactOptional(),
  attributes: z.record(z.string(), z.string()).exactOptional(),
});

const brief = z.object({
  summary: z.string(),
  from: z.string(),
  identity: z.string(),
  done: names,
  known: data,
});

const type = <const T extends RecordedEvent['type']>(name: T) => z.literal(name);

/** The fields stand in the order in which they are written. */
const schemas = [
  z.object({ at, type: type('session.started'), step: from, contact, path }),
  z.object({ at, type: type('caller.said'), step: from, text: z.string(), before, path }),
  z.object({ at, type: type('caller.pressed'), step: from, keys: z.string(), before, path }),
  z.object({ at, type: type('caller.silent'), step: from, before, path }),
  z.object({ at, type: type('caller.left'), step: from, path }),
  z.object({ at, type: type('signal.received'), step: from, name: z.string(), data: json, path }),
  z.object({ at, type: type('timer.fired'), step: from, timer: z.string(), path }),
  z.object({
    at,
    type: type('model.decided'),
    step: from,
    decision: z.string(),
    choice: z.string(),
    values: data,
    confidence: z.number(),
    say: z.string().exactOptional(),
    why: z.string().exactOptional(),
    by: data.exactOptional(),
    path,
  }),
  z.object({
    at,
    type: type('model.failed'),
    step: from,
    decision: z.string(),
    code: z.string(),
    message: z.string(),
    by: data.exactOptional(),
    path,
  }),
  z.object({
    at,
    type: type('model.composed'),
    step: from,
    decision: z.string(),
    text: z.string(),
    more: z.literal(true).exactOptional(),
    by: data.exactOptional(),
    path,
  }),
  z.object({ at, type: type('tool.returned'), step: from, call: z.string(), output: json, attempts, checks, path }),
  z.object({
    at,
    type: type('tool.failed'),
    step: from,
    call: z.string(),
    code: z.string(),
    message: z.string(),
    attempts,
    done: z.literal(true).exactOptional(),
    checks,
    path,
  }),
  z.object({ at, type: type('agent.said'), step, text: z.string(), instead: z.string().exactOptional() }),
  z.object({ at, type: type('filler.said'), step, text: z.string() }),
  z.object({
    at,
    type: type('model.asked'),
    step,
    decision: z.string(),
    question: z.string(),
    choices: names,
    fill: names,
  }),
  z.object({
    at,
    type: type('words.asked'),
    step,
    decision: z.string(),
    instructions: z.string(),
    facts: z.record(z.string(), z.string()),
    longest: z.int(),
  }),
  z.object({ at, type: type('tool.called'), step, call: z.string(), tool: z.string(), input: data }),
  z.object({ at, type: type('timer.set'), step, timer: z.string(), due: z.int() }),
  z.object({ at, type: type('timer.cancelled'), step, timer: z.string() }),
  z.object({ at, type: type('session.transferred'), step, queue: z.string(), brief: brief.exactOptional() }),
  z.object({ at, type: type('session.ended'), step, outcome: z.string() }),
  z.object({ at, type: type('person.said'), who: z.string().exactOptional(), text: z.string() }),
] as const;

/** Reads one event; keys it doesn't know are left out. What it is given must be JSON. */
export const recordedEvent: z.ZodType<RecordedEvent> = z.discriminatedUnion('type', schemas);

/** The fields of each type of event, in the order in which they are written. */
export const FIELDS: ReadonlyMap<string, readonly string[]> = new Map(
  schemas.map(({ shape }) => [shape.type.value, Object.keys(shape)]),
);
