import { expect, it } from '@jest/globals';
import { manualClock } from '@parley/engine';
import { createMachine } from '@parley/machine';
import { memoryStore } from '@parley/stores';
import type { Program } from '@parley/workflow';
import { desk } from '../testing/desk.ts';
import { pinned } from './pinned.ts';

const versioned = (version: string): Program => ({ ...desk, version });
const machine = (version: string) => createMachine(versioned(version), {});

/** Sessions begin on version `live`; `s1` is on another. */
async function world() {
  const store = memoryStore();
  await store.commit({
    session: 's1',
    expects: 0,
    workflow: 'desk',
    version: 'before',
    status: 'active',
    working: false,
    at: 0,
    events: [],
    snapshot: '{}',
    timers: { set: [], cancelled: [] },
    removeAt: 0,
  });
  return {
    store,
    clock: manualClock(0),
    machines: {
      start: async (_workflow: string, version = 'newest') => machine(version),
      of: async ({ version }: { readonly version: string }) => machine(version),
    },
    releases: {
      of: async (workflow: string) => ({ workflow, version: 'live', stateMachine: 'arn' }),
    },
  };
}

it('is the version that the session began on', async () => {
  expect((await pinned(await world(), 'desk', 's1', versioned('last'))).version).toBe('before');
});

it.each(['s2', ''])('is what is live, for a session that has not begun (%j)', async (session) => {
  expect((await pinned(await world(), 'desk', session, versioned('last'))).version).toBe('live');
});

it('is the last one that was gone by, where the store is out of reach', async () => {
  const away = { ...(await world()), store: { ...memoryStore(), load: () => Promise.reject(new Error('away')) } };
  expect((await pinned(away, 'desk', 's1', versioned('last'))).version).toBe('last');
  await expect(pinned(away, 'desk', 's1', undefined)).rejects.toThrow('away');
});

it('is the last one, too, where the store takes its time', async () => {
  const there = await world();
  const slow = { ...there, store: { ...there.store, load: () => new Promise<never>(() => undefined) } };
  const found = pinned(slow, 'desk', 's1', versioned('last'));
  await there.clock.advance(1_500);
  expect((await found).version).toBe('last');
});
