import { once } from 'node:events';
import http, { type IncomingHttpHeaders } from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';

/** How every HTTP/2 connection begins that was not agreed on before (RFC 9113, section 3.4). No method of HTTP/1.1 begins so. */
const PREFACE = Buffer.from('PRI * HTTP/2.0');

/** The longest request that is read: Bedrock takes no more than 20 MB. */
const LONGEST = 20 * 2 ** 20;

/** One request and the way to answer it, the same over both protocols. */
export interface Exchange {
  readonly protocol: 'http/1.1' | 'h2c';
  readonly method: string;
  /** As it came: still encoded. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Fires when the client goes away before all was answered. */
  readonly gone: AbortSignal;
  /** Reads the whole body; undefined where it is too long, or did not come to its end. */
  body(): Promise<Buffer | undefined>;
  head(status: number, headers: { readonly [name: string]: string }): void;
  /** Resolves when the bytes are on their way, or the client has gone. */
  write(bytes: Uint8Array): Promise<void>;
  end(): void;
  /** Cuts the connection after what was written. */
  cut(): void;
  /** Resets the connection at once. */
  reset(): void;
}

export interface Listener {
  readonly port: number;
  /** Cuts every connection and stops listening. */
  close(): Promise<void>;
}

type Request = http.IncomingMessage | http2.Http2ServerRequest;
type Response = http.ServerResponse | http2.Http2ServerResponse;

/**
 * Listens on one port for HTTP/1.1 and for HTTP/2 without TLS and without an upgrade ("prior knowledge"): the first bytes
 * of a connection tell which it is. Port 0: any that is free. Rejects with Node's error where the port can't be had.
 */
export async function listen(port: number, serve: (exchange: Exchange) => void): Promise<Listener> {
  const sockets = new Set<net.Socket>();
  const socketOf = new WeakMap<http2.Http2Session, net.Socket>();
  let opened: net.Socket | undefined;

  const one = http.createServer((request, response) => {
    serve(exchangeOf('http/1.1', request, response, request.socket));
  });
  const two = http2.createServer((request, response) => {
    const socket = request.stream.session && socketOf.get(request.stream.session);
    if (socket) serve(exchangeOf('h2c', request, response, socket));
  });
  two.on('session', (session) => {
    // The session is made while the connection is handed over, below.
    if (opened) socketOf.set(session, opened);
    session.on('error', () => session.destroy());
  });
  // A client that goes away, or talks nonsense, is no concern of the others.
  one.on('clientError', (_, socket) => socket.destroy());
  two.on('sessionError', () => {});

  const front = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let begun = Buffer.alloc(0);
    const look = (bytes: Buffer) => {
      begun = Buffer.concat([begun, bytes]);
      const seen = begun.subarray(0, PREFACE.length);
      const speaksTwo = PREFACE.subarray(0, seen.length).equals(seen);
      if (speaksTwo && seen.length < PREFACE.length) return;
      socket.off('data', look);
      socket.pause();
      socket.unshift(begun);
      opened = socket;
      (speaksTwo ? two : one).emit('connection', socket);
      opened = undefined;
      if (!speaksTwo) socket.resume();
    };
    socket.on('data', look);
  });
  front.listen(port, '127.0.0.1');
  await once(front, 'listening');
  const address = front.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      const closed = once(front, 'close');
      front.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function exchangeOf(
  protocol: Exchange['protocol'],
  request: Request,
  response: Response,
  socket: net.Socket,
): Exchange {
  const gone = new AbortController();
  response.on('close', () => {
    if (!response.writableEnded) gone.abort();
  });
  response.on('error', () => gone.abort());
  request.on('error', () => gone.abort());
  const left = once(gone.signal, 'abort');
  return {
    protocol,
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    gone: gone.signal,
    async body() {
      const chunks: Buffer[] = [];
      let length = 0;
      try {
        for await (const chunk of request) {
          length += chunk.length;
          if (length <= LONGEST) chunks.push(chunk);
        }
      } catch {
        // The client has gone in the middle of it.
        return undefined;
      }
      return length > LONGEST ? undefined : Buffer.concat(chunks);
    },
    head: (status, headers) => void response.writeHead(status, headers),
    async write(bytes) {
      if (gone.signal.aborted) return;
      await Promise.race([left, new Promise<void>((resolve) => writeTo(response, bytes, resolve))]);
    },
    end: () => void response.end(),
    cut: () => void socket.destroy(),
    reset: () => void socket.resetAndDestroy(),
  };
}

/** The two kinds of response have the same `write`, which the compiler can't call on either of them. */
function writeTo(response: Response, bytes: Uint8Array, done: () => void): void {
  if (response instanceof http.ServerResponse) response.write(bytes, done);
  else response.write(bytes, done);
}
