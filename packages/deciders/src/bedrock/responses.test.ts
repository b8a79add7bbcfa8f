import { afterEach, describe, expect, test } from '@jest/globals';
import { type Answer, type Block, fails, type Reply, says, uses } from '../local-bedrock/answer.ts';
import type { StreamErrorName } from '../local-bedrock/errors.ts';
import { NOON } from '../offline/testing/question.ts';
import { answered, asking, closeScripted, DECISION, GPT, later, NOVA, obedient, scripted } from './testing/scripted.ts';

afterEach(closeScripted);

const { choice, values } = DECISION;
const forced = [{ model: GPT, strategies: ['forced' as const, 'json' as const] }];
const usage = { input: 100, output: 20, cacheRead: 900, cacheWrite: 0 };
const WITH_NAME = {
  type: 'json_schema',
  name: 'decide',
  strict: true,
  schema: expect.objectContaining({ type: 'object', required: ['choice', 'values', 'confidence', 'why'] }),
};

describe('a decision over the Responses API', () => {
  test('is a decision like any other, and nothing of it is kept', async () => {
    const { decider, server } = await scripted(() => says(JSON.stringify(DECISION), { usage }));
    expect(await decider.decide(asking([GPT]))).toMatchObject({
      ...DECISION,
      // 100 × 5.5 + 20 × 33 + 900 × 0.55 millionths of a dollar.
      by: { model: GPT, strategy: 'native', tokens: usage, cost: 0.001705, attempts: [{ tokens: usage }] },
    });
    expect(server.requests.map(({ operation }) => operation)).toEqual(['Responses']);
    expect(server.requests[0]?.body).toEqual({
      model: GPT,
      store: false,
      instructions: expect.stringContaining('<question step='),
      input: [{ role: 'user', content: expect.stringContaining('where is order W1000001') }],
      text: { format: WITH_NAME },
      max_output_tokens: 3_000,
      reasoning: { effort: 'low' },
      include: ['reasoning.encrypted_content'],
    });
  });

  test.each(['strict', 'forced'] as const)('is the input of a tool: %s', async (strategy) => {
    const { decider, server } = await scripted(() => answered(strategy), {
      rows: [{ model: GPT, strategies: [strategy] }],
    });
    expect(await decider.decide(asking([GPT]))).toMatchObject({ choice, values, by: { strategy } });
    const body = Object(server.requests[0]?.body);
    expect(body.tools).toEqual([
      {
        type: 'function',
        name: 'decide',
        description: expect.any(String),
        parameters: WITH_NAME.schema,
        strict: strategy === 'strict',
      },
    ]);
    expect(body.tool_choice).toEqual({ type: 'function', name: 'decide' });
    expect(body).not.toHaveProperty('text');
  });

  test('is JSON in a text, where that is asked for in the prompt', async () => {
    const { decider, server } = await scripted(() => says(`Here: ${JSON.stringify(DECISION)}`), {
      rows: [{ model: GPT, strategies: ['json'] }],
    });
    expect(await decider.decide(asking([GPT]))).toMatchObject({ choice, values, by: { strategy: 'json' } });
    const body = Object(server.requests[0]?.body);
    expect(body.instructions).toContain('Answer with one JSON object that fits this schema');
    expect(body).not.toHaveProperty('tools');
    expect(body).not.toHaveProperty('text');
  });

  test('is asked of a model that does not think with a temperature, any tool, and without its thoughts', async () => {
    const { decider, server } = await scripted(obedient, {
      rows: [{ model: 'vendor.', api: 'responses', strategies: ['forced'], force: 'any', temperature: true }],
      server: { models: [{ model: 'vendor.', apis: ['responses'], toolChoice: ['any'] }] },
    });
    await decider.decide(asking(['vendor.x']));
    const body = Object(server.requests[0]?.body);
    expect(body).toMatchObject({ temperature: 0, tool_choice: 'required', max_output_tokens: 1_000 });
    expect(body).not.toHaveProperty('reasoning');
    expect(body).not.toHaveProperty('include');
  });

  test('is signed for Bedrock with the client’s credentials and region', async () => {
    delete process.env['AWS_BEARER_TOKEN_BEDROCK'];
    const { decider, server } = await scripted(obedient, { client: { region: 'us-west-2' } });
    await decider.decide(asking([GPT]));
    expect(server.requests[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=local\/\d{8}\/us-west-2\/bedrock\/aws4_request, SignedHeaders=content-type;host;/,
    );
  });

  test('is asked for with a Bedrock key, where there is one', async () => {
    process.env['AWS_BEARER_TOKEN_BEDROCK'] = 'bedrock-key';
    const { decider, server } = await scripted(obedient);
    await decider.decide(asking([GPT]));
    expect(server.requests[0]?.headers.authorization).toBe('Bearer bedrock-key');
  });

  test('goes down the ladder', async () => {
    const refuse = [
      "Unsupported parameter: 'text.format' is not supported with this model.",
      "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
    ];
    const { decider, server } = await scripted((asked, n) =>
      refuse[n] === undefined ? obedient(asked) : fails('ValidationException', refuse[n]),
    );
    expect((await decider.decide(asking([GPT]))).by).toMatchObject({
      strategy: 'forced',
      attempts: [
        { strategy: 'native', failed: 'decider/refused' },
        { strategy: 'forced', failed: 'decider/refused' },
        {},
      ],
    });
    const last = Object(server.requests[2]?.body);
    expect(last).not.toHaveProperty('reasoning');
    expect(last).not.toHaveProperty('include');
  });

  test('is not asked for where the workflow names a guardrail', async () => {
    const { decider, server } = await scripted(obedient);
    const guarded = asking([GPT]);
    const at = { file: 'a.yaml', line: 1, column: 1 };
    const models = { ...guarded.models, guardrail: { id: 'gr-1', version: '1', to: undefined, at } };
    await expect(decider.decide({ ...guarded, models })).rejects.toMatchObject({ code: 'decider/refused' });
    expect(server.requests).toHaveLength(0);
  });
});

/** A body by hand, as OpenAI's API reference shows it. */
const response = (output: readonly object[], more: object = {}): Answer => ({
  type: 'bytes',
  body: JSON.stringify({ id: 'resp_1', object: 'response', status: 'completed', error: null, output, ...more }),
});
const message = (text: string, more: object = {}) => ({
  type: 'message',
  id: 'msg_1',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
  ...more,
});
const TEXT = JSON.stringify(DECISION);

describe('of what comes out', () => {
  test.each<readonly [string, readonly object[]]>([
    ['thoughts', [{ type: 'reasoning', id: 'rs_1', summary: [] }, message(TEXT)]],
    [
      'what the model says on its way',
      [message('Let me see. {"choice":"x"}', { phase: 'commentary' }), message(TEXT, { phase: 'final_answer' })],
    ],
    ['items of a kind nobody knows', [{ type: 'hologram', id: 'x_1' }, message(TEXT)]],
  ])('%s is passed over', async (_, output) => {
    const { decider } = await scripted(() => response(output));
    expect(await decider.decide(asking([GPT]))).toMatchObject({ choice, values, by: { attempts: [{}] } });
  });

  test('tokens that are not told are none', async () => {
    const { decider } = await scripted(() => response([message(TEXT)], { usage: { output_tokens: 7 } }));
    const { by } = await decider.decide(asking([GPT]));
    expect(by?.tokens).toEqual({ input: 0, output: 7, cacheRead: 0, cacheWrite: 0 });
  });

  test.each<readonly [string, Answer]>([
    [
      'a refusal',
      response([{ type: 'message', id: 'm', role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] }]),
    ],
    ['what a filter held back', says(TEXT, { stopReason: 'content_filtered' })],
  ])('%s is not asked about again', async (_, answer) => {
    const { decider, server } = await scripted((asked) => (asked.model === GPT ? answer : obedient(asked)));
    expect((await decider.decide(asking([GPT, NOVA]))).by).toMatchObject({
      model: NOVA,
      attempts: [{ failed: 'decider/outside' }, {}],
    });
    expect(server.requests).toHaveLength(2);
  });
});

describe('an answer over the Responses API that is none', () => {
  test.each<readonly [string, Answer]>([
    ['the wrong tool', uses('lookup', { id: 1 })],
    ['input that is no JSON', { type: 'reply', content: [{ type: 'tool', name: 'decide', raw: '{"choice": tra' }] }],
    ['nothing', { type: 'reply', content: [] }],
    [
      'thoughts alone, cut off',
      { type: 'reply', content: [{ type: 'reasoning', text: 'Hm' }], stopReason: 'max_tokens' },
    ],
    ['a choice that was not offered', uses('decide', { ...DECISION, choice: 'refund' })],
    [
      'two decisions',
      {
        type: 'reply',
        content: ['track', 'return'].map((choice) => ({
          type: 'tool',
          name: 'decide',
          input: { ...DECISION, choice },
        })),
      },
    ],
  ])('is shown to the model, once: %s', async (_, answer) => {
    const { decider, server } = await scripted((asked, n) => (n === 0 ? answer : obedient(asked)), { rows: forced });
    expect(await decider.decide(asking([GPT]))).toMatchObject({ choice, values });
    expect(server.requests).toHaveLength(2);
  });

  const twice = async (...content: readonly Block[]) => {
    const first: Reply = { type: 'reply', content };
    const { decider, server } = await scripted((asked, n) => (n === 0 ? first : obedient(asked)), { rows: forced });
    await decider.decide(asking([GPT]));
    return Object(server.requests[1]?.body).input.slice(1);
  };
  const input = { ...DECISION, choice: 'refund' };
  const wrong = expect.stringContaining('Its choice is none of track, return');
  const use: Block = { type: 'tool', name: 'decide', input, id: 'call_1' };

  test('goes back as the use of a tool, with the thoughts that led to it and no ids', async () => {
    expect(await twice({ type: 'reasoning', text: 'Hm', signature: 'encrypted' }, use)).toEqual([
      { type: 'reasoning', id: expect.stringMatching(/^rs_/), summary: [], encrypted_content: 'encrypted' },
      { type: 'function_call', call_id: 'call_1', name: 'decide', arguments: JSON.stringify(input) },
      { type: 'function_call_output', call_id: 'call_1', output: wrong },
    ]);
  });

  test('goes back as a text', async () => {
    expect(await twice({ type: 'text', text: JSON.stringify(input) })).toEqual([
      { role: 'assistant', content: [{ type: 'output_text', text: JSON.stringify(input) }] },
      { role: 'user', content: wrong },
    ]);
  });

  test('goes back without thoughts that are not there to be read, and with its phase', async () => {
    const answer = response([
      { type: 'reasoning', id: 'rs_1', summary: [] },
      message(JSON.stringify(input), { phase: 'final_answer' }),
    ]);
    const { decider, server } = await scripted((asked, n) => (n === 0 ? answer : obedient(asked)));
    await decider.decide(asking([GPT]));
    expect(Object(server.requests[1]?.body).input.slice(1)).toEqual([
      { role: 'assistant', content: [{ type: 'output_text', text: JSON.stringify(input) }], phase: 'final_answer' },
      { role: 'user', content: wrong },
    ]);
  });

  test('gets more room where it was cut off', async () => {
    const cut = says('{"choice": "tra', { stopReason: 'max_tokens' });
    const { decider, server } = await scripted((asked, n) => (n === 0 ? cut : obedient(asked)));
    expect(await decider.decide(asking([GPT]))).toMatchObject({
      choice,
      by: { attempts: [{ failed: 'decider/outside' }, {}] },
    });
    expect(Object(server.requests[1]?.body).max_output_tokens).toBe(6_000);
  });
});

describe('a failure over the Responses API', () => {
  const broken = (code: string) => response([], { status: 'failed', error: { code, message: 'Sorry.' } });
  test.each<readonly [string, Answer, string, number]>([
    ['a model that timed out (408)', fails('ModelTimeoutException'), 'decider/timeout', 2],
    ['a fault of the service (500)', fails('InternalServerException'), 'decider/unavailable', 2],
    ['a service that is not there (503)', fails('ServiceUnavailableException'), 'decider/unavailable', 2],
    ['a response that failed (200)', broken('server_error'), 'decider/unavailable', 2],
    ['a response that was cancelled (200)', response([], { status: 'cancelled' }), 'decider/unavailable', 2],
    ['a connection that is reset', { type: 'reset' }, 'decider/unavailable', 2],
    ['bytes that are no JSON', { type: 'bytes', body: 'What?' }, 'decider/unavailable', 2],
    ['JSON of another shape', { type: 'bytes', body: '{"output":[{"type":"message"}]}' }, 'decider/unavailable', 2],
    ['a quota (400)', fails('ServiceQuotaExceededException'), 'decider/quota', 1],
    ['no access (403)', fails('AccessDeniedException'), 'decider/access', 1],
    ['no such model (404)', fails('ResourceNotFoundException'), 'decider/access', 1],
    ['a request that is not valid (400)', fails('ValidationException', 'nonsense'), 'decider/refused', 1],
    ['a prompt that is not valid (200)', broken('invalid_prompt'), 'decider/refused', 1],
  ])('of %s', async (_, answer, code, calls) => {
    const { decider, server } = await scripted(() => answer);
    await expect(decider.decide(asking([GPT]))).rejects.toMatchObject({ code });
    expect(server.requests).toHaveLength(calls);
  });

  test.each([
    ['429', fails('ThrottlingException')],
    ['200', broken('rate_limit_exceeded')],
  ])('of too many calls (%s) leads to the next model', async (_, answer) => {
    const { decider } = await scripted((asked) => (asked.model === GPT ? answer : obedient(asked)));
    expect((await decider.decide(asking([GPT, NOVA]))).by).toMatchObject({
      model: NOVA,
      attempts: [{ failed: 'decider/throttled' }, {}],
    });
  });

  test.each<readonly [string, (never: Promise<Answer>) => Answer | Promise<Answer>]>([
    ['before it', (never) => never],
    ['in its middle', (until) => ({ type: 'stall', reply: says(TEXT), after: 1, until })],
  ])('of the clock: the call is cut, %s', async (_, answer) => {
    const { decider, server, clock, heard } = await scripted(() => answer(later().answer));
    const decision = expect(decider.decide(asking([GPT]))).rejects.toMatchObject({ code: 'decider/timeout' });
    await heard(1);
    await clock.advance(4_950);
    await decision;
    expect((await server.requests[0]?.ended)?.outcome).toBe('aborted');
  });
});

describe('words over the Responses API', () => {
  const WORDS = 'Your order is on its way. It comes on Friday, 6 March.';
  async function composed(answer: Answer) {
    const { decider, server } = await scripted((asked) => (asked.model === GPT ? answer : says('Something else.')));
    if (!decider.compose) throw new Error('It does not compose.');
    const said: string[] = [];
    const done = await decider
      .compose({
        session: 's1',
        workflow: 'test',
        step: 'tell',
        guidance: '',
        instructions: 'Tell where the order is.',
        facts: { status: 'on its way', due: 'Friday, 6 March' },
        longest: 300,
        transcript: async () => [],
        models: { decide: GPT, fallback: [NOVA], residency: undefined },
        due: NOON + 7_000,
        deadline: NOON + 5_000,
        signal: new AbortController().signal,
        onText: (soFar) => said.push(soFar),
      })
      .catch((error: unknown) => ({ error }));
    return { done, said, server };
  }

  test('come as they are written, and are not kept', async () => {
    const { done, said, server } = await composed(says(WORDS, { usage, piece: 10 }));
    expect(done).toMatchObject({ text: WORDS, by: { model: GPT, strategy: 'text', tokens: usage, cost: 0.001705 } });
    expect(said).toEqual([30, 40, 50, 60].map((end) => WORDS.slice(0, end)));
    expect(server.requests[0]?.body).toEqual({
      model: GPT,
      store: false,
      stream: true,
      instructions: expect.stringContaining('At most 300 characters.'),
      input: [{ role: 'user', content: expect.stringContaining('<facts>') }],
      max_output_tokens: 3_300,
      reasoning: { effort: 'low' },
    });
  });

  /** A stream by hand. */
  const stream = (...events: readonly object[]): Answer => ({
    type: 'bytes',
    body: events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''),
  });
  const added = (output_index: number, phase: string) => ({
    type: 'response.output_item.added',
    output_index,
    item: { type: 'message', phase, content: [] },
  });
  const delta = (output_index: number, delta: string) => ({ type: 'response.output_text.delta', output_index, delta });
  const done = (more: object = {}) => ({
    type: 'response.completed',
    response: { status: 'completed', output: [], ...more },
  });

  test('are not what the model says on its way', async () => {
    const { done: words } = await composed(
      stream(added(0, 'commentary'), delta(0, 'Let me see.'), added(1, 'final_answer'), delta(1, WORDS), done()),
    );
    expect(words).toMatchObject({ text: WORDS });
  });

  const refusal = { output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] }] };
  test.each<readonly [string, Answer, string]>([
    ['were held back', says('No.', { stopReason: 'content_filtered' }), 'decider/outside'],
    ['were refused', stream(done(refusal)), 'decider/outside'],
    ['were too long', says('On', { stopReason: 'max_tokens' }), 'decider/outside'],
    ['are none', says(' '), 'decider/outside'],
    ['broke off', { type: 'cut', reply: says('On its way'), after: 5 }, 'decider/unavailable'],
    ['end before their end', stream(delta(0, 'On its way')), 'decider/unavailable'],
    [
      'failed',
      stream({
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'rate_limit_exceeded' }, output: [] },
      }),
      'decider/throttled',
    ],
    ['were asked for too often', fails('ThrottlingException'), 'decider/throttled'],
  ])('that %s are the next model’s', async (_, answer, code) => {
    const { done } = await composed(answer);
    expect(done).toMatchObject({ text: 'Something else.', by: { model: NOVA } });
    expect(done).toHaveProperty('by.attempts.0.failed', code);
  });

  test.each<readonly [StreamErrorName, string]>([
    ['ThrottlingException', 'decider/throttled'],
    ['ValidationException', 'decider/refused'],
    ['InternalServerException', 'decider/unavailable'],
  ])('that %s ends are nobody’s, once they are out', async (error, code) => {
    const reply = says(WORDS, { piece: 30 });
    // created, in_progress, item added, part added, and the first piece: a sentence and the beginning of another.
    const { done, said } = await composed({ type: 'exception', reply, after: 5, error });
    expect(said).toEqual([WORDS.slice(0, 30)]);
    expect(done).toMatchObject({ error: { code } });
  });
});
