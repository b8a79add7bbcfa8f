import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { Clock } from './clock.ts';
import type { Decider, Decision, Question } from './decider.ts';
import { DeciderError } from './errors.ts';
import { manualClock } from './manual-clock.ts';
import { defineTool, ToolError } from './tool.ts';
import { Undertaking } from './undertaking.ts';
import { call, decide } from './work.ts';

const within = (clock: Clock) => ({ clock, undertaking: new Undertaking() });
const order = { session: 's1', call: 'c1', tool: 't', input: { n: 1 }, retry: 2 };

/** A tool that does what it is told, attempt by attempt, and notes what it was told. */
function scripted(...attempts: (() => unknown)[]) {
  const seen: { key: string; attempt: number; at: number }[] = [];
  const tool = defineTool({
    about: 'a test',
    effect: 'writes',
    input: z.object({ n: z.number() }),
    output: z.object({ ok: z.boolean() }),
    timeout: '1s',
    errors: ['not_found'],
    run: async (_, { idempotencyKey, attempt, now }) => {
      seen.push({ key: idempotencyKey, attempt, at: now });
      return z
        .object({ ok: z.boolean() })
        .loose()
        .parse(await attempts[attempt - 1]?.());
    },
  });
  return { tool, seen };
}

const ok = () => ({ ok: true });
const broken = () => {
  throw new Error('the card 4111 was refused');
};
const hangs = () => new Promise(() => undefined);

describe('a call', () => {
  it('returns what the tool returns', async () => {
    const { tool } = scripted(ok);
    expect(await call(tool, order, within(manualClock(0)))).toEqual({
      type: 'tool.returned',
      call: 'c1',
      output: { ok: true },
      attempts: 1,
    });
  });

  it('is tried again after 200 and 400 ms, with the same key', async () => {
    const clock = manualClock(0);
    const { tool, seen } = scripted(broken, broken, ok);
    const answer = call(tool, order, within(clock));
    await clock.advance(600);
    expect(await answer).toMatchObject({ type: 'tool.returned', attempts: 3 });
    expect(seen).toEqual([
      { key: 's1/c1', attempt: 1, at: 0 },
      { key: 's1/c1', attempt: 2, at: 200 },
      { key: 's1/c1', attempt: 3, at: 600 },
    ]);
  });

  it('fails when the attempts are used up, without a word of what was thrown', async () => {
    const clock = manualClock(0);
    const { tool } = scripted(broken, broken, broken);
    const answer = call(tool, order, within(clock));
    await clock.advance(600);
    expect(await answer).toEqual({
      type: 'tool.failed',
      call: 'c1',
      code: 'error',
      message: 'It threw Error.',
      attempts: 3,
    });
  });

  it('times out, attempt by attempt', async () => {
    const clock = manualClock(0);
    const { tool } = scripted(hangs, ok);
    const answer = call(tool, { ...order, retry: 1 }, within(clock));
    await clock.advance(1_200);
    expect(await answer).toMatchObject({ type: 'tool.returned', attempts: 2 });
  });

  it('tells the tool when the time of an attempt is up', async () => {
    const clock = manualClock(0);
    const signals: AbortSignal[] = [];
    const tool = defineTool({
      about: 'a test',
      effect: 'reads',
      input: z.object({ n: z.number() }),
      output: z.object({}),
      timeout: '1s',
      run: (_, { signal }) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
    });
    const answer = call(tool, { ...order, retry: 0 }, within(clock));
    await clock.advance(999);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await clock.advance(1);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(await answer).toMatchObject({ code: 'timeout', attempts: 1 });
  });

  it('is not tried again when nobody wants it any more', async () => {
    const { tool, seen } = scripted(broken, ok);
    const bounds = within(manualClock(0));
    bounds.undertaking.end();
    expect(await call(tool, order, bounds)).toMatchObject({ type: 'tool.failed', attempts: 1 });
    expect(seen).toHaveLength(1);
  });

  it('takes a failure that the tool names for an answer', async () => {
    const { tool } = scripted(() => {
      throw new ToolError('not_found', 'There is no such order.');
    });
    expect(await call(tool, order, within(manualClock(0)))).toMatchObject({ code: 'not_found', attempts: 1 });
  });

  it('takes an output of another shape, and one that is too large, for a failure', async () => {
    const odd = defineTool({
      about: 'a test',
      effect: 'reads',
      input: z.object({ n: z.number() }),
      output: z.object({ ok: z.literal(true) }),
      run: async () => JSON.parse('{"ok":1}'),
    });
    expect(await call(odd, order, within(manualClock(0)))).toMatchObject({ code: 'invalid_output', attempts: 1 });
    const large = defineTool({
      about: 'a test',
      effect: 'reads',
      input: z.object({}),
      output: z.string(),
      run: () => 'x'.repeat(256 * 1024),
    });
    expect(await call(large, order, within(manualClock(0)))).toMatchObject({ code: 'too_large', attempts: 1 });
  });

  it('takes an input of another shape for a failure, and does not run the tool', async () => {
    const { tool, seen } = scripted(ok);
    const answer = await call(tool, { ...order, input: { n: 'one' } }, within(manualClock(0)));
    expect(answer).toMatchObject({ code: 'invalid_input', message: 'The input does not fit: n (invalid_type).' });
    expect(seen).toEqual([]);
  });
});

describe('a decision', () => {
  const question: Omit<Question, 'deadline' | 'signal'> = {
    session: 's1',
    workflow: 'w',
    step: 'need',
    kind: 'ask',
    instructions: '',
    asked: 'What is it?',
    heard: 'my parcel',
    choices: [{ name: 'track', when: 'wants to know where an order is', examples: [] }],
    fill: [],
    memory: {},
    transcript: async () => [],
    moment: { now: 0, timezone: 'UTC' },
    models: { decide: undefined, fallback: [], residency: undefined },
    due: 2_000,
  };
  const ask = (deadline: number, { signal }: Undertaking) => ({ ...question, deadline, signal });
  const answering = (answer: () => Promise<Decision>): Decider => ({
    name: 'test',
    decide: answer,
  });

  it("is the decider's, with its name", async () => {
    const decider = answering(async () => ({ choice: 'track', values: {}, confidence: 0.9 }));
    expect(await decide(decider, 'd1', ask, 1_000, within(manualClock(0)))).toEqual({
      type: 'model.decided',
      decision: 'd1',
      choice: 'track',
      values: {},
      confidence: 0.9,
      by: { decider: 'test' },
    });
  });

  it('outside of the choices is a failure of the decider', async () => {
    const decider = answering(async () => ({ choice: 'refund_everything', values: {}, confidence: 1 }));
    expect(await decide(decider, 'd1', ask, 1_000, within(manualClock(0)))).toMatchObject({
      type: 'model.failed',
      code: 'decider/outside',
    });
  });

  it('that failed says what the decider says of its work', async () => {
    const decider = answering(() =>
      Promise.reject(new DeciderError('decider/throttled', 'It is asked too much.', { model: 'm', attempts: [] })),
    );
    expect(await decide(decider, 'd1', ask, 1_000, within(manualClock(0)))).toEqual({
      type: 'model.failed',
      decision: 'd1',
      code: 'decider/throttled',
      message: 'It is asked too much.',
      by: { decider: 'test', model: 'm', attempts: [] },
    });
  });

  it('that does not come in time is a failure', async () => {
    const clock = manualClock(0);
    const answer = decide(
      answering(() => new Promise(() => undefined)),
      'd1',
      ask,
      1_000,
      within(clock),
    );
    await clock.advance(1_000);
    expect(await answer).toMatchObject({ type: 'model.failed', code: 'timeout' });
  });
});
