import { ConverseCommand, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from '@jest/globals';
import { type Answer, fails, type Reply, says, uses } from './answer.ts';
import type { ErrorName, StreamErrorName } from './errors.ts';
import { ask, blocksOf, decideTool, hello, rejection, stream } from './testing/ask.ts';
import { clientOf, PROTOCOLS } from './testing/client.ts';
import { serving } from './testing/serving.ts';

const start = serving();
const converse = () => new ConverseCommand(hello());
const converseStream = () => new ConverseStreamCommand(hello(decideTool));

/** By hand, from the service's API reference. */
const ERRORS: readonly (readonly [ErrorName, number])[] = [
  ['AccessDeniedException', 403],
  ['InternalServerException', 500],
  ['ModelErrorException', 424],
  ['ModelNotReadyException', 429],
  ['ModelTimeoutException', 408],
  ['ResourceNotFoundException', 404],
  ['ServiceQuotaExceededException', 400],
  ['ServiceUnavailableException', 503],
  ['ThrottlingException', 429],
  ['ValidationException', 400],
];

const STREAM_ERRORS: readonly StreamErrorName[] = [
  'InternalServerException',
  'ModelStreamErrorException',
  'ServiceUnavailableException',
  'ThrottlingException',
  'ValidationException',
];

/** messageStart, contentBlockStart, two deltas, contentBlockStop, messageStop, metadata */
const reply: Reply = uses('decide', { choice: 'track' }, { piece: 9 });

describe.each(PROTOCOLS)('over %s', (protocol) => {
  const client = async (answer: Answer) => {
    const server = await start(answer);
    return { server, client: clientOf(server, protocol) };
  };

  describe.each(ERRORS)('%s', (error, status) => {
    it(`comes with status ${status}, in the service's words or in the script's`, async () => {
      const { server, client: plain } = await client(fails(error));
      expect(await rejection(ask(plain))).toMatchObject({
        name: error,
        message: expect.stringMatching(/\w+/),
        $metadata: { httpStatusCode: status, requestId: server.requests[0]?.id },
      });
      const { client: worded } = await client(fails(error, 'These words.'));
      expect(await rejection(stream(worded))).toMatchObject({ name: error, message: 'These words.' });
      expect(await server.requests[0]?.ended).toMatchObject({ outcome: 'refused', status, error });
    });
  });

  it('the client tries again what it is made to', async () => {
    const tries = async (error: ErrorName) => {
      const server = await start(fails(error));
      await rejection(ask(clientOf(server, protocol, { maxAttempts: 2 })));
      return server.requests.length;
    };
    expect(await tries('ThrottlingException')).toBe(2);
    expect(await tries('ModelNotReadyException')).toBe(2);
    expect(await tries('ModelTimeoutException')).toBe(1);
    expect(await tries('ServiceQuotaExceededException')).toBe(1);
  });

  it.each(STREAM_ERRORS)('%s comes in the middle of a stream', async (error) => {
    const { server, client: one } = await client({ type: 'exception', reply, after: 3, error, message: 'Enough.' });
    const streamed = await stream(one, hello(decideTool));
    expect(streamed.events).toHaveLength(3);
    expect(blocksOf(streamed)).toEqual(['{"choice"']);
    expect(streamed.error).toMatchObject({ name: error, message: 'Enough.' });
    expect(await server.requests[0]?.ended).toMatchObject({ outcome: 'answered', error });
  });

  it('an exception where there is no stream is the error itself', async () => {
    const answer: Answer = { type: 'exception', reply, after: 3, error: 'ModelStreamErrorException' };
    expect(await rejection(ask((await client(answer)).client, hello(decideTool)))).toMatchObject({
      name: 'ModelErrorException',
      $metadata: { httpStatusCode: 424 },
    });
  });

  it('a stream is cut after some events', async () => {
    const { server, client: one } = await client({ type: 'cut', reply, after: 4 });
    const { events, error } = await stream(one, hello(decideTool));
    expect(events).toHaveLength(4);
    expect(events.some(({ messageStop }) => messageStop)).toBe(false);
    // The SDK tells a cut from an end only over HTTP/1.1: over HTTP/2, what is missing is the messageStop.
    if (protocol === 'h2c') expect(error).toBeUndefined();
    else expect(error).toMatchObject({ code: 'ECONNRESET' });
    expect(await server.requests[0]?.ended).toMatchObject({ outcome: 'cut' });
  });

  it('a body is cut in its middle', async () => {
    const { client: one } = await client({ type: 'cut', reply, after: 1 });
    expect(await rejection(ask(one, hello(decideTool)))).toMatchObject(
      protocol === 'h2c' ? { name: 'SyntaxError' } : { message: expect.stringContaining('aborted') },
    );
  });

  it.each<Answer>([{ type: 'cut', reply, after: 0 }, { type: 'reset' }])(
    'the connection ends before anything came: %j',
    async (answer) => {
      const { server, client: one } = await client(answer);
      for (const asking of [ask(one, hello(decideTool)), stream(one, hello(decideTool))]) {
        expect(await rejection(asking)).toMatchObject({
          message: expect.stringMatching(/did not get a response|socket hang up|ECONNRESET/),
        });
      }
      const ended = await server.requests[0]?.ended;
      expect(ended?.outcome).toBe('cut');
      expect(ended?.status).toBeUndefined();
    },
  );

  it('the body is no JSON', async () => {
    const { client: one } = await client({ type: 'bytes', body: '{"output": {"message' });
    expect(await rejection(ask(one))).toMatchObject({ name: 'SyntaxError', $metadata: { httpStatusCode: 200 } });
  });

  it('the body is JSON of another shape', async () => {
    const { client: one } = await client({ type: 'bytes', body: '{"weather":"fair"}' });
    const answer = await ask(one);
    expect(answer.output).toBeUndefined();
    expect(answer.$metadata.httpStatusCode).toBe(200);
  });

  it('the stream is none', async () => {
    const { client: one } = await client({ type: 'bytes', body: 'this is no event stream, but some text' });
    expect(await rejection(stream(one))).toMatchObject({ message: expect.stringContaining('Truncated event message') });
  });

  it('an error that is HTML', async () => {
    const { client: one } = await client({ type: 'bytes', body: '<html>Bad gateway</html>', status: 502 });
    expect(await rejection(ask(one))).toMatchObject({ $metadata: { httpStatusCode: 502 } });
  });

  it("a tool's input is no JSON", async () => {
    const raw: Reply = { type: 'reply', content: [{ type: 'tool', name: 'decide', raw: '{"choice": tra' }] };
    const { client: one } = await client(raw);
    const { output } = await ask(one, hello(decideTool));
    expect(output?.message?.content?.[0]?.toolUse?.input).toBe('{"choice": tra');
    expect(blocksOf(await stream(one, hello(decideTool)))).toEqual(['{"choice": tra']);
  });

  it("a tool's name is another", async () => {
    const { output } = await ask((await client(uses('divide', {}))).client, hello(decideTool));
    expect(output?.message?.content?.[0]?.toolUse?.name).toBe('divide');
  });

  it('the content is empty', async () => {
    const { client: one } = await client({ type: 'reply', content: [] });
    const { output, stopReason } = await ask(one);
    expect(output?.message?.content).toEqual([]);
    expect(stopReason).toBe('end_turn');
    const { events } = await stream(one);
    expect(events).toMatchObject([{ messageStart: {} }, { messageStop: { stopReason: 'end_turn' } }, { metadata: {} }]);
  });

  it.each([
    'content_filtered',
    'guardrail_intervened',
    'malformed_model_output',
    'malformed_tool_use',
    'max_tokens',
    'model_context_window_exceeded',
    'stop_sequence',
    'tired',
  ])('the model stops for the reason %s, with status 200', async (stopReason) => {
    const { client: one } = await client(says('I', { stopReason }));
    expect(await ask(one)).toMatchObject({ stopReason, $metadata: { httpStatusCode: 200 } });
    const { events } = await stream(one);
    expect(events.find(({ messageStop }) => messageStop)).toMatchObject({ messageStop: { stopReason } });
  });

  describe('it is slow', () => {
    it('and answers when its promise settles', async () => {
      let answer: (reply: Reply) => void = () => {};
      const server = await start(() => new Promise((resolve) => (answer = resolve)));
      const asked = ask(clientOf(server, protocol));
      while (server.requests.length === 0) await new Promise(setImmediate);
      answer(says('At last.'));
      expect((await asked).output?.message?.content).toEqual([{ text: 'At last.' }]);
    });

    it('and sees that the client goes away, as does its script', async () => {
      let told: AbortSignal | undefined;
      const server = await start(({ signal }) => {
        told = signal;
        return new Promise(() => {});
      });
      const abort = new AbortController();
      const asked = rejection(clientOf(server, protocol).send(converse(), { abortSignal: abort.signal }));
      while (told === undefined) await new Promise(setImmediate);
      abort.abort();
      expect(await asked).toMatchObject({ name: 'AbortError' });
      expect(await server.requests[0]?.ended).toEqual({ outcome: 'aborted', ms: expect.any(Number) });
      expect(told.aborted).toBe(true);
    });

    it('in the middle of a stream, and sees that the client goes away', async () => {
      const { server, client: one } = await client({ type: 'stall', reply, after: 2 });
      const abort = new AbortController();
      const { stream: output } = await one.send(converseStream(), { abortSignal: abort.signal });
      let count = 0;
      await rejection(
        (async () => {
          for await (const _ of output ?? []) if (++count === 2) abort.abort();
          throw new Error('It came to an end.');
        })(),
      );
      expect(count).toBe(2);
      one.destroy();
      expect(await server.requests[0]?.ended).toMatchObject({ outcome: 'aborted', status: 200 });
    });

    it('before anything came, and sees that the client goes away', async () => {
      const { server, client: one } = await client({ type: 'stall', reply, after: 0 });
      const abort = new AbortController();
      const asked = rejection(one.send(converse(), { abortSignal: abort.signal }));
      while (server.requests.length === 0) await new Promise(setImmediate);
      abort.abort();
      expect(await asked).toMatchObject({ name: 'AbortError' });
      const ended = await server.requests[0]?.ended;
      expect(ended).toMatchObject({ outcome: 'aborted' });
      expect(ended?.status).toBeUndefined();
    });

    it('in the middle of a stream, and goes on', async () => {
      let goOn: () => void = () => {};
      const until = new Promise<void>((resolve) => (goOn = resolve));
      const { client: one } = await client({ type: 'stall', reply, after: 2, until });
      const { stream: output } = await one.send(converseStream());
      let count = 0;
      for await (const _ of output ?? []) if (++count === 2) goOn();
      expect(count).toBe(7);
    });
  });
});
