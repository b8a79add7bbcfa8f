import { describe, expect, it } from '@jest/globals';
import { type Clock, manualClock } from '@parley/engine';
import { Halted } from './error.ts';
import { after, pause } from './timer.ts';

const DAY = 86_400_000;

describe('a timer', () => {
  it('of a hundred days asks the clock for no more than Node can, and is over in time', async () => {
    const manual = manualClock(0);
    const asked: number[] = [];
    const clock: Clock = {
      now: manual.now,
      after: (milliseconds, then) => {
        asked.push(milliseconds);
        return manual.after(milliseconds, then);
      },
    };
    const rung: number[] = [];
    after(clock, 100 * DAY, () => rung.push(manual.now()));
    await manual.advance(200 * DAY);
    expect(Math.max(...asked)).toBeLessThan(2 ** 31);
    expect(rung).toEqual([100 * DAY]);
  });

  it('can be called off, in its second part as well', async () => {
    const clock = manualClock(0);
    let rung = false;
    const cancel = after(clock, 100 * DAY, () => {
      rung = true;
    });
    await clock.advance(50 * DAY);
    cancel();
    await clock.advance(200 * DAY);
    expect(rung).toBe(false);
  });
});

describe('a pause', () => {
  it('ends with its time, or with its signal', async () => {
    const clock = manualClock(0);
    const controller = new AbortController();
    const [short, long] = [pause(clock, 10, controller.signal), pause(clock, 20, controller.signal)];
    await clock.advance(10);
    await short;
    controller.abort();
    await expect(long).rejects.toBeInstanceOf(Halted);
    await expect(pause(clock, 0, controller.signal)).rejects.toBeInstanceOf(Halted);
  });
});
