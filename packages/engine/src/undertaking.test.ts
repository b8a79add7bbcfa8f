import { describe, expect, it } from '@jest/globals';
import { Undertaking } from './undertaking.ts';

describe('an undertaking', () => {
  it('tells by its signal that it is over, whenever that is asked for', () => {
    const [before, after] = [new Undertaking(), new Undertaking()];
    const { signal } = before;
    expect(signal.aborted).toBe(false);
    before.end();
    after.end();
    expect([signal.aborted, before.signal === signal, after.signal.aborted]).toEqual([true, true, true]);
  });

  it('ends its parts, and not the other way round', () => {
    const whole = new Undertaking();
    const [first, second] = [whole.part(), whole.part()];
    const { signal } = second;
    first.end();
    expect([whole.over, first.over, second.over]).toEqual([false, true, false]);
    whole.end();
    expect([whole.over, second.over, signal.aborted]).toEqual([true, true, true]);
    expect(whole.part().over).toBe(true);
  });
});
