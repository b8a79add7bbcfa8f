import type { Json } from '@parley/workflow';
import { iterate, runBranches } from './branches.ts';
import type { State, StateOf } from './definition.ts';
import { isExpression } from './definition.ts';
import { StatesError } from './error.ts';
import { checkSize, type Outcome, outcomeAt, outcomeOf, inputOf, parametersOf, text, wholeNumber } from './fields.ts';
import { type Flow, Visit } from './flow.ts';
import { told } from './history.ts';
import { evaluateTo } from './jsonata.ts';
import { withRetries } from './retry.ts';
import { toldAssigned } from './scope.ts';
import { runTask } from './task.ts';
import { pause } from './timer.ts';
import { waitUntil } from './timestamp.ts';

/** Where a state leads: the data it passes on, and the next state; none where its flow ends. */
interface Step {
  readonly output: Json;
  readonly next: string | undefined;
}

/** Another task gets its turn after so many states in a row. */
const BREATH = 50;

/** Runs a flow to its end and gives its output. Rejects with StatesError where a state fails, with Halted where it is left off. */
export async function runFlow(flow: Flow, input: Json): Promise<Json> {
  let step: Step = { output: input, next: flow.branch.StartAt };
  for (let states = 1; step.next !== undefined; states++) {
    step = await visit(flow, step.next, step.output);
    if (states % BREATH === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  flow.scope.close();
  return step.output;
}

async function visit(flow: Flow, name: string, input: Json): Promise<Step> {
  const state = flow.branch.States[name];
  if (!state) throw new StatesError('States.Runtime', `There is no state '${name}'.`);
  const one = new Visit(flow, name, state, input);
  try {
    return await run(one, state);
  } catch (error) {
    if (error instanceof StatesError) one.tell(error);
    throw error;
  }
}

async function run(one: Visit, state: State): Promise<Step> {
  switch (state.Type) {
    case 'Pass': {
      const result = one.language === 'JSONata' ? one.input : (state.Result ?? parametersOf(one, state));
      return leave(one, await outcomeOf(one, state, result), state.Next);
    }
    case 'Task':
      return withRetries(one, state, () => runTask(one, state), leave);
    case 'Choice':
      return choose(one, state);
    case 'Wait':
      await wait(one, state);
      return leave(one, await outcomeOf(one, state, inputOf(one, state)), state.Next);
    case 'Parallel':
      return withRetries(one, state, () => runBranches(one, state, runFlow), leave);
    case 'Map':
      return withRetries(one, state, () => iterate(one, state, runFlow), leave);
    case 'Succeed':
      return leave(one, await outcomeOf(one, state, inputOf(one, state)), undefined);
    case 'Fail': {
      const error = await text(one, 'Error', state.Error, state.ErrorPath);
      const cause = await text(one, 'Cause', state.Cause, state.CausePath);
      throw new StatesError(error, cause);
    }
  }
}

/** Exits a state: assigns its variables and tells of it. */
function leave(one: Visit, { output, assigned }: Outcome, next: string | undefined): Step {
  const { flow, name, state } = one;
  checkSize(output, name);
  if (assigned) flow.scope.assign(assigned, one.prefix);
  flow.add(`${state.Type}StateExited`, {
    stateExitedEventDetails: { name, ...told('output', output), ...(assigned ? toldAssigned(assigned) : {}) },
  });
  flow.here = undefined;
  return { output, next };
}

async function choose(one: Visit, state: StateOf<'Choice'>): Promise<Step> {
  for (const [i, rule] of state.Choices.entries()) {
    const field = `Choices[${i}]/Condition`;
    const holds = isExpression(rule.Condition)
      ? await evaluateTo('boolean', rule.Condition, field, one.sight())
      : rule.Condition;
    if (holds === true) {
      return leave(one, await outcomeAt(one, rule, `Choices[${i}]/`, one.input, {}), rule.Next);
    }
  }
  if (state.Default === undefined) {
    throw one.wrong(
      'States.Runtime',
      'Failed to transition out of the state. The state does not point to a next state.',
    );
  }
  return leave(one, await outcomeAt(one, state, '', one.input, {}), state.Default);
}

async function wait(one: Visit, state: StateOf<'Wait'>): Promise<void> {
  const { clock } = one.flow.shared;
  const seconds = await wholeNumber(one, 'Seconds', state.Seconds, state.SecondsPath);
  const timestamp = await text(one, 'Timestamp', state.Timestamp, state.TimestampPath);
  const until = timestamp === undefined ? clock.now() + (seconds ?? 0) * 1000 : waitUntil(timestamp);
  if (until === undefined) {
    const words = `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${timestamp}`;
    throw one.language === 'JSONata'
      ? one.wrong('States.QueryEvaluationError', words, 'Timestamp')
      : one.wrong('States.Runtime', words);
  }
  await pause(clock, until - clock.now(), one.flow.signal);
}
