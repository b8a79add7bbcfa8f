import { describe, expect, it } from '@jest/globals';
import type { Json } from '@parley/workflow';
import fc from 'fast-check';
import { NOW, only, run, start } from './testing/harness.ts';

const about = (name: string, entered = 2) =>
  `An error occurred while executing the state '${name}' (entered at the event id #${entered}). `;

describe('Pass', () => {
  it('passes its input on', async () => {
    const { execution } = await run(only({ Type: 'Pass' }), { input: [1, { a: null }] });
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: [1, { a: null }] });
  });

  it('tells of its entry and exit', async () => {
    const { execution } = await run(only({ Type: 'Pass', Output: 'o', Assign: { v: '{% 1 %}' } }), { input: 'i' });
    expect(execution.history.events).toEqual([
      {
        id: 1,
        previousEventId: 0,
        type: 'ExecutionStarted',
        timestamp: NOW,
        details: {
          executionStartedEventDetails: { input: '"i"', inputDetails: { truncated: false }, roleArn: 'arn:role' },
        },
      },
      {
        id: 2,
        previousEventId: 0,
        type: 'PassStateEntered',
        timestamp: NOW,
        details: { stateEnteredEventDetails: { name: 'Only', input: '"i"', inputDetails: { truncated: false } } },
      },
      {
        id: 3,
        previousEventId: 2,
        type: 'PassStateExited',
        timestamp: NOW,
        details: {
          stateExitedEventDetails: {
            name: 'Only',
            output: '"o"',
            outputDetails: { truncated: false },
            assignedVariables: { v: '1' },
            assignedVariablesDetails: { truncated: false },
          },
        },
      },
      {
        id: 4,
        previousEventId: 3,
        type: 'ExecutionSucceeded',
        timestamp: NOW,
        details: { executionSucceededEventDetails: { output: '"o"', outputDetails: { truncated: false } } },
      },
    ]);
  });

  it('has the context object', async () => {
    const { execution } = await run(only({ Type: 'Pass', Output: '{% $states.context %}' }), { input: 'i' });
    const at = '2026-11-25T10:00:00.000Z';
    expect(execution.status).toMatchObject({
      output: {
        Execution: {
          Id: 'arn:execution:run',
          Input: 'i',
          Name: 'run',
          RedriveCount: 0,
          RoleArn: 'arn:role',
          StartTime: at,
        },
        State: { EnteredTime: at, Name: 'Only' },
        StateMachine: { Id: 'arn:machine', Name: 'machine' },
      },
    });
  });

  it('fails where an expression does, after telling of it', async () => {
    const { execution } = await run({
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Next: 'B' },
        B: { Type: 'Pass', End: true, Output: { r: '{% $none %}' } },
      },
    });
    const cause = `${about('B', 4)}The JSONata expression '$none' specified for the field 'Output/r' returned nothing (undefined).`;
    expect(execution.status).toEqual({ status: 'FAILED', error: 'States.QueryEvaluationError', cause });
    expect(execution.history.events.slice(4)).toMatchObject([
      {
        id: 5,
        previousEventId: 3,
        type: 'EvaluationFailed',
        details: { evaluationFailedEventDetails: { cause, location: 'Output/r', state: 'B' } },
      },
      { id: 6, previousEventId: 5, type: 'ExecutionFailed' },
    ]);
  });

  it('in JSONPath has parameters, a result, and places for them', async () => {
    const { execution } = await run({
      QueryLanguage: 'JSONPath',
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Result: { r: 1 }, ResultPath: '$.x.y', Assign: { 'v.$': '$.r' }, Next: 'B' },
        B: {
          Type: 'Pass',
          InputPath: '$.x',
          Parameters: { 'z.$': '$.y.r', 'w.$': '$v' },
          ResultPath: '$.b',
          Next: 'C',
        },
        C: { Type: 'Pass', OutputPath: '$.b', End: true },
      },
    });
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: { z: 1, w: 1 } });
  });
});

describe('Assign and Output', () => {
  it('both see the values at entry', async () => {
    const { execution } = await run({
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Assign: { x: 1, y: 2 }, Next: 'B' },
        B: { Type: 'Pass', Assign: { x: '{% $y %}', y: '{% $x %}' }, Output: '{% [$x, $y] %}', Next: 'C' },
        C: { Type: 'Pass', Output: '{% {"output": $states.input, "now": [$x, $y]} %}', End: true },
      },
    });
    expect(execution.status).toEqual({
      status: 'SUCCEEDED',
      output: { output: [1, 2], now: [2, 1] },
    });
  });

  it('come out the same in whatever order the variables stand', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const assignment = fc.dictionary(
      fc.constantFrom(...names),
      fc.constantFrom('{% $a + $b %}', '{% $c & "x" %}', '{% $d %}', 7),
    );
    const after = async (assign: { readonly [name: string]: Json }) => {
      const { execution } = await run({
        StartAt: 'A',
        States: {
          A: { Type: 'Pass', Assign: { a: 1, b: 2, c: 'c', d: [4] }, Next: 'B' },
          B: { Type: 'Pass', Assign: assign, Next: 'C' },
          C: { Type: 'Pass', Output: '{% [$a, $b, $c, $d] %}', End: true },
        },
      });
      return execution.status;
    };
    await fc.assert(
      fc.asyncProperty(assignment, async (assign) => {
        const reversed = Object.fromEntries(Object.entries(assign).reverse());
        const found = await after(assign);
        expect(found.status).toBe('SUCCEEDED');
        expect(await after(reversed)).toEqual(found);
      }),
      { numRuns: 20 },
    );
  });
});

describe('Choice', () => {
  const machine = (choice: { readonly [field: string]: Json }) => ({
    StartAt: 'C',
    States: {
      C: { Type: 'Choice', ...choice },
      Yes: { Type: 'Pass', Output: '{% ["yes", $states.input, $exists($v) ? $v : null] %}', End: true },
      No: { Type: 'Pass', Output: '{% ["no", $states.input, $exists($v) ? $v : null] %}', End: true },
    },
  });
  const choose = async (choice: { readonly [field: string]: Json }, input: Json) =>
    (await run(machine(choice), { input })).execution.status;

  it.each<[number, Json]>([
    [1, ['yes', 'one', 11]],
    [2, ['no', 2, null]],
    [3, ['no', 'other', 33]],
  ])('takes the first rule that holds, with its own Output and Assign: %d', async (input, output) => {
    const choice = {
      Choices: [
        { Condition: '{% $states.input = 1 %}', Next: 'Yes', Output: 'one', Assign: { v: 11 } },
        { Condition: '{% $states.input = 2 %}', Next: 'No' },
        { Condition: '{% $states.input = 1 %}', Next: 'No' },
      ],
      Default: 'No',
      Output: 'other',
      Assign: { v: 33 },
    };
    expect(await choose(choice, input)).toEqual({ status: 'SUCCEEDED', output });
  });

  it('does not look at the rules after it', async () => {
    const choice = {
      Choices: [
        { Condition: true, Next: 'Yes' },
        { Condition: '{% $none %}', Next: 'No' },
      ],
    };
    expect(await choose(choice, 1)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('fails where no rule holds and there is no default', async () => {
    const choice = {
      Choices: [
        { Condition: false, Next: 'Yes' },
        { Condition: false, Next: 'No' },
      ],
    };
    expect(await choose(choice, 1)).toEqual({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: `${about('C')}Failed to transition out of the state. The state does not point to a next state.`,
    });
  });

  it('wants a boolean', async () => {
    const choice = { Choices: [{ Condition: '{% 1 %}', Next: 'Yes' }], Default: 'No' };
    expect(await choose(choice, 1)).toMatchObject({
      cause: `${about('C')}The JSONata expression '1' specified for the field 'Choices[0]/Condition' returned an unexpected result type. Expected 'boolean', but was 'number' for value: 1`,
    });
  });

  it('names an output of a rule by its place', async () => {
    const choice = { Choices: [{ Condition: true, Next: 'Yes', Output: { a: '{% $none %}' } }], Default: 'No' };
    expect(await choose(choice, 1)).toMatchObject({ cause: expect.stringContaining("'Choices[0]/Output/a'") });
  });
});

describe('Wait', () => {
  it.each([
    ['seconds', { Seconds: 5 }],
    ['an expression of seconds', { Seconds: '{% $states.input %}' }],
    ['a timestamp', { Timestamp: '2026-11-25T10:00:05Z' }],
    ['an expression of a timestamp', { Timestamp: "{% '2026-11-25T12:00:05+02:00' %}" }],
  ])('waits for %s', async (_, fields) => {
    const { execution, clock } = start(only({ Type: 'Wait', ...fields }), { input: 5 });
    await clock.advance(4_999);
    expect(execution.status.status).toBe('RUNNING');
    await clock.advance(1);
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: 5 });
    expect(execution.stoppedAt).toBe(NOW + 5_000);
  });

  it('waits for longer than a timer of Node can', async () => {
    const { execution, clock } = start(only({ Type: 'Wait', Seconds: 99_999_999 }));
    await clock.advance(99_999_998_999);
    expect(execution.status.status).toBe('RUNNING');
    await clock.advance(1);
    expect(execution.status.status).toBe('SUCCEEDED');
  });

  it.each([
    ['Seconds', 1.5, 'The Seconds field cannot be parsed as an integer: 1.5'],
    ['Seconds', -1, 'Seconds must be between 0 and 99999999 but was: -1'],
    [
      'Timestamp',
      'noon',
      'The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: noon',
    ],
  ])('refuses %s of %s', async (field, input, words) => {
    const { execution } = await run(only({ Type: 'Wait', [field]: '{% $states.input %}' }), { input });
    expect(execution.status).toEqual({
      status: 'FAILED',
      error: 'States.QueryEvaluationError',
      cause: about('Only') + words,
    });
  });
});

describe('Succeed and Fail', () => {
  it('Succeed ends with its output', async () => {
    const definition = { StartAt: 'S', States: { S: { Type: 'Succeed', Output: '{% $states.input + 1 %}' } } };
    const { execution, types } = await run(definition, { input: 1 });
    expect(execution.status).toEqual({ status: 'SUCCEEDED', output: 2 });
    expect(types()).toEqual(['ExecutionStarted', 'SucceedStateEntered', 'SucceedStateExited', 'ExecutionSucceeded']);
  });

  it.each([
    [{}, undefined, undefined],
    [{ Error: 'E' }, 'E', undefined],
    [{ Cause: '{% $states.input %}' }, undefined, 'in'],
    [{ Error: "{% 'E' & $states.input %}", Cause: 'why' }, 'Ein', 'why'],
  ])('Fail with %j ends with error %s and cause %s', async (fields, error, cause) => {
    const { execution, types } = await run(
      { StartAt: 'F', States: { F: { Type: 'Fail', ...fields } } },
      { input: 'in' },
    );
    expect(execution.status).toEqual({ status: 'FAILED', error, cause });
    expect(types()).toEqual(['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']);
  });
});

it('a flow of many states is a path of its history, each event after the one before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 120 }), async (length) => {
      const names = Array.from({ length }, (_, i) => `S${i}`);
      const States = Object.fromEntries(
        names.map((name, i) => [name, { Type: 'Pass', ...(i + 1 < length ? { Next: `S${i + 1}` } : { End: true }) }]),
      );
      const { execution, path } = await run({ StartAt: 'S0', States });
      const { events } = execution.history;
      expect(path()).toEqual(names);
      expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 2 * length + 2 }, (_, i) => i + 1));
      expect(events.slice(2).map(({ previousEventId }) => previousEventId)).toEqual(
        Array.from({ length: 2 * length }, (_, i) => i + 2),
      );
    }),
    { numRuns: 10 },
  );
});
