import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { z } from 'zod';
import { pathReader } from '../api/path.ts';
import { send } from '../api/send.ts';
import { fromJson } from '../json.ts';

/** Whoever is at the other end of a page's socket. */
export interface Peer {
  /** Sends a message; nothing, where the socket is closed. */
  send(message: object): void;
  /** Ends it. `code`: 4000 to 4999, what the page goes by. */
  close(code: number, reason: string): void;
  /** Bytes that are on their way. */
  readonly buffered: number;
}

/** What is done with a socket that was opened. */
export interface Serving<M> {
  message(message: M): void;
  closed?(): void;
}

/** Takes a socket that a page opens at its path; false where it is another's. */
export type Listener = (
  path: string,
  query: URLSearchParams,
  open: (serve: (socket: WebSocket) => void) => void,
) => boolean;

/** What a page is told by when its socket is closed: it asked for what is not there, or said what can't be read. */
export const NOT_FOUND = 4404;
export const NOT_VALID = 4400;

/** How often it is looked whether a page is still there, in milliseconds. */
const BEAT = 30_000;

/**
 * Sockets of pages at a path such as `/desk/calls/{call}`: what is in the path and the query is read together, and each message as JSON. What can't be
 * read closes the socket with NOT_VALID; where `open` gives undefined, it is closed with NOT_FOUND.
 */
export function listener<S extends z.ZodType, M extends z.ZodType>(
  path: string,
  {
    input,
    messages,
    open,
  }: {
    readonly input: S;
    readonly messages: M;
    readonly open: (given: z.output<S>, peer: Peer) => Serving<z.output<M>> | undefined;
  },
): Listener {
  const pathIn = pathReader(path);
  return (asked, query, accept) => {
    const inPath = pathIn(asked);
    if (!inPath) return false;
    const read = input.safeParse({ ...Object.fromEntries(query), ...inPath });
    accept((socket) => {
      const peer: Peer = {
        send: (message) => send(socket, message),
        close: (code, reason) => socket.close(code, reason),
        get buffered() {
          return socket.bufferedAmount;
        },
      };
      if (!read.success) return peer.close(NOT_VALID, 'The address is not valid.');
      const serving = open(read.data, peer);
      if (!serving) return peer.close(NOT_FOUND, 'That is not there.');
      let there = true;
      const beat = setInterval(() => {
        if (!there) return socket.terminate();
        there = false;
        socket.ping();
      }, BEAT);
      beat.unref();
      socket.on('pong', () => {
        there = true;
      });
      socket.on('message', (data) => {
        const message = messages.safeParse(fromJson(String(data)));
        if (message.success) serving.message(message.data);
        else peer.close(NOT_VALID, 'The message is not valid.');
      });
      socket.on('close', () => {
        clearInterval(beat);
        serving.closed?.();
      });
    });
    return true;
  };
}

/** Opens the sockets of listeners. */
export class Listeners {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  readonly #listeners: readonly Listener[];

  constructor(listeners: readonly Listener[]) {
    this.#listeners = listeners;
  }

  /** Takes the connection; false where no listener is at its path. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, url: URL): boolean {
    const accept = (serve: (opened: WebSocket) => void) =>
      this.#server.handleUpgrade(request, socket, head, (opened) => {
        // What a page does wrong closes its socket, and nothing else.
        opened.on('error', () => opened.terminate());
        serve(opened);
      });
    return this.#listeners.some((one) => one(url.pathname, url.searchParams, accept));
  }

  close(): void {
    for (const open of this.#server.clients) open.terminate();
    this.#server.close();
  }
}
