import { randomUUID } from 'node:crypto';
import { Machines, type Store, systemClock } from '@parley/engine';
import {
  deploy,
  handlersOf,
  type Shape,
  sfnClient,
  sfnExecutions,
  sfnReleases,
  startLocalStepFunctions,
  tick,
  turn,
  type World,
} from '@parley/stepfunctions';
import { memoryStore } from '@parley/stores';
import { compileWorkflow, type Json, ParleyError, type Program } from '@parley/workflow';
import { converse, type Ears, type Host, Lines } from './conversation.ts';
import { type DeciderChoice, makeDecider, makeGuard } from './decider.ts';
import { findWorkflow, openProject, signaturesOf } from './project.ts';
import { backEndOf } from './talk.ts';
import { describeError, print, styled } from './terminal.ts';

export interface DevOptions extends DeciderChoice {
  readonly shape: Shape;
  readonly voice?: boolean;
  readonly fresh?: boolean;
  readonly quiet?: boolean;
}

const PREFIX = 'parley-dev';
const ACCOUNT = '123456789012';
const REGION = 'us-east-1';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/${PREFIX}`;
/** How often timers are looked for, in milliseconds; on AWS it is a minute. */
const TICK = 250;
/** So long it is waited, in milliseconds, until an execution has come to rest after its reply. */
const PATIENCE = 2_000;

/**
 * Conversations with a workflow on the local Step Functions, one after the other: compiled, deployed and called as on AWS.
 * Before each, a file that was changed is deployed. Sessions are kept in memory.
 */
export async function dev(name: string, options: DevOptions): Promise<number> {
  const file = await findWorkflow(name);
  const [decider, guard] = [await makeDecider(options), await makeGuard(options)];
  const folder = await backEndOf(file, { store: '.parley/sessions.sqlite', fresh: options.fresh === true });
  const store = memoryStore();
  const road = new Road();
  let world: World | undefined;
  const called = (one: keyof ReturnType<typeof handlersOf>) => async (event: Json) => {
    if (!world) throw new Error('Nothing is deployed yet.');
    return handlersOf(world)[one](event);
  };
  const local = await startLocalStepFunctions({
    functions: Object.fromEntries(
      (['ask', 'decide', 'call', 'finish'] as const).map((one) => [`${PREFIX}-${one}`, called(one)]),
    ),
    region: REGION,
    account: ACCOUNT,
    watch: (_, { type, details }) => road.take(type, details['stateEnteredEventDetails']?.['name']),
    log: (line) => print(styled('dim', line)),
  });
  const client = sfnClient({ endpoint: local.url });
  const lines = new Lines();
  try {
    let program = await put();
    for (;;) {
      const session = `${program.name}-${randomUUID().slice(0, 8)}`;
      if (lines.terminal) print(styled('dim', `${program.title} (session ${session}; /help for help)\n`));
      const channel = options.voice ? 'voice' : 'chat';
      await converse({ program, session, channel, quiet: options.quiet === true, store, lines, host });
      if (lines.terminal) print(styled('dim', '\nWhat is typed begins another session; Ctrl-D ends.'));
      const line = await lines.next();
      if (line === undefined) return 0;
      if (line.trim() !== '') lines.back(line);
      // A file that has errors now leaves what is live.
      program = await put().catch((error: unknown) => {
        if (!(error instanceof ParleyError)) throw error;
        print(styled('red', describeError(error)));
        return program;
      });
    }
  } finally {
    lines.close();
    client.destroy();
    await local.close();
    await store.close();
  }

  /** Deploys the file as it is now. */
  async function put(): Promise<Program> {
    const { source, tools = {} } = await openProject(file, { folder });
    const signatures = signaturesOf(tools);
    const program = compileWorkflow(source, signatures);
    const given = { client, store, prefix: PREFIX, clock: systemClock, shape: options.shape, role: ROLE };
    const { published, after } = await deploy({ ...given, program, tools: signatures });
    if (published !== undefined) {
      const version = after[0]?.version?.slice(0, 12);
      print(styled('dim', `  ⇪ ${program.name} ${version} is live, ${options.shape}, as version ${published}`));
    }
    const { commits, news } = watched(store);
    world = {
      shape: () => options.shape,
      store: commits,
      decider,
      tools: () => tools,
      guard,
      clock: systemClock,
      machines: new Machines([], tools, store, guard),
      executions: sfnExecutions(client),
      releases: sfnReleases({
        client,
        stateMachines: `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${PREFIX}-`,
        clock: systemClock,
      }),
      news,
      unseen: (_, message) => print(styled('yellow', `  ${message}`)),
    };
    return program;
  }

  function host(ears: Ears): Host {
    if (!world) throw new Error('Nothing is deployed yet.');
    const given = world;
    const here: World = {
      ...given,
      push: ears.push,
      store: {
        ...given.store,
        commit: async (commit) => {
          await given.store.commit(commit);
          for (const event of commit.events) ears.watch(commit.session, event);
        },
      },
    };
    world = here;
    const ticking = setInterval(() => {
      tick(here).catch((error: unknown) => print(styled('red', `  ${describeError(error)}`)));
    }, TICK);
    return {
      start: async () => undefined,
      turn: (request) => turn(here, request),
      async shown() {
        await road.rest();
        const states = road.passed();
        if (options.quiet || states.length === 0) return;
        const transitions = `${states.length} transition${states.length === 1 ? '' : 's'}`;
        print(styled('dim', `  ⇢ ${states.join(' → ')} (${transitions})`));
      },
      close: async () => clearInterval(ticking),
    };
  }
}

/** The states that executions enter, and whether one is on its way. */
class Road {
  #states: string[] = [];
  #moving = false;
  #rested: () => void = () => undefined;

  take(type: string, state: Json | undefined): void {
    if (typeof state === 'string') this.#states.push(state);
    this.#moving = !(type === 'TaskSubmitted' || /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(type));
    if (!this.#moving) this.#rested();
  }

  /** Resolves when executions wait for the contact or are over. */
  async rest(): Promise<void> {
    if (!this.#moving) return;
    await new Promise<void>((resolve) => {
      const forget = systemClock.after(PATIENCE, resolve);
      this.#rested = () => {
        forget();
        resolve();
      };
    });
  }

  /** Those since the last time. */
  passed(): readonly string[] {
    const states = this.#states;
    this.#states = [];
    return states;
  }
}

/** A store that tells of its commits: there is news of a session. */
function watched(store: Store): { readonly commits: Store; readonly news: World['news'] } {
  const waiting = new Set<() => void>();
  const news = (_: string, until: number) =>
    new Promise<void>((resolve) => {
      const forget = systemClock.after(until - systemClock.now(), resolve);
      waiting.add(() => {
        forget();
        resolve();
      });
    });
  const commit: Store['commit'] = async (given) => {
    await store.commit(given);
    for (const wake of waiting) wake();
    waiting.clear();
  };
  return { commits: { ...store, commit }, news };
}
