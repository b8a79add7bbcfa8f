import { type Clock, ConflictError, type Decider, sleep, type Store, StoreError, type Tools } from '@parley/engine';
import type { Executions } from '@parley/stepfunctions';
import type { Fault, FunctionName, Step } from './faults.ts';

/** Longer than any task here waits for its function, or a contact for the front door. */
const LATE = 40_000;
/** When Lambda gives a run up and says so, in milliseconds. */
const LIMITS: { readonly [of in FunctionName]: number } = {
  ask: 10_000,
  decide: 30_000,
  call: 60_000,
  finish: 10_000,
  turn: 10_000,
  tick: 60_000,
};
const MUCH_LATER = 600_000;

const never = () => new Promise<never>(() => undefined);

/** What all runs of functions have in common: the time, what is to go wrong, and what has been done. */
export interface Weather {
  readonly clock: Clock;
  readonly faults: readonly Fault[];
  /** Milliseconds that a function's clock is ahead. */
  readonly skew: (of: FunctionName, run: number) => number;
  /** All steps so far. */
  readonly steps: Step[];
  /** The faults that have come about. */
  readonly met: Set<Fault>;
  /** How often each function has been asked. */
  readonly runs: Map<FunctionName, number>;
  /** Until when the table is away. */
  away: number;
}

/** One run of a function: a process that may die between any two of its operations. */
export class Process {
  readonly of: FunctionName;
  readonly #weather: Weather;
  readonly #run: number;
  #alive = true;
  #steps = 0;
  #exit: (error: Error) => void = () => undefined;

  private constructor(weather: Weather, of: FunctionName) {
    this.of = of;
    this.#weather = weather;
    this.#run = weather.runs.get(of) ?? 0;
    weather.runs.set(of, this.#run + 1);
  }

  /** Has Lambda run a function. Rejects as Lambda does where the process dies or there are too many. */
  static async invoke<T>(weather: Weather, of: FunctionName, handler: (process: Process) => Promise<T>): Promise<T> {
    const first = new Process(weather, of);
    const { clock, met } = weather;
    const fault = weather.faults.find(
      ({ at, kind }) =>
        at.of === of &&
        at.step === 0 &&
        (at.run === first.#run || (kind === 'throttled for good' && first.#run > at.run && first.#run < at.run + 6)),
    );
    const more = () => void new Process(weather, of).#start(handler).catch(() => undefined);
    switch (fault?.kind) {
      case 'throttled':
      case 'throttled for good':
        met.add(fault);
        throw lambdaError('Lambda.TooManyRequestsException');
      case 'twice':
        met.add(fault);
        more();
        break;
      case 'again':
      case 'again much later':
        met.add(fault);
        clock.after(fault.kind === 'again' ? 1_000 : MUCH_LATER, more);
        break;
      default:
    }
    return first.#start(handler);
  }

  #start<T>(handler: (process: Process) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#exit = reject;
      const forget = this.#weather.clock.after(LIMITS[this.of], () => reject(lambdaError('Sandbox.Timedout')));
      handler(this)
        .then(
          (value) => this.#alive && resolve(value),
          (error: unknown) => this.#alive && reject(error),
        )
        .finally(forget);
    });
  }

  #die(error?: Error): Promise<never> {
    this.#alive = false;
    if (error) this.#exit(error);
    return never();
  }

  get clock(): Clock {
    const { clock, skew } = this.#weather;
    return {
      now: () => clock.now() + skew(this.of, this.#run),
      after: (milliseconds, then) => clock.after(milliseconds, () => this.#alive && then()),
    };
  }

  /** Does one operation, with what goes wrong at it. */
  async #do<T>(what: string, session: string, work: () => Promise<T>): Promise<T> {
    if (!this.#alive) return never();
    const { clock, faults, steps, met } = this.#weather;
    const at: Step = { of: this.of, run: this.#run, step: this.#steps++, what };
    steps.push(at);
    const fault = faults.find(({ at: { of, run, step } }) => of === at.of && run === at.run && step === at.step);
    const kind = fault?.kind;
    if (fault && kind && !RUN.has(kind)) met.add(fault);
    if (kind === 'table away for 4 s') this.#weather.away = clock.now() + 4_000;
    if (kind === 'table away for 40 s') this.#weather.away = clock.now() + 40_000;
    if (what.startsWith('store.') && clock.now() < this.#weather.away) throw refusal(what);
    switch (kind) {
      case 'dies before':
        return this.#die(lambdaError('Runtime.ExitError'));
      case 'hangs before':
        return this.#die();
      case 'late before':
        await sleep(clock, LATE);
        break;
      case 'fails before':
        throw refusal(what);
      case 'conflict':
        throw new ConflictError(session, 0);
      default:
    }
    const done = await work();
    switch (kind) {
      case 'dies after':
        return this.#die(lambdaError('Runtime.ExitError'));
      case 'hangs after':
        return this.#die();
      case 'late after':
        await sleep(clock, LATE);
        break;
      case 'fails after':
        throw loss(what);
      default:
    }
    return this.#alive ? done : never();
  }

  /** A promise that a dead process hears nothing of. */
  async heard<T>(promise: Promise<T>): Promise<T> {
    const value = await promise;
    return this.#alive ? value : never();
  }

  store(store: Store): Store {
    const done = <R>(what: string, work: () => Promise<R>) => this.#do(`store.${what}`, '', work);
    return {
      load: (...args) => done('load', () => store.load(...args)),
      reply: (...args) => done('reply', () => store.reply(...args)),
      commit: (commit) => this.#do('store.commit', commit.session, () => store.commit(commit)),
      events: (...args) => done('events', () => store.events(...args)),
      dueTimers: (...args) => done('dueTimers', () => store.dueTimers(...args)),
      nextTimer: () => done('nextTimer', () => store.nextTimer()),
      working: () => done('working', () => store.working()),
      sessions: (...args) => done('sessions', () => store.sessions(...args)),
      remove: (...args) => done('remove', () => store.remove(...args)),
      sweep: (...args) => done('sweep', () => store.sweep(...args)),
      keepWorkflow: (...args) => done('keepWorkflow', () => store.keepWorkflow(...args)),
      workflow: (...args) => done('workflow', () => store.workflow(...args)),
      close: () => store.close(),
    };
  }

  executions(executions: Executions): Executions {
    return {
      start: (...args) => this.#do('sfn.StartExecution', '', () => executions.start(...args)),
      goOn: (...args) => this.#do('sfn.SendTaskSuccess', '', () => executions.goOn(...args)),
      state: (...args) => this.#do('sfn.DescribeExecution', '', () => executions.state(...args)),
      run: (...args) => this.#do('sfn.StartSyncExecution', '', () => executions.run(...args)),
    };
  }

  decider(decider: Decider): Decider {
    return {
      name: decider.name,
      decide: (question) => this.#do('decider.decide', '', () => decider.decide(question)),
    };
  }

  tools(tools: Tools): Tools {
    return Object.fromEntries(
      Object.entries(tools).map(([name, { signature, call }]) => [
        name,
        { signature, call: (input, context) => this.#do(`tool.${name}`, '', () => call(input, context)) },
      ]),
    );
  }

  /** What a contact is told though it does not wait. */
  push<T>(push: (value: T) => void): (value: T) => Promise<void> {
    return (value) => this.#do('push', '', async () => push(value));
  }
}

const RUN: ReadonlySet<Fault['kind']> = new Set([
  'throttled',
  'throttled for good',
  'twice',
  'again',
  'again much later',
]);

function lambdaError(name: string): Error {
  const error = new Error('It is gone.');
  error.name = name;
  return error;
}

function refusal(what: string): Error {
  if (what.startsWith('store.')) return new StoreError('store/throttled', 'Too much.', 'Later.', undefined);
  return lambdaError('ThrottlingException');
}

function loss(what: string): Error {
  if (what.startsWith('store.')) return new StoreError('store/unavailable', 'No answer.', 'Again.', undefined);
  return lambdaError('TimeoutError');
}
