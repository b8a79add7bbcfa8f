import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { answerSchema, jsonIn, readAnswer } from './answer.ts';

const place = { file: 'w.yaml', line: 1, column: 1 };
const QUESTION = {
  choices: [
    { name: 'track', when: 'wants to know where an order is', examples: [] },
    { name: 'return_it', when: 'wants to send something back', examples: [] },
    { name: 'unclear', when: 'is not clear', examples: [] },
  ],
  fill: [
    { name: 'orderId', variable: { type: 'string' as const, at: place }, wanted: true },
    { name: 'count', variable: { type: 'integer' as const, at: place }, wanted: false },
  ],
};
/** What was answered came as JSON. */
const read = (given: unknown) =>
  readAnswer(QUESTION, given === undefined ? undefined : JSON.parse(JSON.stringify(given)));
const whole = { choice: 'track', values: { orderId: 'W1000001', count: null }, confidence: 0.9, why: 'It asks where.' };
const decision = { choice: 'track', values: { orderId: 'W1000001' }, confidence: 0.9, why: 'It asks where.' };

describe('readAnswer', () => {
  test('takes an answer that keeps to the schema, without the nulls', () => {
    expect(read(whole)).toEqual({ decision });
  });

  test.each([
    ['as a text', JSON.stringify(whole)],
    ['wrapped', { input: whole }],
    ['wrapped as a text', { arguments: JSON.stringify(whole) }],
    ['with a choice in other letters', { ...whole, choice: ' Track.' }],
    ['with values beside the choice', { ...whole, values: undefined, orderId: 'W1000001' }],
    ['with a variable in other letters', { ...whole, values: { order_id: 'W1000001' } }],
    ['with values as a text', { ...whole, values: '{"orderId":"W1000001"}' }],
    ['with values as a list', { ...whole, values: [{ name: 'orderId', value: 'W1000001' }] }],
    ['with values as a list of variables', { ...whole, values: [{ variable: 'orderId', value: 'W1000001' }] }],
    ['with empty values', { ...whole, values: { orderId: 'W1000001', count: ' ' } }],
    ['with the word null', { ...whole, values: { orderId: 'W1000001', count: 'null' } }],
    ['with keys of no meaning', { ...whole, mood: 'fine' }],
    ['with a confidence as a text', { ...whole, confidence: '0.9' }],
    ['with a confidence in percent', { ...whole, confidence: 90 }],
    ['with a confidence with its sign', { ...whole, confidence: '90%' }],
  ])('takes what is clearly meant: %s', (_, given) => {
    expect(read(given)).toEqual({ decision });
  });

  test.each([
    ['left out', undefined],
    ['a word', 'high'],
    ['negative', -1],
    ['beyond', 900],
    ['empty', ''],
    ['a list', [0.9]],
  ])('a confidence that is %s says nothing either way', (_, confidence) => {
    expect(read({ choice: 'track', confidence }).decision.confidence).toBe(0.5);
  });

  test.each([
    ['nothing', undefined, 'It is not an object with choice, values, confidence and why.'],
    ['a number', 7, 'It is not an object with choice, values, confidence and why.'],
    ['a list', [whole], 'It is not an object with choice, values, confidence and why.'],
    ['no choice', { values: {} }, 'Its choice is missing or not a string.'],
    ['several choices', { choice: ['track', 'return_it'] }, 'Its choice is missing or not a string.'],
    ['a choice not offered', { choice: 'refund' }, 'Its choice is none of track, return_it, unclear.'],
    ['part of a choice', { choice: 'return' }, 'Its choice is none of track, return_it, unclear.'],
    ['a choice in a sentence', { choice: 'I pick track' }, 'Its choice is none of track, return_it, unclear.'],
  ])('does not take %s, and says why in words for the model', (_, given, problem) => {
    expect(() => read(given)).toThrow(problem);
  });

  test('does not guess between choices that differ in their letters alone', () => {
    const choices = [
      { name: 'opt_in', when: 'a', examples: [] },
      { name: 'optIn', when: 'b', examples: [] },
    ];
    expect(readAnswer({ choices, fill: [] }, { choice: 'optIn' }).decision.choice).toBe('optIn');
    expect(() => readAnswer({ choices, fill: [] }, { choice: 'opt-in' })).toThrow('none of opt_in, optIn');
  });

  test('leaves out values that may not be filled, and says so', () => {
    expect(read({ ...whole, values: { orderId: 'W1000001', refund: 100 } })).toEqual({
      decision,
      doubt: 'It may have values only for orderId, count.',
    });
    expect(readAnswer({ ...QUESTION, fill: [] }, { ...whole, confidence: 0.9 })).toMatchObject({
      decision: { choice: 'track', values: {} },
      doubt: 'It may have no values here.',
    });
  });

  test('whatever is answered: a choice that was offered, values for what may be filled, a confidence from 0 to 1', () => {
    const value = fc.jsonValue();
    const loose = fc.record({
      choice: fc.constantFrom('track', 'Unclear', 'RETURN it', 'x'),
      values: value,
      confidence: value,
    });
    fc.assert(
      fc.property(fc.oneof(value, loose), (given) => {
        let taken: ReturnType<typeof read>;
        try {
          taken = read(given);
        } catch (error) {
          return error instanceof Error && error.name === 'AnswerError';
        }
        const { choice, values, confidence } = taken.decision;
        return (
          QUESTION.choices.some(({ name }) => name === choice) &&
          Object.keys(values).every((name) => QUESTION.fill.some((one) => one.name === name)) &&
          confidence >= 0 &&
          confidence <= 1
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('jsonIn', () => {
  test.each([
    ['alone', '{"choice":"track"}'],
    ['in a fence', '```json\n{"choice":"track"}\n```'],
    ['in a sentence', 'I think {"choice":"track"} is right.'],
    ['after its thoughts', '<thinking>{"choice":"return_it"} would be wrong.</thinking>{"choice":"track"}'],
    ['beside another object', 'They said {"a":1}. {"choice":"track"}'],
    ['twice the same', '{"choice":"track"}\n{"choice":"track"}'],
    ['after a bracket that is never closed', 'a { b {"choice":"track"}'],
  ])('finds the object: %s', (_, text) => {
    expect(jsonIn(text)).toEqual({ choice: 'track' });
  });

  test('is not misled by brackets and quotes within texts', () => {
    expect(jsonIn('so: {"choice":"track","why":"\\"}{ \\\\"} there')).toEqual({ choice: 'track', why: '"}{ \\' });
  });

  test.each([
    ['none', 'track'],
    ['one that is cut off', '{"choice":"track","values":{"orderId":"W1'],
    ['two that differ', '{"choice":"track"} or {"choice":"return_it"}'],
    ['brackets alone', '{'.repeat(100_000)],
  ])('finds nothing: %s', (_, text) => {
    expect(jsonIn(text)).toBeUndefined();
  });
});

describe('answerSchema', () => {
  test('has only what strict modes take: every object closed, every property required, no bounds', () => {
    const list = { type: 'list' as const, of: { type: 'money' as const, at: place }, at: place };
    const fill = [...QUESTION.fill, { name: 'amounts', variable: list, wanted: false }];
    expect(answerSchema({ ...QUESTION, fill })).toEqual({
      type: 'object',
      additionalProperties: false,
      required: ['choice', 'values', 'confidence', 'why'],
      properties: {
        choice: { type: 'string', enum: ['track', 'return_it', 'unclear'] },
        values: {
          type: 'object',
          additionalProperties: false,
          required: ['orderId', 'count', 'amounts'],
          properties: {
            orderId: { anyOf: [{ type: 'string' }, { type: 'null' }] },
            count: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
            amounts: { anyOf: [{ type: 'array', items: { type: 'number' } }, { type: 'null' }] },
          },
        },
        confidence: { type: 'number' },
        why: { type: 'string' },
      },
    });
  });
});
