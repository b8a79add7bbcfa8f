import {
  bounded,
  equal,
  fail,
  fieldOf,
  isGathered,
  isList,
  isNumber,
  isObject,
  Sequence,
  settle,
  spend,
  textOf,
  truth,
  type Value,
} from './value.ts';

/** What a function takes at a place; `numbers`, `texts` and `objects` take one or a list of them. */
export type Parameter = 'any' | 'text' | 'number' | 'scalar' | 'numbers' | 'texts' | 'objects';

export interface FunctionDefinition {
  readonly parameters: readonly Parameter[];
  /** How many of them must be given. */
  readonly required: number;
  /** Undefined for an undefined first argument. */
  readonly strict: boolean;
  /** `count`: how many arguments were given; `context`: the item at hand inside of a filter. */
  readonly run: (a: Value, b: Value, c: Value, count: number, context: Value) => Value | Sequence;
}

const strict = (parameters: readonly Parameter[], required: number, run: FunctionDefinition['run']) => ({
  parameters,
  required,
  strict: true,
  run,
});

const lenient = (parameters: readonly Parameter[], run: FunctionDefinition['run']) => ({
  parameters,
  required: parameters.length,
  strict: false,
  run,
});

function onText(run: (text: string) => Value): FunctionDefinition {
  return strict(['text'], 1, (a) => {
    const text = textArgument(a);
    return text === undefined ? undefined : run(text);
  });
}

function onNumber(run: (number: number) => Value): FunctionDefinition {
  return strict(['number'], 1, (a) => {
    const number = numberArgument(a);
    return number === undefined ? undefined : run(number);
  });
}

function onNumbers(run: (numbers: readonly number[]) => number | undefined): FunctionDefinition {
  return strict(['numbers'], 1, (a) => {
    if (a === undefined) return undefined;
    if (typeof a === 'number') return run([a]);
    if (!isList(a)) return fail();
    return run(a.map((item) => (typeof item === 'number' ? item : fail())));
  });
}

const total = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);

/**
 * The functions of JSONata 2.0.6 that an expression may call: https://docs.jsonata.org/2.0.0/overview. Arguments
 * that its signatures turn down end the evaluation. Left out are those that take functions or regular expressions,
 * make anything long of little, or give another value each time.
 */
export const FUNCTIONS: ReadonlyMap<string, FunctionDefinition> = new Map<string, FunctionDefinition>([
  ['exists', lenient(['any'], (a) => a !== undefined)],
  ['boolean', strict(['any'], 1, (a) => truth(a))],
  [
    'not',
    strict(['any'], 1, (a) => {
      const answer = truth(a);
      return a === undefined ? undefined : !answer;
    }),
  ],
  ['type', strict(['any'], 1, (a) => typeName(a))],
  ['string', strict(['any'], 1, (a) => (a === undefined ? undefined : textOf(a)))],
  ['number', strict(['scalar'], 1, toNumber)],
  ['length', onText((text) => [...text].length)],
  ['uppercase', onText((text) => bounded(text.toUpperCase()))],
  ['lowercase', onText((text) => bounded(text.toLowerCase()))],
  ['trim', onText(trim)],
  ['substring', strict(['text', 'number', 'number'], 2, substring)],
  [
    'substringBefore',
    strict(['text', 'text'], 2, (a, b) => {
      const [text, separator] = [textArgument(a), textArgument(b)];
      const at = separator === undefined ? -1 : (text?.indexOf(separator) ?? -1);
      return at < 0 ? text : text?.slice(0, at);
    }),
  ],
  [
    'substringAfter',
    strict(['text', 'text'], 2, (a, b) => {
      const [text, separator] = [textArgument(a), textArgument(b)];
      const at = separator === undefined ? -1 : (text?.indexOf(separator) ?? -1);
      return at < 0 ? text : text?.slice(at + (separator?.length ?? 0));
    }),
  ],
  [
    'contains',
    strict(['text', 'text'], 2, (a, b) => {
      const [text, part] = [textArgument(a), textArgument(b)];
      if (text === undefined) return undefined;
      return part === undefined ? fail() : text.includes(part);
    }),
  ],
  ['split', strict(['text', 'text', 'number'], 2, split)],
  ['join', strict(['texts', 'text'], 1, join)],
  ['count', lenient(['any'], (a) => (a === undefined ? 0 : isList(a) ? a.length : 1))],
  ['sum', onNumbers(total)],
  ['max', onNumbers((numbers) => (numbers.length === 0 ? undefined : numbers.reduce((a, b) => Math.max(a, b))))],
  ['min', onNumbers((numbers) => (numbers.length === 0 ? undefined : numbers.reduce((a, b) => Math.min(a, b))))],
  ['average', onNumbers((numbers) => (numbers.length === 0 ? undefined : total(numbers) / numbers.length))],
  ['round', strict(['number', 'number'], 1, round)],
  ['floor', onNumber(Math.floor)],
  ['ceil', onNumber(Math.ceil)],
  ['abs', onNumber(Math.abs)],
  ['append', lenient(['any', 'any'], append)],
  ['distinct', strict(['any'], 1, distinct)],
  ['keys', strict(['any'], 1, keys)],
  [
    'lookup',
    strict(['any', 'text'], 2, (a, b) => {
      const key = textArgument(b);
      return key === undefined ? undefined : lookup(a, key);
    }),
  ],
  ['merge', strict(['objects'], 1, merge)],
  ['toMillis', onText(toMillis)],
  ['fromMillis', onNumber(fromMillis)],
]);

/** Functions that Step Functions has besides those of JSONata. */
const STEP_FUNCTIONS = ['partition', 'range', 'hash', 'uuid', 'parse', 'states'];

/**
 * Names that mean something else than a variable where expressions run: every function of JSONata 2.0.6 and of
 * Step Functions, and its `$states`. A variable of that name would hide the function in one place and not in another.
 */
export const RESERVED_NAMES: ReadonlySet<string> = new Set([
  ...FUNCTIONS.keys(),
  ...STEP_FUNCTIONS,
  ...(
    'pad match replace formatNumber formatBase formatInteger parseInteger sqrt power random map zip filter single ' +
    'reduce sift spread reverse each error assert sort shuffle base64encode base64decode encodeUrlComponent ' +
    'encodeUrl decodeUrlComponent decodeUrl eval clone now millis'
  ).split(' '),
]);

function textArgument(value: Value): string | undefined {
  return value === undefined || typeof value === 'string' ? value : fail();
}

function numberArgument(value: Value): number | undefined {
  return value === undefined || typeof value === 'number' ? value : fail();
}

/** A field of an object, or of every object in a list and in the lists in it. */
export function lookup(value: Value, name: string): Value | Sequence {
  if (!isList(value)) return isObject(value) ? fieldOf(value, name) : undefined;
  const found: Value[] = [];
  gather(value, name, found);
  return new Sequence(found);
}

function gather(list: readonly Value[], name: string, found: Value[]): void {
  spend(list.length);
  for (const item of list) {
    if (isList(item)) gather(item, name, found);
    else if (isObject(item)) {
      const value = fieldOf(item, name);
      if (isList(value)) {
        spend(value.length);
        for (const one of value) found.push(one);
      } else if (value !== undefined) found.push(value);
    }
  }
}

/** Both as one list; a missing one leaves the other as it is. */
export function append(a: Value, b: Value): Value {
  if (a === undefined) return b;
  if (b === undefined) return a;
  const [first, second] = [isList(a) ? a : [a], isList(b) ? b : [b]];
  spend(first.length + second.length);
  return [...first, ...second];
}

function typeName(value: Value): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return 'null';
  // Not a number is an object to JSONata, and infinity an error.
  if (typeof value === 'number') return isNumber(value) ? 'number' : 'object';
  if (isList(value)) return 'array';
  return typeof value === 'object' ? 'object' : typeof value;
}

function toNumber(value: Value): Value {
  if (value === undefined || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return fail();
  if (/^-?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(value) && Number.isFinite(Number(value))) return Number.parseFloat(value);
  // As lax as JSONata's: what is no number after all becomes NaN, which nothing can use.
  if (/^0x[\da-f]+|0o[0-7]+|0b[01]+$/i.test(value)) return Number(value);
  return fail();
}

function trim(text: string): string {
  return text.replace(/[ \t\n\r]+/g, ' ').replace(/^ | $/g, '');
}

/** By characters, not by UTF-16 units. Given two arguments, the first a number, the text is the item at hand. */
function substring(a: Value, b: Value, c: Value, count: number, context: Value): Value {
  const shifted = count === 2 && typeof a === 'number';
  const text = textArgument(shifted ? context : a);
  const from = numberArgument(shifted ? a : b);
  const length = numberArgument(shifted ? b : c);
  if (text === undefined) return undefined;
  const characters = [...text];
  const start = characters.length + (from ?? Number.NaN) < 0 ? 0 : (from ?? Number.NaN);
  if (length === undefined) return characters.slice(start).join('');
  if (length <= 0) return '';
  return characters.slice(start, start >= 0 ? start + length : characters.length + start + length).join('');
}

/** Given a text and a number, the text is the separator and what is split is the item at hand. */
function split(a: Value, b: Value, c: Value, count: number, context: Value): Value {
  const shifted = count === 2 && typeof b === 'number';
  const text = textArgument(shifted ? context : a);
  const separator = textArgument(shifted ? a : b);
  const limit = numberArgument(shifted ? b : c);
  if (text === undefined) return undefined;
  if (limit !== undefined && limit < 0) fail();
  if (limit !== undefined && !(limit > 0)) return [];
  if (separator === undefined) return fail();
  spend(text.length);
  return text.split(separator, limit);
}

function join(a: Value, b: Value): Value {
  const separator = textArgument(b) ?? '';
  if (a === undefined) return undefined;
  if (typeof a === 'string') return a;
  if (!isList(a)) return fail();
  const texts = a.map((item) => (typeof item === 'string' ? item : fail()));
  bounded(separator);
  spend(texts.length * (1 + separator.length));
  let length = 0;
  for (const text of texts) length += text.length;
  if (length > 262_144) fail();
  return bounded(texts.join(separator));
}

/** Halves go to the even neighbour; the point is moved in the text of the number, which loses nothing. */
function round(a: Value, b: Value): Value {
  const [number, places] = [numberArgument(a), numberArgument(b)];
  if (number === undefined) return undefined;
  const shift = (value: number, by: number) => {
    const [digits = '', exponent] = value.toString().split('e');
    return Number(`${digits}e${Number(exponent ?? 0) + by}`);
  };
  const shifted = places ? shift(number, places) : number;
  let result = Math.round(shifted);
  if (Math.abs(result - shifted) === 0.5 && Math.abs(result % 2) === 1) result -= 1;
  return places ? shift(result, -places) : result;
}

function distinct(value: Value): Value | Sequence {
  if (!isList(value) || value.length <= 1) return value;
  const found: Value[] = [];
  for (const item of value) {
    spend(found.length + 1);
    if (!found.some((one) => equal(item, one))) found.push(item);
  }
  return isGathered(value) ? new Sequence(found) : found;
}

function keys(value: Value): Sequence {
  const found: { [key: string]: true } = {};
  collectKeys(value, found);
  return new Sequence(Object.keys(found));
}

function collectKeys(value: Value, found: { [key: string]: true }): void {
  if (isList(value)) {
    spend(value.length);
    for (const item of value) collectKeys(item, found);
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) found[key] = true;
  }
}

function merge(value: Value): Value {
  if (value === undefined) return undefined;
  const objects = isList(value) ? value : [value];
  const entries = objects.flatMap((object) => (isObject(object) ? Object.entries(object) : fail()));
  spend(entries.length);
  return Object.fromEntries(entries);
}

const DATE = /^\d{4}(-[01]\d(-[0-3]\d)?)?(T[0-2]\d:[0-5]\d:[0-5]\d(\.\d+)?([+-][0-2]\d:?[0-5]\d|Z)?)?$/;

/** A time without a zone is taken as UTC, wherever this runs. */
function toMillis(text: string): number {
  const parts = DATE.exec(text);
  if (!parts) return fail();
  return Date.parse(parts[3] !== undefined && parts[5] === undefined ? `${text}Z` : text);
}

/** Years 0 to 9999, which ISO 8601 writes with four digits. */
function fromMillis(millis: number): string {
  return millis >= -62_167_219_200_000 && millis < 253_402_300_800_000 ? new Date(millis).toISOString() : fail();
}

/** A function's value for its arguments, as JSONata gives it. */
export function call(
  definition: FunctionDefinition,
  a: Value,
  b: Value,
  c: Value,
  count: number,
  context: Value,
): Value {
  return settle(definition.run(a, b, c, count, context));
}
