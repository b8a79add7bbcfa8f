import { createServer, type IncomingMessage, request as ask, type Server, type ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { startLocalStepFunctions } from '@parley/stepfunctions';
import { type Json, ParleyError } from '@parley/workflow';
import { isObject } from '../compare.ts';

/** How an engine is otherwise than AWS, or goes wrong. */
export interface Oddities {
  /** Operations that it does not have. */
  readonly without?: readonly string[];
  /** It has no Express machines. */
  readonly onlyStandard?: boolean;
  /** History tells no assigned variables. */
  readonly silentAboutVariables?: boolean;
  /** So many events of history a page, the last first. */
  readonly page?: number;
  /** Every answer of it, and every call of a function, takes so long in milliseconds. */
  readonly slow?: number;
  /** Its ARNs are of another account, and executions are named by numbers. */
  readonly otherArns?: boolean;
  /** Functions are called by whole ARNs with a qualifier, unencoded, in chunks, with headers in capitals. */
  readonly loudCalls?: boolean;
  /** It runs another definition than it was given. */
  readonly definition?: (definition: string) => string;
  /** It gives its states another answer than the function's. */
  readonly answer?: (functionName: string, answer: Json) => Json;
}

export interface AnotherEngine {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A stand-in for an engine that nobody here wrote: our interpreter behind a proxy on either side, which takes away and
 * changes what other engines may lack or do otherwise. `tasks`: where functions are answered.
 */
export async function anotherEngine(tasks: string, odd: Oddities = {}): Promise<AnotherEngine> {
  const functions = await serve((request, response) => callOn(tasks, odd, request, response));
  const inner = await startLocalStepFunctions({ lambda: functions.url, log: () => undefined });
  const outer = await serve((request, response) => pass(inner.url, odd, request, response));
  return {
    url: outer.url,
    async close() {
      await outer.close();
      await inner.close();
      await functions.close();
    },
  };
}

const OURS = '123456789012';
const THEIRS = '000000000000';

async function pass(url: string, odd: Oddities, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const operation = String(request.headers['x-amz-target'] ?? '').replace('AWSStepFunctions.', '');
  const given = new Map(Object.entries(asObject(await textOf(request))));
  await setTimeout(odd.slow ?? 0);
  const refused =
    odd.without?.includes(operation) ||
    (odd.onlyStandard && operation === 'CreateStateMachine' && given.get('type') === 'EXPRESS');
  if (refused) {
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify({ __type: 'UnknownOperationException' }));
    return;
  }
  const definition = given.get('definition');
  if (odd.definition && typeof definition === 'string') given.set('definition', odd.definition(definition));
  if (operation === 'GetExecutionHistory' && odd.page !== undefined) {
    given.set('maxResults', odd.page);
    given.set('reverseOrder', true);
  }
  const renamed = (text: string, from: string, to: string) => (odd.otherArns ? text.replaceAll(from, to) : text);
  const answer = await post(
    url,
    { 'x-amz-target': `AWSStepFunctions.${operation}`, 'content-type': 'application/x-amz-json-1.0' },
    renamed(JSON.stringify(Object.fromEntries(given)), THEIRS, OURS),
  );
  const told = odd.silentAboutVariables ? JSON.stringify(withoutVariables(JSON.parse(answer.body))) : answer.body;
  response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(renamed(told, OURS, THEIRS));
}

async function callOn(tasks: string, odd: Oddities, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, name = ''] = /functions\/([^/]+)\/invocations/.exec(request.url ?? '') ?? [];
  await setTimeout(odd.slow ?? 0);
  const target = odd.loudCalls ? `arn:aws:lambda:us-east-1:${THEIRS}:function:${name}:live` : name;
  const answer = await post(
    `${tasks}/2015-03-31/functions/${target}/invocations`,
    odd.loudCalls
      ? {
          'CONTENT-TYPE': 'application/json',
          'X-AMZ-INVOCATION-TYPE': 'REQUESTRESPONSE',
          'TRANSFER-ENCODING': 'chunked',
        }
      : { 'content-type': 'application/json' },
    await textOf(request),
  );
  const failed = answer.headers['x-amz-function-error'];
  const body =
    odd.answer && answer.body !== '' ? JSON.stringify(odd.answer(name, JSON.parse(answer.body))) : answer.body;
  response.writeHead(answer.status, failed === undefined ? {} : { 'X-Amz-Function-Error': String(failed) });
  response.end(body);
}

function withoutVariables(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutVariables);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !name.startsWith('assignedVariables'));
  return Object.fromEntries(kept.map(([name, one]) => [name, withoutVariables(one)]));
}

function asObject(text: string): { readonly [name: string]: Json } {
  const read: Json = JSON.parse(text);
  if (isObject(read)) return read;
  throw new ParleyError('conformance/bad-request', 'The request is no JSON object.');
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

function post(url: string, headers: { readonly [name: string]: string }, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = ask(url, { method: 'POST', headers }, (response) => {
      textOf(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        reject,
      );
    });
    sent.on('error', reject);
    const half = Math.floor(body.length / 2);
    sent.write(body.slice(0, half));
    sent.end(body.slice(half));
  });
}

export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server: Server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
