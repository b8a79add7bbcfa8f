import { signaturesOf } from '@parley/engine';
import { describe, expect, it } from '@jest/globals';
import { createMachine, type SessionEvent } from '@parley/machine';
import {
  compileToStepFunctions,
  costOfUsage,
  definitionText,
  readPrices,
  type Shape,
  usageOf,
  walk,
} from '@parley/stepfunctions';
import { compileWorkflow } from '@parley/workflow';
import { desk, deskTools } from '../engine/desk.ts';

const tools = signaturesOf(deskTools({}));
const machine = createMachine(compileWorkflow(desk, tools), tools);
const functions = { ask: 'ask', decide: 'decide', call: 'call', finish: 'finish' };

/** A caller who asks where an order is, and wants nothing more: three decisions, one of them for a form, and a tool. */
const at = 0;
const contact = { id: 'c1', channel: 'chat' } as const;
const CALL: readonly SessionEvent[] = [
  { type: 'session.started', at, contact },
  { type: 'caller.said', at, text: 'where is it' },
  { type: 'model.decided', at, decision: 'd1', choice: 'track', values: {}, confidence: 1 },
  { type: 'caller.said', at, text: 'W1000001' },
  { type: 'model.decided', at, decision: 'd2', choice: 'answered', values: { orderId: 'W1000001' }, confidence: 1 },
  { type: 'tool.returned', at, call: 'c3', output: { status: 'shipped' }, attempts: 2 },
  { type: 'caller.said', at, text: 'bye' },
  { type: 'model.decided', at, decision: 'd4', choice: 'bye', values: {}, confidence: 1 },
];

const walked = (shape: Shape) =>
  walk(definitionText(compileToStepFunctions(machine.program, { shape, functions, tools })), shape, machine, CALL);

describe('a call', () => {
  it('passes, per contact, the states that can be followed on paper', async () => {
    const { executions, waits, works } = await walked('per-contact');
    expect(executions.map(({ states }) => states)).toEqual([
      [
        ...['Start', 'Start: next', 'need'],
        ...['need: decide', 'need: next', 'which'],
        ...['which: decide', 'which: next', 'lookup', 'lookup: next', 'need'],
        ...['need: decide', 'need: next', 'goodbye'],
      ],
    ]);
    expect({ waits, works }).toEqual({ waits: 3, works: 4 });
  });

  it('is, per turn, an execution for each turn that has something to do', async () => {
    const { executions, waits, works } = await walked('per-turn');
    expect(executions.map(({ states }) => states)).toEqual([
      ['Start', 'Start: next', 'need: decide', 'need: next', 'which'],
      ['Start', 'Start: next', 'which: decide', 'which: next', 'lookup', 'lookup: next', 'need'],
      ['Start', 'Start: next', 'need: decide', 'need: next', 'goodbye'],
    ]);
    expect({ waits, works }).toEqual({ waits: 0, works: 4 });
  });

  it('costs what can be worked out on paper', async () => {
    const prices = await readPrices();
    const contact = usageOf(await walked('per-contact'), 'per-contact', CALL, prices.assumed);
    // Four events of the contact. Three decisions of 1,200 ms and a tool that took two attempts of 300 ms: 4,200 ms of work.
    // The front door: 4 × 30 + 4,200 + 4 × 30 for the functions it waits for = 4,440 ms; the functions: 7 × 30 + 4,200 = 4,410 ms; half a GB each.
    expect(contact).toEqual({
      transition: 14,
      expressRequest: 0,
      expressGbSecond: 0,
      lambdaRequest: 4 + 3 + 4,
      lambdaGbSecond: 4.425,
      // A commit for each event, each token, each answer.
      writeUnit: (4 + 3 + 4) * 2,
      // A look each 100 ms of the work.
      readUnit: 4 * 2 + 3 + 4 * 3 + 42,
      kmsRequest: 1,
    });
    const cost = costOfUsage(contact, prices, 'us-east-1');
    expect(cost.transition).toBeCloseTo(0.00035, 12);
    expect(cost.sum).toBeCloseTo(
      0.00035 + 11 * 0.2e-6 + 4.425 * 0.0000133334 + 22 * 0.625e-6 + 65 * 0.125e-6 + 0.03 / 10_000,
      12,
    );

    const turn = usageOf(await walked('per-turn'), 'per-turn', CALL, prices.assumed);
    // 5 × 10 + 30 + 1,200 = 1,280 → 1,300 ms; 7 × 10 + 2 × 30 + 1,200 + 600 = 1,930 → 2,000 ms; 1,300 ms. 64 MB each.
    expect(turn).toMatchObject({ transition: 0, expressRequest: 3, lambdaRequest: 8, writeUnit: 16 });
    expect(turn.expressGbSecond).toBeCloseTo(4.6 / 16, 12);
  });
});

describe('prices', () => {
  it('say where each was read, and when', async () => {
    const { regions } = await readPrices();
    for (const { source, date } of Object.values(regions).flatMap((prices) => Object.values(prices))) {
      expect(source).toMatch(/https:\/\/aws\.amazon\.com\//);
      expect(Date.parse(date)).toBeLessThan(Date.UTC(2026, 11));
    }
  });

  it('can be replaced, and are refused where one is missing or a region is unknown', async () => {
    const prices = await readPrices();
    await expect(readPrices('{', 'own.json')).rejects.toMatchObject({ code: 'cost/prices' });
    const { transition: _, ...others } = prices.regions['us-east-1'] ?? {};
    const less = JSON.stringify({ ...prices, regions: { 'us-east-1': others } });
    await expect(readPrices(less, 'own.json')).rejects.toThrow(/own\.json .*us-east-1\.transition/);
    const free = structuredClone(prices);
    for (const price of Object.values(free.regions['us-east-1'] ?? {})) price.usd = 0;
    const own = await readPrices(JSON.stringify(free));
    const usage = usageOf(await walked('per-turn'), 'per-turn', CALL, own.assumed);
    expect(costOfUsage(usage, own, 'us-east-1').sum).toBe(0);
    expect(() => costOfUsage(usage, own, 'mars-1')).toThrow(expect.objectContaining({ code: 'cost/region' }));
  });
});
