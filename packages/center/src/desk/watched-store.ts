import type { Commit, Store } from '@parley/engine';

/** A store that tells of what is committed to it, and removed. */
export interface WatchedStore {
  /** To be given to whoever runs the sessions. */
  readonly store: Store;
  /** Told of each commit once it is kept, and (without one) of each session that was removed, until what it returns is called. */
  watch(listener: (session: string, commit: Commit | undefined) => void): () => void;
}

/** The same store, which tells of its commits and removals. */
export function watchedStore(store: Store): WatchedStore {
  const listeners = new Set<(session: string, commit: Commit | undefined) => void>();
  const tell = (session: string, commit?: Commit) => {
    for (const listener of [...listeners]) listener(session, commit);
  };
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
      remove: async (...sessions) => {
        const removed = await store.remove(...sessions);
        for (const session of sessions) tell(session);
        return removed;
      },
      sweep: async (now, thorough) => {
        const removed = await store.sweep(now, thorough);
        for (const session of removed) tell(session);
        return removed;
      },
      keepWorkflow: (workflow) => store.keepWorkflow(workflow),
      workflow: (version) => store.workflow(version),
      close: () => store.close(),
      commit: async (commit) => {
        await store.commit(commit);
        tell(commit.session, commit);
      },
    },
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
