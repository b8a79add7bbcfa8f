import type { WebSocket } from 'ws';

/** Bytes on their way to whoever reads too slowly, or not at all, before the socket is ended: a page opens another, and is told all anew. */
const BEHIND = 16 * 1024 * 1024;

/** Sends a message as JSON; nothing, where the socket is closed. */
export function send(socket: WebSocket, message: object): void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > BEHIND) socket.terminate();
  else socket.send(JSON.stringify(message));
}
