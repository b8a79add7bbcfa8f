import type { Clock, Store } from '@parley/engine';
import type { World } from '@parley/stepfunctions';

/** Those who wait for news of sessions, and a store that tells them of its commits. */
export class News {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** `clock`: that of whoever waits. */
  until(clock: Clock): World['news'] {
    return (session, until) =>
      new Promise((resolve) => {
        const those = this.#waiting.get(session) ?? new Set();
        this.#waiting.set(session, those);
        const over = () => {
          forget();
          those.delete(over);
          if (those.size === 0) this.#waiting.delete(session);
          resolve();
        };
        const forget = clock.after(until - clock.now(), over);
        those.add(over);
      });
  }

  /** The store, with its commits told, also those of which nobody knows whether they are kept. */
  of(store: Store): Store {
    return {
      load: (...args) => store.load(...args),
      reply: (...args) => store.reply(...args),
      commit: (commit) =>
        store.commit(commit).finally(() => {
          for (const wake of [...(this.#waiting.get(commit.session) ?? [])]) wake();
        }),
      events: (...args) => store.events(...args),
      dueTimers: (...args) => store.dueTimers(...args),
      nextTimer: () => store.nextTimer(),
      working: () => store.working(),
      sessions: (...args) => store.sessions(...args),
      remove: (...args) => store.remove(...args),
      sweep: (...args) => store.sweep(...args),
      keepWorkflow: (...args) => store.keepWorkflow(...args),
      workflow: (...args) => store.workflow(...args),
      close: () => store.close(),
    };
  }
}
