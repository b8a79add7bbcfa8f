import type { Clock } from '@parley/engine';

/** A simulated clock: time passes only when the program has nothing else to do, and then it jumps to the next sleeper. */
export interface IdleClock extends Clock {
  /** Lets time pass until `work` is done. Throws where nothing is left that could ever go on. */
  during<T>(work: Promise<T>): Promise<T>;
  /** No time passes while `work` is under way: it takes real time, such as reading a file. */
  outside<T>(work: Promise<T>): Promise<T>;
}

/** How often the event loop goes round with nothing happening before the program counts as idle. */
const QUIET = 5;

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/**
 * Makes an idle clock. `start`: milliseconds since the epoch. `grain`: sleeps end at whole multiples of so many
 * milliseconds, so that what happens at about the same time happens together.
 */
export function idleClock(start: number, grain = 1): IdleClock {
  let now = start;
  /** Grows whenever somebody begins or ends a sleep: something is going on. */
  let moves = 0;
  /** Work of real time that is under way. */
  let real = 0;
  const sleepers = new Set<Sleeper>();
  return {
    now: () => now,
    after(milliseconds, then) {
      moves += 1;
      const sleeper: Sleeper = {
        until: Math.ceil((now + Math.max(0, milliseconds)) / grain) * grain,
        wake: () => {
          if (cancel()) then();
        },
      };
      const cancel = () => {
        moves += 1;
        return sleepers.delete(sleeper);
      };
      sleepers.add(sleeper);
      return () => void cancel();
    },
    async outside(work) {
      real += 1;
      try {
        return await work;
      } finally {
        real -= 1;
        moves += 1;
      }
    },
    async during(work) {
      let done = false;
      const end = () => {
        done = true;
      };
      work.then(end, end);
      for (;;) {
        for (let quiet = 0, seen = moves; quiet < QUIET && !done; quiet++) {
          await new Promise((resolve) => setImmediate(resolve));
          if (seen === moves && real === 0) continue;
          seen = moves;
          quiet = -1;
        }
        if (done) return work;
        let next = Number.POSITIVE_INFINITY;
        for (const { until } of sleepers) if (until < next) next = until;
        if (next === Number.POSITIVE_INFINITY) throw new Error('Nothing is left that could go on.');
        now = next;
        for (const sleeper of [...sleepers]) if (sleeper.until <= next) sleeper.wake();
      }
    },
  };
}
