import { describe, expect, it } from '@jest/globals';
import { knownOf, Machines, manualClock, PENDING, type TurnRequest } from '@parley/engine';
import { executionName, handlersOf, type Told, turn, type World } from '@parley/stepfunctions';
import { memoryStore } from '@parley/stores';
import { desk, deskTools, gate, literalDecider, said, started } from '../engine/desk.ts';

const START = Date.UTC(2026, 10, 24, 12);
const session = 's1';

/** The functions of the desk in this process, with nobody who calls them: the test is the execution. */
function setUp(run: Parameters<typeof deskTools>[0] = {}) {
  const clock = manualClock(START);
  const store = memoryStore();
  const tools = deskTools(run);
  const machines = new Machines([desk], tools, store, 'none');
  const sent: string[] = [];
  const starts: Told[] = [];
  const waiting = new Set<() => void>();
  const world: World = {
    shape: () => 'per-contact',
    store: {
      ...store,
      commit: async (commit) => {
        await store.commit(commit);
        for (const wake of waiting) wake();
      },
    },
    decider: literalDecider,
    tools: () => tools,
    guard: 'none',
    clock,
    machines,
    news: (_, until) =>
      new Promise((resolve) => {
        waiting.add(resolve);
        clock.after(until - clock.now(), resolve);
      }),
    unseen: () => undefined,
    executions: {
      start: async (_, at) => void starts.push(at),
      goOn: async (token) => sent.push(token) > 0,
      state: async () => 'running',
      run: async () => undefined,
    },
    releases: {
      of: async (workflow) => ({ workflow, version: machines.named(workflow).program.version, stateMachine: 'arn' }),
    },
  };
  const send = (event: TurnRequest['event'], id: string) => turn(world, { session, id, event });
  return { world, ...handlersOf(world), clock, store, sent, starts, send };
}

const place = (told: Told | Record<string, never>) => ('parley' in told ? told.parley : undefined);

/** A desk at its first question, with the execution waiting there. */
async function atNeed(...given: Parameters<typeof setUp>) {
  const desk = setUp(...given);
  await desk.send(started, 'e1');
  await desk.ask({ session, hop: 1, token: 'first' });
  return desk;
}

describe('token and event', () => {
  it('an execution is started where the session rests', async () => {
    const { send, starts } = setUp();
    expect(await send(started, 'e1')).toMatchObject({ rest: 'caller', step: 'need' });
    expect(starts.map(place)).toEqual([{ session, hop: 1, to: 'need', busy: false, wait: 90_000 }]);
  });

  it('the token comes first: the event sends it', async () => {
    const { send, sent, decide } = await atNeed();
    expect(sent).toEqual([]);
    const reply = send(said('track'), 'e2');
    expect(place(await decide({ session, hop: 1 }))).toMatchObject({ hop: 2, to: 'which' });
    expect(await reply).toMatchObject({ rest: 'caller', step: 'which' });
    expect(sent).toEqual(['first']);
  });

  it('the event comes first: the token is sent when it comes', async () => {
    const { send, sent, ask, decide } = setUp();
    await send(started, 'e1');
    const reply = send(said('track'), 'e2');
    await ask({ session, hop: 1, token: 'first' });
    expect(sent).toEqual(['first']);
    await decide({ session, hop: 1 });
    expect(await reply).toMatchObject({ step: 'which' });
  });

  it('an event that is sent again while it is being answered sends the token again, and gets the same reply', async () => {
    const { send, sent, decide, store } = await atNeed();
    const replies = [send(said('track'), 'e2')];
    await new Promise(setImmediate);
    replies.push(send(said('track'), 'e2'));
    await new Promise(setImmediate);
    expect(sent).toEqual(['first', 'first']);
    await decide({ session, hop: 1 });
    const [one, two] = await Promise.all(replies);
    expect(two).toEqual(one);
    expect(await send(said('track'), 'e2')).toEqual(one);
    expect((await store.events(session)).filter(({ type }) => type === 'caller.said')).toHaveLength(1);
  });
});

describe('a turn that is due', () => {
  it('is answered though another event was taken at that very instant', async () => {
    const { world, decide, clock } = await atNeed();
    const { commit, reply } = world.store;
    let looks = 0;
    let other: ReturnType<typeof turn> | undefined;
    const slow: World = {
      ...world,
      store: {
        ...world.store,
        commit: async (given) => {
          // Its filler is about to be kept.
          if (given.reply?.id === 'e2' && given.reply.reply !== PENDING && !other) {
            other = turn(world, { session, id: 'e3', event: said('track') });
            await new Promise(setImmediate);
          }
          await commit(given);
        },
        reply: async (...args) => {
          if (++looks > 100) throw new Error('It goes round.');
          return reply(...args);
        },
      },
    };
    const late = turn(slow, { session, id: 'e2', event: said('well') });
    await clock.advance(2_000);
    const filler = await late;
    expect(filler).toMatchObject({ rest: 'work', say: ['One moment, please.'] });
    await decide({ session, hop: 1 });
    expect(await other).toMatchObject({ rest: 'caller', step: 'which' });
    expect(await turn(world, { session, id: 'e2', event: said('well') })).toEqual(filler);
  });
});

describe('a value that is large', () => {
  /** The desk after it has looked up an order whose status has so many characters. */
  const lookedUp = async (length: number) => {
    const desk = await atNeed({ get: async () => 'x'.repeat(length) });
    const track = desk.send(said('track'), 'e2');
    await desk.decide({ session, hop: 1 });
    await track;
    await desk.ask({ session, hop: 2, token: 'second' });
    const reply = desk.send(said('orderId=W1234567'), 'e3');
    await desk.decide({ session, hop: 2 });
    const told = await desk.call({ session, hop: 3 });
    return { ...desk, told, reply: await reply };
  };

  it('is told of by where it is: the session has all of it', async () => {
    const { told, store } = await lookedUp(250 * 1024);
    // {"status":"…"}
    const bytes = 250 * 1024 + 13;
    expect(told).toMatchObject({ vars: { order: { kept: session, bytes } } });
    expect(Buffer.byteLength(JSON.stringify(told))).toBeLessThan(256 * 1024);
    const stored = await store.load(session);
    expect(stored && knownOf(stored).vars['order']).toEqual({ status: 'x'.repeat(250 * 1024) });
  });

  it('is told as it is where it fits', async () => {
    const { told } = await lookedUp(10);
    expect(told).toMatchObject({ vars: { order: { status: 'xxxxxxxxxx' } } });
  });

  it('of more than 256 KiB is none that a tool may return, here as everywhere', async () => {
    const { told, reply, store } = await lookedUp(300 * 1024);
    expect(place(told)).toMatchObject({ to: 'person' });
    expect(reply).toMatchObject({ rest: 'transfer' });
    const failed = (await store.events(session)).find(({ type }) => type === 'tool.failed');
    expect(failed?.data).toMatchObject({ code: 'too_large' });
  });
});

describe('the name of an execution', () => {
  it("is its session's where that can be one, and has its number from the second on", () => {
    expect(executionName('abc_1-2')).toBe('abc_1-2');
    expect(executionName('abc_1-2', 2)).toBe('abc_1-2.2');
    // What has a full stop is none of these names, so no other session has it.
    expect(executionName('abc.2')).toMatch(/^[0-9a-f]{64}$/);
    expect(executionName('x'.repeat(80))).toBe('x'.repeat(80));
    expect(executionName('x'.repeat(80), 2)).toMatch(/^[0-9a-f]{64}\.2$/);
  });
});

describe('a function that is asked again', () => {
  it('does nothing and gives the same', async () => {
    const calls: string[] = [];
    const { send, decide, call, ask } = await atNeed({
      get: async (id) => {
        calls.push(id);
        return 'shipped';
      },
    });
    const track = send(said('track'), 'e2');
    const first = await decide({ session, hop: 1 });
    expect(await decide({ session, hop: 1 })).toEqual(first);
    await track;
    await ask({ session, hop: 2, token: 'second' });
    const reply = send(said('orderId=W1234567'), 'e3');
    expect(place(await decide({ session, hop: 2 }))).toMatchObject({ hop: 3, to: 'lookup' });
    const told = await call({ session, hop: 3 });
    expect(place(told)).toMatchObject({ hop: 4, to: 'need' });
    expect(await call({ session, hop: 3 })).toEqual(told);
    expect(await reply).toMatchObject({ say: ['It is shipped.', 'What can I do for you?'] });
    expect(calls).toEqual(['W1234567']);
  });
});

describe('what goes wrong', () => {
  it('a function that could not do its work: the session goes through the door of its step', async () => {
    const { send, finish } = await atNeed();
    const reply = send(said('track'), 'e2');
    await new Promise(setImmediate);
    expect(place(await finish({ session, hop: 1, error: 'States.Timeout' }))).toMatchObject({ to: 'person' });
    expect(await reply).toMatchObject({ rest: 'transfer', transfer: { queue: 'people' } });
  });

  it('a question that nobody answers: the caller has left', async () => {
    const { decide, store } = await atNeed();
    expect(place(await decide({ session, hop: 1, late: true }))).toMatchObject({ to: '(left)' });
    expect(await store.load(session)).toMatchObject({ status: 'ended' });
  });

  it('a wait whose time is up goes on, and not before', async () => {
    const { send, decide, ask, clock } = await atNeed();
    const later = send(said('later'), 'e2');
    expect(place(await decide({ session, hop: 1 }))).toMatchObject({ hop: 2, to: 'pause', wait: 3_600 });
    expect(await later).toMatchObject({ rest: 'wait' });
    await ask({ session, hop: 2, token: 'second' });
    await clock.advance(3_599_500);
    expect(place(await decide({ session, hop: 2, late: true }))).toMatchObject({ hop: 3, to: 'pause', wait: 1 });
    await clock.advance(500);
    expect(place(await decide({ session, hop: 3, late: true }))).toMatchObject({ hop: 4, to: 'need' });
  });

  it('a turn that is wanted sooner than its workflow says: a filler by then', async () => {
    const { opened } = gate();
    const { world, send, decide, call, ask, clock } = await atNeed({ get: async () => opened.then(() => 'late') });
    const track = send(said('track'), 'e2');
    await decide({ session, hop: 1 });
    await track;
    await ask({ session, hop: 2, token: 'second' });
    const reply = turn(world, { session, id: 'e3', event: said('orderId=W1234567'), within: 500 });
    await decide({ session, hop: 2 });
    void call({ session, hop: 3 });
    await clock.advance(500);
    expect(await reply).toMatchObject({ rest: 'work', say: ['One moment, please.'] });
  });

  it('a decision that takes longer than the turn: a filler, and what comes later with the next event', async () => {
    const { open, opened } = gate();
    // The desk gives a decision one second and a turn two: a tool that takes long is what makes a turn late.
    const { send, decide, call, ask, clock } = await atNeed({
      get: async () => {
        await opened;
        return 'shipped';
      },
    });
    const track = send(said('track'), 'e2');
    await decide({ session, hop: 1 });
    await track;
    await ask({ session, hop: 2, token: 'second' });
    const reply = send(said('orderId=W1234567'), 'e3');
    await decide({ session, hop: 2 });
    const calling = call({ session, hop: 3 });
    await clock.advance(2_000);
    expect(await reply).toMatchObject({ rest: 'work', say: ['One moment, please.'] });
    open();
    expect(place(await calling)).toMatchObject({ hop: 4, to: 'need' });
    expect(await send({ type: 'caller.silent' }, 'e4')).toMatchObject({
      rest: 'caller',
      say: ['It is shipped.', 'What can I do for you?'],
    });
  });
});
