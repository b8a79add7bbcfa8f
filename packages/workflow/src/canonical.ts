import { createHash } from 'node:crypto';
import type { Json } from './type.ts';

/** The maps whose order means something: the first step is the start, and a model reads choices in their order. */
const ORDERED = new Set(['steps', 'choices', 'variables', 'inputs', 'interrupts', 'values']);

/**
 * The version of a workflow: SHA-256 over its canonical form, which is the content of its files as JSON,
 * with the keys sorted where their order means nothing. Comments, layout and quoting do not change it.
 */
export function versionOf(content: Json): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(content, false)))
    .digest('hex');
}

function canonical(value: Json, ordered: boolean): Json {
  if (Array.isArray(value)) return value.map((item: Json) => canonical(item, false));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]): [string, Json] => [key, canonical(item, ORDERED.has(key))]);
  // An ordered map is written as a list of pairs, since an object with number-like keys would reorder itself.
  if (ordered) return entries.map(([key, item]) => [key, item]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
