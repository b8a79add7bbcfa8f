import { describe, expect, it } from '@jest/globals';
import { compileWorkflow, loadWorkflow, type Program, sourceOf } from '@parley/workflow';
import fc from 'fast-check';
import { connectTemplate, intentsOf } from './bot.ts';
import { checkFlow } from './check.ts';
import { type Action, type ContactFlow, type FlowOptions, generateFlow, placeholder } from './generate.ts';

const ROOT = new URL('../../../../workflows/', import.meta.url).pathname;
const compiled = new Map<string, Promise<Program>>();

/** One of the workflows here, compiled once. */
function workflow(name: string): Promise<Program> {
  const program =
    compiled.get(name) ?? loadWorkflow(`${ROOT}${name}/workflow.yaml`).then((source) => compileWorkflow(source));
  compiled.set(name, program);
  return program;
}

/** A workflow with a queue for each name, and one choice that leads to each; without queues it only speaks. */
function workflowWith(queues: readonly string[], more: readonly string[] = []): Program {
  const asks = [
    'otherwise: t0',
    'steps:',
    '  need:',
    '    ask: What is it?',
    '    choices:',
    ...queues.map(
      (_, index) => `      c${index}: { when: wants ${index}, examples: [number ${index}], to: t${index} }`,
    ),
    '      nothing: { when: wants nothing, to: bye }',
    ...queues.map((queue, index) => `  t${index}:\n    transfer: { queue: ${JSON.stringify(queue)} }`),
  ];
  const speaks = ['steps:', '  hello:', '    say: Hello.', '    then: bye'];
  const bye = ['  bye:', '    end: Goodbye.'];
  const text = ['workflow: made', 'title: Made up', ...(queues.length > 0 ? asks : speaks), ...bye, ...more].join('\n');
  return compileWorkflow(sourceOf(`${text}\n`));
}

const waysOf = ({ Transitions: { NextAction, Errors = [], Conditions = [] } }: Action) => [
  ...(NextAction === undefined ? [] : [NextAction]),
  ...[...Errors, ...Conditions].map((way) => way.NextAction),
];

function sound(flow: ContactFlow): void {
  const { problems } = checkFlow(JSON.stringify(flow), 'flow.json');
  expect(problems).toEqual([]);
  const named = new Map(flow.Actions.map((action) => [action.Identifier, action]));
  expect(named.size).toBe(flow.Actions.length);
  expect(flow.Actions.length).toBeLessThanOrEqual(250);
  for (const { Identifier } of flow.Actions) expect(Identifier.length).toBeLessThanOrEqual(50);
  // Whatever goes wrong, the caller hears something before the end: only where the last word can't be said, nothing.
  for (const { Identifier, Type, Transitions } of flow.Actions) {
    for (const { ErrorType, NextAction } of Transitions.Errors ?? []) {
      // A conversation that is over has spoken: it has no conditions, so that this is its way on. So has a bot that has left.
      const over =
        (Type === 'ConnectParticipantWithLexBot' && ErrorType === 'NoMatchingCondition') ||
        ErrorType === 'ParticipantNotFound';
      if (Identifier !== 'Goodbye' && !over) expect(silentEnds(NextAction, named)).toEqual([]);
    }
  }
}

const CHAT_BLOCKS = new Set(['Let the bot in', 'Is the bot in']);

/** Where one may end up from an action without having heard a word. */
function silentEnds(from: string, named: ReadonlyMap<string, Action>): readonly string[] {
  const found = new Set([from]);
  const ends: string[] = [];
  for (const name of found) {
    const action = named.get(name);
    if (!action) throw new Error(`There is no ${name}.`);
    if (['MessageParticipant', 'GetParticipantInput', 'ConnectParticipantWithLexBot'].includes(action.Type)) continue;
    if (action.Type === 'DisconnectParticipant') ends.push(name);
    // Whom a queue takes hears what is played there, and whom a bot leads what the bot says.
    const spoken = action.Type === 'TransferContactToQueue' || CHAT_BLOCKS.has(name);
    const ways = spoken ? (action.Transitions.Errors ?? []) : undefined;
    for (const way of ways?.map(({ NextAction }) => NextAction) ?? waysOf(action)) found.add(way);
  }
  return ends;
}

describe.each(['support', 'supply-chain', 'healthcare-intake'])('the flow of %s', (name) => {
  it.each<[string, FlowOptions]>([
    ['as it is', {}],
    ['recorded with a person', { record: 'agent' }],
    [
      'recorded from the beginning, in another voice',
      { record: 'all', voice: 'Matthew', greeting: 'Good day. We record calls.' },
    ],
    ['with chats of a bot', { chat: 'bot' }],
  ])('has nothing wrong: %s', async (_, options) => {
    const program = await workflow(name);
    const { flow, parameters } = generateFlow(program, options);
    sound(flow);
    const queues = new Set(
      [...program.steps.values()].flatMap((step) => (step.kind === 'transfer' ? [step.queue] : [])),
    );
    expect(new Set([...parameters.values()].flatMap(({ queue }) => queue ?? []))).toEqual(queues);
    // What is open in it is what is asked for at deploy, and nothing else names an account.
    const text = JSON.stringify(flow);
    const open = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, parameter]) => parameter));
    expect(open).toEqual(new Set(parameters.keys()));
    expect(text).not.toContain('arn:aws');
    // The same once more.
    expect(generateFlow(program, options)).toEqual({ flow, parameters });
  });
});

describe('the flow of any workflow', () => {
  it('has nothing wrong, whatever its queues are called', () => {
    const name = fc.oneof(
      fc.constantFrom('returns', 'Returns', 're-turns', 'tier 2', '{}', 'a:b', 'ü', 'toString'),
      fc.string({ minLength: 1, maxLength: 80, unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 12 }), fc.constantFrom('lex', 'bot'), (queues, chat) => {
        const { flow, parameters } = generateFlow(workflowWith(queues), { chat });
        sound(flow);
        const compare = flow.Actions.find(({ Identifier }) => Identifier === 'Which queue');
        expect(compare?.Transitions.Conditions?.map(({ Condition }) => Condition.Operands[0]) ?? []).toEqual(queues);
        for (const parameter of parameters.keys()) expect(parameter).toMatch(/^[A-Za-z0-9]+$/);
      }),
      { numRuns: 40 },
    );
  });

  it('leads to a goodbye where there is nobody to hand over to', () => {
    const { flow } = generateFlow(workflowWith([]));
    sound(flow);
    expect(flow.Actions.map(({ Type }) => Type)).not.toContain('TransferContactToQueue');
  });

  it('leads what is in trouble to the queue of the door of last resort', () => {
    const { flow } = generateFlow(workflowWith(['first', 'second']));
    const keypad = flow.Actions.find(({ Identifier }) => Identifier === 'Keypad');
    expect(keypad?.Transitions.Errors?.map(({ NextAction }) => NextAction)).toEqual([
      'Queue first',
      'Queue first',
      'Queue first',
    ]);
  });

  it('gives Lex back what its hook goes on by, and keeps what a person has to know', () => {
    const { flow } = generateFlow(workflowWith(['q']));
    const of = (name: string) => flow.Actions.find(({ Identifier }) => Identifier === name)?.Parameters ?? {};
    expect(of('Talk')['LexSessionAttributes']).toMatchObject({
      parley_session: '$.External.parley_session',
      parley_turn: '$.External.parley_turn',
      parley_expects: '$.External.parley_expects',
      'x-amz-lex:audio:start-timeout-ms:*:*': '$.External.parley_start_silence',
    });
    expect(of('Talk on')['LexSessionAttributes']).toEqual({
      parley_session: "$.Lex.SessionAttributes.['parley_session']",
      parley_turn: "$.Lex.SessionAttributes.['parley_turn']",
      parley_expects: "$.Lex.SessionAttributes.['parley_expects']",
    });
    expect(of('Brief that came of it')['Attributes']).toMatchObject({
      parley_brief: "$.Lex.SessionAttributes.['parley_brief']",
    });
  });

  it.each([
    ['What it begins with', 'Words before a person'],
    ['What came of it', 'Queue q'],
  ])('puts through to a person whom nothing can answer: %s', (name, next) => {
    const { flow } = generateFlow(workflowWith(['q']));
    const compare = flow.Actions.find(({ Identifier }) => Identifier === name);
    const ways = compare?.Transitions.Conditions?.map((way) => [way.Condition.Operands[0], way.NextAction]) ?? [];
    expect(Object.fromEntries(ways)).toHaveProperty('failed', next);
    // Every state that a session may rest in.
    expect(ways.map(([rest]) => rest).sort()).toEqual(['caller', 'end', 'failed', 'transfer', 'wait', 'work']);
  });

  it('leads chats past Lex where a bot takes part in them', () => {
    const { flow } = generateFlow(workflowWith(['q']), { chat: 'bot' });
    const named = new Map(flow.Actions.map((action) => [action.Identifier, action]));
    const waysFrom = (name: string) =>
      Object.fromEntries(
        (named.get(name)?.Transitions.Conditions ?? []).map((way) => [way.Condition.Operands[0], way.NextAction]),
      );
    // In a chat a function can't come first.
    expect(named.get('Greeting')?.Transitions.NextAction).toBe('By chat');
    expect(waysFrom('By chat')).toEqual({ CHAT: 'Let the bot in' });
    expect(named.get('By chat')?.Transitions.NextAction).toBe('Begin the session');
    expect(waysFrom('How the bot begins')).toEqual({
      caller: 'Wait for the bot',
      transfer: 'Queue that it begins with',
      end: 'Hang up',
    });
    expect(waysFrom('Wait for the bot')['BotParticipantDisconnected']).toBe('What the bot came to');
    expect(named.get('What the bot came to')?.Parameters['ComparisonValue']).toBe('$.Attributes.parley_rest');
    expect(waysFrom('What the bot came to')).toEqual({ transfer: 'Which queue', end: 'Hang up', failed: 'Queue q' });
    // Whatever is not known leads to a person, with a word.
    expect(named.get('Let the bot in')?.Transitions.Errors?.map(({ NextAction }) => NextAction)).toEqual([
      'Is the bot in',
    ]);
    for (const name of ['Is the bot in', 'How the bot begins', 'Wait for the bot', 'What the bot came to'])
      expect(named.get(name)?.Transitions.Errors?.at(-1)?.NextAction).toBe('Trouble in the chat');
    // It may be gone before the flow waits for it.
    expect(named.get('Wait for the bot')?.Transitions.Errors?.[0]).toEqual({
      NextAction: 'What the bot came to',
      ErrorType: 'ParticipantNotFound',
    });
    expect(named.get('Trouble in the chat')?.Transitions.NextAction).toBe('Queue q');
  });

  it('says goodbye in a chat where there is nobody to hand over to', () => {
    const { flow } = generateFlow(workflowWith([]), { chat: 'bot' });
    sound(flow);
    const last = flow.Actions.find(({ Identifier }) => Identifier === 'Is the bot in');
    expect(last?.Transitions.Errors).toEqual([{ NextAction: 'Trouble', ErrorType: 'NoMatchingError' }]);
  });

  it('has at most 250 actions', () => {
    const queues = (count: number) => workflowWith([...Array(count).keys()].map((number) => `q${number}`));
    const fixed = generateFlow(queues(1)).flow.Actions.length - 1;
    sound(generateFlow(queues(250 - fixed)).flow);
    expect(() => generateFlow(queues(251 - fixed))).toThrow(/more than one flow can hold/);
  });

  it('says that it is recorded before anything is', () => {
    expect(() => generateFlow(workflowWith(['q']), { record: 'agent', greeting: 'Hello.' })).toThrow(/does not say so/);
    const { flow } = generateFlow(workflowWith(['q']), { record: 'all' });
    expect(flow.Actions.find(({ Identifier }) => Identifier === 'Greeting')?.Parameters['Text']).toMatch(/recorded/);
  });

  it.each(['', ' ', 'x'.repeat(1025), `Hello ${placeholder('Name')}`])(
    'takes no greeting that can not be said: %j',
    (greeting) => {
      expect(() => generateFlow(workflowWith(['q']), { greeting })).toThrow(/can not be said/);
    },
  );
});

describe('the Lex bot', () => {
  it('has an intent for each choice with examples, no utterance twice, and the fallback', () => {
    const examples = ["where's my order?", 'track: it', 'A.M. delivery', '!?'];
    const { steps, interrupts } = workflowWith(
      ['q'],
      ['interrupts:', `  lost: { when: is lost, examples: ${JSON.stringify(examples)}, to: t0 }`],
    );
    const again = interrupts.map((one) => ({
      ...one,
      name: 'again',
      examples: ['Number 0!', 'TRACK IT', 'once more'],
    }));
    const program = { steps, interrupts: [...interrupts, ...again] };
    expect(intentsOf(program)).toEqual([
      {
        Name: 'c0',
        SampleUtterances: [{ Utterance: 'number 0' }],
        FulfillmentCodeHook: { Enabled: true, IsActive: true },
      },
      {
        Name: 'lost',
        SampleUtterances: [
          { Utterance: "where's my order" },
          { Utterance: 'track it' },
          { Utterance: 'A.M. delivery' },
        ],
        FulfillmentCodeHook: { Enabled: true, IsActive: true },
      },
      {
        Name: 'again',
        SampleUtterances: [{ Utterance: 'once more' }],
        FulfillmentCodeHook: { Enabled: true, IsActive: true },
      },
      {
        Name: 'FallbackIntent',
        ParentIntentSignature: 'AMAZON.FallbackIntent',
        FulfillmentCodeHook: { Enabled: true, IsActive: true },
      },
    ]);
  });

  it('can be built where no choice has examples', () => {
    expect(intentsOf(workflowWith([])).map(({ Name }) => Name)).toEqual(['Hello', 'FallbackIntent']);
  });

  it.each(['support', 'supply-chain', 'healthcare-intake'])(
    'of %s keeps to the names and bounds of Lex',
    async (name) => {
      const intents = intentsOf(await workflow(name));
      const all = intents.flatMap(({ SampleUtterances = [] }) =>
        SampleUtterances.map(({ Utterance }) => Utterance.toLowerCase()),
      );
      expect(new Set(all).size).toBe(all.length);
      expect(new Set(intents.map(({ Name }) => Name)).size).toBe(intents.length);
      for (const { Name } of intents) expect(Name).toMatch(/^([0-9a-zA-Z][_-]?){1,100}$/);
      for (const utterance of all) expect(utterance).toMatch(/^[\p{L}\p{N}'’.\- ]{1,500}$/u);
    },
  );
});

describe('the template', () => {
  const program = workflowWith(['returns', 'claims']);
  const templateOf = (options: FlowOptions) =>
    JSON.parse(JSON.stringify(connectTemplate(program, generateFlow(program, options), options)));
  const template = templateOf({});

  it.each<[string, FlowOptions]>([
    ['with Lex', {}],
    ['with a bot in chats', { chat: 'bot' }],
  ])('defines everything it refers to: %s', (_, options) => {
    const template = templateOf(options);
    const text = JSON.stringify(template);
    const names = new Set([...Object.keys(template.Parameters), ...Object.keys(template.Resources), 'AWS::AccountId']);
    for (const [, name] of text.matchAll(/"Ref":"([\w:]+)"/g)) expect(names).toContain(name);
    for (const [, name] of text.matchAll(/"Fn::GetAtt":\["(\w+)"/g)) expect(names).toContain(name);
    const [content, own] = template.Resources.Flow.Properties.Content['Fn::Sub'];
    for (const [, name] of content.matchAll(/\$\{([^}]*)\}/g)) expect([...names, ...Object.keys(own)]).toContain(name);
    expect(Object.keys(template.Parameters)).toEqual(
      expect.arrayContaining(['QueueReturnsArn', 'QueueClaimsArn', 'FrontDoorArn', 'LexHookArn']),
    );
  });

  it('has a topic, and functions for it, only where a bot leads chats', () => {
    const types = ({ Resources }: typeof template) =>
      Object.values<{ readonly Type: string }>(Resources).map(({ Type }) => Type);
    expect(types(template).filter((type) => type.startsWith('AWS::SNS'))).toEqual([]);
    const chats = templateOf({ chat: 'bot' });
    expect(types(chats).filter((type) => type.startsWith('AWS::SNS'))).toEqual([
      'AWS::SNS::Topic',
      'AWS::SNS::TopicPolicy',
      'AWS::SNS::Subscription',
    ]);
    expect(Object.keys(chats.Parameters)).toEqual(expect.arrayContaining(['ChatArn', 'ChatNotifiedArn']));
  });

  it('holds the flow, whole', () => {
    expect(JSON.parse(template.Resources.Flow.Properties.Content['Fn::Sub'][0])).toEqual(generateFlow(program).flow);
  });

  it('makes a new version of the bot where the bot is another, and only there', () => {
    const versionOf = (one: Program) =>
      Object.keys(JSON.parse(JSON.stringify(connectTemplate(one, generateFlow(one)))).Resources).find((name) =>
        /^BotVersion/.test(name),
      );
    expect(versionOf(workflowWith(['returns', 'others']))).toBe(versionOf(program));
    expect(versionOf(workflowWith(['returns']))).not.toBe(versionOf(program));
  });
});
