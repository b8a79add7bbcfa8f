import { type Json, ParleyError } from '@parley/workflow';
import { z } from 'zod';
import type { Composed, Composition, Decision, Question } from './decider.ts';

/** How much a decision may hold, in characters of JSON. More than any workflow needs, and little enough to be kept. */
const LIMITS = { value: 4_000, values: 16_000, say: 1_024, why: 1_000, by: 8_000, text: 4_000 } as const;

/** No type of variable goes deeper than a few lists and objects in each other. */
const DEPTH = 20;

/** Looked at before the JSON is: a check that follows a value all the way down would break on one without bottom. */
function fits(value: unknown, limit: number): boolean {
  try {
    return (JSON.stringify(value)?.length ?? 0) <= limit && shallow(value, DEPTH);
  } catch {
    return false;
  }
}

function shallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => shallow(item, levels - 1));
}

const json: z.ZodType<Json> = z.json();
const bounded = (limit: number) => z.custom<unknown>((value) => fits(value, limit)).pipe(json);
const record = (limit: number, each: number) =>
  z.custom<unknown>((value) => fits(value, limit)).pipe(z.record(z.string(), bounded(each)));

const shape = z.object({
  choice: z.string().max(60),
  values: record(LIMITS.values, LIMITS.value).default({}),
  confidence: z.number().min(0).max(1),
  say: z.string().max(LIMITS.say).optional(),
  why: z.string().max(LIMITS.why).optional(),
  by: record(LIMITS.by, LIMITS.by).optional(),
});

/**
 * What a decider answered, when it is an answer to the question at all: one of the choices offered, values for no
 * variables but those of `fill`, a confidence from 0 to 1, nothing oversized. Keys of no meaning are left out.
 * Whether a value is valid for its variable is not looked at: the machine reads each by its type.
 *
 * @throws ParleyError `decider/outside`, naming what does not fit and never what was answered.
 */
export function validateDecision(question: Question, given: unknown): Decision {
  const read = shape.safeParse(given);
  if (!read.success) {
    const at = read.error.issues[0]?.path[0];
    throw outside(question, at === undefined ? 'it is not a decision' : `its ${String(at)} is missing or not allowed`);
  }
  const { choice, values, confidence, say, why, by } = read.data;
  if (!question.choices.some(({ name }) => name === choice)) throw outside(question, 'its choice was not offered');
  if (!Object.keys(values).every((name) => question.fill.some((wanted) => wanted.name === name)))
    throw outside(question, 'it has a value for a variable that is not to be filled here');
  return {
    choice,
    values,
    confidence,
    ...(say === undefined ? {} : { say }),
    ...(why === undefined ? {} : { why }),
    ...(by === undefined ? {} : { by }),
  };
}

const composed = z.object({ text: z.string().max(LIMITS.text), by: record(LIMITS.by, LIMITS.by).optional() });

/**
 * What a decider composed, when it is words at all, and not endless ones. Whether they may be said, the machine finds out.
 *
 * @throws ParleyError `decider/outside`, never with what was composed.
 */
export function validateComposed({ step }: Composition, given: unknown): Composed {
  const read = composed.safeParse(given);
  if (!read.success) {
    throw new ParleyError(
      'decider/outside',
      `What was composed at step ${step} can't be used: it is no text, or endless.`,
      {
        fix: 'A decider composes { text }, in at most as many characters as the composition says.',
      },
    );
  }
  const { text, by } = read.data;
  return { text, ...(by === undefined ? {} : { by }) };
}

function outside({ step }: Question, what: string): ParleyError {
  return new ParleyError('decider/outside', `The answer at step ${step} can't be used: ${what}.`, {
    fix: 'A decider may only pick one of the choices it is offered and fill the variables it is asked for.',
  });
}
