import { describe, expect, test } from '@jest/globals';
import { manualClock } from '@parley/engine';
import { Account } from './account.ts';

const tokens = { input: 10, output: 2, cacheRead: 3, cacheWrite: 4 };
const rows = [{ model: 'vendor.priced', price: { input: 1, output: 10, cacheRead: 1, cacheWrite: 1 } }];

describe('Account', () => {
  test('adds up what all attempts took, in the order of their beginning', async () => {
    const clock = manualClock(0);
    const account = new Account(clock, rows);
    const first = account.begin('vendor.priced', 'strict');
    await clock.advance(100);
    const second = account.begin('vendor.priced', 'strict');
    await clock.advance(50);
    second({ tokens });
    first({ tokens, failed: 'decider/outside' });
    await clock.advance(5);
    // 10 + 2 × 10 + 3 + 4 millionths of a dollar, twice.
    expect(account.by('vendor.priced')).toEqual({
      model: 'vendor.priced',
      strategy: 'strict',
      latency: 155,
      tokens: { input: 20, output: 4, cacheRead: 6, cacheWrite: 8 },
      cost: 0.000074,
      attempts: [
        { model: 'vendor.priced', strategy: 'strict', latency: 150, tokens, cost: 0.000037, failed: 'decider/outside' },
        { model: 'vendor.priced', strategy: 'strict', latency: 50, tokens, cost: 0.000037 },
      ],
    });
  });

  test('tells no cost where that of one attempt is not known', () => {
    const account = new Account(manualClock(0), rows);
    account.begin('vendor.priced', 'json')({ tokens });
    account.begin('vendor.other', 'json')({ tokens });
    expect(account.by()).not.toHaveProperty('cost');
  });

  test('says of whoever has not ended that it was called off, and names the one that answered', async () => {
    const clock = manualClock(0);
    const account = new Account(clock, []);
    const slow = account.begin('vendor.slow', 'strict');
    account.begin('vendor.fast', 'forced')({ tokens });
    await clock.advance(7);
    const by = account.by('vendor.fast');
    // What comes of it later is not told any more.
    slow({ failed: 'decider/timeout' });
    expect(by).toMatchObject({
      model: 'vendor.fast',
      strategy: 'forced',
      attempts: [{ model: 'vendor.slow', failed: 'decider/called-off', latency: 7 }, { model: 'vendor.fast' }],
    });
  });

  test('stays small enough to be recorded, however often it was tried', () => {
    const account = new Account(manualClock(0), []);
    const arn = `arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/${'x'.repeat(12)}`;
    for (let i = 0; i < 500; i++) account.begin(arn, 'strict')({ tokens, failed: 'decider/unavailable' });
    const by = account.by();
    expect(JSON.stringify(by).length).toBeLessThan(8_000);
    expect(by).toMatchObject({ tokens: { input: 5_000 } });
  });
});
