import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Reply, says, uses } from './answer.ts';
import { startLocalBedrock } from './server.ts';
import { ask, blocksOf, decideTool, HAIKU, hello, stream } from './testing/ask.ts';
import { clientOf, PROTOCOLS } from './testing/client.ts';
import { dribble } from './testing/dribble.ts';
import { serving } from './testing/serving.ts';

const start = serving();

describe.each(PROTOCOLS)("the SDK's client over %s", (protocol) => {
  it('gets an answer to Converse', async () => {
    const server = await start(says('Good morning.'), { countTokens: (text) => text.length });
    const { output, stopReason, usage, metrics, $metadata } = await ask(clientOf(server, protocol));
    expect(output?.message).toEqual({ role: 'assistant', content: [{ text: 'Good morning.' }] });
    expect(stopReason).toBe('end_turn');
    const inputTokens = 'user {"text":"Hello"}'.length;
    expect(usage).toEqual({
      inputTokens,
      outputTokens: 13,
      totalTokens: inputTokens + 13,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 0,
    });
    expect(metrics?.latencyMs).toEqual(expect.any(Number));
    expect(server.requests).toMatchObject([
      {
        operation: 'Converse',
        model: HAIKU,
        protocol,
        id: $metadata.requestId,
        body: { messages: [{ role: 'user' }] },
      },
    ]);
    expect(await server.requests[0]?.ended).toMatchObject({ outcome: 'answered', status: 200, usage: { output: 13 } });
  });

  it("gets a tool's use, reasoning, and what it does not know", async () => {
    const reply: Reply = {
      type: 'reply',
      content: [
        { type: 'reasoning', text: 'Hm.', signature: 'sig' },
        { type: 'tool', name: 'decide', input: { choice: 'track', values: { a: null } }, id: 'tooluse_1' },
        { type: 'unknown', block: { hologram: { depth: 3 } } },
      ],
      unknown: { weather: 'fair' },
      usage: { input: 7, cacheRead: 5 },
    };
    const { output, stopReason, usage } = await ask(clientOf(await start(reply), protocol), hello(decideTool));
    expect(output?.message?.content).toMatchObject([
      { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'sig' } } },
      { toolUse: { toolUseId: 'tooluse_1', name: 'decide', input: { choice: 'track', values: { a: null } } } },
      { $unknown: ['hologram', { depth: 3 }] },
    ]);
    expect(stopReason).toBe('tool_use');
    expect(usage).toMatchObject({ inputTokens: 7, cacheReadInputTokens: 5 });
  });

  it('gets a stream', async () => {
    const reply: Reply = {
      type: 'reply',
      content: [
        { type: 'reasoning', text: 'Hm.', signature: 'sig' },
        { type: 'text', text: 'Well then.' },
        { type: 'tool', name: 'decide', input: { choice: 'track' }, id: 'tooluse_1' },
        { type: 'unknown', block: { hologram: {} } },
      ],
      piece: 9,
      unknown: { weather: 'fair' },
    };
    const server = await start(reply);
    const { events, error } = await stream(clientOf(server, protocol), hello(decideTool));
    expect(error).toBeUndefined();
    expect(events).toMatchObject([
      { messageStart: { role: 'assistant' } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { text: 'Hm.' } } } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'sig' } } } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      { contentBlockDelta: { contentBlockIndex: 1, delta: { text: 'Well then' } } },
      { contentBlockDelta: { contentBlockIndex: 1, delta: { text: '.' } } },
      { contentBlockStop: { contentBlockIndex: 1 } },
      { contentBlockStart: { contentBlockIndex: 2, start: { toolUse: { toolUseId: 'tooluse_1', name: 'decide' } } } },
      { contentBlockDelta: { contentBlockIndex: 2, delta: { toolUse: { input: '{"choice"' } } } },
      { contentBlockDelta: { contentBlockIndex: 2, delta: { toolUse: { input: ':"track"}' } } } },
      { contentBlockStop: { contentBlockIndex: 2 } },
      { contentBlockDelta: { contentBlockIndex: 3, delta: { $unknown: ['hologram', {}] } } },
      { contentBlockStop: { contentBlockIndex: 3 } },
      { messageStop: { stopReason: 'tool_use' } },
      { metadata: { usage: { inputTokens: expect.any(Number) }, metrics: { latencyMs: expect.any(Number) } } },
    ]);
    expect(server.requests[0]?.operation).toBe('ConverseStream');
  });

  it('gets any text whole, in pieces of any length', async () => {
    let reply: Reply = says('');
    const client = clientOf(await start(() => reply), protocol);
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
        fc.string({ unit: 'binary' }),
        fc.integer({ min: 1, max: 50 }),
        async (text, value, piece) => {
          const input = { value };
          reply = {
            type: 'reply',
            content: [
              { type: 'text', text },
              { type: 'tool', name: 'decide', input },
            ],
            piece,
          };
          const streamed = await stream(client, hello(decideTool));
          expect(blocksOf(streamed)).toEqual([text, JSON.stringify(input)]);
          const { output } = await ask(client, hello(decideTool));
          expect(output?.message?.content).toMatchObject([{ text }, { toolUse: { input } }]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is understood over a line that lets single bytes pass', async () => {
    const server = await start(says('Good morning.'));
    const line = await dribble(server.url);
    const { output } = await ask(clientOf(line, protocol));
    expect(output?.message?.content).toEqual([{ text: 'Good morning.' }]);
    expect(server.requests[0]?.protocol).toBe(protocol);
    await line.close();
  });

  it('may name the model by an ARN', async () => {
    const server = await start(says('Yes.'));
    const modelId = `arn:aws:bedrock:us-east-1:123456789012:inference-profile/${HAIKU}`;
    await ask(clientOf(server, protocol), hello({ modelId }));
    expect(server.requests[0]?.model).toBe(modelId);
  });

  it('may sign with a bearer token', async () => {
    const server = await start(says('Yes.'));
    const client = clientOf(server, protocol, { token: { token: 'abc' }, authSchemePreference: ['httpBearerAuth'] });
    await ask(client);
    expect(server.requests[0]?.headers.authorization).toBe('Bearer abc');
  });

  it('asks many things at once', async () => {
    const server = await start((_, n) => uses('decide', { n }));
    const client = clientOf(server, protocol);
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(client, hello(decideTool))));
    const given = answers.map(({ output }) => output?.message?.content?.[0]?.toolUse?.input);
    expect(given.map((input) => JSON.stringify(input)).toSorted()).toEqual(
      Array.from({ length: 50 }, (_, n) => JSON.stringify({ n })).toSorted(),
    );
  });
});

describe('the server', () => {
  it('speaks both protocols at once', async () => {
    const server = await start(says('Yes.'));
    await Promise.all(
      PROTOCOLS.flatMap((protocol) => [ask(clientOf(server, protocol)), ask(clientOf(server, protocol))]),
    );
    expect(server.requests.map(({ protocol }) => protocol).toSorted()).toEqual(['h2c', 'h2c', 'http/1.1', 'http/1.1']);
  });

  it.each(['', 'PRI', 'PRI * HTTP/3.0\r\n\r\n', '\u0000\u0001\u0002', 'GET', 'GET / HTTP/1.1\r\nbroken'])(
    'outlives a client that says %j and hangs up',
    async (words) => {
      const server = await start(says('Yes.'));
      const socket = net.connect(Number(new URL(server.url).port), '127.0.0.1');
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.end(words, 'latin1');
      await once(socket.resume(), 'close');
      expect((await ask(clientOf(server))).stopReason).toBe('end_turn');
    },
  );

  it('remembers as many requests as it is told', async () => {
    const server = await start(says('Yes.'), { keep: 2 });
    const client = clientOf(server);
    for (const text of ['one', 'two', 'three']) {
      await ask(client, hello({ messages: [{ role: 'user', content: [{ text }] }] }));
    }
    expect(server.requests.map(({ body }) => JSON.stringify(body))).toEqual([
      expect.stringContaining('two'),
      expect.stringContaining('three'),
    ]);
  });

  it('tells of each request when it is over', async () => {
    const over: unknown[] = [];
    const server = await start(says('Yes.'), {
      onEnd: ({ operation }, { outcome, status }) => over.push({ operation, outcome, status }),
    });
    await ask(clientOf(server));
    await server.requests[0]?.ended;
    expect(over).toEqual([{ operation: 'Converse', outcome: 'answered', status: 200 }]);
  });

  it('says so where its port is taken', async () => {
    const { url } = await start(says('Yes.'));
    const port = Number(new URL(url).port);
    await expect(startLocalBedrock({ port, answer: () => says('Yes.') })).rejects.toMatchObject({
      code: 'bedrock-local/port',
      message: `Port ${port} can't be had: something else listens there.`,
    });
  });

  it('refuses the connection once it is closed', async () => {
    const server = await start(says('Yes.'));
    await server.close();
    await expect(ask(clientOf(server, 'http/1.1'))).rejects.toMatchObject({
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('answers with an error where the script throws', async () => {
    const server = await start(() => {
      throw new Error('a hole in the script');
    });
    await expect(ask(clientOf(server))).rejects.toMatchObject({
      name: 'InternalServerException',
      message: expect.stringContaining('a hole in the script'),
    });
  });
});
