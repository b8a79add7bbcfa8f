import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { LocalFunction } from '@parley/stepfunctions';
import { type Json, ParleyError } from '@parley/workflow';
import { functionIn, type Invoked, localLambda } from '../../../packages/stepfunctions/src/interpreter/lambda.ts';

/** Functions of this process behind Lambda's Invoke API. */
export interface InvokeApi {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** The most bytes of a request that is answered when it is over, by Lambda's quotas. */
const LARGEST = 6 * 1024 * 1024;
const TARGET = /^\/(?:\d{4}-\d\d-\d\d\/)?functions\/(.+)\/invocations\/?$/;

interface Answer {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string;
}

/**
 * Answers at 127.0.0.1 (and at ::1, where that is) as the Invoke operation of Lambda's API reference says. `functions` may
 * get more while it runs. `port`: 0 for one that is free. Rejects with ParleyError `conformance/port` where it is taken.
 */
export async function invokeApi(
  functions: { readonly [name: string]: LocalFunction },
  port: number,
): Promise<InvokeApi> {
  const lambda = localLambda(functions, undefined);
  const begin = () =>
    createServer((request, response) => {
      answer(request).then(
        (given) => send(response, given),
        () => response.destroy(),
      );
    });
  const server = begin();
  const taken = await listen(server, port, '127.0.0.1');
  // An engine that is told `localhost` may try this first.
  const other = begin();
  const both = await listen(other, taken, '::1').then(
    () => true,
    () => false,
  );
  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    close: async () => {
      await closed(server);
      if (both) await closed(other);
    },
  };

  async function answer(request: IncomingMessage): Promise<Answer> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const [, encoded] = TARGET.exec(url.pathname) ?? [];
    if (request.method !== 'POST' || encoded === undefined) {
      return problem(
        404,
        'UnknownOperationException',
        `There is no ${request.method} ${url.pathname} in the Invoke API.`,
      );
    }
    const arn = decodeURIComponent(encoded);
    const { name, qualifier = url.searchParams.get('Qualifier') ?? undefined } = functionIn(arn);
    const text = await textOf(request);
    if (text === undefined) return problem(413, 'RequestTooLargeException', `A request may have ${LARGEST} bytes.`);
    let payload: Json;
    try {
      payload = text === '' ? {} : JSON.parse(text);
    } catch {
      return problem(400, 'InvalidRequestContentException', 'Could not parse request body into json.');
    }
    if (!Object.hasOwn(functions, name)) {
      return problem(404, 'ResourceNotFoundException', `Function not found: ${arn}`);
    }
    const type = String(request.headers['x-amz-invocation-type'] ?? 'RequestResponse').toLowerCase();
    if (type === 'dryrun') return { status: 204 };
    const requestId = randomUUID();
    const { signal } = new AbortController();
    const invoked = lambda({ name, arn, qualifier, payload, requestId, signal });
    if (type === 'event') {
      invoked.catch(() => undefined);
      return { status: 202 };
    }
    return answered(await invoked);
  }
}

const answered = ({ payload, failed, version, status }: Invoked): Answer => ({
  status,
  headers: { 'x-amz-executed-version': version, ...(failed ? { 'x-amz-function-error': 'Unhandled' } : {}) },
  body: payload,
});

const problem = (status: number, type: string, message: string): Answer => ({
  status,
  headers: { 'x-amzn-errortype': type },
  body: JSON.stringify({ Type: 'User', Message: message }),
});

function send(response: ServerResponse, { status, headers = {}, body = '' }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID(), ...headers });
  response.end(body);
}

/** Undefined where it is too large. */
async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= LARGEST) chunks.push(bytes);
  }
  return size > LARGEST ? undefined : Buffer.concat(chunks).toString('utf8');
}

/** Gives the port. */
function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new ParleyError('conformance/port', `The tasks can not be answered at ${host}:${port}.`, {
          fix: 'End what listens there, or choose another port with --tasks-port.',
          cause,
        }),
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

const closed = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
