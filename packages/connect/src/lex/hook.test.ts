import { describe, expect, it } from '@jest/globals';
import { type LogEntry, manualClock, type Reply } from '@parley/engine';
import { ParleyError } from '@parley/workflow';
import fc from 'fast-check';
import type { FrontDoor } from '../front-door.ts';
import { damaged } from '../testing/damaged.ts';
import { asking, desk, door, ended, transferred, waiting, working } from '../testing/desk.ts';
import type { LexAnswer } from './answer.ts';
import { lexHook } from './hook.ts';
import { accepted, asTyped } from './testing/accepted.ts';
import { DOCUMENTED } from './testing/documented.ts';
import { pressedEvent, spokenEvent, type Turn, writtenEvent } from './testing/events.ts';

const SESSION = '4a573372-1f28-4e26-b97b-aaaaaaaaaaaa';
/** What an answer has set by the time of the second event. */
const second = { parley_session: SESSION, parley_turn: '1' };
const contact = { id: SESSION, channel: 'voice', attributes: {} };
const started = { type: 'session.started', workflow: 'desk', contact };

function hookOf(open: FrontDoor, more: Partial<Parameters<typeof lexHook>[0]> = {}) {
  const logged: LogEntry[] = [];
  const hook = lexHook({ door: open, workflow: desk, log: (entry) => logged.push(entry), ...more });
  return { hook, logged };
}

/** The answer to an event, which Lex takes. */
async function ask(
  open: FrontDoor,
  event: unknown,
  more: Partial<Parameters<typeof lexHook>[0]> = {},
): Promise<LexAnswer> {
  const answer = await hookOf(open, more).hook(event);
  expect(accepted.safeParse(asTyped(answer)).error?.issues ?? []).toEqual([]);
  return answer;
}

const error = (code: string) => new ParleyError(code, 'It went wrong.');
const events = (open: ReturnType<typeof door>) => open.sent.map(({ event }) => event);

describe('the first event of a contact', () => {
  it('begins the session, then takes what was said; what is said to both is heard', async () => {
    const open = door(
      asking('need', { say: ['Hello.', 'What can I do?'] }),
      asking('which', { say: ['Which order?'] }),
    );
    const answer = await ask(open, spokenEvent());
    expect(events(open)).toEqual([started, { type: 'caller.said', text: 'where is my order' }]);
    expect(open.sent[0]).toMatchObject({ session: SESSION, id: 'start' });
    expect(answer.messages).toEqual([{ contentType: 'PlainText', content: 'Hello. What can I do? Which order?' }]);
    expect(answer.sessionState.sessionAttributes).toMatchObject({
      parley_turn: '1',
      parley_rest: 'caller',
      parley_step: 'which',
    });
  });

  it('only begins it, where nothing was said yet', async () => {
    const open = door(asking('need'));
    await ask(open, spokenEvent({ transcript: '' }));
    expect(events(open)).toEqual([started]);
  });

  it('tells what the flow tells: the address, once, and attributes of its own', async () => {
    const open = door(asking('need'));
    const attributes = { parley_session: 'c9', parley_address: '+12025550123', brand: 'acme' };
    const answer = await ask(open, writtenEvent({ transcript: '', attributes }));
    const told = { id: 'c9', channel: 'chat', address: '+12025550123', attributes: { brand: 'acme' } };
    expect(events(open)).toEqual([{ ...started, contact: told }]);
    const { sessionAttributes } = answer.sessionState;
    expect(sessionAttributes).toMatchObject({
      brand: 'acme',
      'x-amz-lex:connect-originating-request-id': '0f6c2b9e-0001',
      parley_session: 'c9',
    });
    expect(sessionAttributes).not.toHaveProperty('parley_address');
  });

  it('says nothing to a session that is over before anything was said', async () => {
    const open = door(ended);
    expect(await ask(open, spokenEvent())).toMatchObject({ sessionState: { dialogAction: { type: 'Close' } } });
    expect(open.sent).toHaveLength(1);
  });
});

describe('later events', () => {
  const next = (turn: Turn = {}) => spokenEvent({ ...turn, attributes: { ...second, ...turn.attributes } });

  it('are taken as they are', async () => {
    const open = door(asking('which', { listen: { expects: ['orderId'], silence: 6_000, keys: ['0'] } }));
    const answer = await ask(open, pressedEvent('1', { attributes: second }));
    expect(events(open)).toEqual([{ type: 'caller.pressed', keys: '1' }]);
    expect(answer.sessionState).toMatchObject({
      dialogAction: { type: 'ElicitIntent' },
      intent: { name: 'FallbackIntent', state: 'InProgress' },
      sessionAttributes: {
        parley_turn: '2',
        parley_expects: 'orderId',
        'x-amz-lex:audio:end-timeout-ms:*:*': '2000',
        'x-amz-lex:allow-interrupt:*:*': 'true',
      },
    });
  });

  it('choose the transcription that holds what the question before asked for', async () => {
    const open = door(asking('code'));
    const turn = { transcript: 'double you one', others: [['W1000001', 0.8] as const] };
    await ask(open, next({ ...turn, attributes: { parley_expects: 'orderId' } }));
    expect(events(open)).toEqual([{ type: 'caller.said', text: 'W1000001' }]);
  });

  it('begin a session that was to have been begun', async () => {
    const open = door(error('engine/unknown-session'), asking('need'), asking('which', { say: ['Which?'] }));
    const answer = await ask(open, next());
    expect(events(open)).toEqual([
      { type: 'caller.said', text: 'where is my order' },
      started,
      { type: 'caller.said', text: 'where is my order' },
    ]);
    expect(answer.sessionState.sessionAttributes).toMatchObject({ parley_rest: 'caller', parley_step: 'which' });
  });

  it('of any intent are what was said', async () => {
    const open = door(asking('need'));
    const answer = await ask(open, next({ intent: 'TrackOrder', locale: 'de_DE', transcript: 'Wo ist mein Paket?' }));
    expect(events(open)).toEqual([{ type: 'caller.said', text: 'Wo ist mein Paket?' }]);
    expect(answer.sessionState.intent.name).toBe('TrackOrder');
  });

  it('go back to the flow at the end', async () => {
    const answer = await ask(door(ended), next());
    expect(answer).toMatchObject({
      sessionState: {
        dialogAction: { type: 'Close' },
        intent: { state: 'Fulfilled' },
        sessionAttributes: { parley_rest: 'end', parley_outcome: 'done' },
      },
      messages: [{ contentType: 'PlainText', content: 'Goodbye.' }],
    });
  });

  it('go back to the flow with a queue and a brief', async () => {
    const { sessionState } = await ask(door(transferred), next());
    expect(sessionState.dialogAction.type).toBe('Close');
    expect(sessionState.sessionAttributes).toMatchObject({
      parley_rest: 'transfer',
      parley_queue: 'people',
      parley_identity: 'code',
      parley_done: 'orders.cancel',
      parley_brief:
        'Orders\nIdentity: code\nCame from: need\nDone: orders.cancel\norderId: W1000001\norder: {"status":"sent"}\ngift: true',
      parley_known_orderId: 'W1000001',
      parley_known_gift: 'true',
    });
    expect(sessionState.sessionAttributes).not.toHaveProperty('parley_known_order');
  });

  it('have no message where there is nothing to say on the way back', async () => {
    expect(await ask(door({ ...ended, say: [] }), next())).not.toHaveProperty('messages');
  });

  it('leave no attributes behind that an answer before has set', async () => {
    const attributes = { parley_failure: 'x', parley_queue: 'old', parley_expects: 'pin' };
    const { sessionAttributes } = (await ask(door(asking('need')), next({ attributes }))).sessionState;
    expect(sessionAttributes).toMatchObject({ parley_expects: '' });
    expect(sessionAttributes).not.toHaveProperty('parley_failure');
    expect(sessionAttributes).not.toHaveProperty('parley_queue');
  });
});

describe('the id of an event', () => {
  const idOf = async (event: unknown) => {
    const open = door(asking('need'));
    await ask(open, event);
    return open.sent.at(-1)?.id ?? '';
  };
  const next = (turn: Turn) => idOf(spokenEvent({ ...turn, attributes: { ...second, ...turn.attributes } }));

  it('is the same when it is sent again', async () => {
    expect(await next({ transcript: 'yes' })).toBe(await next({ transcript: 'yes' }));
  });

  it('is another one at the next turn, and in the next conversation with Lex', async () => {
    const ids = [
      await next({ transcript: 'yes' }),
      await next({ transcript: 'yes', attributes: { parley_turn: '2' } }),
      await next({ transcript: 'yes', attributes: { 'x-amz-lex:connect-originating-request-id': 'another' } }),
    ];
    expect(new Set(ids).size).toBe(3);
  });

  it('is another one for other words, where the answer before was lost', async () => {
    expect(await next({ transcript: 'yes' })).not.toBe(await next({ transcript: 'no' }));
    expect(await next({ transcript: '' })).not.toBe(await next({ transcript: 'no' }));
  });

  it('tells nothing of what was said but a byte', async () => {
    const ids = await Promise.all(Array.from({ length: 600 }, (_, index) => next({ transcript: `code ${index}` })));
    expect(new Set(ids).size).toBeLessThanOrEqual(256);
  });
});

describe('an event as Lex documents it', () => {
  it.each(DOCUMENTED.map(({ about, ...one }) => [about, one] as const))('is read: %s', async (_, { event, heard }) => {
    const open = door(asking('need'));
    const answer = await ask(open, event);
    expect(events(open)).toEqual([heard]);
    expect(answer.sessionState.sessionAttributes).toMatchObject({ parley_turn: '2', parley_rest: 'caller' });
  });
});

describe('what is not done in time', () => {
  it('is fetched by a short silence, on voice', async () => {
    const open = door(working, asking('need', { say: ['It is on its way.'] }));
    const filler = await ask(open, spokenEvent({ attributes: second }));
    expect(filler).toMatchObject({
      sessionState: {
        dialogAction: { type: 'ElicitIntent' },
        sessionAttributes: { parley_rest: 'work', 'x-amz-lex:audio:start-timeout-ms:*:*': '1000' },
      },
      messages: [{ content: 'One moment.' }],
    });
    const answer = await ask(open, spokenEvent({ transcript: '', attributes: filler.sessionState.sessionAttributes }));
    expect(open.sent.at(-1)?.event).toEqual({ type: 'caller.silent' });
    expect(answer.messages).toMatchObject([{ content: 'It is on its way.' }]);
  });

  it('is waited for in a chat, where no silence would fetch it', async () => {
    const open = door(working, asking('need', { say: ['It is on its way.'] }));
    const answer = await ask(open, writtenEvent({ attributes: second }));
    expect(answer.messages?.map(({ content }) => content)).toEqual(['One moment.', 'It is on its way.']);
    const [first, fetched] = open.sent.map(({ id }) => id);
    expect(fetched).toBe(`${first}+1`);
  });

  it('is fetched by the next message of a chat, where it takes longer than Lex waits', async () => {
    const clock = manualClock(0);
    const slow: FrontDoor = async () => {
      await clock.advance(7_000);
      return working;
    };
    const answer = await ask(slow, writtenEvent({ attributes: second }), { clock });
    expect(answer.sessionState.dialogAction.type).toBe('ElicitIntent');
    expect(clock.now()).toBeLessThanOrEqual(25_000);
  });

  it('is told in words where the workflow has none', async () => {
    const answer = await ask(door({ ...working, say: [] }), spokenEvent({ attributes: second }));
    expect(answer.messages).toEqual([{ contentType: 'PlainText', content: 'One moment, please.' }]);
    const still = await ask(door(waiting), spokenEvent({ attributes: second }), { words: { wait: 'Einen Moment.' } });
    expect(still.messages).toEqual([{ contentType: 'PlainText', content: 'Einen Moment.' }]);
    const silent = await ask(door(asking('need', { say: [' '] })), spokenEvent({ attributes: second }));
    expect(silent.messages).toEqual([{ contentType: 'PlainText', content: 'I am listening.' }]);
  });
});

describe('what goes wrong', () => {
  const failed = { parley_rest: 'failed', parley_session: SESSION };
  const sorry = "I'm sorry, something went wrong on our side. I'm putting you through to somebody who can help.";

  it('in passing is tried again under the same id', async () => {
    const clock = manualClock(0);
    const open = door(error('store/unavailable'), new Error('ECONNRESET'), asking('need'));
    const { hook, logged } = hookOf(open, { clock });
    const answering = hook(spokenEvent({ attributes: second }));
    for (let k = 0; k < 20; k++) await clock.advance(100);
    expect((await answering).sessionState.dialogAction.type).toBe('ElicitIntent');
    expect(new Set(open.sent.map(({ id }) => id)).size).toBe(1);
    expect(open.sent).toHaveLength(3);
    expect(logged).toEqual([]);
  });

  it.each([
    ['an error that stays', error('engine/version-lost'), 'engine/version-lost'],
    ['an error with words of its own', new Error('Jane Doe, 4111 1111 1111 1111'), 'connect/failed'],
  ])('%s leads to a person, with words, and is logged by its code', async (_, thrown, code) => {
    const clock = manualClock(0);
    const { hook, logged } = hookOf(door(thrown), { clock });
    const answering = hook(spokenEvent({ attributes: second }));
    for (let k = 0; k < 20; k++) await clock.advance(100);
    const answer = await answering;
    expect(accepted.safeParse(asTyped(answer)).success).toBe(true);
    expect(answer).toMatchObject({
      sessionState: {
        dialogAction: { type: 'Close' },
        intent: { state: 'Fulfilled' },
        sessionAttributes: { ...failed, parley_failure: code },
      },
      messages: [{ contentType: 'PlainText', content: sorry }],
    });
    expect(logged).toMatchObject([{ level: 'error', code, session: SESSION }]);
    expect(JSON.stringify(logged)).not.toMatch(/Jane|4111/);
  });

  it('a door that does not answer leads to a person before Lex gives up, and before Lambda does', async () => {
    const never: FrontDoor = () => new Promise(() => undefined);
    for (const [left, due] of [
      [60_000, 25_000],
      [10_000, 9_500],
    ] as const) {
      const clock = manualClock(0);
      const { hook, logged } = hookOf(never, { clock });
      const answering = hook(spokenEvent({ attributes: second }), { getRemainingTimeInMillis: () => left });
      await clock.advance(due);
      expect((await answering).sessionState.sessionAttributes).toMatchObject({ parley_failure: 'connect/late' });
      expect(logged).toHaveLength(1);
    }
  });

  it('the door is told how long it has', async () => {
    const open = door(asking('need'));
    await hookOf(open, { clock: manualClock(0) }).hook(spokenEvent({ attributes: second }), {
      getRemainingTimeInMillis: () => 3_000,
    });
    expect(open.sent).toMatchObject([{ within: 2_500 }]);
  });

  it("a log that fails, or words that are blank, don't get in the way", async () => {
    const log = () => {
      throw new Error('There is no log.');
    };
    const answer = await ask(door(error('engine/damaged')), spokenEvent({ attributes: second }), {
      log,
      words: { failed: ' ' },
    });
    expect(answer.messages).toEqual([{ contentType: 'PlainText', content: sorry }]);
  });

  it('an event that names no contact leads to a person', async () => {
    const { sessionId: _, ...event } = spokenEvent();
    const answer = await ask(door(asking('need')), event);
    expect(answer.sessionState.sessionAttributes).toMatchObject({ parley_failure: 'connect/no-session' });
  });
});

describe('any event whatever', () => {
  const attributes = fc.dictionary(fc.string({ maxLength: 20 }), fc.string({ maxLength: 4_000, unit: 'binary' }), {
    maxKeys: 6,
  });
  const slots = fc.dictionary(fc.constantFrom('orderId', 'pin', 'x'), fc.string({ maxLength: 20 }));
  const turn = fc.record({
    mode: fc.constantFrom('Speech' as const, 'DTMF' as const, 'Text' as const),
    transcript: fc.oneof(fc.string({ maxLength: 1_024, unit: 'binary' }), fc.constantFrom('', '12#', 'W1000001', '*')),
    others: fc.array(fc.tuple(fc.string({ maxLength: 50 }), fc.double({ min: 0, max: 1, noNaN: true })), {
      maxLength: 3,
    }),
    slots,
    attributes: attributes.map((given) => ({ parley_turn: '1', parley_expects: 'orderId,pin,gone', ...given })),
    locale: fc.constantFrom('en_US', 'de_DE', 'ja_JP', ''),
  });
  const spoken = turn.map((given) => ({ ...spokenEvent(given), newField: { deep: [1] } }));
  const say = fc.array(fc.string({ maxLength: 1_500, unit: 'binary' }), { maxLength: 14 });
  const known = fc.dictionary(
    fc.stringMatching(/^[a-z]\w{0,20}$/),
    fc.oneof(fc.string({ maxLength: 6_000, unit: 'binary' }), fc.integer()),
  );
  const reply = fc
    .record({ kind: fc.constantFrom(asking('sure'), working, waiting, ended, transferred), say, known })
    .map(
      ({ kind, say, known }): Reply =>
        kind.rest === 'transfer' && kind.transfer.brief
          ? { ...kind, say, transfer: { ...kind.transfer, brief: { ...kind.transfer.brief, known } } }
          : { ...kind, say },
    );

  it('is answered with what Lex takes, and with words', async () => {
    const documented = damaged([...DOCUMENTED.map(({ event }) => event), spokenEvent(), writtenEvent()]);
    const broken = spoken.chain((event) => damaged([event]));
    const anything = fc.oneof(
      { weight: 4, arbitrary: documented },
      { weight: 4, arbitrary: broken },
      { weight: 1, arbitrary: fc.jsonValue() },
    );
    await fc.assert(
      fc.asyncProperty(anything, fc.oneof(reply, fc.constant(error('engine/damaged'))), async (event, came) => {
        // One that never comes to its end is fetched only a few times.
        const clock = manualClock(0);
        const open: FrontDoor = async () => {
          await clock.advance(9_000);
          if (came instanceof Error) throw came;
          return came;
        };
        const answer = await ask(open, event, { clock });
        const goesOn = answer.sessionState.dialogAction.type === 'ElicitIntent';
        if (goesOn || came instanceof Error) expect(answer.messages?.length).toBeGreaterThan(0);
      }),
      { numRuns: 400 },
    );
  });
});
