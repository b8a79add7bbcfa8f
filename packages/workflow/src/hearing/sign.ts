import { type Word, wordsIn } from './words.ts';

/**
 * Words by which something is heard for certain: words in order, with at most two others between each; `(a|b c)` for
 * one of several; `word*` for every word that begins so; `A + B` for both, in any order.
 */
export interface Sign {
  readonly source: string;
  /** What `+` joins: each a list of places in order, each place with what may stand there. */
  readonly parts: readonly (readonly Place[])[];
}

/** What may stand at a place of a sign: one of these runs of words. */
type Place = readonly (readonly Piece[])[];

interface Piece {
  readonly text: string;
  /** It is the beginning of a word. */
  readonly begins: boolean;
}

/** The places of a sign's words among those that were said, in order. */
export type Match = readonly number[];

/** Other words that may stand between two of a sign, and between the things that `+` joins. */
const BETWEEN = 2;
/** After a `not`, only these: "not having trouble breathing" is no "not breathing". */
const SLIGHT =
  /^(?:really|even|quite|hardly|barely|fully|properly|actually|able|to|been|be|gonna|seem|seems|get|getting|any)$/;
const APART = 6;
const LONGEST = 300;
/** The most words that a part of a sign can span: no two places of it, with what may stand between, are further apart. */
const WIDEST = 200;

/** Reads a sign as it stands in a file; a text that tells what is wrong with it, in the operator's words. */
export function readSign(source: string): Sign | string {
  if (source.length > LONGEST) return `it is longer than ${LONGEST} characters`;
  const strange = /[^\p{L}\p{M}\p{N}\s'’*|()+-]/u.exec(source);
  if (strange) return `it holds \`${strange[0]}\`, which means nothing there`;
  const parts: (readonly Place[])[] = [];
  // As it is read where it is said.
  for (const part of source.replace(/\b(?:unable|not able) to\b/gi, 'cannot').split('+')) {
    const places: Place[] = [];
    for (const { 0: piece } of part.matchAll(/\([^()]*\)|[^\s()]+|[()]/g)) {
      if (piece === '(' || piece === ')') return 'a bracket is not closed, or stands within another';
      if (!piece.startsWith('(') && piece.includes('|')) return 'words between which there is a `|` stand in brackets';
      const runs = piece
        .replace(/^\(|\)$/g, '')
        .split('|')
        .map(runOf);
      if (runs.some((run) => run === undefined || run.length === 0)) {
        return /\*(?!$|[\s|)])|(?:^|[\s|(])\*/.test(piece)
          ? 'a `*` stands at the end of a word'
          : 'between `|` and brackets there are words';
      }
      places.push(runs.flatMap((run) => (run === undefined ? [] : [run])));
    }
    if (places.length === 0) return 'it has no words on one side of a `+`, or none at all';
    parts.push(places);
  }
  if (parts.length > 4) return 'it joins more than four things by `+`';
  return { source, parts };
}

function runOf(text: string): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  for (const raw of text.trim().split(/\s+/)) {
    if (!/^[^*]+\*?$/.test(raw)) return undefined;
    const begins = raw.endsWith('*');
    const words = wordsIn(begins ? raw.slice(0, -1) : raw);
    for (const [index, { text: word }] of words.entries()) {
      pieces.push({ text: word, begins: begins && index === words.length - 1 });
    }
  }
  return pieces;
}

/** Every place where a sign stands in what was said, whatever else is said of it. */
export function matchesOf(sign: Sign, words: readonly Word[]): readonly Match[] {
  let found: readonly Match[] = [];
  for (const [index, part] of sign.parts.entries()) {
    const own = partMatches(part, words);
    if (own.length === 0) return [];
    found = index === 0 ? own : together(found, own, words);
  }
  return found;
}

/** Pairs that stand near each other in one sentence. Both lists are in the order of their first words. */
function together(some: readonly Match[], others: readonly Match[], words: readonly Word[]): readonly Match[] {
  const pairs = new Map<string, Match>();
  let near = 0;
  for (const one of some) {
    const [first, last] = endsOf(one);
    while (near < others.length && endsOf(others[near] ?? [])[0] < first - WIDEST) near++;
    for (let index = near; index < others.length; index++) {
      const other = others[index] ?? [];
      const [begin, end] = endsOf(other);
      if (begin > last + APART + 1) break;
      if (one.some((at) => other.includes(at))) continue;
      const ends = [Math.min(first, begin), Math.max(last, end)] as const;
      if (ends[1] - ends[0] + 1 - one.length - other.length > APART || !isOneSentence(words, ...ends)) continue;
      // Of those with the same ends, one is enough.
      pairs.set(
        ends.join(' '),
        [...one, ...other].sort((a, b) => a - b),
      );
    }
  }
  return [...pairs.values()].sort((a, b) => endsOf(a)[0] - endsOf(b)[0]);
}

const endsOf = (match: Match): readonly [number, number] => [match[0] ?? 0, match.at(-1) ?? 0];

function partMatches(part: readonly Place[], words: readonly Word[]): readonly Match[] {
  const matches: Match[] = [];
  for (let start = 0; start < words.length; start++) {
    const match = from(part, 0, words, start, start);
    if (match) matches.push(match);
  }
  return matches;
}

/** The first way the places from `index` on can stand, the next of them at `first` to `last`. */
function from(
  part: readonly Place[],
  index: number,
  words: readonly Word[],
  first: number,
  last: number,
): Match | undefined {
  const place = part[index];
  if (!place) return [];
  for (let at = first; at <= last && at < words.length; at++) {
    if (at > first) {
      const passed = words[at - 1]?.text ?? '';
      if (words[at]?.gap === 'stop') return undefined;
      if (index > 0 && /^(?:not|no|never)$/.test(words[first - 1]?.text ?? '') && !SLIGHT.test(passed))
        return undefined;
    }
    const runs: Place = place;
    for (const run of runs) {
      if (!run.every((piece, step) => fits(piece, words[at + step], step > 0))) continue;
      const after = at + run.length;
      if (index + 1 < part.length && words[after]?.gap === 'stop') continue;
      const rest = from(part, index + 1, words, after, after + BETWEEN);
      if (rest) return [...run.map((_, step) => at + step), ...rest];
    }
  }
  return undefined;
}

function fits(piece: Piece, word: Word | undefined, within: boolean): boolean {
  if (!word || (within && word.gap === 'stop')) return false;
  return piece.begins ? word.text.startsWith(piece.text) : word.text === piece.text;
}

function isOneSentence(words: readonly Word[], first: number, last: number): boolean {
  for (let at = first + 1; at <= last; at++) {
    const word = words[at];
    if (word?.gap === 'stop' || word?.text === 'but') return false;
  }
  return true;
}
