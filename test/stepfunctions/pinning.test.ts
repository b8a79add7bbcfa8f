import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { Machines, type Reply, signaturesOf, type Store, systemClock, type TurnRequest } from '@parley/engine';
import {
  deploy,
  handlersOf,
  type LocalStepFunctions,
  rollback,
  type Shape,
  sfnExecutions,
  sfnReleases,
  startLocalStepFunctions,
  turn,
  type World,
} from '@parley/stepfunctions';
import { memoryStore } from '@parley/stores';
import { compileWorkflow, type Json } from '@parley/workflow';
import { desk, deskTools, literalDecider, said, started } from '../engine/desk.ts';

const ACCOUNT = 'us-east-1:123456789012';
const MACHINE = `arn:aws:states:${ACCOUNT}:stateMachine:parley-test-desk`;
const tools = deskTools({});
const signatures = signaturesOf(tools);

/** The desk as it greets, and as it asks for the number later on. */
const greeting = (hello: string) => ({
  ...desk,
  text: desk.text.replace('say: Hello.', `say: ${hello}`).replace('What is the order number?', `${hello} Which order?`),
});

let local: LocalStepFunctions;
let client: SFNClient;
let store: Store;
let world: World;
let startedOn: string[];
beforeEach(async () => {
  store = memoryStore();
  const asked = (name: 'ask' | 'decide' | 'call' | 'finish') => async (event: Json) => handlersOf(world)[name](event);
  const functions = {
    'parley-test-ask': asked('ask'),
    'parley-test-decide': asked('decide'),
    'parley-test-call': asked('call'),
    'parley-test-finish': asked('finish'),
  };
  local = await startLocalStepFunctions({ functions, log: () => undefined });
  client = new SFNClient({
    endpoint: local.url,
    region: 'us-east-1',
    disableHostPrefix: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  startedOn = [];
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const { input } = args;
        if (/^Start/.test(commandName) && 'stateMachineArn' in input) startedOn.push(String(input.stateMachineArn));
        return next(args);
      },
    { step: 'initialize' },
  );
});
afterEach(async () => {
  client.destroy();
  await local.close();
});

/** The functions in a process of their own, as after each deployment: without a file of any workflow. */
function freshProcess(shape: Shape): void {
  const waiting = new Set<() => void>();
  world = {
    shape: () => shape,
    store: {
      ...store,
      commit: async (commit) => {
        await store.commit(commit);
        for (const wake of waiting) wake();
        waiting.clear();
      },
    },
    decider: literalDecider,
    tools: () => tools,
    guard: 'none',
    clock: systemClock,
    machines: new Machines([], tools, store, 'none'),
    executions: sfnExecutions(client),
    releases: sfnReleases({ client, stateMachines: MACHINE.replace(/desk$/, ''), clock: systemClock }),
    news: (_, until) =>
      new Promise((resolve) => {
        const forget = systemClock.after(until - systemClock.now(), resolve);
        waiting.add(() => {
          forget();
          resolve();
        });
      }),
    unseen: () => undefined,
  };
}

async function put(hello: string, shape: Shape, canary?: number): Promise<void> {
  await deploy({
    client,
    store,
    prefix: 'parley-test',
    clock: systemClock,
    program: compileWorkflow(greeting(hello), signatures),
    tools: signatures,
    shape,
    role: 'arn:aws:iam::123456789012:role/states',
    ...(canary === undefined ? {} : { canary }),
  });
  freshProcess(shape);
}

let ids = 0;
const send = (session: string, event: TurnRequest['event']): Promise<Reply> =>
  turn(world, { session, id: `e${++ids}`, event });

describe.each(['per-contact', 'per-turn'] as const)('%s, a session', (shape) => {
  it('goes on with the version it started on, after any number of deployments and a rollback', async () => {
    await put('One.', shape);
    expect((await send('a', started)).say).toContain('One.');
    await put('Two.', shape);
    expect((await send('a', said('track'))).say).toEqual(['One. Which order?']);
    expect((await send('b', started)).say).toContain('Two.');
    await put('Three.', shape, 50);
    await put('Four.', shape);
    expect((await send('c', started)).say).toContain('Four.');
    await rollback({ client, prefix: 'parley-test', clock: systemClock }, 'desk');
    freshProcess(shape);
    expect((await send('d', started)).say).toContain('Two.');
    expect((await send('b', said('track'))).say).toEqual(['Two. Which order?']);
    expect((await send('c', said('track'))).say).toEqual(['Four. Which order?']);
    // To the end, tools and all.
    expect((await send('a', said('orderId=W1000001'))).say).toEqual(['It is shipped.', 'What can I do for you?']);
    expect(await send('a', said('bye'))).toMatchObject({ rest: 'end' });

    if (shape === 'per-turn') {
      // Each turn that has something to do is an execution of its own session's version.
      expect(startedOn).toEqual([1, 2, 4, 1, 1].map((number) => `${MACHINE}:${number}`));
      return;
    }
    expect(startedOn).toEqual([1, 2, 4, 2].map((number) => `${MACHINE}:${number}`));
    for (const [session, number] of [['a', 1] as const, ['b', 2] as const, ['c', 4] as const, ['d', 2] as const]) {
      const executionArn = `arn:aws:states:${ACCOUNT}:execution:parley-test-desk:${session}`;
      const described = () => client.send(new DescribeExecutionCommand({ executionArn }));
      // Its last reply is there before its execution has come to an end.
      while (session === 'a' && (await described()).status === 'RUNNING') await setTimeout(1);
      const { status, stateMachineVersionArn } = await described();
      expect({ status, stateMachineVersionArn }).toEqual({
        status: session === 'a' ? 'SUCCEEDED' : 'RUNNING',
        stateMachineVersionArn: `${MACHINE}:${number}`,
      });
    }
  });

  it('starts on a canary as often as that is to be tried, on one version of both machines', async () => {
    await put('Old.', shape);
    await put('New.', shape, 10);
    const sessions = Array.from({ length: 1_000 }, (_, n) => `contact-${n}`);
    const [old, canary] = ['Old.', 'New.'].map((hello) => compileWorkflow(greeting(hello), signatures).version);
    let canaries = 0;
    for (let n = 0; n < sessions.length; n += 50) {
      await Promise.all(
        sessions.slice(n, n + 50).map(async (session) => {
          const [hello] = (await send(session, started)).say;
          const { version = '', snapshot = '{}' } = (await store.load(session)) ?? {};
          const { host }: { host: { stateMachine: string } } = JSON.parse(snapshot);
          const on = hello === 'New.' ? [`${MACHINE}:2`, canary] : [`${MACHINE}:1`, old];
          expect([host.stateMachine, version]).toEqual(on);
          if (hello === 'New.') canaries += 1;
        }),
      );
    }
    // 1,000 draws of 10%: a standard deviation is √(1000 · 0.1 · 0.9) = 9.5; four of them.
    expect(Math.abs(canaries - 100)).toBeLessThan(38);
  });
});
