import { z } from 'zod';
import { partSchema, STEP_KINDS, workflowSchema } from './schema.ts';
import type { JsonSchema } from './tool-signature.ts';
import type { Json } from './type.ts';

/** Hover text for the keys that carry none in the schema: an operator who points at a key is always told something. */
const HOVER: { readonly [key: string]: string } = {
  type: 'What kind of value it holds.',
  minLength: 'The fewest characters.',
  maxLength: 'The most characters.',
  min: 'The least it may be.',
  max: 'The most it may be.',
  fields: 'What it is made of: each field by name, defined as a variable is.',
  of: 'What each entry is, defined as a variable is.',
  maxItems: 'The most entries.',
  branch: 'The ways on: the first whose `if` holds is taken.',
  yes: 'Where a yes leads: a step, or { to, set }.',
  no: 'Where a no leads: a step, or { to, set }.',
  wait: 'How long to wait, such as 4h; or { for, signal, save } to go on as soon as a signal comes.',
  transfer: 'Hands the caller to a person: { queue, say, brief }.',
  end: 'What is said at the end; or { say, outcome, set }.',
};

/** What one entry of a map or list is called. */
const ENTRY: { readonly [key: string]: string } = {
  choices: 'choice',
  interrupts: 'interrupt',
  then: 'way',
  branch: 'way',
  yes: 'way',
  no: 'way',
  parallel: 'call',
};

/** The JSON Schema of a workflow file, draft 2020-12: for completion, hover text and squiggles in an editor. */
export function workflowJsonSchema(): JsonSchema {
  return jsonSchema(workflowSchema);
}

/** The JSON Schema of the file of a shared part. */
export function partJsonSchema(): JsonSchema {
  return jsonSchema(partSchema);
}

function jsonSchema(schema: z.ZodType): JsonSchema {
  const written = plain(z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }));
  return isSchema(written) ? named(told(written, undefined)) : {};
}

/** zod's answer without what only it knows of. */
function plain(value: unknown): Json {
  return z.json().parse(JSON.parse(JSON.stringify(value)));
}

function isSchema(value: Json | undefined): value is { readonly [keyword: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Adds titles, which an editor's completion shows in place of "object", and the hover texts that are missing.
 * `key` is the key of the file that the schema is the value of.
 */
function told(
  schema: { readonly [keyword: string]: Json },
  key: string | undefined,
): { readonly [keyword: string]: Json } {
  const entries = Object.entries(schema).map(([keyword, value]): [string, Json] => {
    if (keyword === 'properties' && isSchema(value)) {
      const properties = Object.entries(value).map(([name, one]): [string, Json] => [name, property(name, one)]);
      return [keyword, Object.fromEntries(properties)];
    }
    if (keyword === '$defs' && isSchema(value)) {
      const definitions = Object.entries(value).map(([name, one]): [string, Json] => [
        name,
        isSchema(one) ? told(one, undefined) : one,
      ]);
      return [keyword, Object.fromEntries(definitions)];
    }
    if (keyword === 'anyOf' || keyword === 'oneOf') {
      return [keyword, Array.isArray(value) ? value.map((one: Json) => (isSchema(one) ? told(one, key) : one)) : value];
    }
    if (keyword === 'items' || keyword === 'additionalProperties') {
      return [keyword, isSchema(value) ? told(value, key) : value];
    }
    return [keyword, value];
  });
  const title = schema['title'] === undefined ? titleOf(schema, key) : undefined;
  return Object.fromEntries(title === undefined ? entries : [['title', title], ...entries]);
}

function property(name: string, schema: Json): Json {
  if (!isSchema(schema)) return schema;
  const with_ = told(schema, name);
  const description = with_['description'] ?? HOVER[name];
  return description === undefined ? with_ : { ...with_, description };
}

/** What completion calls the skeleton of an object: `ask step`, `money variable`, `choice`. */
function titleOf(schema: { readonly [keyword: string]: Json }, key: string | undefined): string | undefined {
  const { properties, required } = { properties: schema['properties'], required: schema['required'] };
  if (!isSchema(properties)) return undefined;
  const type = properties['type'];
  if (isSchema(type) && typeof type['const'] === 'string') return `${type['const']} variable`;
  if (isSchema(properties['from'])) return 'tool variable';
  if (key === 'steps') {
    const kind = STEP_KINDS.find((one) => Array.isArray(required) && required.includes(one));
    return kind === undefined ? undefined : `${kind} step`;
  }
  return key === undefined ? undefined : (ENTRY[key] ?? key);
}

/** Gives the definitions, which zod numbers, names a reader can tell apart. */
function named(schema: { readonly [keyword: string]: Json }): JsonSchema {
  const definitions = schema['$defs'];
  if (!isSchema(definitions)) return schema;
  const names = Object.entries(definitions).map(([name, one]): [string, string] => [
    name,
    isSchema(one) && JSON.stringify(one).includes('variable"') ? 'variable' : 'value',
  ]);
  const text = names.reduce(
    (text, [from, to]) => text.replaceAll(`"#/$defs/${from}"`, `"#/$defs/${to}"`).replaceAll(`"${from}":`, `"${to}":`),
    JSON.stringify(schema),
  );
  const renamed = plain(JSON.parse(text));
  return isSchema(renamed) ? renamed : {};
}
