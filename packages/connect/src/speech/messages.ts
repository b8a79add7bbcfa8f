import type { Reply } from '@parley/engine';
import { type Fragment, piecesOf, type Said } from './pieces.ts';
import { AROUND, speak, ssml } from './ssml.ts';

/** One message of a reply, as Lex and Connect take it. */
export interface Message {
  readonly contentType: 'PlainText' | 'SSML';
  readonly content: string;
}

/** The most characters of one message, mark-up included: Lex's `Text`, and Connect's chat messages. */
export const MAX_MESSAGE = 1024;
/** The most messages of one answer: Lex's `Messages` (API model of the Lex V2 runtime). */
export const MAX_MESSAGES = 10;

/** What a reply says, text by text, with the values that are read aloud in a way of their own. */
export function saidBy({ say, spans = [] }: Pick<Reply, 'say' | 'spans'>): readonly Said[] {
  return say.map((text, index) => ({ text, spans: spans.filter((span) => span.text === index) }));
}

/** What is said, to be read: a message for each text where there are not too many. */
export function written(texts: readonly Said[]): readonly Message[] {
  return plainly(fewEnough((apart) => piecesOf(texts, plain, MAX_MESSAGE, apart)));
}

/** What is said, to be heard: in SSML where a value needs it. */
export function spoken(texts: readonly Said[]): readonly Message[] {
  const pieces = marked(texts);
  if (pieces.some((piece) => piece.includes('<')))
    return pieces.map((piece) => ({ contentType: 'SSML', content: speak(piece) }));
  return plainly(joined(texts));
}

/** What is said in as few pieces as it fits in, without mark-up. */
export const joined = (texts: readonly Said[]): readonly string[] =>
  fewEnough(() => piecesOf(texts, plain, MAX_MESSAGE, false));

/** What is said, to be heard: as SSML documents. */
export const documents = (texts: readonly Said[]): readonly string[] => marked(texts).map(speak);

const marked = (texts: readonly Said[]) => fewEnough(() => piecesOf(texts, ssml, MAX_MESSAGE - AROUND, false));

const plain = (fragments: readonly Fragment[]) => fragments.map(({ text }) => text).join('');

const plainly = (pieces: readonly string[]): readonly Message[] =>
  pieces.map((content) => ({ contentType: 'PlainText', content }));

/** At most as many as there may be: to more than ten full ones nobody listens, but what is asked stands at the end. */
function fewEnough(pieces: (apart: boolean) => readonly string[]): readonly string[] {
  const apart = pieces(true);
  return apart.length <= MAX_MESSAGES ? apart : pieces(false).slice(-MAX_MESSAGES);
}
