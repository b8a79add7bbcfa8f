import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LogEntry, Reply } from '@parley/engine';
import { type IdleClock, idleClock } from '../../../../test/idle-clock.ts';
import { flowEvent } from '../block/testing/events.ts';
import { asking, desk, door, ended, transferred, waiting, working } from '../testing/desk.ts';
import { type Chat, type ChatOptions, connectChat } from './chat.ts';
import { type ChatStore, memoryChats } from './record.ts';
import { clientsOf } from './testing/clients.ts';
import { type ConnectService, connectService, type Fault } from './testing/service.ts';
import { notification, publishing, snsEvent, TOPIC } from './testing/sns.ts';

const NOW = Date.parse('2030-01-01T12:00:00Z');
let clock: IdleClock;
let service: ConnectService;
let logged: LogEntry[];
let fault: (path: string) => Fault;
const streamed: string[] = [];

beforeEach(async () => {
  clock = idleClock(NOW);
  logged = [];
  streamed.length = 0;
  fault = () => undefined;
  service = await connectService({
    clock,
    fault: (path) => fault(path),
    streamed: (item) => streamed.push(JSON.stringify(item)),
  });
  service.startChat('c1');
});
afterEach(() => service.close());

function chatWith(options: Partial<ChatOptions> & Pick<ChatOptions, 'door'>): Chat {
  return connectChat({
    workflow: desk,
    // While the clients are at work no time passes.
    ...clientsOf(service, (work) => clock.outside(work())),
    topic: TOPIC,
    chats: memoryChats(),
    clock,
    fetcher: publishing,
    log: (entry) => logged.push(entry),
    ...options,
  });
}

const begins = (contact = 'c1') => flowEvent({}, { ContactId: contact, InitialContactId: contact, Channel: 'CHAT' });
const joins = (chat: Chat, contact?: string) => clock.during(chat.joined(begins(contact)));
/** The customer writes, and SNS brings it. */
const writes = (chat: Chat, text: string, type?: string) =>
  brings(chat, JSON.stringify(service.write('c1', text, type)));
const brings = (chat: Chat, message: string) =>
  clock.during(chat.notified(snsEvent(notification(message, clock.now()))));
const said = () =>
  service
    .transcript('c1')
    .filter(({ ParticipantRole, Type }) => ParticipantRole === 'CUSTOM_BOT' && Type === 'MESSAGE')
    .map(({ Content }) => Content);
const paths = () => service.requests.map(({ path }) => path);
const greeting = asking('which', { say: ['Welcome.', "What's the order number?"] });

describe('a bot that joins', () => {
  it('has the chat streamed, takes part, and says what is said first', async () => {
    const way = door(greeting);
    expect(await joins(chatWith({ door: way }))).toEqual({ parley_session: 'c1', parley_rest: 'caller' });
    expect(paths().filter((path) => path !== '/participant/event')).toEqual([
      '/contact/start-streaming',
      '/contact/create-participant',
      '/participant/connection',
      '/participant/message',
      '/participant/message',
    ]);
    expect(said()).toEqual(['Welcome.', "What's the order number?"]);
    expect(way.sent).toMatchObject([
      {
        session: 'c1',
        id: 'start',
        event: { type: 'session.started', workflow: 'desk', contact: { channel: 'chat' } },
      },
    ]);
  });

  it('speaks no more once a person of ours is there, and answers nothing that was not answered yet', async () => {
    const way = door(greeting, ended);
    const chat = chatWith({ door: way });
    await joins(chat);
    service.write('c1', 'is anybody there?');
    const agent = {
      Id: 'agent',
      Type: 'EVENT',
      AbsoluteTime: new Date(clock.now()).toISOString(),
      ContentType: 'application/vnd.amazonaws.connect.event.participant.joined',
      ParticipantRole: 'AGENT',
      ContactId: 'c1',
    };
    await brings(chat, JSON.stringify(agent));
    await writes(chat, 'thanks');
    expect(way.sent.map(({ event }) => event.type)).toEqual(['session.started', 'caller.left']);
    expect(said()).toEqual(['Welcome.', "What's the order number?"]);
    expect(paths()).toContain('/participant/disconnect');
    expect(await chat.reaches('c1')).toBe(false);
  });

  it('joins once, however often the flow asks', async () => {
    const way = door(greeting);
    const chat = chatWith({ door: way });
    await clock.during(Promise.all([chat.joined(begins()), chat.joined(begins())]));
    await joins(chat);
    expect(paths().filter((path) => path === '/contact/create-participant')).toHaveLength(1);
    expect(said()).toEqual(['Welcome.', "What's the order number?"]);
  });

  it('brings the caller to a person where it cannot join, or the session does not begin', async () => {
    fault = (path) => (path === '/contact/create-participant' ? 'throttled' : undefined);
    expect(await joins(chatWith({ door: door(greeting) }))).toMatchObject({ parley_rest: 'failed' });
    fault = () => undefined;
    service.startChat('c2');
    expect(await joins(chatWith({ door: door(new Error('down')) }), 'c2')).toMatchObject({
      parley_rest: 'failed',
      parley_failure: 'connect/failed',
    });
    expect(service.attributes.get('c2')).toMatchObject({ parley_rest: 'failed' });
    expect(paths()).toContain('/participant/disconnect');
  });
});

it('a bot that joined and cannot say a word leaves', async () => {
  fault = (path) => (path === '/participant/message' ? 'throttled' : undefined);
  const chat = chatWith({ door: door(greeting) });
  expect(await joins(chat)).toMatchObject({ parley_rest: 'failed', parley_failure: 'connect/not-posted' });
  expect(paths()).toContain('/participant/disconnect');
  fault = () => undefined;
  await writes(chat, 'hello?');
  expect(said()).toEqual([]);
});

describe('a message', () => {
  it('is taken once however often SNS brings it, and answered once', async () => {
    const way = door(greeting, asking('code', { say: ["What's the code?"] }));
    const chat = chatWith({ door: way });
    await joins(chat);
    const item = JSON.stringify(service.write('c1', 'W1000001'));
    await clock.during(Promise.all([1, 2, 3].map(() => chat.notified(snsEvent(notification(item, clock.now()))))));
    await brings(chat, item);
    expect(way.sent.slice(1)).toMatchObject([{ session: 'c1', event: { type: 'caller.said', text: 'W1000001' } }]);
    expect(said().slice(2)).toEqual(["What's the code?"]);
  });

  it('is taken in the order it was written, whatever the order it is brought in', async () => {
    const way = door(greeting, asking('code'));
    const chat = chatWith({ door: way });
    await joins(chat);
    const first = JSON.stringify(service.write('c1', 'one'));
    const second = JSON.stringify(service.write('c1', 'two'));
    const third = JSON.stringify(service.write('c1', 'three'));
    // The second was never brought: the transcript has it.
    await brings(chat, third);
    await brings(chat, first);
    await brings(chat, second);
    expect(way.sent.slice(1).map(({ event }) => event)).toEqual([
      { type: 'caller.said', text: 'one' },
      { type: 'caller.said', text: 'two' },
      { type: 'caller.said', text: 'three' },
    ]);
  });

  it('is in order without a transcript where SNS is not later than the hold', async () => {
    fault = (path) => (path === '/participant/transcript' ? 'throttled' : undefined);
    const way = door(greeting, asking('code'));
    const chat = chatWith({ door: way, hold: 300 });
    await joins(chat);
    const first = JSON.stringify(service.write('c1', 'one'));
    const second = JSON.stringify(service.write('c1', 'two'));
    const late = async () => {
      await new Promise<void>((resolve) => clock.after(250, resolve));
      await chat.notified(snsEvent(notification(first, clock.now())));
    };
    await clock.during(Promise.all([chat.notified(snsEvent(notification(second, clock.now()))), late()]));
    expect(way.sent.slice(1).map(({ event }) => event)).toMatchObject([{ text: 'one' }, { text: 'two' }]);
    expect(logged.map(({ code }) => code)).toContain('connect/no-transcript');
  });

  it.each([
    ['is throttled', () => undefined],
    ['is asked for by a connection that is none any more', () => service.expireConnections()],
  ])('is in order where the transcript %s at first', async (_, trouble) => {
    const way = door(greeting, asking('code'));
    const chat = chatWith({ door: way });
    await joins(chat);
    service.write('c1', 'one');
    const second = JSON.stringify(service.write('c1', 'two'));
    trouble();
    let count = 0;
    fault = (path) => (path === '/participant/transcript' && ++count < 3 ? 'throttled' : undefined);
    await brings(chat, second);
    expect(way.sent.slice(1).map(({ event }) => event)).toMatchObject([{ text: 'one' }, { text: 'two' }]);
    expect(logged).toEqual([]);
  });

  it('is found in the transcript, however many of them SNS has not brought', async () => {
    const way = door(greeting, asking('code'));
    const chat = chatWith({ door: way });
    await joins(chat);
    const items = Array.from({ length: 70 }, (_, index) => JSON.stringify(service.write('c1', `message ${index}`)));
    await brings(chat, items.at(-1) ?? '');
    expect(way.sent.slice(1).map(({ event }) => event)).toEqual(
      items.map((_, index) => ({ type: 'caller.said', text: `message ${index}` })),
    );
  });

  it('that was written before the bot joined is taken after what is said first', async () => {
    const way = door(greeting, asking('code', { say: ['Go on.'] }));
    const chat = chatWith({ door: way });
    service.write('c1', 'written early');
    await joins(chat);
    await writes(chat, 'then this');
    expect(way.sent.slice(1).map(({ event }) => event)).toMatchObject([
      { text: 'written early' },
      { text: 'then this' },
    ]);
  });

  it('that was written before the bot joined is taken once SNS brings what the bot said, and nothing is looked for after that', async () => {
    const way = door(greeting, asking('code', { say: ['Go on.'] }));
    const chat = chatWith({ door: way });
    service.write('c1', 'written early');
    await joins(chat);
    for (const item of [...streamed]) await brings(chat, item);
    expect(way.sent.slice(1).map(({ event }) => event)).toMatchObject([{ text: 'written early' }]);
    expect(said()).toEqual(['Welcome.', "What's the order number?", 'Go on.']);
    const looked = paths().filter((path) => path === '/participant/transcript').length;
    for (const item of [...streamed]) await brings(chat, item);
    expect(paths().filter((path) => path === '/participant/transcript')).toHaveLength(looked);
  });

  it('that is not signed by SNS is not taken', async () => {
    const way = door(greeting);
    const chat = chatWith({ door: way });
    await joins(chat);
    const forged = { ...notification('{}', NOW), Message: JSON.stringify(service.write('c1', 'forged')) };
    await clock.during(chat.notified(snsEvent(forged)));
    await clock.during(chat.notified('nonsense'));
    expect(way.sent).toHaveLength(1);
    expect(logged.map(({ code }) => code)).toEqual(['connect/not-signed', 'connect/not-signed']);
  });

  it('of anybody else, or of a contact that the bot is not in, is passed over', async () => {
    const way = door(greeting);
    const chat = chatWith({ door: way });
    await joins(chat);
    for (const item of [...streamed]) await brings(chat, item);
    service.startChat('c2');
    await brings(chat, JSON.stringify(service.write('c2', 'hello')));
    await brings(chat, '{"Type":"MESSAGE"}');
    await brings(chat, 'no JSON');
    expect(way.sent).toHaveLength(1);
    expect(logged).toEqual([]);
  });

  it('is taken again where its answer could not be posted, and what was posted is not posted twice', async () => {
    const way = door(greeting, asking('code', { say: ['First.', 'Second.', 'Third.'] }));
    const chat = chatWith({ door: way });
    await joins(chat);
    let posts = 0;
    fault = (path) => (path === '/participant/message' && ++posts === 2 ? 'lost-answer' : undefined);
    const item = JSON.stringify(service.write('c1', 'W1000001'));
    await expect(brings(chat, item)).rejects.toMatchObject({ code: 'connect/not-posted' });
    await brings(chat, item);
    expect(said().slice(2)).toEqual(['First.', 'Second.', 'Third.']);
    const ids = way.sent.slice(1).map(({ id }) => id);
    expect(new Set(ids).size).toBe(1);
  });

  it('is answered though the connection was none any more', async () => {
    const chat = chatWith({ door: door(greeting, asking('code', { say: ['Good.'] })) });
    await joins(chat);
    service.expireConnections();
    await writes(chat, 'hello');
    expect(said().slice(2)).toEqual(['Good.']);
  });

  it('is answered with what takes longer, after a filler that is said once', async () => {
    const way = door(greeting, working, working, asking('code', { say: ['Found it.'] }));
    const chat = chatWith({ door: way });
    await joins(chat);
    await writes(chat, 'W1000001');
    expect(said().slice(2)).toEqual(['One moment.', 'Found it.']);
    expect(way.sent.slice(2).map(({ event }) => event.type)).toEqual(['caller.silent', 'caller.silent']);
  });

  it('is shown to be answered while it is', async () => {
    const slow = async (): Promise<Reply> => {
      await new Promise<void>((resolve) => clock.after(12_000, resolve));
      return waiting;
    };
    const first = door(greeting);
    const chat = chatWith({ door: (request) => (request.id === 'start' ? first(request) : slow()) });
    await joins(chat);
    const before = paths().length;
    await writes(chat, 'hello');
    const typing = paths()
      .slice(before)
      .filter((path) => path === '/participant/event');
    // At once, after 5 s and after 10 s.
    expect(typing).toHaveLength(3);
    expect(said().slice(2)).toEqual(['I am still waiting for that. Please stay with me.']);
  });

  it('whose answer is long is answered in messages that the service takes, cut after sentences', async () => {
    const sentence = `${'word '.repeat(150)}end.`;
    const chat = chatWith({ door: door(greeting, asking('code', { say: [`${sentence} ${sentence}`, 'Yes?'] })) });
    await joins(chat);
    await writes(chat, 'hello');
    expect(said().slice(2)).toEqual([sentence, sentence, 'Yes?']);
  });
});

describe('who waits for somebody else who answers the chat', () => {
  /** Somebody has the right to answer, and is not there any more. */
  async function died(chats: ChatStore): Promise<void> {
    const { text, revision } = (await chats.load('c1')) ?? { text: '{}', revision: 0 };
    const lease = { holder: 'dead', until: clock.now() + 10_000 };
    await chats.keep('c1', JSON.stringify({ ...JSON.parse(text), lease }), revision, 0);
  }
  const within = (milliseconds: number) => {
    const end = clock.now() + milliseconds;
    return { getRemainingTimeInMillis: () => end - clock.now() };
  };

  it('does not go on while they are at it, however long that takes', async () => {
    const way = door(greeting, asking('code', { say: ['Good.'] }));
    const slow = async (request: Parameters<typeof way>[0]): Promise<Reply> => {
      const reply = await way(request);
      if (request.id !== 'start') await new Promise<void>((resolve) => clock.after(20_000, resolve));
      return reply;
    };
    const chat = chatWith({ door: slow });
    await joins(chat);
    const event = snsEvent(notification(JSON.stringify(service.write('c1', 'hello')), clock.now()));
    await clock.during(Promise.all([chat.notified(event, within(60_000)), chat.notified(event, within(60_000))]));
    expect(way.sent).toHaveLength(2);
    expect(said().slice(2)).toEqual(['Good.']);
  });

  it('pushes what comes later after their answer', async () => {
    const way = door(greeting, asking('code', { say: ['One moment.'] }));
    let pushed: Promise<void> | undefined;
    const chat = chatWith({
      door: async (request) => {
        const reply = await way(request);
        if (request.id === 'start') return reply;
        pushed = chat.quiet('c1').then(() => chat.push({ ...reply, session: 'c1', seq: 9, say: ['It is there.'] }));
        await new Promise<void>((resolve) => clock.after(5_000, resolve));
        return reply;
      },
      pushes: true,
    });
    await joins(chat);
    const event = snsEvent(notification(JSON.stringify(service.write('c1', 'hello')), clock.now()));
    await clock.during(chat.notified(event, within(60_000)).then(() => pushed));
    expect(said().slice(2)).toEqual(['One moment.', 'It is there.']);
  });

  it('does not push before their time is over, where they are gone', async () => {
    const chats = memoryChats();
    const chat = chatWith({ door: door(greeting), chats });
    await joins(chat);
    await died(chats);
    const before = clock.now();
    await clock.during(chat.quiet('c1'));
    expect(clock.now() - before).toBe(10_000);
  });

  it('goes on in their place when they are gone', async () => {
    const chats = memoryChats();
    const chat = chatWith({ door: door(greeting, asking('code', { say: ['Good.'] })), chats });
    await joins(chat);
    await died(chats);
    const event = snsEvent(notification(JSON.stringify(service.write('c1', 'hello')), clock.now()));
    await clock.during(chat.notified(event, within(30_000)));
    expect(said().slice(2)).toEqual(['Good.']);
  });

  it('is called anew where too little time is left for a turn', async () => {
    const chats = memoryChats();
    const way = door(greeting, asking('code', { say: ['Good.'] }));
    const chat = chatWith({ door: way, chats });
    await joins(chat);
    await died(chats);
    const event = snsEvent(notification(JSON.stringify(service.write('c1', 'hello')), clock.now()));
    await expect(clock.during(chat.notified(event, within(14_000)))).rejects.toMatchObject({ code: 'connect/late' });
    expect(way.sent).toHaveLength(1);
    // SNS brings it again.
    await clock.during(chat.notified(event, within(30_000)));
    expect(said().slice(2)).toEqual(['Good.']);
  });
});

describe('words that come before their reply', () => {
  it('are posted as they come, and not again with the reply', async () => {
    const at: number[] = [];
    let chat: Chat | undefined;
    const composing = async (): Promise<Reply> => {
      chat?.stream('c1', 'One.');
      await new Promise<void>((resolve) => clock.after(1_000, resolve));
      at.push(said().length);
      chat?.stream('c1', 'Two.');
      return asking('code', { say: ['One.', 'Two.', 'And?'], streamed: 2 });
    };
    const first = door(greeting);
    chat = chatWith({ door: (request) => (request.id === 'start' ? first(request) : composing()) });
    await joins(chat);
    await writes(chat, 'tell me');
    expect(at).toEqual([3]);
    expect(said().slice(2)).toEqual(['One.', 'Two.', 'And?']);
  });

  it('are posted once though the answer is found again after a fault', async () => {
    let chat: Chat | undefined;
    const composing = async (): Promise<Reply> => {
      chat?.stream('c1', 'One.');
      return asking('code', { say: ['One.', 'And?'], streamed: 1 });
    };
    const first = door(greeting);
    chat = chatWith({ door: (request) => (request.id === 'start' ? first(request) : composing()) });
    await joins(chat);
    let posts = 0;
    fault = (path) => (path === '/participant/message' && ++posts < 3 ? 'lost-answer' : undefined);
    const item = JSON.stringify(service.write('c1', 'tell me'));
    await expect(brings(chat, item)).rejects.toMatchObject({ code: 'connect/not-posted' });
    await expect(brings(chat, item)).rejects.toMatchObject({ code: 'connect/not-posted' });
    await brings(chat, item);
    expect(said().slice(2)).toEqual(['One.', 'And?']);
  });

  it('and what is pushed later reach the caller', async () => {
    const chat = chatWith({ door: door(greeting, waiting), pushes: true });
    await joins(chat);
    await writes(chat, 'hello');
    const news = asking('code', { session: 'c1', say: ['Early.', 'It is there.'], seq: 9 });
    chat.stream('c1', 'Early.');
    await clock.during(chat.push(news));
    // Pushed again, as after a fault: who heard what came early is not known then.
    await clock.during(chat.push(news));
    await clock.during(chat.push({ ...ended, session: 'c1', seq: 12 }));
    expect(said().slice(3)).toEqual(['Early.', 'It is there.', 'Early.', 'Goodbye.']);
    expect(paths()).toContain('/participant/disconnect');
    expect(service.attributes.get('c1')).toMatchObject({ parley_rest: 'end', parley_outcome: 'done' });
  });

  it('do not reach a chat that the bot was taken out of: nothing is pushed to it again', async () => {
    const chat = chatWith({ door: door(greeting), pushes: true });
    await joins(chat);
    service.removeBot('c1');
    const push = clock.during(chat.push(asking('code', { session: 'c1', say: ['It is there.'], seq: 9 })));
    await expect(push).rejects.toMatchObject({ code: 'connect/bot-out' });
    expect(await chat.reaches('c1')).toBe(false);
    expect(said()).not.toContain('It is there.');
  });

  it('reach only who is in a chat that the bot takes part in', async () => {
    const chat = chatWith({ door: door(greeting, ended) });
    expect(await chat.reaches('c1')).toBe(false);
    await joins(chat);
    expect(await chat.reaches('c1')).toBe(true);
    await writes(chat, 'bye');
    expect(await chat.reaches('c1')).toBe(false);
  });
});

describe('a question with a closed set of answers', () => {
  const sure = asking('sure', {
    say: ['Let me see.', 'Shall I cancel it?'],
    listen: { expects: [], silence: 6_000, keys: ['1', '2'] },
  });

  it('is put as an interactive message, and what is picked is taken as its key', async () => {
    const way = door(sure, ended);
    const chat = chatWith({ door: way });
    await joins(chat);
    expect(said().map((text) => text?.startsWith('{'))).toEqual([false, true]);
    expect(JSON.parse(said()[1] ?? '')).toEqual({
      templateType: 'QuickReply',
      version: '1.0',
      data: { content: { title: 'Shall I cancel it?', elements: [{ title: 'Yes' }, { title: 'No' }] } },
    });
    await writes(chat, 'Yes');
    expect(way.sent[1]?.event).toEqual({ type: 'caller.pressed', keys: '1' });
  });

  it('is put as a text where the page takes no interactive messages', async () => {
    service.startChat('c1', { types: ['text/plain'] });
    const way = door(sure, ended);
    const chat = chatWith({ door: way });
    await joins(chat);
    expect(said()).toEqual(['Let me see.', 'Shall I cancel it?']);
    await writes(chat, 'Yes');
    expect(way.sent[1]?.event).toEqual({ type: 'caller.said', text: 'Yes' });
  });

  it('can be answered in other words, and only until it is', async () => {
    const way = door(sure, asking('which'), asking('which'));
    const chat = chatWith({ door: way });
    await joins(chat);
    await writes(chat, 'please do');
    await writes(chat, 'Yes');
    expect(way.sent.slice(1).map(({ event }) => event)).toEqual([
      { type: 'caller.said', text: 'please do' },
      { type: 'caller.said', text: 'Yes' },
    ]);
  });
});

describe('the end', () => {
  it('puts on the contact what the flow goes on by, and takes the bot out', async () => {
    const chat = chatWith({ door: door(greeting, transferred) });
    await joins(chat);
    await writes(chat, 'a person');
    expect(said().slice(2)).toEqual(["I'm putting you through."]);
    expect(service.attributes.get('c1')).toMatchObject({
      parley_rest: 'transfer',
      parley_queue: 'people',
      parley_session: 'c1',
    });
    const last = paths()
      .filter((path) => path !== '/participant/event')
      .slice(-2);
    expect(last).toEqual(['/contact/attributes', '/participant/disconnect']);
  });

  it('is reached once though it fails on the way', async () => {
    const way = door(greeting, transferred);
    const chat = chatWith({ door: way });
    await joins(chat);
    let left = 0;
    fault = (path) => (path === '/participant/disconnect' && ++left === 1 ? 'lost-answer' : undefined);
    const item = JSON.stringify(service.write('c1', 'a person'));
    await expect(brings(chat, item)).rejects.toThrow();
    await brings(chat, item);
    await writes(chat, 'still there?');
    expect(said().slice(2)).toEqual(["I'm putting you through."]);
    expect(new Set(way.sent.slice(1).map(({ id }) => id)).size).toBe(1);
  });

  it('of a turn that fails is a person', async () => {
    const chat = chatWith({ door: door(greeting, new Error('secret')) });
    await joins(chat);
    await writes(chat, 'hello');
    expect(said().slice(2)).toEqual([
      "I'm sorry, something went wrong on our side. I'm putting you through to somebody who can help.",
    ]);
    expect(service.attributes.get('c1')).toMatchObject({ parley_rest: 'failed', parley_failure: 'connect/failed' });
    expect(JSON.stringify(logged)).not.toContain('secret');
  });

  it('is told to the session where the caller leaves', async () => {
    const way = door(greeting, {
      session: 'c1',
      seq: 5,
      step: 'which',
      say: [],
      rest: 'end',
      end: { outcome: 'left' },
    });
    const chat = chatWith({ door: way });
    await joins(chat);
    const item = JSON.stringify(service.leave('c1'));
    await brings(chat, item);
    await brings(chat, item);
    expect(way.sent.slice(1)).toMatchObject([{ event: { type: 'caller.left' } }]);
    expect(said()).toHaveLength(2);
  });
});

it('a chat that goes on from one before begins a session, which is told what came of that one', async () => {
  const way = door(greeting, transferred, greeting, asking('code'));
  const chat = chatWith({ door: way, persistent: true });
  await joins(chat);
  await writes(chat, 'a person');
  service.startChat('c2', { related: 'c1' });
  await joins(chat, 'c2');
  expect(way.sent.at(-1)).toMatchObject({
    session: 'c2',
    event: {
      contact: {
        attributes: {
          parley_continued: 'c1',
          parley_continued_rest: 'transfer',
          parley_continued_queue: 'people',
          parley_continued_known_orderId: 'W1000001',
        },
      },
    },
  });
  // What was said in the contact before stands in the transcript of this one.
  await brings(chat, JSON.stringify(service.write('c2', 'hello again')));
  expect(way.sent.slice(3).map(({ event }) => event)).toEqual([{ type: 'caller.said', text: 'hello again' }]);
});
