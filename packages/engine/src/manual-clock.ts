import type { Clock } from './clock.ts';

/** A clock that stands still until it is moved: for tests, where nothing should wait for real time. */
export interface ManualClock extends Clock {
  /** Moves on by `milliseconds`, calling what waits at its time and letting what it does run before the next. */
  advance(milliseconds: number): Promise<void>;
}

/** Makes a manual clock. `start`: milliseconds since the epoch. */
export function manualClock(start: number): ManualClock {
  let now = start;
  const waiting = new Set<{ readonly until: number; readonly then: () => void }>();
  return {
    now: () => now,
    after(milliseconds, then) {
      const one = { until: now + Math.max(0, milliseconds), then };
      waiting.add(one);
      return () => void waiting.delete(one);
    },
    async advance(milliseconds) {
      const end = now + milliseconds;
      await quiet();
      for (;;) {
        const [next] = [...waiting].sort((a, b) => a.until - b.until);
        if (!next || next.until > end) break;
        now = Math.max(now, next.until);
        waiting.delete(next);
        next.then();
        await quiet();
      }
      now = end;
      await quiet();
    },
  };
}

/** Lets everything that can go on without time passing go on. */
async function quiet(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
}
