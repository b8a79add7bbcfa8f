import { describe, expect, it } from '@jest/globals';
import type { Json } from '@parley/workflow';
import { z } from 'zod';
import type { Guard, Inspection, Verdict } from './guard.ts';
import { manualClock } from './manual-clock.ts';
import { defineTool, ToolError } from './tool.ts';
import { Undertaking } from './undertaking.ts';
import { call, type Guarding } from './work.ts';

const order = { session: 's1', call: 'c1', tool: 'notes.add', input: { text: 'my card is 4111' }, retry: 1 };
const models = { decide: undefined, fallback: [], residency: undefined };

/** A guard with an answer for arguments and one for results, that notes what it was asked. */
function guardOf(answers: { readonly [what in Inspection['what']]: () => Promise<Verdict> | Verdict }) {
  const asked: Pick<Inspection, 'what' | 'data'>[] = [];
  const guard: Guard = {
    check: async ({ what, data }) => {
      asked.push({ what, data });
      return answers[what]();
    },
  };
  return { guard, asked };
}

function run(
  guard: Guard | undefined,
  {
    effect = 'writes',
    fails = 0,
    overtaken = false,
  }: { readonly effect?: 'reads' | 'writes'; readonly fails?: number; readonly overtaken?: boolean } = {},
) {
  const clock = manualClock(0);
  const undertaking = new Undertaking();
  const unseen: string[] = [];
  let runs = 0;
  const tool = defineTool({
    about: 'a test',
    effect,
    input: z.object({ text: z.string() }),
    output: z.object({ note: z.string() }),
    timeout: '1s',
    errors: ['full'],
    run: () => {
      runs += 1;
      if (runs <= fails) throw new Error('4111');
      return { note: 'card 4111' };
    },
  });
  let begun = 0;
  const guarding: Guarding = {
    guard,
    workflow: 'w',
    models,
    unseen: (message) => unseen.push(message),
    begins: async () => {
      begun += 1;
      if (overtaken) throw new Error('Somebody else has gone on.');
    },
  };
  const answer = call(tool, order, { clock, undertaking }, guarding);
  return { answer, clock, undertaking, unseen, runs: () => runs, begun: () => begun };
}

const passes = () => ({ passed: true, by: { latency: 12 } });
const blocks = () => ({ passed: false, by: { latency: 15, policies: ['topic'] } });
const never = () => new Promise<Verdict>(() => undefined);
const output: Json = { note: 'card 4111' };

describe('a write that was looked at', () => {
  it('does not begin where somebody else has gone on with the session meanwhile', async () => {
    const { answer, runs } = run(guardOf({ input: passes, output: passes }).guard, { overtaken: true });
    await expect(answer).rejects.toThrow('Somebody else has gone on.');
    expect(runs()).toBe(0);
  });

  it.each([
    ['a write that passed', 'writes', passes, 1],
    ['a write that was blocked', 'writes', blocks, 0],
    ['a read', 'reads', passes, 0],
  ] as const)('is the only one that is asked about that: %s', async (_, effect, input, times) => {
    const { answer, begun } = run(guardOf({ input, output: passes }).guard, { effect });
    await answer;
    expect(begun()).toBe(times);
  });
});

describe('a guard', () => {
  it('is asked about what a tool is given, then what it returned, and both are on record', async () => {
    const { guard, asked } = guardOf({ input: passes, output: passes });
    const { answer } = run(guard);
    expect(await answer).toEqual({
      type: 'tool.returned',
      call: 'c1',
      output,
      attempts: 1,
      checks: [
        { what: 'input', passed: true, by: { latency: 12 } },
        { what: 'output', passed: true, by: { latency: 12 } },
      ],
    });
    expect(asked).toEqual([
      { what: 'input', data: order.input },
      { what: 'output', data: output },
    ]);
  });

  it('that blocks the arguments keeps the tool from running', async () => {
    const { guard } = guardOf({ input: blocks, output: passes });
    const { answer, runs, unseen } = run(guard);
    expect(await answer).toEqual({
      type: 'tool.failed',
      call: 'c1',
      code: 'guardrail',
      message: 'The guardrail did not let pass what notes.add was to be given.',
      attempts: 0,
      checks: [{ what: 'input', passed: false, by: { latency: 15, policies: ['topic'] } }],
    });
    expect(runs()).toBe(0);
    expect(unseen).toEqual([]);
  });

  it('that blocks the result of a write leaves it done, and it is not run again', async () => {
    const { guard } = guardOf({ input: passes, output: blocks });
    const { answer, runs } = run(guard);
    expect(await answer).toEqual({
      type: 'tool.failed',
      call: 'c1',
      code: 'guardrail',
      message: 'The guardrail did not let pass what notes.add returned.',
      attempts: 1,
      done: true,
      checks: [
        { what: 'input', passed: true, by: { latency: 12 } },
        { what: 'output', passed: false, by: { latency: 15, policies: ['topic'] } },
      ],
    });
    expect(runs()).toBe(1);
  });

  it('that blocks the result of a read leaves nothing done', async () => {
    const { guard } = guardOf({ input: passes, output: blocks });
    expect(await run(guard, { effect: 'reads' }).answer).not.toHaveProperty('done');
  });

  it('looks at the arguments once, however often the tool is tried', async () => {
    const { guard, asked } = guardOf({ input: passes, output: passes });
    const { answer, clock } = run(guard, { fails: 1 });
    await clock.advance(200);
    expect(await answer).toMatchObject({ type: 'tool.returned', attempts: 2 });
    expect(asked.map(({ what }) => what)).toEqual(['input', 'output']);
  });

  it('has nothing to look at in a failure, which says that the arguments had passed', async () => {
    const { guard, asked } = guardOf({ input: passes, output: passes });
    const { answer, clock } = run(guard, { fails: 2 });
    await clock.advance(200);
    expect(await answer).toMatchObject({
      type: 'tool.failed',
      code: 'error',
      checks: [{ what: 'input', passed: true }],
    });
    expect(asked).toHaveLength(1);
  });

  it.each(['input', 'output'] as const)('that is late about the %s counts as one that blocks it', async (what) => {
    const { guard } = guardOf({ input: passes, output: passes, [what]: never });
    const { answer, clock, unseen } = run(guard);
    await clock.advance(1_000);
    expect(await answer).toMatchObject({
      type: 'tool.failed',
      code: 'guardrail',
      checks:
        what === 'input' ? [{ what, passed: false, code: 'timeout' }] : [{}, { what, passed: false, code: 'timeout' }],
    });
    const object = what === 'input' ? 'was to be given' : 'returned';
    expect(unseen).toEqual([`What notes.add ${object} could not be looked at (timeout), and is not used.`]);
  });

  it.each<readonly [string, Guard | undefined, string]>([
    ['throws', { check: () => Promise.reject(new Error('my card is 4111')) }, 'error'],
    [
      'throws an error of ours',
      { check: () => Promise.reject(new ToolError('guardrail/throttled', '4111')) },
      'guardrail/throttled',
    ],
    ['answers anything else', { check: async () => JSON.parse('{"passed":"yes"}') }, 'error'],
    ['is not there', undefined, 'none'],
  ])('that %s counts as one that blocks, without a word of what it looked at', async (_, guard, code) => {
    const { answer, unseen, runs } = run(guard);
    const failed = await answer;
    expect(failed).toMatchObject({ code: 'guardrail', checks: [{ what: 'input', passed: false, code }] });
    expect(runs()).toBe(0);
    expect(JSON.stringify([failed, unseen])).not.toContain('4111');
    expect(unseen).toEqual([`What notes.add was to be given could not be looked at (${code}), and is not used.`]);
  });

  it('is told when its time is up', async () => {
    const signals: AbortSignal[] = [];
    const { clock } = run({
      check: ({ signal }) => {
        signals.push(signal);
        return never();
      },
    });
    await clock.advance(999);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await clock.advance(1);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('whose answer nobody waits for any more begins nothing, and is no trouble to tell of', async () => {
    let answered: (verdict: Verdict) => void = () => undefined;
    const { answer, undertaking, runs, unseen } = run({
      check: () =>
        new Promise((resolve) => {
          answered = resolve;
        }),
    });
    undertaking.end();
    answered({ passed: true });
    expect(await answer).toMatchObject({ type: 'tool.failed', attempts: 0 });
    expect(runs()).toBe(0);
    expect(unseen).toEqual([]);
  });
});
