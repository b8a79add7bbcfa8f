import { describe, expect, it } from '@jest/globals';
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
