import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Json } from '@parley/workflow';
import { z } from 'zod';
import { StatesError } from './error.ts';
import { parseJson } from './json.ts';

/** One call of a function. */
export interface Invocation {
  /** The function's name without account, region and version. */
  readonly name: string;
  /** As the state machine said it. */
  readonly arn: string;
  readonly qualifier: string | undefined;
  readonly payload: Json;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

/** What came of it: the payload's JSON text; `failed` where the function itself threw it. */
export interface Invoked {
  readonly payload: string;
  readonly failed: boolean;
  readonly version: string;
  readonly status: number;
}

/** Whoever runs functions. Rejects with StatesError (`Lambda.…Exception`) where no function answered. */
export type Lambda = (invocation: Invocation) => Promise<Invoked>;

/** A function that runs in this process. What it throws becomes the task's error: the error's name, and a JSON cause. */
export type LocalFunction = (
  event: Json,
  context: { readonly functionName: string; readonly requestId: string; readonly signal: AbortSignal },
) => unknown;

/** Functions by their names. */
export type LocalFunctions = { readonly [name: string]: LocalFunction };

/** The name in what a state machine calls a function by: a name, a partial or a whole ARN, with or without a version. */
export function functionIn(text: string): { readonly name: string; readonly qualifier: string | undefined } {
  const [, rest = text] = /(?:^|:)function:(.+)$/.exec(text) ?? [];
  const [name = rest, qualifier] = rest.split(':');
  return { name, qualifier };
}

/** Functions of this process; what is not among them is asked for at `elsewhere`, where that is given. */
export function localLambda(functions: LocalFunctions, elsewhere: Lambda | undefined): Lambda {
  return async (invocation) => {
    const { name, payload, requestId, signal, qualifier } = invocation;
    const run = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (!run) {
      if (elsewhere) return elsewhere(invocation);
      throw notFound(invocation);
    }
    const version = qualifier ?? '$LATEST';
    try {
      const given = await run(payload, { functionName: name, requestId, signal });
      // As Lambda does it: what is no JSON is null.
      return { payload: JSON.stringify(given) ?? 'null', failed: false, version, status: 200 };
    } catch (error) {
      return { payload: JSON.stringify(thrown(error)), failed: true, version, status: 200 };
    }
  };
}

/** What Lambda's Node.js runtime makes of something thrown. */
function thrown(error: unknown): Json {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

/** How the causes end that Lambda itself gives, as they were recorded. */
const origin = (status: number, code: string, requestId: string): string =>
  `(Service: AWSLambda; Status Code: ${status}; Error Code: ${code}; Request ID: ${requestId}; Proxy: null)`;

const notFound = ({ arn, requestId }: Invocation) =>
  new StatesError(
    'Lambda.ResourceNotFoundException',
    `Function not found: ${arn} ${origin(404, 'ResourceNotFoundException', requestId)}`,
  );

/** Lambda's Invoke API at a URL. */
export function remoteLambda(url: string): Lambda {
  const send = new URL(url).protocol === 'https:' ? httpsRequest : httpRequest;
  return async (invocation) => {
    const { name, qualifier, payload, requestId, signal } = invocation;
    const target = new URL(`/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, url);
    if (qualifier !== undefined) target.searchParams.set('Qualifier', qualifier);
    const { status, headers, body } = await answer().catch((error: unknown) => {
      const what = error instanceof Error ? error.message : String(error);
      throw new StatesError('Lambda.SdkClientException', `Unable to execute HTTP request: ${what}`);
    });
    if (status >= 400) {
      const type =
        headers('x-amzn-errortype')?.split(/[:#]/)[0] ??
        (status === 429
          ? 'TooManyRequestsException'
          : status === 404
            ? 'ResourceNotFoundException'
            : 'ServiceException');
      throw new StatesError(
        `Lambda.${type}`,
        `${messageIn(body)} ${origin(status, type, headers('x-amzn-requestid') ?? requestId)}`,
      );
    }
    return {
      payload: body === '' ? 'null' : body,
      failed: headers('x-amz-function-error') !== undefined,
      version: headers('x-amz-executed-version') ?? qualifier ?? '$LATEST',
      status,
    };

    function answer() {
      return new Promise<{ status: number; headers: (name: string) => string | undefined; body: string }>(
        (resolve, reject) => {
          const sent = send(
            target,
            {
              method: 'POST',
              signal,
              headers: {
                'content-type': 'application/json',
                'x-amz-invocation-type': 'RequestResponse',
                'amz-sdk-invocation-id': requestId,
              },
            },
            (response) => {
              const chunks: Buffer[] = [];
              response.on('data', (chunk: Buffer) => chunks.push(chunk));
              response.on('error', reject);
              response.on('end', () => {
                resolve({
                  status: response.statusCode ?? 0,
                  headers: (name) => {
                    const value = response.headers[name];
                    return Array.isArray(value) ? value[0] : value;
                  },
                  body: Buffer.concat(chunks).toString('utf8'),
                });
              });
            },
          );
          sent.on('error', reject);
          sent.end(JSON.stringify(payload));
        },
      );
    }
  };
}

const problem = z.object({ message: z.string().optional(), Message: z.string().optional() });

function messageIn(body: string): string {
  try {
    const { message, Message } = problem.parse(JSON.parse(body));
    return message ?? Message ?? body;
  } catch {
    return body;
  }
}

const failure = z.object({ errorType: z.string() });

/** The value a function returned. Throws StatesError as Step Functions makes it of what a function threw. */
export function resultIn({ payload, failed }: Invoked): Json {
  let value: Json;
  try {
    value = parseJson(payload);
  } catch {
    throw unknown(payload);
  }
  if (!failed) return value;
  const { success, data } = failure.safeParse(value);
  if (!success) throw unknown(payload);
  throw new StatesError(data.errorType, payload);
}

const unknown = (payload: string) =>
  new StatesError(
    'Lambda.Unknown',
    `The cause could not be determined because Lambda did not return an error type. Returned payload: ${payload}`,
  );
