import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { percentile, shareOf, table, usd } from './figures.ts';

describe('a percentile', () => {
  it('is one of the values: the nearest rank', () => {
    expect(percentile([40, 10, 30, 20], 0.5)).toBe(20);
    expect(percentile([40, 10, 30, 20], 0.95)).toBe(40);
    expect(percentile([7], 0.5)).toBe(7);
    expect(percentile([], 0.5)).toBeUndefined();
  });
});

describe('a share', () => {
  it('has the interval of Wilson', () => {
    // 8 of 10: (0.8 + 0.19207 ± 1.959964 × √(0.016 + 0.0096036)) / 1.384146 = 0.4902 … 0.9433.
    const { low, high } = shareOf(8, 10);
    expect(low).toBeCloseTo(0.4902, 4);
    expect(high).toBeCloseTo(0.9433, 4);
    expect(shareOf(0, 0)).toEqual({ count: 0, of: 0, low: 0, high: 1 });
  });

  it('lies in its interval, and that between none and all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.nat(5_000), (of, any) => {
        const count = any % (of + 1);
        const { low, high } = shareOf(count, of);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(count / of).toBeGreaterThanOrEqual(low - 1e-9);
        expect(count / of).toBeLessThanOrEqual(high + 1e-9);
      }),
    );
  });
});

it('dollars have as many digits as tell something', () => {
  expect([0, 1e-9, 0.000043, 0.00881, 0.5, 12.3].map(usd)).toEqual([
    '$0',
    '<$0.000001',
    '$0.000043',
    '$0.0088',
    '$0.5000',
    '$12.30',
  ]);
});

it('a table has its words to the left and its figures to the right', () => {
  const rows = [
    ['step', 'model', 'n'],
    ['need', 'offline', '1,234'],
  ];
  expect(table(rows, 2)).toEqual(['step  model        n', 'need  offline  1,234']);
});
