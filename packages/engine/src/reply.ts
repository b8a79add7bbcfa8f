import type { Effect, Span } from '@parley/machine';
import { FORMATS, ParleyError } from '@parley/workflow';
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
  /** On voice: the values in these that are to be read aloud in a way of their own; `text`: which of the texts it is. */
  readonly spans?: readonly (Span & { readonly text: number })[];
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

/** A text that a message can hold. */
interface Piece {
  readonly text: string;
  readonly spans: readonly Span[];
}

/** What is said of outputs that reach the caller together: the words of a question that was answered meanwhile are void. */
export function wordsOf(outputs: readonly Output[], resting: boolean): Pick<Reply, 'say' | 'spans'> {
  const lastListen = outputs.findLastIndex(({ type }) => type === 'listen');
  let open = -1;
  for (let i = lastListen - 1; i >= 0 && open < 0; i--) if (outputs[i]?.type === 'listen') open = i;
  const current = (index: number) => resting && index > open && index < lastListen;
  const pieces = outputs.flatMap((output, index) =>
    output.type === 'say' && (!output.asks || current(index)) ? split(output) : [],
  );
  const spans = pieces.flatMap((piece, text) => piece.spans.map((span) => ({ text, ...span })));
  return { say: pieces.map(({ text }) => text), ...(spans.length > 0 ? { spans } : {}) };
}

/** How many of the words of outputs were streamed. They are the first: what is to be said before goes with them. */
export function streamedOf(outputs: readonly Output[]): { readonly streamed?: number } {
  const texts = outputs.flatMap((output) => (output.type === 'say' && output.streamed ? split(output) : []));
  return texts.length === 0 ? {} : { streamed: texts.length };
}

/**
 * A text in pieces a message can hold, cut after sentences where there are any, else after words; never in the midst of a
 * value that is read aloud in a way of its own, unless it fills more than one message.
 */
export function split({
  text,
  spans = [],
}: {
  readonly text: string;
  readonly spans?: readonly Span[];
}): readonly Piece[] {
  const pieces: Piece[] = [];
  const end = text.trimEnd().length;
  const past = (at: number) => at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
  let start = past(0);
  while (start < end) {
    const cut = end - start <= MAX_TEXT ? end : cutOf(text, start, spans);
    const piece = text.slice(start, cut).trimEnd();
    const whole = spans.filter((span) => span.start >= start && span.end <= start + piece.length);
    pieces.push({
      text: piece,
      spans: whole.map((span) => ({ ...span, start: span.start - start, end: span.end - start })),
    });
    start = past(cut);
  }
  return pieces;
}

/** Where a piece that begins at `start` is cut off. */
function cutOf(text: string, start: number, spans: readonly Span[]): number {
  // One more, since the space after the last word is not said.
  const head = text.slice(start, start + MAX_TEXT + 1);
  const inValue = (at: number) => spans.some((span) => span.start < start + at && start + at < span.end);
  const last = (mark: string, length: number) => {
    let at = head.lastIndexOf(mark);
    while (at >= 0 && inValue(at + length)) at = at === 0 ? -1 : head.lastIndexOf(mark, at - 1);
    return at < 0 ? 0 : at + length;
  };
  const sentence = Math.max(...['. ', '! ', '? ', '\n'].map((mark) => last(mark, 1)));
  const word = last(' ', 0);
  const half = MAX_TEXT / 2;
  const cut = sentence > half ? sentence : word > half ? word : MAX_TEXT;
  // Not between the two halves of a character.
  return start + (/[\uD800-\uDBFF]/.test(head.charAt(cut - 1)) ? cut - 1 : cut);
}

const span = {
  start: z.int(),
  end: z.int(),
  as: z.enum(FORMATS),
  value: z.union([z.string(), z.number()]),
  currency: z.string().exactOptional(),
};

const base = {
  session: z.string(),
  seq: z.number(),
  step: z.string(),
  say: z.array(z.string()),
  spans: z.array(z.object({ text: z.int(), ...span })).exactOptional(),
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
  z.object({
    type: z.literal('say'),
    ...effectBase,
    text: z.string(),
    spans: z.array(z.object(span)).exactOptional(),
    asks: z.literal(true).exactOptional(),
  }),
  listen,
  transfer,
  end,
]);
