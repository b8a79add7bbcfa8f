import type { Schema } from './answer.ts';
import type { ModelRow, Strategy } from './models.ts';
import type { Prompt } from './prompt.ts';

/** The name of the tool that a decision is the input of, and of the schema that an answer keeps to. */
export const TOOL = 'decide';

/** One question to one model, by one strategy. */
export interface Asked {
  readonly model: string;
  /** What the model takes: what is not in it is not sent. */
  readonly row: ModelRow;
  readonly strategy: Strategy;
  readonly prompt: Prompt;
  readonly schema: Schema;
  /** The guardrail that the workflow names. */
  readonly guardrail?: GuardrailNamed;
}

export interface GuardrailNamed {
  readonly id: string;
  readonly version: string;
}

/** Tokens as Bedrock counts them: `input` is what was neither read from nor written to the cache. */
export interface Tokens {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** What came back, if anything did: what is not valid is an answer too. */
export type Answer =
  | { readonly type: 'given'; readonly json: unknown }
  /** There is none: why, in words for the model. */
  | { readonly type: 'none'; readonly problem: string }
  /** It was held back, by the workflow's guardrail or by the model's own filter. */
  | { readonly type: 'blocked'; readonly by: 'guardrail' | 'filter' };

export interface Reply {
  readonly answer: Answer;
  readonly tokens: Tokens;
  /** Asks once more: shows the model what it answered, and what is wrong with it. */
  readonly mend: (problem: string, signal: AbortSignal) => Promise<Reply>;
}

/** Asks once, over one of the APIs. Rejects with whatever the network and the service have to say: see `failureOf`. */
export type Call = (asked: Asked, signal: AbortSignal) => Promise<Reply>;

/** The words that precede what was wrong with an answer. */
export const mending = (problem: string): string =>
  `Your answer can't be used. ${problem} Answer once more, with the whole decision.`;
