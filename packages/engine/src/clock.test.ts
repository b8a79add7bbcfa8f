import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { sleep, systemClock } from './clock.ts';

beforeEach(() => {
  jest.useFakeTimers({ now: 1_000 });
});
afterEach(() => {
  jest.useRealTimers();
});

/** Whether a promise has been kept, once all that is ready has been done. */
async function over(promise: Promise<void>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await Promise.resolve();
  return done;
}

it("the system's clock tells the time and wakes sleepers at theirs", async () => {
  expect(systemClock.now()).toBe(1_000);
  const slept = sleep(systemClock, 500);
  jest.advanceTimersByTime(499);
  expect(await over(slept)).toBe(false);
  jest.advanceTimersByTime(1);
  expect(await over(slept)).toBe(true);
});

it('a signal wakes a sleeper at once, and nothing is left of the sleep either way', async () => {
  const cancel = new AbortController();
  const cut = sleep(systemClock, 500, cancel.signal);
  expect(await over(cut)).toBe(false);
  cancel.abort();
  expect(await over(cut)).toBe(true);
  expect(jest.getTimerCount()).toBe(0);

  const { signal } = new AbortController();
  const slept = sleep(systemClock, 500, signal);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  jest.advanceTimersByTime(500);
  expect(await over(slept)).toBe(true);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('nobody sleeps whose signal has aborted', async () => {
  expect(await over(sleep(systemClock, 500, AbortSignal.abort()))).toBe(true);
  expect(jest.getTimerCount()).toBe(0);
});
