import { describe, expect, it } from '@jest/globals';
import { manualClock } from '@parley/engine';
import { Contact, type NewContact } from '../contact.ts';
import type { Bot } from '../lex/bot.ts';
import { Queues } from '../queues.ts';
import { readFlow } from './definition.ts';
import type { LambdaFunction } from './lambda.ts';
import { type Instance, runFlow, type Task } from './run.ts';

interface Step {
  readonly type: string;
  readonly parameters?: object;
  readonly next?: string;
  readonly errors?: { readonly [error: string]: string };
  readonly conditions?: { readonly [operand: string]: string };
}

/** A flow of these actions, from the first one on; `said NAME` is one that says NAME and hangs up. */
function flowOf(steps: { readonly [name: string]: Step }) {
  const named = new Map(Object.entries(steps));
  for (const { next, errors = {}, conditions = {} } of Object.values(steps))
    for (const way of [next, ...Object.values(errors), ...Object.values(conditions)])
      if (way !== undefined && !named.has(way))
        named.set(way, { type: 'MessageParticipant', parameters: { Text: way }, next: 'bye' });
  named.set('bye', { type: 'DisconnectParticipant' });
  return readFlow('test', {
    StartAction: Object.keys(steps)[0],
    Actions: [...named].map(([Identifier, { type, parameters = {}, next, errors = {}, conditions = {} }]) => ({
      Identifier,
      Type: type,
      Parameters: parameters,
      Transitions: {
        ...(next === undefined ? {} : { NextAction: next }),
        Errors: Object.entries(errors).map(([ErrorType, NextAction]) => ({ ErrorType, NextAction })),
        Conditions: Object.entries(conditions).map(([operand, NextAction]) => ({
          NextAction,
          Condition: { Operator: 'Equals', Operands: [operand] },
        })),
      },
    })),
  });
}

const CHAT: NewContact = { channel: 'CHAT', initiation: 'API', attributes: { tier: 'gold' } };
const CALL: NewContact = { channel: 'VOICE', initiation: 'INBOUND', address: '+12025550123' };

function made(given: NewContact, { lambda, bot }: { readonly lambda?: LambdaFunction; readonly bot?: Bot } = {}) {
  const clock = manualClock(Date.UTC(2026, 10, 24));
  const queues = new Queues(clock);
  const contact = new Contact(given, clock);
  const tasks: Task[] = [];
  const instance: Instance = {
    clock,
    queues,
    lambda: () => lambda,
    bot: () => bot,
    flow: () => undefined,
    createTask: (task) => tasks.push(task) > 0,
  };
  const said = () => contact.items.flatMap(({ Content }) => Content ?? []);
  return {
    clock,
    queues,
    contact,
    tasks,
    instance,
    said,
    run: (flow: ReturnType<typeof flowOf>) => runFlow(flow, contact, instance),
  };
}

/** A bot whose hook gives these answers, one after the other, and what it was given. */
function botOf(...answers: unknown[]): Bot & { readonly events: unknown[] } {
  const events: unknown[] = [];
  const hook = async (event: unknown) => {
    events.push(event);
    return answers[Math.min(events.length, answers.length) - 1];
  };
  return {
    name: 'test',
    hook,
    events,
    intents: [{ Name: 'FallbackIntent', FulfillmentCodeHook: { Enabled: true, IsActive: true } }],
  };
}

const intent = { name: 'FallbackIntent', state: 'Fulfilled' };
const close = (sessionAttributes: object = {}) => ({
  sessionState: { dialogAction: { type: 'Close' }, intent, sessionAttributes },
});
const goOn = (content: string, sessionAttributes: object = {}) => ({
  sessionState: { dialogAction: { type: 'ElicitIntent' }, sessionAttributes },
  messages: [{ contentType: 'PlainText', content }],
});
const TALK: Step = {
  type: 'ConnectParticipantWithLexBot',
  parameters: {
    Text: 'Hi.',
    LexV2Bot: { AliasArn: 'a' },
    LexSessionAttributes: { kept: '$.Attributes.tier', none: '$.External.x' },
    LexTimeoutSeconds: { Text: '60' },
  },
  next: 'after',
  errors: { InputTimeLimitExceeded: 'quiet', NoMatchingCondition: 'talked', NoMatchingError: 'broken' },
};

describe('a flow', () => {
  it('calls a function with what it refers to, and goes on by what that answers', async () => {
    const events: unknown[] = [];
    const lambda = async (event: unknown) => {
      events.push(event);
      return { rest: 'end', say: 'Done.' };
    };
    const { contact, said, run } = made(CHAT, { lambda });
    await run(
      flowOf({
        call: {
          type: 'InvokeLambdaFunction',
          parameters: { LambdaFunctionARN: 'a', LambdaInvocationAttributes: { tier: '$.Attributes.tier' } },
          next: 'say',
          errors: { NoMatchingError: 'broken' },
        },
        say: { type: 'MessageParticipant', parameters: { Text: 'It says: $.External.say' }, next: 'which' },
        which: {
          type: 'Compare',
          parameters: { ComparisonValue: '$.External.rest' },
          errors: { NoMatchingCondition: 'other' },
          conditions: { end: 'ended' },
        },
      }),
    );
    expect(said()).toEqual(['It says: Done.', 'ended']);
    expect(events).toMatchObject([
      {
        Name: 'ContactFlowEvent',
        Details: { ContactData: { ContactId: contact.id, Channel: 'CHAT' }, Parameters: { tier: 'gold' } },
      },
    ]);
    expect(contact.ended?.reason).toBe('CONTACT_FLOW_DISCONNECT');
  });

  it.each<[string, LambdaFunction]>([
    ['fails', async () => Promise.reject(new Error('broken'))],
    ['answers what nests', async () => ({ deep: { er: 1 } })],
    ['answers no map', async () => 'text'],
    ['answers 32 KB', async () => ({ big: 'x'.repeat(32 * 1024) })],
  ])('takes the way for errors where a function %s', async (_, lambda) => {
    const { said, run } = made(CHAT, { lambda });
    await run(
      flowOf({
        call: {
          type: 'InvokeLambdaFunction',
          parameters: { LambdaFunctionARN: 'a' },
          next: 'fine',
          errors: { NoMatchingError: 'broken' },
        },
      }),
    );
    expect(said()).toEqual(['broken']);
  });

  it('ends where an action has no way on, is not known and has no door, or loops for ever', async () => {
    for (const steps of [
      { a: { type: 'MessageParticipant', parameters: { Text: ' ' }, next: 'fine' } },
      { a: { type: 'SomethingNew', next: 'fine' } },
      { a: { type: 'Compare', parameters: { ComparisonValue: 'x' }, next: 'a' } },
    ]) {
      const { said, contact, run } = made(CHAT);
      await run(flowOf(steps));
      expect(said()).toEqual([]);
      expect(contact.ended?.reason).toBe('CONTACT_FLOW_DISCONNECT');
    }
  });

  it.each([
    [6, 'fine'],
    [7, 'too many'],
  ])('tags its contact, with %i tags at once: %s', async (count, way) => {
    const { contact, said, run } = made(CHAT);
    const Tags = Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, 'x']));
    await run(
      flowOf({
        tag: { type: 'TagContact', parameters: { Tags }, next: 'fine', errors: { NoMatchingError: 'too many' } },
      }),
    );
    expect(said()).toEqual([way]);
    expect(contact.tags.size).toBe(way === 'fine' ? count : 0);
  });

  it('compares whatever the case', async () => {
    const { said, run } = made(CHAT);
    await run(
      flowOf({
        which: { type: 'Compare', parameters: { ComparisonValue: '$.Attributes.tier' }, conditions: { GOLD: 'gold' } },
      }),
    );
    expect(said()).toEqual(['gold']);
  });

  it('comes by a loop as often as it says', async () => {
    const { said, run } = made(CHAT);
    await run(
      flowOf({
        loop: {
          type: 'Loop',
          parameters: { LoopCount: '2' },
          conditions: { ContinueLooping: 'again', DoneLooping: 'done' },
        },
        again: { type: 'MessageParticipant', parameters: { Text: 'again' }, next: 'loop' },
      }),
    );
    expect(said()).toEqual(['again', 'again', 'done']);
  });

  it('comes by a loop anew once it has come to its end', async () => {
    const { said, run } = made(CHAT);
    const loop = (LoopCount: string, conditions: Step['conditions']): Step => ({
      type: 'Loop',
      parameters: { LoopCount },
      ...(conditions ? { conditions } : {}),
    });
    await run(
      flowOf({
        outer: loop('2', { ContinueLooping: 'inner', DoneLooping: 'done' }),
        inner: loop('1', { ContinueLooping: 'say', DoneLooping: 'outer' }),
        say: { type: 'MessageParticipant', parameters: { Text: 'again' }, next: 'inner' },
      }),
    );
    expect(said()).toEqual(['again', 'again', 'done']);
  });

  it.each([
    [1_024, 'fine'],
    [1_025, 'too long'],
  ])('says %i characters at once: %s', async (length, way) => {
    const { said, run } = made(CHAT);
    const parameters = { Text: 'x'.repeat(length) };
    await run(
      flowOf({
        say: { type: 'MessageParticipant', parameters, next: 'fine', errors: { NoMatchingError: 'too long' } },
      }),
    );
    expect(said().at(-1)).toBe(way);
  });

  it.each([
    ['3 seconds where it does not say', {}, 3_000],
    ['as long as it says', { InvocationTimeLimitSeconds: '5' }, 5_000],
    ['8 seconds at most', { InvocationTimeLimitSeconds: '20' }, 8_000],
  ])('gives a function %s', async (_, given, limit) => {
    let left = 0;
    const { run } = made(CHAT, {
      lambda: async (_event, context) => {
        left = context.getRemainingTimeInMillis();
        return {};
      },
    });
    const parameters = { LambdaFunctionARN: 'a', ...given };
    await run(flowOf({ call: { type: 'InvokeLambdaFunction', parameters, next: 'fine' } }));
    expect(left).toBe(limit);
  });
});

describe('a conversation with Lex', () => {
  it('goes on until the hook closes it, which gets back what it set', async () => {
    const bot = botOf(goOn('And then?', { turn: '1' }), close({ rest: 'end' }));
    const { contact, said, run } = made(CHAT, { bot });
    const running = run(
      flowOf({
        talk: { ...TALK, errors: { ...TALK.errors, NoMatchingCondition: 'which' } },
        which: {
          type: 'Compare',
          parameters: { ComparisonValue: "$.Lex.SessionAttributes.['rest']" },
          conditions: { end: 'ended' },
        },
      }),
    );
    contact.hear({ type: 'said', text: 'one' });
    contact.hear({ type: 'said', text: 'two' });
    await running;
    expect(said()).toEqual(['Hi.', 'And then?', 'ended']);
    expect(bot.events).toMatchObject([
      {
        inputTranscript: 'one',
        inputMode: 'Text',
        sessionId: contact.id,
        sessionState: { sessionAttributes: { kept: 'gold' } },
      },
      { inputTranscript: 'two', sessionState: { sessionAttributes: { turn: '1' } } },
    ]);
    expect(bot.events[0]).not.toHaveProperty('sessionState.sessionAttributes.none');
  });

  it('is broken by a hook that answers what Lex refuses', async () => {
    const { contact, said, run } = made(CHAT, {
      bot: botOf({ sessionState: { dialogAction: { type: 'ElicitIntent' } } }),
    });
    contact.hear({ type: 'said', text: 'one' });
    await run(flowOf({ talk: TALK }));
    expect(said()).toEqual(['Hi.', 'broken']);
  });

  it('is broken by a hook that says it has failed', async () => {
    const failed = { sessionState: { dialogAction: { type: 'Close' }, intent: { ...intent, state: 'Failed' } } };
    const { contact, said, run } = made(CHAT, { bot: botOf(failed) });
    contact.hear({ type: 'said', text: 'one' });
    await run(flowOf({ talk: TALK }));
    expect(said()).toEqual(['Hi.', 'broken']);
  });

  it('is over, too, where the hook leaves the rest to Lex: its intents have no slots', async () => {
    const delegated = {
      sessionState: { dialogAction: { type: 'Delegate' }, intent: { ...intent, state: 'InProgress' } },
    };
    const { contact, said, run } = made(CHAT, { bot: botOf(delegated) });
    contact.hear({ type: 'said', text: 'one' });
    await run(flowOf({ talk: TALK }));
    expect(said()).toEqual(['Hi.', 'talked']);
  });

  it('takes the keys that were pressed before it is silent, without waiting any longer', async () => {
    const bot = botOf(close());
    const { contact, run } = made(CALL, { bot });
    contact.hear({ type: 'pressed', key: '1' });
    contact.hear({ type: 'silent' });
    await run(flowOf({ talk: TALK }));
    expect(bot.events).toMatchObject([{ inputMode: 'DTMF', inputTranscript: '1' }]);
  });

  it('is over for a chat in which nobody writes, and for whoever leaves', async () => {
    const { clock, said, run } = made(CHAT, { bot: botOf(close()) });
    const running = run(flowOf({ talk: TALK }));
    await clock.advance(59_999);
    expect(said()).toEqual(['Hi.']);
    await clock.advance(1);
    await running;
    expect(said()).toEqual(['Hi.', 'quiet']);

    const leaving = made(CHAT, { bot: botOf(close()) });
    const left = leaving.run(flowOf({ talk: TALK }));
    leaving.contact.end('CUSTOMER_DISCONNECT');
    await left;
    expect(leaving.said()).toEqual(['Hi.']);
  });

  it('takes silence and keys in a call: as many as it waits for, up to its end key or a pause', async () => {
    const keys = { 'x-amz-lex:dtmf:max-length:*:*': '4', 'x-amz-lex:dtmf:end-timeout-ms:*:*': '3000' };
    const bot = botOf(goOn('a', keys), goOn('b', keys), goOn('c', keys), goOn('d', keys), close());
    const { clock, contact, run } = made(CALL, { bot });
    const press = (keys: string) => {
      for (const key of keys) contact.hear({ type: 'pressed', key });
    };
    const running = run(flowOf({ talk: TALK }));
    contact.hear({ type: 'silent' });
    press('12345');
    await clock.advance(3_000);
    press('6#');
    await clock.advance(0);
    contact.hear({ type: 'said', text: 'bye', others: [['by', 0.4]] });
    await running;
    expect(bot.events).toMatchObject([
      { inputMode: 'Speech', inputTranscript: '', transcriptions: [] },
      { inputMode: 'DTMF', inputTranscript: '1234' },
      { inputMode: 'DTMF', inputTranscript: '5' },
      { inputMode: 'DTMF', inputTranscript: '6' },
      {
        inputMode: 'Speech',
        inputTranscript: 'bye',
        transcriptions: [{ transcription: 'bye' }, { transcription: 'by', transcriptionConfidence: 0.4 }],
      },
    ]);
  });
});

describe('a queue', () => {
  const steps: { readonly [name: string]: Step } = {
    hours: {
      type: 'CheckHoursOfOperation',
      conditions: { True: 'transfer', False: 'closed' },
      errors: { NoMatchingError: 'broken' },
    },
    transfer: {
      type: 'TransferContactToQueue',
      next: 'nobody',
      errors: { QueueAtCapacity: 'full', NoMatchingError: 'broken' },
    },
  };
  const toQueue = (id: string) =>
    flowOf({
      target: {
        type: 'UpdateContactTargetQueue',
        parameters: { QueueId: id },
        next: 'hours',
        errors: { NoMatchingError: 'unknown' },
      },
      ...steps,
    });

  it.each<[string, { readonly capacity?: number; readonly open?: () => boolean }, readonly string[]]>([
    ['has room', {}, []],
    ['is full', { capacity: 0 }, ['full']],
    ['is closed', { open: () => false }, ['closed']],
  ])('%s', async (_, settings, wanted) => {
    const { queues, contact, said, run } = made(CHAT);
    const queue = queues.add('returns', settings);
    await run(toQueue(queue.arn));
    expect(said()).toEqual(wanted);
    expect(queues.waiting(queue).map((one) => one.contact)).toEqual(wanted.length > 0 ? [] : [contact.id]);
    contact.end('CUSTOMER_DISCONNECT');
    expect(queues.waiting(queue)).toEqual([]);
  });

  it('is asked for its hours; hours of their own are always open', async () => {
    const hours = (parameters: object): Step => ({
      type: 'CheckHoursOfOperation',
      parameters: { ...parameters },
      conditions: { True: 'open', False: 'closed' },
      errors: { NoMatchingError: 'broken' },
    });
    for (const [parameters, way] of [
      [{}, 'broken'],
      [{ HoursOfOperationId: 'arn:hours' }, 'open'],
    ] as const) {
      const { said, run } = made(CHAT);
      await run(flowOf({ hours: hours(parameters) }));
      expect(said()).toEqual([way]);
    }
  });

  it('is not known', async () => {
    const { said, run } = made(CHAT);
    await run(toQueue('nope'));
    expect(said()).toEqual(['unknown']);
  });

  it('calls back who presses one and no chat', async () => {
    const flow = flowOf({
      target: {
        type: 'UpdateContactTargetQueue',
        parameters: { QueueId: 'returns' },
        next: 'keys',
        errors: { NoMatchingError: 'keys' },
      },
      keys: {
        type: 'GetParticipantInput',
        parameters: { Text: 'Press 1.', StoreInput: 'False', InputTimeLimitSeconds: '8' },
        conditions: { 1: 'number' },
        errors: { NoMatchingCondition: 'other', NoMatchingError: 'no keys', InputTimeLimitExceeded: 'nothing' },
      },
      number: {
        type: 'UpdateContactCallbackNumber',
        parameters: { CallbackNumber: '$.CustomerEndpoint.Address' },
        next: 'back',
        errors: { InvalidCallbackNumber: 'bad number' },
      },
      back: {
        type: 'CreateCallbackContact',
        parameters: { InitialCallDelaySeconds: '60' },
        next: 'promised',
        errors: { NoMatchingError: 'broken' },
      },
    });
    const play = async (given: NewContact, key: string | undefined) => {
      const { clock, queues, contact, said, run } = made(given);
      const queue = queues.add('returns');
      if (key) contact.hear({ type: 'pressed', key });
      const running = run({
        ...flow,
        actions: new Map(
          [...flow.actions].map(([name, one]) => [
            name,
            name === 'target' ? { ...one, Parameters: { QueueId: queue.arn } } : one,
          ]),
        ),
      });
      await clock.advance(8_000);
      await running;
      // The key was pressed at once, and a minute is what it says.
      expect(queues.callbacks.map(({ due }) => due - contact.begun)).toEqual(queues.callbacks.map(() => 60_000));
      return [said().at(-1), queues.callbacks.map(({ number }) => number)];
    };
    expect(await play(CALL, '1')).toEqual(['promised', ['+12025550123']]);
    expect(await play(CALL, '2')).toEqual(['other', []]);
    expect(await play(CALL, undefined)).toEqual(['nothing', []]);
    expect(await play({ ...CALL, address: 'anonymous' }, '1')).toEqual(['bad number', []]);
    // No number that anybody can be called at.
    expect(await play({ ...CALL, address: '+911' }, '1')).toEqual(['bad number', []]);
    expect(await play(CHAT, '1')).toEqual(['no keys', []]);
  });
});

describe('a wait', () => {
  const flow = flowOf({
    wait: {
      type: 'Wait',
      parameters: { TimeLimitSeconds: '60' },
      conditions: { WaitCompleted: 'over', BotParticipantDisconnected: 'bot left' },
    },
  });

  it('is over in time, or when the bot in the contact leaves', async () => {
    const first = made(CHAT);
    const running = first.run(flow);
    await first.clock.advance(60_000);
    await running;
    expect(first.said()).toEqual(['over']);

    const second = made(CHAT);
    const bot = { id: 'b', role: 'CUSTOM_BOT', name: 'Parley' } as const;
    second.contact.join(bot);
    second.contact.hear({ type: 'said', text: 'to the bot' });
    second.contact.leave(bot);
    await second.run(flow);
    expect(second.said()).toEqual(['bot left']);
  });

  it('for a bot goes the way for errors where there is none in the contact', async () => {
    const forBot = flowOf({
      wait: {
        type: 'Wait',
        parameters: { TimeLimitSeconds: '60', Events: ['BotParticipantDisconnected'] },
        errors: { ParticipantNotFound: 'no bot' },
        conditions: { BotParticipantDisconnected: 'bot left' },
      },
    });
    const without = made(CHAT);
    await without.run(forBot);
    expect(without.said()).toEqual(['no bot']);

    const withBot = made(CHAT);
    const bot = { id: 'b', role: 'CUSTOM_BOT', name: 'Parley' } as const;
    withBot.contact.join(bot);
    const running = withBot.run(forBot);
    await withBot.clock.advance(1_000);
    withBot.contact.leave(bot);
    await running;
    expect(withBot.said()).toEqual(['bot left']);
  });
});
