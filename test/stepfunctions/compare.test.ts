import { describe, expect, it } from '@jest/globals';
import type { Json } from '@parley/workflow';
import { mirrors } from './compare.ts';

describe("an execution's variable is the session's", () => {
  it.each<[Json, Json]>([
    [
      { a: 1, b: [true, null] },
      { b: [true, null], a: 1 },
    ],
    ['[mail]', 'jane@example.com'],
    ['[goal]', 12],
    ['[mail], or [phone].', 'jane@example.com, or +12065550100.'],
    [
      { to: '[mail]', at: ['15:00'] },
      { to: 'jane@example.com', at: ['15:00'] },
    ],
    [{ kept: 's1', bytes: 300_000 }, { orders: 'many' }],
  ])('%j for %j', (seen, value) => {
    expect(mirrors(seen, value)).toBe(true);
  });

  it.each<[Json, Json]>([
    ['C1002', 'C1003'],
    ['1', 1],
    ['[mail], or (2).', 'jane@example.com, or 2.'],
    [
      ['[mail]', 'b'],
      ['jane@example.com', 'c'],
    ],
    [['[mail]'], ['jane@example.com', 'b']],
    [{ to: '[mail]' }, { from: 'jane@example.com' }],
    [{ to: null }, { to: 1 }],
    [null, false],
  ])('%j not for %j', (seen, value) => {
    expect(mirrors(seen, value)).toBe(false);
  });
});
