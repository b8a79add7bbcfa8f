import { once } from 'node:events';
import http2 from 'node:http2';
import { describe, expect, it } from '@jest/globals';
import { type Answer, fails, type Reply, says, uses } from './answer.ts';
import { z } from 'zod';
import { serving } from './testing/serving.ts';

const start = serving();

const answered = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        finish_reason: z.string(),
        message: z.looseObject({
          content: z.string().nullable(),
          tool_calls: z
            .array(z.looseObject({ function: z.object({ name: z.string(), arguments: z.string() }) }))
            .optional(),
        }),
      }),
    )
    .optional(),
  usage: z.unknown().optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});
const PATH = '/openai/v1/chat/completions';
const HEADERS = { authorization: 'Bearer local', 'content-type': 'application/json' };

const hello = (more: object = {}) => ({
  model: 'openai.gpt-5.5',
  messages: [
    { role: 'developer', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
  ],
  ...more,
});
const CLOSED = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
const tools = [{ type: 'function', function: { name: 'decide', parameters: CLOSED, strict: true } }];
const forced = { tools, tool_choice: { type: 'function', function: { name: 'decide' } } };

async function post(answer: Answer, body: unknown, headers: { [name: string]: string } = HEADERS) {
  const server = await start(answer, { countTokens: (text) => text.length });
  const response = await fetch(`${server.url}${PATH}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return {
    server,
    status: response.status,
    body: answered.parse(await response.json()),
    id: response.headers.get('x-amzn-requestid'),
  };
}

describe('Chat Completions', () => {
  it('gives a text', async () => {
    const { server, status, body, id } = await post(says('Good morning.'), hello());
    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'chat.completion',
      model: 'openai.gpt-5.5',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Good morning.' } }],
    });
    const prompt =
      '{"role":"developer","content":"Be brief."}'.length +
      '{"role":"user","content":[{"type":"text","text":"Hello"}]}'.length;
    expect(body.usage).toEqual({
      prompt_tokens: prompt,
      completion_tokens: 13,
      total_tokens: prompt + 13,
      prompt_tokens_details: { cached_tokens: 0 },
    });
    expect(server.requests).toMatchObject([{ operation: 'ChatCompletions', model: 'openai.gpt-5.5', id }]);
  });

  it('gives the use of a tool, its input as text, whatever that is', async () => {
    const { body } = await post(uses('decide', { a: 'b' }), hello(forced));
    expect(body.choices).toMatchObject([
      {
        finish_reason: 'tool_calls',
        message: {
          content: null,
          tool_calls: [{ type: 'function', function: { name: 'decide', arguments: '{"a":"b"}' } }],
        },
      },
    ]);
    const raw: Reply = { type: 'reply', content: [{ type: 'tool', name: 'decide', raw: '{"a": ' }] };
    const { body: broken } = await post(raw, hello(forced));
    expect(broken.choices?.[0]?.message.tool_calls?.[0]?.function.arguments).toBe('{"a": ');
  });

  it.each([
    ['max_tokens', 'length'],
    ['content_filtered', 'content_filter'],
    ['guardrail_intervened', 'content_filter'],
    ['stop_sequence', 'stop'],
    ['tired', 'tired'],
  ])('stops for %s as %s', async (stopReason, finish) => {
    const { body } = await post(says('I', { stopReason }), hello());
    expect(body.choices?.[0]?.finish_reason).toBe(finish);
  });

  it('takes a schema of its answer', async () => {
    const format = { type: 'json_schema', json_schema: { name: 'a', schema: CLOSED, strict: true } };
    const { status, body } = await post(says('{"a":"b"}'), hello({ response_format: format }));
    expect([status, body.choices?.[0]?.message.content]).toEqual([200, '{"a":"b"}']);
  });

  it('holds fields that no client knows, and no content', async () => {
    const reply: Reply = {
      type: 'reply',
      content: [{ type: 'unknown', block: { hologram: {} } }],
      unknown: { weather: 'fair' },
    };
    const { body } = await post(reply, hello());
    expect(body).toMatchObject({ weather: 'fair', choices: [{ message: { content: null, hologram: {} } }] });
    expect((await post({ type: 'reply', content: [] }, hello())).body.choices?.[0]?.message.content).toBeNull();
  });

  it('fails in the shape of its own', async () => {
    const { status, body, id } = await post(fails('ThrottlingException', 'Too many.'), hello());
    expect(status).toBe(429);
    expect(body).toEqual({ error: { message: 'Too many.', type: 'rate_limit_error', param: null, code: null } });
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  const open = { type: 'object', properties: {} };
  it.each<readonly [string, object, number, RegExp]>([
    ['a model that is not there', { model: 'acme.wise' }, 404, /model doesn't exist or doesn't support this API/],
    ['a model that speaks only Converse', { model: 'us.anthropic.claude-haiku-4-5' }, 404, /doesn't support this API/],
    ['a choice without tools', { tool_choice: 'required' }, 400, /only allowed when 'tools' are specified/],
    [
      "a choice of a tool that isn't there",
      { tools, tool_choice: { type: 'function', function: { name: 'x' } } },
      400,
      /none of the 'tools'/,
    ],
    [
      'a strict tool that is open',
      { tools: [{ type: 'function', function: { name: 'a', parameters: open, strict: true } }] },
      400,
      /^Invalid schema for function 'a': 'additionalProperties' is required/,
    ],
    [
      'a strict schema that leaves a choice',
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'a', strict: true, schema: { ...CLOSED, required: [] } },
        },
      },
      400,
      /^Invalid schema for response_format 'a': 'required' .* Missing 'a'/,
    ],
    ['a stream', { stream: true }, 400, /does not stream/],
    ['no message', { messages: [] }, 400, /messages/],
    ['a format that is not there', { response_format: { type: 'yaml' } }, 400, /response_format/],
  ])('refuses %s', async (_, more, status, message) => {
    const refused = await post(says('Yes.'), hello(more));
    expect(refused.status).toBe(status);
    expect(refused.body.error?.message).toMatch(message);
  });

  it('refuses who does not sign', async () => {
    expect(await post(says('Yes.'), hello(), {})).toMatchObject({
      status: 403,
      body: { error: { type: 'permission_error' } },
    });
  });

  it('is cut in its middle', async () => {
    await expect(post({ type: 'cut', reply: says('Good morning.'), after: 1 }, hello())).rejects.toThrow(/terminated/);
  });

  it('is spoken over HTTP/2 too', async () => {
    const server = await start(says('Good morning.'));
    const session = http2.connect(server.url);
    const request = session.request({ ':method': 'POST', ':path': PATH, ...HEADERS });
    request.setEncoding('utf8').end(JSON.stringify(hello()));
    const [headers] = await once(request, 'response');
    expect(headers[':status']).toBe(200);
    let body = '';
    for await (const chunk of request) body += chunk;
    expect(JSON.parse(body).choices[0].message.content).toBe('Good morning.');
    expect(server.requests[0]?.protocol).toBe('h2c');
    session.close();
  });
});
