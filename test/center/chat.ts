import { ConnectClient, StartChatContactCommand, type StartChatContactRequest } from '@aws-sdk/client-connect';
import {
  ConnectParticipantClient,
  CreateParticipantConnectionCommand,
  SendMessageCommand,
} from '@aws-sdk/client-connectparticipant';
import type { Center } from '@parley/center';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { Frames } from './frames.ts';

const region = 'us-east-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** What a client has to know of a contact center. */
export type Reached = Pick<Center, 'endpoint' | 'instanceId' | 'flowId'>;

export const connectClient = ({ endpoint }: Pick<Center, 'endpoint'>) =>
  new ConnectClient({ endpoint, region, credentials, maxAttempts: 1 });
export const participantClient = ({ endpoint }: Pick<Center, 'endpoint'>) =>
  new ConnectParticipantClient({ endpoint, region, credentials, maxAttempts: 1 });

/** A frame of the socket that holds an item of the chat. */
const pushed = z.object({ topic: z.literal('aws/chat'), content: z.string() });
const item = z.looseObject({
  Id: z.string(),
  Type: z.string(),
  ContentType: z.string(),
  Content: z.string().optional(),
  ParticipantRole: z.string().optional(),
  DisplayName: z.string().optional(),
  ContactId: z.string(),
});

export type PushedItem = z.output<typeof item>;

/** A customer who chats through the SDK's clients and a socket of their own. */
export interface Chat {
  readonly contact: string;
  readonly participantToken: string;
  connectionToken: string;
  readonly frames: Frames<PushedItem>;
  say(text: string): Promise<void>;
  /** The next words of the bot, or the chat's end. */
  heard(): Promise<string>;
  /** Loses the socket. */
  drop(): void;
  /** Connects again, with a new socket. */
  connect(): Promise<void>;
  /** Closes the page, with its connections. */
  close(): void;
}

export async function openChat(
  center: Reached,
  workflow: string,
  more: Partial<StartChatContactRequest> = {},
): Promise<Chat> {
  const people = participantClient(center);
  const connect = connectClient(center);
  const begun = await connect.send(
    new StartChatContactCommand({
      InstanceId: center.instanceId,
      ContactFlowId: center.flowId(workflow),
      ParticipantDetails: { DisplayName: 'Luis' },
      ...more,
    }),
  );
  connect.destroy();
  let socket: WebSocket | undefined;
  const frames = new Frames<PushedItem>();
  const chat: Chat = {
    contact: begun.ContactId ?? '',
    participantToken: begun.ParticipantToken ?? '',
    connectionToken: '',
    frames,
    async say(text) {
      const { connectionToken: ConnectionToken } = chat;
      await people.send(new SendMessageCommand({ ConnectionToken, ContentType: 'text/plain', Content: text }));
    },
    async heard() {
      const found = await frames.next((frame) => isBot(frame) || isEnd(frame));
      return isEnd(found) ? '(ended)' : (found.Content ?? '');
    },
    drop: () => socket?.terminate(),
    close() {
      socket?.terminate();
      people.destroy();
    },
    async connect() {
      const connection = await people.send(
        new CreateParticipantConnectionCommand({
          ParticipantToken: chat.participantToken,
          Type: ['WEBSOCKET', 'CONNECTION_CREDENTIALS'],
        }),
      );
      chat.connectionToken = connection.ConnectionCredentials?.ConnectionToken ?? '';
      const opened = new WebSocket(connection.Websocket?.Url ?? '');
      socket = opened;
      await new Promise((resolve, reject) => opened.once('open', resolve).once('error', reject));
      const subscribed = new Promise<void>((resolve) => {
        opened.on('message', (data) => {
          const frame: unknown = JSON.parse(String(data));
          const read = pushed.safeParse(frame);
          if (read.success) frames.put(item.parse(JSON.parse(read.data.content)));
          else resolve();
        });
      });
      opened.send(JSON.stringify({ topic: 'aws/subscribe', content: { topics: ['aws/chat'] } }));
      await subscribed;
    },
  };
  await chat.connect();
  return chat;
}

/** Words of the bot of Lex, or of one that takes part in the chat. */
export const isBot = ({ Type, DisplayName, ParticipantRole }: PushedItem) =>
  Type === 'MESSAGE' && (DisplayName === 'BOT' || ParticipantRole === 'CUSTOM_BOT');
export const isEnd = ({ ContentType }: PushedItem) => ContentType.endsWith('.chat.ended');
