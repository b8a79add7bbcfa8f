import type { z } from 'zod';

/** A socket of a page to its contact center, opened again where it is lost. */
export interface PageSocket {
  /** Sends a message once it is open. */
  send(message: object): void;
  close(): void;
}

export interface PageSocketOptions<S extends z.ZodType> {
  /** The path to open, asked for anew each time: what was received may be a part of it. */
  readonly path: () => string;
  /** What the center sends. */
  readonly messages: S;
  readonly message: (message: z.output<S>) => void;
  /** Told whenever it is open, or lost. */
  readonly open?: (open: boolean) => void;
  /** The center refused it (a code of `listener.ts`): it is not opened again. */
  readonly refused?: (code: number) => void;
}

/** How long it is waited before it is opened again, in milliseconds: at first, and at most. */
const FIRST = 250;
const MOST = 5_000;

/** Opens a socket to the contact center that this page is of. */
export function openSocket<S extends z.ZodType>({
  path,
  messages,
  message,
  open,
  refused,
}: PageSocketOptions<S>): PageSocket {
  let socket: WebSocket;
  let closed = false;
  let pause = FIRST;
  let again: ReturnType<typeof setTimeout> | undefined;
  const unsent: string[] = [];
  connect();
  return {
    send(what) {
      const text = JSON.stringify(what);
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
      else unsent.push(text);
    },
    close() {
      closed = true;
      clearTimeout(again);
      // One that is closed before it is open has the browser complain.
      if (socket.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close();
      else socket.close();
    },
  };

  function connect() {
    socket = new WebSocket(`ws://${location.host}${path()}`);
    socket.onopen = () => {
      pause = FIRST;
      for (const text of unsent.splice(0)) socket.send(text);
      open?.(true);
    };
    socket.onmessage = ({ data }) => !closed && message(messages.parse(JSON.parse(String(data))));
    socket.onclose = ({ code }) => {
      if (closed) return;
      open?.(false);
      if (code >= 4400) {
        closed = true;
        refused?.(code);
        return;
      }
      again = setTimeout(connect, pause);
      pause = Math.min(pause * 2, MOST);
    };
  }
}
