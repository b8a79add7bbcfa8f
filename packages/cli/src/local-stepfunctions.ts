import { watchedStore } from '@parley/center';
import {
  type Decider,
  type EngineOptions,
  type Guard,
  Machines,
  type Reply,
  type Store,
  systemClock,
  type Tools,
  type TurnRequest,
} from '@parley/engine';
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
import { compileWorkflow, type Json, type Program, type WorkflowSource } from '@parley/workflow';
import { signaturesOf } from './project.ts';
import { describeError } from './terminal.ts';

const PREFIX = 'parley-dev';
const ACCOUNT = '123456789012';
const REGION = 'us-east-1';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/${PREFIX}`;
/** How often timers are looked for, in milliseconds; on AWS it is a minute. */
const TICK = 250;

export interface LocalOptions {
  readonly store: Store;
  readonly decider: Decider;
  readonly guard: Guard | 'none';
  readonly shape: Shape;
  /** Told of what an execution does: the type of an event of its history, and the state it enters, where it enters one. */
  readonly watch?: (type: string, state: Json | undefined) => void;
  /** Told of where it is. */
  readonly log: (line: string) => void;
  /** Told of what goes wrong beside the turns. */
  readonly wrong: (line: string) => void;
}

/** A workflow that was deployed. */
export interface Deployed {
  readonly program: Program;
  /** The number it was published as; undefined where it was live already. */
  readonly published: number | undefined;
  readonly version: string | undefined;
}

/** A Step Functions on this machine, with Parley's functions, for one workflow after the other. */
export interface LocalStepFunctions {
  /** Compiles and deploys a workflow as on AWS: new sessions start on it. Throws what `compileWorkflow` and `deploy` throw. */
  put(source: WorkflowSource, tools: Tools | undefined): Promise<Deployed>;
  /** Runs sessions of what was deployed, and fires their timers. */
  run(ears?: Pick<EngineOptions, 'push' | 'reaches' | 'watch'>): {
    turn(request: TurnRequest): Promise<Reply>;
    close(): void;
  };
  close(): Promise<void>;
}

/** Starts one. The store stays the caller's. */
export async function openLocalStepFunctions(options: LocalOptions): Promise<LocalStepFunctions> {
  const { decider, guard, shape, watch, log, wrong } = options;
  const { store, watch: watchCommits } = watchedStore(options.store);
  let world: World | undefined;
  const ready = (): World => {
    if (!world) throw new Error('Nothing is deployed yet.');
    return world;
  };
  const called = (one: keyof ReturnType<typeof handlersOf>) => async (event: Json) => handlersOf(ready())[one](event);
  const local = await startLocalStepFunctions({
    functions: Object.fromEntries(
      (['ask', 'decide', 'call', 'finish'] as const).map((one) => [`${PREFIX}-${one}`, called(one)]),
    ),
    region: REGION,
    account: ACCOUNT,
    watch: (_, { type, details }) => watch?.(type, details['stateEnteredEventDetails']?.['name']),
    log,
  });
  const client = sfnClient({ endpoint: local.url });
  return {
    async put(source, tools = {}) {
      const signatures = signaturesOf(tools);
      const program = compileWorkflow(source, signatures);
      const given = { client, store, prefix: PREFIX, clock: systemClock, shape, role: ROLE };
      const { published, after } = await deploy({ ...given, program, tools: signatures });
      world = {
        shape: () => shape,
        store,
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
        news: (session, until) => new Promise((resolve) => newsOf(session, until, resolve)),
        unseen: (_, message) => wrong(message),
      };
      return { program, published, version: after[0]?.version };
    },
    run({ push, reaches, watch: told } = {}) {
      const here: World = { ...ready(), ...(push ? { push } : {}), ...(reaches ? { reaches } : {}) };
      world = here;
      const forget = watchCommits((session, commit) => {
        for (const event of commit?.events ?? []) told?.(session, event);
      });
      const ticking = setInterval(() => {
        tick(here).catch((error: unknown) => wrong(describeError(error)));
      }, TICK);
      return {
        turn: (request) => turn(here, request),
        close: () => {
          clearInterval(ticking);
          forget();
        },
      };
    },
    async close() {
      client.destroy();
      await local.close();
    },
  };

  /** There is news of a session when something of it is committed, or when nobody waits any longer. */
  function newsOf(session: string, until: number, resolve: () => void): void {
    const done = () => {
      stopWaiting();
      forget();
      resolve();
    };
    const stopWaiting = systemClock.after(until - systemClock.now(), done);
    const forget = watchCommits((committed) => {
      if (committed === session) done();
    });
  }
}
