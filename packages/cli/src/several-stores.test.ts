import { describe, expect, it } from '@jest/globals';
import type { Commit, Store } from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { type KeptStore, severalStores } from './several-stores.ts';

const commit = (session: string, at: number, more: Partial<Commit> = {}): Commit => ({
  session,
  expects: 0,
  workflow: session,
  version: session,
  status: 'active',
  working: false,
  at,
  events: [{ seq: 1, at, type: 'caller.said', data: {} }],
  snapshot: '{}',
  timers: { set: [], cancelled: [] },
  ...more,
});

/** Two stores with a session each, and both as one. */
async function both(): Promise<{ readonly stores: readonly [Store, Store]; readonly one: KeptStore }> {
  const stores = [memoryStore(), memoryStore()] as const;
  await stores[0].commit(commit('old', 1_000));
  await stores[1].commit(commit('new', 2_000, { status: 'ended', removeAt: 5 }));
  await stores[1].keepWorkflow({ workflow: 'new', version: 'v2', source: '{}' });
  return { stores, one: severalStores(stores) };
}

describe('several stores', () => {
  it('show what is in any of them', async () => {
    const { one } = await both();
    expect((await one.sessions()).map(({ session }) => session)).toEqual(['new', 'old']);
    expect((await one.sessions({ limit: 1 })).map(({ session }) => session)).toEqual(['new']);
    expect(await one.events('new')).toHaveLength(1);
    expect(await one.workflow('v2')).toBeDefined();
  });

  it('are all swept', async () => {
    const { one } = await both();
    expect(await one.sweep(10)).toEqual(['new']);
    expect(await one.load('new')).toBeUndefined();
  });

  it('remove what is in any of them', async () => {
    const { one, stores } = await both();
    expect(await one.remove('old', 'new')).toBe(2);
    expect([await stores[0].sessions(), await stores[1].sessions()]).toEqual([[], []]);
  });
});
