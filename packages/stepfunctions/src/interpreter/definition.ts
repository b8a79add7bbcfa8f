import { z } from 'zod';

/** The states of a machine, a branch or an item's processor. */
export interface Branch {
  readonly StartAt: string;
  readonly States: { readonly [name: string]: State };
}

/** A text that is an expression of JSONata: nothing may stand before `{%` or after `%}`. */
export const isExpression = (text: unknown): text is string =>
  typeof text === 'string' && text.startsWith('{%') && text.endsWith('%}') && text.length >= 4;

const json = z.json();
const template = json;
const expression = z.string().refine(isExpression);
const path = z.string();
const nullablePath = z.string().nullable();
const whole = z.number().int().min(0).max(99_999_999);
const wholeOrExpression = z.union([whole, expression]);
const assign = z.record(z.string(), json);

const common = {
  Comment: z.string().optional(),
  QueryLanguage: z.enum(['JSONPath', 'JSONata']).optional(),
};
const moves = { Next: z.string().optional(), End: z.boolean().optional() };
const leaves = { Output: template.optional(), Assign: assign.optional() };
const paths = { InputPath: nullablePath.optional(), OutputPath: nullablePath.optional() };
const results = { ResultPath: nullablePath.optional(), ResultSelector: template.optional() };
const handles = {
  Retry: z
    .array(
      z.strictObject({
        ErrorEquals: z.array(z.string()).min(1),
        IntervalSeconds: z.number().int().min(1).max(99_999_999).optional(),
        MaxAttempts: whole.optional(),
        BackoffRate: z.number().min(1).optional(),
        MaxDelaySeconds: z.number().int().min(1).max(31_622_400).optional(),
        JitterStrategy: z.enum(['FULL', 'NONE']).optional(),
        Comment: z.string().optional(),
      }),
    )
    .optional(),
  Catch: z
    .array(
      z.strictObject({
        ErrorEquals: z.array(z.string()).min(1),
        Next: z.string(),
        ResultPath: nullablePath.optional(),
        Output: template.optional(),
        Assign: assign.optional(),
        Comment: z.string().optional(),
      }),
    )
    .optional(),
};

const branch: z.ZodType<Branch> = z.lazy(() =>
  z.strictObject({
    StartAt: z.string(),
    States: z.record(z.string(), state),
    Comment: z.string().optional(),
    ProcessorConfig: z
      .strictObject({ Mode: z.enum(['INLINE', 'DISTRIBUTED']).optional(), ExecutionType: z.string().optional() })
      .optional(),
  }),
);

const pass = z.strictObject({
  Type: z.literal('Pass'),
  ...common,
  ...moves,
  ...leaves,
  ...paths,
  Result: json.optional(),
  ResultPath: nullablePath.optional(),
  Parameters: template.optional(),
});
const task = z.strictObject({
  Type: z.literal('Task'),
  ...common,
  ...moves,
  ...leaves,
  ...paths,
  ...results,
  ...handles,
  Resource: z.string(),
  Arguments: template.optional(),
  Parameters: template.optional(),
  TimeoutSeconds: wholeOrExpression.optional(),
  TimeoutSecondsPath: path.optional(),
  HeartbeatSeconds: wholeOrExpression.optional(),
  HeartbeatSecondsPath: path.optional(),
  Credentials: json.optional(),
});
const choice = z.strictObject({
  Type: z.literal('Choice'),
  ...common,
  ...leaves,
  ...paths,
  Choices: z
    .array(
      z.strictObject({
        Condition: z.union([z.boolean(), expression]),
        Next: z.string(),
        ...leaves,
        Comment: z.string().optional(),
      }),
    )
    .min(1),
  Default: z.string().optional(),
});
const wait = z.strictObject({
  Type: z.literal('Wait'),
  ...common,
  ...moves,
  ...leaves,
  ...paths,
  Seconds: wholeOrExpression.optional(),
  SecondsPath: path.optional(),
  Timestamp: z.string().optional(),
  TimestampPath: path.optional(),
});
const parallel = z.strictObject({
  Type: z.literal('Parallel'),
  ...common,
  ...moves,
  ...leaves,
  ...paths,
  ...results,
  ...handles,
  Arguments: template.optional(),
  Parameters: template.optional(),
  Branches: z.array(branch).min(1),
});
const map = z.strictObject({
  Type: z.literal('Map'),
  ...common,
  ...moves,
  ...leaves,
  ...paths,
  ...results,
  ...handles,
  Label: z.string().optional(),
  Items: z.union([z.array(json), expression]).optional(),
  ItemsPath: path.optional(),
  ItemSelector: template.optional(),
  Parameters: template.optional(),
  ItemProcessor: branch.optional(),
  Iterator: branch.optional(),
  MaxConcurrency: wholeOrExpression.optional(),
  MaxConcurrencyPath: path.optional(),
  ToleratedFailureCount: wholeOrExpression.optional(),
  ToleratedFailurePercentage: z.union([z.number().min(0).max(100), expression]).optional(),
});
const succeed = z.strictObject({ Type: z.literal('Succeed'), ...common, ...paths, Output: template.optional() });
const fail = z.strictObject({
  Type: z.literal('Fail'),
  ...common,
  Error: z.string().optional(),
  ErrorPath: path.optional(),
  Cause: z.string().optional(),
  CausePath: path.optional(),
});

const state = z.discriminatedUnion('Type', [pass, task, choice, wait, parallel, map, succeed, fail]);

export const definition = z.strictObject({
  Comment: z.string().optional(),
  QueryLanguage: z.enum(['JSONPath', 'JSONata']).optional(),
  StartAt: z.string(),
  States: z.record(z.string(), state),
  Version: z.literal('1.0').optional(),
  TimeoutSeconds: whole.optional(),
});

/** A state machine in Amazon States Language (states-language.net), as far as it is done here. */
export type Definition = z.infer<typeof definition>;
export type State = z.infer<typeof state>;
export type StateOf<T extends State['Type']> = Extract<State, { Type: T }>;
export type Retrier = NonNullable<StateOf<'Task'>['Retry']>[number];
export type QueryLanguage = 'JSONPath' | 'JSONata';

/** A state's own language, else the machine's; a branch's states fall back to the machine's, not to the state around them. */
export const languageOf = (machine: Definition, { QueryLanguage }: State): QueryLanguage =>
  QueryLanguage ?? machine.QueryLanguage ?? 'JSONPath';

/** The states inside a state, with the way to them. */
export function innerBranches(one: State): { readonly at: string; readonly branch: Branch }[] {
  switch (one.Type) {
    case 'Parallel':
      return one.Branches.map((inner, i) => ({ at: `/Branches[${i}]`, branch: inner }));
    case 'Map': {
      const found: { at: string; branch: Branch }[] = [];
      if (one.ItemProcessor) found.push({ at: '/ItemProcessor', branch: one.ItemProcessor });
      if (one.Iterator) found.push({ at: '/Iterator', branch: one.Iterator });
      return found;
    }
    case 'Pass':
    case 'Task':
    case 'Choice':
    case 'Wait':
    case 'Succeed':
    case 'Fail':
      return [];
  }
}
