import { type Clock, sleep } from '@parley/engine';
import type { World } from '../functions/world.ts';

/** In milliseconds. */
const FIRST = 25;
const LONGEST = 100;

/**
 * News of one turn by looking again: whoever waits reads the store after a pause, which grows from 25 to 100 ms. A commit tells
 * nobody, as it is made in another function.
 */
export function lookingAgain(clock: Clock): World['news'] {
  let pause = FIRST;
  return async (_session, until) => {
    const left = until - clock.now();
    await sleep(clock, Math.min(pause, left));
    pause = Math.min(LONGEST, pause * 1.5);
  };
}
