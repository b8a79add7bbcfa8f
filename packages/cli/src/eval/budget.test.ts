import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Budget } from './budget.ts';

it('there is room for what can not exceed the cap, with what was spent before', async () => {
  const budget = new Budget(1, 0.5);
  expect(await budget.take(0.6)).toBe(false);
  expect(await budget.take(0.4)).toBe(true);
  budget.settle(0.4, 0.1);
  expect(budget.spent).toBeCloseTo(0.6);
  expect(await budget.take(0.41)).toBe(false);
  expect(await budget.take(0.39)).toBe(true);
});

it('what has no room beside what is under way waits for what that comes to', async () => {
  const budget = new Budget(1, 0);
  expect(await budget.take(0.7)).toBe(true);
  let answer: boolean | undefined;
  const second = budget.take(0.7).then((room) => {
    answer = room;
  });
  await Promise.resolve();
  expect(answer).toBeUndefined();
  budget.settle(0.7, 0.2);
  await second;
  expect(answer).toBe(true);
});

it('without a cap there is always room', async () => {
  expect(await new Budget(undefined, 1e6).take(1e6)).toBe(true);
});

it('a cap is never exceeded, and stops only where the next could', async () => {
  const tasks = fc.array(
    fc.record({ most: fc.double({ min: 0, max: 1, noNaN: true }), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(
      tasks,
      fc.double({ min: 0, max: 5, noNaN: true }),
      fc.integer({ min: 1, max: 5 }),
      async (all, cap, workers) => {
        const budget = new Budget(cap, 0);
        const open = all.values();
        let refused: number | undefined;
        const work = async () => {
          for (const { most, share } of open) {
            if (!(await budget.take(most))) {
              refused = most;
              return;
            }
            await Promise.resolve();
            budget.settle(most, most * share);
          }
        };
        await Promise.all(Array.from({ length: workers }, work));
        expect(budget.spent).toBeLessThanOrEqual(cap + 1e-9);
        if (refused !== undefined && workers === 1) expect(budget.spent + refused).toBeGreaterThan(cap - 1e-9);
      },
    ),
  );
});
