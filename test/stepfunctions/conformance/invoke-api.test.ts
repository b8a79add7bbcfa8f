import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type InvokeApi, invokeApi } from './invoke-api.ts';

/** The shapes are those of Invoke in Lambda's API reference. */
const events: unknown[] = [];
let api: InvokeApi;
beforeAll(async () => {
  const functions = {
    'parley-1-ask': async (event: unknown) => {
      events.push(event);
      return { heard: event };
    },
    'parley-1-silent': async () => undefined,
    'parley-1-broken': async () => {
      throw new RangeError('There are too many.');
    },
  };
  api = await invokeApi(functions, 0);
});
afterAll(() => api.close());

async function invoke(name: string, body: string, headers: { [name: string]: string } = {}) {
  const response = await fetch(`${api.url}/2015-03-31/functions/${name}/invocations`, {
    method: 'POST',
    headers,
    body,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:parley-1-ask';

describe('a function is found', () => {
  it.each([
    'parley-1-ask',
    'parley-1-ask:7',
    'parley-1-ask?Qualifier=7',
    ARN,
    `${ARN}:$LATEST`,
    encodeURIComponent(`${ARN}:live`),
    encodeURIComponent('123456789012:function:parley-1-ask'),
  ])('as %s', async (name) => {
    const [path = '', query] = name.split('?');
    const target = `${api.url}/2015-03-31/functions/${path}/invocations${query === undefined ? '' : `?${query}`}`;
    const response = await fetch(target, { method: 'POST', body: '{"a":"ü"}' });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-amz-function-error')).toBeNull();
    expect(await response.json()).toEqual({ heard: { a: 'ü' } });
  });

  it('and tells the version it was asked for', async () => {
    expect((await invoke('parley-1-ask', '{}')).headers.get('x-amz-executed-version')).toBe('$LATEST');
    expect((await invoke('parley-1-ask:7', '{}')).headers.get('x-amz-executed-version')).toBe('7');
  });
});

describe('what comes back', () => {
  it('is null where a function gives nothing', async () => {
    expect(await invoke('parley-1-silent', '')).toMatchObject({ status: 200, text: 'null' });
  });

  it('says what a function threw, with status 200', async () => {
    const { status, headers, text } = await invoke('parley-1-broken', '{}');
    expect(status).toBe(200);
    expect(headers.get('x-amz-function-error')).toBe('Unhandled');
    expect(JSON.parse(text)).toEqual({
      errorType: 'RangeError',
      errorMessage: 'There are too many.',
      trace: expect.arrayContaining([expect.stringContaining('RangeError')]),
    });
  });

  it('is nothing where nobody waits for it', async () => {
    events.length = 0;
    expect(await invoke('parley-1-ask', '{"b":1}', { 'X-AMZ-Invocation-Type': 'Event' })).toMatchObject({
      status: 202,
      text: '',
    });
    expect(events).toEqual([{ b: 1 }]);
    expect(await invoke('parley-1-ask', '{"b":2}', { 'x-amz-invocation-type': 'DryRun' })).toMatchObject({
      status: 204,
    });
    expect(events).toEqual([{ b: 1 }]);
  });

  it.each([
    ['parley-2-ask', '{}', 404, 'ResourceNotFoundException', 'Function not found: parley-2-ask'],
    ['toString', '{}', 404, 'ResourceNotFoundException', 'Function not found: toString'],
    ['parley-1-ask', '{', 400, 'InvalidRequestContentException', 'Could not parse request body into json.'],
    ['parley-1-ask', `"${'x'.repeat(6 * 1024 * 1024)}"`, 413, 'RequestTooLargeException', 'A request may have'],
  ])('is an error of the service for %s', async (name, body, status, type, message) => {
    const given = await invoke(name, body);
    expect(given.status).toBe(status);
    expect(given.headers.get('x-amzn-errortype')).toBe(type);
    expect(JSON.parse(given.text)).toEqual({ Type: 'User', Message: expect.stringContaining(message) });
  });

  it('is 404 for anything else', async () => {
    expect((await fetch(api.url)).status).toBe(404);
    expect((await fetch(`${api.url}/2015-03-31/functions/parley-1-ask/invocations`)).status).toBe(404);
  });
});

it('a port that is taken is told', async () => {
  await expect(invokeApi({}, api.port)).rejects.toThrow(`The tasks can not be answered at 127.0.0.1:${api.port}.`);
});
