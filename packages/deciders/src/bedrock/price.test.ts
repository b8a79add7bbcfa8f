import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { costOf, priceOf, sumOf } from './price.ts';

const price = { input: 2, output: 10, cacheRead: 0.2, cacheWrite: 2.5 };
const tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };

describe('the price of a model', () => {
  it.each([
    ['global.openai.gpt-6-sol', 2, 10],
    // A geography's profile costs a tenth more.
    ['us.openai.gpt-6-sol', 2.2, 11],
    ['us.anthropic.claude-haiku-4-5-20251001-v1:0', 1.1, 5.5],
    ['global.anthropic.claude-haiku-4-5-20251001-v1:0', 1, 5],
    ['eu.anthropic.claude-opus-5-5', 4.4, 22],
    ['us.amazon.nova-2-lite-v1:0', 0.33, 2.75],
    ['openai.gpt-oss-120b-1:0', 0.15, 0.6],
    ['openai.gpt-5.5', 5.5, 33],
    ['us.meta.llama4-maverick-17b-instruct-v1:0', 0.24, 0.97],
    ['arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6', 3.3, 16.5],
  ])('%s', (id, input, output) => {
    expect(priceOf(id)).toMatchObject({ input, output });
  });

  it.each([
    ['one that nobody has listed', 'us.vendor.model-9-v1:0'],
    ['the successor of one that is', 'us.anthropic.claude-opus-5-6'],
    ['a smaller one of the same name', 'us.openai.gpt-5.6-sol-mini'],
    ['one in a region whose price is not known', 'eu.amazon.nova-2-lite-v1:0'],
    ['one in GovCloud', 'us-gov.anthropic.claude-sonnet-5'],
  ])('is not known of %s', (_, id) => {
    expect(priceOf(id)).toBeUndefined();
  });

  it('is one’s own where there is one', () => {
    const own = [
      { model: 'openai.gpt-6-sol', price: { input: 1, output: 4 } },
      { model: 'global.openai.gpt-6-luna', price: { input: 0.05, output: 0.2 } },
      { model: 'vendor.model' },
    ];
    expect(priceOf('us.openai.gpt-6-sol', own)).toEqual({ input: 1, output: 4 });
    expect(priceOf('global.openai.gpt-6-luna', own)).toEqual({ input: 0.05, output: 0.2 });
    expect(priceOf('us.openai.gpt-6-luna', own)).toMatchObject({ input: 0.11 });
    expect(priceOf('vendor.model', own)).toBeUndefined();
  });
});

describe('what tokens cost', () => {
  it('is by the million, each kind at its own price', () => {
    // 1,000 × 2 + 100 × 10 + 4,000 × 0.2 + 2,000 × 2.5 = 8,800 millionths.
    expect(costOf({ input: 1_000, output: 100, cacheRead: 4_000, cacheWrite: 2_000 }, price)).toBe(0.0088);
  });

  it('is not known, rather than nothing, where a price is not', () => {
    expect(costOf({ ...tokens, input: 10 }, undefined)).toBeUndefined();
    const uncached = { input: 2, output: 10 };
    expect(costOf({ ...tokens, input: 10 }, uncached)).toBe(0.00002);
    expect(costOf({ ...tokens, input: 10, cacheRead: 1 }, uncached)).toBeUndefined();
    expect(costOf({ ...tokens, input: 10, cacheWrite: 1 }, uncached)).toBeUndefined();
  });

  it('is the same whether it is added up before or after', () => {
    const count = fc.nat(100_000);
    const usage = fc.record({ input: count, output: count, cacheRead: count, cacheWrite: count });
    fc.assert(
      fc.property(usage, usage, (a, b) => {
        const both = {
          input: a.input + b.input,
          output: a.output + b.output,
          cacheRead: a.cacheRead + b.cacheRead,
          cacheWrite: a.cacheWrite + b.cacheWrite,
        };
        const { known, unknown } = sumOf([costOf(a, price), costOf(b, price)]);
        expect(unknown).toBe(0);
        expect(known).toBeCloseTo(costOf(both, price) ?? Number.NaN, 8);
      }),
    );
  });

  it('tells how much of a sum is not known', () => {
    expect(sumOf([0.1, undefined, 0.2, undefined])).toEqual({ known: 0.3, unknown: 2 });
    expect(sumOf([])).toEqual({ known: 0, unknown: 0 });
  });
});
