import type { Clock } from '@parley/engine';

/** Time that goes by as it does, for what real clients wait for, and that can be put ahead. */
export interface RunningClock extends Clock {
  /** Puts it ahead by so many milliseconds: who waits for no longer than that wakes, in the order in which they would have. */
  skip(milliseconds: number): void;
}

/** `start`: milliseconds since the epoch. */
export function runningClock(start: number): RunningClock {
  const began = performance.now();
  let ahead = 0;
  const now = () => Math.floor(start + ahead + performance.now() - began);
  const sleepers = new Set<{ readonly due: number; readonly wake: () => void }>();
  return {
    now,
    after(milliseconds, then) {
      const sleeper = {
        due: now() + milliseconds,
        wake() {
          cancel();
          then();
        },
      };
      const timer = setTimeout(sleeper.wake, milliseconds);
      timer.unref();
      const cancel = () => {
        clearTimeout(timer);
        sleepers.delete(sleeper);
      };
      sleepers.add(sleeper);
      return cancel;
    },
    skip(milliseconds) {
      ahead += milliseconds;
      const due = [...sleepers].filter((sleeper) => sleeper.due <= now()).sort((a, b) => a.due - b.due);
      for (const sleeper of due) if (sleepers.has(sleeper)) sleeper.wake();
    },
  };
}
