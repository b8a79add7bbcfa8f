import { randomUUID } from 'node:crypto';
import type { Json } from '@parley/workflow';
import { ApiError, invalidMember } from './api-error.ts';
import { Execution, type World } from './execution.ts';
import { DATA_LIMIT, parseJson } from './json.ts';
import { checkName, type Found, type Machine } from './machines.ts';

/** An execution, and how it was started. */
export interface Started {
  readonly execution: Execution;
  /** Its place among all executions. */
  readonly place: number;
  readonly machine: Machine;
  readonly found: Found;
  /** The input's text, as it was given. */
  readonly input: string;
}

/** The executions of one account and region. Everything it throws is an ApiError. */
export class Executions {
  readonly #executions = new Map<string, Started>();
  readonly #express = new Set<Execution>();
  readonly #world: World;
  readonly #region: string;
  readonly #account: string;
  #places = 0;

  constructor(world: World, region: string, account: string) {
    this.#world = world;
    this.#region = region;
    this.#account = account;
  }

  /**
   * Starts one. A Standard execution that runs already by the same name and input is the one; a name that was used for
   * something else is refused. `find` gets the execution's name: an alias with two versions goes by it.
   */
  start(find: (name: string) => Found, given: { name: string | undefined; input: string | undefined }): Started {
    const name = given.name ?? randomUUID();
    checkName(name);
    const found = find(name);
    const { machine, revision } = found;
    const text = given.input ?? '{}';
    const input = readInput(text);
    const arn =
      machine.type === 'STANDARD'
        ? this.#arn('execution', machine.name, name)
        : this.#arn('express', machine.name, `${name}:${randomUUID()}`);
    const there = this.#executions.get(arn);
    if (there) {
      if (there.execution.status.status === 'RUNNING' && there.input === text) return there;
      throw new ApiError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const execution = new Execution(
      {
        arn,
        name,
        type: machine.type,
        machine: { definition: revision.definition, arn: machine.arn, name: machine.name, roleArn: revision.roleArn },
        input,
        region: this.#region,
      },
      this.#world,
    );
    this.#places += 1;
    const started = { execution, place: this.#places, machine, found, input: text };
    if (machine.type === 'STANDARD') this.#executions.set(arn, started);
    else this.#keepWhileItRuns(execution);
    return started;
  }

  find(arn: string): Started {
    if (!arn.startsWith('arn:')) throw new ApiError('InvalidArn', `Invalid Arn: 'Invalid ARN prefix: ${arn}'`);
    const started = this.#executions.get(arn);
    if (!started) throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return started;
  }

  of(machine: Machine): Started[] {
    return [...this.#executions.values()].filter((started) => started.machine === machine);
  }

  /** Ends all that still run, of one machine or of all. */
  stopAll(machine?: Machine): void {
    const standard = [...this.#executions.values()].map(({ execution }) => execution);
    for (const execution of [...standard, ...this.#express]) {
      if (!machine || execution.request.machine.arn === machine.arn) execution.stop(undefined, undefined);
    }
  }

  /** AWS keeps nothing of an Express execution that is over. */
  #keepWhileItRuns(execution: Execution): void {
    this.#express.add(execution);
    execution.over.then(() => this.#express.delete(execution));
  }

  #arn = (kind: string, machine: string, rest: string) =>
    `arn:aws:states:${this.#region}:${this.#account}:${kind}:${machine}:${rest}`;
}

function readInput(text: string): Json {
  if (Buffer.byteLength(text) > DATA_LIMIT) {
    throw invalidMember("at 'input'", 'input', `Member must have length less than or equal to ${DATA_LIMIT}`);
  }
  const refused = (why: string) =>
    new ApiError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${why}'`);
  if (text.trim() === '') throw refused('Invalid execution input.');
  try {
    return parseJson(text);
  } catch (error) {
    throw refused(error instanceof Error ? error.message : 'Invalid execution input.');
  }
}
