import { z } from 'zod';
import { RESIDENCIES } from './residency.ts';
import type { Json } from './type.ts';

/**
 * The shape of a workflow file, as zod: the one source from which the published JSON Schema
 * (`workflow.schema.json`, completion and hover text in an editor) and the TypeScript types come.
 *
 * It describes one file on its own. What needs more than shape (names that must exist, types, paths)
 * is the checker's: see `check/`.
 */

const name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,59}$/, 'A name begins with a letter and has letters, digits and _ only, at most 60.');

const duration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'A duration is a number and a unit, such as 500ms, 6s, 2m, 4h or 3d.')
  .meta({ description: 'A length of time: a number and a unit (ms, s, m, h, d), such as 6s.' });

const text = z
  .string()
  .meta({ description: 'What the caller hears. {{ expression }} puts a value in, such as {{ $order.status }}.' });

const expression = z
  .string()
  .meta({ description: "An expression (a subset of JSONata 2.0.6) over variables: $order.status = 'delivered'." });

const target = z.string().meta({ description: 'The name of the step to go to.' });

const json: z.ZodType<Json> = z.json();

const value = json.meta({
  description: 'A value, or an expression where the text begins with =, as in a spreadsheet: =$order.id',
});

const assignments = z
  .record(name, value)
  .meta({ description: 'Variables to set on the way: a value, =expression, or null to clear one.' });

const sensitivity = z
  .enum(['pii', 'phi', 'pci'])
  .meta({ description: 'Personal (pii), health (phi) or card (pci) data: masked in all that is logged or printed.' });

// ---- variables

const common = {
  about: z.string().optional().meta({ description: 'What it is, for the model and for whoever reads the file.' }),
  ask: text.optional().meta({ description: 'The question a form puts to the caller to get it.' }),
  invalid: text
    .optional()
    .meta({ description: 'What a form says when the caller gave something that is not valid, before it asks again.' }),
  check: expression
    .optional()
    .meta({ description: 'A condition a value must meet beyond its type, over the variable itself: $quantity > 0' }),
  initial: json.optional().meta({ description: 'The value a session begins with.' }),
  sensitive: sensitivity.optional(),
  readback: z.boolean().optional().meta({
    description: 'A sensitive variable may be said to the caller, to read it back. Never a password or card.',
  }),
};

/** The types by name. */
export const variableTypes = {
  string: z.strictObject({
    type: z.literal('string'),
    pattern: z.string().optional().meta({ description: "A regular expression the whole value must match: 'W\\d{7}'." }),
    minLength: z.int().min(0).optional(),
    maxLength: z.int().min(1).optional(),
    spoken: z
      .enum(['words', 'characters', 'digits'])
      .optional()
      .meta({ description: 'How a caller says it and how it is read back: in words, spelled out, or digit by digit.' }),
    ...common,
  }),
  number: z.strictObject({
    type: z.literal('number'),
    min: z.number().optional(),
    max: z.number().optional(),
    ...common,
  }),
  integer: z.strictObject({
    type: z.literal('integer'),
    min: z.int().optional(),
    max: z.int().optional(),
    ...common,
  }),
  money: z.strictObject({
    type: z.literal('money'),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'A currency is its ISO 4217 code, such as USD.')
      .optional()
      .meta({ description: 'ISO 4217 code; USD if left out.' }),
    min: z.number().optional(),
    max: z.number().optional(),
    ...common,
  }),
  boolean: z.strictObject({ type: z.literal('boolean'), ...common }),
  date: z.strictObject({
    type: z.literal('date'),
    prefer: z
      .enum(['past', 'future'])
      .optional()
      .meta({ description: 'Which year or week a date without one is meant in: a birth date is past.' }),
    ...common,
  }),
  time: z.strictObject({ type: z.literal('time'), ...common }),
  email: z.strictObject({ type: z.literal('email'), ...common }),
  phone: z.strictObject({
    type: z.literal('phone'),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'A country is its ISO 3166 code, such as US.')
      .optional()
      .meta({ description: 'The country a number without prefix is in, ISO 3166; US if left out.' }),
    ...common,
  }),
  choice: z.strictObject({
    type: z.literal('choice'),
    values: z
      .union([z.array(z.string()).min(1), z.record(z.string(), z.array(z.string()))])
      .meta({ description: 'The values it can have; or a map from each value to other words for it.' }),
    ...common,
  }),
  get object() {
    return z.strictObject({
      type: z.literal('object'),
      fields: z.record(
        name,
        z.lazy(() => typedVariable),
      ),
      ...common,
    });
  },
  get list() {
    return z.strictObject({
      type: z.literal('list'),
      of: z.lazy(() => typedVariable),
      maxItems: z.int().min(1).optional(),
      ...common,
    });
  },
};

/** What a variable can be: the types of DESIGN.md. Recursive, so the type is written out. */
export type TypedVariable =
  | z.infer<typeof variableTypes.string>
  | z.infer<typeof variableTypes.number>
  | z.infer<typeof variableTypes.integer>
  | z.infer<typeof variableTypes.money>
  | z.infer<typeof variableTypes.boolean>
  | z.infer<typeof variableTypes.date>
  | z.infer<typeof variableTypes.time>
  | z.infer<typeof variableTypes.email>
  | z.infer<typeof variableTypes.phone>
  | z.infer<typeof variableTypes.choice>
  | ObjectVariable
  | ListVariable;

type Common = Pick<z.infer<typeof variableTypes.boolean>, keyof typeof common>;
export interface ObjectVariable extends Common {
  type: 'object';
  fields: Record<string, TypedVariable>;
}
export interface ListVariable extends Common {
  type: 'list';
  of: TypedVariable;
  maxItems?: number | undefined;
}

const typedVariable: z.ZodType<TypedVariable> = z.lazy(() =>
  z.discriminatedUnion('type', [
    variableTypes.string,
    variableTypes.number,
    variableTypes.integer,
    variableTypes.money,
    variableTypes.boolean,
    variableTypes.date,
    variableTypes.time,
    variableTypes.email,
    variableTypes.phone,
    variableTypes.choice,
    variableTypes.object,
    variableTypes.list,
  ]),
);

export const toolVariable = z
  .strictObject({
    from: z.string().meta({ description: 'The tool whose output this variable holds: orders.get. It types it.' }),
    about: common.about,
    sensitive: sensitivity.optional(),
    readback: common.readback,
  })
  .meta({ description: 'A variable typed by the output of a tool.' });

export const variableSchema = z.union([typedVariable, toolVariable]);
export type VariableDefinition = z.infer<typeof variableSchema>;

// ---- ways on

const route = z.strictObject({
  if: expression.optional().meta({ description: 'Taken when this is true; the first that is, is taken.' }),
  to: target,
  set: assignments.optional(),
});
export type RouteDefinition = z.infer<typeof route>;

const then = z
  .union([target, z.array(route).min(1)])
  .meta({ description: 'Where to go next: a step, or a list of { if, to } of which the first that holds is taken.' });
export type ThenDefinition = z.infer<typeof then>;

const choice = z.strictObject({
  when: z
    .string()
    .meta({ description: 'What the caller wants when this is the one, in plain words: the model reads it.' }),
  examples: z.array(z.string()).optional().meta({ description: 'Things callers say when they mean this.' }),
  press: z
    .string()
    .regex(/^[0-9*#]{1,4}$/, 'Keys are digits, * and #.')
    .optional()
    .meta({ description: 'The key on a phone that picks it: 1' }),
  if: expression.optional().meta({ description: 'Only offered when this holds.' }),
  say: text.optional().meta({ description: 'Said on the way.' }),
  set: assignments.optional(),
  to: target,
});
export type ChoiceDefinition = z.infer<typeof choice>;

const choices = z.record(name, choice).meta({ description: 'The ways on that may be picked, by name.' });

const interrupt = z
  .strictObject({
    when: choice.shape.when,
    examples: choice.shape.examples,
    press: choice.shape.press,
    hears: z.array(z.string()).min(1).optional().meta({
      description:
        'Signs in the words of the caller by which it is known without a model, at whatever step: "can\'t breathe", "(chest|heart) + (pain*|hurt*)".',
    }),
    if: choice.shape.if,
    say: text.optional().meta({ description: 'Said at once. Without `to` the question is then put again.' }),
    set: assignments.optional(),
    to: target.optional().meta({ description: 'The step to go to; left out: back to the question that was open.' }),
  })
  .meta({ description: 'Something a caller may want at any question.' });
export type InterruptDefinition = z.infer<typeof interrupt>;

const way = z.union([target, z.strictObject({ to: target, set: assignments.optional() })]);
export type WayDefinition = z.infer<typeof way>;

const failed = z
  .union([
    target,
    z.strictObject({
      retry: z
        .int()
        .min(0)
        .max(5)
        .optional()
        .meta({ description: 'How often it is tried again, with backoff. 0 if left out.' }),
      codes: z
        .record(z.string(), target)
        .optional()
        .meta({ description: 'Where to go for the failures the tool itself names: { not_found: ask_again }' }),
      to: target.meta({ description: 'Where to go for every other failure.' }),
    }),
  ])
  .meta({ description: 'Where to go when it fails: the door.' });
export type FailedDefinition = z.infer<typeof failed>;

const fill = z
  .array(name)
  .meta({ description: 'Variables that may be filled here too, when the caller gives them along with the answer.' });

const otherwise = target.meta({
  description: 'The door: where to go when reprompts are used up or the model gives no answer.',
});

const question = {
  unclear: text.optional().meta({ description: 'Said when the answer was not understood, in place of the question.' }),
  silent: text.optional().meta({ description: 'Said when the caller said nothing, in place of the question.' }),
  reprompts: z.int().min(0).max(10).optional().meta({ description: "This question's own limit of reprompts." }),
  guidance: z.string().optional().meta({ description: 'What the model should know at this step.' }),
  otherwise: otherwise.optional(),
};

// ---- steps: the one key that is the kind says what it does

const callPart = {
  call: z.string().meta({ description: 'Calls a tool: orders.get' }),
  with: z.record(name, value).optional().meta({ description: "The tool's input." }),
  save: name.optional().meta({ description: 'The variable that takes its output.' }),
};

const composed = z
  .strictObject({
    compose: z.string().meta({ description: 'What the model is to say, in plain words, from the facts alone.' }),
    facts: z
      .record(name, z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .meta({ description: 'What it may say, by name: =expressions, each put to it as it would be said.' }),
    longest: z.int().min(20).max(1_024).optional().meta({ description: 'The most characters. 400 if left out.' }),
    text: text.meta({
      description: 'The written text: said where the model finds no words, or words that do not pass.',
    }),
  })
  .meta({ description: 'Words that the model finds, from named facts; checked before they are said.' });

export const stepSchemas = {
  say: z
    .strictObject({
      say: z.union([text, composed]).meta({
        description: 'What the caller hears: a text, or { compose, facts, longest, text } for words of the model.',
      }),
      then,
    })
    .meta({ description: 'Says something and goes on.' }),
  ask: z
    .strictObject({ ask: text, choices, fill: fill.optional(), ...question })
    .meta({ description: 'Asks the caller something; the model picks one of the choices from the answer.' }),
  form: z
    .strictObject({
      form: z.array(name).min(1).meta({ description: 'The variables to get from the caller, in this order.' }),
      intro: text.optional().meta({ description: 'Said before the first question.' }),
      again: z.boolean().optional().meta({ description: 'Ask even for what is known: forgets these variables first.' }),
      choices: choices.optional().meta({ description: "Other ways on, such as 'does not have the number'." }),
      fill: fill.optional(),
      then,
      ...question,
    })
    .meta({
      description: 'Gets several variables, in any order and many at once; asks for what is missing or invalid.',
    }),
  decide: z
    .strictObject({
      decide: z.string().meta({ description: 'What the model is to decide, without asking the caller.' }),
      given: z.array(name).optional().meta({ description: 'The variables it is told.' }),
      choices,
      fill: fill.optional(),
      otherwise: otherwise.optional(),
    })
    .meta({ description: 'A decision of the model from what is known, without a question to the caller.' }),
  call: z
    .strictObject({
      ...callPart,
      then,
      failed: failed.optional(),
      meanwhile: text
        .optional()
        .meta({ description: 'Said when it takes longer than the caller should wait in silence.' }),
    })
    .meta({ description: 'Calls a tool and saves what it returns.' }),
  branch: z
    .strictObject({ branch: z.array(route).min(1) })
    .meta({ description: 'Goes where the first condition that holds leads.' }),
  confirm: z
    .strictObject({
      confirm: text,
      yes: way,
      no: way,
      fill: fill.optional().meta({ description: 'Variables the caller may correct here; it is then read back again.' }),
      choices: choices.optional(),
      ...question,
    })
    .meta({ description: 'Reads back what is about to be done and takes a yes or a no.' }),
  wait: z
    .strictObject({
      wait: z.union([
        duration,
        z.strictObject({
          for: duration.meta({ description: 'How long at most.' }),
          signal: name.optional().meta({ description: 'Goes on as soon as this signal comes.' }),
          save: name.optional().meta({ description: "The variable that takes the signal's data." }),
        }),
      ]),
      meanwhile: text.optional().meta({ description: 'Said when the caller speaks while it waits.' }),
      then,
      timeout: target.optional().meta({ description: 'Where to go when the time is up and the signal did not come.' }),
    })
    .meta({ description: 'Waits for a time or a signal; survives restarts.' }),
  parallel: z
    .strictObject({
      parallel: z.array(z.strictObject(callPart)).min(2).max(10).meta({ description: 'Tools to call at once.' }),
      then,
      failed: failed.optional(),
      meanwhile: text.optional(),
    })
    .meta({ description: 'Calls several tools at once and goes on when all have answered.' }),
  use: z
    .strictObject({
      use: z.string().meta({ description: 'The shared part to go through: identity' }),
      with: z.record(name, value).optional().meta({ description: "The part's inputs." }),
      save: z
        .record(name, name)
        .optional()
        .meta({ description: "Our variable: the part's output that it takes. { customer: customer }" }),
      fill: fill.optional().meta({ description: "Variables of ours that may be filled at the part's questions too." }),
      outcomes: z.record(name, target).meta({ description: "Where to go for each outcome the part's ends name." }),
    })
    .meta({ description: 'Goes through a workflow part that is shared, such as the identity check.' }),
  transfer: z
    .strictObject({
      transfer: z.strictObject({
        queue: z.string().meta({ description: 'The queue of the people it goes to.' }),
        say: text.optional(),
        brief: z.union([z.boolean(), text]).optional().meta({
          description: 'What the person is told: true for all that is known and not sensitive, or a text of your own.',
        }),
      }),
    })
    .meta({ description: 'Hands the caller to a person, with a brief.' }),
  end: z
    .strictObject({
      end: z.union([
        text,
        z.strictObject({
          say: text.optional(),
          outcome: name
            .optional()
            .meta({ description: 'What came of it, for reports; in a part: which outcome is left by.' }),
          set: assignments.optional(),
        }),
      ]),
    })
    .meta({ description: 'Says goodbye and ends the session; in a shared part: goes back with an outcome.' }),
};
export type StepKind = keyof typeof stepSchemas;
export type StepDefinition = { [K in StepKind]: z.infer<(typeof stepSchemas)[K]> }[StepKind];
export const STEP_KINDS = Object.keys(stepSchemas).filter((key): key is StepKind => key in stepSchemas);

const anyStep = z.union([
  stepSchemas.say,
  stepSchemas.ask,
  stepSchemas.form,
  stepSchemas.decide,
  stepSchemas.call,
  stepSchemas.branch,
  stepSchemas.confirm,
  stepSchemas.wait,
  stepSchemas.parallel,
  stepSchemas.use,
  stepSchemas.transfer,
  stepSchemas.end,
]);

// ---- the file

export const limitsSchema = z
  .strictObject({
    turns: z
      .int()
      .min(1)
      .max(500)
      .optional()
      .meta({ description: "The most turns of a caller's before the last door. 40 if left out." }),
    reprompts: z
      .int()
      .min(0)
      .max(10)
      .optional()
      .meta({ description: 'How often a question is put again before its door. 2 if left out.' }),
    silence: duration
      .optional()
      .meta({ description: 'How long a caller may be silent before a reprompt. 6s if left out.' }),
    turn: duration
      .optional()
      .meta({ description: 'How long a turn may take before the caller hears something. 7s if left out.' }),
    decide: duration.optional().meta({ description: 'How long a decision of the model may take. 5s if left out.' }),
    confidence: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .meta({ description: 'A choice the decider is less sure of counts as unclear. 0 if left out.' }),
    keep: duration.optional().meta({
      description: 'How long a session stays in the store after its last event. Until it is forgotten if left out.',
    }),
    record: expression.optional().meta({
      description:
        'Whether a session may be recorded, a condition: $consent = true. Where it does not hold at the end, the session is removed an hour later. Always if left out.',
    }),
  })
  .meta({ description: 'Bounds that keep a caller from being stuck, and how long a session is kept.' });

export const guardrailSchema = z
  .strictObject({
    id: z
      .string()
      .regex(
        /^([a-z0-9]{1,64}|arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail\/[a-z0-9]+)$/,
        'A guardrail is named by its id, small letters and digits, or by its ARN.',
      )
      .meta({ description: "The Bedrock guardrail's id or ARN." }),
    version: z
      .union([
        z.int().min(1).max(99_999_999),
        z.string().regex(/^([1-9][0-9]{0,7}|DRAFT)$/, 'A version of a guardrail is a number, or DRAFT.'),
      ])
      .meta({ description: 'Its version, a number; DRAFT is whatever is being edited, for trying it out.' }),
    to: target.optional().meta({
      description: "The step to go to when the guardrail steps in; the step's own door if left out.",
    }),
  })
  .meta({ description: 'The guardrail that looks at decisions, and at what tools are given and return.' });

export const modelsSchema = z
  .strictObject({
    decide: z.string().optional().meta({ description: 'The Bedrock model or inference profile that decides.' }),
    fallback: z.array(z.string()).optional().meta({ description: 'The models to go to when it fails, in order.' }),
    residency: z
      .enum(RESIDENCIES)
      .optional()
      .meta({ description: 'The geography that data stays in: models and guardrails outside of it are refused.' }),
    guardrail: guardrailSchema.optional(),
  })
  .meta({ description: 'Which models make the decisions.' });

/** Everything but `steps`, `variables` and `interrupts`, which are read entry by entry so that one mistake hides no other. */
const head = {
  title: z.string().optional().meta({ description: 'What it is for, in a line.' }),
  guidance: z.string().optional().meta({ description: 'What every decision of the model is told.' }),
  start: target.optional().meta({ description: 'The first step; the first one in the file if left out.' }),
};

export const workflowHead = z.strictObject({
  workflow: name
    .or(z.string().regex(/^[a-z][a-z0-9-]{0,59}$/))
    .meta({ description: 'Its name, as its folder is called.' }),
  ...head,
  timezone: z
    .string()
    .optional()
    .meta({ description: 'Where "today" and "at three" are meant: America/New_York. UTC if left out.' }),
  models: modelsSchema.optional(),
  limits: limitsSchema.optional(),
  otherwise: target
    .optional()
    .meta({ description: 'The door of last resort: used wherever a step names none of its own.' }),
  busy: text.optional().meta({ description: 'Said when a turn takes too long and its step has no meanwhile.' }),
});

export const partHead = z.strictObject({
  part: name.meta({ description: 'The name workflows use it by.' }),
  ...head,
  otherwise: target.optional(),
  outputs: z.array(name).optional().meta({ description: 'The variables whoever uses it may take.' }),
});

export const variablesSchema = z.record(name, variableSchema).meta({ description: 'The typed data of a session.' });
export const interruptsSchema = z
  .record(name, interrupt)
  .meta({ description: 'What a caller may want at any question.' });
export const interruptSchema = interrupt;
const stepsSchema = z.record(name, anyStep).meta({ description: 'The steps, by name.' });

export const workflowSchema = z
  .strictObject({
    ...workflowHead.shape,
    variables: variablesSchema.optional(),
    interrupts: interruptsSchema.optional(),
    steps: stepsSchema,
  })
  .meta({ title: 'Parley workflow', description: 'A conversation a contact center holds, as a file.' });

export const partSchema = z
  .strictObject({
    ...partHead.shape,
    inputs: variablesSchema.optional(),
    variables: variablesSchema.optional(),
    steps: stepsSchema,
  })
  .meta({ title: 'Parley part', description: 'Steps that several workflows share, such as an identity check.' });

export type WorkflowDefinition = z.infer<typeof workflowSchema>;
export type PartDefinition = z.infer<typeof partSchema>;

/** `6s` → 6000. The text must have passed the schema. */
export function milliseconds(text: string): number {
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  const key = match?.[2];
  if (!match || !(key === 'ms' || key === 's' || key === 'm' || key === 'h' || key === 'd')) return Number.NaN;
  return Number(match[1]) * unit[key];
}
