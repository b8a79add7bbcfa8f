import { afterEach, describe, expect, it } from '@jest/globals';
import {
  createEngine,
  type Engine,
  type EngineOptions,
  type LogEntry,
  manualClock,
  type Reply,
  type Store,
  StoreError,
} from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { desk, deskTools, gate, literalDecider, said, started } from './desk.ts';

let engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines) await engine.close();
  engines = [];
});

function setUp(options: Partial<EngineOptions> = {}) {
  const clock = manualClock(0);
  const log: LogEntry[] = [];
  const engine = createEngine({
    workflows: [desk],
    store: memoryStore(),
    decider: literalDecider,
    tools: deskTools({}),
    clock,
    log: (entry) => void log.push(entry),
    ...options,
  });
  engines.push(engine);
  let count = 0;
  const send = (event: Parameters<Engine['turn']>[0]['event']) =>
    engine.turn({ session: 's1', id: `e${++count}`, event });
  return { engine, clock, log, send };
}

/** Brings a session to where its tool goes on after the turn was answered with a filler. */
async function slow(options: Partial<EngineOptions>) {
  const { open, opened } = gate();
  const set = setUp({ tools: deskTools({ get: () => opened.then(() => 'shipped') }), ...options });
  await set.send(started);
  await set.send(said('track'));
  const reply = set.send(said('orderId=W1234567'));
  await set.clock.advance(2_000);
  expect(await reply).toMatchObject({ rest: 'work' });
  return { ...set, open };
}

describe('an engine', () => {
  it('gives the machine of a workflow by its name, and names those there are', () => {
    const { engine } = setUp();
    expect(engine.machine('desk').program.name).toBe('desk');
    expect(() => engine.machine('other')).toThrow(
      expect.objectContaining({ code: 'engine/unknown-workflow', fix: 'There is desk.' }),
    );
    const two = setUp({ workflows: [desk, { ...desk, text: desk.text.replace('workflow: desk', 'workflow: shop') }] });
    expect(() => two.engine.machine('other')).toThrow(expect.objectContaining({ fix: 'There are desk, shop.' }));
  });

  it('names the workflows there are to who starts another', async () => {
    const { send } = setUp({
      workflows: [desk, { ...desk, text: desk.text.replace('workflow: desk', 'workflow: shop') }],
    });
    await expect(send({ ...started, workflow: 'other' })).rejects.toMatchObject({
      code: 'engine/unknown-workflow',
      message: 'There is no workflow other here.',
      fix: 'There are desk, shop.',
    });
  });

  it('takes nothing any more once it is closed', async () => {
    const { engine, send } = setUp();
    await send(started);
    await engine.close();
    await expect(send(said('track'))).rejects.toMatchObject({ code: 'engine/closed', fix: 'Make another.' });
  });

  it('keeps the 2,000 sessions in memory that were used last', async () => {
    const store = memoryStore();
    const loaded: string[] = [];
    const { engine } = setUp({
      store: {
        ...store,
        load: (session) => {
          loaded.push(session);
          return store.load(session);
        },
      },
    });
    for (let number = 0; number <= 2_000; number++) {
      await engine.turn({ session: `s${number}`, id: 'start', event: started });
    }
    loaded.length = 0;
    for (const session of ['s2000', 's1', 's0']) await engine.turn({ session, id: 'e', event: said('track') });
    // The first had to make room, for the last; now s2 has, for the first.
    await engine.turn({ session: 's2', id: 'e', event: said('track') });
    await engine.turn({ session: 's1', id: 'e2', event: said('W1234567') });
    expect(loaded).toEqual(['s0', 's2']);
  });
});

describe('a session that can’t be read', () => {
  it.each([
    ['is no JSON', '{'],
    ['is of another shape', '{"machine":{}}'],
  ])('since what is kept of it %s is refused by its name', async (_, snapshot) => {
    const store = memoryStore();
    await setUp({ store }).send(started);
    const { engine, clock, log } = setUp({
      store: {
        ...store,
        load: async (session) => {
          const kept = await store.load(session);
          return kept && { ...kept, snapshot };
        },
      },
    });
    await expect(engine.turn({ session: 's1', id: 'x', event: said('track') })).rejects.toMatchObject({
      code: 'engine/damaged',
      message: "What is kept of session s1 can't be read.",
    });
    // It would be no better another time.
    await clock.advance(60_000);
    expect(log).toEqual([]);
  });
});

describe('what goes wrong beside the turns', () => {
  it.each([
    ['an error', () => new TypeError('said by the caller'), 'engine/failed', 'It threw TypeError.'],
    ['a text', () => 'said by the caller', 'engine/failed', 'It threw string.'],
    [
      'an error of ours',
      () => new StoreError('store/full', 'The disk is full.', 'Make room.', undefined),
      'store/full',
      'The disk is full.',
    ],
  ])('is told by its session, without what was thrown: %s', async (_, thrown, code, message) => {
    const { clock, open, log } = await slow({
      push: async () => {
        throw thrown();
      },
    });
    open();
    await clock.advance(0);
    expect(log).toEqual([{ level: 'error', code, message, session: 's1' }]);
  });

  it('is begun again after a second where it could not be kept', async () => {
    const store = memoryStore();
    let full = false;
    const failing: Store = {
      ...store,
      commit: async (commit) => {
        if (full) throw new StoreError('store/full', 'The disk is full.', 'Make room.', undefined);
        await store.commit(commit);
      },
    };
    const pushed: Reply[] = [];
    const { clock, open, log } = await slow({ store: failing, push: async (reply) => void pushed.push(reply) });
    full = true;
    open();
    await clock.advance(999);
    expect(log).toEqual([{ level: 'error', code: 'store/full', message: 'The disk is full.', session: 's1' }]);
    full = false;
    expect(pushed).toEqual([]);
    await clock.advance(1);
    await clock.advance(0);
    expect(pushed).toMatchObject([{ rest: 'caller', say: ['It is shipped.', 'What can I do for you?'] }]);
  });
});

describe('what a session owes', () => {
  it('is pushed by the next engine where this one could not', async () => {
    const store = memoryStore();
    const { clock, open, engine } = await slow({
      store,
      push: async () => {
        throw new Error('The channel is down.');
      },
    });
    open();
    await clock.advance(0);
    await engine.close();
    const pushed: Reply[] = [];
    const next = setUp({ store, push: async (reply) => void pushed.push(reply) });
    await next.engine.start();
    expect(pushed).toMatchObject([{ session: 's1', say: ['It is shipped.', 'What can I do for you?'] }]);
    expect(await store.working()).toEqual([]);
  });

  it('waits for its next event where nothing can be pushed: no engine has work with it', async () => {
    const store = memoryStore();
    const { clock, open, send } = await slow({ store });
    expect(await store.working()).toEqual(['s1']);
    open();
    await clock.advance(0);
    expect(await store.working()).toEqual([]);
    expect(await send({ type: 'caller.silent' })).toMatchObject({ say: ['It is shipped.', 'What can I do for you?'] });
  });
});

describe('a caller who goes on speaking', () => {
  it('is answered without the decision on what was said before, which is called off', async () => {
    const signals: AbortSignal[] = [];
    const patient = { ...desk, text: desk.text.replace('decide: 1s', 'decide: 5s') };
    const { send, clock } = setUp({
      workflows: [patient],
      decider: {
        name: 'slow at first',
        decide: (question) => {
          signals.push(question.signal);
          return signals.length === 1 ? new Promise(() => undefined) : literalDecider.decide(question);
        },
      },
    });
    await send(started);
    const first = send(said('I would like'));
    await clock.advance(2_000);
    expect(await first).toMatchObject({ rest: 'work' });
    expect(signals[0]?.aborted).toBe(false);
    expect(await send(said('bye'))).toMatchObject({ rest: 'end', say: ['Goodbye.'] });
    expect(signals[0]?.aborted).toBe(true);
  });
});

describe('closing', () => {
  it('waits for what is being kept', async () => {
    const store = memoryStore();
    const { open: goOn, opened: mayKeep } = gate();
    let keeping = false;
    const { clock, open, engine } = await slow({
      store: {
        ...store,
        commit: async (commit) => {
          if (commit.events.some(({ type }) => type === 'tool.returned')) {
            keeping = true;
            await mayKeep;
          }
          await store.commit(commit);
        },
      },
    });
    open();
    await clock.advance(0);
    expect(keeping).toBe(true);
    let closed = false;
    const closing = engine.close().then(() => {
      closed = true;
    });
    await clock.advance(0);
    expect(closed).toBe(false);
    goOn();
    await closing;
    expect((await store.events('s1')).map(({ type }) => type)).toContain('tool.returned');
  });
});

describe('a timer that can not be fired', () => {
  it('is left alone for a minute, and holds up no other', async () => {
    const store = memoryStore();
    let broken = false;
    let attempts = 0;
    const pushed: string[] = [];
    const { engine, clock } = setUp({
      store: {
        ...store,
        commit: async (commit) => {
          if (broken && commit.session === 's1') {
            attempts += 1;
            throw new StoreError('store/full', 'The disk is full.', 'Make room.', undefined);
          }
          await store.commit(commit);
        },
      },
      push: async ({ session }) => void pushed.push(session),
    });
    await engine.start();
    for (const session of ['s1', 's2']) {
      await engine.turn({ session, id: 'start', event: started });
      await engine.turn({ session, id: 'later', event: said('later') });
    }
    broken = true;
    await clock.advance(3_600_000);
    expect([attempts, pushed]).toEqual([1, ['s2']]);
    await clock.advance(59_000);
    expect([attempts, pushed]).toEqual([1, ['s2']]);
    broken = false;
    await clock.advance(2_000);
    expect([attempts, pushed]).toEqual([1, ['s2', 's1']]);
  });
});

describe('a session whose tools are gone', () => {
  it('goes on with the version it started on, and leaves by the door where it needs one', async () => {
    const store = memoryStore();
    const before = setUp({ store });
    await before.send(started);
    await before.send(said('cancel'));
    await before.send(said('orderId=W1234567'));
    const { 'orders.get': get, ...others } = deskTools({});
    expect(Object.keys(others)).toEqual(['orders.cancel']);
    const text = desk.text.replace(
      / {2}cancel:\n[\s\S]*?failed: .*\n/,
      '  cancel:\n    say: We can not do that.\n    then: cancelled\n',
    );
    const next = setUp({
      store,
      workflows: [{ ...desk, text }],
      tools: get ? { 'orders.get': get } : {},
    });
    expect(await next.engine.turn({ session: 's1', id: 'yes', event: said('yes') })).toMatchObject({
      rest: 'transfer',
      transfer: { queue: 'people' },
    });
    const events = await store.events('s1');
    expect(events.find(({ type }) => type === 'tool.failed')?.data).toMatchObject({
      code: 'error',
      message: 'There is no tool orders.cancel here.',
      attempts: 0,
    });
  });
});
