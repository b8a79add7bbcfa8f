import { once } from 'node:events';
import type { StartChatContactRequest } from '@aws-sdk/client-connect';
import { SendEventCommand } from '@aws-sdk/client-connectparticipant';
import { afterEach, describe, expect, it } from '@jest/globals';
import { manualClock } from '@parley/engine';
import { WebSocket } from 'ws';
import { type FromAgent, type ToAgent, toAgent } from '../../packages/center/src/desk/agents-messages.ts';
import { isEnd, openChat, participantClient } from './chat.ts';
import { Frames } from './frames.ts';
import { type Opened, openCenter } from './open.ts';

const PAGES = { host: 'embedded', decider: 'offline' };
let center: Opened;
afterEach(() => center.close());

interface Page {
  readonly frames: Frames<ToAgent>;
  tell(message: FromAgent): void;
  next<T extends ToAgent['type']>(type: T): Promise<Extract<ToAgent, { type: T }>>;
  close(): Promise<void>;
  /** The code that the socket is closed by. */
  readonly closed: Promise<number>;
}

async function agentPage(name: string, token = `${name}-token-of-an-agent`): Promise<Page> {
  const socket = new WebSocket(`ws://127.0.0.1:${center.port}/desk/agents?${new URLSearchParams({ token, name })}`);
  const frames = new Frames<ToAgent>();
  socket.on('message', (data) => frames.put(toAgent.parse(JSON.parse(String(data)))));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await once(socket, 'open');
  return {
    frames,
    closed,
    tell: (message) => socket.send(JSON.stringify(message)),
    async next(type) {
      const found = await frames.next((frame) => frame.type === type);
      if (!isA(found, type)) throw new Error('That is something else.');
      return found;
    },
    async close() {
      socket.close();
      await closed;
    },
  };
}

const isA = <T extends ToAgent['type']>(frame: ToAgent, type: T): frame is Extract<ToAgent, { type: T }> =>
  frame.type === type;

/** A chat that waits for a person in the queue `support`. */
async function waitingChat(more: Partial<StartChatContactRequest> = {}) {
  const chat = await openChat(center, 'support', more);
  await chat.frames.next(({ Content = '' }) => Content.endsWith('today?'));
  const waits = new Promise<void>((resolve) => void center.queues.watch(resolve));
  await chat.say('I want to talk to a human');
  await chat.heard();
  await waits;
  return chat;
}

const waiting = () => center.queues.all.flatMap((queue) => center.queues.waiting(queue).map(({ contact }) => contact));

describe('the socket of agents', () => {
  it('tells who waits, gives the brief and what was said to who takes it, and says their words once', async () => {
    center = await openCenter(['support'], { pages: PAGES });
    const ana = await agentPage('Ana');
    expect((await ana.next('desk')).queues).toMatchObject([{ name: 'support', waiting: [] }]);
    expect((await ana.next('contacts')).contacts).toEqual([]);
    const chat = await waitingChat();
    const told = await ana.frames.next((frame) => frame.type === 'desk' && frame.queues[0]?.waiting.length === 1);
    expect(told).toMatchObject({
      queues: [
        {
          waiting: [
            { contact: chat.contact, channel: 'CHAT', identity: 'none', summary: 'Orders, returns and refunds' },
          ],
        },
      ],
    });
    ana.tell({ type: 'take', contact: chat.contact });
    const { contact } = await ana.next('contact');
    expect(contact).toMatchObject({
      contact: chat.contact,
      queue: 'support',
      attributes: { parley_from: 'need', parley_identity: 'none' },
      joined: true,
    });
    expect(contact.lines.map(({ by, text }) => [by, text])).toContainEqual(['caller', 'I want to talk to a human']);

    for (const draft of ['1', '1', '2'])
      ana.tell({ type: 'say', contact: chat.contact, draft, text: `Words ${draft}` });
    const isAgents = ({ ParticipantRole, Type }: { ParticipantRole?: string | undefined; Type: string }) =>
      ParticipantRole === 'AGENT' && Type === 'MESSAGE';
    expect((await chat.frames.next(isAgents)).Content).toBe('Words 1');
    expect((await chat.frames.next(isAgents)).Content).toBe('Words 2');
    expect((await ana.next('line')).line).toMatchObject({ by: 'agent', text: 'Words 1', draft: '1' });
    await chat.say('Thanks');
    expect(await ana.frames.next((frame) => frame.type === 'line' && frame.line.by === 'caller')).toMatchObject({
      line: { text: 'Thanks', name: 'Luis' },
    });
    await chat.frames.next(({ ContentType }) => ContentType.endsWith('message.delivered'));
    ana.tell({ type: 'typing', contact: chat.contact });
    await chat.frames.next(({ ContentType }) => ContentType.endsWith('.typing'));
    ana.tell({ type: 'end', contact: chat.contact });
    expect(await ana.next('over')).toMatchObject({ reason: 'AGENT_DISCONNECT' });
    ana.tell({ type: 'close', contact: chat.contact });
    await ana.next('gone');
  });

  it('gives a contact to one of two agents who take it at once', async () => {
    center = await openCenter(['support'], { pages: PAGES });
    const chat = await waitingChat();
    const pages = [await agentPage('Ana'), await agentPage('Ben')];
    for (const page of pages) page.tell({ type: 'take', contact: chat.contact });
    const answers = await Promise.all(
      pages.map(({ frames }) => frames.next(({ type }) => type === 'contact' || type === 'refused')),
    );
    expect(answers.map(({ type }) => type).sort()).toEqual(['contact', 'refused']);
  });

  it('keeps the contacts of an agent over a reload, and puts them first in their queue when the agent stays away', async () => {
    const clock = manualClock(Date.UTC(2026, 10, 24));
    center = await openCenter(['support'], { pages: PAGES, clock });
    const first = await waitingChat();
    const second = await waitingChat();
    const ana = await agentPage('Ana');
    ana.tell({ type: 'take', contact: first.contact });
    await ana.next('contact');
    await ana.close();
    await clock.advance(59_000);
    const again = await agentPage('Ana');
    expect((await again.next('contacts')).contacts).toMatchObject([{ contact: first.contact }]);
    // Nothing comes of the time before.
    await clock.advance(59_000);
    again.tell({ type: 'say', contact: first.contact, draft: '1', text: 'Still here.' });
    await first.frames.next(({ Content }) => Content === 'Still here.');
    await again.close();
    // The socket's end is known here before it is there.
    const ben = await agentPage('Ben');
    await ben.next('contacts');
    await clock.advance(60_000);
    expect(waiting()).toEqual([first.contact, second.contact]);
    expect(center.contacts.find(first.contact)?.stage).toBe('queue');
    ben.tell({ type: 'take', contact: first.contact });
    expect((await ben.next('contact')).contact.lines.map(({ text }) => text)).toContain('Still here.');
  });

  it('leaves a contact to another queue, which must have a place, and goes with none', async () => {
    center = await openCenter(['support'], { pages: PAGES, queues: { full: { capacity: 0 }, returns: {} } });
    const chat = await waitingChat();
    const ana = await agentPage('Ana');
    const { queues } = await ana.next('desk');
    const idOf = (name: string) => queues.find((queue) => queue.name === name)?.id ?? '';
    ana.tell({ type: 'take', contact: chat.contact });
    ana.tell({ type: 'transfer', contact: chat.contact, queue: idOf('full') });
    expect(await ana.next('refused')).toMatchObject({ why: 'full' });
    ana.tell({ type: 'transfer', contact: chat.contact, queue: idOf('returns') });
    await ana.next('gone');
    const moved = await ana.frames.next((frame) => frame.type === 'desk' && waiting().length === 1);
    expect(moved).toMatchObject({
      queues: expect.arrayContaining([
        expect.objectContaining({ name: 'returns', waiting: [expect.objectContaining({ contact: chat.contact })] }),
      ]),
    });
    ana.tell({ type: 'take', contact: chat.contact });
    await ana.next('contact');
    ana.tell({ type: 'leave' });
    await ana.next('gone');
    expect(waiting()).toEqual([chat.contact]);
  });

  it('lets an agent leave from all of their pages, none of which takes anything any more', async () => {
    center = await openCenter(['support'], { pages: PAGES });
    const chat = await waitingChat();
    const [one, other] = [await agentPage('Ana'), await agentPage('Ana')];
    one.tell({ type: 'leave' });
    one.tell({ type: 'take', contact: chat.contact });
    expect(await other.closed).toBe(4404);
    expect(await one.closed).toBe(4404);
    expect(waiting()).toEqual([chat.contact]);
  });

  it('tells how far words have come, and says of the caller that they have come only to a page that is there', async () => {
    center = await openCenter(['support'], { pages: PAGES });
    const chat = await waitingChat();
    const ana = await agentPage('Ana');
    ana.tell({ type: 'take', contact: chat.contact });
    await ana.next('contact');
    ana.tell({ type: 'say', contact: chat.contact, draft: '1', text: 'Ana here.' });
    const { id } = (await ana.next('line')).line;
    for (const kind of ['read', 'delivered'])
      await participantClient(center).send(
        new SendEventCommand({
          ConnectionToken: chat.connectionToken,
          ContentType: `application/vnd.amazonaws.connect.event.message.${kind}`,
          Content: JSON.stringify({ messageId: id }),
        }),
      );
    expect(await ana.next('receipt')).toMatchObject({ message: id, receipt: 'read' });
    // What is open is not put away.
    ana.tell({ type: 'close', contact: chat.contact });
    await ana.close();
    await chat.say('Are you there?');
    const again = await agentPage('Ana');
    const [contact] = (await again.next('contacts')).contacts;
    expect(contact).toMatchObject({ contact: chat.contact, receipts: { [id]: 'read' } });
    expect(contact?.lines.at(-1)?.text).toBe('Are you there?');
    await chat.say('Hello?');
    await again.frames.next((frame) => frame.type === 'line' && frame.line.text === 'Hello?');
    again.tell({ type: 'end', contact: chat.contact });
    await again.next('over');
    await chat.frames.next(isEnd);
    const delivered = chat.frames.all.filter(({ ContentType }) => ContentType.endsWith('message.delivered'));
    // The caller's own receipt comes to them as well, and that of the last words.
    expect(delivered).toHaveLength(2);
    again.tell({ type: 'transfer', contact: chat.contact, queue: center.queues.all[0]?.id ?? '' });
    again.tell({ type: 'close', contact: chat.contact });
    await again.next('gone');
    expect([...ana.frames.all, ...again.frames.all].map(({ type }) => type)).not.toContain('refused');
  });

  it('shows what was said in the chat that this one goes on from', async () => {
    center = await openCenter(['support'], { pages: PAGES });
    const before = await openChat(center, 'support');
    await before.frames.next(({ Content = '' }) => Content.endsWith('today?'));
    await before.say('Just looking, goodbye');
    center.contacts.find(before.contact)?.end('CUSTOMER_DISCONNECT');
    const chat = await waitingChat({
      PersistentChat: { RehydrationType: 'ENTIRE_PAST_SESSION', SourceContactId: before.contact },
    });
    const ana = await agentPage('Ana');
    ana.tell({ type: 'take', contact: chat.contact });
    const { lines } = (await ana.next('contact')).contact;
    const said = lines.filter(({ by }) => by === 'caller').map(({ text }) => text);
    expect(said).toEqual(['Just looking, goodbye', 'I want to talk to a human']);
  });

  it('tells when the caller leaves, and rings for who asked to be called back', async () => {
    center = await openCenter(['support'], { pages: PAGES, queues: { support: { capacity: 0 } } });
    center.queues.askBack({ queue: 'support', number: '+12025550199', contact: 'before', due: 0 });
    const ana = await agentPage('Ana');
    expect((await ana.next('desk')).callbacks).toMatchObject([{ number: '+12025550199' }]);
    ana.tell({ type: 'call back', contact: 'before' });
    const { contact } = await ana.next('contact');
    expect(contact).toMatchObject({ channel: 'VOICE', name: '+12025550199', joined: false });
    expect(center.queues.callbacks).toEqual([]);
    const phone = center.pickUp(contact.contact);
    await ana.next('joined');
    const heard = new Frames<string>();
    phone?.hear((sound) => {
      if (sound.type === 'words') heard.put(sound.content);
    });
    ana.tell({ type: 'say', contact: contact.contact, draft: '1', text: 'You asked us to call.' });
    expect(await heard.next(() => true)).toBe('You asked us to call.');
    phone?.say('Yes, thank you');
    await ana.frames.next((frame) => frame.type === 'line' && frame.line.text === 'Yes, thank you');
    phone?.hangUp();
    expect(await ana.next('over')).toMatchObject({ reason: 'CUSTOMER_DISCONNECT' });
  });

  it('refuses who has no name or token, or says what can not be read', async () => {
    center = await openCenter(['support'], { pages: PAGES });
    const socket = new WebSocket(`ws://127.0.0.1:${center.port}/desk/agents?token=short&name=Ana`);
    expect(await once(socket, 'close')).toEqual([4400, expect.anything()]);
  });
});
