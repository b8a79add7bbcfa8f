import { describe, expect, it } from '@jest/globals';
import type { Json } from '@parley/workflow';
import type { LocalFunctions } from './lambda.ts';
import { resourceOf } from './task.ts';
import { functionArn, INVOKE, named, only, run, start } from './testing/harness.ts';

/** A promise, and what settles it. */
function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe('a resource', () => {
  it.each([
    [functionArn('f'), 'function'],
    [functionArn('f:1'), 'function'],
    ['arn:aws:states:::lambda:invoke', 'invoke'],
    ['arn:aws-us-gov:states:::lambda:invoke.waitForTaskToken', 'invoke.waitForTaskToken'],
    ['arn:aws:states:::lambda:invoke.sync', undefined],
    ['arn:aws:states:::sqs:sendMessage', undefined],
    ['f', undefined],
  ])('%s: %s', (resource, kind) => expect(resourceOf(resource)).toBe(kind));
});

describe('a function by its own ARN', () => {
  it('gets the arguments, and what it returns is the result', async () => {
    const { execution, details, types } = await run(
      only({
        Type: 'Task',
        Resource: functionArn('f'),
        Arguments: { a: '{% $states.input %}' },
        TimeoutSeconds: 9,
        Output: '{% $states.result.b %}',
        Assign: { v: '{% $states.result %}' },
      }),
      { functions: { f: (event) => ({ b: [event] }) }, input: 1 },
    );
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: [{ a: 1 }] });
    expect(types()).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(details('LambdaFunctionScheduled')).toEqual([
      { resource: functionArn('f'), input: '{"a":1}', inputDetails: { truncated: false }, timeoutInSeconds: 9 },
    ]);
  });

  it('gets the input where there are no arguments', async () => {
    const { execution } = await run(only({ Type: 'Task', Resource: functionArn('f') }), {
      functions: { f: (event) => event },
      input: { a: [null] },
    });
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: { a: [null] } });
  });

  it('that is not there fails the task', async () => {
    const { execution } = await run(only({ Type: 'Task', Resource: functionArn('f') }));
    expect(execution.status).toMatchObject({
      error: 'Lambda.ResourceNotFoundException',
      cause: expect.stringContaining(`Function not found: ${functionArn('f')}`),
    });
  });
});

describe('lambda:invoke', () => {
  const invoke = (more: { readonly [field: string]: Json }, functions: LocalFunctions) =>
    run(only({ Type: 'Task', Resource: INVOKE, ...more }), { functions });

  it("gives Lambda's response", async () => {
    const { execution, details } = await invoke(
      { Arguments: { FunctionName: functionArn('f:7'), Payload: { a: 1 } }, HeartbeatSeconds: 1, TimeoutSeconds: 2 },
      { f: (event) => event },
    );
    expect(execution.status).toMatchObject({
      output: {
        ExecutedVersion: '7',
        Payload: { a: 1 },
        StatusCode: 200,
        SdkHttpMetadata: { HttpStatusCode: 200, HttpHeaders: { 'Content-Length': '7' } },
        SdkResponseMetadata: { RequestId: expect.any(String) },
      },
    });
    expect(details('TaskScheduled')).toEqual([
      {
        resource: 'invoke',
        resourceType: 'lambda',
        region: 'us-east-1',
        parameters: JSON.stringify({ FunctionName: functionArn('f:7'), Payload: { a: 1 } }),
        timeoutInSeconds: 2,
        heartbeatInSeconds: 1,
      },
    ]);
  });

  it('has an empty object for a payload that is left out, and null for nothing returned', async () => {
    const seen: Json[] = [];
    const { execution } = await invoke(
      { Arguments: { FunctionName: 'f' }, Output: '{% $states.result.Payload %}' },
      {
        f: (event) => void seen.push(event),
      },
    );
    expect(seen).toEqual([{}]);
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: null });
  });

  it('fails as the function does', async () => {
    const { execution, details } = await invoke(
      { Arguments: { FunctionName: 'f' } },
      {
        f: () => {
          throw named('OrderGone', 'It is gone');
        },
      },
    );
    const cause = expect.stringMatching(/^\{"errorType":"OrderGone","errorMessage":"It is gone","trace":\[/);
    expect(execution.status).toEqual({ status: 'FAILED', error: 'OrderGone', cause });
    expect(details('TaskFailed')).toEqual([{ resource: 'invoke', resourceType: 'lambda', error: 'OrderGone', cause }]);
  });

  it.each<[string, Json]>([
    ['FunctionName', { Payload: {} }],
    ['InvocationType', { FunctionName: 'f', InvocationType: 'Event' }],
  ])('is refused by its %s', async (word, args) => {
    const { execution } = await invoke({ Arguments: args }, { f: () => 1 });
    expect(execution.status).toMatchObject({ error: 'States.Runtime', cause: expect.stringContaining(word) });
  });
});

describe('a task that takes too long', () => {
  it('fails without a cause, and its function is told', async () => {
    const signals: AbortSignal[] = [];
    const { execution, clock, types } = start(
      only({ Type: 'Task', Resource: INVOKE, Arguments: { FunctionName: 'f' }, TimeoutSeconds: '{% 2 + 3 %}' }),
      {
        functions: {
          f: (_, { signal }) => {
            signals.push(signal);
            return new Promise(() => undefined);
          },
        },
      },
    );
    await clock.advance(4_999);
    expect([execution.status.status, signals[0]?.aborted]).toEqual(['RUNNING', false]);
    await clock.advance(1);
    expect(execution.status).toEqual({ status: 'FAILED', error: 'States.Timeout', cause: undefined });
    expect(types().slice(-2)).toEqual(['TaskTimedOut', 'ExecutionFailed']);
    expect(signals[0]?.aborted).toBe(true);
  });

  it('is over, whatever its function answers then', async () => {
    const late = deferred<Json>();
    const signals: AbortSignal[] = [];
    const { execution, clock, path } = start(
      {
        StartAt: 'T',
        States: {
          T: {
            Type: 'Task',
            Resource: functionArn('f'),
            TimeoutSeconds: 1,
            Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'W' }],
            End: true,
          },
          W: { Type: 'Wait', Seconds: 10, End: true },
        },
      },
      {
        functions: {
          f: (_, { signal }) => {
            signals.push(signal);
            return late.promise;
          },
        },
      },
    );
    await clock.advance(1_000);
    expect(signals[0]?.aborted).toBe(true);
    late.resolve('too late');
    await clock.advance(10_000);
    expect(path()).toEqual(['T', 'W']);
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: { Error: 'States.Timeout', Cause: '' } });
  });
});

describe('a task token', () => {
  const waiting = (
    more: { readonly [field: string]: Json } = {},
    f: LocalFunctions['f'] = () => 'asked',
    next: { readonly [field: string]: Json } = { Type: 'Pass' },
  ) => {
    const tokens: string[] = [];
    const running = start(
      {
        StartAt: 'T',
        States: {
          T: {
            Type: 'Task',
            Resource: `${INVOKE}.waitForTaskToken`,
            Arguments: { FunctionName: 'f', Payload: { token: '{% $states.context.Task.Token %}' } },
            Next: 'After',
            ...more,
          },
          After: { ...next, End: true },
        },
      },
      {
        functions: {
          f: (event, context) => {
            if (typeof event === 'object' && event !== null && 'token' in event) tokens.push(String(event.token));
            return f?.(event, context);
          },
        },
      },
    );
    const answer = (n = 0) => {
      const found = running.tokens.find(tokens[n] ?? '');
      if (typeof found === 'string') throw new Error(found);
      return found;
    };
    return { ...running, given: tokens, answer };
  };

  it('waits until it comes back', async () => {
    const { execution, clock, answer, types, details } = waiting();
    await clock.advance(86_400_000);
    expect(execution.status.status).toBe('RUNNING');
    answer().succeed('{"said":"yes"}');
    await clock.advance(0);
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: { said: 'yes' } });
    expect(types().slice(2, -3)).toEqual([
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
    ]);
    expect(details('TaskSubmitted')).toMatchObject([
      { resource: 'invoke.waitForTaskToken', output: expect.stringContaining('"Payload":"asked"') },
    ]);
  });

  it('may come back before the function returns', async () => {
    const later = deferred<Json>();
    const { execution, clock, answer, types } = waiting({}, () => later.promise, { Type: 'Wait', Seconds: 5 });
    await clock.advance(0);
    answer().succeed('1');
    await clock.advance(0);
    later.resolve('asked');
    await clock.advance(5_000);
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: 1 });
    expect(types()).not.toContain('TaskSubmitted');
  });

  it('may come back with a failure', async () => {
    const { execution, clock, answer } = waiting();
    await clock.advance(0);
    answer().fail('Hung', 'up');
    await clock.advance(0);
    expect(execution.status).toEqual({ status: 'FAILED', error: 'Hung', cause: 'up' });
  });

  it('is not waited for where the function fails', async () => {
    const { execution, clock, tokens, given } = waiting({}, () => {
      throw named('E');
    });
    await clock.advance(0);
    expect(execution.status).toMatchObject({ status: 'FAILED', error: 'E' });
    expect(tokens.find(given[0] ?? '')).toBe('over');
  });

  it('is good once, and not after its time', async () => {
    const { execution, clock, tokens, given, answer } = waiting({ TimeoutSeconds: 60 });
    await clock.advance(59_999);
    expect(tokens.find('made up')).toBe('unknown');
    expect(answer()).toBeDefined();
    await clock.advance(1);
    expect(execution.status).toEqual({ status: 'FAILED', error: 'States.Timeout', cause: undefined });
    expect(tokens.find(given[0] ?? '')).toBe('over');
  });

  it('is another one on each attempt', async () => {
    const { clock, given, tokens, answer } = waiting({ Retry: [{ ErrorEquals: ['Again'], IntervalSeconds: 1 }] });
    await clock.advance(0);
    answer().fail('Again', undefined);
    await clock.advance(1_000);
    expect(given).toHaveLength(2);
    expect([tokens.find(given[0] ?? ''), typeof tokens.find(given[1] ?? '')]).toEqual(['over', 'object']);
  });

  it('is kept alive by heartbeats, and overdue without', async () => {
    const { execution, clock, answer, path } = waiting({
      HeartbeatSeconds: 10,
      TimeoutSeconds: 100,
      Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'After', Output: '{% $states.errorOutput %}' }],
    });
    await clock.advance(9_000);
    answer().beat();
    await clock.advance(9_000);
    answer().beat();
    await clock.advance(9_999);
    expect(execution.status.status).toBe('RUNNING');
    await clock.advance(1);
    expect(path()).toEqual(['T', 'After']);
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: { Error: 'States.Timeout', Cause: '' } });
  });

  it('is timed out in spite of heartbeats', async () => {
    const { execution, clock, answer } = waiting({ HeartbeatSeconds: 10, TimeoutSeconds: 15 });
    await clock.advance(9_000);
    answer().beat();
    await clock.advance(6_000);
    expect(execution.status).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });
});
