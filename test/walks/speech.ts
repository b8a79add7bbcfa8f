import type { Random } from '../simulation/random.ts';
import type { Fact } from './goal.ts';

/** The ways of being a caller that are tried. */
export const KINDS = ['hurried', 'confused', 'not-fluent'] as const;
export type Kind = (typeof KINDS)[number];

const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const TEENS = 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' ');
const ORDINALS =
  ' first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth'.split(
    ' ',
  );
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

/** A value as it is said aloud. */
export function aloud(random: Random, value: string, as: Fact['as']): string {
  switch (as) {
    case 'code':
      return spelled(random, value);
    case 'email':
      return value.replaceAll('.', ' dot ').replace('@', ' at ').replaceAll('_', ' underscore ');
    case 'date':
      return value
        .replace(/\b\d{4}\b/, (year) => {
          const [century, rest] = [Number(year.slice(0, 2)), Number(year.slice(2))];
          return century === 20 && rest < 10 ? `two thousand ${small(rest)}` : `${small(century)} ${small(rest)}`;
        })
        .replace(/\b\d{1,2}\b/, (day) => ORDINALS[Number(day)] ?? small(Number(day)))
        .replace(',', '');
    case 'plain':
      return value.replace(/\d+/g, (digits) => numberWords(random, digits));
  }
}

function spelled(random: Random, value: string): string {
  const zero = random.pick(['zero', 'oh', 'zero']);
  const groups = random.chance(0.3);
  const signs: string[] = [];
  for (const [run] of value.replace(/[^\p{L}\d]/gu, '').matchAll(/(.)\1*/gu)) {
    const sign = /\d/.test(run)
      ? run[0] === '0'
        ? zero
        : (DIGITS[Number(run[0])] ?? run)
      : run.slice(0, 1).toLowerCase();
    let left = run.length;
    while (left > 0) {
      const at = groups && /\d/.test(run) ? Math.min(left, 3) : 1;
      signs.push(at === 3 ? `triple ${sign}` : at === 2 ? `double ${sign}` : sign);
      left -= at;
    }
  }
  return signs.join(' ');
}

/** Twenty-three, seven: below a hundred. */
function small(of: number): string {
  if (of < 20) return DIGITS[of] ?? TEENS[of - 10] ?? '';
  return `${TENS[Math.floor(of / 10)]} ${of % 10 === 0 ? '' : DIGITS[of % 10]}`.trim();
}

/** "48" is "forty eight", and longer numbers are said sign by sign. */
function numberWords(random: Random, digits: string): string {
  if (digits.length > 3 || digits.startsWith('0')) return spelled(random, digits);
  const number = Number(digits);
  if (number < 100) return small(number);
  const rest = number % 100;
  return `${small(Math.floor(number / 100))} hundred${rest === 0 ? '' : ` ${small(rest)}`}`;
}

/** What a recogniser writes for what was said: each word may come out as one that sounds the same. */
const SOUNDALIKES: { readonly [word: string]: readonly string[] } = {
  four: ['for', 'fore'],
  for: ['four'],
  two: ['to', 'too'],
  to: ['two', 'too'],
  too: ['to', 'two'],
  eight: ['ate'],
  one: ['won'],
  zero: ['zero', 'oh'],
  w: ['double u', 'double you'],
  know: ['no'],
  right: ['write'],
  wait: ['weight'],
  mail: ['male'],
  here: ['hear'],
  where: ['wear'],
  their: ['there'],
  your: ["you're"],
  buy: ['by'],
  week: ['weak'],
  sent: ['cent'],
  whole: ['hole'],
  pair: ['pear'],
  piece: ['peace'],
  weather: ['whether'],
  break: ['brake'],
  new: ['knew'],
  sale: ['sail'],
  pallet: ['palette', 'palate'],
  dock: ['doc'],
  freight: ['fright'],
  knee: ['need'],
  heel: ['heal'],
  sore: ['soar'],
  ache: ['ake'],
};

const ARTICLES = /\b(?:the|a|an)\s+/gi;
/** A word that is not heard at all. */
const SWALLOWED = new Set(['please', 'just', 'of', 'is', 'it', 'do', 'have', 'would', 'that']);
const FILLERS = ['uh', 'um', 'er', 'eh'];

/** A line as speech recognition hands it on, of a speaker who leaves out articles and looks for words. */
export function overheard(random: Random, line: string, isValue: (word: number) => boolean = () => false): string {
  const plain = line
    .replace(ARTICLES, (article) => (random.chance(0.6) ? '' : article))
    .toLowerCase()
    .replace(/[^\p{L}\p{N}'\s@._-]/gu, ' ')
    .replace(/\.(?=\s|$)/g, ' ');
  const words = plain.split(/\s+/).filter((word) => word !== '');
  const heard = words.flatMap((word, index): readonly string[] => {
    const alike = SOUNDALIKES[word];
    if (alike !== undefined && random.chance(0.3)) return [random.pick(alike)];
    if (words.length > 3 && !isValue(index) && SWALLOWED.has(word) && random.chance(0.15)) return [];
    return random.chance(0.05) ? [random.pick(FILLERS), word] : [word];
  });
  return heard.join(' ');
}
