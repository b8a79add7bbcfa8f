import type { Clock } from './clock.ts';

/** A clock that stands still until it is moved: for tests, where nothing should wait for real time. */
export interface ManualClock extends Clock {
  /** Moves on by `milliseconds`, waking every sleeper at its time and letting what it does run before the next. */
  advance(milliseconds: number): Promise<void>;
}

/** Makes a manual clock. `start`: milliseconds since the epoch. */
export function manualClock(start: number): ManualClock {
  let now = start;
  const sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();
  return {
    now: () => now,
    sleep(milliseconds, signal) {
      return new Promise((resolve) => {
        if (signal?.aborted || milliseconds <= 0) return resolve();
        const wake = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = { until: now + milliseconds, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake, { once: true });
      });
    },
    async advance(milliseconds) {
      const end = now + milliseconds;
      await quiet();
      for (;;) {
        const [next] = [...sleepers].sort((a, b) => a.until - b.until);
        if (!next || next.until > end) break;
        now = Math.max(now, next.until);
        next.wake();
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
