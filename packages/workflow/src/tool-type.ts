import type { JsonSchema } from './tool-signature.ts';
import { type Field, type Format, type Json, type Type, UNKNOWN } from './type.ts';

const FORMATS: ReadonlySet<string> = new Set<Format>([
  'date',
  'date-time',
  'time',
  'email',
  'phone',
  'money',
  'characters',
  'digits',
]);
const isFormat = (format: Json | undefined): format is Format => typeof format === 'string' && FORMATS.has(format);

/** The static type of what a JSON Schema describes; what it says beyond types is not kept, and what isn't understood is unknown. */
export function typeOfSchema(schema: JsonSchema, root: JsonSchema = schema, depth = 0): Type {
  if (depth > 20) return UNKNOWN;
  const inner = (json: Json | undefined): Type => (isSchema(json) ? typeOfSchema(json, root, depth + 1) : UNKNOWN);
  const reference = schema['$ref'];
  if (typeof reference === 'string') return inner(resolve(reference, root));
  if (schema['const'] !== undefined) return ofValues([schema['const']]);
  if (Array.isArray(schema['enum'])) return ofValues(schema['enum']);
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(alternatives)) return union(alternatives.map(inner));
  const type = schema['type'];
  if (Array.isArray(type)) return union(type.map((one) => inner({ ...schema, type: one })));
  const format = schema['format'];
  switch (type) {
    case 'string':
      return { kind: 'string', ...(isFormat(format) ? { format } : {}) };
    case 'number':
    case 'integer': {
      const currency = schema['currency'];
      return {
        kind: 'number',
        ...(type === 'integer' ? { integer: true } : {}),
        ...(isFormat(format) ? { format } : {}),
        ...(typeof currency === 'string' ? { currency } : {}),
      };
    }
    case 'boolean':
    case 'null':
      return { kind: type };
    case 'array':
      return { kind: 'list', items: inner(schema['items']) };
    case 'object': {
      const properties = schema['properties'];
      const required = Array.isArray(schema['required']) ? schema['required'] : [];
      const fields: [string, Field][] = Object.entries(isSchema(properties) ? properties : {}).map(([name, json]) => [
        name,
        { type: inner(json), ...(required.includes(name) ? {} : { optional: true }) },
      ]);
      const open = schema['additionalProperties'] !== false && fields.length === 0;
      return { kind: 'object', fields: Object.fromEntries(fields), ...(open ? { open } : {}) };
    }
    default:
      return UNKNOWN;
  }
}

export function isSchema(json: Json | undefined): json is { readonly [key: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function resolve(reference: string, root: JsonSchema): Json | undefined {
  if (!reference.startsWith('#/')) return undefined;
  let found: Json | undefined;
  let level: JsonSchema = root;
  for (const part of reference.slice(2).split('/')) {
    found = Object.hasOwn(level, part) ? level[part] : undefined;
    if (!isSchema(found)) return undefined;
    level = found;
  }
  return found;
}

function ofValues(values: readonly Json[]): Type {
  const strings = values.filter((value) => typeof value === 'string');
  const rest = values
    .filter((value) => typeof value !== 'string')
    .map((value): Type => {
      if (value === null) return { kind: 'null' };
      if (typeof value === 'boolean') return { kind: 'boolean' };
      return typeof value === 'number' ? { kind: 'number' } : UNKNOWN;
    });
  return union([...(strings.length > 0 ? [{ kind: 'string', values: strings } as const] : []), ...rest]);
}

function union(types: readonly Type[]): Type {
  const [only] = types;
  if (types.length === 1 && only) return only;
  return types.some((type) => type.kind === 'unknown') ? UNKNOWN : { kind: 'union', of: types };
}
