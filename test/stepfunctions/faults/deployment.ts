import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  type HistoryEvent,
} from '@aws-sdk/client-sfn';
import {
  type JournalEvent,
  Machines,
  type Reply,
  signaturesOf,
  sleep,
  type StoredSession,
  type TurnRequest,
} from '@parley/engine';
import {
  compileToStepFunctions,
  definitionText,
  executionName,
  handlersOf,
  type Shape,
  sfnExecutions,
  tick,
  turn,
  type World,
} from '@parley/stepfunctions';
import { memoryStore } from '@parley/stores';
import type { Json } from '@parley/workflow';
import { inProcessStepFunctions } from '../../../packages/stepfunctions/src/interpreter/testing/in-process.ts';
import { idleClock } from '../../idle-clock.ts';
import { News } from '../telling.ts';
import { literalDecider } from '../../engine/desk.ts';
import { Caller, errandTools, errands, Ledger, started } from './errands.ts';
import type { Fault, FunctionName, Step } from './faults.ts';
import { Process, type Weather } from './process.ts';

const START = Date.UTC(2026, 10, 24, 12);
export const SESSION = 's1';
const MINUTE = 60_000;
/** Connect waits so long for a function. */
const PATIENCE = 8_000;
/** How long after a failure, each in turn, a contact's event is sent again, in milliseconds. */
const AGAIN = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000];
/** Whoever is still there then, in milliseconds, is stuck: all that there is to say takes a quarter of an hour. */
const ENDLESS = 7_200_000;
const LAMBDAS = { ask: 'ask', decide: 'decide', call: 'call', finish: 'finish' };

/** How a contact goes. */
export interface Scenario {
  readonly shape: Shape;
  /** A chat is told what there is to say when there is; a voice call fetches it with its next event. */
  readonly channel: 'chat' | 'voice';
  /** How long the caller thinks before each event, in milliseconds: who thinks for no time is ahead of the execution. */
  readonly thinks: number;
  /** Milliseconds that a function's clock is ahead. */
  readonly skew?: (of: FunctionName, run: number) => number;
  /** That, in words. */
  readonly skewed?: string;
}

/** What came of a contact. */
export interface Outcome {
  readonly steps: readonly Step[];
  /** Faults that did not come about, as the contact went another way before. */
  readonly missed: readonly Fault[];
  /** The last thing the contact was told; undefined where it was put through as nothing answered. */
  readonly last: Reply | undefined;
  /** The longest from an event to an answer that was more than to wait, in milliseconds. */
  readonly stalled: number;
  readonly session: StoredSession | undefined;
  readonly journal: readonly JournalEvent[];
  /** What the contact has been answered to: each event's id and type, in order. */
  readonly sent: readonly { readonly id: string; readonly type: string }[];
  /** Replies that were not the same when an event was sent again. */
  readonly changed: readonly string[];
  /** The longest that an undisturbed run of the front door took, in milliseconds. */
  readonly longestTurn: number;
  readonly ledger: Ledger;
  /** Per contact: how each execution of the session ended, and the last one's history. */
  readonly executions: readonly ExecutionStatus[];
  readonly history: readonly HistoryEvent[];
  /** What the last one gave at its end. */
  readonly output: Json | undefined;
  readonly working: readonly string[];
  readonly timer: number | undefined;
}

const nowhere = memoryStore();
const signatures = signaturesOf(errandTools(new Ledger()));
export const machines = new Machines([errands], errandTools(new Ledger()), nowhere, 'none');
const { program } = machines.named('errands');
const definitions = new Map<Shape, string>();

function definitionFor(shape: Shape): string {
  const known = definitions.get(shape);
  if (known !== undefined) return known;
  const text = definitionText(compileToStepFunctions(program, { shape, functions: LAMBDAS, tools: signatures }));
  definitions.set(shape, text);
  return text;
}

/** Has a contact go through a deployment of its own in which something goes wrong. */
export async function contact(
  { shape, channel, thinks, skew = () => 0 }: Scenario,
  faults: readonly Fault[] = [],
): Promise<Outcome> {
  const clock = idleClock(START);
  const weather: Weather = {
    clock,
    faults,
    skew,
    steps: [],
    met: new Set(),
    runs: new Map(),
    away: 0,
  };
  const store = memoryStore();
  const ledger = new Ledger();
  const tools = errandTools(ledger);
  const caller = new Caller();
  const news = new News();
  /** What a chat was told by itself. */
  const told: Reply[] = [];
  let telling = () => undefined;

  const lambda = (of: keyof typeof LAMBDAS) => (event: Json) =>
    Process.invoke(weather, of, (process) => handlersOf(worldOf(process))[of](event));
  const functions = { ask: lambda('ask'), decide: lambda('decide'), call: lambda('call'), finish: lambda('finish') };
  const local = inProcessStepFunctions({ functions, clock });
  const { stateMachineArn = '', stateMachineVersionArn = '' } = await local.client.send(
    new CreateStateMachineCommand({
      name: program.name,
      definition: definitionFor(shape),
      roleArn: 'arn:aws:iam::123456789012:role/parley',
      type: shape === 'per-contact' ? 'STANDARD' : 'EXPRESS',
      publish: true,
    }),
  );
  const executions = sfnExecutions(local.client);
  const release = { workflow: program.name, version: program.version, stateMachine: stateMachineVersionArn };
  function worldOf(process: Process): World {
    const running = process.tools(tools);
    return {
      shape: () => shape,
      store: news.of(process.store(store)),
      decider: process.decider(literalDecider),
      tools: () => running,
      guard: 'none',
      clock: process.clock,
      machines,
      releases: { of: async () => release },
      executions: process.executions(executions),
      news: (...args) => process.heard(news.until(process.clock)(...args)),
      unseen: () => undefined,
      ...(channel === 'chat'
        ? {
            push: process.push((reply: Reply) => {
              told.push(reply);
              telling();
            }),
          }
        : {}),
    };
  }

  const sent: { id: string; type: string }[] = [];
  const changed: string[] = [];
  let longestTurn = 0;
  let stalled = 0;

  /** Sends an event until it is answered. Undefined: nothing answers, and the contact flow puts the contact through. */
  async function send(event: TurnRequest['event']): Promise<Reply | undefined> {
    const id = `e${sent.length + 1}`;
    sent.push({ id, type: event.type });
    for (const pause of [0, ...AGAIN]) {
      await sleep(clock, pause);
      const reply = await once(id, event);
      if (reply) return reply;
    }
    return undefined;
  }

  async function once(id: string, event: TurnRequest['event']): Promise<Reply | undefined> {
    const run = weather.runs.get('turn') ?? 0;
    const begun = clock.now();
    const disturbed = faults.some(({ at }) => at.of === 'turn' && at.run === run);
    const running = Process.invoke(weather, 'turn', (process) =>
      turn(worldOf(process), { session: SESSION, id, event }),
    );
    const answered = running.then(
      (reply) => {
        if (!disturbed) longestTurn = Math.max(longestTurn, clock.now() - begun);
        return reply;
      },
      () => undefined,
    );
    let forget = () => {};
    const givenUp = new Promise<undefined>((resolve) => {
      forget = clock.after(PATIENCE, () => resolve(undefined));
    });
    try {
      return await Promise.race([answered, givenUp]);
    } finally {
      forget();
    }
  }

  /** What a chat is told next by itself, within so many milliseconds. */
  async function next(within: number): Promise<Reply | undefined> {
    if (told.length === 0) {
      await new Promise<void>((resolve) => {
        const forget = clock.after(within, resolve);
        telling = () => {
          forget();
          resolve();
          return undefined;
        };
      });
    }
    return told.shift();
  }

  async function conversation(): Promise<Reply | undefined> {
    let since = clock.now();
    let reply = await send(started);
    while (reply) {
      stalled = Math.max(stalled, clock.now() - since);
      if (clock.now() - START > ENDLESS) return reply;
      switch (reply.rest) {
        case 'end':
        case 'transfer':
          return reply;
        case 'caller':
          told.splice(0);
          await sleep(clock, thinks);
          since = clock.now();
          reply = await send(caller.says(reply));
          break;
        case 'work':
        case 'wait': {
          const patience = reply.rest === 'work' ? 5_000 : 13 * MINUTE;
          if (reply.rest === 'wait') since = clock.now() + patience;
          if (channel === 'chat') {
            reply = (await next(patience)) ?? (await send({ type: 'caller.silent' }));
          } else {
            await sleep(clock, reply.rest === 'work' ? 1_000 : patience);
            reply = await send({ type: 'caller.silent' });
          }
        }
      }
    }
    return undefined;
  }

  let over = false;
  async function everyMinute(): Promise<void> {
    while (!over) {
      await sleep(clock, MINUTE);
      // Nobody waits for the one before.
      void Process.invoke(weather, 'tick', (process) => tick(worldOf(process))).catch(() => undefined);
    }
  }

  async function whole(): Promise<Reply | undefined> {
    void everyMinute();
    const last = await conversation();
    // What is late comes, and what is left is looked after.
    await sleep(clock, 20 * MINUTE);
    over = true;
    return last;
  }

  try {
    const last = await clock.during(whole());
    const status: ExecutionStatus[] = [];
    const history: HistoryEvent[] = [];
    let output: Json | undefined;
    for (let number = 1; shape === 'per-contact'; number++) {
      const arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${executionName(SESSION, number)}`;
      const of = { executionArn: arn };
      const found = await local.client.send(new DescribeExecutionCommand(of)).catch(() => undefined);
      if (!found?.status) break;
      status.push(found.status);
      output = found.output === undefined ? undefined : JSON.parse(found.output);
      const page = await local.client.send(new GetExecutionHistoryCommand({ ...of, maxResults: 1_000 }));
      history.splice(0, history.length, ...(page.events ?? []));
    }
    for (const { id } of sent) {
      const [one, two] = [await store.reply(SESSION, id), await store.reply(SESSION, id)];
      if (one !== two) changed.push(id);
    }
    return {
      steps: weather.steps,
      missed: faults.filter((fault) => !weather.met.has(fault)),
      last,
      stalled,
      session: await store.load(SESSION),
      journal: await store.events(SESSION),
      sent,
      changed,
      longestTurn,
      ledger,
      executions: status,
      history,
      output,
      working: await store.working(),
      timer: await store.nextTimer(),
    };
  } finally {
    local.stop();
  }
}
