import type { Format, Json } from '@parley/workflow';
import type { Refusal } from './words/words.ts';

/** How the caller is reached. The terminal counts as chat. */
export type Channel = 'voice' | 'chat';

/** What is known of a contact when its session starts. Expressions read it as `$contact`. */
export interface Contact {
  readonly id: string;
  readonly channel: Channel;
  /** The caller's number or address, where the channel knows it. */
  readonly address?: string;
  /** What the contact flow passes on. */
  readonly attributes?: { readonly [name: string]: string };
}

/**
 * What happens to a session from outside of Parley. `at` is in milliseconds since the epoch.
 * `before`: it happened before the caller could hear the open question (a turn took long, and its result was owed),
 * so words are tried as an answer without counting as an attempt, and keys and silence mean nothing.
 */
export type ContactEvent =
  | { readonly type: 'session.started'; readonly at: number; readonly contact: Contact }
  | { readonly type: 'caller.said'; readonly at: number; readonly text: string; readonly before?: true }
  | { readonly type: 'caller.pressed'; readonly at: number; readonly keys: string; readonly before?: true }
  | { readonly type: 'caller.silent'; readonly at: number; readonly before?: true }
  | { readonly type: 'caller.left'; readonly at: number }
  | { readonly type: 'signal.received'; readonly at: number; readonly name: string; readonly data: Json };

/** What the host answers to the machine's effects. Each names the effect it answers; a stale one is ignored. */
export type HostEvent =
  | { readonly type: 'timer.fired'; readonly at: number; readonly timer: string }
  | {
      readonly type: 'model.decided';
      readonly at: number;
      readonly decision: string;
      readonly choice: string;
      readonly values: { readonly [variable: string]: Json };
      readonly confidence: number;
      /** Words of the model's own for the caller. */
      readonly say?: string;
      /** In a sentence, why. For whoever reads the session; never for the caller. */
      readonly why?: string;
      /** Which decider, and what it says of its work (model, tokens, cost …). */
      readonly by?: { readonly [key: string]: Json };
    }
  | {
      readonly type: 'model.failed';
      readonly at: number;
      readonly decision: string;
      readonly code: string;
      readonly message: string;
      /** As in a decision. */
      readonly by?: { readonly [key: string]: Json };
    }
  | {
      readonly type: 'model.composed';
      readonly at: number;
      readonly decision: string;
      /** What the model would have said: the machine checks it first. */
      readonly text: string;
      /** These are whole sentences of it, and there is more to come. */
      readonly more?: true;
      /** As in a decision. */
      readonly by?: { readonly [key: string]: Json };
    }
  | {
      readonly type: 'tool.returned';
      readonly at: number;
      readonly call: string;
      readonly output: Json;
      readonly attempts?: number;
      readonly checks?: readonly Check[];
    }
  | {
      readonly type: 'tool.failed';
      readonly at: number;
      readonly call: string;
      /** One of the tool's own `errors`, or timeout, error, invalid_input, invalid_output, too_large, not_allowed, guardrail. */
      readonly code: string;
      readonly message: string;
      readonly attempts?: number;
      /** It did its work, and only its result may not be used: it counts among the writes carried out. */
      readonly done?: true;
      readonly checks?: readonly Check[];
    };

/** What a guard said of a tool's arguments (`input`) or result (`output`), on record. Never the text itself. */
export type Check = {
  readonly what: 'input' | 'output';
  readonly passed: boolean;
  /** Where the guard gave no answer, why: it counts as not passed. */
  readonly code?: string;
  /** What the guard says of its work: latency, which of its policies. */
  readonly by?: { readonly [key: string]: Json };
};

/** Everything the machine takes. A session is its events. */
export type SessionEvent = ContactEvent | HostEvent;

/** The types of all events the machine takes: anything else, such as XState's own, is refused. */
export const EVENT_TYPES: ReadonlySet<string> = new Set<SessionEvent['type']>([
  'session.started',
  'caller.said',
  'caller.pressed',
  'caller.silent',
  'caller.left',
  'signal.received',
  'timer.fired',
  'model.decided',
  'model.failed',
  'model.composed',
  'tool.returned',
  'tool.failed',
]);

/**
 * A value in a text, and how it is to be read aloud: it stands from `start` up to `end` (UTF-16 units), in words that a
 * voice which knows of no spans can say too.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly as: Format;
  readonly value: string | number;
  /** Of an amount. */
  readonly currency?: string;
}

/** What the machine asks of the world. `step` is the step that asks. */
export type Effect =
  | {
      readonly type: 'say';
      readonly step: string;
      readonly text: string;
      /** On voice: the values in it that are to be read aloud in a way of their own. */
      readonly spans?: readonly Span[];
      /** These words put the question, so they are void once it has been answered. */
      readonly asks?: true;
      /** The written text in place of words of the model that must not be said, and why not. */
      readonly instead?: Refusal;
    }
  | {
      readonly type: 'listen';
      readonly step: string;
      /** The variables an answer may hold: how long a channel waits for the end of an answer depends on it. */
      readonly expects: readonly string[];
      /** Milliseconds of silence after which the channel reports `caller.silent`. */
      readonly silence: number;
      /** The keys that mean something here. */
      readonly keys: readonly string[];
    }
  | {
      readonly type: 'decide';
      readonly step: string;
      readonly decision: string;
      /** Changes when what the model is asked changes: the choices, their descriptions, the variables wanted. */
      readonly question: string;
      /** The choices that may be picked now. */
      readonly choices: readonly string[];
      readonly fill: readonly string[];
      /** What the caller said; absent in a `decide` step. */
      readonly heard?: string;
    }
  /** Words are wanted. An answer is `model.composed`, or `model.failed`; both name the decision. */
  | {
      readonly type: 'compose';
      readonly step: string;
      readonly decision: string;
      readonly instructions: string;
      /** What may be said, as the caller would hear it, by name. Nothing of it is sensitive. */
      readonly facts: { readonly [name: string]: string };
      /** The most characters. */
      readonly longest: number;
    }
  | {
      readonly type: 'call';
      readonly step: string;
      readonly call: string;
      readonly tool: string;
      readonly input: { readonly [name: string]: Json };
      /** How often a failed attempt is tried again. */
      readonly retry: number;
    }
  | { readonly type: 'schedule'; readonly step: string; readonly timer: string; readonly due: number }
  | { readonly type: 'cancel'; readonly step: string; readonly timer: string }
  | { readonly type: 'transfer'; readonly step: string; readonly queue: string; readonly brief?: Brief }
  | { readonly type: 'end'; readonly step: string; readonly outcome: string };

/** What a person is told who takes over: who it is and how sure we are, what was done, what is known. */
export interface Brief {
  /** The workflow's own words, or its title. */
  readonly summary: string;
  /** The step the caller came from. */
  readonly from: string;
  readonly identity: string;
  /** The writes that were carried out, in order. */
  readonly done: readonly string[];
  /** The variables that are known and not sensitive. */
  readonly known: { readonly [variable: string]: Json };
}
