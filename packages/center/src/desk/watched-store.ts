import type { Commit, Store } from '@parley/engine';

/** A store that tells of what is committed to it. */
export interface WatchedStore {
  /** To be given to whoever runs the sessions. */
  readonly store: Store;
  /** Told of each commit once it is kept, until what it returns is called. */
  watch(listener: (session: string, commit: Commit) => void): () => void;
}

/** The same store, which tells of its commits. */
export function watchedStore(store: Store): WatchedStore {
  const listeners = new Set<(session: string, commit: Commit) => void>();
  return {
    store: {
      // One by one: a store may be an object of a class.
      load: (session) => store.load(session),
      reply: (session, id) => store.reply(session, id),
      events: (session, range) => store.events(session, range),
      dueTimers: (now, limit) => store.dueTimers(now, limit),
      nextTimer: () => store.nextTimer(),
      working: () => store.working(),
      sessions: (filter) => store.sessions(filter),
      remove: (...sessions) => store.remove(...sessions),
      sweep: (now, thorough) => store.sweep(now, thorough),
      keepWorkflow: (workflow) => store.keepWorkflow(workflow),
      workflow: (version) => store.workflow(version),
      close: () => store.close(),
      commit: async (commit) => {
        await store.commit(commit);
        for (const listener of [...listeners]) listener(commit.session, commit);
      },
    },
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
