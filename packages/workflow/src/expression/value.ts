import type { Json } from '../type.ts';

/**
 * What an expression works with while it runs: JSON, and undefined for what is not there. A list can hold
 * undefined here, because a filter of JSONata can let a missing value through; `toJson` takes care of it.
 */
export type Value = undefined | null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

/** The longest text and list an expression may make; what is longer counts as an error. */
export const MAX_TEXT = 262_144;
/** How many items one evaluation may look at in all, so that filters inside filters end in good time. */
export const MAX_WORK = 1_000_000;

/** Where JSONata throws. One object, so that an error costs no stack trace. */
const FAILURE = new Error('The expression has no value.');

/** Ends the evaluation: the whole expression is undefined. */
export function fail(): never {
  throw FAILURE;
}

let work = 0;

/** Begins to count the work of one evaluation. */
export function startWork(): void {
  work = 0;
}

/** Counts work, and ends the evaluation that does too much of it. */
export function spend(amount: number): void {
  work += amount;
  if (work > MAX_WORK) fail();
}

export function isList(value: unknown): value is readonly Value[] {
  return Array.isArray(value);
}

export function isObject(value: Value): value is { readonly [key: string]: Value } {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** A field of an object; inherited properties are no fields. */
export function fieldOf(object: { readonly [key: string]: Value }, name: string): Value {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/**
 * Results that are still being gathered. As a value, none is undefined and one is that one; more are a list.
 * A list of the data stays what it is, even with one item.
 */
export class Sequence {
  readonly items: readonly Value[];

  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

/** Lists that came of a sequence: JSONata keeps telling them apart, and `$distinct` shows it. */
const gathered = new WeakSet<readonly Value[]>();

export function isGathered(list: readonly Value[]): boolean {
  return gathered.has(list);
}

export function settle(result: Value | Sequence): Value {
  if (!(result instanceof Sequence)) return result;
  const { items } = result;
  if (items.length === 0) return undefined;
  if (items.length === 1) return items[0];
  gathered.add(items);
  return items;
}

/** A finite number; JSONata takes no other for one, and stops at infinity. */
export function isNumber(value: Value): value is number {
  if (typeof value !== 'number' || Number.isNaN(value)) return false;
  if (!Number.isFinite(value)) fail();
  return true;
}

/** JSONata's cast to a truth value: undefined of undefined. */
export function truth(value: Value): boolean | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.length > 0;
  if (typeof value === 'number') return isNumber(value) && value !== 0;
  if (value === null) return false;
  if (isList(value)) {
    if (value.length === 1) return truth(value[0]);
    // Every item is cast, as in JSONata, where an infinite one is an error.
    return value.filter((item) => truth(item)).length > 0;
  }
  return Object.keys(value).length > 0;
}

export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  spend(1);
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
}

/** JSONata's cast to a text: JSON, numbers to 15 digits. Undefined is for the caller to deal with. */
export function textOf(value: Exclude<Value, undefined>): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && !Number.isFinite(value)) fail();
  return bounded(
    JSON.stringify(value, (_, part: Value) =>
      typeof part === 'number' && isNumber(part) ? Number(part.toPrecision(15)) : part,
    ),
  );
}

export function bounded(text: string): string {
  return text.length > MAX_TEXT ? fail() : text;
}

function isJson(value: Value): value is Json {
  if (value === undefined) return false;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (isList(value)) return value.every(isJson);
  for (const key in value) if (!isJson(value[key])) return false;
  return true;
}

/**
 * A result as JSON. What JSON cannot hold, a number that is not finite, makes all of it undefined; an item of a
 * list that is missing becomes null, as when JSON is written.
 */
export function toJson(value: Value): Json | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? (value === 0 ? 0 : value) : undefined;
  if (value === undefined || isJson(value)) return value;
  return within(value);
}

function within(value: Value): Json {
  if (isJson(value)) return value;
  if (value === undefined) return null;
  if (typeof value !== 'object' || value === null) return fail();
  if (isList(value)) return value.map(within);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, within(part)]));
}
