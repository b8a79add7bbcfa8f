import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { contentSecurityPolicy, fileAt } from '../desk/files.ts';
import type { Listeners } from '../desk/listener.ts';
import { Fault } from './fault.ts';
import type { ApiRequest, Operation } from './operation.ts';
import type { Sockets } from './socket.ts';

export interface ServerOptions {
  readonly operations: readonly Operation[];
  readonly sockets: Sockets;
  /** The sockets of the pages, where there are pages. */
  readonly pages?: Listeners | undefined;
  /** Told of what goes wrong on our side: a code, never what was sent. */
  readonly failed: (code: string) => void;
}

/** More than this is no request of these APIs. */
const MAX_BODY = 1024 * 1024;
/**
 * How long a connection stays open with nothing asked, in milliseconds: longer than clients keep one, so that none of them sends a request on a
 * connection that is just being closed.
 */
const KEEP_ALIVE = 65_000;
export const SOCKET_PATH = '/socket/';

/** The server of both APIs, their sockets and the pages. Pages of other origins are refused, as it asks for no credentials. */
export function makeServer({ operations, sockets, pages, failed }: ServerOptions): Server {
  const server = createServer((request, response) => {
    sendFile(request, response)
      .then(async (sent) => {
        if (!sent) respond(response, 200, await serve(request));
      })
      .catch((error: unknown) => {
        const fault = error instanceof Fault ? error : new Fault(500, 'InternalServiceException', 'It failed.');
        if (fault !== error) failed('center/failed');
        respond(response, fault.status, { Message: fault.message }, fault.type);
      });
  });
  server.keepAliveTimeout = KEEP_ALIVE;
  server.on('upgrade', (request, socket, head) => {
    // Nobody else listens for this from here on, and an error that nobody listens for ends the process.
    socket.on('error', () => socket.destroy());
    const url = urlOf(request);
    if (url && isOwn(request)) {
      const ticket = url.pathname.startsWith(SOCKET_PATH) ? url.pathname.slice(SOCKET_PATH.length) : undefined;
      if (
        ticket === undefined
          ? pages?.upgrade(request, socket, head, url)
          : sockets.upgrade(request, socket, head, ticket)
      )
        return;
    }
    socket.once('finish', () => socket.destroy());
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  return server;

  async function sendFile(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    if (!pages || request.method !== 'GET' || !isOwn(request)) return false;
    const file = await fileAt(urlOf(request)?.pathname ?? '');
    if (!file) return false;
    response.writeHead(200, {
      'content-type': file.type,
      'content-security-policy': contentSecurityPolicy(request.socket.localPort ?? 0),
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    response.end(file.content);
    return true;
  }

  async function serve(request: IncomingMessage): Promise<object> {
    if (!isOwn(request)) throw new Fault(403, 'AccessDeniedException', 'Pages of other origins are refused.');
    const url = urlOf(request);
    if (!url) throw new Fault(400, 'InvalidRequestException', 'The path is not valid.');
    const bearer = request.headers['x-amz-bearer'];
    const asked: ApiRequest = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      bearer: typeof bearer === 'string' ? bearer : undefined,
      body: await bodyOf(request),
    };
    for (const operation of operations) {
      const answer = operation(asked);
      if (answer) return answer;
    }
    throw new Fault(404, 'UnknownOperationException', 'There is no such operation here.');
  }
}

/** Undefined for what is no path, such as `//`. */
const urlOf = ({ url = '/' }: IncomingMessage) =>
  URL.canParse(url, 'http://localhost') ? new URL(url, 'http://localhost') : undefined;

/**
 * It is asked for by this machine's name for itself, and by no page but those at the port that is asked: else any page that is open in a browser
 * could, also one that something else on this machine serves. Programs name no origin.
 */
function isOwn({ headers: { host = '', origin } }: IncomingMessage): boolean {
  const [, port = ''] = /^(?:127\.0\.0\.1|localhost)(:\d+)$/.exec(host) ?? [];
  if (port === '') return false;
  return origin === undefined || origin === `http://127.0.0.1${port}` || origin === `http://localhost${port}`;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    if (!(part instanceof Buffer)) continue;
    size += part.length;
    if (size > MAX_BODY) throw new Fault(413, 'RequestEntityTooLargeException', 'The request is too large.');
    parts.push(part);
  }
  if (size === 0) return undefined;
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw new Fault(400, 'SerializationException', 'The request is not JSON.');
  }
}

function respond(response: ServerResponse, status: number, body: object, error?: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-amzn-requestid': randomUUID(),
    ...(error === undefined ? {} : { 'x-amzn-errortype': error }),
  });
  response.end(JSON.stringify(body));
}
