import type { TypedVariable } from '../schema.ts';
import { bestApart, type Found } from './found.ts';
import { digitWord } from './number.ts';
import { type Token, textAt, tokenise } from './tokens.ts';

type ChoiceVariable = Extract<TypedVariable, { type: 'choice' }>;

/** The values a choice can have. */
export function choiceValues(variable: ChoiceVariable): readonly string[] {
  return Array.isArray(variable.values) ? variable.values : Object.keys(variable.values);
}

/** The values of a choice that are named in an utterance, by themselves or their other words, and not turned down. */
export function findChoices(variable: ChoiceVariable, tokens: readonly Token[]): readonly Found[] {
  const found: Found[] = [];
  for (const value of choiceValues(variable)) {
    const others = Array.isArray(variable.values) ? [] : (variable.values[value] ?? []);
    for (const [words, sure] of [[value, 0.95] as const, ...others.map((other) => [other, 0.9] as const)]) {
      const wanted = wordsOf(words);
      if (wanted.length === 0) continue;
      tokens.forEach((first, from) => {
        const said = matchAt(tokens, from, wanted);
        const last = tokens[(said?.next ?? 0) - 1];
        if (!said || !last) return;
        const confidence = sure - (said.exact ? 0 : 0.05);
        found.push({ value, start: first.start, end: last.end, confidence });
      });
    }
  }
  // The longest name wins before any is turned down: "not light blue" says nothing of blue.
  const longest = [...found].sort((a, b) => b.end - b.start - (a.end - a.start) || b.confidence - a.confidence);
  const apart: Found[] = [];
  for (const one of longest)
    if (!apart.some((other) => one.start < other.end && other.start < one.end)) apart.push(one);
  const ends = new Set(apart.map(({ end }) => end));
  // "No better, no worse" is neither.
  const isAfterNo = ({ start }: Found) =>
    textAt(tokens, tokens.findIndex((token) => token.start === start) - 1) === 'no';
  const neither = apart.filter(isAfterNo).length > 1;
  return bestApart(apart.filter((one) => !turnedDown(tokens, one.start, ends) && !(neither && isAfterNo(one))));
}

/** next_day, nextDay and "next-day" are said "next day". */
function wordsOf(text: string): readonly string[] {
  const spaced = text.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2');
  return tokenise(spaced)
    .filter(({ kind }) => kind !== 'mark')
    .map((token) => token.text);
}

function matchAt(tokens: readonly Token[], from: number, words: readonly string[]) {
  let next = from;
  let exact = true;
  for (const [index, word] of words.entries()) {
    while (index > 0 && /^[-_/&'.]$/.test(textAt(tokens, next))) next++;
    const said = textAt(tokens, next);
    if (said !== word) {
      if (stem(said) !== stem(word) || said.length < 3) return undefined;
      exact = false;
    }
    next++;
  }
  const [first, before, last, after] = [tokens[from], tokens[from - 1], tokens[next - 1], tokens[next]];
  // A piece of a longer word or number (2 of 24, red of red99) is not the word.
  if (first?.glued && before && before.kind !== 'mark') return undefined;
  // Nor is a figure among others that are said one by one: "nine seven two".
  const isFigure = (token: Token | undefined) =>
    token !== undefined && (token.kind === 'digits' || digitWord(token.text) !== undefined);
  if (next === from + 1 && isFigure(first) && (isFigure(before) || isFigure(after))) return undefined;
  if (after?.glued && last && after.kind !== 'mark') return undefined;
  if (last?.kind === 'digits' && after?.glued && /^[.,:]$/.test(after.text) && tokens[next + 1]?.glued)
    return undefined;
  return { next, exact };
}

/** A word without the ending of its plural. */
function stem(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 4 && /(s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

const DENIALS = new Set(
  "not isn't isnt don't dont didn't didnt doesn't doesnt wasn't won't can't cannot never without except neither nor no than".split(
    ' ',
  ),
);
const SOFT = new Set('the a an that this my any want need like it one color colour in be as for really of'.split(' '));

/**
 * Whether "not", "instead of", "rather than" stands before, with only small words between. `ends`: where other values
 * end, for "red, no, blue" corrects.
 */
function turnedDown(tokens: readonly Token[], start: number, ends: ReadonlySet<number>): boolean {
  const at = tokens.findIndex((token) => token.start === start);
  for (let index = at - 1; index >= 0 && index >= at - 6; index--) {
    const word = textAt(tokens, index);
    // "No, blue" corrects; "no blue" at the very beginning does as well.
    const before = tokens[index - 1];
    if (word === 'no') return before !== undefined && !/^(oh|uh|um|,|\.)$/.test(before.text) && !ends.has(before.end);
    if (word === 'but' && /^(anything|everything|all|any)$/.test(before?.text ?? '')) return true;
    if (DENIALS.has(word)) return true;
    if (word === 'of' && textAt(tokens, index - 1) === 'instead') return true;
    if (!SOFT.has(word)) return false;
  }
  return false;
}
