import type { Effect } from '@parley/machine';
import { ParleyError } from '@parley/workflow';
import { z } from 'zod';

/** What a turn comes to. `rest` says what happens next. */
export type Reply = {
  readonly session: string;
  /** The number of the session's last event when it was given. */
  readonly seq: number;
  /** The step the session rests on. */
  readonly step: string;
  /** What the caller hears, in order. Each text is at most 1,024 characters long, the most a chat message holds. */
  readonly say: readonly string[];
  /** How many of these, from the first, the engine's `stream` was given already: a channel that said them says the others. */
  readonly streamed?: number;
} & (
  | {
      /** The caller's turn. */
      readonly rest: 'caller';
      readonly listen: Listen;
    }
  /** A timer or a signal is waited for. */
  | { readonly rest: 'wait' }
  /** Not done in time: the texts are a filler, and the result comes with the next event's reply or is pushed. */
  | { readonly rest: 'work' }
  | { readonly rest: 'transfer'; readonly transfer: Omit<Extract<Effect, { type: 'transfer' }>, 'type' | 'step'> }
  | { readonly rest: 'end'; readonly end: { readonly outcome: string } }
);

export interface Listen {
  /** The variables an answer may hold. */
  readonly expects: readonly string[];
  /** Milliseconds of silence after which to send `caller.silent`. */
  readonly silence: number;
  /** The keys that mean something here. */
  readonly keys: readonly string[];
}

/** The effects that a caller notices. */
export type Output =
  // Of what was streamed, nothing is kept of that it was: after a crash nobody knows who heard it.
  (Extract<Effect, { type: 'say' }> & { readonly streamed?: true }) | Resting;
/** The output a session rests on. */
export type Resting = Extract<Effect, { type: 'listen' | 'transfer' | 'end' }>;

/** The most characters of one text: Connect's `text/plain` messages hold no more. */
const MAX_TEXT = 1024;

/** What is said of outputs that reach the caller together: the words of a question that was answered meanwhile are void. */
export function wordsOf(outputs: readonly Output[], resting: boolean): readonly string[] {
  const lastListen = outputs.findLastIndex(({ type }) => type === 'listen');
  let open = -1;
  for (let i = lastListen - 1; i >= 0 && open < 0; i--) if (outputs[i]?.type === 'listen') open = i;
  const current = (index: number) => resting && index > open && index < lastListen;
  return outputs.flatMap((output, index) =>
    output.type === 'say' && (!output.asks || current(index)) ? split(output.text) : [],
  );
}

/** How many of the words of outputs were streamed. They are the first: what is to be said before goes with them. */
export function streamedOf(outputs: readonly Output[]): { readonly streamed?: number } {
  const texts = outputs.flatMap((output) => (output.type === 'say' && output.streamed ? split(output.text) : []));
  return texts.length === 0 ? {} : { streamed: texts.length };
}

/** A text in pieces a message can hold, cut after sentences where there are any, else after words. */
export function split(text: string): readonly string[] {
  const pieces: string[] = [];
  let rest = text.trim();
  while (rest.length > MAX_TEXT) {
    // One more, since the space after the last word is not said.
    const head = rest.slice(0, MAX_TEXT + 1);
    const sentence = Math.max(...['. ', '! ', '? ', '\n'].map((mark) => head.lastIndexOf(mark))) + 1;
    const word = head.lastIndexOf(' ');
    const half = MAX_TEXT / 2;
    let cut = sentence > half ? sentence : word > half ? word : MAX_TEXT;
    // Not between the two halves of a character.
    if (/[\uD800-\uDBFF]/.test(rest.charAt(cut - 1))) cut -= 1;
    pieces.push(rest.slice(0, cut).trim());
    rest = rest.slice(cut).trim();
  }
  if (rest !== '') pieces.push(rest);
  return pieces;
}

const base = {
  session: z.string(),
  seq: z.number(),
  step: z.string(),
  say: z.array(z.string()),
  streamed: z.int().exactOptional(),
};

const brief = z.object({
  summary: z.string(),
  from: z.string(),
  identity: z.string(),
  done: z.array(z.string()),
  known: z.record(z.string(), z.json()),
});

/** A reply as the store gives it back; `work` in place of one whose turn was cut off. */
const replySchema = z.discriminatedUnion('rest', [
  z.object({
    ...base,
    rest: z.literal('caller'),
    listen: z.object({ expects: z.array(z.string()), silence: z.number(), keys: z.array(z.string()) }),
  }),
  z.object({ ...base, rest: z.literal('wait') }),
  z.object({ ...base, rest: z.literal('work') }),
  z.object({
    ...base,
    rest: z.literal('transfer'),
    transfer: z.object({ queue: z.string(), brief: brief.exactOptional() }),
  }),
  z.object({ ...base, rest: z.literal('end'), end: z.object({ outcome: z.string() }) }),
]);

/** A reply that was kept. Throws ParleyError `engine/damaged`, which holds nothing of it. */
export function readReply(kept: string, session: string): Reply {
  try {
    return replySchema.parse(JSON.parse(kept));
  } catch {
    // No cause: a parser's message quotes what it reads.
    throw new ParleyError('engine/damaged', `A reply that is kept of session ${session} can't be read.`, {
      fix: 'Its journal may be whole: make a recording of it and replay that. The next event of the session is taken.',
    });
  }
}

const effectBase = { step: z.string() };
const listen = z.object({
  type: z.literal('listen'),
  ...effectBase,
  expects: z.array(z.string()),
  silence: z.number(),
  keys: z.array(z.string()),
});
const transfer = z.object({
  type: z.literal('transfer'),
  ...effectBase,
  queue: z.string(),
  brief: brief.exactOptional(),
});
const end = z.object({ type: z.literal('end'), ...effectBase, outcome: z.string() });

/** The outputs as the store gives them back. */
export const restingSchema = z.discriminatedUnion('type', [listen, transfer, end]);
export const outputSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('say'), ...effectBase, text: z.string(), asks: z.literal(true).exactOptional() }),
  listen,
  transfer,
  end,
]);
