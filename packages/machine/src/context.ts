import type { IdentityLevel, Json, Place } from '@parley/workflow';
import type { Channel, Effect } from './event.ts';

/** What a session waits for. The ids fence it: an answer to anything else is stale and ignored. */
export type Waiting =
  /** Nothing: it is on its way, or over. */
  | { readonly for: 'nothing' }
  | { readonly for: 'caller' }
  | {
      readonly for: 'decision';
      readonly decision: string;
      readonly choices: readonly string[];
      readonly heard?: string | undefined;
      /** The words were said before the question was put: if they don't answer it, it is put as usual. */
      readonly early?: boolean | undefined;
      /** An interrupt that leads nowhere was heard in the words. */
      readonly noted?: boolean | undefined;
    }
  | {
      readonly for: 'words';
      readonly decision: string;
      /** What the model was told. */
      readonly facts: { readonly [name: string]: string };
      /** The sentences of it that were said already. */
      readonly said?: string | undefined;
    }
  | { readonly for: 'calls'; readonly calls: { readonly [call: string]: Pending } }
  | { readonly for: 'timer'; readonly timer: string; readonly due: number }
  /** What was waited for has come: the step's ways on are open. */
  | { readonly for: 'leaving' }
  /** What was asked of the world failed, as `code`. */
  | { readonly for: 'door'; readonly code: string };

export interface Pending {
  readonly tool: string;
  /** Which of the calls of a parallel step. */
  readonly index: number;
  readonly failed?: string | undefined;
  readonly done?: true | undefined;
  /** What a call of a parallel step returned, until all have. */
  readonly output?: Json | undefined;
}

/** What a session remembers between two events: plain JSON, and all of it. What was said is in the journal instead. */
export interface Memory {
  readonly vars: { readonly [variable: string]: Json };
  readonly identity: IdentityLevel;
  readonly waiting: Waiting;
  /** The number of the last id given out. */
  readonly ids: number;
  /** The caller's turns so far. */
  readonly turns: number;
  /** Attempts at the open question that came to nothing. */
  readonly tries: number;
  /** Steps entered since the world last spoke. */
  readonly hops: number;
  /** The caller's last yes is good, except for calls that read a variable set since. Undefined: there is none. */
  readonly confirmed?: readonly string[] | undefined;
  /** The writes carried out, in order. */
  readonly done: readonly string[];
  /** What the caller said while the session was busy. */
  readonly early?: string | undefined;
  readonly channel: Channel;
  /** The last step that asked the caller something. */
  readonly asked?: string | undefined;
  /** The last event's instant, in milliseconds since the epoch. */
  readonly at: number;
}

/** A step entered, and the place in the file that led there. */
export interface Move {
  readonly from: string;
  readonly to: string;
  readonly at: Place | undefined;
}

/**
 * The machine's context: one event's own copy of what a session remembers, and what the event brings about.
 * Actions change it, but nothing that lies within what is remembered.
 */
export interface Context extends Writable<Memory> {
  readonly effects: Effect[];
  readonly moves: Move[];
  /** Where an interrupt that leads nowhere was heard in this event's words: what they say besides. */
  noted: string | undefined;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** What a session remembers before its first event. */
export const NOTHING: Memory = {
  vars: {},
  identity: 'none',
  waiting: { for: 'nothing' },
  ids: 0,
  turns: 0,
  tries: 0,
  hops: 0,
  done: [],
  channel: 'chat',
  at: 0,
};

/** A context of its own for an event. Written out, as copies by `...` cost more than all the rest of a step. */
export function contextOf(memory: Memory): Context {
  const { vars, identity, waiting, ids, turns, tries, hops, confirmed, done, early, channel, asked, at } = memory;
  return {
    vars,
    identity,
    waiting,
    ids,
    turns,
    tries,
    hops,
    confirmed,
    done,
    early,
    channel,
    asked,
    at,
    effects: [],
    moves: [],
    noted: undefined,
  };
}

export function memoryOf(context: Context): Memory {
  const { vars, identity, waiting, ids, turns, tries, hops, confirmed, done, early, channel, asked, at } = context;
  return { vars, identity, waiting, ids, turns, tries, hops, confirmed, done, early, channel, asked, at };
}
