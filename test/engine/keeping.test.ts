import { afterEach, describe, expect, it } from '@jest/globals';
import { createEngine, type Engine, type LogEntry, manualClock, type Store, StoreError } from '@parley/engine';
import { memoryStore, openSqliteStore } from '@parley/stores';
import { sourceOf } from '@parley/workflow';
import { desk, deskTools, literalDecider, said, started } from './desk.ts';

const START = Date.UTC(2026, 10, 24, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines) await engine.close();
  engines = [];
});

function setUp(limits: string, store: Store = memoryStore(), tools = deskTools({})) {
  const clock = manualClock(START);
  const log: LogEntry[] = [];
  const text = desk.text
    .replace('turns: 20', `turns: 20${limits}`)
    .replace('variables:', 'variables:\n  agreed: { type: boolean, initial: false }')
    .replace('bye: {', 'agree: { when: agrees to be recorded, to: need, set: { agreed: true } }\n      bye: {');
  const engine = createEngine({
    workflows: [sourceOf(text)],
    store,
    decider: literalDecider,
    tools,
    clock,
    log: (entry) => log.push(entry),
  });
  engines.push(engine);
  let count = 0;
  const send = (event: Parameters<Engine['turn']>[0]['event'], session = 's1') =>
    engine.turn({ session, id: `e${++count}`, event });
  const sessions = async () => (await store.sessions()).map(({ session }) => session).sort();
  return { engine, store, clock, send, sessions, log };
}

describe('limits.keep', () => {
  it('removes a session so long after its last event, and says how many', async () => {
    const { engine, clock, send, sessions, log } = setUp(', keep: 2d');
    await engine.start();
    await send(started, 's1');
    await send(started, 's2');
    await clock.advance(47 * HOUR);
    await send(said('bye'), 's2');
    await clock.advance(HOUR - 1);
    expect(await sessions()).toEqual(['s1', 's2']);
    await clock.advance(10 * MINUTE + 1);
    expect(await sessions()).toEqual(['s2']);
    expect(log).toEqual([{ level: 'info', code: 'engine/removed', message: 'Removed one session whose time was up.' }]);
    await clock.advance(48 * HOUR);
    expect(await sessions()).toEqual([]);
  });

  it('removes at once what was due when the engine was not running', async () => {
    const store = memoryStore();
    const before = setUp(', keep: 2h', store);
    for (const session of ['s1', 's2', 's3']) await before.send(started, session);
    await before.engine.close();
    const after = setUp(', keep: 2h', store);
    await after.clock.advance(2 * HOUR);
    expect(await after.sessions()).toEqual(['s1', 's2', 's3']);
    await after.engine.start();
    await after.clock.advance(0);
    expect(await after.sessions()).toEqual([]);
    expect(after.log.map(({ message }) => message)).toEqual(['Removed 3 sessions whose time was up.']);
  });

  it('lets a session stay that waits for a timer, until that has fired', async () => {
    const { engine, clock, send, sessions } = setUp(', keep: 1h');
    await engine.start();
    await send(started);
    await clock.advance(30 * MINUTE);
    expect(await send(said('later'))).toMatchObject({ rest: 'wait' });
    // The wait takes an hour, and so does what follows.
    await clock.advance(HOUR + 50 * MINUTE);
    expect(await sessions()).toEqual(['s1']);
    await clock.advance(20 * MINUTE);
    expect(await sessions()).toEqual([]);
  });

  it('left out, keeps a session', async () => {
    const { engine, clock, send, sessions } = setUp('');
    await engine.start();
    await send(started);
    await send(said('bye'));
    await clock.advance(48 * HOUR);
    expect(await sessions()).toEqual(['s1']);
  });
});

describe('limits.record', () => {
  it('removes a session that has ended, and for which it does not hold, an hour later', async () => {
    const { engine, clock, send, sessions } = setUp(', keep: 2d, record: $agreed = true');
    await engine.start();
    for (const session of ['agreed', 'not', 'going on']) await send(started, session);
    await send(said('agree'), 'agreed');
    for (const session of ['agreed', 'not']) expect(await send(said('bye'), session)).toMatchObject({ rest: 'end' });
    await clock.advance(HOUR - 1);
    expect(await sessions()).toEqual(['agreed', 'going on', 'not']);
    await clock.advance(10 * MINUTE + 1);
    expect(await sessions()).toEqual(['agreed', 'going on']);
    await clock.advance(46 * HOUR);
    expect(await sessions()).toEqual(['agreed', 'going on']);
    await clock.advance(HOUR);
    expect(await sessions()).toEqual([]);
  });

  it('does not make a session stay longer than it is kept', async () => {
    const { engine, clock, send, sessions } = setUp(', keep: 20m, record: $agreed = true');
    await engine.start();
    await send(started);
    await send(said('bye'));
    await clock.advance(30 * MINUTE);
    expect(await sessions()).toEqual([]);
  });
});

describe('a session that was removed', () => {
  it.each([
    ['in memory', memoryStore],
    ['SQLite', () => openSqliteStore(':memory:')],
  ])('under the engine that holds it is not brought back: %s', async (_, open) => {
    const { store, send, sessions, log } = setUp('', open());
    await send(started);
    await store.remove('s1');
    await expect(send(said('track'))).rejects.toMatchObject({ code: 'engine/unknown-session' });
    expect(await sessions()).toEqual([]);
    expect(log).toMatchObject([{ level: 'warn', code: 'store/conflict' }]);
    expect(await send(started)).toMatchObject({ step: 'need', seq: 3 });
    await store.close();
  });

  it('has no write carried out any more', async () => {
    const cancelled: string[] = [];
    const tools = deskTools({ cancel: async (orderId) => void cancelled.push(orderId) });
    const { store, send } = setUp('', memoryStore(), tools);
    await send(started);
    await send(said('cancel'));
    await send(said('orderId=W1234567'));
    await store.remove('s1');
    await expect(send(said('yes'))).rejects.toMatchObject({ code: 'engine/unknown-session' });
    expect(await store.load('s1')).toBeUndefined();
    expect(cancelled).toEqual([]);
  });
});

it('a sweep that fails is told of, and tried again', async () => {
  const memory = memoryStore();
  let fails = true;
  const store: Store = {
    ...memory,
    sweep: (now) => {
      if (fails) throw new StoreError('store/locked', 'Another process is writing.', 'Try again.', undefined);
      return memory.sweep(now);
    },
  };
  const { engine, clock, send, sessions, log } = setUp(', keep: 1h', store);
  await engine.start();
  await send(started);
  await clock.advance(2 * HOUR);
  expect(new Set(log.map(({ code }) => code))).toEqual(new Set(['store/locked']));
  fails = false;
  await clock.advance(10 * MINUTE);
  expect(await sessions()).toEqual([]);
  expect(log.at(-1)).toMatchObject({ level: 'info', code: 'engine/removed' });
});
