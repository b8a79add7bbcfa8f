import type { Clock } from '@parley/engine';
import { Halted } from './error.ts';

/** Node's timers take no more milliseconds than this: 24.8 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Calls `then` after any number of milliseconds, unless what it returns is called before. */
export function after(clock: Clock, milliseconds: number, then: () => void): () => void {
  if (milliseconds <= LONGEST_TIMER) return clock.after(milliseconds, then);
  let cancel = clock.after(LONGEST_TIMER, () => {
    cancel = after(clock, milliseconds - LONGEST_TIMER, then);
  });
  return () => cancel();
}

/** Resolves after so many milliseconds, at once where there are none; rejects with Halted when `signal` aborts. */
export function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Halted());
    if (milliseconds <= 0) return resolve();
    const halt = () => {
      cancel();
      reject(new Halted());
    };
    const cancel = after(clock, milliseconds, () => {
      signal.removeEventListener('abort', halt);
      resolve();
    });
    signal.addEventListener('abort', halt, { once: true });
  });
}
