import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ParleyError } from '@parley/workflow';
import { ApiError } from './api-error.ts';
import { type ApiReply, type LocalServiceOptions, localService } from './service.ts';

export interface LocalStepFunctionsOptions extends LocalServiceOptions {
  /** Left out: one that is free. */
  readonly port?: number;
  /** Gets the line that says what this is. Left out: standard error. */
  readonly log?: (line: string) => void;
}

export interface LocalStepFunctions {
  /** The endpoint for `@aws-sdk/client-sfn`; StartSyncExecution wants its `disableHostPrefix` set. */
  readonly url: string;
  /** Ends every execution and the server. */
  close(): Promise<void>;
}

/** Longer than clients leave a connection alone: else one sends as it is closed, and the request is lost. Milliseconds. */
const KEEP_ALIVE = 65_000;
const NOTICE = 'a local interpreter for tests and development; production is AWS Step Functions';

/**
 * Starts a Step Functions of this process: state machines, versions, aliases and executions in memory, behind the API that
 * the AWS SDK speaks. Rejects with ParleyError `stepfunctions/port` where the port is taken.
 */
export async function startLocalStepFunctions({
  port = 0,
  log = (line) => console.error(line),
  ...options
}: LocalStepFunctionsOptions = {}): Promise<LocalStepFunctions> {
  const service = localService(options);
  const server = createServer((request, response) => {
    service
      .answer(String(request.headers['x-amz-target'] ?? ''), () => bodyOf(request))
      .then((reply) => send(response, reply))
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.keepAliveTimeout = KEEP_ALIVE;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const fix = 'Leave the port out, and one that is free is taken.';
      reject(
        new ParleyError('stepfunctions/port', `The local Step Functions cannot listen at port ${port}.`, {
          fix,
          cause,
        }),
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${portOf(server.address())}`;
  log(`Step Functions at ${url}: ${NOTICE}.`);
  return {
    url,
    async close() {
      service.stop();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;

/** The largest request that AWS takes: a definition of 1 MB, as JSON text in JSON. */
const LONGEST_REQUEST = 4 * 1024 * 1024;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > LONGEST_REQUEST) throw new ApiError('RequestEntityTooLargeException', 'The request is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, { status, body }: ApiReply): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': randomUUID(),
    server: `parley (${NOTICE})`,
  });
  response.end(JSON.stringify(body));
}
