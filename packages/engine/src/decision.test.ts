import { describe, expect, it } from '@jest/globals';
import { ParleyError } from '@parley/workflow';
import type { Question } from './decider.ts';
import { validateDecision } from './decision.ts';

const question: Question = {
  session: 's1',
  workflow: 'support',
  step: 'need',
  kind: 'ask',
  instructions: '',
  asked: 'What can I do for you?',
  heard: 'where is it',
  choices: [
    { name: 'track', when: 'wants to know where an order is', examples: [] },
    { name: 'unclear', when: 'fits none', examples: [] },
  ],
  fill: [{ name: 'orderId', wanted: false, variable: { type: 'string' } }],
  memory: {},
  transcript: async () => [],
  moment: { now: 0, timezone: 'America/New_York' },
  models: { decide: undefined, fallback: [], residency: undefined },
  due: 1_000,
  deadline: 1_000,
  signal: new AbortController().signal,
};

function refused(given: unknown): ParleyError {
  try {
    validateDecision(question, given);
  } catch (error) {
    if (error instanceof ParleyError) return error;
    throw error;
  }
  throw new Error('It was taken.');
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = [value];
  return value;
}

describe('a decision within its question', () => {
  it('is taken as it is', () => {
    const decision = {
      choice: 'track',
      values: { orderId: 'W1234567' },
      confidence: 0.9,
      say: 'One moment.',
      why: 'asks where',
      by: { decider: 'test', tokens: 12 },
    };
    expect(validateDecision(question, decision)).toEqual(decision);
  });

  it('has no values when none were given, and keeps no key of no meaning', () => {
    expect(validateDecision(question, { choice: 'unclear', confidence: 0, mood: 'sad' })).toEqual({
      choice: 'unclear',
      values: {},
      confidence: 0,
    });
  });

  it('may hold any JSON for a variable that is asked for', () => {
    const values = { orderId: { parts: ['W', 1, null, true, nested(10)] } };
    expect(validateDecision(question, { choice: 'track', values, confidence: 1 }).values).toEqual(values);
  });
});

describe('a decision outside its question', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['words', 'track'],
    ['a list', ['track']],
    ['a choice that was not offered', { choice: 'refund', confidence: 1 }],
    ['a choice every object has', { choice: 'constructor', confidence: 1 }],
    ['no choice', { confidence: 1 }],
    ['a choice that is no string', { choice: 3, confidence: 1 }],
    ['no confidence', { choice: 'track' }],
    ['a confidence above 1', { choice: 'track', confidence: 1.01 }],
    ['a confidence below 0', { choice: 'track', confidence: -0.1 }],
    ['a confidence that is no number', { choice: 'track', confidence: Number.NaN }],
    ['a confidence in words', { choice: 'track', confidence: 'high' }],
    ['a value for another variable', { choice: 'track', values: { email: 'a@b.co' }, confidence: 1 }],
    ['a value that is no JSON', { choice: 'track', values: { orderId: () => 1 }, confidence: 1 }],
    ['a value that is too long', { choice: 'track', values: { orderId: 'x'.repeat(4_001) }, confidence: 1 }],
    ['a value nested without end', { choice: 'track', values: { orderId: nested(50_000) }, confidence: 1 }],
    ['a value nested deeper than it is long', { choice: 'track', values: { orderId: nested(1_990) }, confidence: 1 }],
    ['values as a list', { choice: 'track', values: ['W1234567'], confidence: 1 }],
    ['more to say than a prompt may hold', { choice: 'track', confidence: 1, say: 'x'.repeat(1_025) }],
    ['a reason without end', { choice: 'track', confidence: 1, why: 'x'.repeat(1_001) }],
    ['too much about itself', { choice: 'track', confidence: 1, by: { log: 'x'.repeat(8_001) } }],
  ])('is refused: %s', (_, given) => {
    expect(refused(given).code).toBe('decider/outside');
  });

  it('is refused with the step named and without a word of the answer', () => {
    const { message, fix } = refused({ choice: 'secret-4111', values: { 'card-4111': '4111' }, confidence: 1 });
    expect(message).toContain('step need');
    expect(fix).toContain('may only pick one of the choices');
    expect(`${message} ${fix}`).not.toContain('4111');
  });

  it.each([
    ['it is not a decision', undefined],
    ['its confidence is missing or not allowed', { choice: 'track' }],
    ['its choice was not offered', { choice: 'refund', confidence: 1 }],
    [
      'it has a value for a variable that is not to be filled here',
      { choice: 'track', confidence: 1, values: { a: 1 } },
    ],
  ])('is refused since %s', (why, given) => {
    expect(refused(given).message).toBe(`The answer at step need can't be used: ${why}.`);
  });

  it('reaches no prototype', () => {
    const given: unknown = JSON.parse('{"choice":"track","confidence":1,"values":{"__proto__":{"polluted":true}}}');
    expect(Object.entries(validateDecision(question, given).values)).toEqual([]);
    expect('polluted' in {}).toBe(false);
  });
});
