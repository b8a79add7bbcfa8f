import type { Store } from '@parley/engine';

/** A store that tells of what is committed to it. */
export interface WatchedStore {
  /** To be given to whoever runs the sessions. */
  readonly store: Store;
  /** Told the session of each commit, until what it returns is called. */
  watch(listener: (session: string) => void): () => void;
}

/** The same store, which tells of its commits. */
export function watchedStore(store: Store): WatchedStore {
  const listeners = new Set<(session: string) => void>();
  return {
    store: {
      ...store,
      commit: async (commit) => {
        await store.commit(commit);
        for (const listener of [...listeners]) listener(commit.session);
      },
    },
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
