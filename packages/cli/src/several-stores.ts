import type { Store } from '@parley/engine';

/** A store that is looked into, where nobody goes on with a session. */
export type KeptStore = Pick<
  Store,
  'load' | 'events' | 'sessions' | 'workflow' | 'keepWorkflow' | 'remove' | 'sweep' | 'close'
>;

/** Several stores as one to look into: each session is in one of them. */
export function severalStores(stores: readonly [KeptStore, ...KeptStore[]]): KeptStore {
  const [first] = stores;
  const all = <T>(ask: (store: KeptStore) => Promise<T>): Promise<T[]> => Promise.all(stores.map(ask));
  const owner = async (session: string): Promise<KeptStore> => {
    for (const store of stores) if (await store.load(session)) return store;
    return first;
  };
  return {
    load: async (session) => (await owner(session)).load(session),
    events: async (session, range) => (await owner(session)).events(session, range),
    sessions: async (filter) => {
      const found = (await all((store) => store.sessions(filter))).flat();
      return found.sort((a, b) => b.startedAt - a.startedAt).slice(0, filter?.limit);
    },
    remove: async (...sessions) => {
      const removed = await all((store) => store.remove(...sessions));
      return removed.reduce((sum, count) => sum + count, 0);
    },
    sweep: async (now, thorough) => (await all((store) => store.sweep(now, thorough))).flat(),
    keepWorkflow: (workflow) => first.keepWorkflow(workflow),
    workflow: async (version) => (await all((store) => store.workflow(version))).find((kept) => kept !== undefined),
    close: async () => void (await all((store) => store.close())),
  };
}
