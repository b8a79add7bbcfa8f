import { setTimeout } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Machines, manualClock, type Reply, signaturesOf, type Tools, type TurnRequest } from '@parley/engine';
import {
  compileToStepFunctions,
  definitionText,
  fire,
  handlersOf,
  type Shape,
  sfnExecutions,
  startLocalStepFunctions,
  tick,
  turn,
  type World,
} from '@parley/stepfunctions';
import { memoryStore } from '@parley/stores';
import { desk, deskTools, literalDecider, said, started } from '../engine/desk.ts';

const START = Date.UTC(2026, 10, 24, 12);
const session = 's1';
const functions = { ask: 'ask', decide: 'decide', call: 'call', finish: 'finish' };

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** The desk on the local Step Functions, by the real client. */
async function setUp(shape: Shape, tools: Tools = deskTools({})) {
  const clock = manualClock(START);
  const store = memoryStore();
  const machines = new Machines([desk], tools, store, 'none');
  /** The functions that can't be reached. */
  const broken = new Set<keyof typeof functions>();
  let handlers: ReturnType<typeof handlersOf> | undefined;
  const reached = (name: keyof typeof functions) => async (event: unknown) => {
    if (broken.has(name)) throw new Error('It can not be reached.');
    return JSON.parse(JSON.stringify(await handlers?.[name](event)));
  };
  const local = await startLocalStepFunctions({
    functions: { ask: reached('ask'), decide: reached('decide'), call: reached('call'), finish: reached('finish') },
    clock,
    log: () => undefined,
  });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SFNClient({ endpoint: local.url, region: 'us-east-1', disableHostPrefix: true, credentials });
  const signatures = signaturesOf(tools);
  const { program } = machines.named('desk');
  const { stateMachineArn = '', stateMachineVersionArn = '' } = await client.send(
    new CreateStateMachineCommand({
      name: 'desk',
      definition: definitionText(compileToStepFunctions(program, { shape, functions, tools: signatures })),
      roleArn: 'arn:aws:iam::123456789012:role/parley',
      type: shape === 'per-contact' ? 'STANDARD' : 'EXPRESS',
      publish: true,
    }),
  );
  const executions = sfnExecutions(client);
  const release = { workflow: program.name, version: program.version, stateMachine: stateMachineVersionArn };
  const world: World = {
    shape: () => shape,
    store,
    decider: literalDecider,
    tools: () => tools,
    guard: 'none',
    clock,
    machines,
    news: async (_, until) => {
      // What other processes do is looked for now and then.
      if (clock.now() < until) await setTimeout(1);
    },
    unseen: () => undefined,
    executions,
    releases: { of: async () => release },
  };
  handlers = handlersOf(world);
  open.push({
    async close() {
      client.destroy();
      await local.close();
    },
  });
  const executionArn = (name: string) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  const statusOf = async (name: string) =>
    (await client.send(new DescribeExecutionCommand({ executionArn: executionArn(name) }))).status;
  return {
    world,
    store,
    clock,
    broken,
    client,
    executionArn,
    statusOf,
    tick: () => tick(world),
    send: (event: TurnRequest['event'], id: string) => turn(world, { session, id, event }),
    /** The executions there are, and what has become of each. */
    async all() {
      const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn }));
      return Object.fromEntries(executions.map(({ name, status }) => [name, status]));
    },
    /** The execution waits with a token where the session is. */
    waiting: () =>
      eventually(async () => {
        const kept: { host?: { token?: unknown; hops: unknown[] } } = JSON.parse(
          (await store.load(session))?.snapshot ?? '{}',
        );
        return kept.host?.token !== undefined && kept.host.hops.length === 0;
      }),
  };
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('It does not come to that.');
    await setTimeout(1);
  }
}

/** The reply, with as much time going by as it takes. */
async function inTime(clock: ReturnType<typeof manualClock>, reply: Promise<Reply>): Promise<Reply> {
  let over = false;
  const done = () => {
    over = true;
  };
  reply.then(done, done);
  while (!over) {
    await setTimeout(2);
    if (!over) await clock.advance(100);
  }
  return reply;
}

describe('an execution that ended before its contact', () => {
  it('is followed by another: the caller notices nothing', async () => {
    const { send, client, executionArn, all, waiting } = await setUp('per-contact');
    await send(started, 'e1');
    await waiting();
    await client.send(new StopExecutionCommand({ executionArn: executionArn(session) }));
    expect(await send(said('track'), 'e2')).toMatchObject({ rest: 'caller', step: 'which' });
    await waiting();
    expect(await send(said('orderId=W1234567'), 'e3')).toMatchObject({
      say: ['It is shipped.', 'What can I do for you?'],
    });
    expect(await all()).toEqual({ s1: 'ABORTED', 's1.2': 'RUNNING' });
  });

  it('because neither its functions nor finish can be reached: the caller comes to a person', async () => {
    const { send, clock, broken, statusOf, waiting } = await setUp('per-contact');
    await send(started, 'e1');
    await waiting();
    broken.add('decide').add('finish');
    const replies: Reply[] = [];
    for (let turn = 2; turn < 30 && replies.at(-1)?.rest !== 'transfer'; turn++) {
      replies.push(await inTime(clock, send(said('track'), `e${turn}`)));
    }
    expect(replies.at(-1)).toMatchObject({ rest: 'transfer', transfer: { queue: 'people' } });
    expect(replies.slice(0, -1).every(({ rest }) => rest === 'work')).toBe(true);
    expect(await statusOf(session)).toBe('FAILED');
    // Four attempts at each of the two functions, with at most 1, 2 and 4 seconds between them.
    expect(clock.now() - START).toBeLessThan(14_000 + 4_000);
  });

  it('of one turn, because neither can be reached: the caller comes to a person', async () => {
    const { send, clock, broken } = await setUp('per-turn');
    await send(started, 'e1');
    broken.add('decide').add('finish');
    const replies: Reply[] = [];
    for (let turn = 2; turn < 30 && replies.at(-1)?.rest !== 'transfer'; turn++) {
      replies.push(await inTime(clock, send(said('track'), `e${turn}`)));
    }
    expect(replies.at(-1)).toMatchObject({ rest: 'transfer', transfer: { queue: 'people' } });
    expect(clock.now() - START).toBeLessThan(14_000 + 4_000);
  });
});

describe('a front door that stopped after it had kept an event', () => {
  it('the tick sends the token', async () => {
    const { world, send, tick, store, waiting, clock } = await setUp('per-contact');
    await send(started, 'e1');
    await waiting();
    const stopped: World = {
      ...world,
      executions: {
        ...world.executions,
        goOn: async () => {
          throw new Error('It has stopped.');
        },
      },
    };
    await expect(turn(stopped, { session, id: 'e2', event: said('track') })).rejects.toThrow('It has stopped.');
    // Whoever sent the event may still be waiting.
    expect(await tick()).toEqual({ fired: 0, stuck: [], failed: [] });
    await clock.advance(60_000);
    expect(await tick()).toEqual({ fired: 0, stuck: [session], failed: [] });
    await waiting();
    expect(await store.working()).toEqual([]);
    expect(await send(said('track'), 'e2')).toMatchObject({ rest: 'caller', step: 'which' });
  });

  it('the tick starts the execution', async () => {
    const { world, tick, store, waiting, clock, all } = await setUp('per-contact');
    const start = async () => {
      throw new Error('It has stopped.');
    };
    const stopped: World = { ...world, executions: { ...world.executions, start } };
    await expect(turn(stopped, { session, id: 'e1', event: started })).rejects.toThrow('It has stopped.');
    await clock.advance(60_000);
    expect((await tick()).stuck).toEqual([session]);
    await waiting();
    expect(await store.working()).toEqual([]);
    expect(await all()).toEqual({ s1: 'RUNNING' });
  });

  it('per turn, the tick runs what is left of the turn', async () => {
    const { world, send, tick, store, clock } = await setUp('per-turn');
    await send(started, 'e1');
    const run = async () => {
      throw new Error('It has stopped.');
    };
    const stopped: World = { ...world, executions: { ...world.executions, run } };
    await expect(turn(stopped, { session, id: 'e2', event: said('track') })).rejects.toThrow('It has stopped.');
    await clock.advance(60_000);
    expect((await tick()).stuck).toEqual([session]);
    await eventually(async () => (await store.working()).length === 0);
    expect(await send(said('track'), 'e2')).toMatchObject({ rest: 'caller', step: 'which' });
  });
});

describe('a timer that somebody fires', () => {
  it('per contact, sends the execution on that waits for it', async () => {
    const { world, send, store, waiting, clock, statusOf } = await setUp('per-contact');
    await send(started, 'e1');
    await waiting();
    await send(said('later'), 'e2');
    await waiting();
    const [timer] = await store.dueTimers(START + 3_600_000, 1);
    expect(timer).toMatchObject({ session, due: START + 3_600_000 });
    // The clock is not moved: the execution's own time is not up.
    await fire(world, session, timer?.timer ?? '');
    await waiting();
    expect(await statusOf(session)).toBe('RUNNING');
    expect(clock.now()).toBe(START);
    expect(await send(said('bye'), 'e3')).toMatchObject({ rest: 'end', say: ['Here we are again.', 'Goodbye.'] });
    await eventually(async () => (await statusOf(session)) === 'SUCCEEDED');
  });
});
