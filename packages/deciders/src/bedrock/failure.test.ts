import { describe, expect, test } from '@jest/globals';
import { failureOf, ModelFailure, type Sent } from './failure.ts';

const sent: Sent = { strategy: 'strict', row: { model: '', api: 'converse', strategies: ['strict', 'json'] } };

/** As the SDK throws it: `attempts` are its own. */
const thrown = (name: string, httpStatusCode: number | undefined, attempts: number, message = '') =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode, attempts } });

describe('a failure', () => {
  test.each([
    ['ThrottlingException', 429, 'wait'],
    ['ModelNotReadyException', 429, 'wait'],
    ['InternalServerException', 500, 'again'],
    ['ServiceUnavailableException', 503, 'again'],
  ])('that the SDK has tried again by itself is not tried once more: %s', (name, status, then) => {
    expect(failureOf(thrown(name, status, 1), sent)).toMatchObject({ then, down: true });
    expect(failureOf(thrown(name, status, 3), sent)).toMatchObject({ then: 'next', down: true });
  });

  test.each([
    [undefined],
    ['a text'],
    [{}],
    [new TypeError('x')],
    [Object.assign(new Error('x'), { code: 'ERR_HTTP2_STREAM_ERROR' })],
  ])('of any kind is one of the connection: %p', (error) => {
    expect(failureOf(error, sent)).toMatchObject({ code: 'decider/unavailable', then: 'again', down: true });
  });

  test.each([
    [401, 'decider/access', 'stop'],
    [413, 'decider/refused', 'next'],
    [502, 'decider/unavailable', 'again'],
  ])('with a status alone is told by it: %d', (status, code, then) => {
    expect(failureOf(thrown('UnknownError', status, 1), sent)).toMatchObject({ code, then });
  });

  test('that is one already stays what it is', () => {
    const failure = new ModelFailure('decider/guardrail', 'It stepped in.', { then: 'stop' });
    expect(failureOf(failure, sent)).toBe(failure);
  });

  test('is not told in the words of the service', () => {
    const { message } = failureOf(thrown('ValidationException', 400, 1, "The value 'W1000001' is not valid."), sent);
    expect(message).not.toContain('W1000001');
  });
});
