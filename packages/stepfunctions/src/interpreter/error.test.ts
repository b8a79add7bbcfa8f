import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matches, StatesError } from './error.ts';

describe('ErrorEquals', () => {
  it.each([
    [['Oops'], 'Oops', true],
    [['Oops'], 'Other', false],
    [['Other', 'Oops'], 'Oops', true],
    [['States.ALL'], 'Oops', true],
    [['States.ALL'], 'States.Timeout', true],
    [['States.ALL'], 'States.QueryEvaluationError', true],
    [['States.ALL'], undefined, true],
    [['States.ALL'], 'States.DataLimitExceeded', false],
    [['States.ALL'], 'States.Runtime', false],
    [['States.TaskFailed'], 'Oops', true],
    [['States.TaskFailed'], 'States.Timeout', false],
    [['States.TaskFailed'], 'States.DataLimitExceeded', false],
    [['States.DataLimitExceeded'], 'States.DataLimitExceeded', true],
    [['States.Runtime'], 'States.Runtime', false],
  ])('%j and %s: %s', (equals, error, expected) => {
    expect(matches(equals, new StatesError(error, 'why'))).toBe(expected);
  });

  it('takes an overdue heartbeat for a timeout as well', () => {
    const error = new StatesError('States.Timeout', undefined, { aliases: ['States.HeartbeatTimeout'] });
    expect(matches(['States.HeartbeatTimeout'], error)).toBe(true);
    expect(matches(['States.Timeout'], error)).toBe(true);
    expect(matches(['States.HeartbeatTimeout'], new StatesError('States.Timeout', undefined))).toBe(false);
  });

  it('matches more, never less, with one name more', () => {
    const name = fc.constantFrom(
      'A',
      'B',
      'States.ALL',
      'States.TaskFailed',
      'States.Timeout',
      'States.Runtime',
      'States.DataLimitExceeded',
    );
    fc.assert(
      fc.property(fc.array(name), name, name, (equals, more, error) => {
        const failure = new StatesError(error, undefined);
        if (matches(equals, failure)) expect(matches([...equals, more], failure)).toBe(true);
        else expect(matches([...equals, more], failure)).toBe(matches([more], failure));
      }),
    );
  });
});
