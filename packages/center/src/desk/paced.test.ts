import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { paced } from './paced.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

it('does what is asked for at once, and what is asked for meanwhile once more, an interval later', async () => {
  let runs = 0;
  const pace = paced(100, async () => {
    runs += 1;
  });
  pace.ask();
  expect(runs).toBe(1);
  for (let count = 0; count < 20; count++) pace.ask();
  await jest.advanceTimersByTimeAsync(99);
  expect(runs).toBe(1);
  await jest.advanceTimersByTimeAsync(1);
  expect(runs).toBe(2);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(runs).toBe(2);
  pace.ask();
  expect(runs).toBe(3);
});

it('never does it twice at once', async () => {
  const finish: (() => void)[] = [];
  let runs = 0;
  const pace = paced(100, () => {
    runs += 1;
    return new Promise((resolve) => {
      finish.push(resolve);
    });
  });
  pace.ask();
  pace.ask();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(runs).toBe(1);
  finish[0]?.();
  await jest.advanceTimersByTimeAsync(100);
  expect(runs).toBe(2);
});

it('does nothing any more once it is stopped', async () => {
  let runs = 0;
  const pace = paced(100, async () => {
    runs += 1;
  });
  pace.ask();
  pace.ask();
  pace.stop();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(runs).toBe(1);
});
