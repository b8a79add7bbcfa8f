import type { Clock } from '@parley/engine';
import type { Json } from '@parley/workflow';
import type { Definition } from './definition.ts';
import { Halted, StatesError } from './error.ts';
import { Flow } from './flow.ts';
import { History, type HistoryEvent, told, toldError } from './history.ts';
import type { JsonObject } from './json.ts';
import type { Lambda } from './lambda.ts';
import { seeded } from './random.ts';
import { runFlow } from './states.ts';
import { after } from './timer.ts';
import type { Tokens } from './tokens.ts';

/** What an execution is started with. */
export interface ExecutionRequest {
  readonly arn: string;
  readonly name: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly machine: {
    readonly definition: Definition;
    readonly arn: string;
    readonly name: string;
    readonly roleArn: string;
  };
  readonly input: Json;
  readonly region: string;
}

/** What an execution needs of the world. */
export interface World {
  readonly clock: Clock;
  readonly lambda: Lambda;
  readonly tokens: Tokens;
  /** Told of each event of an execution, by its ARN. */
  readonly watch?: ((execution: string, event: HistoryEvent) => void) | undefined;
}

export type Status =
  | { readonly status: 'RUNNING' }
  | { readonly status: 'SUCCEEDED'; readonly output: Json }
  | {
      readonly status: 'FAILED' | 'ABORTED' | 'TIMED_OUT';
      readonly error: string | undefined;
      readonly cause: string | undefined;
    };

/** An Express execution may take so long: five minutes. */
const EXPRESS_LIMIT = 300_000;

/** One run of a state machine. It begins at once, and is the same each time for the same name, input and answers of its tasks. */
export class Execution {
  readonly request: ExecutionRequest;
  readonly history: History;
  readonly startedAt: number;
  /** Resolves when the execution is over, however it ends. */
  readonly over: Promise<void>;
  stoppedAt: number | undefined;
  status: Status = { status: 'RUNNING' };
  readonly #flow: Flow;
  readonly #clock: Clock;
  #end: () => void = () => undefined;

  constructor(request: ExecutionRequest, { clock, lambda, tokens, watch }: World) {
    const { arn, name, type, machine, input, region } = request;
    this.request = request;
    this.#clock = clock;
    this.startedAt = clock.now();
    this.history = new History(
      type === 'STANDARD',
      () => clock.now(),
      (event) => watch?.(arn, event),
    );
    const context: JsonObject = {
      Execution: {
        Id: arn,
        Input: input,
        Name: name,
        RoleArn: machine.roleArn,
        StartTime: new Date(this.startedAt).toISOString(),
        ...(type === 'STANDARD' ? { RedriveCount: 0 } : {}),
      },
      StateMachine: { Id: machine.arn, Name: machine.name },
    };
    this.#flow = new Flow(
      {
        machine: machine.definition,
        arn,
        region,
        clock,
        lambda,
        tokens,
        history: this.history,
        random: seeded(arn),
        context,
        held: { bytes: 0 },
      },
      machine.definition,
      { around: {}, previous: 0 },
    );
    this.history.add('ExecutionStarted', 0, {
      executionStartedEventDetails: { ...told('input', input), roleArn: machine.roleArn },
    });
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
    const limit = Math.min(
      (machine.definition.TimeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000,
      type === 'EXPRESS' ? EXPRESS_LIMIT : Number.POSITIVE_INFINITY,
    );
    if (Number.isFinite(limit)) {
      const cancel = after(clock, limit, () => this.#timeOut());
      this.over.then(cancel);
    }
    this.#run(input);
  }

  /** Ends it from outside. False where it is over already. */
  stop(error: string | undefined, cause: string | undefined): boolean {
    if (this.status.status !== 'RUNNING') return false;
    this.history.end('ExecutionAborted', 0, { executionAbortedEventDetails: toldError(error, cause) });
    this.#finish({ status: 'ABORTED', error, cause });
    return true;
  }

  async #run(input: Json): Promise<void> {
    try {
      // Whoever started it hears of it before its first state.
      await null;
      const output = await runFlow(this.#flow, input);
      if (this.status.status !== 'RUNNING') return;
      this.history.end('ExecutionSucceeded', this.#flow.previous, {
        executionSucceededEventDetails: told('output', output),
      });
      this.#finish({ status: 'SUCCEEDED', output });
    } catch (error) {
      if (this.status.status !== 'RUNNING' || error instanceof Halted) return;
      // Anything else is a fault of the interpreter's own: it is told, so that nothing waits for ever.
      const { error: name, reason } =
        error instanceof StatesError
          ? error
          : new StatesError('States.Runtime', `The local interpreter failed: ${String(error)}`);
      const previous = name === 'States.Runtime' && this.history.full ? this.history.last : this.#flow.previous;
      this.history.end('ExecutionFailed', previous, { executionFailedEventDetails: toldError(name, reason) });
      this.#finish({ status: 'FAILED', error: name, cause: reason });
    }
  }

  #timeOut(): void {
    if (this.status.status !== 'RUNNING') return;
    this.history.end('ExecutionTimedOut', 0, { executionTimedOutEventDetails: { error: 'States.Timeout' } });
    this.#finish({ status: 'TIMED_OUT', error: undefined, cause: undefined });
  }

  #finish(status: Status): void {
    this.status = status;
    this.stoppedAt = this.#clock.now();
    this.#flow.halt();
    this.#end();
  }
}
