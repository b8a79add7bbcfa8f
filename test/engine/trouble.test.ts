import { afterEach, describe, expect, it } from '@jest/globals';
import { createEngine, type Engine, type EngineOptions, manualClock, type Reply, StoreError } from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { desk, deskTools, gate, literalDecider, said, started } from './desk.ts';

let engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines) await engine.close();
  engines = [];
});

function setUp(options: Partial<EngineOptions> = {}) {
  const clock = manualClock(Date.UTC(2026, 10, 24, 12));
  const store = memoryStore();
  const defaults = { workflows: [desk], store, decider: literalDecider, tools: deskTools({}), clock };
  const engine = createEngine({ ...defaults, ...options });
  engines.push(engine);
  let count = 0;
  const send = (event: Parameters<Engine['turn']>[0]['event'], id = `e${++count}`) =>
    engine.turn({ session: 's1', id, event });
  return { engine, store, clock, send };
}

describe('a session that something failed for', () => {
  it('is gone on with when nobody asks again: its commit was kept, but the answer lost', async () => {
    const store = memoryStore();
    const { open, opened } = gate();
    let loses = false;
    const commit: typeof store.commit = async (commit) => {
      await store.commit(commit);
      if (loses) throw new StoreError('store/failed', 'The connection was lost.', 'Try again.', undefined);
    };
    const tools = deskTools({ get: () => opened.then(() => 'shipped') });
    const { send, clock } = setUp({ store: { ...store, commit }, tools });
    await send(started);
    await send(said('track'));
    loses = true;
    const failed = expect(send(said('orderId=W1234567'))).rejects.toMatchObject({ code: 'store/failed' });
    await clock.advance(2_000);
    await failed;
    loses = false;
    open();
    expect(await store.load('s1')).toMatchObject({ working: true });
    await clock.advance(1_000);
    expect(await store.load('s1')).toMatchObject({ working: false });
    expect((await store.events('s1')).map(({ type }) => type)).toContain('tool.returned');
  });

  it('is pushed to again, after a longer pause each time', async () => {
    const attempts: number[] = [];
    const set = setUp({
      push: async () => {
        attempts.push(set.clock.now() - begin);
        if (attempts.length < 3) throw new Error('The channel is gone.');
      },
    });
    const { engine, send, clock, store } = set;
    await engine.start();
    await send(started);
    await send(said('later'));
    const begin = clock.now() + 3_600_000;
    await clock.advance(3_610_000);
    expect(attempts).toEqual([0, 1_000, 3_000]);
    expect(await store.load('s1')).toMatchObject({ working: false });
  });
});

it('an event that another process takes just now is not taken here as well', async () => {
  const store = memoryStore();
  const first = setUp({ store });
  await first.send(started);
  let between = async (): Promise<void> => undefined;
  const second = setUp({
    store: {
      ...store,
      reply: async (session, id) => {
        const reply = await store.reply(session, id);
        await between();
        return reply;
      },
      load: async (session) => {
        const stored = await store.load(session);
        await between();
        return stored;
      },
    },
  });
  let calls = 0;
  // Between the first and the second thing that the second process reads, the first one takes the event.
  between = async () => {
    calls += 1;
    if (calls === 1) await first.send(said('track'), 'same');
  };
  const reply = await second.send(said('track'), 'same');
  expect(reply).toEqual(await first.send(said('track'), 'same'));
  expect((await store.events('s1')).filter(({ type }) => type === 'caller.said')).toHaveLength(1);
});

describe('two processes on one store', () => {
  const result = ['It is shipped.', 'What can I do for you?'];

  /** A caller is owed the result of a call that took too long for its turn. `count` is how many commits are kept. */
  async function owed() {
    const memory = memoryStore();
    const { open, opened } = gate();
    const both = gate();
    const kept = { commits: 0 };
    /** How many commits are still to be asked for until those that wait are let through. */
    let waits = 0;
    const commit: typeof memory.commit = async (commit) => {
      waits -= 1;
      if (waits === 0) both.open();
      if (waits >= 0) await both.opened;
      await memory.commit(commit);
      kept.commits += 1;
    };
    const store = { ...memory, commit };
    const first = setUp({ store, tools: deskTools({ get: () => opened.then(() => 'shipped') }) });
    const second = setUp({ store });
    await first.send(started);
    await first.send(said('track'));
    const filler = first.send(said('orderId=W1234567'));
    await first.clock.advance(2_000);
    expect(await filler).toMatchObject({ rest: 'work' });
    open();
    await first.clock.advance(0);
    const before = await store.load('s1');
    expect(before).toMatchObject({ revision: kept.commits });
    /** Sends both a signal that nothing waits for: each asks for its commit before one is kept. */
    const signals = (ids: readonly [string, string]) => {
      waits = 2;
      const signal = { type: 'signal.received', name: 'ready', data: null } as const;
      return Promise.all([first.send(signal, ids[0]), second.send(signal, ids[1])]);
    };
    return { store, before, kept, signals };
  }

  it('give the same reply to an event that means nothing, and keep it once', async () => {
    const { store, before, kept, signals } = await owed();
    const commits = kept.commits;
    const [one, other] = await signals(['same', 'same']);
    expect(one).toMatchObject({ rest: 'caller', say: result });
    expect(other).toEqual(one);
    expect(kept.commits).toBe(commits + 1);
    expect(await store.load('s1')).toMatchObject({ seq: before?.seq, revision: commits + 1 });
    expect(JSON.parse((await store.reply('s1', 'same')) ?? '')).toEqual(one);
  });

  it('do not both say what is owed', async () => {
    const { store, before, signals } = await owed();
    const replies = await signals(['one', 'other']);
    expect(replies.map(({ say }) => say).sort((a, b) => a.length - b.length)).toEqual([[], result]);
    expect(await store.load('s1')).toMatchObject({ seq: before?.seq });
  });

  it('do not both push what is owed: not even one that could not do so before', async () => {
    const store = memoryStore();
    const { open, opened } = gate();
    const pushed: Reply[] = [];
    let fails = true;
    const push = async (reply: Reply) => {
      if (fails) throw new Error('The channel is gone.');
      pushed.push(reply);
    };
    const first = setUp({ store, push, tools: deskTools({ get: () => opened.then(() => 'shipped') }) });
    await first.send(started);
    await first.send(said('track'));
    const filler = first.send(said('orderId=W1234567'));
    await first.clock.advance(2_000);
    await filler;
    open();
    await first.clock.advance(0);
    expect(await store.load('s1')).toMatchObject({ working: true });
    fails = false;
    const second = setUp({ store, push });
    await second.engine.start();
    expect(pushed).toMatchObject([{ say: result }]);
    await first.clock.advance(600_000);
    expect(pushed).toHaveLength(1);
    expect(await store.load('s1')).toMatchObject({ working: false });
  });
});

it('what work comes to while its filler is being kept is pushed', async () => {
  const store = memoryStore();
  const tool = gate();
  const disk = gate();
  let slow = false;
  const commit: typeof store.commit = async (commit) => {
    if (slow) await disk.opened;
    await store.commit(commit);
  };
  const pushed: Reply[] = [];
  const { send, clock } = setUp({
    store: { ...store, commit },
    tools: deskTools({ get: () => tool.opened.then(() => 'shipped') }),
    push: async (reply) => void pushed.push(reply),
  });
  await send(started);
  await send(said('track'));
  slow = true;
  const reply = send(said('orderId=W1234567'));
  await clock.advance(2_000);
  tool.open();
  await clock.advance(0);
  disk.open();
  expect(await reply).toMatchObject({ rest: 'work', say: ['One moment, please.'] });
  await clock.advance(0);
  expect(pushed).toMatchObject([{ rest: 'caller', say: ['It is shipped.', 'What can I do for you?'] }]);
  expect(await store.load('s1')).toMatchObject({ working: false });
});

it('what is about to be pushed when the engine is closed is pushed by the next one only', async () => {
  const store = memoryStore();
  const disk = gate();
  let slow = false;
  const commit: typeof store.commit = async (commit) => {
    if (slow) await disk.opened;
    await store.commit(commit);
  };
  const pushed: Reply[] = [];
  let fails = true;
  const push = async (reply: Reply) => {
    if (fails) throw new Error('The channel is gone.');
    pushed.push(reply);
  };
  const { engine, send, clock } = setUp({ store: { ...store, commit }, push });
  await engine.start();
  await send(started);
  await send(said('later'));
  await clock.advance(3_600_000);
  fails = false;
  slow = true;
  await clock.advance(1_000);
  const closed = engine.close();
  disk.open();
  await closed;
  expect(pushed).toEqual([]);
  expect(await store.load('s1')).toMatchObject({ working: true });
  await setUp({ store, push }).engine.start();
  expect(pushed).toMatchObject([{ say: ['Here we are again.', 'What can I do for you?'] }]);
});

it('what a timer brings about is pushed when all of it is done', async () => {
  const { open, opened } = gate();
  const text = desk.text
    .replace("number?' }", "number?', initial: W1234567 }")
    .replace('say: Here we are again.\n    then: need', 'say: Here we are again.\n    then: lookup');
  const pushed: Reply[] = [];
  const { engine, send, clock } = setUp({
    workflows: [{ ...desk, text }],
    tools: deskTools({ get: () => opened.then(() => 'shipped') }),
    push: async (reply) => void pushed.push(reply),
  });
  await engine.start();
  await send(started);
  await send(said('later'));
  await clock.advance(3_600_000);
  await clock.advance(3_000);
  expect(pushed).toEqual([]);
  open();
  await clock.advance(0);
  expect(pushed).toMatchObject([
    { rest: 'caller', say: ['Here we are again.', 'It is shipped.', 'What can I do for you?'] },
  ]);
});

it('a timer that is set while the engine looks for the next one fires in time', async () => {
  const store = memoryStore();
  const { open, opened } = gate();
  let slow = false;
  const nextTimer = async () => {
    const next = await store.nextTimer();
    if (slow) await opened;
    return next;
  };
  const pushed: Reply[] = [];
  const soon = { ...desk, text: desk.text.replace('for: 1h', 'for: 10s') };
  const { engine, send, clock } = setUp({
    workflows: [soon],
    store: { ...store, nextTimer },
    push: async (reply) => void pushed.push(reply),
  });
  await engine.start();
  await clock.advance(59_999);
  slow = true;
  // It looks once a minute when there is no timer.
  await clock.advance(1);
  await send(started);
  await send(said('later'));
  open();
  await clock.advance(10_000);
  expect(pushed).toMatchObject([{ say: ['Here we are again.', 'What can I do for you?'] }]);
});
