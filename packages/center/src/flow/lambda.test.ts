import { describe, expect, it } from '@jest/globals';
import { manualClock } from '@parley/engine';
import { invoke } from './lambda.ts';

const throttled = () => Object.assign(new Error('slow down'), { name: 'TooManyRequestsException' });

describe('a call of a function', () => {
  it('has so long and no longer, and tells the function', async () => {
    const clock = manualClock(0);
    let left = 0;
    const answer = invoke(
      (_, context) => {
        left = context.getRemainingTimeInMillis();
        return new Promise(() => undefined);
      },
      {},
      { limit: 8_000, clock },
    );
    await clock.advance(7_999);
    expect(await Promise.race([answer, Promise.resolve('open')])).toBe('open');
    await clock.advance(1);
    expect(await answer).toBeUndefined();
    expect(left).toBe(8_000);
  });

  it.each([
    [3, { value: 'done' }],
    [4, undefined],
  ])('is tried again where Lambda is throttled: %i times', async (times, wanted) => {
    const clock = manualClock(0);
    let calls = 0;
    const answer = invoke(
      async () => {
        if (++calls <= times) throw throttled();
        return 'done';
      },
      {},
      { limit: 8_000, clock },
    );
    await clock.advance(8_000);
    expect(await answer).toEqual(wanted);
    expect(calls).toBe(4);
  });

  it('is not tried again where the function itself fails', async () => {
    let calls = 0;
    const failing = async () => {
      calls++;
      throw new Error('broken');
    };
    expect(await invoke(failing, {}, { limit: 8_000, clock: manualClock(0) })).toBeUndefined();
    expect(calls).toBe(1);
  });
});
