import { describe, expect, it } from '@jest/globals';
import type { Composition, Decider } from '@parley/engine';
import type { RecordedEvent, Recording } from '@parley/replay';
import { choice, question } from './offline/testing/question.ts';
import { recordedDecider } from './recorded.ts';

let number = 0;
const asked = (
  decision: string,
  step: string,
  choices: readonly string[],
  fill: readonly string[] = [],
): RecordedEvent => ({
  type: 'model.asked',
  at: number++,
  step,
  decision,
  question: '00000000',
  choices,
  fill,
});
const decided = (decision: string, picked: string, values = {}): RecordedEvent => ({
  type: 'model.decided',
  at: number++,
  decision,
  choice: picked,
  values,
  confidence: 0.9,
  why: 'it was so',
});
const failed = (decision: string): RecordedEvent => ({
  type: 'model.failed',
  at: number++,
  decision,
  code: 'timeout',
  message: 'It took too long.',
});
const recording = (...events: RecordedEvent[]): Recording => ({
  session: 's0',
  workflow: 'test',
  version: 'v1',
  channel: 'chat',
  start: 0,
  events,
});

const at = (step: string, names: readonly string[], session = 's1') => ({
  ...question({ kind: 'ask', heard: 'anything' }),
  session,
  step,
  choices: names.map((name) => choice(name, name)),
});

const NEED = ['track', 'cancel', 'unclear'];
const SURE = ['yes', 'no', 'unclear'];

describe('a decider from a recording', () => {
  it('answers each question as it was answered', async () => {
    const decider = recordedDecider(
      recording(asked('d1', 'need', NEED), decided('d1', 'cancel'), asked('d2', 'sure', SURE), decided('d2', 'yes')),
    );
    expect(await decider.decide(at('need', NEED))).toEqual({
      choice: 'cancel',
      values: {},
      confidence: 0.9,
      why: 'it was so',
    });
    expect((await decider.decide(at('sure', SURE))).choice).toBe('yes');
  });

  it('answers a question that comes again in the order of the answers', async () => {
    const decider = recordedDecider(
      recording(asked('d1', 'need', NEED), decided('d1', 'unclear'), asked('d2', 'need', NEED), decided('d2', 'track')),
    );
    expect((await decider.decide(at('need', NEED))).choice).toBe('unclear');
    expect((await decider.decide(at('need', NEED))).choice).toBe('track');
    await expect(decider.decide(at('need', NEED))).rejects.toMatchObject({ code: 'decider/not-recorded' });
  });

  it('passes over a question that was never answered or is not asked', async () => {
    const decider = recordedDecider(
      recording(
        asked('d1', 'need', NEED),
        asked('d2', 'need', NEED),
        decided('d2', 'cancel'),
        asked('d3', 'sure', SURE),
        decided('d3', 'no'),
        asked('d4', 'need', NEED),
        decided('d4', 'track'),
      ),
    );
    expect((await decider.decide(at('need', NEED))).choice).toBe('cancel');
    expect((await decider.decide(at('need', NEED))).choice).toBe('track');
  });

  it('knows a question by its step, choices and variables, in any order of them', async () => {
    const one = recording(asked('d1', 'need', NEED, ['email']), decided('d1', 'track', { email: 'a@b.co' }));
    const filling = { name: 'email', wanted: true, variable: { type: 'email' } } as const;
    const same = { ...at('need', ['unclear', 'cancel', 'track']), fill: [filling] };
    expect((await recordedDecider(one).decide(same)).values).toEqual({ email: 'a@b.co' });
    for (const other of [
      { ...same, step: 'sure' },
      { ...same, choices: same.choices.slice(1) },
      { ...same, fill: [] },
    ])
      await expect(recordedDecider(one).decide(other)).rejects.toMatchObject({ code: 'decider/not-recorded' });
  });

  it('fails where the recorded one failed', async () => {
    const decider = recordedDecider(recording(asked('d1', 'need', NEED), failed('d1')));
    await expect(decider.decide(at('need', NEED))).rejects.toMatchObject({
      code: 'timeout',
      message: 'It took too long.',
    });
  });

  it('gives every session the answers from the start', async () => {
    const decider = recordedDecider(recording(asked('d1', 'need', NEED), decided('d1', 'track')));
    expect((await decider.decide(at('need', NEED, 'one'))).choice).toBe('track');
    expect((await decider.decide(at('need', NEED, 'two'))).choice).toBe('track');
  });
});

describe('words from a recording', () => {
  const wanted = (decision: string, facts: { readonly [name: string]: string }): RecordedEvent => ({
    type: 'words.asked',
    at: number++,
    step: 'tell',
    decision,
    instructions: 'Say it.',
    facts,
    longest: 100,
  });
  const composed = (decision: string, text: string, more = {}): RecordedEvent => ({
    type: 'model.composed',
    at: number++,
    decision,
    text,
    ...more,
  });
  const composition = (facts: { readonly [name: string]: string }): Composition => ({
    session: 's1',
    workflow: 'test',
    step: 'tell',
    guidance: '',
    instructions: 'Say it.',
    facts,
    longest: 100,
    transcript: async () => [],
    models: { decide: undefined, fallback: [], residency: undefined },
    due: 0,
    deadline: 0,
    signal: new AbortController().signal,
  });
  const compose = async (decider: Decider, facts: { readonly [name: string]: string }) =>
    decider.compose?.(composition(facts));

  it('are given again for the same facts, in their order, and whole where they came in sentences', async () => {
    const decider = recordedDecider(
      recording(
        wanted('d1', { a: '1', b: '2' }),
        composed('d1', 'So.', { more: true }),
        composed('d1', 'It is 1.', { by: { model: 'm' } }),
        wanted('d2', { a: '1', b: '2' }),
        composed('d2', 'It is 2.'),
      ),
    );
    expect(await compose(decider, { b: '2', a: '1' })).toEqual({ text: 'So. It is 1.', by: { model: 'm' } });
    expect(await compose(decider, { a: '1', b: '2' })).toEqual({ text: 'It is 2.' });
    await expect(compose(decider, { a: '1', b: '2' })).rejects.toMatchObject({ code: 'decider/not-recorded' });
  });

  it('fail where they failed, and are none for other facts', async () => {
    const one = recording(wanted('d1', { a: '1' }), failed('d1'));
    await expect(compose(recordedDecider(one), { a: '1' })).rejects.toMatchObject({ code: 'timeout' });
    await expect(compose(recordedDecider(one), { a: '2' })).rejects.toMatchObject({ code: 'decider/not-recorded' });
  });
});
