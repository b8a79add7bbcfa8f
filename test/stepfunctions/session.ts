import { SFNServiceException } from '@aws-sdk/client-sfn';
import { memoryStore } from '@parley/stores';
import { type Json, ParleyError } from '@parley/workflow';
import type { Machine } from '@parley/machine';
import {
  type Clock,
  type Decider,
  Machines,
  type ManualClock,
  type Reply,
  signaturesOf,
  type Store,
  type Tools,
} from '@parley/engine';
import {
  compileToStepFunctions,
  definitionText,
  fire,
  handlersOf,
  type LocalFunction,
  type Shape,
  sfnExecutions,
  type Told,
  turn,
  type World,
} from '@parley/stepfunctions';
import type { Endpoint, Standing } from './endpoint.ts';
import { type Executed, type Gone, type Host, keptOf, pass } from './hosts.ts';
import { entered, isObject } from './compare.ts';

const FUNCTIONS = ['ask', 'decide', 'call', 'finish'] as const;
type FunctionName = (typeof FUNCTIONS)[number];

/** So long nothing may happen in a session that is under way, in milliseconds. */
const PATIENCE = 30_000;
/** How often it is looked whether an execution has ended that should not have, in milliseconds. */
const WATCH = 500;

/** A workflow as a state machine at an endpoint, with the functions that it calls. */
export class Site {
  /** Of the state machine. */
  readonly name: string;
  readonly shape: Shape;
  readonly machine: Machine;
  readonly machines: Machines;
  readonly endpoint: Endpoint;
  readonly stateMachineArn: string;
  readonly #sessions: Map<string, SteppedSession>;

  private constructor(
    of: Pick<Site, 'name' | 'shape' | 'machine' | 'machines' | 'endpoint' | 'stateMachineArn'>,
    sessions: Map<string, SteppedSession>,
  ) {
    this.name = of.name;
    this.shape = of.shape;
    this.machine = of.machine;
    this.machines = of.machines;
    this.endpoint = of.endpoint;
    this.stateMachineArn = of.stateMachineArn;
    this.#sessions = sessions;
  }

  /**
   * Puts a workflow there. `name`: of the state machine, which the names of its functions begin with; they are added to
   * `functions`. `tools`: what they are like.
   */
  static async make(
    endpoint: Endpoint,
    functions: { [name: string]: LocalFunction },
    given: { readonly name: string; readonly machine: Machine; readonly tools: Tools; readonly shape: Shape },
  ): Promise<Site> {
    const { name, machine, tools, shape } = given;
    const sessions = new Map<string, SteppedSession>();
    const names = { ask: `${name}-ask`, decide: `${name}-decide`, call: `${name}-call`, finish: `${name}-finish` };
    for (const one of FUNCTIONS) {
      functions[names[one]] = async (event) => {
        const session = sessions.get(sessionIn(event));
        if (!session) throw new ParleyError('conformance/unknown-session', 'There is no such session in this run.');
        return session.invoked(one, event);
      };
    }
    const definition = definitionText(
      compileToStepFunctions(machine.program, { shape, functions: names, tools: signaturesOf(tools) }),
    );
    const type = shape === 'per-turn' && endpoint.abilities.sync ? 'EXPRESS' : 'STANDARD';
    const stateMachineArn = await endpoint.create(name, definition, type);
    const machines = new Machines([machine], tools, memoryStore(), 'none');
    return new Site({ name, shape, machine, machines, endpoint, stateMachineArn }, sessions);
  }

  /** A session of its own. `clock`: what it has for the time. `passes`: see `SteppedSession`. */
  session(
    setting: SessionSetting,
    clock: ManualClock,
    passes?: (instant: number) => boolean,
    patience: number = PATIENCE,
  ): SteppedSession {
    const session = new SteppedSession(this, setting, clock, passes, patience);
    this.#sessions.set(setting.session, session);
    return session;
  }

  forget(session: string): void {
    this.#sessions.delete(session);
  }

  close(): Promise<void> {
    return this.endpoint.remove(this.stateMachineArn);
  }
}

export interface SessionSetting {
  readonly session: string;
  readonly tools: Tools;
  readonly decider: Decider;
}

/**
 * One session of a workflow on Step Functions. `passes`: where the endpoint has a clock of its own, which nobody can move;
 * it tells whether the contact will still be there at an instant. A wait that ends before is told as one second, and the
 * session's clock is moved to its end; any other is told as it is, and ends by its token.
 */
export class SteppedSession implements Host<Gone & Executed> {
  readonly #site: Site;
  readonly #session: string;
  readonly #clock: ManualClock;
  readonly #store: Store;
  readonly #world: World;
  readonly #passes: ((instant: number) => boolean) | undefined;
  readonly #handlers: ReturnType<typeof handlersOf>;
  readonly #replies: Reply[] = [];
  readonly #asked: string[] = [];
  readonly #failed: string[] = [];
  readonly #running = new Set<Promise<void>>();
  /** Called with the next thing that happens. */
  readonly #listeners = new Set<() => void>();
  /** How many functions are at work. */
  #underWay = 0;
  /** The token that the execution waits with. */
  #token: string | undefined;
  #executionArn: string | undefined;
  #last: Standing | undefined;
  /** What executions gave at their end, not compared yet. */
  readonly #outputs: string[] = [];
  readonly #ends: Executed['ends'][number][] = [];
  #lastFunction = 'none';
  #happened = Date.now();
  readonly #watch: NodeJS.Timeout;
  readonly #stop = new AbortController();
  #broke: ((error: Error) => void) | undefined;
  readonly #broken: Promise<never>;

  constructor(
    site: Site,
    { session, tools, decider }: SessionSetting,
    clock: ManualClock,
    passes: ((instant: number) => boolean) | undefined,
    patience: number,
  ) {
    this.#site = site;
    this.#session = session;
    this.#clock = clock;
    this.#passes = passes;
    const { store, news } = watched(memoryStore(), clock);
    const { name: workflow, version } = site.machine.program;
    this.#store = store;
    this.#world = {
      shape: () => site.shape,
      store,
      decider,
      tools: () => tools,
      guard: 'none',
      clock,
      machines: site.machines,
      releases: { of: async () => ({ workflow, version, stateMachine: site.stateMachineArn }) },
      news,
      push: async (reply) => void this.#replies.push(reply),
      unseen: () => undefined,
      executions: this.#executions(),
    };
    this.#handlers = handlersOf(this.#world);
    this.#broken = new Promise((_, reject) => {
      this.#broke = reject;
    });
    this.#broken.catch(() => undefined);
    this.#watch = setInterval(() => void this.#look(patience), WATCH);
  }

  async send(id: string, event: Parameters<typeof turn>[1]['event']): Promise<Reply> {
    return this.#unlessBroken(async () => {
      const reply = await turn(this.#world, { session: this.#session, id, event });
      this.#replies.push(reply);
      await this.#settled();
      return reply;
    });
  }

  async until(at: number): Promise<void> {
    return this.#unlessBroken(() =>
      pass(this.#clock, this.#store, at, async () => {
        const due = () => this.#store.dueTimers(this.#clock.now(), 10);
        if (this.#site.shape === 'per-turn') {
          for (const { timer } of await due()) await fire(this.#world, this.#session, timer);
        } else {
          // The execution's own wait ends.
          await this.#when(async () => (await due()).length === 0);
        }
        await this.#settled();
      }),
    );
  }

  nextTimer(): Promise<number | undefined> {
    return this.#store.nextTimer();
  }

  async gone(): Promise<Gone & Executed> {
    const { endpoint, machine, shape } = this.#site;
    const kept = await keptOf(this.#store, machine, this.#session);
    const history =
      shape === 'per-contact' && endpoint.abilities.history && this.#executionArn !== undefined
        ? await wholeHistory(endpoint, this.#executionArn, kept.ended)
        : undefined;
    const { status = this.#executionArn === undefined ? undefined : 'RUNNING' } = this.#last ?? {};
    return {
      replies: this.#replies,
      ...kept,
      asked: this.#asked,
      failed: this.#failed,
      status,
      history,
      ends: this.#ends,
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#watch);
    this.#stop.abort();
    this.#site.forget(this.#session);
    if (this.#site.shape === 'per-contact' && this.#last === undefined && this.#executionArn !== undefined) {
      await this.#site.endpoint.stop(this.#executionArn);
    }
  }

  /** What the state machine asks of a function. */
  async invoked(name: FunctionName, event: Json): Promise<unknown> {
    this.#note(name === 'ask' ? 'ask' : `${name} at ${stepIn(event)}`);
    if (name !== 'ask') {
      this.#asked.push(name === 'finish' ? '(finish)' : stepIn(event));
      this.#token = undefined;
    }
    const token = name === 'ask' ? tokenIn(event) : undefined;
    if (token !== undefined) this.#token = token;
    this.#underWay += 1;
    try {
      const given = await this.#handlers[name](event);
      return isTold(given) ? await this.#hurried(given) : given;
    } catch (error) {
      this.#failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    } finally {
      this.#underWay -= 1;
      this.#note();
    }
  }

  #executions(): World['executions'] {
    const { endpoint, name } = this.#site;
    const client = endpoint.client({
      began: (executionArn) => this.#began(executionArn),
      over: (standing) => this.#ended(standing),
    });
    const production = sfnExecutions(client);
    const run = (pinned: Parameters<typeof production.run>[0], at: Told) =>
      endpoint.abilities.sync ? production.run(pinned, at) : this.#polled(at);
    return {
      // An engine may take the same name for the same execution, whichever state machine's it is.
      start: async (pinned, at) =>
        production.start({ ...pinned, session: `${pinned.session}-${name}` }, await this.#hurried(at)),
      goOn: async (token) => {
        if (this.#token === token) this.#token = undefined;
        return production.goOn(token).catch((error: unknown) => {
          // An engine may have other names for a token that is over.
          if (error instanceof SFNServiceException) return false;
          throw error;
        });
      },
      // Not by an ARN that is made of others: an engine may name its executions otherwise.
      state: async () => {
        if (this.#executionArn === undefined) return 'none';
        const { status } = await endpoint.describe(this.#executionArn);
        return status === 'RUNNING' ? 'running' : 'over';
      },
      run: (pinned, at) => {
        const running = run(pinned, at);
        this.#running.add(running);
        const over = () => void this.#running.delete(running);
        running.then(over, over);
        return running;
      },
    };
  }

  async #polled(at: Told): Promise<void> {
    const { endpoint, stateMachineArn } = this.#site;
    this.#executionArn = await endpoint.start(stateMachineArn, JSON.stringify(at));
    this.#ended(await endpoint.over(this.#executionArn, this.#stop.signal));
  }

  #began(executionArn: string): void {
    const before = this.#executionArn;
    this.#executionArn = executionArn;
    this.#note();
    if (this.#site.shape === 'per-turn' || before === undefined || before === executionArn) return;
    // The functions have led the session on behind an execution that ended: for its contact that is right.
    const why = this.#site.endpoint.describe(before).then(failureOf, () => 'the execution is lost');
    void why.then((failure) => this.#break(`${failure}; another was started in its place`));
  }

  #ended(standing: Standing): void {
    this.#last = standing;
    this.#note();
    if (standing.output !== undefined) this.#outputs.push(standing.output);
    if (standing.status !== 'SUCCEEDED') void this.#break(failureOf(standing));
  }

  /** A wait whose end the contact will see is told as a second: the clock of the session is moved, the endpoint's is not. */
  async #hurried(told: Told): Promise<Told> {
    if (!this.#passes) return told;
    const due = await this.#store.nextTimer();
    const { parley } = told;
    const left = due === undefined ? Number.NaN : Math.ceil((due - this.#clock.now()) / 1_000);
    if (due === undefined || parley.wait !== left || !this.#passes(due)) return told;
    return { ...told, parley: { ...parley, wait: 1 } };
  }

  /** All that goes on by itself has gone on. */
  async #settled(): Promise<void> {
    await Promise.all([...this.#running]);
    if (this.#site.shape === 'per-turn') return this.#compared();
    if (this.#executionArn === undefined) return;
    let ended = false;
    await this.#when(async () => {
      ended = (await this.#store.load(this.#session))?.status === 'ended';
      // It waits where the session is: its token is kept, and nobody has sent it.
      return ended || (this.#token !== undefined && this.#underWay === 0);
    });
    if (!ended) return;
    if (this.#last) return;
    this.#ended(await this.#site.endpoint.over(this.#executionArn, this.#stop.signal));
    await this.#compared();
  }

  /** What executions have given at their end is kept beside what the session is then. */
  async #compared(): Promise<void> {
    const outputs = this.#outputs.splice(0);
    if (outputs.length === 0) return;
    const { vars, open } = await keptOf(this.#store, this.#site.machine, this.#session);
    for (const output of outputs) this.#ends.push({ output: JSON.parse(output), vars, open });
  }

  #note(doing?: string): void {
    this.#happened = Date.now();
    if (doing !== undefined) this.#lastFunction = doing;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  /** Resolves when something holds. Listens before it looks: what happens meanwhile is not missed. */
  async #when(holds: () => Promise<boolean>): Promise<void> {
    for (;;) {
      const next = new Promise<void>((resolve) => this.#listeners.add(resolve));
      if (await holds()) return;
      await next;
    }
  }

  async #unlessBroken<T>(work: () => Promise<T>): Promise<T> {
    this.#note();
    return Promise.race([work(), this.#broken]);
  }

  /** Looks whether an execution has ended that should not have, and whether anything still happens. */
  async #look(patience: number): Promise<void> {
    const quiet = Date.now() - this.#happened;
    if (quiet < 2 * WATCH || this.#executionArn === undefined) {
      if (quiet > patience)
        await this.#break(`nothing has happened for ${patience / 1_000} s, and no execution was started`);
      return;
    }
    const standing = await this.#site.endpoint
      .describe(this.#executionArn)
      .catch(
        (error: unknown): Standing => ({ status: 'RUNNING', error: `nobody knows how it stands: ${String(error)}` }),
      );
    const over = standing.status !== 'RUNNING';
    if (over && standing.status !== 'SUCCEEDED') return this.#break(failureOf(standing));
    if (over && this.#site.shape === 'per-contact' && (await this.#store.load(this.#session))?.status === 'active') {
      return this.#break('the execution has come to an end, and the session has not');
    }
    if (quiet > patience) {
      await this.#break(`nothing has happened for ${patience / 1_000} s; ${failureOf(standing)}`);
    }
  }

  async #break(why: string): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const { endpoint, shape } = this.#site;
    const states =
      shape === 'per-contact' && endpoint.abilities.history && this.#executionArn !== undefined
        ? await endpoint.history(this.#executionArn).then(entered, () => [])
        : [];
    const where = states.length === 0 ? '' : `; last states: ${states.slice(-6).join(' → ')}`;
    this.#broke?.(new Error(`${why}${where}; last function called: ${this.#lastFunction}`));
  }
}

/** History may be told a little later than how an execution stands. */
async function wholeHistory(endpoint: Endpoint, executionArn: string, ended: boolean) {
  for (let looks = 1; ; looks++) {
    const history = await endpoint.history(executionArn);
    const last = history.at(-1)?.type ?? '';
    if (!ended || last.startsWith('Execution') || looks === 4) return history;
    await new Promise((resolve) => setTimeout(resolve, 100 * looks));
  }
}

function failureOf({ status, error, cause }: Standing): string {
  return `the execution is ${status}${error === undefined ? '' : `: ${error}`}${cause === undefined ? '' : `: ${cause}`}`;
}

const isTold = (given: Told | Record<string, never>): given is Told => 'parley' in given;

const field = (event: Json, name: string): string => {
  const value = isObject(event) ? event[name] : undefined;
  return typeof value === 'string' ? value : '';
};
const sessionIn = (event: Json) => field(event, 'session');
const stepIn = (event: Json) => field(event, 'step');
const tokenIn = (event: Json) => field(event, 'token');

/** A store that tells of its commits. */
function watched(store: Store, clock: Clock) {
  const waiting = new Set<() => void>();
  const commit: Store['commit'] = async (given) => {
    await store.commit(given);
    for (const wake of waiting) wake();
    waiting.clear();
  };
  const news = (_: string, until: number) =>
    new Promise<void>((resolve) => {
      const forget = clock.after(until - clock.now(), resolve);
      waiting.add(() => {
        forget();
        resolve();
      });
    });
  return { store: { ...store, commit }, news };
}
