import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalStepFunctions, startLocalStepFunctions } from '@parley/stepfunctions';
import { z } from 'zod';

const here = path.dirname(fileURLToPath(import.meta.url));
const file = path.join(here, '..', '..', '..', 'shared', 'asl-golden', 'cases.json');

const json = z.json();
const goldenCase = z.object({
  name: z.string(),
  definition: json,
  input: json,
  lambdas: z.record(
    z.string(),
    z.union([
      z.object({ returns: z.literal('event') }),
      z.object({ raises: z.object({ errorType: z.string(), errorMessage: z.string() }) }),
    ]),
  ),
  expected: z.object({ status: z.string(), output: json, error: json, cause: json }),
  states: z.array(z.string()),
  assigned: z.array(z.record(z.string(), json)),
});

if (existsSync(file)) {
  describe('executions that were recorded on AWS', () => {
    const cases = z.array(goldenCase).parse(JSON.parse(readFileSync(file, 'utf8')));
    const functions = new Map(cases.flatMap(({ lambdas }) => Object.entries(lambdas)));
    let lambda: Server;
    let local: LocalStepFunctions;
    let client: SFNClient;

    beforeAll(async () => {
      lambda = await startLambda(functions);
      const address = lambda.address();
      local = await startLocalStepFunctions({ lambda: `http://127.0.0.1:${portOf(address)}`, log: () => undefined });
      client = new SFNClient({
        endpoint: local.url,
        region: 'us-east-1',
        credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      });
    });
    afterAll(async () => {
      client.destroy();
      await local.close();
      await new Promise((resolve) => lambda.close(resolve));
    });

    it('are 110', () => expect(cases).toHaveLength(110));

    it.each(cases.map((one, i) => ({ ...one, machine: `golden-${i}` })))('$name', async (one) => {
      const { stateMachineArn } = await client.send(
        new CreateStateMachineCommand({
          name: one.machine,
          definition: JSON.stringify(one.definition),
          roleArn: 'arn:aws:iam::123456789012:role/golden',
        }),
      );
      const { executionArn } = await client.send(
        new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(one.input) }),
      );
      const { status, output, error, cause } = await ended(client, executionArn);
      expect({ status, error: error ?? null }).toEqual({ status: one.expected.status, error: one.expected.error });
      expect(difference(one.expected.cause, cause ?? null)).toEqual([]);
      expect(difference(parsed(one.expected.output), parsed(output ?? null))).toEqual([]);

      const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
      expect(events.flatMap(({ stateEnteredEventDetails: entered }) => (entered ? [entered.name] : []))).toEqual(
        one.states,
      );
      const assigned = events.flatMap(({ stateExitedEventDetails: exited }) => {
        return exited?.assignedVariables ? [exited.assignedVariables] : [];
      });
      const texts = (all: readonly { readonly [name: string]: unknown }[]) =>
        all.map((each) =>
          Object.fromEntries(Object.entries(each).map(([name, value]) => [name, parsed(json.parse(value))])),
        );
      expect(difference(texts(one.assigned), texts(assigned))).toEqual([]);
    });
  });
} else {
  const missing = `The executions recorded on AWS (asl-golden) are not at ${path.relative(process.cwd(), file)}.`;
  console.warn(missing);
  it.skip(missing, () => undefined);
}

type Json = z.infer<typeof json>;

/** Where what was recorded and what came out differ; values that were different on each run are compared by their shape. */
function difference(expected: Json, found: Json, at = '$'): string[] {
  // Where all values of a list were different, one word stands for the list.
  if (typeof expected === 'string' && Array.isArray(found))
    return found.flatMap((one) => difference(expected, one, at));
  if (typeof expected === 'string' && typeof found === 'string') {
    return isLike(expected, found) ? [] : [`${at}: expected ${expected}, found ${found}`];
  }
  if (Array.isArray(expected) && Array.isArray(found) && expected.length === found.length) {
    return expected.flatMap((one, i) => difference(one, found[i] ?? null, `${at}[${i}]`));
  }
  if (isObject(expected) && isObject(found)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(found)])];
    return keys.flatMap((key) => {
      const [left, right] = [expected[key], found[key]];
      if (left === undefined || right === undefined)
        return [`${at}.${key}: only ${left === undefined ? 'found' : 'expected'}`];
      return difference(left, right, `${at}.${key}`);
    });
  }
  return expected === found ? [] : [`${at}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`];
}

const isObject = (value: Json): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What the recordings hold in the place of a value that was different on each run. */
const WORDS = ['RequestId', 'x-amzn-RequestId', 'X-Amzn-Trace-Id', 'snf_role_arn', 'lambda_function_name'];

function isLike(expected: string, found: string): boolean {
  if (expected === 'date' || expected === 'timestamp' || expected === 'start_at')
    return !Number.isNaN(Date.parse(found));
  if (WORDS.includes(expected)) return found !== '';
  const [first = '', ...rest] = expected.split(/<[^<>]+>/);
  const escaped = [first, ...rest].map((part) =>
    part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace('111111111111', '\\d{12}'),
  );
  return new RegExp(`^${escaped.join('.+?')}$`, 's').test(found);
}

/** The value of a JSON text; objects stand as such in the recordings. */
const parsed = (value: Json): Json => (typeof value === 'string' ? json.parse(JSON.parse(value)) : value);

async function ended(client: SFNClient, executionArn: string | undefined) {
  for (;;) {
    const found = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (found.status !== 'RUNNING') return found;
  }
}

type Behaviour =
  | { readonly returns: 'event' }
  | { readonly raises: { readonly errorType: string; readonly errorMessage: string } };

/** Lambda's Invoke API, with functions that return and throw as its Python runtime does. */
async function startLambda(functions: ReadonlyMap<string, Behaviour>): Promise<Server> {
  const server = createServer((request, response) => {
    const [, name = ''] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? '') ?? [];
    const behaviour = functions.get(decodeURIComponent(name));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (!behaviour) {
        response
          .writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException' })
          .end('{"Message":"Function not found"}');
      } else if ('returns' in behaviour) {
        response
          .writeHead(200, { 'x-amz-executed-version': '$LATEST' })
          .end(python(json.parse(JSON.parse(Buffer.concat(chunks).toString()))));
      } else {
        const { errorType, errorMessage } = behaviour.raises;
        const line = `  File "/var/task/handler.py", line 2, in handler\n    raise ${errorType}("${errorMessage}")\n`;
        response.writeHead(200, { 'x-amz-executed-version': '$LATEST', 'x-amz-function-error': 'Unhandled' }).end(
          JSON.stringify({
            errorMessage,
            errorType,
            requestId: '9f1c58c5-0000-4000-8000-000000000000',
            stackTrace: [line],
          }),
        );
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** A value as Python's `json.dumps` writes it: the recordings tell its length. */
function python(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${python(one)}`);
  return `{${fields.join(', ')}}`;
}

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;
