import { DescribeContactCommand } from '@aws-sdk/client-connect';
import { GetTranscriptCommand, SendMessageCommand } from '@aws-sdk/client-connectparticipant';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Center, embed, type Sound, startCenter } from '@parley/center';
import { offlineDecider } from '@parley/deciders';
import { type Decider, manualClock } from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { sourceOf } from '@parley/workflow';
import { desk, deskTools, gate, literally } from '../engine/desk.ts';
import { type Chat, connectClient, isEnd, openChat, type PushedItem, participantClient } from './chat.ts';
import { openSession, useChatJs } from './chatjs.ts';
import { Frames } from './frames.ts';
import { openCenter } from './open.ts';
import { runningClock } from './running-clock.ts';

const MESSAGE = 'application/vnd.amazonaws.connect.message.interactive';
const RESPONSE = `${MESSAGE}.response`;
const TYPES = { SupportedMessagingContentTypes: ['text/plain', MESSAGE, RESPONSE] };
const START = Date.UTC(2026, 10, 24, 15, 30);
const HOUR = 3_600_000;
const flow = { chat: 'bot' } as const;
/** One for all: it takes a while to load. */
const decider = offlineDecider();
/** What is open, to be closed again. */
const open: { close(): Promise<void> }[] = [];
const opened = <T extends { close(): Promise<void> }>(what: T): T => {
  open.unshift(what);
  return what;
};
afterEach(async () => {
  for (const what of open.splice(0)) await what.close();
});

const holds = (words: string) => (item: { readonly Content?: string | undefined }) =>
  (item.Content ?? '').includes(words);
const event = (name: string, role: string) => (item: PushedItem) =>
  item.ContentType.endsWith(`.${name}`) && item.ParticipantRole === role;
/** A response as a client writes it that picks one element of an interactive message. */
const picking = (title: string) =>
  JSON.stringify({ version: '1.0', templateType: 'ListPicker', data: { selectedElements: [{ title }] } });
const templateOf = ({ Content = '' }: { readonly Content?: string | undefined }): unknown => JSON.parse(Content);

/** Says lines one after the other, each when the words before it have come. */
async function converse(chat: Chat, lines: readonly (readonly [wanted: string, line: string])[]): Promise<void> {
  for (const [wanted, line] of lines) {
    await chat.frames.next(holds(wanted));
    await chat.say(line);
  }
}

const respond = (center: Center, { connectionToken }: Chat, content: string) =>
  participantClient(center).send(
    new SendMessageCommand({ ConnectionToken: connectionToken, ContentType: RESPONSE, Content: content }),
  );

/** Resolves once the contact waits for a person. */
function inQueue({ contacts, queues }: Center, contact: string): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (contacts.find(contact)?.stage !== 'queue') return;
      forget();
      resolve();
    };
    const forget = queues.watch(look);
    look();
  });
}

describe('a chat that a bot leads', () => {
  it('by amazon-connect-chatjs: typing is seen, an answer is picked, and a person comes when the bot has left', async () => {
    const center = opened(await openCenter(['support'], { flow, decider }));
    useChatJs(center);
    const { messages, typing, say, ended, contact } = await openSession(center, 'support', TYPES);
    await messages.next(holds('What can I do for you today?'));
    await say('please cancel order W1000001, my e-mail is maya.chen@example.com');
    await messages.next(holds('code'));
    expect((await typing.next(() => true)).ParticipantRole).toBe('CUSTOM_BOT');
    await say('424242');
    const asked = await messages.next(({ ContentType }) => ContentType === MESSAGE);
    expect(templateOf(asked)).toMatchObject({
      templateType: 'QuickReply',
      data: { content: { elements: [{ title: 'Yes' }, { title: 'No' }] } },
    });
    await say(picking('Yes'), RESPONSE);
    await messages.next(holds('anything else'));
    await say('I want to talk to a human');
    await messages.next(holds('colleague'));
    await inQueue(center, contact);
    const inIt = [...(center.contacts.find(contact)?.participants.values() ?? [])];
    expect(inIt.map(({ role }) => role)).toEqual(['CUSTOMER']);
    const [waiting] = center.queues.all.flatMap((queue) => center.queues.waiting(queue));
    expect(waiting?.brief).toMatch(/Done: .*orders\.cancel/);

    const agent = center.queues.take(contact, 'Ana');
    const heard = new Frames<{ readonly Content?: string | undefined }>();
    agent?.hear((item) => heard.put(item));
    agent?.say('Ana here.');
    await messages.next(({ ParticipantRole }) => ParticipantRole === 'AGENT');
    await say('My lamp is broken');
    await heard.next(holds('My lamp is broken'));
    agent?.end();
    await ended;
    // The bot takes no part in it any more.
    const before = messages.all.findIndex(({ ParticipantRole }) => ParticipantRole === 'AGENT');
    expect(messages.all.slice(before).map(({ ParticipantRole }) => ParticipantRole)).not.toContain('CUSTOM_BOT');
  });

  it('goes on after a reload in the middle, to its end', async () => {
    const center = opened(await openCenter(['support'], { flow, decider }));
    const chat = await openChat(center, 'support', TYPES);
    await converse(chat, [
      ['What can I do', 'Hi, where is my package?'],
      ['e-mail address', 'luis.ortega@example.com'],
    ]);
    await chat.frames.next(holds('order number'));
    chat.drop();
    await chat.connect();
    const { Transcript = [] } = await participantClient(center).send(
      new GetTranscriptCommand({ ConnectionToken: chat.connectionToken, MaxResults: 100, SortOrder: 'ASCENDING' }),
    );
    expect(Transcript.map(({ Id }) => Id)).toEqual(
      chat.frames.all.filter(({ ContentType }) => !ContentType.endsWith('typing')).map(({ Id }) => Id),
    );
    await chat.say('W1000004');
    await converse(chat, [['anything else', "no, that's all, thanks"]]);
    await chat.frames.next(holds('Goodbye'));
    await chat.frames.next(event('participant.left', 'CUSTOM_BOT'));
    await chat.frames.next(isEnd);
    const { Contact } = await connectClient(center).send(
      new DescribeContactCommand({ InstanceId: center.instanceId, ContactId: chat.contact }),
    );
    expect(Contact).toMatchObject({
      DisconnectReason: 'CONTACT_FLOW_DISCONNECT',
      Attributes: { parley_rest: 'end', parley_session: chat.contact },
    });
  });

  it('of healthcare-intake goes to its end, with answers picked from a list', async () => {
    const center = opened(await openCenter(['healthcare-intake'], { flow, decider, clock: runningClock(START) }));
    const chat = await openChat(center, 'healthcare-intake', TYPES);
    await converse(chat, [
      ['May I record', 'ok'],
      ['What can I do', 'I have an earache and would like an appointment'],
      ['been to Cedar Clinic', 'yes'],
      ['first and last name', 'Aaliyah Brooks'],
      ['date of birth', 'November 2, 1996'],
      ["What's the six-digit code", '424242'],
      ['Is that all right', 'yes'],
      ['How long', 'three days'],
      ['How bad', 'six'],
    ]);
    const course = await chat.frames.next(({ ContentType }) => ContentType === MESSAGE);
    expect(templateOf(course)).toMatchObject({
      templateType: 'ListPicker',
      data: { content: { elements: [{ title: 'Better' }, { title: 'Same' }, { title: 'Worse' }] } },
    });
    await respond(center, chat, picking('Same'));
    await converse(chat, [
      ['anything else, such as', 'no'],
      ['Which medicines', 'no'],
      ['allergic', 'no'],
      ['Do you have insurance', 'Saguaro Health'],
      ['member ID', "I don't have my card"],
      ['suit you', 'tomorrow afternoon'],
      ['Which would you like', 'the first one'],
    ]);
    await chat.frames.next(({ ContentType }) => ContentType === MESSAGE);
    await respond(center, chat, picking('Yes'));
    await converse(chat, [['anything else', 'no']]);
    await chat.frames.next(isEnd);
  });

  it('of supply-chain has a composed answer in parts, as it is written', async () => {
    const written = gate();
    const composing: Decider = {
      name: 'writer',
      decide: (question) => decider.decide(question),
      async compose({ onText }) {
        onText?.("I'm sorry, the goods are late because of bad weather. They");
        await written.opened;
        return { text: "I'm sorry, the goods are late because of bad weather. They are in Cheyenne." };
      },
    };
    const center = opened(await openCenter(['supply-chain'], { flow, decider: composing, clock: runningClock(START) }));
    const chat = await openChat(center, 'supply-chain', TYPES);
    await converse(chat, [['What can I', 'where is my shipment S2000004, ZIP 97209?']]);
    await chat.frames.next(holds('bad weather'));
    expect(chat.frames.all.filter(holds('Cheyenne'))).toEqual([]);
    written.open();
    await chat.frames.next(holds('Cheyenne'));
    await converse(chat, [['anything else', 'no thanks']]);
    await chat.frames.next(isEnd);
    // What was said early is not said again.
    expect(chat.frames.all.filter(holds('bad weather'))).toHaveLength(1);
  });

  it('of supply-chain is told what comes hours later, though the customer writes nothing', async () => {
    const clock = runningClock(START);
    const center = opened(await openCenter(['supply-chain'], { flow, decider, clock }));
    const asked: readonly (readonly [string, string])[] = [
      ['What can I', 'where is S2000005, 97209'],
      ['Shall I ask', 'yes'],
    ];
    const [told, untold] = [await openChat(center, 'supply-chain'), await openChat(center, 'supply-chain')];
    for (const chat of [told, untold]) {
      await converse(chat, asked);
      await chat.frames.next(holds('trace number'));
    }
    const answer = { found: 'moving', place: 'Boise', day: '2026-11-27' };
    await center.signal('supply-chain', told.contact, { name: 'carrier_called', data: answer });
    await told.frames.next(holds('has called back'));
    await converse(told, [['anything else', 'no, thank you']]);
    await told.frames.next(isEnd);
    clock.skip(4 * HOUR);
    await untold.frames.next(holds('has not called back in time'));
    await inQueue(center, untold.contact);
  });

  it('goes on in a new contact, whose session is told what came of the one before', async () => {
    const center = opened(await openCenter(['support'], { flow, decider }));
    const before = await openChat(center, 'support');
    await converse(before, [
      ['What can I do', 'I want to talk to a human'],
      ['colleague', 'thanks'],
    ]);
    await inQueue(center, before.contact);
    const agent = center.queues.take(before.contact, 'Ana');
    agent?.end();
    await before.frames.next(isEnd);
    const now = await openChat(center, 'support', {
      PersistentChat: { RehydrationType: 'ENTIRE_PAST_SESSION', SourceContactId: before.contact },
    });
    await now.frames.next(holds('What can I do'));
    const [started] = await center.store('support').events(now.contact);
    expect(started?.data['contact']).toMatchObject({
      id: now.contact,
      attributes: {
        parley_continued: before.contact,
        parley_continued_rest: 'transfer',
        parley_continued_queue: 'support',
      },
    });
    // The page has what was said before; the bot has not taken it again.
    const { Transcript = [] } = await participantClient(center).send(
      new GetTranscriptCommand({ ConnectionToken: now.connectionToken, MaxResults: 100, SortOrder: 'ASCENDING' }),
    );
    const said = Transcript.find(({ Content }) => Content === 'I want to talk to a human');
    expect([said?.ContactId, said?.RelatedContactId]).toEqual([undefined, before.contact]);
    const types = (await center.store('support').events(now.contact)).map(({ type }) => type);
    expect(types).not.toContain('caller.said');
  });

  it('has times put as a time picker, and one picked in the way of a page', async () => {
    const source = sourceOf(BOOKINGS);
    const { engine, workflow } = embed({ name: 'bookings', source, tools: {}, decider, flow });
    opened(engine);
    const center = opened(await startCenter({ workflows: [workflow] }));
    const chat = await openChat(center, 'bookings', TYPES);
    const picker = await chat.frames.next(({ ContentType }) => ContentType === MESSAGE);
    expect(templateOf(picker)).toMatchObject({
      templateType: 'TimePicker',
      data: { content: { timeslots: [{ date: '2030-01-02T09:00-05:00' }, { date: '2030-01-02T10:30-05:00' }] } },
    });
    // Connect's own page writes the time as a text, and in UTC where it shifts it.
    await chat.say('2030-01-02T15:30:00.00+00:00');
    await chat.frames.next(holds('You come at 2030-01-02T10:30-05:00.'));
    await chat.frames.next(isEnd);
  });

  it('puts its questions in words where the page has not said that it takes interactive messages', async () => {
    const { engine, workflow } = embed({ name: 'bookings', source: sourceOf(BOOKINGS), tools: {}, decider, flow });
    opened(engine);
    const center = opened(await startCenter({ workflows: [workflow] }));
    const chat = await openChat(center, 'bookings');
    expect((await chat.frames.next(holds('When would suit you?'))).ContentType).toBe('text/plain');
  });
});

it('a call to the same workflow goes through Lex, and what came of slow work waits for its next event', async () => {
  const clock = manualClock(START);
  const { open: done, opened: isDone } = gate();
  const { engine, workflow } = embed({
    name: 'desk',
    source: desk,
    store: memoryStore(),
    tools: deskTools({ get: () => isDone.then(() => 'shipped') }),
    decider: { name: 'literal', decide: async (question) => literally(question) },
    clock,
    flow,
  });
  opened(engine);
  const center = opened(await startCenter({ workflows: [workflow], clock }));
  const phone = center.call('desk', '+12025550123');
  const sounds = new Frames<Sound>();
  phone.hear((sound) => sounds.put(sound));
  const listens = () => sounds.next(({ type }) => type === 'listening');
  const words = (text: string) => (sound: Sound) => sound.type === 'words' && sound.content.includes(text);
  await listens();
  phone.say('track');
  await listens();
  phone.say('orderId=W1234567');
  const filler = sounds.next(words('One moment'));
  await clock.advance(2_000);
  await filler;
  done();
  await clock.advance(0);
  phone.silent();
  await sounds.next(words('It is shipped.'));
});

it('what is picked in a chat through Lex reaches it in words', async () => {
  const center = opened(await openCenter(['support'], { decider }));
  const chat = await openChat(center, 'support', TYPES);
  await chat.frames.next(holds('What can I do for you today?'));
  await respond(center, chat, picking('Where is my package?'));
  await chat.frames.next(holds('e-mail address'));
  const said = (await center.store('support').events(chat.contact)).filter(({ type }) => type === 'caller.said');
  expect(said.map(({ data }) => data['text'])).toEqual(['Where is my package?']);
});

const BOOKINGS = `
workflow: bookings
title: Bookings
otherwise: person
variables:
  slot:
    type: choice
    values: ['2030-01-02T09:00-05:00', '2030-01-02T10:30-05:00']
    ask: When would suit you?
steps:
  which: { form: [slot], then: bye }
  bye: { end: 'You come at {{ $slot }}.' }
  person: { transfer: { queue: people } }
`;
