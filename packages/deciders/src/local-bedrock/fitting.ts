import type { Json } from '@parley/workflow';

interface Schema {
  readonly [keyword: string]: Json;
}

/** How deep a value may go: a schema may hold itself. */
const DEEPEST = 8;

/**
 * A value that fits a JSON schema, the plainest: the first of an enum, empty texts, only what is required. Of what a text
 * must look like, its length and the usual formats are kept, and no pattern.
 */
export function fitting(schema: Json | undefined): Json {
  return fit(schema, schema, 0);
}

function fit(schema: Json | undefined, root: Json | undefined, depth: number): Json {
  if (!isObject(schema) || depth > DEEPEST) return null;
  const { $ref, const: only, enum: some, default: usual } = schema;
  if (only !== undefined) return only;
  if (Array.isArray(some)) return some[0] ?? null;
  if (usual !== undefined) return usual;
  if (typeof $ref === 'string') return fit(referred($ref, root), root, depth + 1);
  for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
    const list = schema[keyword];
    if (Array.isArray(list)) return fit(list[0], root, depth + 1);
  }
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  switch (type) {
    case 'object':
      return objectOf(schema, root, depth);
    case 'array': {
      const count = numberOf(schema['minItems']) ?? 0;
      return Array.from({ length: count }, () => fit(schema['items'], root, depth + 1));
    }
    case 'string':
      return FORMATS[String(schema['format'])] ?? 'x'.repeat(numberOf(schema['minLength']) ?? 0);
    case 'integer':
    case 'number':
      return between(schema);
    case 'boolean':
      return false;
    case 'null':
      return null;
    default:
      return isObject(schema['properties']) ? objectOf(schema, root, depth) : null;
  }
}

const FORMATS: { readonly [format: string]: string } = {
  date: '2026-01-01',
  time: '12:00:00Z',
  'date-time': '2026-01-01T12:00:00Z',
  email: 'somebody@example.com',
  uri: 'https://example.com',
  uuid: '00000000-0000-4000-8000-000000000000',
};

function objectOf(schema: Schema, root: Json | undefined, depth: number): Json {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'].map(String) : [];
  return Object.fromEntries(required.map((name) => [name, fit(properties[name], root, depth + 1)]));
}

function between(schema: Schema): number {
  const least = numberOf(schema['minimum']) ?? numberOf(schema['exclusiveMinimum']);
  const most = numberOf(schema['maximum']) ?? numberOf(schema['exclusiveMaximum']);
  if (least === undefined && most === undefined) return 0;
  if (least === undefined) return Math.min(0, Math.floor((most ?? 0) - 1));
  const next = schema['exclusiveMinimum'] === undefined ? Math.ceil(least) : Math.floor(least) + 1;
  // Between 0.2 and 0.8 there is no whole number.
  return most !== undefined && next > most ? (least + most) / 2 : next;
}

function referred(reference: string, root: Json | undefined): Json | undefined {
  return reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .reduce<Json | undefined>((at, part) => (isObject(at) ? at[part] : undefined), root);
}

const numberOf = (value: Json | undefined) => (typeof value === 'number' ? value : undefined);
const isObject = (value: Json | undefined): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
