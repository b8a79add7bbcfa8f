import { StartOutboundVoiceContactCommand } from '@aws-sdk/client-connect';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Clock, systemClock } from '@parley/engine';
import { WebSocket } from 'ws';
import {
  type CallEntry,
  type CallerMessage,
  callMessage,
  ringingMessage,
} from '../../packages/center/src/desk/calls-messages.ts';
import { connectClient } from './chat.ts';
import { Frames } from './frames.ts';
import { type Opened, openCenter } from './open.ts';

const LOST = 30_000;
/** Contacts that are over are forgotten after an hour: here when the test says so. */
const KEPT = 3_600_000;
const forgetting = new Set<() => void>();
/** What is due in half a minute waits for the test. */
const due = new Set<() => void>();
const clock: Clock = {
  now: systemClock.now,
  after(milliseconds, then) {
    const held = milliseconds === LOST ? due : milliseconds === KEPT ? forgetting : undefined;
    if (!held) return systemClock.after(milliseconds, then);
    held.add(then);
    return () => void held.delete(then);
  },
};

/** Resolves once something is due in half a minute. */
async function counting(): Promise<void> {
  while (due.size === 0) await new Promise((resolve) => setImmediate(resolve));
}

let center: Opened;
beforeEach(async () => {
  due.clear();
  forgetting.clear();
  center = await openCenter(['support'], { clock, pages: { host: 'embedded', decider: 'offline' } });
});
afterEach(() => center.close());

async function socket(path: string) {
  const opened = new WebSocket(`ws://127.0.0.1:${center.port}${path}`);
  const closed = new Promise<number>((resolve) => opened.once('close', resolve));
  const frames = new Frames<unknown>();
  opened.on('message', (data) => frames.put(JSON.parse(String(data))));
  await new Promise((resolve, reject) => opened.once('open', resolve).once('error', reject));
  return {
    frames,
    closed,
    close: () => opened.close(),
    send: (message: object) => opened.send(JSON.stringify(message)),
  };
}

/** Opens the socket of a call. */
async function phone(path: string) {
  const { frames, closed, close, send } = await socket(path);
  const first = callMessage.parse(await frames.next(() => true));
  if (first.type !== 'call') throw new Error('The first message names the call.');
  const entry = (frame: unknown): CallEntry | undefined => {
    const message = callMessage.parse(frame);
    return message.type === 'entry' ? message.entry : undefined;
  };
  return {
    ...first,
    closed,
    close,
    do: (message: CallerMessage) => send(message),
    send,
    /** What comes up to the first entry of this type. */
    async upTo(type: CallEntry['type']): Promise<readonly CallEntry[]> {
      const all = await frames.upTo((frame) => entry(frame)?.type === type);
      return all.flatMap((frame) => entry(frame) ?? []);
    },
  };
}

const wordsIn = (entries: readonly CallEntry[]) =>
  entries.flatMap((entry) => (entry.type === 'words' ? entry.content : [])).join(' ');
const say = (deed: string, text: string): CallerMessage => ({ type: 'say', deed, text });

describe('a call from a page', () => {
  it('begins, is numbered, and takes what the caller says, presses and leaves unsaid', async () => {
    const { do: act, upTo, contact, workflow } = await phone('/desk/calls?workflow=support&from=%2B12025550199');
    expect(workflow).toBe('support');
    expect(center.contacts.find(contact)?.given).toMatchObject({ channel: 'VOICE', address: '+12025550199' });
    const welcome = await upTo('listening');
    expect(wordsIn(welcome)).toMatch(/What can I do for you today\?/);
    expect(welcome.map(({ number }) => number)).toEqual(welcome.map((_, index) => index + 1));
    expect(welcome.at(-1)).toMatchObject({ settings: { 'x-amz-lex:allow-interrupt:*:*': 'true' } });
    act({ type: 'silent', deed: 'a' });
    expect(await upTo('silent')).toHaveLength(1);
    expect(wordsIn(await upTo('listening'))).not.toBe('');
    act(say('b', 'where is my package'));
    expect(wordsIn(await upTo('listening'))).toMatch(/e-mail address/);
    act({ type: 'say', deed: 'c', text: 'loose or taker', others: [['luis dot ortega at example dot com', 0.8]] });
    expect(wordsIn(await upTo('listening'))).toMatch(/order number/);
    act({ type: 'press', deed: 'd', keys: '0' });
    expect(await upTo('pressed')).toMatchObject([{ keys: '0', deed: 'd' }]);
    act({ type: 'hang up' });
    expect((await upTo('over')).at(-1)).toMatchObject({ reason: 'CUSTOMER_DISCONNECT' });
  });

  it('does once what is told twice', async () => {
    const { do: act, upTo, contact } = await phone('/desk/calls?workflow=support');
    await upTo('listening');
    act(say('a', 'where is my package'));
    act(say('a', 'where is my package'));
    expect(wordsIn(await upTo('listening'))).toMatch(/e-mail address/);
    act(say('b', 'luis dot ortega at example dot com'));
    expect(wordsIn(await upTo('listening'))).toMatch(/order number/);
    const said = center.contacts
      .find(contact)
      ?.items.filter(({ ParticipantRole, Type }) => ParticipantRole === 'CUSTOMER' && Type === 'MESSAGE');
    expect(said?.map(({ Content }) => Content)).toEqual(['where is my package', 'luis dot ortega at example dot com']);
  });

  it('is come back to: what happened meanwhile is sent, from where the page knows it', async () => {
    const first = await phone('/desk/calls?workflow=support');
    const welcome = await first.upTo('listening');
    first.do(say('a', 'where is my package'));
    first.close();
    await first.closed;
    const again = await phone(`/desk/calls/${first.call}?after=${welcome.length}`);
    expect(again.contact).toBe(first.contact);
    const entries = await again.upTo('listening');
    expect(entries.map(({ number }) => number)).toEqual(entries.map((_, index) => welcome.length + 1 + index));
    expect(entries[0]).toMatchObject({ type: 'said', deed: 'a' });
    expect(wordsIn(entries)).toMatch(/e-mail address/);
    const whole = await phone(`/desk/calls/${first.call}`);
    expect((await whole.upTo('said')).slice(0, welcome.length)).toEqual(welcome);
    // One page has the call.
    expect(await again.closed).toBe(4409);
    whole.do(say('b', 'luis dot ortega at example dot com'));
    await whole.upTo('listening');
    expect(wordsIn(await whole.upTo('listening'))).toMatch(/order number/);
    expect(due.size).toBe(0);
  });

  it('has hung up who does not come back within half a minute, and not who does', async () => {
    const first = await phone('/desk/calls?workflow=support');
    await first.upTo('listening');
    first.close();
    await counting();
    const again = await phone(`/desk/calls/${first.call}`);
    await again.upTo('listening');
    expect(due.size).toBe(0);
    const over = new Promise((resolve) => center.contacts.find(first.contact)?.watch({ over: resolve }));
    again.close();
    await counting();
    for (const then of due) then();
    expect(await over).toBe('CUSTOMER_DISCONNECT');
    const late = await phone(`/desk/calls/${first.call}`);
    expect((await late.upTo('over')).at(-1)).toMatchObject({ reason: 'CUSTOMER_DISCONNECT' });
  });

  it('is not there any more once its contact is forgotten', async () => {
    const first = await phone('/desk/calls?workflow=support');
    first.do({ type: 'hang up' });
    await first.upTo('over');
    await (await phone(`/desk/calls/${first.call}`)).upTo('over');
    for (const then of [...forgetting]) then();
    // It is looked for when the next one begins.
    await (await phone('/desk/calls?workflow=support')).upTo('listening');
    expect(await (await socket(`/desk/calls/${first.call}`)).closed).toBe(4404);
  });

  it('is two calls for two callers, each heard for themselves', async () => {
    const [one, two] = [await phone('/desk/calls?workflow=support'), await phone('/desk/calls?workflow=support')];
    await one.upTo('listening');
    await two.upTo('listening');
    one.do(say('a', 'where is my package'));
    expect(wordsIn(await one.upTo('listening'))).toMatch(/e-mail address/);
    one.do({ type: 'hang up' });
    await one.upTo('over');
    two.do(say('a', 'where is my package'));
    expect(wordsIn(await two.upTo('listening'))).toMatch(/e-mail address/);
  });

  it('tells who of the center is on the line', async () => {
    const { do: act, upTo, contact } = await phone('/desk/calls?workflow=support');
    await upTo('listening');
    const waits = new Promise<void>((resolve) => void center.queues.watch(resolve));
    act(say('a', 'I want to talk to a person'));
    await waits;
    center.queues.take(contact, 'Ana')?.say('Ana here.');
    expect((await upTo('person')).at(-1)).toMatchObject({ name: 'Ana' });
    expect(await upTo('words')).toMatchObject([{ by: 'AGENT', content: 'Ana here.' }]);
  });

  it.each([
    ['a workflow that is not there', '/desk/calls?workflow=nope', 4404],
    ['no workflow', '/desk/calls', 4404],
    ['a call that is not there', '/desk/calls/nope', 4404],
    ['a call of before it was started again', '/desk/calls/nope?started=1', 4410],
    ['a call that does not ring', '/desk/calls?ringing=nope', 4404],
    ['what is no number', '/desk/calls?workflow=support&from=me', 4400],
  ])('is refused to %s', async (_, path, code) => {
    expect(await (await socket(path)).closed).toBe(code);
  });

  it('is closed to a page that sends what can not be read', async () => {
    const { send, closed, upTo } = await phone('/desk/calls?workflow=support');
    await upTo('listening');
    send({ type: 'press', deed: 'a', keys: 'zero' });
    expect(await closed).toBe(4400);
  });
});

describe('a call back', () => {
  const ring = async () => {
    const { ContactId = '' } = await connectClient(center).send(
      new StartOutboundVoiceContactCommand({
        InstanceId: center.instanceId,
        ContactFlowId: center.flowId('support'),
        DestinationPhoneNumber: '+12025550188',
        SourcePhoneNumber: '+12025550100',
      }),
    );
    return ContactId;
  };
  const ringing = async (frames: Frames<unknown>) => ringingMessage.parse(await frames.next(() => true)).calls;

  it('rings on the page until it is answered', async () => {
    const { frames } = await socket('/desk/ringing');
    expect(await ringing(frames)).toEqual([]);
    const contact = await ring();
    expect(await ringing(frames)).toEqual([{ contact, number: '+12025550188' }]);
    const answered = await phone(`/desk/calls?ringing=${contact}`);
    expect(await ringing(frames)).toEqual([]);
    expect(answered.contact).toBe(contact);
    expect(wordsIn(await answered.upTo('listening'))).not.toBe('');
  });

  it('is declined', async () => {
    const { frames, send } = await socket('/desk/ringing');
    await ringing(frames);
    const contact = await ring();
    await ringing(frames);
    send({ decline: contact });
    expect(await ringing(frames)).toEqual([]);
    expect(center.contacts.find(contact)?.ended?.reason).toBe('CUSTOMER_DISCONNECT');
  });
});
