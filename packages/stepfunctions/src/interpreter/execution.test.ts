import { describe, expect, it } from '@jest/globals';
import type { Json } from '@parley/workflow';
import fc from 'fast-check';
import { DATA_LIMIT, isJsonObject } from './json.ts';
import { functionArn, INVOKE, named, only, run, start } from './testing/harness.ts';

const text = (bytes: number) => 'x'.repeat(bytes);
/** A text whose JSON has so many bytes: two are its quotes. */
const textOf = (bytes: number) => text(bytes - 2);

describe('the limits of data', () => {
  const returning = (output: Json, resource = functionArn('f')) =>
    run(
      {
        StartAt: 'T',
        States: {
          T: {
            Type: 'Task',
            Resource: resource,
            Arguments: { FunctionName: 'f' },
            Output: '{% $type($states.result) %}',
            Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
            End: true,
          },
          Caught: { Type: 'Pass', End: true },
        },
      },
      { functions: { f: () => output } },
    );

  it('take a result of 256 KiB, and nothing larger', async () => {
    expect((await returning(textOf(DATA_LIMIT))).execution.status).toMatchObject({
      status: 'SUCCEEDED',
      output: 'string',
    });
    const { execution, types } = await returning(textOf(DATA_LIMIT + 1));
    expect(execution.status).toEqual({
      status: 'FAILED',
      error: 'States.DataLimitExceeded',
      cause: `The state/task '${functionArn('f')}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    });
    expect(types().slice(-2)).toEqual(['LambdaFunctionFailed', 'ExecutionFailed']);
    expect((await returning(textOf(DATA_LIMIT), INVOKE)).execution.status).toMatchObject({
      cause: expect.stringContaining("The state/task 'lambda' returned"),
    });
  });

  it('count bytes, not characters', async () => {
    expect((await returning('é'.repeat(DATA_LIMIT / 2))).execution.status).toMatchObject({
      error: 'States.DataLimitExceeded',
    });
  });

  it('hold for the output of a state and for arguments', async () => {
    const larger = `{% $pad('', ${DATA_LIMIT}, 'x') %}`;
    const cause =
      "The state/task 'Only' returned a result with a size exceeding the maximum number of bytes service limit.";
    const failed = { status: 'FAILED', error: 'States.DataLimitExceeded', cause };
    expect((await run(only({ Type: 'Pass', Output: larger }))).execution.status).toEqual(failed);
    const task = only({ Type: 'Task', Resource: functionArn('f'), Arguments: larger });
    expect((await run(task)).execution.status).toEqual(failed);
  });

  it.each([
    [
      'Parallel',
      {
        Type: 'Parallel',
        Branches: ['A', 'B'].map((name) => ({ StartAt: name, States: { [name]: { Type: 'Succeed' } } })),
      },
    ],
    [
      'Map',
      {
        Type: 'Map',
        Items: ['{% $states.input %}', '{% $states.input %}'],
        ItemProcessor: { StartAt: 'A', States: { A: { Type: 'Succeed' } } },
      },
    ],
  ])('hold for the results of all of a %s together', async (_, state) => {
    const both = (bytes: number) => run(only({ ...state, Output: 'small' }), { input: textOf(bytes) });
    // A list of two has two brackets and a comma.
    expect((await both((DATA_LIMIT - 4) / 2)).execution.status).toEqual({ status: 'SUCCEEDED', output: 'small' });
    expect((await both(DATA_LIMIT / 2)).execution.status).toMatchObject({
      error: 'States.DataLimitExceeded',
      cause: expect.stringContaining("The state/task 'Only' returned a result"),
    });
  });

  it.each([
    ['a variable of 256 KiB', { v: textOf(DATA_LIMIT) }, 'SUCCEEDED'],
    ['a larger one', { v: textOf(DATA_LIMIT + 1) }, 'FAILED'],
    ['256 KiB in one Assign', { v: textOf(DATA_LIMIT / 2), w: textOf(DATA_LIMIT / 2) }, 'SUCCEEDED'],
    ['more in one Assign', { v: textOf(DATA_LIMIT / 2), w: textOf(DATA_LIMIT / 2 + 1) }, 'FAILED'],
  ])('take %s: %s', async (_, Assign, status) => {
    expect((await run(only({ Type: 'Pass', Assign }))).execution.status.status).toBe(status);
  });

  const large = { input: textOf(DATA_LIMIT) };
  const filling = (variables: number, more: { readonly [name: string]: Json } = {}) => {
    const names = Array.from({ length: variables }, (_, i) => `v${i}`);
    const States = Object.fromEntries(
      names.map((name, i) => [
        name,
        { Type: 'Pass', Assign: { [name]: '{% $states.input %}' }, Next: names[i + 1] ?? 'Last' },
      ]),
    );
    return { StartAt: 'v0', States: { ...States, Last: { Type: 'Pass', End: true, ...more } } };
  };

  it('take 10 MiB of variables in an execution, and no more', async () => {
    expect((await run(filling(40), large)).execution.status.status).toBe('SUCCEEDED');
    expect((await run(filling(40, { Assign: { one: 1 } }), large)).execution.status).toMatchObject({
      error: 'States.DataLimitExceeded',
    });
    // What is assigned anew takes the place of what was there.
    expect((await run(filling(40, { Assign: { v0: 1, one: 1 } }), large)).execution.status.status).toBe('SUCCEEDED');
  });
});

describe('the history', () => {
  const loop = {
    StartAt: 'A',
    States: { A: { Type: 'Choice', Choices: [{ Condition: true, Next: 'A' }], Default: 'B' }, B: { Type: 'Succeed' } },
  };

  it('ends with its 25,000th event', async () => {
    const { execution } = start(loop);
    await execution.over;
    const cause = 'The execution reached the maximum number of history events (25000).';
    expect(execution.status).toEqual({ status: 'FAILED', error: 'States.Runtime', cause });
    expect(execution.history.events).toHaveLength(25_000);
    expect(execution.history.events.at(-1)).toMatchObject({
      id: 25_000,
      previousEventId: 24_999,
      type: 'ExecutionFailed',
    });
  });

  it('of an Express execution is not kept, and ends it by time only', async () => {
    const { execution, clock } = start(loop, { type: 'EXPRESS' });
    await clock.advance(300_000);
    expect(execution.status).toMatchObject({ status: 'TIMED_OUT' });
    expect(execution.history.events).toEqual([]);
  });
});

describe('an execution', () => {
  const waiting = only({ Type: 'Wait', Seconds: 1_000 });

  it('can be stopped, once', async () => {
    const { execution, clock } = start(waiting);
    await clock.advance(0);
    expect(execution.stop('E', 'c')).toBe(true);
    expect(execution.stop('F', 'd')).toBe(false);
    await clock.advance(1_000_000);
    expect(execution.status).toEqual({ status: 'ABORTED', error: 'E', cause: 'c' });
    expect(execution.history.events.slice(-2)).toMatchObject([
      { type: 'WaitStateEntered' },
      {
        previousEventId: 0,
        type: 'ExecutionAborted',
        details: { executionAbortedEventDetails: { error: 'E', cause: 'c' } },
      },
    ]);
  });

  it('takes no longer than its machine says', async () => {
    const { execution, clock } = start({ ...waiting, TimeoutSeconds: 10 });
    await clock.advance(9_999);
    expect(execution.status.status).toBe('RUNNING');
    await clock.advance(1);
    expect(execution.status).toEqual({ status: 'TIMED_OUT', error: undefined, cause: undefined });
    expect(execution.history.events.at(-1)).toMatchObject({
      previousEventId: 0,
      type: 'ExecutionTimedOut',
      details: { executionTimedOutEventDetails: { error: 'States.Timeout' } },
    });
  });

  it('takes no longer than five minutes where it is Express', async () => {
    const { execution, clock } = start(waiting, { type: 'EXPRESS' });
    await clock.advance(299_999);
    expect(execution.status.status).toBe('RUNNING');
    await clock.advance(1);
    expect(execution.status.status).toBe('TIMED_OUT');
  });

  it('is the same again for the same name, input and answers', async () => {
    const once = async (name: string) => {
      let calls = 0;
      const { execution } = await run(
        only({
          Type: 'Map',
          Items: [1, 2, 3],
          ItemProcessor: {
            StartAt: 'T',
            States: {
              T: {
                Type: 'Task',
                Resource: INVOKE,
                Arguments: { FunctionName: 'f', Payload: '{% {"id": $uuid(), "drawn": $random(), "at": $now()} %}' },
                Retry: [{ ErrorEquals: ['E'], JitterStrategy: 'FULL' }],
                End: true,
              },
            },
          },
        }),
        {
          name,
          functions: {
            f: (event) => {
              calls += 1;
              if (calls % 2 === 1) throw named('E');
              return event;
            },
          },
        },
      );
      // The trace of what was thrown has places of this process in it.
      return JSON.stringify(execution.history.events).replaceAll(/\\"trace\\":.*?\]/g, '');
    };
    expect(await once('a')).toBe(await once('a'));
    expect(await once('a')).not.toBe(await once('b'));
  });
});

describe('a history of any machine', () => {
  /** Machines of nested states that mostly go well. */
  const branch = fc.letrec<{ state: { readonly [field: string]: Json }; branch: { readonly [field: string]: Json } }>(
    (tie) => ({
      state: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constant({ Type: 'Pass' }),
        fc.integer({ min: 0, max: 3 }).map((Seconds) => ({ Type: 'Wait', Seconds })),
        fc.constantFrom('good', 'bad').map((name) => ({ Type: 'Task', Resource: functionArn(name) })),
        fc.array(tie('branch'), { minLength: 1, maxLength: 3 }).map((Branches) => ({ Type: 'Parallel', Branches })),
        tie('branch').map((ItemProcessor) => ({ Type: 'Map', Items: [1, 2], MaxConcurrency: 1, ItemProcessor })),
      ),
      branch: fc.array(tie('state'), { minLength: 1, maxLength: 3 }).map((states) => ({
        StartAt: 'S0',
        States: Object.fromEntries(
          states.map((state, i) => [
            `S${i}`,
            { ...state, ...(i + 1 < states.length ? { Next: `S${i + 1}` } : { End: true }) },
          ]),
        ),
      })),
    }),
  ).branch;

  /** States have one name each in the whole machine. */
  const renamed = (machine: { readonly [field: string]: Json }) => {
    let n = 0;
    const walk = (value: Json): Json => {
      if (Array.isArray(value)) return value.map((one: Json) => walk(one));
      if (typeof value !== 'object' || value === null) return value;
      const walked = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, walk(one)]));
      if (!('States' in value)) return walked;
      n += 1;
      return JSON.parse(
        JSON.stringify({ StartAt: walked['StartAt'], States: walked['States'] }).replace(/"S(\d)"/g, `"B${n}-$1"`),
      );
    };
    const walked = walk(machine);
    return isJsonObject(walked) ? walked : {};
  };

  it('is consistent: numbered, each event after an earlier one, and each exit after its entry', async () => {
    await fc.assert(
      fc.asyncProperty(branch, async (machine) => {
        const { execution } = await run(renamed(machine), {
          functions: {
            good: () => 1,
            bad: () => {
              throw named('Bad');
            },
          },
        });
        const { events } = execution.history;
        expect(execution.status.status).toMatch(/SUCCEEDED|FAILED/);
        expect(events.map(({ id }) => id)).toEqual(events.map((_, i) => i + 1));
        for (const { id, previousEventId } of events) expect(previousEventId).toBeLessThan(id);
        expect(events.at(-1)?.type).toBe(
          execution.status.status === 'SUCCEEDED' ? 'ExecutionSucceeded' : 'ExecutionFailed',
        );
        // As many states are left as are entered, in a good run; never more.
        const named = (kind: string) => events.flatMap(({ details }) => details[kind]?.['name'] ?? []);
        const [entered, exited] = [named('stateEnteredEventDetails'), named('stateExitedEventDetails')];
        if (execution.status.status === 'SUCCEEDED') expect([...exited].sort()).toEqual([...entered].sort());
        for (const name of exited) expect(entered).toContain(name);
        // The chain from the end leads back to the first state.
        let at = events.at(-1);
        for (let steps = 0; at && at.previousEventId !== 0 && steps <= events.length; steps++)
          at = events[at.previousEventId - 1];
        expect(at).toMatchObject({ id: 2 });
      }),
      { numRuns: 40 },
    );
  });
});
