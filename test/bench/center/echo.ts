import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Place } from './messages.ts';

const message = z.object({ Content: z.string() });

/**
 * The yardstick: as little as the clients take for a chat. Whatever is sent is pushed back as the bot's words; nothing is checked or kept
 * but the socket of each chat.
 */
export async function startEcho(): Promise<{ readonly place: Place; close(): void }> {
  const sockets = new Map<string, WebSocket>();
  const socketServer = new WebSocketServer({ noServer: true });
  let port = 0;
  const answer = (method: string, url: string, chat: string, body: string): object => {
    if (method === 'PUT') {
      const id = randomUUID();
      return { ContactId: id, ParticipantId: id, ParticipantToken: id };
    }
    if (url.endsWith('/connection'))
      return {
        Websocket: { Url: `ws://127.0.0.1:${port}/${chat}`, ConnectionExpiry: new Date().toISOString() },
        ConnectionCredentials: { ConnectionToken: chat, Expiry: new Date().toISOString() },
      };
    const item = {
      Id: randomUUID(),
      Type: 'MESSAGE',
      ContentType: 'text/plain',
      AbsoluteTime: new Date().toISOString(),
      DisplayName: 'BOT',
      ContactId: chat,
      Content: message.parse(JSON.parse(body)).Content,
    };
    sockets.get(chat)?.send(JSON.stringify({ topic: 'aws/chat', content: JSON.stringify(item) }));
    return { Id: item.Id, AbsoluteTime: item.AbsoluteTime };
  };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const chat = String(request.headers['x-amz-bearer'] ?? '');
      const body = answer(request.method ?? '', request.url ?? '', chat, Buffer.concat(parts).toString('utf8'));
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  server.keepAliveTimeout = 65_000;
  server.on('upgrade', (request, socket, head) => {
    socketServer.handleUpgrade(request, socket, head, (opened) => {
      sockets.set((request.url ?? '').slice(1), opened);
      opened.on('message', () => opened.send(JSON.stringify({ topic: 'aws/subscribe', content: {} })));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  port = typeof address === 'object' && address ? address.port : 0;
  return {
    place: { endpoint: `http://127.0.0.1:${port}`, instanceId: 'echo', flow: 'echo' },
    close: () => {
      for (const socket of sockets.values()) socket.terminate();
      server.close();
      server.closeAllConnections();
    },
  };
}
