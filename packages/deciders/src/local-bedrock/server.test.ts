import {
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Answer, fails, type Reply, says, uses } from './answer.ts';
import { type LocalBedrock, type LocalBedrockOptions, startLocalBedrock } from './server.ts';
import { clientOf, closeClients, PROTOCOLS } from './testing/client.ts';

const HAIKU = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
const servers: LocalBedrock[] = [];

async function start(answer: Answer | LocalBedrockOptions['answer'], more: Partial<LocalBedrockOptions> = {}) {
  const server = await startLocalBedrock({ answer: typeof answer === 'function' ? answer : () => answer, ...more });
  servers.push(server);
  return server;
}

afterEach(async () => {
  closeClients();
  for (const server of servers.splice(0)) await server.close();
});

const hello = (more: Partial<ConverseCommandInput> = {}): ConverseCommandInput => ({
  modelId: HAIKU,
  messages: [{ role: 'user', content: [{ text: 'Hello' }] }],
  ...more,
});
const tools: Partial<ConverseCommandInput> = {
  toolConfig: { tools: [{ toolSpec: { name: 'decide', inputSchema: { json: { type: 'object' } } } }] },
};

async function eventsOf(stream: AsyncIterable<ConverseStreamOutput> | undefined) {
  const events: ConverseStreamOutput[] = [];
  if (stream) for await (const event of stream) events.push(event);
  return events;
}

describe.each(PROTOCOLS)('over %s', (protocol) => {
  it('answers Converse', async () => {
    const server = await start(says('Good morning.'));
    const { output, stopReason, usage, metrics, $metadata } = await clientOf(server, protocol).send(
      new ConverseCommand(hello()),
    );
    expect(output?.message).toEqual({ role: 'assistant', content: [{ text: 'Good morning.' }] });
    expect(stopReason).toBe('end_turn');
    expect(usage).toEqual({
      inputTokens: 6,
      outputTokens: 4,
      totalTokens: 10,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 0,
    });
    expect(metrics?.latencyMs).toBeGreaterThanOrEqual(0);
    expect(server.requests).toMatchObject([{ operation: 'Converse', model: HAIKU, protocol, id: $metadata.requestId }]);
    expect(await server.requests[0]?.ended).toMatchObject({ outcome: 'answered', status: 200 });
  });

  it('streams', async () => {
    const reply: Reply = {
      type: 'reply',
      content: [
        { type: 'text', text: 'Well then.' },
        { type: 'tool', name: 'decide', input: { choice: 'track' }, id: 't1' },
      ],
      piece: 9,
    };
    const server = await start(reply);
    const { stream } = await clientOf(server, protocol).send(new ConverseStreamCommand(hello(tools)));
    const events = await eventsOf(stream);
    console.log(JSON.stringify(events));
  });

  it.each(['ThrottlingException'] as const)('%s', async (error) => {
    const server = await start(fails(error));
    await expect(clientOf(server, protocol).send(new ConverseCommand(hello()))).rejects.toMatchObject({ name: error });
  });

  for (const after of [0, 1, 3])
    for (const Command of [ConverseCommand, ConverseStreamCommand])
      it(`cut ${after} ${Command.name}`, async () => {
        const server = await start({ type: 'cut', reply: uses('decide', { choice: 'track' }), after });
        let got;
        try {
          const out: any = await clientOf(server, protocol).send(new (Command as any)(hello(tools)));
          const events = [];
          try {
            for await (const e of out.stream ?? []) events.push(e);
            got = ['clean', events.length];
          } catch (error: any) {
            got = ['in stream', events.length, error.name, error.message, error.code];
          }
        } catch (error: any) {
          got = ['error', error.name, error.message, error.code];
        }
        console.log(protocol, Command.name, after, got);
      });

  it('reset', async () => {
    const server = await start({ type: 'reset' });
    await clientOf(server, protocol)
      .send(new ConverseCommand(hello()))
      .catch((error) => console.log(protocol, error.name, error.message, error.code, error.$metadata));
    expect(await server.requests[0]?.ended).toMatchObject({ outcome: 'cut' });
  });

  it('sees the client go away', async () => {
    const server = await start(() => new Promise(() => {}));
    const abort = new AbortController();
    const sent = clientOf(server, protocol).send(new ConverseCommand(hello()), { abortSignal: abort.signal });
    const caught = sent.catch((e) => e.name);
    while (server.requests.length === 0) await new Promise(setImmediate);
    abort.abort();
    expect(await caught).toBe('AbortError');
    expect(await server.requests[0]?.ended).toMatchObject({ outcome: 'aborted' });
  });
});
