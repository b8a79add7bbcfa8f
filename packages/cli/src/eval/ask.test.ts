import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Decider, DeciderError, type Question } from '@parley/engine';
import { ask, type Candidate, keyOf, type Run } from './ask.ts';
import type { Place } from './place.ts';
import { Results } from './results.ts';

let folder = '';
let results: Results;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-ask-'));
  results = new Results(path.join(folder, 'results.jsonl'), true);
});
afterEach(() => {
  results.close();
  rmSync(folder, { recursive: true, force: true });
});

const places = Array.from({ length: 20 }, (_, n): Place => {
  const id = `place-${n}`;
  return {
    file: 'calls.jsonl',
    line: n + 2,
    workflow: 'tea',
    step: 'need',
    id,
    choice: 'tea',
    by: 'offline',
    limit: 3_000,
    question: ({ due, deadline, signal }): Question => ({
      session: id,
      workflow: 'tea',
      step: 'need',
      kind: 'ask',
      instructions: '',
      asked: 'Tea or coffee?',
      heard: 'tea',
      choices: [{ name: 'tea', when: 'wants tea', examples: [] }],
      fill: [],
      memory: {},
      transcript: async () => [],
      moment: { now: 0, timezone: 'UTC' },
      models: { decide: undefined, fallback: [], residency: undefined },
      due,
      deadline,
      signal,
    }),
    compare: () => 'none',
  };
});

const tea = { choice: 'tea', values: {}, confidence: 1 };
const spends = { by: { latency: 10, cost: 0.1, tokens: { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 } } };

function candidate(model: string, decide: Decider['decide'], most = 0): Candidate {
  return { model, decider: { name: model, decide }, strategy: 'auto', most: async () => most };
}

/** Runs it, and tells how often each model was asked. */
async function run(candidates: readonly Candidate[], more: Partial<Run> = {}) {
  const asked = new Map<string, number>();
  const counting = candidates.map((one) => ({
    ...one,
    decider: {
      name: one.model,
      decide: (question: Question) => {
        asked.set(one.model, (asked.get(one.model) ?? 0) + 1);
        return one.decider.decide(question);
      },
    },
  }));
  const signal = new AbortController().signal;
  const ended = await ask({
    places,
    candidates: counting,
    results,
    concurrency: 4,
    signal,
    done: () => undefined,
    pauses: [],
    ...more,
  });
  return { ended, asked: Object.fromEntries(asked) };
}

const of = (place: Place | undefined, model: string) => place && results.get(keyOf(place, { model, strategy: 'auto' }));

describe('asking', () => {
  it('puts every place to every model, and never more at once than is said', async () => {
    let [now, most] = [0, 0];
    const slow = candidate('slow', async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise(setImmediate);
      now -= 1;
      return tea;
    });
    const { ended, asked } = await run([slow, candidate('quick', async () => tea)], { concurrency: 3 });
    expect(ended.by).toBe('end');
    expect(asked).toEqual({ slow: 20, quick: 20 });
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(3);
    expect(of(places[19], 'slow')).toMatchObject({
      place: 'calls.jsonl:21',
      step: 'need',
      choice: 'tea',
      values: 'none',
      spent: 0,
    });
  });

  it('asks nothing again that was answered, and what was never heard again', async () => {
    const shaky = candidate('shaky', async ({ session }) => {
      if (session === 'place-3') throw new DeciderError('decider/quota', 'No more today.', {});
      if (session === 'place-4') throw new DeciderError('decider/outside', 'It is no answer.', {});
      return tea;
    });
    expect((await run([shaky])).asked).toEqual({ shaky: 20 });
    expect(of(places[3], 'shaky')).toMatchObject({ failed: 'decider/quota' });
    // What is no answer is one.
    expect((await run([candidate('shaky', async () => tea)])).asked).toEqual({ shaky: 1 });
    expect(of(places[3], 'shaky')).toMatchObject({ choice: 'tea' });
    expect(of(places[4], 'shaky')).toMatchObject({ failed: 'decider/outside' });
  });

  it('gives up on a model that only fails, and goes on with the others', async () => {
    const down = candidate('down', async () => {
      throw new DeciderError('decider/access', 'It is not allowed.', {});
    });
    const { ended, asked } = await run([down, candidate('up', async () => tea)], { concurrency: 1 });
    expect(asked).toEqual({ down: 5, up: 20 });
    expect([...ended.dropped]).toEqual([['down', 'decider/access']]);
  });

  it('does not give up on a model that answers nonsense: that is how good it is', async () => {
    const wild = candidate('wild', async () => ({ choice: 'beer', values: {}, confidence: 1 }));
    const { ended, asked } = await run([wild]);
    expect(asked).toEqual({ wild: 20 });
    expect(ended.dropped.size).toBe(0);
    expect(of(places[0], 'wild')).toMatchObject({ failed: 'decider/outside' });
  });

  it('asks a busy model again after a pause', async () => {
    let times = 0;
    const busy = candidate('busy', async () => {
      times += 1;
      if (times < 3) throw new DeciderError('decider/throttled', 'Too many.', {});
      return tea;
    });
    await run([busy], { places: places.slice(0, 1), pauses: [0, 0] });
    expect(times).toBe(3);
    expect(of(places[0], 'busy')).toMatchObject({ choice: 'tea' });
  });

  it('stops before the call that could exceed the cap, and goes on with a higher one', async () => {
    const dear = candidate('dear', async () => ({ ...tea, ...spends }), 0.3);
    const first = await run([dear], { cap: 1 });
    expect(first.ended.by).toBe('cap');
    // 0.3 must be left: after the eighth, 0.8 is spent.
    expect(first.asked).toEqual({ dear: 8 });
    expect(first.ended.spent).toBeCloseTo(0.8);
    const second = await run([dear], { cap: 1.5 });
    expect(second.asked).toEqual({ dear: 5 });
    expect(second.ended.spent).toBeCloseTo(1.3);
    expect((await run([dear], { cap: 10 })).ended).toMatchObject({ by: 'end' });
  });

  it('counts what nobody told with the most that it may have cost', async () => {
    const { tokens } = spends.by;
    const silent = candidate('silent', async () => ({ ...tea, by: { tokens } }), 0.3);
    const { ended, asked } = await run([silent], { cap: 1, concurrency: 1 });
    expect(ended.by).toBe('cap');
    expect(asked).toEqual({ silent: 3 });
  });

  it('counts what was spent before a failure that is asked again', async () => {
    const poor = candidate(
      'poor',
      async () => {
        throw new DeciderError('decider/quota', 'No more.', spends.by);
      },
      0.1,
    );
    const some = places.slice(0, 2);
    expect((await run([poor], { places: some, cap: 1 })).ended.spent).toBeCloseTo(0.2);
    expect((await run([poor], { places: some, cap: 1 })).ended.spent).toBeCloseTo(0.4);
    expect(of(some[0], 'poor')?.spent).toBeCloseTo(0.2);
  });

  it('keeps nothing of what was called off', async () => {
    const stop = new AbortController();
    let times = 0;
    const endless = candidate('endless', async ({ signal }) => {
      times += 1;
      if (times <= 6) return tea;
      stop.abort();
      expect(signal.aborted).toBe(true);
      return new Promise(() => undefined);
    });
    const { ended } = await run([endless], { signal: stop.signal, concurrency: 2 });
    expect(ended.by).toBe('signal');
    expect(places.filter((place) => of(place, 'endless'))).toHaveLength(6);
  });
});
