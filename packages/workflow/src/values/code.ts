import type { TypedVariable } from '../schema.ts';
import { bestApart, type Found } from './found.ts';
import { compilePattern, LONGEST_MATCHED, type Pattern } from './pattern.ts';
import { runsOf, spellings, type Unit } from './signs.ts';
import { standing } from './standing.ts';
import { type Token, tokenise } from './tokens.ts';

type StringVariable = Extract<TypedVariable, { type: 'string' }>;

/** The most units that are taken for one value. */
const LONGEST_CODE = 40;
/** What callers say all the time: a pattern that takes these takes anything, and finds nothing in particular. */
const COMMON = ['hello', 'Hello', 'please', 'is', 'the', 'I', 'a', 'OK', 'no', 'my'];

/**
 * Reads a string: as it is, or spelled out, or in another case where the pattern wants that.
 * Undefined where it does not have the form.
 */
export function readString(variable: StringVariable, given: string): string | undefined {
  const text = given.trim();
  if (text.length > 2_000) return undefined;
  const fits = fitting(variable);
  if (!fits) return undefined;
  if (variable.pattern === undefined) {
    if (variable.spoken === 'digits') {
      if (/^\d+$/.test(text)) return fits(text) ? text : undefined;
    } else if (variable.spoken === 'characters') {
      if (text !== '' && !/\s|\p{Ll}/u.test(text) && text === text.toUpperCase()) return fits(text) ? text : undefined;
    } else return fits(text) ? text : undefined;
  }
  const closed = text.replace(/[\s\-–.,_/#]+/g, '');
  const plain =
    variable.pattern === undefined
      ? []
      : [text, text.toUpperCase(), text.toLowerCase(), closed, closed.toUpperCase(), closed.toLowerCase()];
  const direct = plain.find(fits);
  if (direct !== undefined) return direct;
  if (text.length > LONGEST_MATCHED || variable.spoken === 'words') return undefined;
  const tokens = tokenise(text);
  const [run, more] = runsOf(tokens);
  if (run && !more && run[0]?.from === firstSaid(tokens) && covers(tokens, run)) {
    const spelled = spelledAs(variable, run, fits);
    if (spelled !== undefined) return spelled;
  }
  if (variable.spoken === 'characters' && variable.pattern === undefined && !/\s/.test(text)) {
    const upper = text.toUpperCase();
    return text !== '' && fits(upper) ? upper : undefined;
  }
  const found = standing(findCodes(variable, text), text);
  const values = new Set(found.map(({ value }) => value));
  const [only] = values;
  return values.size === 1 && typeof only === 'string' ? only : undefined;
}

function firstSaid(tokens: readonly Token[]): number {
  return tokens.findIndex((token) => token.kind !== 'mark');
}

function covers(tokens: readonly Token[], run: readonly Unit[]): boolean {
  const end = run.at(-1)?.to ?? 0;
  return tokens.slice(end).every((token) => token.kind === 'mark');
}

/** Whether a text has the pattern and length; undefined where the pattern is not one that may run. */
function fitting(variable: StringVariable): ((text: string) => boolean) | undefined {
  const { pattern, minLength = 1, maxLength = 2_000 } = variable;
  const compiled = pattern === undefined ? undefined : compilePattern(pattern);
  if (pattern !== undefined && !compiled) return undefined;
  return (text) =>
    text.length >= minLength && text.length <= maxLength && (compiled === undefined || compiled.matches(text));
}

/** What units spell, in the case that fits. */
function spelledAs(
  variable: StringVariable,
  units: readonly Unit[],
  fits: (text: string) => boolean,
): string | undefined {
  for (const text of spellings(units)) {
    if (variable.pattern !== undefined) {
      const found = cases(text).find(fits);
      if (found !== undefined) return found;
    } else {
      const sign = variable.spoken === 'digits' ? /^\d+$/ : /^[A-Z0-9]+$/;
      const upper = text.toUpperCase();
      if (sign.test(upper) && fits(upper)) return upper;
    }
  }
  return undefined;
}

/** A text in capitals, in small letters, as it is, and with each of few letters in either. */
function cases(text: string): readonly string[] {
  const letters = text.replace(/[^A-Za-z]/g, '').length;
  const plain = [text.toUpperCase(), text.toLowerCase(), text];
  if (letters < 2 || letters > 4) return plain;
  let mixed = [''];
  for (const sign of text) {
    const options = /[A-Za-z]/.test(sign) ? [sign.toUpperCase(), sign.toLowerCase()] : [sign];
    mixed = options.flatMap((option) => mixed.map((head) => head + option));
  }
  return [...plain, ...mixed];
}

/** The values of a string variable in an utterance: what matches its pattern, or what is spelled out where it has none. */
export function findCodes(variable: StringVariable, utterance: string): readonly Found[] {
  const fits = fitting(variable);
  if (!fits) return [];
  const tokens = tokenise(utterance);
  if (variable.pattern !== undefined) {
    const pattern = compilePattern(variable.pattern);
    if (!pattern) return [];
    const spelled = variable.spoken === 'words' ? [] : findSpelled(variable, tokens, fits);
    return bestApart([...spelled, ...findWritten(tokens, utterance, pattern, fits)]);
  }
  return variable.spoken === 'characters' || variable.spoken === 'digits'
    ? findUnpatterned(variable, tokens, fits)
    : [];
}

/** Places whose text, as it stands, has the form. */
function findWritten(
  tokens: readonly Token[],
  utterance: string,
  pattern: Pattern,
  fits: (text: string) => boolean,
): readonly Found[] {
  if (COMMON.some((word) => pattern.matches(word))) return [];
  const found: Found[] = [];
  tokens.forEach((first, from) => {
    if (first.glued && tokens[from - 1]?.kind !== 'mark') return;
    for (let to = Math.min(from + 12, tokens.length) - 1; to >= from; to--) {
      const last = tokens[to];
      const after = tokens[to + 1];
      if (!last || last.end - first.start > LONGEST_MATCHED || (after?.glued && after.kind !== 'mark')) continue;
      const text = utterance.slice(first.start, last.end);
      const digits = /\d/.test(text);
      const fitting = [text, ...(digits ? [text.toUpperCase(), text.toLowerCase()] : [])].find(fits);
      if (fitting === undefined) continue;
      found.push({ value: fitting, start: first.start, end: last.end, confidence: digits ? 0.95 : 0.8 });
      break;
    }
  });
  return found;
}

/** Places that spell out something that has the pattern. A longer number is not cut to fit. */
function findSpelled(
  variable: StringVariable,
  tokens: readonly Token[],
  fits: (text: string) => boolean,
): readonly Found[] {
  const found: Found[] = [];
  for (const run of runsOf(tokens))
    for (let from = 0; from < run.length; from++) {
      if (run[from]?.pause || cut(run, from) === undefined) continue;
      for (let to = Math.min(from + LONGEST_CODE, run.length); to > from; to--) {
        const loss = (cut(run, from) ?? 1) + (cut(run, to) ?? 1);
        if (run[to - 1]?.pause || loss >= 1) continue;
        const units = run.slice(from, to);
        if (units.every((unit) => unit.weak || unit.pause)) continue;
        const value = spelledAs(variable, units, fits);
        const [first, last] = [tokens[units[0]?.from ?? 0], tokens[(units.at(-1)?.to ?? 1) - 1]];
        if (value === undefined || !first || !last) continue;
        const weak = units.filter((unit) => unit.weak).length;
        const confidence = Math.max(0.95 - loss - weak * 0.05, 0.3);
        found.push({ value, start: first.start, end: last.end, confidence });
        break;
      }
    }
  return bestApart(found);
}

/** What it costs to begin or end before a unit: undefined where that would tear a spelled number apart. */
function cut(run: readonly Unit[], at: number): number | undefined {
  const [before, after] = [run[at - 1], run[at]];
  if (!before || !after) return 0;
  if (before.pause || after.pause) return 0.1;
  if (before.weak || after.weak) return 0.05;
  const long = (unit: Unit) => unit.written && (unit.readings[0]?.length ?? 0) > 1;
  return long(before) || long(after) ? 0.3 : undefined;
}

/** Stretches that can only be a code: three signs or more, a digit among them or all letters said one by one. */
function findUnpatterned(
  variable: StringVariable,
  tokens: readonly Token[],
  fits: (text: string) => boolean,
): readonly Found[] {
  const found: Found[] = [];
  for (const run of runsOf(tokens)) {
    const strong = (unit: Unit) => !unit.weak && !unit.pause;
    const first = run.findIndex(strong);
    if (first < 0) continue;
    // "a b c": what stands before a letter is more likely a letter than an article.
    const led = isLetter(run[first - 1]) && isLetter(run[first]);
    const from = led ? first - 1 : first;
    const units = run.slice(from, run.findLastIndex(strong) + 1);
    const value = spelledAs(variable, units, fits);
    const [begin, end] = [tokens[units[0]?.from ?? 0], tokens[(units.at(-1)?.to ?? 1) - 1]];
    if (value === undefined || !begin || !end || value.length < Math.max(variable.minLength ?? 3, 2)) continue;
    const code = units.every((unit) => unit.written) && /\d/.test(value);
    const said = units.filter(strong).length >= 3;
    if (!code && !said && !(variable.minLength !== undefined && value.length >= 4)) continue;
    found.push({
      value,
      start: begin.start,
      end: end.end,
      confidence: !led && (said || /[A-Z]/.test(value)) ? 0.8 : 0.6,
    });
  }
  return bestApart(found);
}

function isLetter(unit: Unit | undefined): boolean {
  return unit !== undefined && !unit.written && !unit.pause && /^[A-Z]$/.test(unit.readings[0] ?? '');
}
