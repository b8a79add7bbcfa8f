import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Clock } from './clock.ts';
import { Deadlines } from './deadline.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';

/** A clock that counts its sleeps, and those that still go on. */
function counted(clock: ManualClock) {
  const sleeps = { all: 0, open: 0 };
  const counting: Clock = {
    now: clock.now,
    async sleep(milliseconds, signal) {
      sleeps.all += 1;
      sleeps.open += 1;
      await clock.sleep(milliseconds, signal);
      sleeps.open -= 1;
    },
  };
  return { sleeps, counting };
}

describe('deadlines', () => {
  it('are reached in order, each at its time and once', async () => {
    const clock = manualClock(1_000);
    const deadlines = new Deadlines(clock);
    const reached: string[] = [];
    const note = (name: string) => () => void reached.push(`${name} at ${clock.now()}`);
    deadlines.after(50, note('b'));
    deadlines.after(20, note('a'));
    deadlines.after(80, note('d'));
    await clock.advance(10);
    deadlines.after(50, note('c'));
    await clock.advance(1_000);
    expect(reached).toEqual(['a at 1020', 'b at 1050', 'c at 1060', 'd at 1080']);
  });

  it('that are taken back are not reached', async () => {
    const clock = manualClock(0);
    const deadlines = new Deadlines(clock);
    const reached: string[] = [];
    const first = deadlines.after(10, () => void reached.push('first'));
    deadlines.after(10, () => void reached.push('second'));
    first();
    first();
    await clock.advance(10);
    expect(reached).toEqual(['second']);
  });

  it('may be set when one is reached', async () => {
    const clock = manualClock(0);
    const deadlines = new Deadlines(clock);
    const reached: number[] = [];
    deadlines.after(10, () => {
      reached.push(clock.now());
      deadlines.after(5, () => void reached.push(clock.now()));
    });
    deadlines.after(100, () => void reached.push(clock.now()));
    await clock.advance(200);
    expect(reached).toEqual([10, 15, 100]);
  });

  it('share a sleep, and leave none behind', async () => {
    const clock = manualClock(0);
    const { sleeps, counting } = counted(clock);
    const deadlines = new Deadlines(counting);
    const all = Array.from({ length: 100 }, () => deadlines.after(10, () => undefined));
    expect(sleeps).toEqual({ all: 1, open: 1 });
    for (const forget of all) forget();
    await clock.advance(0);
    expect(sleeps).toEqual({ all: 1, open: 0 });
  });

  it('are let go of, all at once', async () => {
    const clock = manualClock(0);
    const { sleeps, counting } = counted(clock);
    const deadlines = new Deadlines(counting);
    let reached = 0;
    const note = () => {
      reached += 1;
    };
    for (const length of [10, 20]) deadlines.after(length, note);
    deadlines.stop();
    await clock.advance(100);
    expect({ reached, open: sleeps.open }).toEqual({ reached: 0, open: 0 });
  });

  it('come as sleeps of their own would, whatever is set and taken back', async () => {
    const times = fc.array(
      // Taken back at half milliseconds: never at the instant that one is due.
      fc.record({ wait: fc.nat(20), length: fc.constantFrom(5, 10, 30), back: fc.option(fc.nat(40)) }),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(times, async (set) => {
        const clock = manualClock(0);
        const deadlines = new Deadlines(clock);
        const reached = new Map<number, number>();
        const expected = new Map<number, number>();
        for (const [index, { wait, length, back }] of set.entries()) {
          const due = clock.now() + length;
          const forget = deadlines.after(length, () => void reached.set(index, clock.now()));
          if (back === null || back >= length) expected.set(index, due);
          if (back !== null) void clock.sleep(back + 0.5).then(forget);
          await clock.advance(wait);
        }
        await clock.advance(100);
        const inOrder = (all: ReadonlyMap<number, number>) => [...all].sort(([a], [b]) => a - b);
        expect(inOrder(reached)).toEqual(inOrder(expected));
      }),
      { numRuns: 50 },
    );
  });
});
