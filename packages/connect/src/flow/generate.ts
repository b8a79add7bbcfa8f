import { createHash } from 'node:crypto';
import { ParleyError, type Program } from '@parley/workflow';
import { laidOut } from './layout.ts';

/** What the workflow file does not say about the contact itself. */
export interface FlowOptions {
  /** What is said first, before the workflow begins. Where something is recorded it has to say so. */
  readonly greeting?: string;
  /** What Connect records: nothing; both sides, once a person of ours is on the line; or the conversation before, too. */
  readonly record?: 'nothing' | 'agent' | 'all';
  /**
   * Who leads a chat: Lex, as it leads a call, or a bot of our own that takes part in it (`connectChat`). Lex, if left out: it needs
   * nothing that calls do not need, where the bot needs a topic, and a function that is subscribed to it.
   */
  readonly chat?: 'lex' | 'bot';
  /** The language the contact is in, such as `en-US`. */
  readonly language?: string;
  /** The Amazon Polly voice that speaks. */
  readonly voice?: string;
}

/** A contact flow in the flow language. */
export interface ContactFlow {
  readonly Version: '2019-10-30';
  readonly StartAction: string;
  readonly Metadata: object;
  readonly Actions: readonly Action[];
}

export interface Action {
  readonly Identifier: string;
  readonly Type: string;
  readonly Parameters: { readonly [name: string]: unknown };
  readonly Transitions: {
    readonly NextAction?: string;
    readonly Errors?: readonly { readonly NextAction: string; readonly ErrorType: string }[];
    readonly Conditions?: readonly {
      readonly NextAction: string;
      readonly Condition: { readonly Operator: 'Equals'; readonly Operands: readonly [string] };
    }[];
  };
}

/** A flow, and what has to be put in the place of `${NAME}` in it where it is deployed. */
export interface GeneratedFlow {
  readonly flow: ContactFlow;
  /** By name: what it is. Of a queue, `queue` is what the workflow calls it. */
  readonly parameters: ReadonlyMap<string, { readonly about: string; readonly queue?: string }>;
}

/**
 * What the flow and the functions behind it say to each other. The function that begins a session answers a STRING_MAP,
 * and the hook of Lex sets session attributes, under the same names.
 */
export const CONTRACT = {
  /** What the Lambda block gives to the front door beside the contact. */
  start: { event: 'start' },
  /** What it gives where Lex failed: what is open is said again. */
  again: { event: 'silent', session: '$.External.parley_session', turn: '$.External.parley_turn' },
  /** Where a field is read of what the Lambda block was answered, and of what the hook of Lex has set. */
  begun: (field: string) => `$.External.parley_${field}`,
  talked: (field: string) => `$.Lex.SessionAttributes.['parley_${field}']`,
  /** Where a field is read that the bot of a chat has put on the contact, before it left. */
  kept: (field: string) => `$.Attributes.parley_${field}`,
  /** What Lex is given back as it came, so that its hook goes on with the session. */
  session: ['session', 'turn', 'expects'],
  /** What is kept of a hand-off in the contact's attributes, for the person who takes it. */
  brief: ['brief', 'identity', 'from', 'done'],
  /** How Lex listens to the first answer; later its hook sets it itself. */
  listening: {
    start_silence: 'x-amz-lex:audio:start-timeout-ms:*:*',
    end_silence: 'x-amz-lex:audio:end-timeout-ms:*:*',
    longest: 'x-amz-lex:audio:max-length-ms:*:*',
    interrupt: 'x-amz-lex:allow-interrupt:*:*',
    keys: 'x-amz-lex:dtmf:max-length:*:*',
    keys_end: 'x-amz-lex:dtmf:end-timeout-ms:*:*',
    end_key: 'x-amz-lex:dtmf:end-character:*:*',
    delete_key: 'x-amz-lex:dtmf:deletion-character:*:*',
  },
} as const;

const MAX_ACTIONS = 250;
/** Lex gives up on a caller who says nothing after this; the workflow's own patience is less. */
const CHAT_PATIENCE_SECONDS = 600;
/** The longest that a flow waits. A chat is over before, by the duration it was begun with. */
const WEEK_SECONDS = 604_800;

/**
 * The contact flow of a workflow: greeting, recording, language, the conversation with Lex, and the hand-off to each
 * queue the workflow names, with hours, a full queue and calling back. Every error leads to something that speaks, and
 * then to a person or a goodbye. The same workflow gives the same flow, and one flow serves every instance.
 * Throws ParleyError `flow/too-many-queues`, `flow/greeting` or `flow/not-disclosed`.
 */
export function generateFlow(program: Program, options: FlowOptions = {}): GeneratedFlow {
  const { record = 'nothing', language = 'en-US', voice = 'Joanna', chat = 'lex' } = options;
  const greeting = options.greeting ?? (record === 'nothing' ? 'Hello.' : 'Hello. This conversation is recorded.');
  checkGreeting(greeting, record);
  const queues = queuesOf(program);
  const parameters = new Map<string, { readonly about: string; readonly queue?: string }>([
    ['BotAliasArn', { about: 'the alias of the Lex bot' }],
    ['FrontDoorArn', { about: 'the function that begins a session' }],
    ...(chat === 'bot' ? [['ChatArn', { about: 'the function that lets the bot into a chat' }] as const] : []),
  ]);
  for (const { name, parameter } of queues) {
    parameters.set(parameter, { about: `the queue that the workflow calls ${name}`, queue: name });
  }
  const last = queues.find(({ name }) => name === personQueueOf(program)) ?? queues[0];
  const person = last?.identifier ?? NOBODY;

  const actions: readonly Action[] = [
    to('Quiet logs', 'UpdateFlowLoggingBehavior', { FlowLoggingBehavior: 'Disabled' }, { next: 'Voice' }),
    to(
      'Voice',
      'UpdateContactTextToSpeechVoice',
      { TextToSpeechVoice: voice, TextToSpeechEngine: 'Neural' },
      { next: 'Language', error: 'Language' },
    ),
    to(
      'Language',
      'UpdateContactData',
      { LanguageCode: language, TargetContact: 'Current' },
      { next: 'Recording', error: 'Recording' },
    ),
    to(
      'Recording',
      'UpdateContactRecordingBehavior',
      {
        RecordingBehavior: {
          RecordedParticipants: record === 'nothing' ? [] : ['Agent', 'Customer'],
          IVRRecordingBehavior: record === 'all' ? 'Enabled' : 'Disabled',
        },
      },
      { next: 'Greeting' },
    ),
    say('Greeting', greeting, chat === 'bot' ? 'By chat' : 'Begin the session'),
    ...(chat === 'bot' ? chatWithBot(person) : []),
    call('Begin the session', 'FrontDoorArn', CONTRACT.start, { next: 'What it begins with', error: TROUBLE }),
    compare('What it begins with', CONTRACT.begun('rest'), TROUBLE, [
      ['caller', 'Talk'],
      ['wait', 'Talk'],
      ['work', 'Talk'],
      ['transfer', 'Words before a hand-off'],
      ['end', 'Last words'],
      ['failed', 'Words before a person'],
    ]),
    say('Words before a hand-off', CONTRACT.begun('say'), 'Queue that it begins with'),
    ...keep('that it begins with', CONTRACT.begun, person),
    say('Words before a person', CONTRACT.begun('say'), person),
    part('Last words', CONTRACT.begun('say')),

    talk('Talk', CONTRACT.begun('say'), {
      ...sessionOf(CONTRACT.begun),
      ...Object.fromEntries(Object.entries(CONTRACT.listening).map(([field, lex]) => [lex, CONTRACT.begun(field)])),
    }),
    // Whether the hook took what was said is not known. So the session says what it asks now, or the answer that is still to come:
    // said again, the same words could be taken for the answer to a question that was never heard.
    counted('Twice at most', '2', 'Words of trouble', TROUBLE),
    say('Words of trouble', 'Sorry, that was a problem on our side.', 'Ask again'),
    call('Ask again', 'FrontDoorArn', CONTRACT.again, { next: 'What it begins with', error: TROUBLE }),
    // Lex ends a conversation after some time; the session goes on where it was.
    counted('Ten times at most', '10', 'Talk on', TROUBLE),
    talk('Talk on', "I'm still here. Please go on.", sessionOf(CONTRACT.talked)),
    // Where it failed, the hook has said already that a person comes.
    compare('What came of it', CONTRACT.talked('rest'), TROUBLE, [
      ['transfer', 'Queue that came of it'],
      ['end', BYE],
      ['failed', person],
      ['caller', 'Ten times at most'],
      ['wait', 'Ten times at most'],
      ['work', 'Ten times at most'],
    ]),
    ...keep('that came of it', CONTRACT.talked, person),
    part('Nobody there', "You have been quiet for a while, so I'll end this here. Goodbye."),

    ...(last === undefined
      ? [part(TROUBLE, "I'm sorry, something isn't working here. Please try again later.")]
      : trouble(person)),
    ...handOff(queues, person),
    part(NOBODY, "I'm sorry, nobody can be reached at the moment. Please try again later. Goodbye."),
    part(FAREWELL, 'Goodbye.'),
    to(BYE, 'DisconnectParticipant', {}, {}),
  ];
  const reached = onlyReachable(actions);
  if (reached.length > MAX_ACTIONS) {
    throw new ParleyError(
      'flow/too-many-queues',
      `The workflow names ${queues.length} queues, more than one flow can hold.`,
      {
        fix: `A contact flow has at most ${MAX_ACTIONS} actions: make several workflows of it.`,
      },
    );
  }
  return { flow: laidOut(reached, notes(program, chat)), parameters };
}

const TROUBLE = 'Trouble';
const NOBODY = 'Nobody can be reached';
const FAREWELL = 'Goodbye';
const BYE = 'Hang up';

interface Queue {
  /** As the workflow calls it. */
  readonly name: string;
  readonly identifier: string;
  readonly parameter: string;
}

/** The queues of the workflow's transfer steps, in the order of the file. */
function queuesOf({ steps }: Program): readonly Queue[] {
  const names = new Set([...steps.values()].flatMap((step) => (step.kind === 'transfer' ? [step.queue] : [])));
  const taken = new Set<string>();
  const unlike = (wanted: string) => {
    let name = wanted;
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${wanted}${number}`;
    taken.add(name.toLowerCase());
    return name;
  };
  return [...names].map((name) => {
    const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
    const pascal = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
    return {
      name,
      identifier: unlike(`Queue ${words.join(' ').slice(0, 36)}`.trim()),
      parameter: unlike(`Queue${pascal.slice(0, 80)}Arn`),
    };
  });
}

/** The queue for callers whom no step of their own puts through: that of the door of last resort, else of the last transfer there is. */
export function personQueueOf({ otherwise, steps }: Program): string | undefined {
  const step = otherwise === undefined ? undefined : steps.get(otherwise);
  if (step?.kind === 'transfer') return step.queue;
  return [...steps.values()].findLast((one) => one.kind === 'transfer')?.queue;
}

function checkGreeting(greeting: string, record: FlowOptions['record']): void {
  if (greeting.trim() === '' || greeting.length > 1024 || /\$\{/.test(greeting)) {
    const fix = 'Give one of 1 to 1,024 characters, without `${`.';
    throw new ParleyError('flow/greeting', 'The greeting can not be said.', { fix });
  }
  if (record !== 'nothing' && !/\brecord/i.test(greeting)) {
    throw new ParleyError('flow/not-disclosed', 'The conversation is recorded, and the greeting does not say so.', {
      fix: 'Say in the greeting that it is recorded.',
    });
  }
}

/** What a deployment puts something in the place of: `Fn::Sub` of CloudFormation takes it as it is. */
export const placeholder = (name: string) => `\${${name}}`;

/** An action with a way on, and a way for whatever goes wrong. */
function to(
  Identifier: string,
  Type: string,
  Parameters: Action['Parameters'],
  { next, error, errors = [] }: { next?: string; error?: string; errors?: readonly (readonly [string, string])[] },
): Action {
  const all = [...errors, ...(error === undefined ? [] : [['NoMatchingError', error] as const])];
  return {
    Identifier,
    Type,
    Parameters,
    Transitions: {
      ...(next === undefined ? {} : { NextAction: next }),
      ...(all.length === 0 ? {} : { Errors: all.map(([ErrorType, NextAction]) => ({ NextAction, ErrorType })) }),
    },
  };
}

/** A function, in the 8 seconds that Connect gives it at most. */
const call = (
  name: string,
  parameter: string,
  given: { readonly [name: string]: string },
  ways: { readonly next: string; readonly error: string },
): Action =>
  to(
    name,
    'InvokeLambdaFunction',
    {
      LambdaFunctionARN: placeholder(parameter),
      InvocationTimeLimitSeconds: '8',
      InvocationType: 'SYNCHRONOUS',
      LambdaInvocationAttributes: given,
      ResponseValidation: { ResponseType: 'STRING_MAP' },
    },
    ways,
  );

/** Words, and the way on, also where they could not be said. */
const say = (name: string, text: string, next: string): Action =>
  to(name, 'MessageParticipant', { Text: text }, { next, error: next });

/** Last words; where they could not be said, others are tried. */
const part = (name: string, text: string): Action =>
  to(name, 'MessageParticipant', { Text: text }, { next: BYE, error: name === FAREWELL ? BYE : FAREWELL });

function withConditions(action: Action, ways: readonly (readonly [string, string])[]): Action {
  const Conditions = ways.map(([operand, NextAction]) => ({
    NextAction,
    Condition: { Operator: 'Equals' as const, Operands: [operand] as const },
  }));
  return { ...action, Transitions: { ...action.Transitions, Conditions } };
}

const compare = (
  name: string,
  value: string,
  otherwise: string,
  ways: readonly (readonly [string, string])[],
): Action =>
  withConditions(
    to(name, 'Compare', { ComparisonValue: value }, { next: otherwise, errors: [['NoMatchingCondition', otherwise]] }),
    ways,
  );

const counted = (name: string, count: string, again: string, done: string): Action =>
  withConditions(to(name, 'Loop', { LoopCount: count }, { next: done }), [
    ['ContinueLooping', again],
    ['DoneLooping', done],
  ]);

/** Keeps which queue the contact goes to, and what a person has to know, from where a function told it. */
function keep(name: string, told: typeof CONTRACT.begun, person: string): readonly Action[] {
  const kept = (fields: readonly string[]) => ({
    Attributes: Object.fromEntries(fields.map((field) => [`parley_${field}`, told(field)])),
    TargetContact: 'Current',
  });
  const next = person === NOBODY ? NOBODY : 'Which queue';
  return [
    to(`Queue ${name}`, 'UpdateContactAttributes', kept(['queue']), { next: `Brief ${name}`, error: person }),
    to(`Brief ${name}`, 'UpdateContactAttributes', kept(CONTRACT.brief), { next, error: next }),
  ];
}

const sessionOf = (told: typeof CONTRACT.begun) =>
  Object.fromEntries(CONTRACT.session.map((field) => [`parley_${field}`, told(field)]));

/** The conversation: the hook of Lex keeps it going until the workflow is done with it. */
const talk = (name: string, text: string, attributes: { readonly [name: string]: string }): Action =>
  to(
    name,
    'ConnectParticipantWithLexBot',
    {
      Text: text,
      LexV2Bot: { AliasArn: placeholder('BotAliasArn') },
      LexSessionAttributes: attributes,
      LexTimeoutSeconds: { Text: String(CHAT_PATIENCE_SECONDS) },
    },
    {
      next: 'What came of it',
      errors: [
        ['InputTimeLimitExceeded', 'Nobody there'],
        ['NoMatchingCondition', 'What came of it'],
        ['NoMatchingError', 'Twice at most'],
      ],
    },
  );

/**
 * A chat that the bot leads: the flow lets it in and waits until it leaves, which is when the session is handed over or has ended. What the
 * flow goes on by is on the contact then, and the bot has said all there is to say.
 */
function chatWithBot(person: string): readonly Action[] {
  const trouble = person === NOBODY ? TROUBLE : 'Trouble in the chat';
  return [
    compare('By chat', '$.Channel', 'Begin the session', [['CHAT', 'Let the bot in']]),
    call('Let the bot in', 'ChatArn', {}, { next: 'How the bot begins', error: 'Is the bot in' }),
    // It may have come in all the same, only too late for the block: then it says so at once.
    call('Is the bot in', 'ChatArn', {}, { next: 'How the bot begins', error: trouble }),
    // It may be over with the first words.
    compare('How the bot begins', CONTRACT.begun('rest'), trouble, [
      ['caller', 'Wait for the bot'],
      ['transfer', 'Queue that it begins with'],
      ['end', BYE],
    ]),
    withConditions(
      to(
        'Wait for the bot',
        'Wait',
        { TimeLimitSeconds: String(WEEK_SECONDS), Events: ['BotParticipantDisconnected'] },
        // Where the bot is gone before the flow waits for it.
        { errors: [['ParticipantNotFound', 'What the bot came to']], error: trouble },
      ),
      [
        ['BotParticipantDisconnected', 'What the bot came to'],
        ['WaitCompleted', 'Nobody there'],
      ],
    ),
    // Where it failed, the bot has said that a person comes. Where it says nothing, it is gone without a word.
    compare('What the bot came to', CONTRACT.kept('rest'), trouble, [
      ['transfer', person === NOBODY ? NOBODY : 'Which queue'],
      ['end', BYE],
      ['failed', person],
    ]),
    say(
      'Trouble in the chat',
      "I'm sorry, something isn't working on our side. I'm putting you through to somebody who can help.",
      person,
    ),
  ];
}

function keypad(name: string, text: string, otherwise: string, ways: readonly (readonly [string, string])[]): Action {
  const errors = ['InputTimeLimitExceeded', 'NoMatchingCondition', 'NoMatchingError'].map(
    (error) => [error, otherwise] as const,
  );
  const input = { Text: text, StoreInput: 'False', InputTimeLimitSeconds: '8' };
  return withConditions(to(name, 'GetParticipantInput', input, { next: otherwise, errors }), ways);
}

/** Nothing works but the keypad: a person, for whoever does not want to give up. */
function trouble(person: string): readonly Action[] {
  return [
    say(TROUBLE, "I'm sorry, something isn't working on our side.", 'Keypad'),
    keypad('Keypad', 'To speak to somebody, press 1 or stay on the line. To end the call, press 2.', person, [
      ['1', person],
      ['2', FAREWELL],
    ]),
  ];
}

/** The queues, their hours, what happens when they are full, and calling back. */
function handOff(queues: readonly Queue[], person: string): readonly Action[] {
  if (queues.length === 0) return [];
  return [
    compare(
      'Which queue',
      CONTRACT.kept('queue'),
      person,
      queues.map(({ name, identifier }) => [name, identifier]),
    ),
    ...queues.map(({ identifier, parameter }) =>
      to(
        identifier,
        'UpdateContactTargetQueue',
        { QueueId: placeholder(parameter) },
        { next: 'Is it open', error: NOBODY },
      ),
    ),
    // Without hours of its own it looks at those of the queue.
    withConditions(to('Is it open', 'CheckHoursOfOperation', {}, { next: 'Transfer', error: 'Transfer' }), [
      ['True', 'Transfer'],
      ['False', 'Closed'],
    ]),
    to(
      'Transfer',
      'TransferContactToQueue',
      {},
      { next: NOBODY, errors: [['QueueAtCapacity', 'All busy']], error: NOBODY },
    ),
    say('Closed', "I'm sorry, there is nobody here at this hour.", 'On the phone'),
    say('All busy', "I'm sorry, everybody is busy, and many are waiting already.", 'On the phone'),
    compare('On the phone', '$.Channel', NOBODY, [['VOICE', 'Offer to call back']]),
    keypad(
      'Offer to call back',
      "If you'd like to be called back at the number you are calling from, press 1. If not, press 2.",
      NOBODY,
      [
        ['1', 'Number to call back'],
        ['2', FAREWELL],
      ],
    ),
    to(
      'Number to call back',
      'UpdateContactCallbackNumber',
      { CallbackNumber: '$.CustomerEndpoint.Address' },
      {
        next: 'Call back',
        errors: [
          ['InvalidCallbackNumber', "Can't call back"],
          ['CallbackNumberNotDialable', "Can't call back"],
        ],
      },
    ),
    to(
      'Call back',
      'CreateCallbackContact',
      { InitialCallDelaySeconds: '60', MaximumConnectionAttempts: '2', RetryDelaySeconds: '600' },
      { next: 'Will call back', error: "Can't call back" },
    ),
    part('Will call back', "We'll call you back as soon as somebody is free. Goodbye."),
    part("Can't call back", "I'm sorry, that number can't be called back. Please try again later. Goodbye."),
  ];
}

/** Without what is never come to: a workflow that hands nobody over has no queues. */
function onlyReachable(actions: readonly Action[]): readonly Action[] {
  const named = new Map(actions.map((action) => [action.Identifier, action]));
  const found = new Set(actions[0] ? [actions[0].Identifier] : []);
  for (const name of found) {
    const { NextAction, Errors = [], Conditions = [] } = named.get(name)?.Transitions ?? {};
    for (const next of [
      ...(NextAction === undefined ? [] : [NextAction]),
      ...[...Errors, ...Conditions].map((way) => way.NextAction),
    ]) {
      found.add(next);
    }
  }
  return actions.filter(({ Identifier }) => found.has(Identifier));
}

/** What the console shows beside the blocks: JSON has no comments. */
function notes(
  { name, title, version }: Program,
  chat: FlowOptions['chat'],
): readonly { readonly id: string; readonly content: string; readonly at?: string }[] {
  const id = (what: string) => {
    const hex = createHash('sha256').update(`${name} ${what}`).digest('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
  };
  return [
    {
      id: id('flow'),
      content: `${title} (${name}, version ${version.slice(0, 12)}). Written by parley flow: change the workflow, not this, and write it again.`,
    },
    {
      id: id('start'),
      content:
        'The function answers what is said first (parley_say), and whether the caller is listened to (parley_rest is caller), handed over (transfer, with parley_queue) or done (end).',
      at: 'Begin the session',
    },
    {
      id: id('talk'),
      content:
        'The hook of Lex leads the conversation, and closes with the session attributes parley_rest and parley_queue.',
      at: 'Talk',
    },
    ...(chat === 'bot'
      ? [
          {
            id: id('chat'),
            content:
              'A bot takes part in the chat until the session is over. Before it leaves it puts parley_rest and parley_queue on the contact.',
            at: 'Wait for the bot',
          },
        ]
      : []),
  ];
}
