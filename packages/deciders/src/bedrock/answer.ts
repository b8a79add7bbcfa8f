import type { Decision, Question } from '@parley/engine';
import type { Json, TypedVariable } from '@parley/workflow';
import { z } from 'zod';

/** A JSON schema, as models take it. */
export interface Schema {
  readonly [key: string]: Json;
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

const shape = z.object({
  choice: z.string(),
  values: z.record(z.string(), z.json()).nullish(),
  confidence: z.number().min(0).max(1).nullish(),
  say: z.string().nullish(),
  why: z.string().nullish(),
});

/** Reads what a model answered. Throws AnswerError, in words that the model can mend its answer by. */
export function readAnswer(question: Question, given: unknown): Decision {
  const read = shape.safeParse(given);
  if (!read.success) {
    const at = read.error.issues[0]?.path.join('.') ?? '';
    throw new AnswerError(
      at === ''
        ? 'It is not an object with choice, values, confidence and why.'
        : `Its ${at} is missing or of another type.`,
    );
  }
  const { choice, values, confidence, say, why } = read.data;
  const names = question.choices.map(({ name }) => name);
  if (!names.includes(choice)) throw new AnswerError(`Its choice is none of ${names.join(', ')}.`);
  const known = question.fill.map(({ name }) => name);
  const filled = Object.entries(values ?? {}).filter(([, value]) => value !== null);
  const foreign = filled.find(([name]) => !known.includes(name));
  if (foreign) {
    throw new AnswerError(
      known.length === 0 ? 'It may have no values here.' : `It may have values only for ${known.join(', ')}.`,
    );
  }
  return {
    choice,
    values: Object.fromEntries(filled),
    confidence: confidence ?? 0.5,
    ...(say ? { say } : {}),
    ...(why ? { why: why.slice(0, 1_000) } : {}),
  };
}
