import type { Json } from '@parley/workflow';
import jsonata from 'jsonata';
import { StatesError } from './error.ts';
import { isExpression } from './definition.ts';
import { typeName } from './json.ts';
import { Evaluation, EVALUATION, registerFunctions } from './jsonata-functions.ts';

/** One expression may nest so deep, and run for so many milliseconds: what AWS allows, as measured of it. */
const DEPTH = 100;
const TIME = 5_000;

/** What an expression can see. */
export interface Sight {
  /** Variables by their names, and `states`. */
  readonly variables: { readonly [name: string]: Json };
  readonly evaluation: Evaluation;
  /** How the cause of a failure begins. */
  readonly prefix: string;
}

const compiled = new Map<string, jsonata.Expression>();

/** Reads an expression of JSONata. Throws what the library throws: an object with `code`, `position` and `message`. */
export function compile(text: string): jsonata.Expression {
  const known = compiled.get(text);
  if (known) return known;
  const expression = jsonata(text);
  registerFunctions(expression);
  // The library's types leave out that its hooks are symbols.
  Reflect.apply(expression.assign, expression, [Symbol.for('jsonata.__evaluate_entry'), enter]);
  Reflect.apply(expression.assign, expression, [Symbol.for('jsonata.__evaluate_exit'), leave]);
  if (compiled.size > 5_000) compiled.clear();
  compiled.set(text, expression);
  return expression;
}

/** What stands between `{%` and `%}`. */
export const inside = (text: string): string => text.slice(2, -2).trim();

/**
 * The value of an expression in a field. Throws StatesError `States.QueryEvaluationError` with AWS's words, where it fails,
 * gives nothing, or gives what is no JSON.
 */
export async function evaluate(text: string, field: string, sight: Sight): Promise<Json> {
  const expression = inside(text);
  const failed = (what: string) =>
    new StatesError(
      'States.QueryEvaluationError',
      `${sight.prefix}The JSONata expression '${expression}' specified for the field '${field}' ${what}`,
      { location: field },
    );
  let found: unknown;
  try {
    found = await compile(expression).evaluate(undefined, {
      ...sight.variables,
      // $eval is not to be had on AWS.
      eval: undefined,
      [EVALUATION]: sight.evaluation.begin(),
    });
  } catch (error) {
    throw failed(`threw an error during evaluation${wordsOf(error)}`);
  }
  if (found === undefined) throw failed('returned nothing (undefined).');
  const value = toJson(found);
  if (value === undefined) throw failed('returned an unsupported result type.');
  return value;
}

/** Like `evaluate`, for a field that wants one type of value. */
export async function evaluateTo(
  type: 'number' | 'string' | 'boolean' | 'array',
  text: string,
  field: string,
  sight: Sight,
): Promise<Json> {
  const value = await evaluate(text, field, sight);
  const found = typeName(value);
  if (found === type) return value;
  throw new StatesError(
    'States.QueryEvaluationError',
    `${sight.prefix}The JSONata expression '${inside(text)}' specified for the field '${field}' returned an unexpected result type. Expected '${type}', but was '${found}' for value: ${JSON.stringify(value)}`,
    { location: field },
  );
}

/** A value with every expression in it replaced by what it gives. `field` is where it stands, as AWS names it. */
export async function fill(value: Json, field: string, sight: Sight): Promise<Json> {
  if (isExpression(value)) return evaluate(value, field, sight);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) {
    const items: Json[] = [];
    for (const [i, item] of value.entries()) items.push(await fill(item, `${field}[${i}]`, sight));
    return items;
  }
  const filled: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) filled.push([key, await fill(item, `${field}/${key}`, sight)]);
  return Object.fromEntries(filled);
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function wordsOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return `: ${String(error)}`;
  const message = 'message' in error ? String(error.message) : 'unknown';
  // What AWS itself refuses has no code, and a colon in its place.
  return 'code' in error && typeof error.code === 'string' ? `. ${error.code}: ${message}` : `: ${message}`;
}

/** What JSONata gave as JSON: its marks on lists left out, numbers beyond JSON as AWS writes them; undefined where it can't be. */
function toJson(value: unknown): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value) {
      const one = item === undefined ? null : toJson(item);
      if (one === undefined) return undefined;
      items.push(one);
    }
    return items;
  }
  if (typeof value !== 'object' || '_jsonata_lambda' in value || '_jsonata_function' in value) return undefined;
  const fields: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const one = toJson(item);
    if (one === undefined) return undefined;
    fields.push([key, one]);
  }
  return Object.fromEntries(fields);
}

function enter(_: unknown, __: unknown, environment: jsonata.Environment): void {
  const evaluation = Evaluation.in(environment);
  evaluation.depth += 1;
  if (evaluation.depth > DEPTH) {
    throw new Error(
      `Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive. Depth=${evaluation.depth} max=${DEPTH}`,
    );
  }
  // Real time: while an expression loops, no clock of a test could move.
  if (performance.now() - evaluation.began > TIME) {
    throw new Error('Expression evaluation timeout: Check for infinite loop');
  }
}

function leave(_: unknown, __: unknown, environment: jsonata.Environment): void {
  Evaluation.in(environment).depth -= 1;
}
