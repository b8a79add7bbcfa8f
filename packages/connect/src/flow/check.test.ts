import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ACTION_TYPES, ruleOf } from './actions.ts';
import { checkFlow } from './check.ts';
import { placeholder } from './generate.ts';
import { actionOf, LEGACY, type LooseAction, type LooseFlow, soundFlow } from './testing/flows.ts';

const check = (flow: unknown) => checkFlow(JSON.stringify(flow, null, 1), 'flow.json').problems;

/** What is told of the sound flow after something was done to it: each code with the action it is about. */
function after(change: (flow: LooseFlow) => void): readonly string[] {
  const flow = soundFlow();
  change(flow);
  return check(flow).map(({ code, action }) => (action === undefined ? code : `${code} of ${action}`));
}

const withoutError = (flow: LooseFlow, name: string, error: string) => {
  const { Transitions } = actionOf(flow, name);
  Transitions.Errors = (Transitions.Errors ?? []).filter(({ ErrorType }) => ErrorType !== error);
};
const add = (flow: LooseFlow, ...actions: readonly LooseAction[]) => flow.Actions.push(...actions);
const leadTo = (flow: LooseFlow, from: string, to: string) => {
  actionOf(flow, from).Transitions.NextAction = to;
};

describe('a flow with nothing wrong', () => {
  it('has no problems', () => {
    expect(check(soundFlow())).toEqual([]);
  });
});

describe('each fault', () => {
  it.each<[string, (flow: LooseFlow) => void, readonly string[]]>([
    // The flow
    ['another version', (flow) => Object.assign(flow, { Version: '2020-01-01' }), ['flow/version']],
    ['no version', (flow) => delete flow.Version, ['flow/version']],
    ['no start', (flow) => delete flow.StartAction, ['flow/no-start']],
    ['a start that is not there', (flow) => Object.assign(flow, { StartAction: 'helo' }), ['flow/start-nowhere']],
    ['two starts', (flow) => Object.assign(flow, { StartAction: ['hello', 'menu'] }), ['flow/several-starts']],
    [
      'a start that is an action',
      (flow) => Object.assign(flow, { StartAction: { Type: 'x' } }),
      ['flow/start-nowhere'],
    ],
    ['no actions', (flow) => flow.Actions.splice(0), ['flow/no-actions']],
    [
      'too many actions',
      (flow) => {
        for (let i = 0; i < 241; i++) {
          add(flow, {
            ...actionOf(flow, 'sorry'),
            Identifier: `m${i}`,
            Transitions: { NextAction: i < 240 ? `m${i + 1}` : 'sorry' },
          });
        }
        leadTo(flow, 'hello', 'm0');
        leadTo(flow, 'm240', 'rounds');
      },
      ['flow/too-many-actions'],
    ],
    // Names
    ['no identifier', (flow) => add(flow, { Type: 'DisconnectParticipant' }), ['action/no-identifier']],
    [
      'an identifier twice',
      (flow) => add(flow, { Identifier: 'bye', Type: 'DisconnectParticipant', Parameters: {}, Transitions: {} }),
      ['action/duplicate of bye'],
    ],
    ...['x'.repeat(51), 'a:b', 'a=b', 'a{b', 'toString', '__proto__'].map(
      (name): [string, (flow: LooseFlow) => void, readonly string[]] => [
        `the identifier ${name}`,
        (flow) => {
          add(flow, { ...actionOf(flow, 'sorry'), Identifier: name, Transitions: { NextAction: 'rounds' } });
          leadTo(flow, 'hello', name);
        },
        [`action/identifier of ${name}`],
      ],
    ),
    ['no type', (flow) => delete flow.Actions[0]?.Type, ['action/no-type of hello']],
    [
      'a type that is not known',
      (flow) => Object.assign(flow.Actions[0] ?? {}, { Type: 'PlayPrompt' }),
      ['action/unknown-type of hello'],
    ],
    [
      'an action that is none',
      (flow) => Object.assign(flow, { Actions: [...flow.Actions, 7] }),
      ['action/not-an-action'],
    ],
    // Branches
    [
      'a branch to nothing',
      (flow) => leadTo(flow, 'hello', 'menue'),
      ['branch/nowhere of hello', ...unreachable('rounds')],
    ],
    [
      'a branch that is not connected',
      (flow) => leadTo(flow, 'queue', ''),
      ['branch/unconnected of queue', ...unreachable('hours')],
    ],
    ...(
      [
        ['menu', 'InputTimeLimitExceeded'],
        ['menu', 'NoMatchingCondition'],
        ['menu', 'NoMatchingError'],
        ['look up', 'NoMatchingError'],
        ['compare', 'NoMatchingCondition'],
        ['queue', 'NoMatchingError'],
        ['hours', 'NoMatchingError'],
        ['transfer', 'QueueAtCapacity'],
        ['transfer', 'NoMatchingError'],
      ] as const
    ).map(([name, error]): [string, (flow: LooseFlow) => void, readonly string[]] => [
      `${name} without ${error}`,
      (flow) => withoutError(flow, name, error),
      [`branch/missing of ${name}`],
    ]),
    [
      'a branch that is never taken',
      (flow) =>
        Object.assign(actionOf(flow, 'hello').Transitions, {
          Errors: [{ ErrorType: 'QueueAtCapacity', NextAction: 'bye' }],
        }),
      ['branch/unknown of hello'],
    ],
    [
      'an error branch without a type',
      (flow) => Object.assign(actionOf(flow, 'hello').Transitions, { Errors: [{ Error: 'x', NextAction: 'bye' }] }),
      ['branch/no-error-type of hello'],
    ],
    [
      'nothing after a prompt',
      (flow) => delete actionOf(flow, 'sorry').Transitions.NextAction,
      ['branch/no-next of sorry'],
    ],
    ['something after a disconnect', (flow) => leadTo(flow, 'bye', 'hello'), ['branch/not-allowed of bye']],
    [
      'conditions of a prompt',
      (flow) =>
        Object.assign(actionOf(flow, 'hello').Transitions, {
          Conditions: actionOf(flow, 'compare').Transitions.Conditions,
        }),
      ['branch/not-allowed of hello'],
    ],
    [
      'hours without False',
      (flow) => actionOf(flow, 'hours').Transitions.Conditions?.pop(),
      ['branch/condition-missing of hours'],
    ],
    [
      'hours without True',
      (flow) => actionOf(flow, 'hours').Transitions.Conditions?.shift(),
      ['branch/condition-missing of hours', ...unreachable('transfer')],
    ],
    [
      'an operator that is none',
      (flow) =>
        Object.assign(actionOf(flow, 'compare').Transitions.Conditions?.[0]?.Condition ?? {}, { Operator: 'Equal' }),
      ['branch/operator of compare'],
    ],
    [
      'a condition without operands',
      (flow) => Object.assign(actionOf(flow, 'compare').Transitions.Conditions?.[0]?.Condition ?? {}, { Operands: [] }),
      ['branch/operator of compare'],
    ],
    // Parameters
    ...(
      [
        ['look up', 'InvocationTimeLimitSeconds', '9', 'parameter/range'],
        ['look up', 'InvocationTimeLimitSeconds', '0', 'parameter/range'],
        ['look up', 'InvocationTimeLimitSeconds', 'soon', 'parameter/range'],
        ['look up', 'InvocationTimeLimitSeconds', undefined, 'parameter/missing'],
        ['look up', 'LambdaFunctionARN', '', 'parameter/missing'],
        ['look up', 'InvocationType', 'LATER', 'parameter/value'],
        ['menu', 'InputTimeLimitSeconds', 181, 'parameter/range'],
        ['menu', 'InputTimeLimitSeconds', undefined, 'parameter/missing'],
        ['menu', 'SSML', '<speak/>', 'parameter/both'],
        ['rounds', 'LoopCount', '101', 'parameter/range'],
        ['hello', 'Text', undefined, 'parameter/missing'],
        ['hello', 'PromptId', 'arn', 'parameter/both'],
        ['compare', 'ComparisonValue', undefined, 'parameter/missing'],
        ['queue', 'AgentId', '$.Attributes.agent', 'parameter/both'],
      ] as const
    ).map(([name, parameter, value, code]): [string, (flow: LooseFlow) => void, readonly string[]] => [
      `${parameter} of ${name} is ${value}`,
      (flow) => Object.assign(actionOf(flow, name).Parameters, { [parameter]: value }),
      [`${code} of ${name}`],
    ]),
    // Ways
    [
      'something never come to',
      (flow) => add(flow, { ...actionOf(flow, 'sorry'), Identifier: 'more' }),
      unreachable('more'),
    ],
    [
      'a dead end',
      (flow) => {
        add(flow, { Identifier: 'end', Type: 'MessageParticipant', Parameters: { Text: 'x' }, Transitions: {} });
        leadTo(flow, 'look up', 'end');
      },
      ['branch/no-next of end', 'way/dead-end of end', ...unreachable('compare')].sort(),
    ],
    [
      'a circle without a way out',
      (flow) => {
        for (const [name, next] of [
          ['a', 'b'],
          ['b', 'a'],
        ] as const) {
          add(flow, {
            Identifier: name,
            Type: 'MessageParticipant',
            Parameters: { Text: 'x' },
            Transitions: { NextAction: next },
          });
        }
        leadTo(flow, 'look up', 'a');
      },
      ['way/no-way-out of a', ...unreachable('compare')].sort(),
    ],
    [
      'a function that is called again and again',
      (flow) => Object.assign(actionOf(flow, 'compare').Transitions.Errors?.[0] ?? {}, { NextAction: 'look up' }),
      ['way/busy-loop of look up'],
    ],
    [
      'one that leads to itself',
      (flow) => Object.assign(actionOf(flow, 'look up').Transitions.Errors?.[0] ?? {}, { NextAction: 'look up' }),
      ['way/busy-loop of look up'],
    ],
    [
      'a menu without end for who is silent',
      (flow) => {
        Object.assign(actionOf(flow, 'menu').Transitions.Errors?.[0] ?? {}, { NextAction: 'hello' });
        leadTo(flow, 'hello', 'menu');
      },
      ['way/silence of menu'],
    ],
    [
      'rounds that count nothing',
      (flow) => {
        for (const way of actionOf(flow, 'rounds').Transitions.Conditions ?? []) way.NextAction = 'menu';
      },
      ['way/silence of menu'],
    ],
    // Risks
    [
      'a resource of one instance',
      (flow) =>
        Object.assign(actionOf(flow, 'queue').Parameters, {
          QueueId: 'arn:aws:connect:us-east-1:123456789012:instance/i/queue/q',
        }),
      ['risk/instance of queue'],
    ],
    [
      'a resource by its id',
      (flow) => Object.assign(actionOf(flow, 'queue').Parameters, { QueueId: '1bc263e9-09cf-432c-971c-32da62c784af' }),
      ['risk/instance of queue'],
    ],
    [
      'a template of cases by its id',
      (flow) =>
        Object.assign(actionOf(flow, 'look up').Parameters, { CaseTemplateId: '1bc263e9-09cf-432c-971c-32da62c784af' }),
      ['risk/instance of look up'],
    ],
    ...['customerSSN', 'date_of_birth', 'CardNumber', 'pin', 'DOB', 'cc_num', 'IBAN'].map(
      (key): [string, (flow: LooseFlow) => void, readonly string[]] => [
        `the attribute ${key}`,
        (flow) => keeps(flow, key, '$.StoredCustomerInput'),
        ['risk/personal of keep'],
      ],
    ),
    ...(
      [
        ['pin_verified', 'true'],
        ['pinAttempts', '$.External.count'],
        ['cardNumberLast4', '$.External.last'],
        ['ssn', ''],
        ['spinning', '$.External.x'],
        ['language', 'en'],
        ['passport_required', 'yes'],
      ] as const
    ).map(([key, value]): [string, (flow: LooseFlow) => void, readonly string[]] => [
      `nothing personal in ${key}`,
      (flow) => keeps(flow, key, value),
      [],
    ]),
    [
      'a function first in a chat',
      (flow) => {
        Object.assign(flow, { StartAction: 'look up' });
        flow.Actions.splice(0, 3);
      },
      ['risk/lambda-first of look up'],
    ],
  ])('is told once, and nothing else: %s', (_, change, told) => {
    expect([...after(change)].sort()).toEqual([...told].sort());
  });

  it('is told with what to do, and where', () => {
    const flow = soundFlow();
    withoutError(flow, 'menu', 'InputTimeLimitExceeded');
    const [problem] = check(flow);
    expect(problem?.message).toBe('"Main menu" (GetParticipantInput) has no branch for InputTimeLimitExceeded.');
    expect(problem?.fix).toMatch(/Ask again/);
    const lines = JSON.stringify(flow, null, 1).split('\n');
    expect(lines[(problem?.line ?? 0) - 1]).toContain('"Identifier": "menu"');
  });

  it('is told where a branch names nothing, with what was probably meant', () => {
    const flow = soundFlow();
    actionOf(flow, 'compare').Transitions.NextAction = 'sory';
    const [problem] = check(flow);
    expect(problem?.fix).toBe('Did you mean sorry?');
    expect(JSON.stringify(flow, null, 1).split('\n')[(problem?.line ?? 0) - 1]).toContain('"sory"');
  });
});

/** What can't be come to any more, from one action of the sound flow on. */
function unreachable(from: string): readonly string[] {
  const order = ['rounds', 'menu', 'look up', 'compare', 'queue', 'hours', 'transfer', 'sorry', 'bye'];
  switch (from) {
    case 'rounds':
      return order.map((name) => `way/unreachable of ${name}`);
    case 'hours':
      return ['hours', 'transfer'].map((name) => `way/unreachable of ${name}`);
    default:
      return [`way/unreachable of ${from}`];
  }
}

function keeps(flow: LooseFlow, key: string, value: string): void {
  add(flow, {
    Identifier: 'keep',
    Type: 'UpdateContactAttributes',
    Parameters: { Attributes: { [key]: value }, TargetContact: 'Current' },
    Transitions: { NextAction: 'rounds', Errors: [{ ErrorType: 'NoMatchingError', NextAction: 'rounds' }] },
  });
  leadTo(flow, 'hello', 'keep');
}

describe('what differs by what an action is given', () => {
  const alone = (action: LooseAction) =>
    check({
      ...soundFlow(),
      Actions: [
        ...soundFlow().Actions.filter(({ Identifier }) => Identifier !== 'hello'),
        { Identifier: 'hello', ...action },
      ],
    });
  const errors = (...types: readonly string[]) => types.map((ErrorType) => ({ ErrorType, NextAction: 'rounds' }));
  const codes = (action: LooseAction) => alone(action).map(({ code, message }) => `${code} ${message}`);

  it('input that is kept has no timeout, no results, and a length', () => {
    const kept = { Text: 'Your number?', StoreInput: 'True', InputTimeLimitSeconds: '10' };
    const Transitions = { NextAction: 'rounds', Errors: errors('NoMatchingError') };
    const Type = 'GetParticipantInput';
    expect(
      codes({
        Type,
        Parameters: { ...kept, InputValidation: { CustomValidation: { MaximumLength: '12' } } },
        Transitions,
      }),
    ).toEqual([]);
    expect(codes({ Type, Parameters: kept, Transitions })).toEqual([
      expect.stringMatching(/^parameter\/missing .*InputValidation/),
    ]);
  });

  it('a wait needs a condition for its time and for each of its events', () => {
    const wait = (events: readonly string[], results: readonly string[], ...types: readonly string[]): LooseAction => ({
      Type: 'Wait',
      Parameters: { TimeLimitSeconds: '900', Events: events },
      Transitions: {
        Errors: errors(...types),
        Conditions: results.map((result) => ({
          NextAction: 'rounds',
          Condition: { Operator: 'Equals', Operands: [result] },
        })),
      },
    });
    expect(codes(wait(['CustomerReturned'], ['WaitCompleted', 'CustomerReturned'], 'NoMatchingError'))).toEqual([]);
    expect(codes(wait(['CustomerReturned'], ['WaitCompleted'], 'NoMatchingError'))).toEqual([
      expect.stringMatching(/^branch\/condition-missing .*CustomerReturned/),
    ]);
    expect(codes(wait([], [], 'NoMatchingError'))).toEqual([
      expect.stringMatching(/^branch\/condition-missing .*WaitCompleted/),
    ]);
    expect(
      codes(wait(['BotParticipantDisconnected'], ['WaitCompleted', 'BotParticipantDisconnected'], 'NoMatchingError')),
    ).toEqual([expect.stringMatching(/^branch\/missing .*ParticipantNotFound/)]);
  });

  it("a wait's time is not called what its page calls it", () => {
    const Conditions = [{ NextAction: 'rounds', Condition: { Operator: 'Equals', Operands: ['WaitCompleted'] } }];
    expect(
      codes({
        Type: 'Wait',
        Parameters: { TimeoutSeconds: '900' },
        Transitions: { Errors: errors('NoMatchingError'), Conditions },
      }),
    ).toEqual([expect.stringMatching(/^parameter\/name .*TimeLimitSeconds, not TimeoutSeconds/)]);
  });

  it('a bot needs its fallback, words of its own, and where its time is bounded a branch for that', () => {
    const bot = (parameters: object, ...types: readonly string[]): LooseAction => ({
      Type: 'ConnectParticipantWithLexBot',
      Parameters: { LexV2Bot: { AliasArn: placeholder('Bot') }, ...parameters },
      Transitions: { NextAction: 'rounds', Errors: errors(...types) },
    });
    expect(codes(bot({ Text: 'Yes?' }, 'NoMatchingCondition', 'NoMatchingError'))).toEqual([]);
    expect(codes(bot({ Text: 'Yes?' }, 'NoMatchingError'))).toEqual([
      expect.stringMatching(/^branch\/missing .*NoMatchingCondition/),
    ]);
    expect(codes(bot({ Text: 'Yes?', LexV2Bot: { AliasArn: '' } }, 'NoMatchingCondition', 'NoMatchingError'))).toEqual([
      expect.stringMatching(/^parameter\/missing .*LexV2Bot.AliasArn/),
    ]);
    expect(codes(bot({}, 'NoMatchingCondition', 'NoMatchingError'))).toEqual([
      expect.stringMatching(/^parameter\/missing .*nothing to say/),
    ]);
    expect(
      codes(bot({ Text: 'Yes?', LexTimeoutSeconds: { Text: '300' } }, 'NoMatchingCondition', 'NoMatchingError')),
    ).toEqual([expect.stringMatching(/^branch\/missing .*InputTimeLimitExceeded/)]);
    expect(
      codes(
        bot(
          { Text: 'Yes?', LexTimeoutSeconds: { Text: '30' } },
          'NoMatchingCondition',
          'NoMatchingError',
          'InputTimeLimitExceeded',
        ),
      ),
    ).toEqual([expect.stringMatching(/^parameter\/range .*LexTimeoutSeconds/)]);
  });

  it('a function that is not waited for may take a minute', () => {
    const call = (InvocationTimeLimitSeconds: string): LooseAction => ({
      Type: 'InvokeLambdaFunction',
      Parameters: {
        LambdaFunctionARN: placeholder('Function'),
        InvocationTimeLimitSeconds,
        InvocationType: 'ASYNCHRONOUS',
      },
      Transitions: { NextAction: 'rounds', Errors: errors('NoMatchingError') },
    });
    expect(codes(call('60')).filter((code) => code.startsWith('parameter'))).toEqual([]);
    expect(codes(call('61')).filter((code) => code.startsWith('parameter'))).toEqual([
      expect.stringMatching(/from 1 to 60|out of range/),
    ]);
  });

  it('what ends a flow elsewhere is no dead end', () => {
    for (const Type of ['EndFlowExecution', 'EndFlowModuleExecution', 'TransferContactToAgent']) {
      expect(
        codes({ Type, Parameters: {}, Transitions: {} }).filter((code) => !code.startsWith('way/unreachable')),
      ).toEqual([]);
    }
    const music = { Type: 'MessageParticipantIteratively', Parameters: { Messages: [{ Text: 'x' }] }, Transitions: {} };
    expect(codes(music).filter((code) => !code.startsWith('way/unreachable'))).toEqual([]);
  });
});

describe('of every type of action', () => {
  it('what the service refuses a flow without is what is asked for', () => {
    const catchAll = 'NoMatchingError';
    const needs = Object.fromEntries(
      ACTION_TYPES.map((Type) => [Type, ruleOf(Type)?.requires ?? []] as const)
        .filter(([, required]) => required.length > 0 && required.join() !== catchAll)
        .map(([Type, required]) => [Type, required.filter((error) => error !== catchAll)]),
    );
    expect(needs).toEqual({
      CheckMetricData: ['NoMatchingCondition'],
      Compare: ['NoMatchingCondition'],
      ConnectParticipantWithLexBot: ['NoMatchingCondition'],
      DequeueContactAndTransferToQueue: ['QueueAtCapacity'],
      DistributeByPercentage: ['NoMatchingCondition'],
      GetCalculatedAttributesForCustomerProfile: ['NoneFoundError'],
      GetCustomerProfile: ['MultipleFoundError', 'NoneFoundError'],
      GetCustomerProfileObject: ['NoneFoundError'],
      ShowView: ['NoMatchingCondition', 'TimeLimitExceeded'],
      TransferContactToQueue: ['QueueAtCapacity'],
      UpdateContactCallbackNumber: ['InvalidCallbackNumber', 'CallbackNumberNotDialable'],
      UpdateContactMediaProcessing: ['ChannelMismatch'],
      UpdateContactRecordingAndAnalyticsBehavior: ['ChannelMismatch'],
    });
  });

  it.each(ACTION_TYPES)('%s: each error it needs is asked for, and told by its name where it is missing', (Type) => {
    const required = ruleOf(Type)?.requires ?? [];
    const flow = (errors: readonly string[]) => ({
      ...soundFlow(),
      Actions: [
        ...soundFlow().Actions.slice(1),
        {
          Identifier: 'hello',
          Type,
          Parameters: {},
          Transitions: { Errors: errors.map((ErrorType) => ({ ErrorType, NextAction: 'rounds' })) },
        },
      ],
    });
    const missing = (errors: readonly string[]) =>
      check(flow(errors)).flatMap(({ code, message, action }) =>
        code === 'branch/missing' && action === 'hello' ? [message] : [],
      );
    const more = missing([...required, 'InputTimeLimitExceeded', 'NoMatchingCondition']);
    expect(more).toEqual([]);
    for (const error of required) {
      expect(
        missing(required.filter((one) => one !== error)).filter((message) => message.includes(error)),
      ).toHaveLength(1);
    }
  });
});

describe('whatever a file holds', () => {
  /** Any JSON, made of what flows are made of and of anything else. */
  const words = fc.constantFrom(
    ...ACTION_TYPES.slice(0, 12),
    'Actions',
    'Identifier',
    'Transitions',
    'Errors',
    '',
    'hello',
    '$.x',
    '9',
  );
  const key = fc.oneof(
    words,
    fc.constantFrom(
      'Type',
      'Parameters',
      'NextAction',
      'ErrorType',
      'Conditions',
      'Condition',
      'Operator',
      'Operands',
      'Metadata',
      'modules',
      'id',
      'branches',
      'transition',
      'ContactFlow',
      'Content',
      'StartAction',
      '__proto__',
      'constructor',
    ),
    fc.string(),
  );
  const { any } = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      words,
      fc.string(),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('any')),
      fc.dictionary(key, tie('any')),
    ),
  }));

  it('nothing makes the check throw, and every problem says what to do and stands in the file', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          any.map((json) => JSON.stringify(json) ?? ''),
          fc.string(),
        ),
        (content) => {
          const lines = content.split('\n').length;
          for (const { line, column, fix, message, file } of checkFlow(content, 'flow.json').problems) {
            expect(file).toBe('flow.json');
            expect(line).toBeGreaterThanOrEqual(1);
            expect(line).toBeLessThanOrEqual(lines);
            expect(column).toBeGreaterThanOrEqual(1);
            expect(fix).not.toBe('');
            expect(message).not.toContain('undefined');
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('a flow of which any part was replaced by anything is checked to the end, in each form', () => {
    const forms = [soundFlow(), LEGACY];
    fc.assert(
      fc.property(
        fc.constantFrom(...forms),
        fc.array(fc.tuple(fc.nat(), any), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (form, changes, dump) => {
          let flow: unknown = form;
          for (const [at, value] of changes) flow = replaced(flow, at, value);
          const content = JSON.stringify(flow) ?? '';
          const whole = dump ? JSON.stringify({ ContactFlow: { Content: content } }) : content;
          for (const { column } of checkFlow(whole, 'flow.json').problems)
            expect(column).toBeLessThanOrEqual(whole.length + 1);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('a flow that is cut off anywhere is told as none', () => {
    const content = JSON.stringify(soundFlow());
    fc.assert(
      fc.property(fc.integer({ min: 1, max: content.length - 1 }), (end) => {
        expect(checkFlow(content.slice(0, end), 'flow.json').problems).toMatchObject([{ code: 'flow/not-json' }]);
      }),
    );
  });

  it('a flow in any order of its actions has the same problems', () => {
    const broken = soundFlow();
    withoutError(broken, 'menu', 'NoMatchingError');
    leadTo(broken, 'queue', 'nowhere');
    const told = (flow: unknown) =>
      check(flow)
        .map(({ code, action }) => `${code} ${action}`)
        .sort();
    fc.assert(
      fc.property(fc.shuffledSubarray(broken.Actions, { minLength: broken.Actions.length }), (Actions) => {
        expect(told({ ...broken, Actions })).toEqual(told(broken));
      }),
    );
  });

  it('a chain of a thousand actions is gone through', () => {
    const length = 1_000;
    const Actions = [...Array(length).keys()].map((at) => ({
      Identifier: `a${at}`,
      Type: 'MessageParticipant',
      Parameters: { Text: 'x' },
      Transitions: { NextAction: `a${(at + 1) % length}` },
    }));
    const codes = check({ Version: '2019-10-30', StartAction: 'a0', Actions }).map(({ code }) => code);
    expect(codes.sort()).toEqual(['flow/too-many-actions', 'way/no-way-out']);
  });
});

/** The same data with one part of it replaced: the one that comes as number `at`, counted round and round. */
function replaced(json: unknown, at: number, value: unknown): unknown {
  const places: (readonly (string | number)[])[] = [];
  const visit = (part: unknown, way: readonly (string | number)[]) => {
    places.push(way);
    if (Array.isArray(part)) for (const [index, item] of part.entries()) visit(item, [...way, index]);
    else if (typeof part === 'object' && part !== null)
      for (const [key, item] of Object.entries(part)) visit(item, [...way, key]);
  };
  visit(json, []);
  const way = places[at % places.length] ?? [];
  const put = (part: unknown, [first, ...rest]: readonly (string | number)[]): unknown => {
    if (first === undefined) return value;
    if (Array.isArray(part)) return part.map((item, index) => (index === first ? put(item, rest) : item));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, key === first ? put(item, rest) : item]));
  };
  return put(json, way);
}
