import type { ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from '@jest/globals';
import { says } from './answer.ts';
import { ask, decideTool, HAIKU, hello, rejection, stream } from './testing/ask.ts';
import { clientOf, PROTOCOLS } from './testing/client.ts';
import { serving } from './testing/serving.ts';

const start = serving();

const text = (words: string) => ({ content: [{ text: words }] });
const point = { cachePoint: { type: 'default' as const } };
const CLOSED = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };

const tool = (json: unknown, more: { strict?: boolean } = {}) => ({
  toolSpec: { name: 'decide', inputSchema: { json: JSON.parse(JSON.stringify(json)) }, ...more },
});
const withTool = (json: unknown, more: { strict?: boolean } = {}) => ({ toolConfig: { tools: [tool(json, more)] } });
const native = (schema: unknown): Partial<ConverseCommandInput> => ({
  outputConfig: {
    textFormat: {
      type: 'json_schema',
      structure: { jsonSchema: { name: 'a', schema: typeof schema === 'string' ? schema : JSON.stringify(schema) } },
    },
  },
});
const choosing = (toolChoice: NonNullable<ConverseCommandInput['toolConfig']>['toolChoice']) => ({
  toolConfig: { tools: [tool(CLOSED)], toolChoice },
});
const use = { toolUse: { toolUseId: 't1', name: 'decide', input: {} } };
const result = { toolResult: { toolUseId: 't1', content: [{ text: 'done' }] } };

const [SONNET, NOVA, LLAMA] = [
  'us.anthropic.claude-sonnet-5-20260601-v1:0',
  'us.amazon.nova-lite-v1:0',
  'us.meta.llama4-maverick-17b-instruct-v1:0',
];
const [OPUS55, GPT, OSS] = ['us.anthropic.claude-opus-5-5', 'us.openai.gpt-6-sol', 'openai.gpt-oss-120b-1:0'];

type Case = readonly [what: string, input: Partial<ConverseCommandInput>, message: RegExp, name?: string];

const REFUSED: readonly Case[] = [
  ['a model that is not there', { modelId: 'acme.wise-1' }, /^The provided model identifier is invalid\.$/],
  ['a model that does not speak Converse', { modelId: 'openai.gpt-5.5' }, /model identifier is invalid/],
  [
    'a model without its profile',
    { modelId: 'anthropic.claude-haiku-4-5' },
    /ID anthropic\.claude-haiku-4-5 with on-demand throughput isn’t supported/,
  ],
  ['no message', { messages: [] }, /must start with a user message/],
  [
    'an answer as the first message',
    { messages: [{ role: 'assistant', ...text('Hi') }] },
    /must start with a user message/,
  ],
  [
    'two messages of one role',
    {
      messages: [
        { role: 'user', ...text('a') },
        { role: 'user', ...text('b') },
      ],
    },
    /must alternate between user and assistant roles/,
  ],
  ['a message of nothing', { messages: [{ role: 'user', content: [] }] }, /messages\.0 is empty/],
  [
    'a blank text',
    { messages: [{ role: 'user', content: [{ text: 'a' }, { text: ' \n' }] }] },
    /messages\.0\.content\.1 is blank/,
  ],
  [
    'the use of a tool where there are none',
    {
      messages: [
        { role: 'user', ...text('a') },
        { role: 'assistant', content: [use] },
        { role: 'user', content: [result] },
      ],
    },
    /toolConfig field must be defined/,
  ],
  [
    'the use of a tool without its result',
    {
      ...withTool(CLOSED),
      messages: [
        { role: 'user', ...text('a') },
        { role: 'assistant', content: [use] },
        { role: 'user', ...text('b') },
      ],
    },
    /Expected toolResult blocks at messages\.2\.content for the following Ids: t1$/,
  ],
  ['no tools', { toolConfig: { tools: [] } }, /'toolConfig\.tools' .*length greater than or equal to 1/],
  ["a choice of a tool that isn't there", choosing({ tool: { name: 'divide' } }), /Tool 'divide' not found/],
  [
    'a choice without tools',
    { toolConfig: { tools: undefined, toolChoice: { any: {} } } },
    /'toolConfig\.tools' .*must not be null/,
  ],
  [
    'a name of a tool with a space',
    { toolConfig: { tools: [{ toolSpec: { name: 'a b', inputSchema: { json: {} } } }] } },
    /toolSpec\.name/,
  ],
  [
    'an input schema that is no object',
    { toolConfig: { tools: [tool('text')] } },
    /tools\.0\.toolSpec\.inputSchema\.json is invalid/,
  ],
  [
    'a forced tool, of Opus 5.5',
    { modelId: OPUS55, ...choosing({ tool: { name: 'decide' } }) },
    /^The model returned the following errors: tool_choice: type "tool" and "any" are not supported for this model\.$/,
  ],
  ['any tool, of Opus 5.5', { modelId: OPUS55, ...choosing({ any: {} }) }, /tool_choice: type "tool" and "any"/],
  [
    'a forced tool, of Llama',
    { modelId: LLAMA, ...choosing({ tool: { name: 'decide' } }) },
    /^This model doesn't support the toolConfig\.toolChoice\.tool field\. Remove toolConfig\.toolChoice\.tool and try again\.$/,
  ],
  ['a strict tool, of Opus 5.5', { modelId: OPUS55, ...withTool(CLOSED, { strict: true }) }, /toolSpec\.strict/],
  ['a schema, of Opus 5.5', { modelId: OPUS55, ...native(CLOSED) }, /outputConfig\.textFormat/],
  ['a schema, of Nova', { modelId: NOVA, ...native(CLOSED) }, /outputConfig\.textFormat/],
  [
    'a strict tool that is open',
    withTool({ type: 'object' }, { strict: true }),
    /^The model returned the following errors: tools\.0\.custom: For 'object' type, 'additionalProperties' must be explicitly set to false$/,
  ],
  [
    'a strict tool with a part that is open',
    withTool({ ...CLOSED, properties: { a: { type: 'array', items: { type: 'object' } } } }, { strict: true }),
    /'additionalProperties'/,
  ],
  [
    'a strict tool with a keyword too many',
    withTool({ ...CLOSED, properties: { a: { anyOf: [{ type: 'array', maxItems: 3 }] } } }, { strict: true }),
    /For 'array' type, property 'maxItems' is not supported/,
  ],
  [
    'a strict tool of GPT that leaves a choice',
    { modelId: GPT, ...withTool({ ...CLOSED, required: [] }, { strict: true }) },
    /'required' .* Missing 'a'/,
  ],
  ['a schema that is open', native({ type: 'object' }), /output_config\.format\.schema: For 'object' type/],
  ['a schema that is no JSON', native('{'), /is no JSON/],
  [
    'stop sequences, of gpt-oss',
    { modelId: OSS, inferenceConfig: { stopSequences: ['x'] } },
    /doesn't support the stopSequences field/,
  ],
  [
    'a cache point, of Llama',
    { modelId: LLAMA, system: [{ text: 'a' }, point] },
    /did not allow prompt caching/,
    'AccessDeniedException',
  ],
  [
    'a cache point, of GPT',
    { modelId: GPT, system: [{ text: 'a' }, point] },
    /did not allow prompt caching/,
    'AccessDeniedException',
  ],
  [
    "a cache point among Nova's tools",
    { modelId: NOVA, toolConfig: { tools: [tool(CLOSED), point] } },
    /#\/toolConfig\/tools\/1: extraneous key \[cachePoint\] is not permitted/,
  ],
  [
    'five cache points',
    { system: [1, 2, 3, 4, 5].flatMap((n) => [{ text: `${n}` }, point]) },
    /A maximum of 4 blocks .* Found 5\./,
  ],
  [
    'an hour after five minutes',
    { system: [{ text: 'a' }, point, { text: 'b' }, { cachePoint: { type: 'default', ttl: '1h' } }] },
    /ttl='1h'/,
  ],
  [
    'a cache point after reasoning',
    {
      messages: [
        { role: 'user', ...text('a') },
        {
          role: 'assistant',
          content: [{ reasoningContent: { reasoningText: { text: 'Hm.', signature: 's' } } }, point],
        },
        { role: 'user', ...text('b') },
      ],
    },
    /Cache point cannot be inserted after reasoning block/,
  ],
  [
    'too much about the request',
    { requestMetadata: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`k${n}`, 'v'])) },
    /requestMetadata/,
  ],
];

const TAKEN: readonly (readonly [what: string, input: Partial<ConverseCommandInput>])[] = [
  [
    'a conversation with tools',
    {
      ...withTool({ type: 'object' }),
      messages: [
        { role: 'user', ...text('a') },
        { role: 'assistant', content: [use] },
        { role: 'user', content: [result] },
      ],
    },
  ],
  ['a forced tool', decideTool],
  ['a forced tool, of Sonnet 5', { modelId: SONNET, ...decideTool }],
  ['a forced tool, of Nova', { modelId: NOVA, ...decideTool }],
  ['a tool that is left to it, of Opus 5.5', { modelId: OPUS55, ...choosing({ auto: {} }) }],
  ['a strict tool', withTool(CLOSED, { strict: true })],
  ['a strict tool, of GPT', { modelId: GPT, ...withTool(CLOSED, { strict: true }) }],
  [
    'a tool that is not strict, and open',
    withTool({ type: 'object', properties: { a: { type: 'array', maxItems: 1 } } }),
  ],
  ['a schema', native(CLOSED)],
  [
    'four cache points, the longer ones first',
    {
      toolConfig: { tools: [tool(CLOSED), { cachePoint: { type: 'default', ttl: '1h' } }] },
      system: [{ text: 'a' }, { cachePoint: { type: 'default', ttl: '1h' } }, { text: 'b' }, point],
      messages: [{ role: 'user', content: [{ text: 'a' }, point] }],
    },
  ],
  [
    "cache points in Nova's system and messages",
    { modelId: NOVA, system: [{ text: 'a' }, point], messages: [{ role: 'user', content: [{ text: 'a' }, point] }] },
  ],
  ["a model's own ARN", { modelId: 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc' }],
];

describe('a request is refused, as by the service, that has', () => {
  it.each(REFUSED)('%s', async (_, input, message, name = 'ValidationException') => {
    const server = await start(says('Yes.'));
    const client = clientOf(server);
    const error = await rejection(ask(client, hello(input)));
    expect(error).toMatchObject({ name, $metadata: { httpStatusCode: name === 'ValidationException' ? 400 : 403 } });
    expect(error instanceof Error && error.message).toMatch(message);
    expect(await rejection(stream(client, hello(input)))).toMatchObject({ name });
  });
});

describe('a request is taken that has', () => {
  it.each(TAKEN)('%s', async (_, input) => {
    const server = await start(says('Yes.'));
    expect((await ask(clientOf(server), hello(input))).output?.message?.content).toEqual([{ text: 'Yes.' }]);
  });
});

it('rules of a test come before ours', async () => {
  const server = await start(says('Yes.'), {
    models: [{ model: 'acme.wise', apis: ['converse'], toolChoice: ['auto'] }],
  });
  const client = clientOf(server);
  expect((await ask(client, hello({ modelId: 'acme.wise-1' }))).stopReason).toBe('end_turn');
  expect(await rejection(ask(client, hello({ modelId: 'acme.wise-1', ...decideTool })))).toMatchObject({
    message: expect.stringContaining('toolChoice.tool'),
  });
});

describe('before the service looks at it', () => {
  const post = async (
    path: string,
    body: string,
    headers: { [name: string]: string } = { authorization: 'Bearer x' },
  ) => {
    const { url } = await start(says('Yes.'));
    const response = await fetch(`${url}${path}`, { method: 'POST', body, headers });
    return { status: response.status, type: response.headers.get('x-amzn-errortype'), body: await response.json() };
  };
  const path = `/model/${encodeURIComponent(HAIKU)}/converse`;
  const body = JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'Hello' }] }] });

  it('takes a request that is whole', async () => {
    expect(await post(path, body)).toMatchObject({ status: 200, type: null });
    expect(await post(`/model/${HAIKU}/converse`, body)).toMatchObject({ status: 200 });
  });

  it.each(['{"messages": [', '', '[]', '{"messages": "Hello"}', '{"messages": [{"role": 1}]}'])(
    'refuses what is no JSON, or of another shape: %s',
    async (broken) => {
      expect(await post(path, broken)).toMatchObject({
        status: 400,
        type: 'SerializationException:http://internal.amazon.com/coral/com.amazon.coral.service/',
        body: { Message: expect.any(String) },
      });
    },
  );

  it('refuses who does not sign', async () => {
    expect(await post(path, body, {})).toMatchObject({
      status: 403,
      type: expect.stringMatching(/^MissingAuthenticationTokenException/),
      body: { message: 'Missing Authentication Token' },
    });
  });

  it.each(['/', '/model/x', '/model/x/invoke', '/model/%E0%A4%A/converse', '/guardrail/x/apply'])(
    'knows no operation %s',
    async (other) => {
      expect(await post(other, body)).toMatchObject({
        status: 404,
        type: expect.stringMatching(/^UnknownOperationException/),
      });
    },
  );

  it.each(PROTOCOLS)('refuses what is longer than any request may be, over %s', async (protocol) => {
    const server = await start(says('Yes.'));
    const input = hello({ messages: [{ role: 'user', content: [{ text: 'x'.repeat(21 * 2 ** 20) }] }] });
    expect(await rejection(ask(clientOf(server, protocol), input))).toMatchObject({ name: 'SerializationException' });
    expect(server.requests[0]?.body).toBeUndefined();
  });
});
