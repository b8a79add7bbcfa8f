import { expect, it } from '@jest/globals';
import { readSettings } from './settings.ts';

const given = {
  PARLEY_PREFIX: 'parley-prod',
  PARLEY_TABLE: 'parley-prod',
  PARLEY_KEY: 'alias/parley-prod',
  PARLEY_STATE_MACHINES: 'arn:aws:states:us-east-1:123456789012:stateMachine:parley-prod-',
};

it('reads the environment; what is left out is as in the README', () => {
  expect(readSettings(given)).toEqual({
    prefix: 'parley-prod',
    table: 'parley-prod',
    key: 'alias/parley-prod',
    stateMachines: 'arn:aws:states:us-east-1:123456789012:stateMachine:parley-prod-',
    shapes: {},
    pushed: [],
    decider: 'bedrock',
    workflows: '/opt/workflows',
    data: undefined,
  });
  const more = {
    ...given,
    PARLEY_SHAPES: '{"support":"per-turn"}',
    PARLEY_PUSHED: '["support"]',
    PARLEY_DECIDER: 'offline',
  };
  expect(readSettings(more)).toMatchObject({
    shapes: { support: 'per-turn' },
    pushed: ['support'],
    decider: 'offline',
  });
});

it.each([
  ['PARLEY_TABLE', undefined, 'PARLEY_TABLE (missing)'],
  ['PARLEY_KEY', '', 'PARLEY_KEY (not as it should be)'],
  ['PARLEY_STATE_MACHINES', 'arn:aws:states:secret', 'PARLEY_STATE_MACHINES (not as it should be)'],
  ['PARLEY_SHAPES', 'secret', 'PARLEY_SHAPES (not as it should be)'],
  ['PARLEY_SHAPES', '{"support":"secret"}', 'PARLEY_SHAPES (not as it should be)'],
  ['PARLEY_PUSHED', '{"secret":1}', 'PARLEY_PUSHED (not as it should be)'],
  ['PARLEY_DECIDER', 'secret', 'PARLEY_DECIDER (not as it should be)'],
])('names %s where it is %j, and no value', (name, value, said) => {
  const read = () => readSettings({ ...given, [name]: value });
  expect(read).toThrow(expect.objectContaining({ code: 'lambda/environment' }));
  expect(read).toThrow(said);
  expect(read).not.toThrow('secret');
});
