import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Found } from './found.ts';
import { runsOf, type Unit } from './signs.ts';
import type { Token } from './tokens.ts';

/** A phone number as E.164 (+12025550123), or undefined where it is none that could be dialled. */
export function readPhone(text: string, country: string): string | undefined {
  const number = parsePhoneNumberFromString(text, { defaultCountry: countryOf(country), extract: false });
  return number?.isValid() && number.ext === undefined ? number.number : undefined;
}

function countryOf(country: string): CountryCode {
  return isSupportedCountry(country) ? country : 'US';
}

/** The phone numbers of an utterance, in figures or said: "five five five, oh one two three …". */
export function findPhones(tokens: readonly Token[], country: string): readonly Found[] {
  return runsOf(tokens).flatMap((run) => stretches(run).flatMap((units) => phoneOf(units, tokens, country)));
}

const digitsOf = (unit: Unit) => unit.readings.find((reading) => /^\d+$/.test(reading));
const isPlus = (unit: Unit) => unit.readings.includes('+');

/** The parts of what is spelled out that hold only digits and pauses; none beside letters, which make a code of it. */
function stretches(run: readonly Unit[]): readonly (readonly Unit[])[] {
  const parts: Unit[][] = [];
  let part: Unit[] = [];
  for (const [index, unit] of run.entries()) {
    const tie = unit.pause || unit.readings.includes('');
    if (isPlus(unit) && part.length > 0) {
      parts.push(part);
      part = [unit];
    } else if (digitsOf(unit) !== undefined || isPlus(unit)) part.push(unit);
    else if (tie) {
      if (part.length > 0) part.push(unit);
    } else {
      if (part.length > 0) parts.push(part);
      part = [];
      const letter = !unit.weak;
      if (letter) {
        parts.pop();
        const after = run.findIndex((next, at) => at > index && next.pause);
        if (after < 0) return parts;
      }
    }
  }
  if (part.length > 0) parts.push(part);
  return parts.map(trimmed);
}

/** Without pauses and small words ("to", "for") at the ends. */
function trimmed(units: readonly Unit[]): readonly Unit[] {
  const solid = (unit: Unit) => !unit.weak && (isPlus(unit) || digitsOf(unit) !== undefined);
  const first = units.findIndex(solid);
  return first < 0 ? [] : units.slice(first, units.findLastIndex(solid) + 1);
}

function phoneOf(units: readonly Unit[], tokens: readonly Token[], country: string): readonly Found[] {
  const [first, last] = [tokens[units[0]?.from ?? 0], tokens[(units.at(-1)?.to ?? 1) - 1]];
  const plus = units[0] !== undefined && isPlus(units[0]);
  const digits = units.map((unit) => digitsOf(unit) ?? '').join('');
  if (!first || !last || digits.length < 7 || digits.length > 15) return [];
  const before = tokens[(units[0]?.from ?? 0) - 1];
  if (first.glued && before && !/^[(+:,]$/.test(before.text)) return [];
  const value = readPhone(plus ? `+${digits}` : digits, country);
  if (value === undefined) return [];
  // Ten digits in a row may be another number; a plus or groups say that it is a telephone's.
  const grouped = plus || units.filter((unit) => !unit.pause).length > 1;
  const opening = before?.text === '(' ? before.start : first.start;
  return [{ value, start: opening, end: last.end, confidence: grouped ? 0.95 : 0.8 }];
}
