import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { StoreError } from '@parley/engine';
import { handlerOf } from './handler.ts';

const before = { ...process.env };
let lines: string[] = [];
beforeEach(() => {
  lines = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  Object.assign(process.env, {
    PARLEY_PREFIX: 'parley-test',
    PARLEY_TABLE: 'parley-test',
    PARLEY_KEY: 'alias/parley-test',
    PARLEY_STATE_MACHINES: 'arn:aws:states:us-east-1:123456789012:stateMachine:parley-test-',
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
});

const event = { session: 's1', id: 'e1', event: { type: 'caller.said', text: 'my PIN is 1234' } };

/** What a function throws, and what it writes. */
async function failing(error: unknown) {
  const handler = handlerOf('turn', { signatures: {} }, async () => {
    throw error;
  });
  const thrown: unknown = await handler(event).catch((given: unknown) => given);
  if (!(thrown instanceof Error)) throw new Error('It did not fail.');
  return thrown;
}

it('an error that was not foreseen is told of by its kind: what it says may hold what a caller said', async () => {
  const thrown = await failing(new TypeError(`Can't read ${event.event.text}`, { cause: event }));
  expect(thrown).toMatchObject({ name: 'lambda/failed', message: 'The function turn failed (TypeError).' });
  expect(thrown.cause).toBeUndefined();
  expect(`${thrown.stack} ${lines.join()}`).not.toContain('1234');
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    { level: 'error', code: 'lambda/failed', function: 'turn', session: 's1', message: thrown.message },
  ]);
});

it('an error of the family keeps its code, message and what to do, without its cause', async () => {
  const error = new StoreError('store/throttled', 'There is more to do than AWS takes.', 'Send it again.', event);
  const thrown = await failing(error);
  expect(thrown).toMatchObject({ name: 'store/throttled', code: 'store/throttled', message: error.message });
  expect(thrown.cause).toBeUndefined();
});

it('an environment that is not right is told of, and read anew by the next event', async () => {
  const handler = handlerOf('turn', { signatures: {} }, async () => 'done');
  const { PARLEY_TABLE } = process.env;
  delete process.env['PARLEY_TABLE'];
  await expect(handler(event)).rejects.toMatchObject({ name: 'lambda/environment' });
  process.env['PARLEY_TABLE'] = PARLEY_TABLE;
  expect(await handler(event)).toBe('done');
});
