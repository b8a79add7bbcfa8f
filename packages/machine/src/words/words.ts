import type { Json } from '@parley/workflow';
import { type Claim, claimsOf, singular, weekdayOf } from './claims.ts';
import { ONLY_FIRST, OPENERS } from './openers.ts';
import { tokensOf } from './tokens.ts';

/** Why words are not said. */
export type Refusal =
  | 'empty'
  | 'length'
  /** More than words in sentences: markup, signs, control characters, another script. */
  | 'markup'
  | 'number'
  | 'date'
  | 'time'
  | 'amount'
  | 'code'
  | 'address'
  | 'name'
  | 'sensitive';

/** What composed words are held against. */
export interface Grounds {
  /** What may be said, as the model was told it, by name. */
  readonly facts: { readonly [name: string]: string };
  /** The operator's own words to the model: what they name may be said, too. */
  readonly told: readonly string[];
  /** The most characters. */
  readonly longest: number;
  /** What the session knows that is sensitive. */
  readonly sensitive: readonly Json[];
}

/**
 * Whether words that a model found may be said: they are plain, short enough, and hold no number, date, time, amount,
 * address, code or name that is not in the facts or in what the model was told by the operator, and nothing sensitive.
 * What is doubtful is refused. `text`: the words with their white space drawn together. English.
 */
export function checkWords(
  words: string,
  { facts, told, longest, sensitive }: Grounds,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: Refusal } {
  const text = words.normalize('NFC').replace(/\s+/g, ' ').trim();
  const refused = (why: Refusal) => ({ ok: false, why }) as const;
  if (!/\p{L}/u.test(text)) return refused('empty');
  if (text.length > longest) return refused('length');
  const sources: readonly Source[] = [
    ...Object.entries(facts).map(([name, said]) => sourceOf(said, name)),
    ...told.map((said) => sourceOf(said, undefined)),
  ];
  if (!isPlain(words, text, sources)) return refused('markup');
  const claims = claimsOf(tokensOf(plainQuotes(text)));
  if (sensitive.some((value) => tells(text, claims, value))) return refused('sensitive');
  const wrong = claims.find(
    (claim) => claim.is !== 'word' && !sources.some((source) => supports(source, claim, sources)),
  );
  if (wrong) return refused(reason(wrong));
  return namesIn(claims).every((name) => sources.some(({ words }) => stands(words, name)))
    ? { ok: true, text }
    : refused('name');
}

/** A text that words may be made from, and what it says. */
interface Source {
  readonly claims: readonly Claim[];
  /** Its words in small letters, in order; `name`: those that the fact's name is made of, in the singular. */
  readonly words: readonly string[];
  readonly name: readonly string[];
  readonly text: string;
  readonly fact: boolean;
}

function sourceOf(said: string, name: string | undefined): Source {
  const text = plainQuotes(said.normalize('NFC').replace(/\s+/g, ' ').trim());
  return {
    text,
    claims: claimsOf(tokensOf(text)),
    words: wordsIn(text),
    name: (name ?? '').split(/(?<=[a-z\d])(?=[A-Z])|_/).map((part) => singular(part.toLowerCase())),
    fact: name !== undefined,
  };
}

const wordsIn = (text: string) =>
  (text.toLowerCase().match(/[\p{L}\p{M}\d]+(?:'[\p{L}]+)*/gu) ?? []).map((word) => word.replace(/'s?$/, ''));

const plainQuotes = (text: string) => text.replaceAll(/[‘’]/g, "'").replaceAll(/[“”]/g, '"');

// ---- plain words

/** What stands in sentences: Latin letters, digits and punctuation. */
const PLAIN = /^[\p{Script=Latin}\p{M}0-9 .,;:!?'"‘’“”()–—…&/%$€£¥+#@_-]*$/u;
const LISTS = /^\s*(?:[-–—•*]|\d{1,2}[.)]|#+)\s/m;
const MARKS = /[-–—]{2,}|_{2,}|&[#\w]+;|#(?![\p{L}\d])|(?<![\p{L}\d])_|_(?![\p{L}\d])|&(?=\w+=)/u;

function isPlain(words: string, text: string, sources: readonly Source[]): boolean {
  // A line break is white space; every other control character is none of a sentence's.
  if (/[^\P{C}\n\r\t]/u.test(words) || LISTS.test(words) || MARKS.test(text)) return false;
  if (PLAIN.test(text)) return true;
  // A name in another script may be said as it stands in a fact.
  const foreign = text.match(/[^\p{Script=Latin}\p{M}0-9 .,;:!?'"‘’“”()–—…&/%$€£¥+#@_-]+/gu) ?? [];
  return foreign.every((piece) => /^\p{L}+$/u.test(piece) && sources.some((source) => source.text.includes(piece)));
}

// ---- what is claimed

function reason(claim: Claim): Refusal {
  switch (claim.is) {
    case 'month':
    case 'weekday':
      return 'date';
    case 'percent':
      return 'number';
    case 'span':
      return 'time';
    case 'word':
      return 'name';
    default:
      return claim.is;
  }
}

/** Whether what is claimed is so by a text it may be made from. */
function supports(source: Source, claim: Claim, all: readonly Source[]): boolean {
  switch (claim.is) {
    case 'span':
      return hasSpan(source, claim);
    case 'number':
      return source.claims.some((one) => sameNumber(one, claim, source, all));
    default:
      return source.claims.some((one) => same(one, claim));
  }
}

/** Whether a claim says no more than what is known. */
function same(known: Claim, claim: Claim): boolean {
  switch (claim.is) {
    case 'date':
      return (
        known.is === 'date' &&
        known.month === claim.month &&
        known.day === claim.day &&
        (claim.year === undefined || known.year === claim.year) &&
        (claim.weekday === undefined || claim.weekday === dayOfWeek(known))
      );
    case 'month':
      return (
        (known.is === 'date' || known.is === 'month') &&
        known.month === claim.month &&
        (claim.year === undefined || known.year === claim.year)
      );
    case 'weekday':
      return known.is === 'weekday'
        ? known.weekday === claim.weekday
        : known.is === 'date' && dayOfWeek(known) === claim.weekday;
    case 'time':
      return (
        known.is === 'time' &&
        (known.minute === claim.minute || ((claim.open || known.open) && known.minute % 720 === claim.minute % 720))
      );
    case 'amount':
      return known.is === 'amount' && known.currency === claim.currency && close(known.value, claim.value);
    case 'percent':
      return known.is === 'percent' && close(known.value, claim.value);
    case 'code':
      return (
        (known.is === 'code' && known.code === claim.code) ||
        (known.is === 'number' && String(known.value) === claim.code)
      );
    case 'address':
      return known.is === 'address' && known.address === claim.address;
    default:
      return false;
  }
}

const close = (one: number, other: number) => Math.abs(one - other) < 0.0001;

function dayOfWeek(date: Extract<Claim, { is: 'date' }>): number | undefined {
  if (date.year === undefined) return date.weekday;
  return weekdayOf(date.year, date.month, date.day);
}

type NumberClaim = Extract<Claim, { is: 'number' }>;

function sameNumber(known: Claim, claim: NumberClaim, { name }: Source, all: readonly Source[]): boolean {
  // "On the 20th", "in 2026".
  if (known.is === 'date' && claim.unit === undefined)
    return claim.ordinal ? claim.value === known.day : claim.value === known.year && claim.value > 1000;
  if (known.is === 'code') return claim.unit === undefined && !claim.ordinal && known.code === String(claim.value);
  if (known.is !== 'number' || !close(known.value, claim.value) || known.ordinal !== claim.ordinal) return false;
  if (known.unit === claim.unit) return true;
  if (known.unit !== undefined || claim.unit === undefined) return false;
  // A number without a unit may be said with the one that the fact is named for, or that the operator speaks of.
  const parts = claim.unit.split(' ');
  return (
    parts.every((part) => name.includes(part)) ||
    all.some(({ fact, words }) => !fact && parts.every((part) => words.some((word) => singular(word) === part)))
  );
}

/** When these parts of a day are, in minutes since midnight. */
const PARTS_OF_DAY: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['morning', [240, 720]],
  ['afternoon', [720, 1080]],
  ['evening', [1020, 1440]],
  ['night', [1140, 1440]],
]);

function hasSpan({ words, claims }: Source, { word, before }: Extract<Claim, { is: 'span' }>): boolean {
  const part = PARTS_OF_DAY.get(word);
  if (part && claims.some((one) => one.is === 'time' && !one.open && one.minute >= part[0] && one.minute < part[1]))
    return true;
  if (claims.some((one) => one.is === 'number' && one.value === COUNTS.get(word))) return true;
  return words.some((one, at) => singular(one) === word && (before === '' || singular(words[at - 1] ?? '') === before));
}

/** Words that say how many. */
const COUNTS: ReadonlyMap<string, number> = new Map([
  ['both', 2],
  ['couple', 2],
  ['pair', 2],
  ['twice', 2],
  ['double', 2],
  ['triple', 3],
  ['dozen', 12],
]);

// ---- names

/** Words one after the other that may be a name, in small letters. */
function namesIn(claims: readonly Claim[]): readonly (readonly string[])[] {
  const names: string[][] = [];
  let open: string[] | undefined;
  for (const claim of claims) {
    const isName = claim.is === 'word' && claim.name && !isWord(claim);
    if (!isName) open = undefined;
    else if (open) open.push(claim.word);
    else {
      open = [claim.word];
      names.push(open);
    }
  }
  return names;
}

function isWord({ word, first }: { readonly word: string; readonly first: boolean }): boolean {
  return OPENERS.has(word) || (first && ONLY_FIRST.has(word));
}

/** Whether words stand in others in this order, next to each other. */
function stands(words: readonly string[], name: readonly string[]): boolean {
  return words.some((_, at) => name.every((word, offset) => alike(words[at + offset], word)));
}

const alike = (one: string | undefined, other: string) =>
  one !== undefined && (one === other || singular(one) === singular(other));

// ---- what is sensitive

/** Shorter values stand in too many words to be looked for. */
const SHORTEST = 3;

/** Whether a text tells any of these values, in any form that they may be said in. */
export function tellsAny(text: string, values: readonly Json[]): boolean {
  const claims = claimsOf(tokensOf(plainQuotes(text)));
  return values.some((value) => tells(text, claims, value));
}

/** Whether words tell a value that is sensitive, in any form it may be said in. */
function tells(text: string, claims: readonly Claim[], value: Json): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some((one) => tells(text, claims, one));
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  const said = String(value).replaceAll('_', ' ');
  if (said.replace(/[^\p{L}\d]/gu, '').length < SHORTEST) return false;
  const [all, one] = [wordsIn(plainQuotes(text)), wordsIn(plainQuotes(said))];
  if (one.length > 0 && stands(all, one)) return true;
  return claimsOf(tokensOf(plainQuotes(said))).some((known) => claims.some((claim) => isTold(known, claim)));
}

function isTold(known: Claim, claim: Claim): boolean {
  if (known.is === 'word' || known.is === 'span') return false;
  // What a number counts, or what it is an amount of, makes it no other.
  if ('value' in known)
    return 'value' in claim && String(known.value).length >= SHORTEST && close(known.value, claim.value);
  return same(known, claim) || same(claim, known);
}
