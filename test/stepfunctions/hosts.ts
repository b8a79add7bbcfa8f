import { setTimeout } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
} from '@aws-sdk/client-sfn';
import {
  type Clock,
  createEngine,
  type Decider,
  type JournalEvent,
  knownOf,
  Machines,
  type ManualClock,
  manualClock,
  type Reply,
  type Store,
  type Tools,
  type TurnRequest,
} from '@parley/engine';
import {
  compileToStepFunctions,
  definitionText,
  executionName,
  fire,
  handlersOf,
  type Shape,
  sfnExecutions,
  startLocalStepFunctions,
  turn,
  type World,
} from '@parley/stepfunctions';
import { memoryStore } from '@parley/stores';
import type { Json, WorkflowSource } from '@parley/workflow';

/** What a conversation is had with. */
export interface Setting {
  readonly source: WorkflowSource;
  readonly tools: Tools;
  readonly decider: Decider;
  readonly session: string;
  /** Milliseconds since the epoch. */
  readonly start: number;
}

/** What came of a conversation on a host. */
export interface Gone {
  readonly replies: readonly Reply[];
  readonly journal: readonly JournalEvent[];
  readonly vars: { readonly [variable: string]: Json };
  /** Only on Step Functions: what its functions were asked to do, by step. */
  readonly asked: readonly string[];
  /** Only per contact: what the execution went through. */
  readonly history: readonly HistoryEvent[];
  readonly status?: string;
}

/** A host with one session. */
export interface Host {
  send(id: string, event: TurnRequest['event']): Promise<Reply>;
  /** Time goes by, to an instant, with all that it brings about. */
  until(at: number): Promise<void>;
  /** When the next timer is due. */
  nextTimer(): Promise<number | undefined>;
  gone(): Promise<Gone>;
  close(): Promise<void>;
}

export const FUNCTIONS = { ask: 'ask', decide: 'decide', call: 'call', finish: 'finish' };

/** The workflow in the embedded engine. */
export async function embedded({ source, tools, decider, session, start }: Setting): Promise<Host> {
  const clock = manualClock(start);
  const store = memoryStore();
  const replies: Reply[] = [];
  const push = async (reply: Reply) => void replies.push(reply);
  const engine = createEngine({ workflows: [source], store, decider, tools, clock, guard: 'none', push });
  await engine.start();
  return {
    async send(id, event) {
      const reply = await engine.turn({ session, id, event });
      replies.push(reply);
      return reply;
    },
    until: (at) =>
      pass(clock, store, at, () =>
        eventually(async () => {
          const due = await store.dueTimers(clock.now(), 1);
          return due.length === 0 && (await store.working()).length === 0;
        }),
      ),
    nextTimer: () => store.nextTimer(),
    async gone() {
      return { replies, ...(await keptOf(store, session)), asked: [], history: [] };
    },
    close: () => engine.close(),
  };
}

/** The local Step Functions with one workflow, for one conversation after the other: each has a clock of its own. */
export interface Sited {
  host(setting: Omit<Setting, 'source'>): Host;
  close(): Promise<void>;
}

/** Puts a workflow on the local Step Functions, by the real client. `tools`: what they are like. */
export async function onStepFunctions(source: WorkflowSource, tools: Tools, shape: Shape): Promise<Sited> {
  let clock = manualClock(0);
  const moving = {
    now: () => clock.now(),
    after: (milliseconds: number, then: () => void) => clock.after(milliseconds, then),
  };
  const { store, news } = watched(memoryStore(), moving);
  const machines = new Machines([source], tools, store, 'none');
  const { program } = machines.named(nameIn(source));
  const signatures = Object.fromEntries(Object.entries(tools).map(([name, { signature }]) => [name, signature]));
  let asked: string[] = [];
  let handlers: ReturnType<typeof handlersOf> | undefined;
  const noted = (name: keyof typeof FUNCTIONS) => async (event: Json) => {
    const step = typeof event === 'object' && event !== null && 'step' in event ? event['step'] : '(finish)';
    if (name !== 'ask') asked.push(String(step));
    return handlers?.[name](event);
  };
  const functions = { ask: noted('ask'), decide: noted('decide'), call: noted('call'), finish: noted('finish') };
  const local = await startLocalStepFunctions({ functions, clock: moving, log: () => undefined });
  const client = new SFNClient({
    endpoint: local.url,
    region: 'us-east-1',
    disableHostPrefix: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const machine = compileToStepFunctions(program, { shape, functions: FUNCTIONS, tools: signatures });
  const { stateMachineArn = '', stateMachineVersionArn = '' } = await client.send(
    new CreateStateMachineCommand({
      name: program.name,
      definition: definitionText(machine),
      roleArn: 'arn:aws:iam::123456789012:role/parley',
      type: shape === 'per-contact' ? 'STANDARD' : 'EXPRESS',
      publish: true,
    }),
  );
  const executions = sfnExecutions(client);
  const release = { workflow: program.name, version: program.version, stateMachine: stateMachineVersionArn };
  return {
    host: begin,
    async close() {
      client.destroy();
      await local.close();
    },
  };

  function begin({ tools, decider, session, start }: Omit<Setting, 'source'>): Host {
    clock = manualClock(start);
    asked = [];
    const replies: Reply[] = [];
    const running = new Set<Promise<void>>();
    const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${executionName(session)}`;
    const world: World = {
      shape: () => shape,
      store,
      decider,
      tools: () => tools,
      guard: 'none',
      clock,
      machines,
      releases: { of: async () => release },
      news,
      push: async (reply) => void replies.push(reply),
      unseen: () => undefined,
      executions: {
        ...executions,
        run(...args) {
          const run = executions.run(...args);
          running.add(run);
          const over = () => void running.delete(run);
          run.then(over, over);
          return run;
        },
      },
    };
    handlers = handlersOf(world);

    /** All that goes on by itself has gone on. */
    async function settled(): Promise<void> {
      await Promise.all([...running]);
      if (shape === 'per-turn' || replies.length === 0) return;
      await eventually(async () => {
        const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
        return status !== 'RUNNING' || waits((await store.load(session))?.snapshot);
      });
    }

    return {
      async send(id, event) {
        const reply = await turn(world, { session, id, event });
        replies.push(reply);
        await settled();
        return reply;
      },
      until: (at) =>
        pass(clock, store, at, async () => {
          if (shape === 'per-turn') {
            for (const { timer } of await store.dueTimers(clock.now(), 10)) await fire(world, session, timer);
          } else {
            await eventually(async () => (await store.dueTimers(clock.now(), 1)).length === 0);
          }
          await settled();
        }),
      nextTimer: () => store.nextTimer(),
      async gone() {
        const history: HistoryEvent[] = [];
        let status: string | undefined;
        if (shape === 'per-contact') {
          ({ status } = await client.send(new DescribeExecutionCommand({ executionArn })));
          let nextToken: string | undefined;
          do {
            const page = await client.send(
              new GetExecutionHistoryCommand({ executionArn, nextToken, maxResults: 1_000 }),
            );
            history.push(...(page.events ?? []));
            nextToken = page.nextToken;
          } while (nextToken !== undefined);
        }
        return {
          replies,
          ...(await keptOf(store, session)),
          asked,
          history,
          ...(status === undefined ? {} : { status }),
        };
      },
      close: async () => undefined,
    };
  }
}

/** Its name stands in the file. */
const nameIn = ({ text }: WorkflowSource): string => /^workflow: *(\S+)/m.exec(text)?.[1] ?? '';

async function keptOf(store: Store, session: string) {
  const stored = await store.load(session);
  if (!stored) throw new Error(`There is no session ${session}.`);
  return { journal: await store.events(session), vars: knownOf(stored).vars };
}

/** Time goes by, from one timer to the next, each with all that it brings about. */
async function pass(clock: ManualClock, store: Store, at: number, settled: () => Promise<void>): Promise<void> {
  for (;;) {
    const next = await store.nextTimer();
    const to = Math.min(at, next ?? at);
    if (to > clock.now()) await clock.advance(to - clock.now());
    await settled();
    if (to >= at) return;
  }
}

/** Waits for what other processes do, as it were: the interpreter is behind a port. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('It does not come to rest.');
    await setTimeout(1);
  }
}

/** Whether the execution waits where the session is: with a token, and no move left to make. */
function waits(snapshot: string | undefined): boolean {
  const { host, work }: { host?: { hops: unknown[]; token?: unknown }; work?: unknown[] } = JSON.parse(
    snapshot ?? '{}',
  );
  return host?.token !== undefined && host.hops.length === 0 && work?.length === 0;
}

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
