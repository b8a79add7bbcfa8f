/// <reference types="amazon-connect-chatjs" />
import { createRequire } from 'node:module';
import { StartChatContactCommand } from '@aws-sdk/client-connect';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { connectClient } from './chat.ts';
import { Frames } from './frames.ts';
import { type Opened, openCenter } from './open.ts';

/** Sockets that were opened, to be lost. */
const sockets: WebSocket[] = [];

class Watched extends WebSocket {
  constructor(url: string | URL) {
    super(url);
    sockets.push(this);
  }
}

let center: Opened;
beforeAll(async () => {
  center = await openCenter(['support']);
  // What the library expects of a browser; Node has a navigator of its own from version 21 on.
  const navigator = { userAgent: 'Node' };
  Object.assign(globalThis, { window: globalThis, self: globalThis, WebSocket: Watched });
  if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator });
  createRequire(import.meta.url)('amazon-connect-chatjs');
  const config = {
    endpoint: center.endpoint,
    region: 'us-east-1',
    webSocketManagerConfig: { isNetworkOnline: () => true },
    loggerConfig: { useDefaultLogger: false },
  };
  connect.ChatSession.setGlobalConfig(config);
});
afterAll(async () => {
  await center.close();
});

const said = z.looseObject({
  Id: z.string(),
  Content: z.string().optional(),
  ContentType: z.string(),
  DisplayName: z.string().optional(),
  ParticipantRole: z.string().optional(),
});
const transcript = z.looseObject({ Transcript: z.array(said) });
type Said = z.output<typeof said>;

/** Opens a chat as a page does. */
async function openSession() {
  const begun = await connectClient(center).send(
    new StartChatContactCommand({
      InstanceId: center.instanceId,
      ContactFlowId: center.flowId('support'),
      ParticipantDetails: { DisplayName: 'Luis' },
    }),
  );
  const session = connect.ChatSession.create({
    chatDetails: {
      contactId: begun.ContactId ?? '',
      participantId: begun.ParticipantId ?? '',
      participantToken: begun.ParticipantToken ?? '',
    },
    options: { region: 'us-east-1' },
    type: 'CUSTOMER',
    disableCSM: true,
  });
  const messages = new Frames<Said>();
  session.onMessage(({ data }) => messages.put(said.parse(data)));
  const connection = new Frames<'established' | 'lost'>();
  session.onConnectionEstablished(() => connection.put('established'));
  session.onConnectionLost(() => connection.put('lost'));
  const ended = new Promise<void>((resolve) => session.onEnded(() => resolve()));
  await session.connect();
  await connection.next((what) => what === 'established');
  return { session, messages, ended, connection, contact: begun.ContactId ?? '' };
}

const say = (session: connect.CustomerChatSession, message: string) =>
  session.sendMessage({ message, contentType: 'text/plain' });
const byBot = ({ DisplayName }: Said) => DisplayName === 'BOT';

describe('amazon-connect-chatjs', () => {
  it('has a whole contact of the support workflow, to its end', async () => {
    const { session, messages, ended } = await openSession();
    await messages.next(({ Content = '' }) => Content.endsWith('What can I do for you today?'));
    await say(session, 'Hi, where is my package?');
    expect((await messages.next(byBot)).Content).toMatch(/e-mail address/);
    await say(session, 'luis.ortega@example.com');
    expect((await messages.next(byBot)).Content).toMatch(/order number/);
    await say(session, 'W1000004');
    expect((await messages.next(byBot)).Content).toMatch(/on its way with UPS/);
    expect((await messages.next(byBot)).Content).toMatch(/anything else/);
    await say(session, "no, that's all, thanks");
    expect((await messages.next(byBot)).Content).toMatch(/Goodbye/);
    await ended;
  });

  it('goes on after its connection was lost in the middle', async () => {
    const { session, messages, connection, ended, contact } = await openSession();
    await messages.next(({ Content = '' }) => Content.endsWith('What can I do for you today?'));
    await say(session, 'Hi, where is my package?');
    await messages.next(byBot);
    sockets.at(-1)?.terminate();
    await connection.next((what) => what === 'lost');
    await connection.next((what) => what === 'established');
    await say(session, 'luis.ortega@example.com');
    expect((await messages.next(byBot)).Content).toMatch(/order number/);
    const { data } = await session.getTranscript({ maxResults: 100, sortOrder: 'ASCENDING' });
    const lines = transcript.parse(data).Transcript.filter(({ Content }) => Content !== undefined);
    expect(lines.filter(({ ParticipantRole }) => ParticipantRole === 'CUSTOMER').map(({ Content }) => Content)).toEqual(
      ['Hi, where is my package?', 'luis.ortega@example.com'],
    );
    await session.disconnectParticipant();
    await ended;
    expect(center.contacts.find(contact)?.ended?.reason).toBe('CUSTOMER_DISCONNECT');
  });
});
