import { describe, expect, it } from '@jest/globals';
import { type LogEntry, manualClock } from '@parley/engine';
import { ParleyError } from '@parley/workflow';
import fc from 'fast-check';
import type { FrontDoor } from '../front-door.ts';
import { isSsml } from '../lex/testing/accepted.ts';
import { damaged } from '../testing/damaged.ts';
import { asking, desk, door, ended, transferred, waiting, working } from '../testing/desk.ts';
import { flowBlock } from './block.ts';
import { CONTACT, DOCUMENTED, flowEvent } from './testing/events.ts';

type Options = Partial<Parameters<typeof flowBlock>[0]>;

const blockOf = (open: FrontDoor, more: Options = {}) => {
  const logged: LogEntry[] = [];
  return { block: flowBlock({ door: open, workflow: desk, log: (entry) => logged.push(entry), ...more }), logged };
};
const ask = (open: FrontDoor, event: unknown, more: Options = {}) => blockOf(open, more).block(event);
const error = (code: string) => new ParleyError(code, 'It went wrong.');
const said = (text: string, turn: string) => flowEvent({ event: 'said', text, turn });

/** Keys that a flow can name, texts, and less than 32 KB: what STRING_MAP takes. */
function expectStringMap(answer: object): void {
  expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(32_000);
  for (const [key, value] of Object.entries(answer)) {
    expect(key).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(typeof value).toBe('string');
  }
}

describe('the block at the start of a flow', () => {
  it('begins the session with what Connect knows, and says what is said first', async () => {
    const open = door(asking('need', { say: ['Hello.', 'What can I do for you?'] }));
    const answer = await ask(open, flowEvent({}));
    const contact = { id: CONTACT, channel: 'voice', address: '+12025550123', attributes: { brand: 'acme' } };
    const event = { type: 'session.started', workflow: 'desk', contact };
    expect(open.sent).toMatchObject([{ session: CONTACT, id: 'start', event }]);
    expectStringMap(answer);
    expect(answer).toMatchObject({
      parley_session: CONTACT,
      parley_turn: '1',
      parley_rest: 'caller',
      parley_say: 'Hello. What can I do for you?',
      parley_ssml: '<speak>Hello. What can I do for you?</speak>',
      parley_start_silence: '6000',
      parley_interrupt: 'true',
    });
  });

  it('has another key for what one message does not hold', async () => {
    const long = `${'word '.repeat(200)}end.`;
    const answer = await ask(door(asking('need', { say: [long, 'What can I do?', long] })), flowEvent({}));
    expect(answer).toMatchObject({
      parley_say: `${long} What can I do?`,
      parley_say_2: long,
      parley_ssml: `<speak>${long}</speak>`,
      parley_ssml_2: `<speak>What can I do?</speak>`,
      parley_ssml_3: `<speak>${long}</speak>`,
    });
  });

  it('knows a chat, a contact without an address, and one that begins anew', async () => {
    const open = door(error('engine/started-already'), asking('need'));
    const answer = await ask(open, flowEvent({ event: 'start' }, { Channel: 'CHAT', CustomerEndpoint: null }));
    expect(open.sent.map(({ event }) => event)).toEqual([
      {
        type: 'session.started',
        workflow: 'desk',
        contact: { id: CONTACT, channel: 'chat', attributes: { brand: 'acme' } },
      },
      { type: 'caller.silent' },
    ]);
    expect(answer).not.toHaveProperty('parley_ssml');
  });
});

describe('what happened to the contact', () => {
  it.each([
    [
      { event: 'said', text: 'a parcel' },
      { type: 'caller.said', text: 'a parcel' },
    ],
    [{ event: 'said' }, { type: 'caller.silent' }],
    [{ text: 'a parcel' }, { type: 'caller.said', text: 'a parcel' }],
    [
      { event: 'pressed', keys: '1' },
      { type: 'caller.pressed', keys: '1' },
    ],
    [{ event: 'pressed', keys: 'Timeout' }, { type: 'caller.silent' }],
    [{ keys: '12' }, { type: 'caller.pressed', keys: '12' }],
    [{}, { type: 'caller.silent' }],
    [{ event: 'silent' }, { type: 'caller.silent' }],
    [{ event: 'left' }, { type: 'caller.left' }],
    [
      { signal: 'parcel', data: '{"at":"door"}' },
      { type: 'signal.received', name: 'parcel', data: { at: 'door' } },
    ],
    [
      { event: 'signal', signal: 'parcel', data: 'door' },
      { type: 'signal.received', name: 'parcel', data: 'door' },
    ],
  ])('is told by %j', async (parameters, event) => {
    const open = door(asking('need'));
    await ask(open, flowEvent({ turn: '3', ...parameters }));
    expect(open.sent.map((request) => request.event)).toEqual([event]);
  });

  it('is refused where there is no such thing, and where the turn is not told: the caller goes to a person', async () => {
    const open = door(asking('need'));
    const { block, logged } = blockOf(open);
    expect(await block(flowEvent({ event: 'sung', turn: '1' }))).toMatchObject({
      parley_failure: 'connect/bad-parameters',
    });
    expect(await block(flowEvent({ event: 'said', text: 'yes' }))).toMatchObject({ parley_failure: 'connect/no-turn' });
    expect(open.sent).toEqual([]);
    expect(logged.map(({ code }) => code)).toEqual(['connect/bad-parameters', 'connect/no-turn']);
  });

  it('has the same id when Connect tries again, and another at the next turn', async () => {
    const open = door(asking('need'));
    for (const event of [said('yes', '1'), said('yes', '1'), said('yes', '2')]) await ask(open, event);
    const [first, again, next] = open.sent.map(({ id }) => id);
    expect(again).toBe(first);
    expect(next).not.toBe(first);
  });

  it('counts the turns for the flow', async () => {
    expect(await ask(door(asking('need')), said('yes', '7'))).toMatchObject({ parley_turn: '8' });
  });
});

describe('what the flow goes on by', () => {
  it('is a queue and a brief', async () => {
    const answer = await ask(door(transferred), said('a person', '1'));
    expectStringMap(answer);
    expect(answer).toMatchObject({
      parley_rest: 'transfer',
      parley_queue: 'people',
      parley_known_orderId: 'W1000001',
      parley_say: "I'm putting you through.",
    });
  });

  it('is an outcome', async () => {
    expect(await ask(door(ended), said('no', '1'))).toMatchObject({ parley_rest: 'end', parley_outcome: 'done' });
  });

  it('is to come back, with words meanwhile', async () => {
    expect(await ask(door(working), said('no', '1'))).toMatchObject({ parley_rest: 'work', parley_say: 'One moment.' });
    const still = { parley_rest: 'wait', parley_say: 'I am still waiting for that. Please stay with me.' };
    expect(await ask(door(waiting), said('no', '1'))).toMatchObject(still);
  });

  it('may be nested', async () => {
    const answer = await ask(door(transferred), said('a person', '1'), { response: 'JSON' });
    expect(answer).toMatchObject({
      parley_rest: 'transfer',
      say: ["I'm putting you through."],
      ssml: ['<speak>I&apos;m putting you through.</speak>'],
      brief: { summary: 'Orders', known: { order: { status: 'sent' } } },
    });
    expect(answer).not.toHaveProperty('parley_say');
  });

  it('a caller who leaves before anything began ends nothing', async () => {
    const open = door(error('engine/unknown-session'));
    const { block, logged } = blockOf(open);
    expect(await block(flowEvent({ event: 'left' }))).toMatchObject({ parley_rest: 'end', parley_outcome: 'left' });
    expect(logged).toEqual([]);
  });
});

it.each(DOCUMENTED.map(({ about, event }) => [about, event] as const))(
  'begins a session by an event as Connect documents it: %s',
  async (_, event) => {
    const open = door(asking('need'));
    const { block, logged } = blockOf(open);
    expect(await block(event)).toMatchObject({ parley_rest: 'caller', parley_session: CONTACT, parley_turn: '1' });
    expect(open.sent).toMatchObject([{ id: 'start', event: { type: 'session.started', contact: { id: CONTACT } } }]);
    expect(logged).toEqual([]);
  },
);

describe('what goes wrong', () => {
  it('leads to a person within 8 s, with words and a code', async () => {
    const clock = manualClock(0);
    const { block, logged } = blockOf(() => new Promise(() => undefined), { clock });
    const answering = block(said('yes', '4'));
    await clock.advance(7_000);
    expect(await answering).toEqual({
      parley_session: CONTACT,
      parley_turn: '4',
      parley_rest: 'failed',
      parley_failure: 'connect/late',
      parley_say: "I'm sorry, something went wrong on our side. I'm putting you through to somebody who can help.",
      parley_ssml:
        '<speak>I&apos;m sorry, something went wrong on our side. I&apos;m putting you through to somebody who can help.</speak>',
    });
    expect(logged).toMatchObject([{ code: 'connect/late', session: CONTACT }]);
  });

  it('the door is told how long it has', async () => {
    const open = door(asking('need'));
    const { block } = blockOf(open, { clock: manualClock(0) });
    await block(said('yes', '1'));
    await block(said('yes', '2'), { getRemainingTimeInMillis: () => 2_000 });
    expect(open.sent.map(({ within }) => within)).toEqual([7_000, 1_700]);
  });
});

describe('an answer that would be too large', () => {
  const say = Array.from({ length: 9 }, () => '語'.repeat(1_000));

  it('leaves out what is there twice', async () => {
    for (const response of ['STRING_MAP', 'JSON'] as const) {
      const answer = await ask(door(asking('need', { say })), said('yes', '1'), { response });
      expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(32_000);
      expect(answer).toHaveProperty(response === 'JSON' ? 'ssml' : 'parley_ssml_9');
    }
  });
});

describe('any event whatever', () => {
  const parameters = fc.dictionary(
    fc.constantFrom('event', 'text', 'keys', 'turn', 'signal', 'data', 'session', 'other'),
    fc.oneof(fc.string({ maxLength: 2_000, unit: 'binary' }), fc.constantFrom('said', 'pressed', 'left', '1', '')),
  );
  const event = fc.oneof(
    parameters.map((given) => flowEvent(given)),
    fc.tuple(parameters, fc.jsonValue()).map(([given, data]) => ({ ...flowEvent(given), Details: data })),
    damaged(DOCUMENTED.map((one) => one.event)),
    damaged([flowEvent({ event: 'said', text: 'yes', turn: '3' }), flowEvent({ keys: '1', turn: '3' })]),
    fc.jsonValue(),
  );
  const long = fc.string({ maxLength: 3_000, unit: 'binary' });
  const reply = fc.tuple(
    fc.constantFrom(asking('sure'), working, ended, transferred),
    fc.array(long, { maxLength: 14 }),
  );

  it('is answered with what Connect takes, flat or nested', async () => {
    await fc.assert(
      fc.asyncProperty(event, reply, async (given, [came, say]) => {
        const open = door({ ...came, say });
        const flat = await ask(open, given);
        expectStringMap(flat);
        expect(flat).toHaveProperty('parley_rest');
        for (const [key, value] of Object.entries(flat))
          if (key.startsWith('parley_ssml')) expect([value, isSsml(String(value))]).toEqual([value, true]);
        const nested = await ask(open, given, { response: 'JSON' });
        expect(Buffer.byteLength(JSON.stringify(nested))).toBeLessThan(32_000);
      }),
      { numRuns: 200 },
    );
  });
});
