import type { Decision, Question } from '@parley/engine';
import type { Json, TypedVariable } from '@parley/workflow';
import { z } from 'zod';

/** JSON as the SDK types it: it may be written to. */
export type Document = null | boolean | number | string | Document[] | { [key: string]: Document };

/** A JSON schema, as models take it. */
export interface Schema {
  [key: string]: Document;
}

/**
 * What an answer to a question looks like. Only keywords that strict modes take: whether a value is valid is for the
 * machine. Every key is required, and null where there is nothing.
 */
export function answerSchema({ choices, fill }: Pick<Question, 'choices' | 'fill'>): Schema {
  return closed({
    choice: { type: 'string', enum: choices.map(({ name }) => name) },
    values: closed(Object.fromEntries(fill.map(({ name, variable }) => [name, orNull(schemaOf(variable))]))),
    confidence: { type: 'number' },
    why: { type: 'string' },
  });
}

function closed(properties: { readonly [name: string]: Schema }): Schema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

function schemaOf(variable: TypedVariable): Schema {
  switch (variable.type) {
    case 'number':
    case 'money':
      return { type: 'number' };
    case 'integer':
      return { type: 'integer' };
    case 'boolean':
      return { type: 'boolean' };
    case 'string':
    case 'date':
    case 'time':
    case 'email':
    case 'phone':
      return { type: 'string' };
    case 'choice':
      return {
        type: 'string',
        enum: Array.isArray(variable.values) ? [...variable.values] : Object.keys(variable.values),
      };
    case 'object':
      return closed(
        Object.fromEntries(Object.entries(variable.fields).map(([name, field]) => [name, orNull(schemaOf(field))])),
      );
    case 'list':
      return { type: 'array', items: schemaOf(variable.of) };
  }
}

/** The answer of a model is none. `problem` can be shown to the model: it quotes nothing that the caller said. */
export class AnswerError extends Error {
  readonly problem: string;

  constructor(problem: string) {
    super(problem);
    this.name = 'AnswerError';
    this.problem = problem;
  }
}

/** What was read of an answer. */
export interface Read {
  readonly decision: Decision;
  /** It can be used, but something was left out that the model meant: worth asking once more where there is time. */
  readonly doubt?: string;
}

const object = z.record(z.string(), z.json());
type Fields = z.output<typeof object>;

/** What an answer has beside the values. */
const RESERVED: ReadonlySet<string> = new Set(['choice', 'values', 'confidence', 'say', 'why']);

/**
 * Reads what a model answered, and takes what is clearly meant in a form that was not asked for: a choice or a variable
 * in other letters, values beside the choice or as a list, a confidence in percent, an answer wrapped once more. It
 * never guesses a choice, and never makes up a value.
 *
 * @throws AnswerError in words that the model can mend its answer by.
 */
export function readAnswer({ choices, fill }: Pick<Question, 'choices' | 'fill'>, given: unknown): Read {
  const fields = unwrapped(given);
  if (!fields) throw new AnswerError('It is not an object with choice, values, confidence and why.');
  const names = choices.map(({ name }) => name);
  const said = fields['choice'];
  if (typeof said !== 'string') throw new AnswerError('Its choice is missing or not a string.');
  const choice = meant(said, names);
  if (choice === undefined) throw new AnswerError(`Its choice is none of ${names.join(', ')}.`);
  const { values, foreign } = valuesOf(fields, fill);
  const { say, why } = fields;
  return {
    decision: {
      choice,
      values,
      confidence: confidenceOf(fields['confidence']),
      ...(typeof say === 'string' && say !== '' ? { say: say.slice(0, 1_000) } : {}),
      ...(typeof why === 'string' && why !== '' ? { why: why.slice(0, 1_000) } : {}),
    },
    ...(foreign
      ? {
          doubt:
            fill.length === 0
              ? 'It may have no values here.'
              : `It may have values only for ${fill.map(({ name }) => name).join(', ')}.`,
        }
      : {}),
  };
}

/** The answer itself: models put it into a string, or into an object of one key. */
function unwrapped(given: unknown, depth = 2): Fields | undefined {
  const read = object.safeParse(typeof given === 'string' ? jsonOf(given) : given);
  if (!read.success) return undefined;
  const inner = Object.values(read.data);
  if (Object.hasOwn(read.data, 'choice') || inner.length !== 1 || depth === 0) return read.data;
  return unwrapped(inner[0], depth - 1) ?? read.data;
}

/** The name that is meant, in whatever letters; undefined where that is none of them, or several. */
function meant(said: string, names: readonly string[]): string | undefined {
  if (names.includes(said)) return said;
  const plain = letters(said);
  const [only, ...others] = names.filter((name) => letters(name) === plain);
  return others.length === 0 ? only : undefined;
}

const letters = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** The values for variables that may be filled, and whether there were others. */
function valuesOf(
  fields: Fields,
  fill: Question['fill'],
): { readonly values: { readonly [name: string]: Json }; readonly foreign: boolean } {
  const known = fill.map(({ name }) => name);
  const values: { [name: string]: Json } = {};
  let foreign = false;
  for (const [said, value] of [...beside(fields, known), ...listed(fields['values'])]) {
    if (nothing(value)) continue;
    const name = meant(said, known);
    if (name === undefined) foreign = true;
    else values[name] = value;
  }
  return { values, foreign };
}

/** Values that stand beside the choice, under the names of variables. */
function beside(fields: Fields, known: readonly string[]): readonly (readonly [string, Json])[] {
  return Object.entries(fields).filter(([name]) => !RESERVED.has(name) && meant(name, known) !== undefined);
}

const pair = z.object({ name: z.string(), value: z.json() });
const pairs = z.array(z.union([pair, z.object({ variable: z.string(), value: z.json() })]));

/** Values by name, as an object, as a list of pairs, or either of them as a text. */
function listed(values: Json | undefined): readonly (readonly [string, Json])[] {
  const given = typeof values === 'string' ? jsonOf(values) : values;
  const list = pairs.safeParse(given);
  if (list.success) return list.data.map((one) => ['name' in one ? one.name : one.variable, one.value] as const);
  const read = object.safeParse(given);
  return read.success ? Object.entries(read.data) : [];
}

/** Models write the nothing that a schema asks for in several ways. */
const nothing = (value: Json): boolean =>
  value === null || (typeof value === 'string' && /^\s*(null|undefined)?\s*$/i.test(value));

/** From 0 to 1. A percentage is taken as one; what can't be read says nothing either way. */
function confidenceOf(given: Json | undefined): number {
  const text = typeof given === 'string' ? given.trim() : given;
  const percent = typeof text === 'string' && text.endsWith('%');
  const number = typeof text === 'string' && text !== '' ? Number(text.replace('%', '')) : text;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0 || number > 100) return 0.5;
  return percent || number > 1 ? number / 100 : number;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The JSON object in a text: models put a fence, a sentence or their thoughts around it. Undefined where there is none,
 * or several that differ.
 */
export function jsonIn(text: string): unknown {
  const spoken = text.replace(/<(think|thinking)>[\s\S]*?<\/\1>/g, '').trim();
  const whole = jsonOf(spoken);
  if (typeof whole === 'object' && whole !== null) return whole;
  const found = objectsIn(spoken);
  const [first, ...others] = found.filter(({ value }) => Object.hasOwn(value, 'choice'));
  if (!first) return found.length === 1 ? found[0]?.value : undefined;
  const same = others.every(({ value }) => JSON.stringify(value) === JSON.stringify(first.value));
  return same ? first.value : undefined;
}

/** The outermost objects in a text that are JSON. It looks at the first brackets only: a text full of them is none. */
function objectsIn(text: string): readonly { readonly value: object }[] {
  const found: { value: object }[] = [];
  let looked = 0;
  for (let from = text.indexOf('{'); from >= 0 && looked < 50; from = text.indexOf('{', from)) {
    looked += 1;
    const to = endOf(text, from);
    const value = to === undefined ? undefined : jsonOf(text.slice(from, to));
    if (to !== undefined && typeof value === 'object' && value !== null) {
      found.push({ value });
      from = to;
    } else from += 1;
  }
  return found;
}

/** Where the object that begins at `from` ends, after its bracket. */
function endOf(text: string, from: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    const sign = text[at];
    if (quoted) {
      if (sign === '\\') at += 1;
      else if (sign === '"') quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === '{') depth += 1;
    else if (sign === '}' && --depth === 0) return at + 1;
  }
  return undefined;
}
