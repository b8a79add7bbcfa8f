import { describe, expect, it } from '@jest/globals';
import type { Json } from '@parley/workflow';
import { checkDefinition } from './check.ts';
import { functionArn, INVOKE, only } from './testing/harness.ts';

const problems = (definition: Json, type: 'STANDARD' | 'EXPRESS' = 'STANDARD') =>
  checkDefinition(typeof definition === 'string' ? definition : JSON.stringify(definition), type).diagnostics.map(
    ({ code, message, location }) => [code, location, message],
  );
const jsonata = (state: { readonly [field: string]: Json }) => ({ QueryLanguage: 'JSONata', ...only(state) });
const SCHEMA = 'SCHEMA_VALIDATION_FAILED';

describe('a definition', () => {
  it.each<[string, Json]>([
    ['of one state', only({ Type: 'Pass' })],
    [
      'of both languages',
      {
        StartAt: 'A',
        States: { A: { Type: 'Pass', QueryLanguage: 'JSONata', Output: 1, Next: 'B' }, B: { Type: 'Succeed' } },
      },
    ],
    [
      'with a task of each kind',
      {
        QueryLanguage: 'JSONata',
        StartAt: 'A',
        States: {
          A: { Type: 'Task', Resource: functionArn('f'), TimeoutSeconds: 2, HeartbeatSeconds: 1, Next: 'B' },
          B: {
            Type: 'Task',
            Resource: `${INVOKE}.waitForTaskToken`,
            Arguments: { FunctionName: 'f' },
            Retry: [{ ErrorEquals: ['States.ALL'] }],
            End: true,
          },
        },
      },
    ],
  ])('%s is right', (_, definition) => expect(problems(definition)).toEqual([]));

  it.each<[string, Json, [string, string | undefined, string]]>([
    ['that is empty', '', [SCHEMA, undefined, 'Definition must be a valid JSON object']],
    ['that is a list', [], [SCHEMA, undefined, 'Definition must be a valid JSON object']],
    ['without anything', {}, [SCHEMA, '/', 'These fields are required: [States, StartAt]']],
    ['without a start', { States: { A: { Type: 'Succeed' } } }, [SCHEMA, '/', 'These fields are required: [StartAt]']],
    [
      'with a field that is not known',
      { ...only({ Type: 'Pass' }), Start: 1 },
      [SCHEMA, '/', "Field 'Start' is not supported"],
    ],
    [
      'with a field that a state has not',
      jsonata({ Type: 'Pass', Retry: [] }),
      [SCHEMA, '/States/Only', "Field 'Retry' is not supported"],
    ],
    [
      'with a type that is not known',
      only({ Type: 'Loop' }),
      [
        SCHEMA,
        '/States/Only/Type',
        'Value should be one of the following: [Pass, Task, Choice, Wait, Parallel, Map, Succeed, Fail]',
      ],
    ],
    [
      'with a field of JSONPath',
      jsonata({ Type: 'Pass', Result: 1 }),
      [
        SCHEMA,
        '/States/Only',
        "The QueryLanguage is set to 'JSONata', but field 'Result' is only supported for the 'JSONPath' QueryLanguage",
      ],
    ],
    [
      'with a field of JSONata',
      only({ Type: 'Pass', Output: 1 }),
      [
        SCHEMA,
        '/States/Only',
        "The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage",
      ],
    ],
    [
      'that goes back to JSONPath',
      jsonata({ Type: 'Pass', QueryLanguage: 'JSONPath' }),
      [SCHEMA, '/States/Only', "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine"],
    ],
    [
      'that leads nowhere',
      { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, C: { Type: 'Succeed' } } },
      ['MISSING_TRANSITION_TARGET', '/States/A/Next', "Missing 'Next' target: B"],
    ],
    [
      'without an end',
      { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'A' } } },
      ['MISSING_END_STATE', '/', 'No terminal state found'],
    ],
    [
      'with a state that nothing leads to',
      { StartAt: 'A', States: { A: { Type: 'Succeed' }, B: { Type: 'Succeed' } } },
      ['MISSING_TRANSITION_TARGET', '/States/B', 'State "B" is not reachable.'],
    ],
    [
      'with a state that does not go on',
      { StartAt: 'A', States: { A: { Type: 'Pass' } } },
      [SCHEMA, '/States/A', 'These fields are required: [Next] or [End]'],
    ],
    [
      'with a long name',
      { StartAt: 'A'.repeat(81), States: { ['A'.repeat(81)]: { Type: 'Succeed' } } },
      [SCHEMA, `/States/${'A'.repeat(81)}`, 'State name can not be longer than 80 characters'],
    ],
    [
      'with a bare name',
      jsonata({ Type: 'Pass', Output: { v: ['{% phone %}'] } }),
      [
        'UNSUPPORTED_JSONATA_EXPRESSION',
        '/States/Only/Output/v[0]',
        "Reference to 'phone' at the top level is not supported.",
      ],
    ],
    [
      'with an error where there is none',
      jsonata({ Type: 'Pass', Output: '{% $states.errorOutput %}' }),
      ['UNSUPPORTED_JSONATA_EXPRESSION', '/States/Only/Output', "Reference to '$states.errorOutput' is not supported."],
    ],
    [
      'that calls something else',
      jsonata({ Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage' }),
      [
        SCHEMA,
        '/States/Only/Resource',
        "The local interpreter calls Lambda functions only, not 'arn:aws:states:::sqs:sendMessage'",
      ],
    ],
    [
      'with a heartbeat as long as the timeout',
      jsonata({ Type: 'Task', Resource: functionArn('f'), TimeoutSeconds: 2, HeartbeatSeconds: 2 }),
      [SCHEMA, '/States/Only', 'HeartbeatSeconds must be smaller than TimeoutSeconds'],
    ],
    [
      'with States.ALL among others',
      jsonata({ Type: 'Task', Resource: functionArn('f'), Retry: [{ ErrorEquals: ['States.ALL', 'E'] }] }),
      [SCHEMA, '/States/Only/Retry[0]/ErrorEquals', 'States.ALL must appear alone and at the end of list'],
    ],
    [
      'that waits for two things',
      jsonata({ Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z' }),
      [SCHEMA, '/States/Only', 'Exactly one of [Seconds, SecondsPath, Timestamp, TimestampPath] is required'],
    ],
    [
      'that assigns states',
      jsonata({ Type: 'Pass', Assign: { states: 1 } }),
      [SCHEMA, '/States/Only', "The variable name 'states' is reserved"],
    ],
    [
      'that assigns no name',
      jsonata({ Type: 'Pass', Assign: { '1a': 1 } }),
      [SCHEMA, '/States/Only', "'1a' is no variable name of at most 80 characters"],
    ],
    [
      'with a path that is not done',
      only({ Type: 'Pass', Parameters: { 'id.$': 'States.UUID()' } }),
      [SCHEMA, '/States/Only/Parameters/id.$', "The local interpreter does not do the path 'States.UUID()'"],
    ],
    [
      'with a distributed Map',
      jsonata({
        Type: 'Map',
        ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED' }, StartAt: 'B', States: { B: { Type: 'Succeed' } } },
      }),
      [SCHEMA, '/States/Only', 'The local interpreter does not do distributed Map states'],
    ],
  ])('%s is wrong', (_, definition, expected) => {
    const found = problems(definition);
    expect(found).toContainEqual(expected);
  });

  it('must not assign a variable of an outer scope inside of a branch', () => {
    const branch = (variable: string) => ({
      StartAt: 'B',
      States: { B: { Type: 'Pass', Assign: { [variable]: 1 }, End: true } },
    });
    const machine = (variable: string) => ({
      QueryLanguage: 'JSONata',
      StartAt: 'P',
      States: {
        P: { Type: 'Parallel', Branches: [branch(variable)], Next: 'C' },
        C: { Type: 'Choice', Choices: [{ Condition: true, Next: 'D', Assign: { outer: 1 } }], Default: 'D' },
        D: { Type: 'Succeed' },
      },
    });
    expect(problems(machine('own'))).toEqual([]);
    expect(problems(machine('outer'))).toEqual([
      [
        SCHEMA,
        '/States/P/Branches[0]/States/B',
        "The variable 'outer' belongs to an outer scope and cannot be assigned here",
      ],
    ]);
  });

  it('has a name for one state only, branches included', () => {
    const inner = { StartAt: 'Only', States: { Only: { Type: 'Succeed' } } };
    expect(problems(jsonata({ Type: 'Parallel', Branches: [inner] }))).toEqual([
      ['DUPLICATE_STATE_NAME', '/States/Only/Branches[0]/States/Only', 'Duplicate State name: Only'],
    ]);
  });

  it('of an Express machine has no task tokens', () => {
    expect(
      problems(
        jsonata({ Type: 'Task', Resource: `${INVOKE}.waitForTaskToken`, Arguments: { FunctionName: 'f' } }),
        'EXPRESS',
      ),
    ).toEqual([
      [
        SCHEMA,
        '/States/Only/Resource',
        "Express state machine does not support '.waitForTaskToken' service integration ",
      ],
    ]);
  });

  it('is no larger than a megabyte', () => {
    expect(problems(only({ Type: 'Pass', Comment: 'x'.repeat(1024 * 1024) }))).toEqual([
      [SCHEMA, undefined, 'The definition is larger than 1048576 bytes.'],
    ]);
  });
});
