import { type Json, ParleyError } from '@parley/workflow';
import type { ErrorName, StreamErrorName } from './errors.ts';

/** A part of what the model says. */
export type Block =
  | { readonly type: 'text'; readonly text: string }
  /**
   * A tool's use: its input as JSON, or as the `raw` text that came out of the model, which may be no JSON. A stream
   * carries raw text as it is; where a JSON value must stand (Converse), it stands as a string.
   */
  | { readonly type: 'tool'; readonly name: string; readonly input: Json; readonly id?: string }
  | { readonly type: 'tool'; readonly name: string; readonly raw: string; readonly id?: string }
  | { readonly type: 'reasoning'; readonly text: string; readonly signature?: string }
  /** A kind of block that no client knows yet, such as `{ hologram: { … } }`. */
  | { readonly type: 'unknown'; readonly block: { readonly [kind: string]: Json } };

export type StopReason =
  | 'end_turn'
  | 'tool_use'
  | 'max_tokens'
  | 'stop_sequence'
  | 'guardrail_intervened'
  | 'content_filtered'
  | 'malformed_model_output'
  | 'malformed_tool_use'
  | 'model_context_window_exceeded';

/** Tokens. `input` counts only what was neither read from the cache nor written to it. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** What the model says. */
export interface Reply {
  readonly type: 'reply';
  /** May be empty. */
  readonly content: readonly Block[];
  /** Left out: `tool_use` where a tool is used, else `end_turn`. A reason that no client knows yet may be given too. */
  readonly stopReason?: StopReason | (string & {});
  /** Left out, or in part: as counted. */
  readonly usage?: Partial<Usage>;
  /** Characters that a delta of a stream carries; left out: 24. */
  readonly piece?: number;
  /** Fields that no client knows yet: they stand in the body, or in every event of a stream. */
  readonly unknown?: { readonly [field: string]: Json };
}

/** An error of the service: a status, `x-amzn-errortype` and a message. */
export interface Failure {
  readonly type: 'failure';
  readonly error: ErrorName;
  /** Left out: the service's words. */
  readonly message?: string;
}

/**
 * What no service should do, and all do. `after` counts the events of a stream that still arrive; an answer that is no
 * stream is cut, or stalls, in the middle of its body if `after` is more than 0, and before its headers if it is 0.
 */
export type Misbehaviour =
  /** The connection is cut. */
  | { readonly type: 'cut'; readonly reply: Reply; readonly after: number }
  /** Nothing more comes until the promise settles, if it does; then the rest. */
  | { readonly type: 'stall'; readonly reply: Reply; readonly after: number; readonly until?: Promise<unknown> }
  /** An exception in the middle of a stream; an answer that is no stream is the error itself. */
  | {
      readonly type: 'exception';
      readonly reply: Reply;
      readonly after: number;
      readonly error: StreamErrorName;
      readonly message?: string;
    }
  /** Any bytes: what is no JSON, or JSON of another shape. */
  | { readonly type: 'bytes'; readonly body: string | Uint8Array; readonly status?: number }
  /** The connection is reset before anything is answered. */
  | { readonly type: 'reset' };

export type Answer = Reply | Failure | Misbehaviour;

// ---- for scripts

/** The model says this. */
export const says = (text: string, more: Omit<Reply, 'type' | 'content'> = {}): Reply => ({
  type: 'reply',
  content: [{ type: 'text', text }],
  ...more,
});

/** The model uses a tool with this input. */
export const uses = (name: string, input: Json, more: Omit<Reply, 'type' | 'content'> = {}): Reply => ({
  type: 'reply',
  content: [{ type: 'tool', name, input }],
  ...more,
});

/** The service answers with this error. */
export const fails = (error: ErrorName, message?: string): Failure => ({
  type: 'failure',
  error,
  ...(message === undefined ? {} : { message }),
});

export function stopReasonOf({ content, stopReason }: Reply): string {
  return stopReason ?? (content.some(({ type }) => type === 'tool') ? 'tool_use' : 'end_turn');
}

/** A tool's input as the text that comes out of the model. */
export const inputText = (block: Extract<Block, { type: 'tool' }>): string =>
  'raw' in block ? block.raw : JSON.stringify(block.input);

/** A text in pieces of so many characters; what is one character to a reader is not cut in two. */
export function pieces(text: string, length: number): readonly string[] {
  if (!Number.isInteger(length) || length < 1) {
    throw new ParleyError('bedrock-local/piece', 'A piece of a stream has at least one character.', {
      fix: 'Give `piece` a whole number from 1.',
    });
  }
  const characters = Array.from(text);
  return Array.from({ length: Math.ceil(characters.length / length) }, (_, at) =>
    characters.slice(at * length, (at + 1) * length).join(''),
  );
}

/** What the model wrote, for counting. */
export const writtenBy = ({ content }: Reply): string => content.map(written).join('\n');

function written(block: Block): string {
  switch (block.type) {
    case 'text':
    case 'reasoning':
      return block.text;
    case 'tool':
      return `${block.name} ${inputText(block)}`;
    case 'unknown':
      return JSON.stringify(block.block);
  }
}
