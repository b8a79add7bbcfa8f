import { expect, it } from '@jest/globals';
import { manualClock } from '@parley/engine';
import { lookingAgain } from './news.ts';

it('pauses grow from 25 to 100 ms, and none goes on beyond the end', async () => {
  const clock = manualClock(0);
  const pauses: number[] = [];
  const news = lookingAgain({
    now: () => clock.now(),
    after(milliseconds, then) {
      pauses.push(milliseconds);
      return clock.after(milliseconds, then);
    },
  });
  for (let looks = 0; looks < 7; looks++) {
    const waited = news('s1', 500);
    await clock.advance(pauses.at(-1) ?? 0);
    await waited;
  }
  // 25, and each half as long again: 37.5, 56.25, 84.375, then 100; of the last, what is left of 500.
  expect(pauses).toEqual([25, 37.5, 56.25, 84.375, 100, 100, 500 - 403.125]);
});
