import { type ManualClock, manualClock } from '@parley/engine';
import type { Json } from '@parley/workflow';
import { checkDefinition } from '../check.ts';
import { Execution } from '../execution.ts';
import { type Lambda, type LocalFunctions, localLambda } from '../lambda.ts';
import { Tokens } from '../tokens.ts';

export const NOW = Date.parse('2026-11-25T10:00:00Z');

/** An execution under way, on a clock that stands still. */
export interface Running {
  readonly execution: Execution;
  readonly clock: ManualClock;
  readonly tokens: Tokens;
  /** The types of its events so far. */
  types(): string[];
  /** The names of the states it entered, in order. */
  path(): Json[];
  /** The details of the events of a type. */
  details(type: string): Json[];
}

/** Starts an execution of a definition, JSONata unless it says otherwise. Throws where the definition is wrong. */
export function start(
  definition: { readonly [field: string]: Json },
  given: {
    readonly input?: Json;
    readonly functions?: LocalFunctions;
    readonly lambda?: Lambda;
    readonly type?: 'STANDARD' | 'EXPRESS';
    readonly name?: string;
  } = {},
): Running {
  const { input = {}, functions = {}, type = 'STANDARD', name = 'run' } = given;
  const read = checkDefinition(JSON.stringify({ QueryLanguage: 'JSONata', ...definition }), type);
  if (!read.definition) throw new Error(JSON.stringify(read.diagnostics));
  const clock = manualClock(NOW);
  const tokens = new Tokens();
  const machine = { definition: read.definition, arn: 'arn:machine', name: 'machine', roleArn: 'arn:role' };
  const execution = new Execution(
    { arn: `arn:execution:${name}`, name, type, machine, input, region: 'us-east-1' },
    { clock, tokens, lambda: given.lambda ?? localLambda(functions, undefined) },
  );
  const { events } = execution.history;
  return {
    execution,
    clock,
    tokens,
    types: () => events.map((event) => event.type),
    path: () => events.flatMap(({ details }) => details['stateEnteredEventDetails']?.['name'] ?? []),
    details: (wanted) =>
      events.filter((event) => event.type === wanted).flatMap((event) => Object.values(event.details)),
  };
}

/** Runs a definition for as long as it takes without time passing, and then, where it waits, for a day. */
export async function run(...[definition, given]: Parameters<typeof start>): Promise<Running> {
  const running = start(definition, given);
  await running.clock.advance(0);
  if (running.execution.status.status === 'RUNNING') await running.clock.advance(86_400_000);
  return running;
}

/** A machine of one state, that ends with it. */
export const only = (state: { readonly [field: string]: Json }) => ({
  StartAt: 'Only',
  States: { Only: { End: true, ...state } },
});

export const INVOKE = 'arn:aws:states:::lambda:invoke';
export const functionArn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;

/** An error with a name of its own. */
export function named(name: string, message = 'no luck'): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}
