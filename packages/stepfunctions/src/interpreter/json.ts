import type { Json } from '@parley/workflow';

export type JsonObject = { readonly [key: string]: Json };

export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** State data may have so many bytes of JSON, in UTF-8 (service quotas). */
export const DATA_LIMIT = 256 * 1024;

export const sizeOf = (value: Json): number => Buffer.byteLength(JSON.stringify(value));

/** A JSON text's value. Throws SyntaxError. */
export function parseJson(text: string): Json {
  const value: Json = JSON.parse(text);
  return value;
}

/** The name of a value's type, as JSONata's `$type` gives it. */
export function typeName(value: Json): 'null' | 'array' | 'object' | 'string' | 'number' | 'boolean' {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  return Array.isArray(value) ? 'array' : 'object';
}
