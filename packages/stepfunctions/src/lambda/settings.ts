import { ParleyError } from '@parley/workflow';
import { z } from 'zod';

const shapes = z.record(z.string(), z.enum(['per-contact', 'per-turn']));
const names = z.array(z.string().min(1));

/** A variable that is written in JSON. */
const written = <T>(schema: z.ZodType<T>, empty: string) =>
  z
    .string()
    .default(empty)
    .transform((text, context) => {
      const read = schema.safeParse(parsed(text));
      if (read.success) return read.data;
      context.addIssue({ code: 'custom' });
      return z.NEVER;
    });

const environment = z
  .object({
    PARLEY_PREFIX: z.string().min(1),
    PARLEY_TABLE: z.string().min(1),
    PARLEY_KEY: z.string().min(1),
    PARLEY_STATE_MACHINES: z.string().regex(/^arn:.+:stateMachine:.*-$/),
    PARLEY_SHAPES: written(shapes, '{}'),
    PARLEY_PUSHED: written(names, '[]'),
    PARLEY_DECIDER: z.enum(['bedrock', 'offline']).default('bedrock'),
    PARLEY_WORKFLOWS: z.string().min(1).default('/opt/workflows'),
    PARLEY_DATA: z.string().min(1).optional(),
  })
  .transform((given) => ({
    /** The deployment's, such as `parley-prod`. */
    prefix: given.PARLEY_PREFIX,
    table: given.PARLEY_TABLE,
    /** Id, alias or ARN of the KMS key. */
    key: given.PARLEY_KEY,
    /** The ARN that state machines' names begin with, up to and with the prefix and a dash. */
    stateMachines: given.PARLEY_STATE_MACHINES,
    /** By workflow; those that are left out are per contact. */
    shapes: given.PARLEY_SHAPES,
    /** The workflows whose sessions have a function that pushes to them, `PREFIX-WORKFLOW-pushed`. */
    pushed: given.PARLEY_PUSHED,
    decider: given.PARLEY_DECIDER,
    /** The folder with the workflows' files. */
    workflows: given.PARLEY_WORKFLOWS,
    /** Where the example workflows' back ends keep their data; in memory where left out. */
    data: given.PARLEY_DATA,
  }));

/** What a function is told by its environment. */
export type Settings = z.output<typeof environment>;

/** Reads the environment of a function. Throws ParleyError `lambda/environment`, which names the variables but not their values. */
export function readSettings(given: { readonly [name: string]: string | undefined }): Settings {
  const read = environment.safeParse(given);
  if (read.success) return read.data;
  const names = [...new Set(read.error.issues.map(({ path }) => String(path[0])))];
  const wrong = names.map((name) => `${name} (${given[name] === undefined ? 'missing' : 'not as it should be'})`);
  throw new ParleyError('lambda/environment', `The environment of this function is not right: ${wrong.join(', ')}.`, {
    fix: 'docs/stepfunctions.md says what each variable holds: set them where the function is deployed.',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
