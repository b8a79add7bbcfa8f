import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type Answer, fails, type Reply, says, uses } from './answer.ts';
import { serving } from './testing/serving.ts';

const start = serving();
const PATH = '/openai/v1/responses';
const HEADERS = { authorization: 'Bearer local', 'content-type': 'application/json' };

const hello = (more: object = {}) => ({ model: 'openai.gpt-5.5', instructions: 'Be brief.', input: 'Hello', ...more });
const CLOSED = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
const tools = [{ type: 'function', name: 'decide', parameters: CLOSED, strict: true }];
const forced = { tools, tool_choice: { type: 'function', name: 'decide' } };

const body = z.looseObject({
  output: z.array(z.looseObject({ type: z.string() })).default([]),
  error: z.looseObject({ message: z.string() }).nullish(),
});

async function post(answer: Answer, request: unknown, headers: { [name: string]: string } = HEADERS) {
  const server = await start(answer, { countTokens: (text) => text.length });
  const response = await fetch(`${server.url}${PATH}`, { method: 'POST', headers, body: JSON.stringify(request) });
  return { server, response };
}

async function posted(answer: Answer, request: unknown, headers?: { [name: string]: string }) {
  const { server, response } = await post(answer, request, headers);
  return { server, status: response.status, body: body.parse(await response.json()) };
}

const event = z.looseObject({ type: z.string(), sequence_number: z.number() });

/** The events of a stream, each of which has its name before its data. */
async function streamed(answer: Answer, request: object) {
  const { response } = await post(answer, { ...request, stream: true });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const text = await response.text();
  return text.split('\n\n').flatMap((lines) => {
    if (lines === '') return [];
    const [name = '', data = ''] = lines.split('\n');
    const read = event.parse(JSON.parse(data.replace(/^data: /, '')));
    expect(name).toBe(`event: ${read.type}`);
    return [read];
  });
}

describe('the Responses API', () => {
  it('gives a text', async () => {
    const { server, status, body } = await posted(says('Good morning.'), hello({ store: false }));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: expect.stringMatching(/^resp_/),
      object: 'response',
      status: 'completed',
      error: null,
      incomplete_details: null,
      model: 'openai.gpt-5.5',
      store: false,
      output: [
        {
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: 'Good morning.', annotations: [] }],
        },
      ],
    });
    const prompt = '"Be brief."'.length + '{"type":"message","role":"user","content":"Hello"}'.length;
    expect(body['usage']).toEqual({
      input_tokens: prompt,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 13,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: prompt + 13,
    });
    expect(server.requests).toMatchObject([{ operation: 'Responses', model: 'openai.gpt-5.5' }]);
  });

  it('gives the use of a tool, its input as text, whatever that is', async () => {
    const { body } = await posted(uses('decide', { a: 'b' }), hello(forced));
    expect(body.output).toMatchObject([
      { type: 'function_call', call_id: expect.stringMatching(/^call_/), name: 'decide', arguments: '{"a":"b"}' },
    ]);
    const raw: Reply = { type: 'reply', content: [{ type: 'tool', name: 'decide', raw: '{"a": ', id: 'call_1' }] };
    expect((await posted(raw, hello(forced))).body.output).toMatchObject([{ call_id: 'call_1', arguments: '{"a": ' }]);
  });

  it('gives what was thought only encrypted, and only who asks for it', async () => {
    const reply: Reply = { type: 'reply', content: [{ type: 'reasoning', text: 'Hm', signature: 'sealed' }] };
    expect((await posted(reply, hello())).body.output).toEqual([
      { type: 'reasoning', id: expect.stringMatching(/^rs_/), summary: [] },
    ]);
    const { body } = await posted(reply, hello({ include: ['reasoning.encrypted_content'] }));
    expect(body.output).toMatchObject([{ type: 'reasoning', summary: [], encrypted_content: 'sealed' }]);
  });

  it.each([
    ['max_tokens', 'max_output_tokens'],
    ['content_filtered', 'content_filter'],
    ['guardrail_intervened', 'content_filter'],
  ])('is incomplete for %s as %s', async (stopReason, reason) => {
    const { body } = await posted(says('I', { stopReason }), hello());
    expect(body).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason },
      output: [{ status: 'incomplete' }],
    });
  });

  it('takes a schema of its answer', async () => {
    const text = { format: { type: 'json_schema', name: 'a', schema: CLOSED, strict: true } };
    expect((await posted(says('{"a":"b"}'), hello({ text }))).status).toBe(200);
  });

  it('takes a conversation, and knows what it says', async () => {
    const input = [
      { role: 'user', content: [{ type: 'input_text', text: 'Hello' }] },
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'sealed' },
      { type: 'function_call', call_id: 'c', name: 'decide', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: 'No.' },
      { role: 'assistant', content: [{ type: 'output_text', text: 'I see.' }] },
      { role: 'user', content: 'Well?' },
    ];
    expect((await posted(says('Yes.'), hello({ input, tools }))).status).toBe(200);
  });

  it('holds fields and items that no client knows, and no content', async () => {
    const reply: Reply = {
      type: 'reply',
      content: [{ type: 'unknown', block: { hologram: {} } }],
      unknown: { weather: 'fair' },
    };
    const { body } = await posted(reply, hello());
    expect(body).toMatchObject({ weather: 'fair', output: [{ type: 'hologram', hologram: {} }] });
    expect((await posted({ type: 'reply', content: [] }, hello())).body.output).toEqual([]);
  });

  it('fails in the shape of OpenAI', async () => {
    for (const stream of [false, true]) {
      const { status, body } = await posted(fails('ThrottlingException', 'Too many.'), hello({ stream }));
      expect(status).toBe(429);
      expect(body['error']).toEqual({ message: 'Too many.', type: 'rate_limit_error', param: null, code: null });
    }
  });

  it('is cut in its middle', async () => {
    await expect(posted({ type: 'cut', reply: says('Good morning.'), after: 1 }, hello())).rejects.toThrow(
      /terminated/,
    );
  });
});

describe('a stream of the Responses API', () => {
  it('gives a text in pieces', async () => {
    const events = await streamed(says('Good morning.', { piece: 8 }), hello());
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, at) => at));
    expect(events[0]).toMatchObject({ response: { status: 'in_progress', output: [], usage: null } });
    expect(events[2]).toMatchObject({ output_index: 0, item: { type: 'message', content: [] } });
    expect(events.slice(4, 6)).toMatchObject([{ delta: 'Good mor', content_index: 0 }, { delta: 'ning.' }]);
    expect(events.at(-1)).toMatchObject({
      response: {
        status: 'completed',
        output: [{ content: [{ text: 'Good morning.' }] }],
        usage: { output_tokens: 13 },
      },
    });
    const ids = new Set(events.map((event) => z.object({ item_id: z.string() }).safeParse(event).data?.item_id));
    expect(ids.size).toBe(2);
  });

  it('gives the use of a tool in pieces', async () => {
    const events = await streamed(uses('decide', { a: 'b' }, { piece: 5, stopReason: 'max_tokens' }), hello(forced));
    expect(events.slice(2)).toMatchObject([
      { type: 'response.output_item.added', item: { type: 'function_call', name: 'decide', arguments: '' } },
      { type: 'response.function_call_arguments.delta', delta: '{"a":' },
      { type: 'response.function_call_arguments.delta', delta: '"b"}' },
      { type: 'response.function_call_arguments.done', arguments: '{"a":"b"}' },
      { type: 'response.output_item.done', item: { arguments: '{"a":"b"}' } },
      { type: 'response.incomplete', response: { incomplete_details: { reason: 'max_output_tokens' } } },
    ]);
  });

  it('ends with an error', async () => {
    const reply = says('Good morning.');
    const events = await streamed(
      { type: 'exception', reply, after: 2, error: 'ThrottlingException', message: 'Stop.' },
      hello(),
    );
    expect(events.slice(1)).toEqual([
      expect.objectContaining({ type: 'response.in_progress' }),
      { type: 'error', code: 'rate_limit_exceeded', message: 'Stop.', param: null, sequence_number: 2 },
    ]);
  });

  it('is cut, and stalls until the client goes away', async () => {
    const reply = says('Good morning.');
    await expect(streamed({ type: 'cut', reply, after: 3 }, hello())).rejects.toThrow(/terminated/);
    const { server, response } = await post({ type: 'stall', reply, after: 3 }, hello({ stream: true }));
    expect(response.headers.has('content-length')).toBe(false);
    const read = await response.body?.getReader().read();
    expect(new TextDecoder().decode(read?.value)).toContain('event: response.created');
    await server.close();
    expect(await server.requests[0]?.ended).toMatchObject({ outcome: 'aborted', status: 200 });
  });
});

const user = { role: 'user', content: 'Hello' };
const call = { type: 'function_call', call_id: 'c', name: 'decide', arguments: '{}' };
const output = { type: 'function_call_output', call_id: 'c', output: 'No.' };
const thought = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'sealed' };

describe('what the Responses API refuses', () => {
  const open = { type: 'object', properties: {} };
  const format = (more: object) => ({ text: { format: { type: 'json_schema', name: 'a', strict: true, ...more } } });
  it.each<readonly [string, object, number, RegExp]>([
    ['a model that is not there', { model: 'acme.wise' }, 404, /model doesn't exist or doesn't support this API/],
    ['a model that speaks only Converse', { model: 'us.anthropic.claude-haiku-4-5' }, 404, /doesn't support this API/],
    ['a model that speaks only Chat Completions', { model: 'openai.gpt-oss-20b-1:0' }, 404, /doesn't support this API/],
    ['a choice without tools', { tool_choice: 'required' }, 400, /only allowed when 'tools' are specified/],
    [
      "a choice of a tool that isn't there",
      { tools, tool_choice: { type: 'function', name: 'x' } },
      400,
      /none of the 'tools'/,
    ],
    [
      'a tool in the shape of Chat Completions',
      { tools: [{ type: 'function', function: { name: 'a' } }] },
      400,
      /tools/,
    ],
    [
      'a strict tool that is open',
      { tools: [{ type: 'function', name: 'a', parameters: open, strict: true }] },
      400,
      /^Invalid schema for function 'a': 'additionalProperties' is required/,
    ],
    [
      'a strict schema that leaves a choice',
      format({ schema: { ...CLOSED, required: [] } }),
      400,
      /^Invalid schema for response_format 'a': 'required' .* Missing 'a'/,
    ],
    ['a format without its schema', format({}), 400, /text\.format/],
    ['a format that is not there', { text: { format: { type: 'yaml' } } }, 400, /text\.format/],
    ['no input', { input: undefined }, 400, /input/],
    ['an input of nothing', { input: [] }, 400, /input/],
    ['a message of nobody', { input: [{ role: 'tool', content: 'Hello' }] }, 400, /input/],
    [
      'a part that the caller can’t say',
      { input: [{ role: 'user', content: [{ type: 'output_text', text: 'a' }] }] },
      400,
      /^Invalid value: 'output_text'\. Supported values are: 'input_text'/,
    ],
    [
      'a part that the model can’t say',
      { input: [user, { role: 'assistant', content: [{ type: 'input_text', text: 'a' }] }] },
      400,
      /^Invalid value: 'input_text'\. Supported values are: 'output_text', 'refusal'\. \(input\[1\]\.content\[0\]\)/,
    ],
    [
      'the use of a tool without its output',
      { input: [user, call] },
      400,
      /^No tool output found for function call c\.$/,
    ],
    [
      'the output of a tool that was not used',
      { input: [user, output] },
      400,
      /^No tool call found for .* call_id c\.$/,
    ],
    [
      'thoughts that it has not kept',
      { input: [user, { ...thought, encrypted_content: undefined }, call, output] },
      400,
      /^Item with id 'rs_1' not found\. Items are not persisted when `store` is set to false\./,
    ],
    [
      'thoughts that led to nothing',
      { input: [thought] },
      400,
      /'rs_1' of type 'reasoning' .* required following item/,
    ],
    ['thoughts before what the caller said', { input: [thought, user] }, 400, /required following item/],
    ['thoughts before an output', { input: [call, thought, output] }, 400, /required following item/],
    ['a response before', { previous_response_id: 'resp_1' }, 400, /^Previous response with id 'resp_1' not found\.$/],
    ['to work in the background', { background: true }, 400, /Leave out background/],
    ['too little room', { max_output_tokens: 15 }, 400, /Expected a value >= 16, but got 15 instead/],
    ['a temperature', { temperature: 0 }, 400, /'temperature' is not supported with this model/],
  ])('%s', async (_, more, status, message) => {
    const refused = await posted(says('Yes.'), hello(more));
    expect(refused.status).toBe(status);
    expect(refused.body.error?.message).toMatch(message);
    expect(refused.body.error).toHaveProperty('type', status === 404 ? 'not_found_error' : 'invalid_request_error');
  });

  it('who does not sign', async () => {
    expect(await posted(says('Yes.'), hello(), {})).toMatchObject({
      status: 403,
      body: { error: { type: 'permission_error' } },
    });
  });
});
