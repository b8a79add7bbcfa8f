import type { Json } from '@parley/workflow';
import jsonata from 'jsonata';
import { z } from 'zod';
import type { StateMachine } from '../../compiler/compile.ts';

type Fields = { readonly [name: string]: Json };

const anyJson = z.json();
const json = z.custom<Json>((value) => anyJson.safeParse(value).success);
const fields = z.record(z.string(), json);
const parleySchema = z.object({ hop: z.int(), to: z.string(), busy: z.boolean(), wait: z.number() });
const parleyFields = parleySchema.and(fields);
const told = z.object({ parley: parleyFields });
const catcher = z.object({ ErrorEquals: z.array(z.string()), Output: fields, Next: z.string() });
const base = z.object({
  Type: z.string(),
  Next: z.string().optional(),
  Assign: fields.optional(),
  Catch: z.array(catcher).default([]),
});
const task = base.extend({
  Resource: z.string(),
  Arguments: z.object({ FunctionName: z.string(), Payload: fields }),
  Retry: z.array(z.object({ ErrorEquals: z.array(z.string()), MaxAttempts: z.int() })),
});
const choice = z.object({
  Choices: z.array(z.object({ Condition: z.string(), Next: z.string() })),
  Default: z.string(),
});
const parallel = base.extend({
  Branches: z.array(z.object({ StartAt: z.string(), States: z.record(z.string(), task) })),
});

/** One call of a function by an execution: each branch of a Parallel has one, anything else just one. */
export interface Try {
  readonly function: string;
  readonly payload: Fields;
  /** From 1. */
  readonly attempt: number;
  readonly attempts: number;
  /** It is begun. */
  readonly called: boolean;
  /** What it waits with after the function is done. */
  readonly token?: string;
  readonly result?: Json;
}

/** An execution between two steps: plain data. */
export interface Execution {
  readonly name: string;
  readonly status: 'running' | 'over' | 'failed';
  readonly state: string;
  readonly parley: z.output<typeof parleySchema>;
  /** How many states with a task it has entered. */
  readonly entry: number;
  /** When it entered this one. */
  readonly at: number;
  readonly tries: readonly Try[];
}

/**
 * Walks through a compiled definition as Step Functions does. What is left out: the variables that mirror the workflow's, the
 * pauses before retries, the numbers of the limits. What is between two tasks takes no time and touches nothing.
 */
export class Walker {
  readonly #states: { readonly [name: string]: Fields };
  readonly #start: string;
  readonly #values = new Map<string, Json>();

  constructor({ States, StartAt }: StateMachine) {
    this.#states = States;
    this.#start = StartAt;
  }

  async begin(name: string, input: Json, now: number): Promise<Execution> {
    const { parley } = told.parse(input);
    const fresh = { name, status: 'running', state: this.#start, parley, entry: 0, at: now, tries: [] } as const;
    return this.#go(fresh, this.#start, input, now);
  }

  /** A function has answered. Where all have that it waits for, it goes on. */
  async answered(execution: Execution, branch: number, result: Json, now: number): Promise<Execution> {
    const tries = execution.tries.map((one, index) => (index === branch ? { ...one, result } : one));
    const next = { ...execution, tries };
    if (!tries.every((one) => one.result !== undefined)) return next;
    const { Type, Assign = {}, Next } = base.parse(this.#states[execution.state]);
    const results = tries.map((one): Json => one.result ?? null);
    const given = Type === 'Parallel' ? results : { Payload: results[0] ?? null };
    return this.#leave(next, Assign, given, Next ?? '', {}, now);
  }

  /** A function has failed, or what it waits for is late. */
  async failed(execution: Execution, branch: number, error: string, now: number): Promise<Execution> {
    const one = execution.tries[branch];
    if (!one) return execution;
    if (error !== 'States.Timeout' && one.attempt < one.attempts) return this.again(execution, branch);
    const { Catch } = base.parse(this.#states[execution.state]);
    const found = Catch.find(({ ErrorEquals }) =>
      ErrorEquals.some(
        (name) =>
          name === error || name === 'States.ALL' || (name === 'States.TaskFailed' && error !== 'States.Timeout'),
      ),
    );
    if (!found) return { ...execution, status: 'failed', tries: [] };
    const output = await this.#fill(found.Output, {
      parley: execution.parley,
      states: { errorOutput: { Error: error } },
    });
    return this.#go(execution, found.Next, output, now);
  }

  /** A function is called once more. */
  again(execution: Execution, branch: number): Execution {
    const tries = execution.tries.map((one, index) => {
      if (index !== branch) return one;
      const attempt = one.attempt + 1;
      if (one.token === undefined) return { ...one, attempt, called: false };
      const token = tokenOf(execution, attempt);
      return { ...one, attempt, called: false, token, payload: { ...one.payload, token } };
    });
    return { ...execution, tries };
  }

  /** The functions that it waits for are begun. */
  begun(execution: Execution): Execution {
    return { ...execution, tries: execution.tries.map((one) => ({ ...one, called: true })) };
  }

  async #leave(
    execution: Execution,
    assign: Fields,
    result: Json,
    next: string,
    output: Json,
    now: number,
  ): Promise<Execution> {
    const assigned = assign['parley'];
    const seen = { parley: execution.parley, states: { result } };
    const parley = assigned === undefined ? execution.parley : parleyFields.parse(await this.#fill(assigned, seen));
    return this.#go({ ...execution, parley }, next, output, now);
  }

  async #go(execution: Execution, state: string, input: Json, now: number): Promise<Execution> {
    const definition = this.#states[state];
    const here = { ...execution, state, tries: [] };
    const states = (token: string) => ({ input, context: { Task: { Token: token } } });
    const { Type, Assign = {}, Next = '' } = base.parse(definition);
    switch (Type) {
      case 'Succeed':
        return { ...here, status: 'over' };
      case 'Fail':
        return { ...here, status: 'failed' };
      case 'Pass': {
        const parley = parleySchema
          .and(fields)
          .parse(await this.#fill(Assign['parley'] ?? null, { parley: execution.parley, states: states('') }));
        return this.#go({ ...here, parley }, Next, {}, now);
      }
      case 'Choice': {
        const { Choices, Default } = choice.parse(definition);
        for (const rule of Choices) {
          if ((await this.#fill(rule.Condition, { parley: execution.parley, states: states('') })) === true) {
            return this.#go(here, rule.Next, input, now);
          }
        }
        return this.#go(here, Default, input, now);
      }
      case 'Task':
      case 'Parallel': {
        const tasks =
          Type === 'Task'
            ? [task.parse(definition)]
            : parallel.parse(definition).Branches.map(({ StartAt, States }) => task.parse(States[StartAt]));
        const entered = { ...here, entry: execution.entry + 1, at: now };
        const tries: Try[] = [];
        for (const { Resource, Arguments, Retry } of tasks) {
          const waits = Resource.endsWith('.waitForTaskToken');
          const token = tokenOf(entered, 1);
          const payload = fields.parse(
            await this.#fill(Arguments.Payload, { parley: execution.parley, states: states(token) }),
          );
          const attempts = 1 + Math.max(0, ...Retry.map(({ MaxAttempts }) => MaxAttempts));
          tries.push({
            function: Arguments.FunctionName,
            payload,
            attempt: 1,
            attempts,
            called: false,
            ...(waits ? { token } : {}),
          });
        }
        return { ...entered, tries };
      }
      default:
        throw new Error(`${state} is a ${Type}, which is not walked through.`);
    }
  }

  /** What stands in a field, with the values of its expressions. */
  async #fill(value: Json, seen: { readonly [variable: string]: unknown }): Promise<Json> {
    if (typeof value === 'string') return value.startsWith('{%') ? this.#evaluate(value, seen) : value;
    if (Array.isArray(value)) return Promise.all(value.map((one: Json) => this.#fill(one, seen)));
    if (typeof value !== 'object' || value === null) return value;
    const filled: [string, Json][] = [];
    for (const [name, one] of Object.entries(value)) filled.push([name, await this.#fill(one, seen)]);
    return Object.fromEntries(filled);
  }

  async #evaluate(text: string, seen: { readonly [variable: string]: unknown }): Promise<Json> {
    const key = `${text} ${JSON.stringify(seen)}`;
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value: unknown = await jsonata(text.slice(2, -2)).evaluate(undefined, { ...seen });
    const found: Json = json.parse(JSON.parse(JSON.stringify(value)));
    this.#values.set(key, found);
    return found;
  }
}

const tokenOf = ({ name, entry }: Pick<Execution, 'name' | 'entry'>, attempt: number) => `${name}/${entry}/${attempt}`;
