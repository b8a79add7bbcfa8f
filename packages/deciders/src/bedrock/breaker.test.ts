import { describe, expect, test } from '@jest/globals';
import { manualClock } from '@parley/engine';
import { Breaker } from './breaker.ts';

function opened() {
  const clock = manualClock(0);
  const breaker = new Breaker(clock, { failures: 3, pause: 10_000 });
  for (let i = 0; i < 3; i++) breaker.failed('a');
  return { clock, breaker };
}

describe('Breaker', () => {
  test('opens after a row of failures, for that model alone', () => {
    const breaker = new Breaker(manualClock(0), { failures: 3, pause: 10_000 });
    breaker.failed('a');
    breaker.failed('a');
    expect(breaker.admits('a')).toBe(true);
    breaker.failed('a');
    expect(breaker.admits('a')).toBe(false);
    expect(breaker.admits('b')).toBe(true);
  });

  test('an answer breaks the row', () => {
    const breaker = new Breaker(manualClock(0), { failures: 3, pause: 10_000 });
    breaker.failed('a');
    breaker.failed('a');
    breaker.answered('a');
    breaker.failed('a');
    breaker.failed('a');
    expect(breaker.admits('a')).toBe(true);
  });

  test('after the pause one is let through, and the others wait for what comes of it', async () => {
    const { clock, breaker } = opened();
    await clock.advance(9_999);
    expect(breaker.admits('a')).toBe(false);
    await clock.advance(1);
    expect([breaker.admits('a'), breaker.admits('a')]).toEqual([true, false]);
  });

  test('closes when that one is answered', async () => {
    const { clock, breaker } = opened();
    await clock.advance(10_000);
    breaker.admits('a');
    breaker.answered('a');
    expect([breaker.admits('a'), breaker.admits('a')]).toEqual([true, true]);
    // The row begins anew.
    breaker.failed('a');
    expect(breaker.admits('a')).toBe(true);
  });

  test('stays open for another pause when that one fails', async () => {
    const { clock, breaker } = opened();
    await clock.advance(10_000);
    breaker.admits('a');
    await clock.advance(4_000);
    breaker.failed('a');
    await clock.advance(9_999);
    expect(breaker.admits('a')).toBe(false);
    await clock.advance(1);
    expect(breaker.admits('a')).toBe(true);
  });
});
