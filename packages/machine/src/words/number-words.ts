const SMALL =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const ORDINALS =
  'zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth'.split(
    ' ',
  );
const TENTHS = 'twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth'.split(' ');
const LARGE = [
  ['hundred', 100],
  ['thousand', 1_000],
  ['million', 1_000_000],
  ['billion', 1_000_000_000],
] as const;

interface Piece {
  readonly value: number;
  readonly size: 'unit' | 'teen' | 'tens' | 'large';
  readonly ordinal: boolean;
}

const PIECES: ReadonlyMap<string, Piece> = new Map([
  ...SMALL.map((word, value) => [word, piece(value, value < 10 ? 'unit' : 'teen')] as const),
  ...TENS.map((word, at) => [word, piece(20 + at * 10, 'tens')] as const),
  ...ORDINALS.map((word, value) => [word, piece(value, value < 10 ? 'unit' : 'teen', true)] as const),
  ...TENTHS.map((word, at) => [word, piece(20 + at * 10, 'tens', true)] as const),
  ...LARGE.flatMap(([word, value]) => [
    [word, piece(value, 'large')] as const,
    [`${word}th`, piece(value, 'large', true)] as const,
  ]),
]);

function piece(value: number, size: Piece['size'], ordinal = false): Piece {
  return { value, size, ordinal };
}

/** Whether a word, in small letters, is a number or part of one. */
export const isNumberWord = (word: string): boolean => PIECES.has(word);

/**
 * The number that begins at `from` of some words in small letters, `-` and all else that stands between them as they
 * are: `['twenty', '-', 'one']` is 21. `start`: a number in digits that stands before, as in "2 million".
 */
export function readNumberWords(
  words: readonly string[],
  from: number,
  start?: number,
): { readonly value: number; readonly ordinal: boolean; readonly end: number } | undefined {
  let total = 0;
  let group: number | undefined = start;
  /** What may come next within a hundred: the smallest size that was said. */
  let last: Piece['size'] | undefined = start === undefined ? undefined : 'teen';
  let end = from;
  for (let at = from; at < words.length; ) {
    const one = PIECES.get(words[at] ?? '');
    if (!one) break;
    if (one.size === 'large') {
      const before: number = group ?? (at === from ? 1 : 0);
      if (before === 0) break;
      if (one.value === 100) group = before * 100;
      else {
        total += before * one.value;
        group = undefined;
      }
      last = undefined;
    } else {
      const fits = last === undefined || (last === 'tens' && one.size === 'unit' && one.value > 0);
      if (!fits) break;
      group = (group ?? 0) + one.value;
      last = one.size === 'tens' ? 'tens' : 'teen';
    }
    at += 1;
    end = at;
    if (one.ordinal) return { value: total + (group ?? 0), ordinal: true, end };
    // "twenty-one", "two hundred and five".
    const joins = (words[at] === '-' && last === 'tens') || (words[at] === 'and' && one.size === 'large');
    if (joins && PIECES.has(words[at + 1] ?? '')) at += 1;
  }
  return end === from ? undefined : { value: total + (group ?? 0), ordinal: false, end };
}
