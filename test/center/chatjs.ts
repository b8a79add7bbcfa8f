/// <reference types="amazon-connect-chatjs" />
import { createRequire } from 'node:module';
import { StartChatContactCommand, type StartChatContactRequest } from '@aws-sdk/client-connect';
import type { Center } from '@parley/center';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { connectClient } from './chat.ts';
import { Frames } from './frames.ts';

/** Sockets that were opened, to be lost. */
export const sockets: WebSocket[] = [];

class Watched extends WebSocket {
  constructor(url: string | URL) {
    super(url);
    sockets.push(this);
  }
}

/** Loads amazon-connect-chatjs, with what it expects of a browser, and has it use a center. Node has a navigator of its own from version 21 on. */
export function useChatJs({ endpoint }: Center): void {
  const navigator = { userAgent: 'Node' };
  Object.assign(globalThis, { window: globalThis, self: globalThis, WebSocket: Watched });
  if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator });
  createRequire(import.meta.url)('amazon-connect-chatjs');
  const config = {
    endpoint,
    region: 'us-east-1',
    webSocketManagerConfig: { isNetworkOnline: () => true },
    loggerConfig: { useDefaultLogger: false },
  };
  connect.ChatSession.setGlobalConfig(config);
}

export const said = z.looseObject({
  Id: z.string(),
  Content: z.string().optional(),
  ContentType: z.string(),
  DisplayName: z.string().optional(),
  ParticipantRole: z.string().optional(),
});
export type Said = z.output<typeof said>;

/** Opens a chat as a page does. */
export async function openSession(center: Center, workflow: string, more: Partial<StartChatContactRequest> = {}) {
  const begun = await connectClient(center).send(
    new StartChatContactCommand({
      InstanceId: center.instanceId,
      ContactFlowId: center.flowId(workflow),
      ParticipantDetails: { DisplayName: 'Luis' },
      ...more,
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
  const typing = new Frames<Said>();
  session.onTyping(({ data }) => typing.put(said.parse(data)));
  const connection = new Frames<'established' | 'lost'>();
  session.onConnectionEstablished(() => connection.put('established'));
  session.onConnectionLost(() => connection.put('lost'));
  const ended = new Promise<void>((resolve) => session.onEnded(() => resolve()));
  await session.connect();
  await connection.next((what) => what === 'established');
  return {
    session,
    messages,
    typing,
    ended,
    connection,
    contact: begun.ContactId ?? '',
    say: (message: string, contentType: connect.ChatMessageContentType = 'text/plain') =>
      session.sendMessage({ message, contentType }),
  };
}
