import { describe, expect, it } from '@jest/globals';
import type { Json } from '@parley/workflow';
import fc from 'fast-check';
import { delayOf } from './retry.ts';
import { functionArn, named, NOW, only, run, start } from './testing/harness.ts';

describe('the delay of a retrier', () => {
  it('grows, up to its longest', () => {
    const delays = (retrier: Parameters<typeof delayOf>[0]) => [0, 1, 2, 3].map((n) => delayOf(retrier, n, () => 0.5));
    expect(delays({})).toEqual([1000, 2000, 4000, 8000]);
    expect(delays({ IntervalSeconds: 3, BackoffRate: 1.5 })).toEqual([3000, 4500, 6750, 10_125]);
    expect(delays({ IntervalSeconds: 3, MaxDelaySeconds: 5 })).toEqual([3000, 5000, 5000, 5000]);
    expect(delays({ BackoffRate: 1, JitterStrategy: 'FULL' })).toEqual([500, 500, 500, 500]);
    expect(delays({ JitterStrategy: 'NONE' })).toEqual([1000, 2000, 4000, 8000]);
  });

  it('with jitter is anything up to that without', () => {
    const retrier = fc.record({
      IntervalSeconds: fc.integer({ min: 1, max: 1000 }),
      BackoffRate: fc.double({ min: 1, max: 10, noNaN: true }),
      MaxDelaySeconds: fc.integer({ min: 1, max: 31_622_400 }),
    });
    fc.assert(
      fc.property(retrier, fc.nat(100), fc.double({ min: 0, max: 0.999, noNaN: true }), (given, n, drawn) => {
        const full = delayOf(given, n, () => drawn);
        const jittered = delayOf({ ...given, JitterStrategy: 'FULL' }, n, () => drawn);
        expect(full).toBeLessThanOrEqual(given.MaxDelaySeconds * 1000);
        expect(jittered).toBeGreaterThanOrEqual(0);
        expect(jittered).toBeLessThanOrEqual(full);
      }),
    );
  });
});

/** A task whose function fails with these errors, one after the other, and then returns. */
function failing(errors: readonly string[], more: { readonly [field: string]: Json }) {
  const times: number[] = [];
  const running = start(
    {
      StartAt: 'T',
      States: {
        T: { Type: 'Task', Resource: functionArn('f'), End: true, ...more },
        ...('Catch' in more ? { Caught: { Type: 'Pass', End: true } } : {}),
      },
    },
    {
      functions: {
        f: () => {
          const error = errors[times.length];
          times.push(running.clock.now() - NOW);
          if (error !== undefined) throw named(error);
          return 'done';
        },
      },
    },
  );
  return { ...running, times };
}
const caught = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];

describe('Retry', () => {
  it('tries again after its delays, until it goes well', async () => {
    const { execution, clock, times, types } = failing(['E', 'E'], {
      Retry: [{ ErrorEquals: ['E'], IntervalSeconds: 2 }],
      Catch: caught,
    });
    await clock.advance(86_400_000);
    expect(times).toEqual([0, 2000, 6000]);
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: 'done' });
    expect(types().filter((type) => type.startsWith('Lambda'))).toEqual([
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionFailed',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionFailed',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
    ]);
  });

  it('counts for each retrier alone, and leaves the rest to Catch', async () => {
    const { execution, clock, times } = failing(['A', 'B', 'A', 'B', 'A'], {
      Retry: [
        { ErrorEquals: ['A'], MaxAttempts: 2, IntervalSeconds: 1, BackoffRate: 1 },
        { ErrorEquals: ['B'], MaxAttempts: 2, IntervalSeconds: 10, BackoffRate: 1 },
      ],
      Catch: caught,
    });
    await clock.advance(86_400_000);
    expect(times).toEqual([0, 1000, 11_000, 12_000, 22_000]);
    expect(execution.status).toMatchObject({ status: 'SUCCEEDED', output: { Error: 'A' } });
  });

  it.each([
    ['three times where it does not say', {}, 4],
    ['not at all with MaxAttempts 0', { MaxAttempts: 0 }, 1],
  ])('tries %s', async (_, retrier, calls) => {
    const { execution, clock, times } = failing(Array(9).fill('E'), {
      Retry: [{ ErrorEquals: ['States.ALL'], ...retrier }],
    });
    await clock.advance(86_400_000);
    expect(times).toHaveLength(calls);
    expect(execution.status).toMatchObject({ status: 'FAILED', error: 'E' });
  });

  it('counts in the context object, and begins anew with the arguments', async () => {
    const seen: Json[] = [];
    await run(
      only({
        Type: 'Task',
        Resource: functionArn('f'),
        Arguments: '{% $states.context.State.RetryCount %}',
        Retry: [{ ErrorEquals: ['States.TaskFailed'] }],
      }),
      {
        functions: {
          f: (event) => {
            seen.push(event);
            if (seen.length < 3) throw named('E');
          },
        },
      },
    );
    expect(seen).toEqual([0, 1, 2]);
  });

  it('tries again what an expression spoilt', async () => {
    const { execution, types } = await run(
      only({
        Type: 'Task',
        Resource: functionArn('f'),
        Output: '{% $states.result.x %}',
        Retry: [{ ErrorEquals: ['States.QueryEvaluationError'], MaxAttempts: 1 }],
      }),
      { functions: { f: () => ({}) } },
    );
    expect(types().filter((type) => type === 'EvaluationFailed')).toHaveLength(2);
    expect(types().filter((type) => type === 'LambdaFunctionSucceeded')).toHaveLength(2);
    expect(execution.status).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });
});

describe('Catch', () => {
  const task = (more: { readonly [field: string]: Json }) => ({
    StartAt: 'T',
    States: {
      T: { Type: 'Task', Resource: functionArn('f'), Arguments: {}, Next: 'After', ...more },
      After: { Type: 'Pass', End: true },
      Caught: { Type: 'Pass', Output: '{% {"in": $states.input, "v": $exists($v) ? $v} %}', End: true },
    },
  });
  const functions = {
    f: () => {
      throw named('E', 'words');
    },
  };

  it('takes the error with its own Assign and Output, and not those of the state', async () => {
    const { execution } = await run(
      task({
        Output: 'not this',
        Assign: { v: 'not this', w: 'nor this' },
        Catch: [
          { ErrorEquals: ['Other'], Next: 'After' },
          {
            ErrorEquals: ['E'],
            Next: 'Caught',
            Output: '{% $states.errorOutput.Error & $states.input %}',
            Assign: { v: '{% $parse($states.errorOutput.Cause).errorMessage %}' },
          },
        ],
      }),
      { functions, input: '!' },
    );
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: { in: 'E!', v: 'words' } });
  });

  it('passes the error on where it has no Output', async () => {
    const { execution } = await run(task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }] }), { functions });
    expect(execution.status).toMatchObject({
      output: { in: { Error: 'E', Cause: expect.stringContaining('"words"') } },
    });
  });

  it('fails where its own expression does, and is not caught by itself', async () => {
    const { execution } = await run(
      task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught', Output: '{% $none %}' }] }),
      { functions },
    );
    expect(execution.status).toMatchObject({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: expect.stringContaining("'Catch[0]/Output'"),
    });
  });

  it('in JSONPath puts the error where it says', async () => {
    const { execution } = await run(
      {
        QueryLanguage: 'JSONPath',
        StartAt: 'T',
        States: {
          T: {
            Type: 'Task',
            Resource: functionArn('f'),
            Catch: [{ ErrorEquals: ['E'], ResultPath: '$.error', Assign: { 'v.$': '$.Error' }, Next: 'C' }],
            End: true,
          },
          C: { Type: 'Pass', Parameters: { 'e.$': '$.error.Error', 'in.$': '$.a', 'v.$': '$v' }, End: true },
        },
      },
      { functions, input: { a: 1 } },
    );
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: { e: 'E', in: 1, v: 'E' } });
  });
});
