import type { TypedVariable } from '../schema.ts';
import type { Json } from '../type.ts';
import { choiceValues, findChoices } from './choice.ts';
import { findCodes, readString } from './code.ts';
import { dateOfKeys, findDates, isDate } from './date.ts';
import { findEmails, isEmail } from './email.ts';
import { bestApart, type Found, type Read } from './found.ts';
import { dayOf, type Moment } from './moment.ts';
import { findMoney, minorUnits } from './money.ts';
import { findNumbers } from './number.ts';
import { findPhones, readPhone } from './phone.ts';
import { standing } from './standing.ts';
import { findTimes, isTime, timeOfKeys } from './time.ts';
import { LONGEST_UTTERANCE, type Token, tokenise } from './tokens.ts';
import { yesNo } from './yes-no.ts';

export type { Found, Read } from './found.ts';
export type { Moment } from './moment.ts';
export { patternProblem } from './pattern.ts';
export { formatOf, sayValue } from './say.ts';
export { typeOfVariable } from './type-of-variable.ts';
export { yesNo } from './yes-no.ts';

const ok = (value: Json): Read => ({ ok: true, value });
const not = (problem: string): Read => ({ ok: false, problem });
const MANY = 'it could mean more than one thing';

/**
 * Reads what was given for a variable: by a decider, by keys, by the data of a signal. It may be in the canonical form
 * already, or as the caller said it in American English ("forty nine ninety nine", "jane dot doe at example dot
 * com", "next Tuesday"); what it gives, it reads as the same again.
 *
 * Canonical forms: a number; money with no more decimals than its currency has; true or false; a date as YYYY-MM-DD; a
 * time as HH:MM; an e-mail address in small letters; a phone number as E.164; one of a choice's values; an object with
 * the declared fields that were given; a list. A string is trimmed, and one with a pattern takes the case that the
 * pattern has.
 */
export function readValue(variable: TypedVariable, given: Json, moment: Moment): Read {
  switch (variable.type) {
    case 'string': {
      const text = typeof given === 'number' ? String(given) : given;
      if (typeof text !== 'string') return not('it is not text');
      const value = readString(variable, text);
      return value === undefined ? not('it does not have the right form') : ok(value);
    }
    case 'number':
    case 'integer':
    case 'money':
      return readNumber(variable, given, moment);
    case 'boolean': {
      if (typeof given === 'boolean') return ok(given);
      const answer = typeof given === 'string' ? truth(given) : undefined;
      return answer === undefined ? not('it is neither yes nor no') : ok(answer);
    }
    case 'date': {
      if (typeof given === 'string' && isDate(given.trim())) return ok(given.trim());
      const keyed = typeof given === 'string' ? dateOfKeys(keys(given), dayOf(moment), variable.prefer) : undefined;
      return keyed === undefined ? readFound(variable, given, moment, 'it is not a date') : ok(keyed);
    }
    case 'time': {
      if (typeof given === 'string' && isTime(given.trim())) return ok(given.trim());
      const keyed = typeof given === 'string' ? timeOfKeys(keys(given)) : undefined;
      return keyed === undefined ? readFound(variable, given, moment, 'it is not a time of day') : ok(keyed);
    }
    case 'email': {
      const text = typeof given === 'string' ? given.trim().toLowerCase() : '';
      return isEmail(text) ? ok(text) : readFound(variable, given, moment, 'it is not an e-mail address');
    }
    case 'phone': {
      const text = typeof given === 'number' ? String(given) : given;
      const number = typeof text === 'string' ? readPhone(text.slice(0, 40), variable.country ?? 'US') : undefined;
      return number === undefined ? readFound(variable, text, moment, 'it is not a phone number') : ok(number);
    }
    case 'choice': {
      const exact = choiceValues(variable).find((value) => value === given);
      return exact === undefined ? readFound(variable, given, moment, 'it is none of the values') : ok(exact);
    }
    case 'object': {
      if (typeof given === 'string') return readFound(variable, given, moment, 'none of its fields was given');
      if (typeof given !== 'object' || given === null || Array.isArray(given)) return not('it has no fields');
      const fields: [string, Json][] = [];
      for (const [name, value] of Object.entries(given)) {
        const field = Object.hasOwn(variable.fields, name) ? variable.fields[name] : undefined;
        if (!field || value === null) continue;
        const read = readValue(field, value, moment);
        if (!read.ok) return not(`${name}: ${read.problem}`);
        fields.push([name, read.value]);
      }
      return ok(Object.fromEntries(fields));
    }
    case 'list':
      return readList(variable, given, moment);
  }
}

/** What is not a pause: "nineteen uh ninety". */
const isSaid = ({ text }: Token): boolean => !/^(?:uh|uhm|um|er|erm|eh)$/.test(text);

/**
 * Every place in an utterance that holds a value of the variable, the surest first; no two share ground. Only values
 * that `readValue` would give. It rather finds nothing than something that was not said: a number inside an order
 * number is no integer, free text is never found, and neither is what is turned down ("not the red one"), taken back
 * ("the fifth, no, the sixth") or left open ("red or blue"). Of an utterance it reads the first 2,000 UTF-16 units.
 */
export function findValues(variable: TypedVariable, utterance: string, moment: Moment): readonly Found[] {
  return standing(findAll(variable, utterance, moment), utterance);
}

/** Those too that don't stand when all is said. */
function findAll(variable: TypedVariable, utterance: string, moment: Moment): readonly Found[] {
  const tokens = tokenise(utterance);
  const found = candidates(variable, utterance, tokens, moment)
    .filter(({ value }) => inRange(variable, value))
    .map((one) => ({ ...one, confidence: Math.round(one.confidence * 100) / 100 }));
  return bestApart(found);
}

function candidates(
  variable: TypedVariable,
  utterance: string,
  tokens: readonly Token[],
  moment: Moment,
): readonly Found[] {
  switch (variable.type) {
    case 'string':
      return findCodes(variable, utterance);
    case 'number':
    case 'integer':
      return apartFrom(findNumbers(tokens, variable.type === 'integer'), tokens);
    case 'money':
      return apartFrom(findMoney(tokens, variable.currency ?? 'USD'), tokens);
    case 'boolean': {
      const said = yesNo(utterance);
      const [first, last] = [tokens[0], tokens.at(-1)];
      return said && first && last
        ? [{ value: said.answer === 'yes', start: first.start, end: last.end, confidence: said.confidence }]
        : [];
    }
    case 'date':
      return findDates(tokens.filter(isSaid), dayOf(moment), variable.prefer);
    case 'time':
      return findTimes(tokens.filter(isSaid));
    case 'email':
      return findEmails(tokens);
    case 'phone':
      return findPhones(tokens, variable.country ?? 'US');
    case 'choice':
      return findChoices(variable, tokens);
    case 'object':
      return findObject(variable.fields, utterance, moment);
    case 'list': {
      const items = findValues(variable.of, utterance, moment);
      const inOrder = [...items].sort((a, b) => a.start - b.start);
      return together(
        inOrder,
        inOrder.map(({ value }) => value),
      );
    }
  }
}

/** Numbers that are no piece of an e-mail address or a phone number. */
function apartFrom(numbers: readonly Found[], tokens: readonly Token[]): readonly Found[] {
  if (numbers.length === 0) return numbers;
  const taken = [...findEmails(tokens), ...findPhones(tokens, 'US')];
  return numbers.filter((one) => !taken.some((other) => one.start < other.end && other.start < one.end));
}

/** The fields that are found, as one object: what the surest takes, no other field takes again. */
function findObject(
  fields: Readonly<Record<string, TypedVariable>>,
  utterance: string,
  moment: Moment,
): readonly Found[] {
  const found = Object.entries(fields)
    // A yes or no is the whole utterance's, and can't be told to be meant for a field.
    .filter(([, field]) => field.type !== 'boolean')
    .flatMap(([name, field]) => findValues(field, utterance, moment).map((one) => ({ ...one, name })))
    .sort((a, b) => b.confidence - a.confidence);
  const kept: (Found & { readonly name: string })[] = [];
  for (const one of found)
    if (!kept.some((other) => other.name === one.name || (one.start < other.end && other.start < one.end)))
      kept.push(one);
  return together(kept, Object.fromEntries(kept.map(({ name, value }) => [name, value])));
}

function together(parts: readonly Found[], value: Json): readonly Found[] {
  if (parts.length === 0) return [];
  const start = Math.min(...parts.map((part) => part.start));
  const end = Math.max(...parts.map((part) => part.end));
  return [{ value, start, end, confidence: Math.min(...parts.map((part) => part.confidence)) }];
}

type NumberVariable = Extract<TypedVariable, { type: 'number' | 'integer' | 'money' }>;

function readNumber(variable: NumberVariable, given: Json, moment: Moment): Read {
  if (typeof given === 'string') {
    // On a telephone's keys, the star is the decimal point.
    const typed = keys(given).replace('*', '.');
    const plain = /^-?\d{1,15}(\.\d{1,10})?$/.test(typed) ? Number(typed) : undefined;
    if (plain !== undefined) return readNumber(variable, plain, moment);
    const tokens = tokenise(given);
    const found = bestApart(candidates(variable, given, tokens, moment));
    const value = single(standing(found, given));
    if (value === undefined) return not(found.length > 1 ? MANY : 'it is not a number');
    return readNumber(variable, value, moment);
  }
  if (typeof given !== 'number' || !Number.isFinite(given)) return not('it is not a number');
  const value = given === 0 ? 0 : given;
  if (variable.type === 'integer' && !Number.isSafeInteger(value)) return not('it is not a whole number');
  if (variable.type === 'money' && !hasDecimals(value, minorUnits(variable.currency ?? 'USD')))
    return not('it has more decimals than its currency');
  if (variable.min !== undefined && value < variable.min) return not('it is less than the least allowed');
  if (variable.max !== undefined && value > variable.max) return not('it is more than the most allowed');
  return ok(value);
}

function hasDecimals(value: number, decimals: number): boolean {
  return Math.abs(value) < 1e13 && Number(value.toFixed(decimals)) === value;
}

/** Whether a value that was found is one the variable can have, as far as its type alone doesn't say. */
function inRange(variable: TypedVariable, value: Json): boolean {
  if (variable.type === 'list')
    return Array.isArray(value) && (variable.maxItems === undefined || value.length <= variable.maxItems);
  if (variable.type !== 'number' && variable.type !== 'integer' && variable.type !== 'money') return true;
  return readNumber(variable, value, { now: 0, timezone: 'UTC' }).ok;
}

function readList(variable: Extract<TypedVariable, { type: 'list' }>, given: Json, moment: Moment): Read {
  let items: readonly Json[];
  if (Array.isArray(given)) items = given;
  else if (typeof given === 'string') {
    const found = single(findValues(variable, given, moment));
    const pieces = given
      .slice(0, LONGEST_UTTERANCE)
      .split(/,|;|\band\b/i)
      .map((piece) => piece.trim());
    items = Array.isArray(found) ? found : pieces.filter((piece) => piece !== '');
    if (items.length === 0) return not('it has no items');
  } else items = [given];
  if (variable.maxItems !== undefined && items.length > variable.maxItems) return not('it has too many items');
  const values: Json[] = [];
  for (const item of items) {
    const read = readValue(variable.of, item, moment);
    if (!read.ok) return read;
    values.push(read.value);
  }
  return ok(values);
}

function readFound(variable: TypedVariable, given: Json, moment: Moment, problem: string): Read {
  if (typeof given !== 'string') return not(problem);
  const found = findAll(variable, given, moment);
  const value = single(standing(found, given));
  if (value !== undefined) return ok(value);
  return not(found.length > 1 ? MANY : problem);
}

/** The value that is meant, where it is clear: the surest, and nothing else nearly as sure. */
function single(found: readonly Found[]): Json | undefined {
  const [best] = found;
  if (!best) return undefined;
  const rival = found.some(
    (other) => best.confidence - other.confidence < 0.15 && JSON.stringify(other.value) !== JSON.stringify(best.value),
  );
  return rival ? undefined : best.value;
}

/** What was typed on keys, without the # that ends it. */
function keys(given: string): string {
  return given.trim().replace(/#$/, '');
}

function truth(given: string): boolean | undefined {
  const typed = keys(given).toLowerCase();
  if (typed === 'true' || typed === '1') return true;
  if (typed === 'false' || typed === '2' || typed === '0') return false;
  const said = yesNo(given);
  return said && said.answer === 'yes';
}
