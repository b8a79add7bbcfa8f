import { describe, expect, it } from '@jest/globals';
import type { Json } from '@parley/workflow';
import fc from 'fast-check';
import { functionArn, INVOKE, named, only, run, start } from './testing/harness.ts';

/** A branch of one state. */
const branch = (name: string, state: { readonly [field: string]: Json }) => ({
  StartAt: name,
  States: { [name]: state.Type === 'Fail' ? state : { End: true, ...state } },
});

describe('Parallel', () => {
  it('gives the outputs of its branches in their order, whoever is first', async () => {
    const { execution, clock } = start(
      only({
        Type: 'Parallel',
        Arguments: { a: '{% $states.input %}' },
        Branches: [branch('Slow', { Type: 'Wait', Seconds: 5 }), branch('Quick', { Type: 'Pass', Output: 'quick' })],
        Output: '{% $states.result %}',
      }),
      { input: 1 },
    );
    await clock.advance(4_999);
    expect(execution.status.status).toBe('RUNNING');
    await clock.advance(1);
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: [{ a: 1 }, 'quick'] });
  });

  it('chains the events of each branch', async () => {
    const { execution } = await run(
      only({ Type: 'Parallel', Branches: [branch('A', { Type: 'Pass' }), branch('B', { Type: 'Pass' })] }),
    );
    const chains = execution.history.events.map(({ id, previousEventId, type, details }) => [
      id,
      previousEventId,
      type,
      details['stateEnteredEventDetails']?.['name'] ?? details['stateExitedEventDetails']?.['name'],
    ]);
    expect(chains).toEqual([
      [1, 0, 'ExecutionStarted', undefined],
      [2, 0, 'ParallelStateEntered', 'Only'],
      [3, 2, 'ParallelStateStarted', undefined],
      [4, 3, 'PassStateEntered', 'A'],
      [5, 3, 'PassStateEntered', 'B'],
      [6, 4, 'PassStateExited', 'A'],
      [7, 5, 'PassStateExited', 'B'],
      [8, 7, 'ParallelStateSucceeded', undefined],
      [9, 7, 'ParallelStateExited', 'Only'],
      [10, 9, 'ExecutionSucceeded', undefined],
    ]);
  });

  it('fails with the first branch that does, and leaves the others off', async () => {
    const signals: AbortSignal[] = [];
    const { execution, clock, types } = start(
      {
        StartAt: 'P',
        States: {
          P: {
            Type: 'Parallel',
            Branches: [
              branch('Waiting', { Type: 'Wait', Seconds: 60 }),
              branch('Working', { Type: 'Task', Resource: functionArn('f') }),
              {
                StartAt: 'First',
                States: {
                  First: { Type: 'Wait', Seconds: 1, Next: 'Then' },
                  Then: { Type: 'Fail', Error: 'E', Cause: 'c' },
                },
              },
            ],
            Catch: [{ ErrorEquals: ['E'], Next: 'Caught' }],
            End: true,
          },
          Caught: { Type: 'Wait', Seconds: 100, End: true },
        },
      },
      {
        functions: {
          f: (_, { signal }) => {
            signals.push(signal);
            return new Promise(() => undefined);
          },
        },
      },
    );
    await clock.advance(1_000);
    expect(types().slice(-6)).toEqual([
      'FailStateEntered',
      'WaitStateAborted',
      'TaskStateAborted',
      'ParallelStateFailed',
      'ParallelStateExited',
      'WaitStateEntered',
    ]);
    expect(signals[0]?.aborted).toBe(true);
    await clock.advance(100_000);
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: { Error: 'E', Cause: 'c' } });
    expect(types().slice(-2)).toEqual(['WaitStateExited', 'ExecutionSucceeded']);
  });

  it('takes the tokens of what it leaves off out of use', async () => {
    const given: string[] = [];
    const { execution, clock, tokens } = start(
      only({
        Type: 'Parallel',
        Branches: [
          branch('Asking', {
            Type: 'Task',
            Resource: `${INVOKE}.waitForTaskToken`,
            Arguments: { FunctionName: 'ask', Payload: '{% $states.context.Task.Token %}' },
          }),
          {
            StartAt: 'First',
            States: { First: { Type: 'Wait', Seconds: 1, Next: 'Then' }, Then: { Type: 'Fail', Error: 'E' } },
          },
        ],
      }),
      { functions: { ask: (token) => void given.push(String(token)) } },
    );
    await clock.advance(999);
    expect(given.map((token) => typeof tokens.find(token))).toEqual(['object']);
    await clock.advance(1);
    expect(execution.status).toMatchObject({ status: 'FAILED', error: 'E' });
    expect(given.map((token) => tokens.find(token))).toEqual(['over']);
  });

  it('is done anew as a whole by Retry, with variables of its own', async () => {
    let calls = 0;
    const { execution, path } = await run(
      only({
        Type: 'Parallel',
        Branches: [
          {
            StartAt: 'A',
            States: {
              A: { Type: 'Pass', Assign: { v: '{% $exists($v) ? 2 : 1 %}' }, Next: 'T' },
              T: { Type: 'Task', Resource: functionArn('f'), Output: '{% $v %}', End: true },
            },
          },
        ],
        Retry: [{ ErrorEquals: ['States.ALL'] }],
      }),
      {
        functions: {
          f: () => {
            calls += 1;
            if (calls === 1) throw named('E');
            return null;
          },
        },
      },
    );
    expect(path()).toEqual(['Only', 'A', 'T', 'A', 'T']);
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: [1] });
  });
});

describe('the variables of a branch', () => {
  it('are its own, and those around it can be seen', async () => {
    const { execution } = await run({
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Assign: { outer: 1 }, Next: 'P' },
        P: {
          Type: 'Parallel',
          Branches: [
            {
              StartAt: 'B',
              States: {
                B: { Type: 'Pass', Assign: { inner: '{% $outer + 1 %}' }, Next: 'B2' },
                B2: { Type: 'Pass', Output: '{% {"inner": $inner, "outer": $outer} %}', End: true },
              },
            },
            branch('C', { Type: 'Pass', Output: '{% $exists($inner) %}' }),
          ],
          Next: 'D',
        },
        D: { Type: 'Pass', Output: '{% {"branches": $states.input, "inner": $exists($inner)} %}', End: true },
      },
    });
    expect(execution.status).toEqual({
      status: 'SUCCEEDED',
      output: { branches: [{ inner: 2, outer: 1 }, false], inner: false },
    });
  });
});

describe('Map', () => {
  const map = (more: { readonly [field: string]: Json }) =>
    only({ Type: 'Map', ItemProcessor: branch('Item', { Type: 'Pass' }), ...more });

  it('gives an output for each item, in their order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer(), { maxLength: 60 }),
        fc.integer({ min: 0, max: 50 }),
        async (items, at) => {
          const { execution, path } = await run(
            map({
              MaxConcurrency: at,
              ItemProcessor: branch('Item', { Type: 'Pass', Output: '{% $states.input + 1 %}' }),
            }),
            { input: items },
          );
          expect(execution.status).toEqual({ status: 'SUCCEEDED', output: items.map((item) => item + 1) });
          expect(path()).toHaveLength(items.length + 1);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('selects what an iteration is given, which sees the item as well', async () => {
    const { execution } = await run(
      map({
        Items: ['a', '{% "b" %}'],
        ItemSelector: { n: '{% $states.context.Map.Item.Index %}', v: '{% $states.context.Map.Item.Value %}' },
        ItemProcessor: branch('Item', {
          Type: 'Pass',
          Output: '{% $merge([$states.input, {"seen": $states.context.Map.Item.Value}]) %}',
        }),
      }),
    );
    expect(execution.status).toMatchObject({
      output: [
        { n: 0, v: 'a', seen: 'a' },
        { n: 1, v: 'b', seen: 'b' },
      ],
    });
  });

  it('chains the events of each iteration, one after the other where it says so', async () => {
    const { execution } = await run(map({ Items: [1, 2], MaxConcurrency: 1 }));
    expect(execution.history.events.map(({ id, previousEventId, type }) => [id, previousEventId, type])).toEqual([
      [1, 0, 'ExecutionStarted'],
      [2, 0, 'MapStateEntered'],
      [3, 2, 'MapStateStarted'],
      [4, 3, 'MapIterationStarted'],
      [5, 4, 'PassStateEntered'],
      [6, 5, 'PassStateExited'],
      [7, 6, 'MapIterationSucceeded'],
      [8, 6, 'MapIterationStarted'],
      [9, 8, 'PassStateEntered'],
      [10, 9, 'PassStateExited'],
      [11, 10, 'MapIterationSucceeded'],
      [12, 11, 'MapStateSucceeded'],
      [13, 11, 'MapStateExited'],
      [14, 13, 'ExecutionSucceeded'],
    ]);
  });

  it.each([
    [2, [0, 0, 10, 10, 20]],
    [0, [0, 0, 0, 0, 0]],
    ['{% 1 %}', [0, 10, 20, 30, 40]],
  ])('runs no more at once than MaxConcurrency %s', async (MaxConcurrency, starts) => {
    const { execution, clock } = start(
      map({ MaxConcurrency, Items: [1, 2, 3, 4, 5], ItemProcessor: branch('Item', { Type: 'Wait', Seconds: 10 }) }),
    );
    const [began] = execution.history.events;
    await clock.advance(100_000);
    const started = execution.history.events.filter(({ type }) => type === 'MapIterationStarted');
    expect(started.map(({ timestamp }) => (timestamp - (began?.timestamp ?? 0)) / 1000)).toEqual(starts);
  });

  it('fails with the first iteration that does, as AWS tells it', async () => {
    const { execution, clock } = start(
      map({
        Items: [0, 1],
        ItemProcessor: branch('Item', {
          Type: 'Task',
          Resource: functionArn('f'),
          TimeoutSeconds: '{% $states.input = 0 ? 5 : 60 %}',
        }),
      }),
      { functions: { f: () => new Promise(() => undefined) } },
    );
    await clock.advance(5_000);
    const after = execution.history.events.findIndex(({ type }) => type === 'LambdaFunctionTimedOut');
    const failed = execution.history.events[after]?.id;
    expect(
      execution.history.events.slice(after + 1).map(({ previousEventId, type }) => [previousEventId, type]),
    ).toEqual([
      [failed, 'MapIterationFailed'],
      [failed, 'TaskStateAborted'],
      [failed, 'MapIterationAborted'],
      [failed, 'TaskStateAborted'],
      [failed, 'MapStateFailed'],
      [Number(failed) + 5, 'ExecutionFailed'],
    ]);
    expect(execution.status).toEqual({ status: 'FAILED', error: 'States.Timeout', cause: undefined });
  });

  it('in JSONPath has a path to its items', async () => {
    const { execution } = await run(
      {
        QueryLanguage: 'JSONPath',
        ...only({
          Type: 'Map',
          ItemsPath: '$.list',
          ItemSelector: { 'v.$': '$$.Map.Item.Value', 'all.$': '$.list' },
          ItemProcessor: branch('Item', { Type: 'Pass' }),
          ResultPath: '$.out',
        }),
      },
      { input: { list: [1] } },
    );
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: { list: [1], out: [{ v: 1, all: [1] }] } });
  });

  it.each<[string, { readonly [field: string]: Json }]>([
    ['no array', { Items: '{% {} %}' }],
    ['no array in the input', {}],
    ['no number of iterations', { Items: [], MaxConcurrency: '{% "2" %}' }],
    ['no percentage', { Items: [], ToleratedFailurePercentage: '{% 101 %}' }],
    ['nothing selected', { Items: [1], ItemSelector: '{% $none %}' }],
  ])('fails with %s', async (_, more) => {
    const { execution, types } = await run(map(more));
    expect(execution.status).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(types()).toContain('EvaluationFailed');
  });
});
