import { describe, expect, it } from '@jest/globals';
import { sleep } from './clock.ts';
import { manualClock } from './manual-clock.ts';

const START = Date.UTC(2026, 10, 24);

describe('a manual clock', () => {
  it('stands still until it is moved', async () => {
    const clock = manualClock(START);
    expect(clock.now()).toBe(START);
    await clock.advance(1_500);
    expect(clock.now()).toBe(START + 1_500);
  });

  it('wakes sleepers at their time, in their order, however they were put to sleep', async () => {
    const clock = manualClock(START);
    const woken: [string, number][] = [];
    const lie = (name: string, milliseconds: number) =>
      sleep(clock, milliseconds).then(() => void woken.push([name, clock.now() - START]));
    void lie('late', 300);
    void lie('soon', 100);
    void lie('later', 301);
    await clock.advance(300);
    expect(woken).toEqual([
      ['soon', 100],
      ['late', 300],
    ]);
    await clock.advance(1);
    expect(woken.at(-1)).toEqual(['later', 301]);
  });

  it('wakes those who lie down again while it moves', async () => {
    const clock = manualClock(START);
    const ticks: number[] = [];
    const tick = async () => {
      for (let i = 0; i < 3; i++) {
        await sleep(clock, 100);
        ticks.push(clock.now() - START);
      }
    };
    void tick();
    await clock.advance(250);
    expect(ticks).toEqual([100, 200]);
    await clock.advance(50);
    expect(ticks).toEqual([100, 200, 300]);
  });

  it('wakes a sleeper at once when its signal aborts, and only once', async () => {
    const clock = manualClock(START);
    const abort = new AbortController();
    let woken = 0;
    void sleep(clock, 1_000, abort.signal).then(() => {
      woken += 1;
    });
    abort.abort();
    await clock.advance(0);
    expect(woken).toBe(1);
    expect(clock.now()).toBe(START);
    await clock.advance(2_000);
    expect(woken).toBe(1);
  });

  it('does not put to sleep for no time, or for a signal that has aborted', async () => {
    const clock = manualClock(START);
    await sleep(clock, 0);
    await sleep(clock, -5);
    await sleep(clock, 1_000, AbortSignal.abort());
    expect(clock.now()).toBe(START);
  });
});
