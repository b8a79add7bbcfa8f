import { describe, expect, it } from '@jest/globals';
import type { OwnRow } from '@parley/deciders';
import { type Dimension, type Span, Tally, type Told } from './tally.ts';

const DAY = Date.UTC(2026, 10, 25);
const SOL = 'us.openai.gpt-6-sol';
const LITE = 'us.amazon.nova-2-lite-v1:0';
const tokens = (input: number, output: number) => ({ input, output, cacheRead: 0, cacheWrite: 0 });

/** A decision that was asked for and answered. */
function decided(at: number, data: Told['data'], type = 'model.decided'): readonly Told[] {
  return [
    { at, type: 'model.asked', data: { decision: 'd', step: 'need' } },
    { at: at + 700, type, data: { decision: 'd', step: 'need', choice: 'track', ...data } },
  ];
}

/** By the first model, at $2.20 and $11 a million: 1,000 × 2.2 + 100 × 11 = 3,300 millionths. */
const plain = {
  decider: 'bedrock',
  model: SOL,
  latency: 400,
  tokens: tokens(1_000, 100),
  cost: 0.0033,
  attempts: [{ model: SOL, latency: 400, tokens: tokens(1_000, 100), cost: 0.0033 }],
};

/** Of sessions s0, s1 … of the workflow support. */
async function tallied(
  by: readonly Dimension[],
  sessions: readonly (readonly Told[])[],
  span: Span = {},
  own: readonly OwnRow[] = [],
): Promise<Tally> {
  const tally = new Tally(by, span, own);
  for (const [index, events] of sessions.entries())
    await tally.add({ session: `s${index}`, workflow: 'support' }, events);
  return tally;
}

describe('decisions added up', () => {
  it('have their tokens, latencies and cost by model, and are counted by session', async () => {
    const other = { ...plain, latency: 600 };
    const tally = await tallied(
      ['model'],
      [[...decided(DAY, { by: plain }), ...decided(DAY, { by: other })], decided(DAY, { by: plain })],
    );
    expect(tally.rows()).toEqual([
      {
        by: { model: SOL },
        sessions: 2,
        decisions: 3,
        failed: 0,
        attempts: 3,
        untold: 0,
        tokens: { input: 3_000, output: 300, cacheRead: 0, cacheWrite: 0 },
        latency: { p50: 400, p95: 600 },
        cost: { usd: 0.0099, unknown: 0 },
      },
    ]);
    expect(tally.total()).toMatchObject({ sessions: 2, decisions: 3, cost: { usd: 0.0099 } });
  });

  it('that another model answered in the end leave each model what was spent at it', async () => {
    const by = {
      decider: 'bedrock',
      model: LITE,
      latency: 1_500,
      tokens: tokens(2_100, 180),
      attempts: [
        { model: SOL, latency: 900, tokens: tokens(1_000, 100), cost: 0.0033, failed: 'decider/outside' },
        { model: LITE, latency: 600, tokens: tokens(1_100, 80), cost: 0.000583 },
      ],
    };
    const [lite, sol] = (await tallied(['model'], [decided(DAY, { by })])).rows();
    expect(lite).toMatchObject({ by: { model: LITE }, decisions: 1, attempts: 1, cost: { usd: 0.000583 } });
    expect(lite?.latency).toEqual({ p50: 1_500, p95: 1_500 });
    expect(sol).toMatchObject({ by: { model: SOL }, decisions: 0, sessions: 1, attempts: 1, cost: { usd: 0.0033 } });
    expect(sol?.latency).toBeUndefined();
  });

  it('tell what is not known: a model without a price, an attempt that told no tokens, one that was not waited for', async () => {
    const at = (model: string, attempt: object) => ({ decider: 'bedrock', model, attempts: [{ model, ...attempt }] });
    const tally = await tallied(
      ['workflow'],
      [
        [
          ...decided(DAY, { by: at('vendor.new', { tokens: tokens(10, 1) }) }),
          ...decided(
            DAY,
            { code: 'decider/throttled', message: '', by: at(SOL, { failed: 'decider/throttled' }) },
            'model.failed',
          ),
          ...decided(DAY, { code: 'timeout', message: '' }, 'model.failed'),
        ],
      ],
    );
    expect(tally.rows()).toMatchObject([
      { decisions: 3, failed: 2, attempts: 2, untold: 2, cost: { usd: 0, unknown: 1 } },
    ]);
    expect(tally.unpriced).toEqual(['vendor.new']);
  });

  it('cost what was recorded then, whatever the price is now', async () => {
    const by = { ...plain, attempts: [{ model: SOL, tokens: tokens(1_000, 100), cost: 0.005 }] };
    expect((await tallied(['model'], [decided(DAY, { by })])).total()).toMatchObject({
      cost: { usd: 0.005, unknown: 0 },
    });
  });

  it('take a price that is known by now where the decision knew none', async () => {
    const by = { decider: 'bedrock', model: 'vendor.new', tokens: tokens(1_000, 0) };
    const own = [{ model: 'vendor.new', price: { input: 3, output: 9 } }];
    const tally = await tallied(['model'], [decided(DAY, { by })], {}, own);
    expect(tally.total()).toMatchObject({ attempts: 1, cost: { usd: 0.003, unknown: 0 } });
  });

  it('count the time from being asked where the decider tells none', async () => {
    const [row] = (await tallied(['step', 'day'], [decided(DAY, { by: { decider: 'offline' } })])).rows();
    expect(row).toMatchObject({ by: { step: 'need', day: '2026-11-25' }, decisions: 1, attempts: 0 });
    expect(row?.latency).toEqual({ p50: 700, p95: 700 });
  });

  it('count words of a model as one, however many sentences they came in', async () => {
    const words = [
      { at: DAY, type: 'words.asked', data: { decision: 'c', step: 'tell' } },
      { at: DAY + 300, type: 'model.composed', data: { decision: 'c', step: 'tell', text: 'It is late.', more: true } },
      {
        at: DAY + 500,
        type: 'model.composed',
        data: { decision: 'c', step: 'tell', text: 'Sorry.', by: { model: SOL } },
      },
    ];
    expect((await tallied(['step'], [words])).rows()).toMatchObject([
      { by: { step: 'tell' }, decisions: 1, latency: { p50: 500, p95: 500 } },
    ]);
  });

  it('count from an instant on and before another', async () => {
    const events = [
      ...decided(DAY - 1_000, { by: plain }),
      ...decided(DAY, { by: plain }),
      ...decided(DAY + 9_300, { by: plain }),
    ];
    const span = { since: DAY, until: DAY + 10_000 };
    expect((await tallied(['day'], [events], span)).total()).toMatchObject({ decisions: 1 });
    expect((await tallied(['day'], [events])).rows()).toMatchObject([
      { by: { day: '2026-11-24' }, decisions: 1 },
      { by: { day: '2026-11-25' }, decisions: 2 },
    ]);
  });

  it('take what was said of the work for nothing where it is nothing of the kind', async () => {
    const tally = await tallied(['model'], [decided(DAY, { by: { tokens: 'many', attempts: 3 } })]);
    expect(tally.rows()).toMatchObject([{ by: { model: '(not told)' }, decisions: 1, attempts: 0 }]);
  });
});
