import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '@parley/engine';
import { ParleyError } from '@parley/workflow';
import { ApiError } from './api-error.ts';
import { Executions } from './executions.ts';
import type { JsonObject } from './json.ts';
import { type LocalFunctions, localLambda, remoteLambda } from './lambda.ts';
import { Machines } from './machines.ts';
import { OPERATIONS, type Service } from './operations.ts';
import { Tokens } from './tokens.ts';

export interface LocalStepFunctionsOptions {
  /** Functions that run in this process, by their names. */
  readonly functions?: LocalFunctions;
  /** Where Lambda's Invoke API is, for functions that are not in this process. */
  readonly lambda?: string;
  /** Left out: the system's. */
  readonly clock?: Clock;
  /** Left out: one that is free. */
  readonly port?: number;
  readonly region?: string;
  /** Twelve digits. */
  readonly account?: string;
  /** Gets the line that says what this is. Left out: standard error. */
  readonly log?: (line: string) => void;
}

export interface LocalStepFunctions {
  /** The endpoint for `@aws-sdk/client-sfn`; StartSyncExecution wants its `disableHostPrefix` set. */
  readonly url: string;
  /** Ends every execution and the server. */
  close(): Promise<void>;
}

const NOTICE = 'a local interpreter for tests and development; production is AWS Step Functions';

/**
 * Starts a Step Functions of this process: state machines, versions, aliases and executions in memory, behind the API that
 * the AWS SDK speaks. Rejects with ParleyError `stepfunctions/port` where the port is taken.
 */
export async function startLocalStepFunctions({
  functions = {},
  lambda,
  clock = systemClock,
  port = 0,
  region = 'us-east-1',
  account = '123456789012',
  log = (line) => console.error(line),
}: LocalStepFunctionsOptions = {}): Promise<LocalStepFunctions> {
  const tokens = new Tokens();
  const world = {
    clock,
    tokens,
    lambda: localLambda(functions, lambda === undefined ? undefined : remoteLambda(lambda)),
  };
  const executions = new Executions(world, region, account);
  const service: Service = {
    machines: new Machines(clock, region, account),
    executions,
    tokens,
    now: () => clock.now(),
  };
  const server = createServer((request, response) => {
    answer(service, request)
      .then((reply) => send(response, reply))
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
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
      executions.stopAll();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;

interface Reply {
  readonly status: number;
  readonly body: JsonObject;
}

/** The largest request that AWS takes: a definition of 1 MB, as JSON text in JSON. */
const LONGEST_REQUEST = 4 * 1024 * 1024;

async function answer(service: Service, request: IncomingMessage): Promise<Reply> {
  try {
    const target = String(request.headers['x-amz-target'] ?? '');
    const name = target.startsWith('AWSStepFunctions.') ? target.slice('AWSStepFunctions.'.length) : '';
    const run = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
    const body = await bodyOf(request);
    if (!run) throw new ApiError('UnknownOperationException', `The local interpreter does not do '${target}'.`);
    return { status: 200, body: await run(service, body) };
  } catch (error) {
    if (error instanceof ApiError)
      return { status: 400, body: { __type: shapeOf(error.code), message: error.message } };
    return { status: 500, body: { __type: 'InternalFailure', message: String(error) } };
  }
}

/** Validation comes from the framework that AWS's services share, all else from the service. */
const shapeOf = (code: string) =>
  code === 'ValidationException' || code === 'UnknownOperationException'
    ? `com.amazon.coral.validate#${code}`
    : `com.amazonaws.swf.service.v2.model#${code}`;

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > LONGEST_REQUEST) throw new ApiError('RequestEntityTooLargeException', 'The request is too large.');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new ApiError('SerializationException', 'The request is no valid JSON.');
  }
}

function send(response: ServerResponse, { status, body }: Reply): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': randomUUID(),
    server: `parley (${NOTICE})`,
  });
  response.end(JSON.stringify(body));
}
