import { describe, expect, it } from '@jest/globals';
import { keyOf } from './ask.ts';
import { figuresOf } from './compare.ts';
import type { Place } from './place.ts';
import { described } from './report.ts';
import type { Result } from './results.ts';

const place = (n: number, step: string, choice: string): Place => ({
  file: 'calls.jsonl',
  line: n,
  workflow: 'tea',
  step,
  id: `p${n}`,
  choice,
  by: 'offline',
  limit: 1_000,
  question: () => {
    throw new Error('Nothing is asked here.');
  },
  compare: () => 'none',
});
const places = [
  place(2, 'need', 'tea'),
  place(4, 'need', 'tea'),
  place(6, 'need', 'coffee'),
  place(8, 'sure', 'yes'),
  place(10, 'sure', 'no'),
];
const model = { model: 'm', strategy: 'auto' };
const tokens = { input: 100, output: 10, cacheRead: 0, cacheWrite: 0 };

/** Results of the first places, in order. */
function resultsOf(...given: readonly Partial<Result>[]) {
  const known = new Map<string, Result>();
  for (const [index, one] of given.entries()) {
    const at = places[index];
    if (!at) continue;
    const key = keyOf(at, model);
    known.set(key, { key, place: `calls.jsonl:${at.line}`, step: at.step, model: 'm', latency: 200, spent: 0, ...one });
  }
  return { get: (key: string) => known.get(key) };
}

/** Lines of a table with bars between their cells. */
const cells = (lines: readonly string[]) => lines.map((line) => line.trim().split(/ {2,}/).join(' | '));

const paid = { tokens, cost: 0.002, values: 'none' } as const;

describe('how a model did', () => {
  const all = resultsOf(
    { ...paid, choice: 'tea', values: 'same' },
    { ...paid, choice: 'coffee', values: 'other', latency: 1_400 },
    { ...paid, choice: 'tea' },
    { ...paid, choice: 'yes', latency: 900 },
  );
  const figures = figuresOf(places, model, all);

  it('is told by how often it picked what was recorded, in all and by step', () => {
    expect(figures).toMatchObject({
      asked: 4,
      of: 5,
      choices: { count: 2, of: 4 },
      values: { count: 1, of: 2 },
      late: 1,
    });
    expect(figures.steps).toMatchObject([
      { workflow: 'tea', step: 'need', choices: { count: 1, of: 3 } },
      { workflow: 'tea', step: 'sure', choices: { count: 1, of: 1 } },
    ]);
    expect(figures.latency).toEqual({ p50: 200, p95: 1_400 });
    expect(figures.tokens).toEqual({ input: 400, output: 40, cacheRead: 0, cacheWrite: 0 });
    expect(figures.cost).toEqual({ usd: 0.008, unknown: 0, perThousand: 2 });
  });

  it('is told by what it picked instead, with a place to look at', () => {
    expect(figures.confusions).toEqual([
      { recorded: 'tea', answered: 'coffee', step: 'need', count: 1, example: 'calls.jsonl:4' },
      { recorded: 'coffee', answered: 'tea', step: 'need', count: 1, example: 'calls.jsonl:6' },
    ]);
    const lines = cells(described([figures]));
    expect(lines).toContain('same choice | 50.0 %');
    expect(lines).toContain('decisions | 4 of 5');
    expect(lines).toContain('cost of 1,000 | $2.00');
    expect(lines).toContain('need | 1 of 3');
    expect(lines).toContain('1 × | tea → coffee | at need, | as in calls.jsonl:4');
  });

  it('counts a failure as not the same, by its code', () => {
    const failing = figuresOf(places, model, resultsOf({ ...paid, choice: 'tea' }, { failed: 'decider/outside' }));
    expect(failing).toMatchObject({ choices: { count: 1, of: 2 }, failed: { 'decider/outside': 1 }, confusions: [] });
    expect(cells(described([failing]))).toContain('failed: decider/outside | 1');
  });

  it('does not take a cost that is not known for none', () => {
    const figures = figuresOf(places, model, resultsOf({ tokens, choice: 'tea' }, { tokens, choice: 'tea' }));
    expect(figures.cost).toEqual({ usd: 0, unknown: 2, perThousand: undefined });
    const lines = cells(described([figures]));
    expect(lines).toContain('cost | ?');
    expect(lines.join('\n')).toMatch(/^\? No price is known/m);
  });
});
