import type { Found } from './found.ts';
import { unitAt } from './signs.ts';
import { type Token, textAt } from './tokens.ts';

const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/;

/**
 * Whether a text is an e-mail address in its canonical form. All of it is in small letters: no provider tells
 * Jane@ from jane@, and a recogniser of speech writes capitals where it likes.
 */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  return text.length <= 254 && local.length <= 64 && LOCAL.test(local) && DOMAIN.test(domain);
}

/** Words that come before an address and are no part of it. */
const BEFORE = new Set(
  (
    "is it's its it that's thats that email mail e address my the and to at im i'm uh um er use try me as so well yes yeah no " +
    'or but on under send reach contact of with for'
  ).split(' '),
);
/** Of those, the ones after which an address really begins, though it were two words. */
const CUES = new Set([
  'is',
  "it's",
  'its',
  "that's",
  'thats',
  'email',
  'mail',
  'address',
  'use',
  'try',
  'under',
  'uh',
  'um',
]);
const TIES: ReadonlyMap<string, string> = new Map([
  ['dot', '.'],
  ['period', '.'],
  ['point', '.'],
  ['underscore', '_'],
  ['dash', '-'],
  ['hyphen', '-'],
  ['minus', '-'],
  ['plus', '+'],
  ['.', '.'],
  ['_', '_'],
  ['-', '-'],
  ['+', '+'],
]);

/** The e-mail addresses of an utterance, written or said: "jane dot doe at example dot com". */
export function findEmails(said: readonly Token[]): readonly Found[] {
  const tokens = unbroken(said);
  const found: Found[] = [];
  let from = 0;
  tokens.forEach((token, index) => {
    if (index < from || !(token.text === '@' || token.text === 'at')) return;
    const domain = domainAfter(tokens, index + 1);
    const local = domain && localBefore(tokens, index, from, token.text === '@');
    const [first, last] = [tokens[local?.from ?? 0], tokens[(domain?.next ?? 0) - 1]];
    if (!domain || !local || !first || !last) return;
    const value = `${local.text}@${domain.text}`;
    if (!isEmail(value)) return;
    found.push({ value, start: first.start, end: last.end, confidence: local.sure });
    from = domain.next;
  });
  return found;
}

const HESITATIONS = new Set(['uh', 'um', 'er', 'erm', 'eh', 'uhm', 'hm', 'hmm']);

/** What was said without the hesitations inside an address ("jane uh dot doe at um example"), and "at sign" as "at". */
function unbroken(tokens: readonly Token[]): readonly Token[] {
  const ties = (index: number) => textAt(tokens, index) === 'at' || TIES.has(textAt(tokens, index));
  return tokens.filter(({ text }, index) => {
    if (text === 'sign') return textAt(tokens, index - 1) !== 'at';
    return !HESITATIONS.has(text) || !(ties(index - 1) || ties(index + 1));
  });
}

interface Part {
  readonly text: string;
  readonly next: number;
  /** A word as such, rather than signs that were spelled. */
  readonly word: boolean;
}

/** A piece of an address that begins at a token: a word, letters spelled out, digits. */
function partAt(tokens: readonly Token[], index: number): Part | undefined {
  const token = tokens[index];
  if (!token || token.kind === 'mark' || TIES.has(token.text)) return undefined;
  const unit = unitAt(tokens, index);
  const plain = /^[a-z0-9']+$/.test(token.text) ? token.text.replaceAll("'", '') : undefined;
  // "Mike" and "you" are names before they are letters.
  if (!unit || unit.pause || unit.weak)
    return plain === undefined ? undefined : { text: plain, next: index + 1, word: !/^[a-z0-9]$/.test(plain) };
  const [reading = ''] = unit.readings;
  const letter = /^(o|O)$/.test(token.raw) ? 'o' : reading.toLowerCase();
  return { text: letter, next: unit.to, word: unit.written && /^[a-z]/i.test(letter) };
}

/** The domain that begins at a token. */
function domainAfter(
  tokens: readonly Token[],
  index: number,
): { readonly text: string; readonly next: number } | undefined {
  let text = '';
  let next = index;
  let best: { text: string; next: number } | undefined;
  let label = '';
  let words = 0;
  for (let pieces = 0; pieces < 40; pieces++) {
    const token = tokens[next];
    const tie = TIES.get(token?.text ?? '');
    // A full stop at the end of the sentence is no dot.
    const stop = token?.kind === 'mark' && !(token.glued && tokens[next + 1]?.glued);
    if (tie !== undefined && label !== '' && !stop && /^[.-]$/.test(tie)) {
      text += label + tie;
      label = '';
      words = 0;
      next++;
      continue;
    }
    if (token?.kind === 'mark' && token.text === '-' && token.glued && label.length === 1) {
      next++;
      continue;
    }
    const top = text.endsWith('.');
    const part = partAt(tokens, next);
    if (!part) break;
    if (part.word && (words > 2 || (top && words > 0))) break;
    if (top && words > 0 && !part.word) break;
    label += part.text;
    if (part.word) words++;
    next = part.next;
    if (top && label.length >= 2 && /^[a-z]+$/.test(label)) best = { text: text + label, next };
  }
  return best && DOMAIN.test(best.text) ? best : undefined;
}

/** What stands before "at": joined backwards as long as it belongs to the address. */
function localBefore(tokens: readonly Token[], at: number, least: number, written: boolean) {
  if (written && tokens[at]?.glued) return gluedBefore(tokens, at, least);
  const parts = partsBefore(tokens, at, least);
  // Spelled signs and pieces tied by a dot or an underscore belong together; of plain words side by side only two do,
  // and only where something says that an address begins there.
  let from = parts.length;
  let words = 0;
  let text = '';
  let loose = false;
  for (let index = parts.length - 1; index >= 0; index--) {
    const part = parts[index];
    if (!part) break;
    if (part.tie) {
      if (index === 0 || text === '') break;
      text = part.text + text;
      from = index;
      continue;
    }
    const tied = parts[index + 1]?.tie !== undefined && parts[index + 1]?.tie !== false;
    const beside = text !== '' && !tied && !part.glue;
    // "W one two three jane dot doe": what ends in a figure before a word is another thing.
    if (!tied && /\d$/.test(part.text) && parts[index + 1]?.word && !parts[index + 1]?.glue) break;
    if (part.word && BEFORE.has(part.said) && !tied) break;
    if (part.word && beside && (words >= 1 || !parts.slice(index + 1).every((next) => next.word || !next.tie))) {
      const [cue] = [parts[index - 1]];
      const begins = index === 0 ? part.opens : cue !== undefined && CUES.has(cue.said);
      if (words > 1 || !begins) break;
      loose = true;
    }
    if (part.word) words = tied || text === '' ? 1 : words + 1;
    text = part.text + text;
    from = index;
  }
  const first = parts[from];
  if (!first || text === '' || first.tie) return undefined;
  return { text, from: first.from, sure: loose ? 0.6 : written ? 0.95 : 0.9 };
}

interface Before {
  readonly text: string;
  readonly said: string;
  readonly word: boolean;
  readonly tie: boolean;
  readonly glue: boolean;
  readonly from: number;
  /** Nothing was said before it, or a pause. */
  readonly opens: boolean;
}

/** The pieces before a token, from the last thing that can be none. */
function partsBefore(tokens: readonly Token[], at: number, least: number): readonly Before[] {
  let parts: Before[] = [];
  let opens = true;
  for (let index = Math.max(least, at - 60); index < at; ) {
    const token = tokens[index];
    if (!token) break;
    const part = partAt(tokens, index);
    const tie = TIES.get(token.text);
    const more = { said: token.text, from: index, opens, glue: tokens[index]?.glued === true };
    if (part && part.next <= at) {
      parts.push({ ...more, text: part.text, word: part.word, tie: false });
      index = part.next;
      opens = false;
      continue;
    }
    const single =
      tie === '-' &&
      token.glued &&
      token.kind === 'mark' &&
      (parts.at(-1)?.text.length ?? 2) === 1 &&
      parts.at(-1)?.word === false;
    if (tie !== undefined && parts.length > 0 && !(token.kind === 'mark' && !token.glued)) {
      // J-a-n-e and j. a. n. e. are spelled, not tied.
      const stop = token.kind === 'mark' && token.text === '.' && !tokens[index + 1]?.glued;
      const spelled = single || (stop && /^[a-z]$/.test(parts.at(-1)?.text ?? ''));
      // "The order is W1234567. Jane at example dot com."
      if (stop && !spelled) {
        parts = [];
        opens = true;
      } else if (!spelled) parts.push({ ...more, text: tie, word: false, tie: true });
    } else {
      parts = [];
      opens = true;
    }
    index++;
  }
  return parts;
}

function gluedBefore(tokens: readonly Token[], at: number, least: number) {
  let from = at;
  while (from > least && tokens[from]?.glued && /^[a-z0-9!#$%&'*+/=?^_`{|}~.-]+$/.test(textAt(tokens, from - 1)))
    from--;
  while (from < at && /^['.]$/.test(textAt(tokens, from))) from++;
  const text = tokens
    .slice(from, at)
    .map((token) => token.text)
    .join('');
  return text === '' ? undefined : { text, from, sure: 0.95 };
}
