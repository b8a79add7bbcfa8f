import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { functionIn, type Invocation, localLambda, remoteLambda, resultIn } from './lambda.ts';
import { functionArn, named } from './testing/harness.ts';

const call = (name: string, more: Partial<Invocation> = {}): Invocation => ({
  name,
  arn: name,
  qualifier: undefined,
  payload: { a: 1 },
  requestId: 'r-1',
  signal: new AbortController().signal,
  ...more,
});

describe("a function's name", () => {
  it.each([
    ['f', 'f', undefined],
    ['f:7', 'f', '7'],
    [functionArn('f'), 'f', undefined],
    [functionArn('f:live'), 'f', 'live'],
    ['123456789012:function:f', 'f', undefined],
  ])('in %s', (text, name, qualifier) => expect(functionIn(text)).toEqual({ name, qualifier }));
});

describe('functions of this process', () => {
  it('are called, and fail with the names of what they throw', async () => {
    const lambda = localLambda(
      {
        echo: (event, { functionName, requestId }) => ({ event, functionName, requestId }),
        throws: () => {
          throw named('Oops', 'no');
        },
        throwsText: () => {
          throw 'text';
        },
      },
      undefined,
    );
    expect(await lambda(call('echo'))).toEqual({
      payload: '{"event":{"a":1},"functionName":"echo","requestId":"r-1"}',
      failed: false,
      version: '$LATEST',
      status: 200,
    });
    const thrown = await lambda(call('throws'));
    expect(JSON.parse(thrown.payload)).toMatchObject({ errorType: 'Oops', errorMessage: 'no' });
    expect(() => resultIn(thrown)).toThrow(expect.objectContaining({ error: 'Oops', reason: thrown.payload }));
    expect(JSON.parse((await lambda(call('throwsText'))).payload)).toMatchObject({ errorType: 'string' });
    // What every object has is no function.
    await expect(lambda(call('toString'))).rejects.toMatchObject({ error: 'Lambda.ResourceNotFoundException' });
  });

  it('come before those elsewhere', async () => {
    const elsewhere = localLambda({ f: () => 'elsewhere', g: () => 'elsewhere' }, undefined);
    const lambda = localLambda({ f: () => 'here' }, elsewhere);
    expect((await lambda(call('f'))).payload).toBe('"here"');
    expect((await lambda(call('g'))).payload).toBe('"elsewhere"');
  });
});

describe("Lambda's Invoke API", () => {
  let server: Server | undefined;
  afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

  async function at(reply: (request: IncomingMessage, body: string, response: ServerResponse) => void) {
    const made = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => reply(request, body, response));
    });
    server = made;
    await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
    const address = made.address();
    return remoteLambda(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
  }

  it('is asked as the SDK asks it', async () => {
    const seen: unknown[] = [];
    const lambda = await at((request, body, response) => {
      seen.push(request.method, request.url, request.headers['x-amz-invocation-type'], body);
      response.setHeader('x-amz-executed-version', '7');
      response.end('{"b":2}');
    });
    expect(await lambda(call('a b', { qualifier: 'live' }))).toEqual({
      payload: '{"b":2}',
      failed: false,
      version: '7',
      status: 200,
    });
    expect(seen).toEqual([
      'POST',
      '/2015-03-31/functions/a%20b/invocations?Qualifier=live',
      'RequestResponse',
      '{"a":1}',
    ]);
  });

  it("tells a function's own failure by a header", async () => {
    const payload = '{"errorMessage":"no","errorType":"Oops"}';
    const lambda = await at((_, __, response) => response.setHeader('x-amz-function-error', 'Unhandled').end(payload));
    const invoked = await lambda(call('f'));
    expect(() => resultIn(invoked)).toThrow(expect.objectContaining({ error: 'Oops', reason: payload }));
  });

  it.each([
    ['no type', '{"errorMessage":"no"}', true],
    ['no JSON', 'oops', true],
    ['no JSON in an answer', 'oops', false],
  ])('gives Lambda.Unknown for %s', (_, payload, failed) => {
    expect(() => resultIn({ payload, failed, version: '1', status: 200 })).toThrow(
      expect.objectContaining({
        error: 'Lambda.Unknown',
        reason: expect.stringContaining(`Returned payload: ${payload}`),
      }),
    );
  });

  it.each([
    [
      404,
      'ResourceNotFoundException:http://internal',
      '{"Message":"Function not found"}',
      'Lambda.ResourceNotFoundException',
      'Function not found (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: r-1; Proxy: null)',
    ],
    [
      429,
      undefined,
      '{"message":"Slow down"}',
      'Lambda.TooManyRequestsException',
      'Slow down (Service: AWSLambda; Status Code: 429; Error Code: TooManyRequestsException; Request ID: r-1; Proxy: null)',
    ],
    [
      502,
      undefined,
      'bad gateway',
      'Lambda.ServiceException',
      'bad gateway (Service: AWSLambda; Status Code: 502; Error Code: ServiceException; Request ID: r-1; Proxy: null)',
    ],
  ])('fails with status %d', async (status, type, body, error, reason) => {
    const lambda = await at((_, __, response) => {
      response.writeHead(status, type === undefined ? {} : { 'x-amzn-errortype': type }).end(body);
    });
    await expect(lambda(call('f'))).rejects.toMatchObject({ error, reason });
  });

  it('fails where nobody answers, or the connection breaks', async () => {
    await expect(remoteLambda('http://127.0.0.1:1')(call('f'))).rejects.toMatchObject({
      error: 'Lambda.SdkClientException',
    });
    const lambda = await at((request) => request.socket.destroy());
    await expect(lambda(call('f'))).rejects.toMatchObject({ error: 'Lambda.SdkClientException' });
  });

  it('is left off when it is not waited for any more', async () => {
    const controller = new AbortController();
    const closed = new Promise((resolve) => {
      at((request) => {
        request.socket.once('close', resolve);
        controller.abort();
      }).then((lambda) => expect(lambda(call('f', { signal: controller.signal }))).rejects.toBeDefined());
    });
    await closed;
  });
});
