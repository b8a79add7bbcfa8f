import { ParleyError } from '@parley/workflow';
import { z } from 'zod';

const branch = z.object({ NextAction: z.string() });
const action = z.object({
  Identifier: z.string(),
  Type: z.string(),
  Parameters: z.record(z.string(), z.unknown()).default({}),
  Transitions: z
    .object({
      NextAction: z.string().optional(),
      Errors: z.array(branch.extend({ ErrorType: z.string() })).default([]),
      Conditions: z
        .array(branch.extend({ Condition: z.object({ Operator: z.string(), Operands: z.array(z.coerce.string()) }) }))
        .default([]),
    })
    .default({ Errors: [], Conditions: [] }),
});
const definition = z.object({ StartAction: z.string(), Actions: z.array(action) });

export type Action = z.output<typeof action>;

/** A flow that can be run. */
export interface Flow {
  readonly name: string;
  readonly start: string;
  readonly actions: ReadonlyMap<string, Action>;
}

/** Reads a flow in the flow language. Throws ParleyError `center/flow`. */
export function readFlow(name: string, given: unknown): Flow {
  const read = definition.safeParse(given);
  if (!read.success) {
    throw new ParleyError('center/flow', `The contact flow ${name} can't be run: it is not one of the flow language.`, {
      fix: '`parley flow --check FILE` tells what is wrong with it.',
    });
  }
  const { StartAction, Actions } = read.data;
  return { name, start: StartAction, actions: new Map(Actions.map((one) => [one.Identifier, one])) };
}

/** Where the flow goes on from an action. */
export type Outcome =
  | { readonly type: 'next' }
  | { readonly type: 'error'; readonly error: string }
  /** By the conditions. */
  | { readonly type: 'value'; readonly value: string }
  /** The contact is with somebody else now, or over. */
  | { readonly type: 'done' };

/** The action after this one; undefined where there is none: Connect ends the contact there. */
export function wayOn(
  { Transitions: { NextAction, Errors, Conditions } }: Action,
  outcome: Outcome,
): string | undefined {
  const onError = (...types: string[]) =>
    types.flatMap((type) => Errors.find(({ ErrorType }) => ErrorType === type)?.NextAction ?? [])[0];
  switch (outcome.type) {
    case 'next':
      return NextAction;
    case 'error':
      return onError(outcome.error, 'NoMatchingError');
    case 'value': {
      const met = Conditions.find(({ Condition }) =>
        holds(Condition.Operator, outcome.value, Condition.Operands[0] ?? ''),
      );
      return met?.NextAction ?? onError('NoMatchingCondition') ?? NextAction;
    }
    case 'done':
      return undefined;
  }
}

function holds(operator: string, value: string, operand: string): boolean {
  const [left, right] = [value.trim() === '' ? Number.NaN : Number(value), Number(operand)];
  switch (operator) {
    case 'Equals':
      return value.toLowerCase() === operand.toLowerCase();
    case 'TextStartsWith':
      return value.startsWith(operand);
    case 'TextEndsWith':
      return value.endsWith(operand);
    case 'TextContains':
      return value.includes(operand);
    case 'NumberGreaterThan':
      return left > right;
    case 'NumberGreaterOrEqualTo':
      return left >= right;
    case 'NumberLessThan':
      return left < right;
    case 'NumberLessOrEqualTo':
      return left <= right;
    default:
      return false;
  }
}
