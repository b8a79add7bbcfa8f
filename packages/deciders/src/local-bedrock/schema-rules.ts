import type { Json } from '@parley/workflow';
import type { SchemaRules } from './models.ts';

/**
 * What is wrong with a JSON schema that a model is held to, in the service's words; undefined where nothing is.
 *
 * Claude: every object closed, and none of the keywords that its grammar can't hold (strands-agents/harness-sdk#2210,
 * BerriAI/litellm#39115, 567-labs/instructor#2530). OpenAI: every object closed, and every property required (OpenAI's
 * guide "Structured outputs").
 */
export function schemaProblem(rules: SchemaRules, schema: Json): string | undefined {
  for (const part of parts(schema)) {
    const problem = rules === 'claude' ? claudeProblem(part) : openaiProblem(part);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

interface Part {
  readonly [keyword: string]: Json;
}

const NOT_FOR_CLAUDE: { readonly [type: string]: readonly string[] } = {
  array: ['maxItems', 'uniqueItems'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  object: ['minProperties', 'maxProperties'],
  string: ['minLength', 'maxLength'],
};

function claudeProblem(part: Part): string | undefined {
  const type = String(part['type']);
  if (type === 'object' && part['additionalProperties'] !== false) {
    return "For 'object' type, 'additionalProperties' must be explicitly set to false";
  }
  const keyword = NOT_FOR_CLAUDE[type]?.find((name) => part[name] !== undefined);
  return keyword && `For '${type}' type, property '${keyword}' is not supported`;
}

function openaiProblem(part: Part): string | undefined {
  if (part['type'] !== 'object') return undefined;
  if (part['additionalProperties'] !== false) {
    return "'additionalProperties' is required to be supplied and to be false.";
  }
  const required = Array.isArray(part['required']) ? part['required'] : [];
  const missing = Object.keys(objectOf(part['properties'])).find((name) => !required.includes(name));
  return (
    missing &&
    `'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`
  );
}

/** A schema and every schema in it. */
function parts(schema: Json | undefined): readonly Part[] {
  if (!isObject(schema)) return [];
  const named = ['properties', '$defs', 'definitions'].flatMap((keyword) => Object.values(objectOf(schema[keyword])));
  const listed = ['anyOf', 'oneOf', 'allOf', 'prefixItems'].flatMap((keyword) => {
    const list = schema[keyword];
    return Array.isArray(list) ? list : [];
  });
  return [schema, ...[...named, ...listed, schema['items']].flatMap(parts)];
}

const isObject = (value: Json | undefined): value is Part =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const objectOf = (value: Json | undefined): Part => (isObject(value) ? value : {});
