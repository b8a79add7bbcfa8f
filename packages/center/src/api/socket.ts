import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Contacts, Seat } from '../contacts.ts';
import { fromJson } from '../json.ts';
import { send } from './send.ts';

const CHAT = 'aws/chat';
const frame = z.object({
  topic: z.string(),
  content: z
    .object({ topics: z.array(z.string()).default([]) })
    .optional()
    .catch(undefined),
});

/** The sockets that chats are pushed on, as the real clients use them: topics that are subscribed to, a heartbeat, a ping. */
export class Sockets {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  readonly #contacts: Contacts;

  constructor(contacts: Contacts) {
    this.#contacts = contacts;
  }

  /** Takes a connection whose address holds a ticket; false where it holds none. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, ticket: string): boolean {
    const seat = this.#contacts.listensAs(ticket);
    if (!seat) return false;
    this.#server.handleUpgrade(request, socket, head, (opened) => this.#serve(opened, seat));
    return true;
  }

  close(): void {
    for (const open of this.#server.clients) open.terminate();
    this.#server.close();
  }

  #serve(socket: WebSocket, seat: Seat): void {
    let forget: (() => void) | undefined;
    const tell = (message: object) => send(socket, message);
    socket.on('message', (data) => {
      const read = frame.safeParse(fromJson(String(data))).data;
      switch (read?.topic) {
        case 'aws/subscribe': {
          const topics = (read.content?.topics ?? []).filter((topic) => topic === CHAT);
          tell({ topic: 'aws/subscribe', content: { status: topics.length > 0 ? 'success' : 'failure', topics } });
          if (topics.length === 0 || forget) return;
          forget = seat.contact.watch({
            item: (item, by) => {
              // Who types knows it.
              const own = by?.id === seat.participant.id && item.ContentType.endsWith('.typing');
              if (!own) tell({ topic: CHAT, content: JSON.stringify(item) });
            },
          });
          this.#contacts.connect(seat);
          return;
        }
        case 'aws/heartbeat':
          return tell({ topic: 'aws/heartbeat' });
        case 'aws/ping':
          return tell({ topic: 'aws/ping', statusCode: 200 });
        default:
      }
    });
    socket.on('close', () => forget?.());
    // What a client does wrong closes its socket, and nothing else.
    socket.on('error', () => socket.terminate());
  }
}
