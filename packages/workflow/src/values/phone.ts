import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Found } from './found.ts';
import { runsOf, spellings, type Unit } from './signs.ts';
import type { Token } from './tokens.ts';

/**
 * A phone number as E.164 (+12025550123), or undefined where it is none. A number counts that has the right length for
 * its country; numbering plans change too often to refuse those that are not in today's.
 */
export function readPhone(text: string, country: string): string | undefined {
  const number = parsePhoneNumberFromString(text, { defaultCountry: countryOf(country), extract: false });
  if (!number?.isPossible() || number.ext !== undefined) return undefined;
  // No area code of North America begins with 0 or 1.
  return number.countryCallingCode === '1' && !/^[2-9]/.test(number.nationalNumber) ? undefined : number.number;
}

function isInPlan(number: string): boolean {
  return parsePhoneNumberFromString(number)?.isValid() === true;
}

function countryOf(country: string): CountryCode {
  return isSupportedCountry(country) ? country : 'US';
}

/** The phone numbers of an utterance, in figures or said: "five five five, oh one two three …". */
export function findPhones(tokens: readonly Token[], country: string): readonly Found[] {
  return runsOf(tokens).flatMap((run) => stretches(run).flatMap((units) => phoneOf(units, tokens, country)));
}

const digitsOf = (unit: Unit) => unit.readings.find((reading) => /^\d+$/.test(reading));
/** The same unit with only the readings that a phone number can have. */
const inFigures = (unit: Unit): Unit => {
  const figures = unit.readings.filter((reading) => /^\d+$/.test(reading));
  return { ...unit, readings: figures.length > 0 ? figures : [''] };
};
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
  if (!first || !last || units.length > 40) return [];
  const before = tokens[(units[0]?.from ?? 0) - 1];
  if (first.glued && before && !/^[(+:,]$/.test(before.text)) return [];
  const value = spellings(units.map(inFigures))
    .filter((digits) => digits.length >= 7 && digits.length <= 15)
    .map((digits) => readPhone(plus ? `+${digits}` : digits, country))
    .filter((number) => number !== undefined)
    .sort((a, b) => Number(isInPlan(b)) - Number(isInPlan(a)))[0];
  if (value === undefined) return [];
  // Ten digits in a row may be another number; a plus or groups say that it is a telephone's.
  const planned = isInPlan(value);
  const grouped = plus || units.filter((unit) => !unit.pause).length > 1;
  if (!grouped && !planned) return [];
  const opening = before?.text === '(' ? before.start : first.start;
  return [{ value, start: opening, end: last.end, confidence: grouped ? (planned ? 0.95 : 0.75) : 0.8 }];
}
