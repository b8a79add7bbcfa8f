import { afterEach, describe, expect, test } from '@jest/globals';
import { type Answer, fails, says, uses } from '../local-bedrock/answer.ts';
import { asking, closeScripted, DECISION, GPT, later, NOVA, obedient, scripted } from './testing/scripted.ts';

afterEach(closeScripted);

const { choice, values } = DECISION;
/** Rows of an installation that has the model answer over Chat Completions. */
const rows = [{ model: GPT, api: 'chat' as const }];
const tools = [{ model: GPT, api: 'chat' as const, strategies: ['forced' as const, 'json' as const] }];

describe('a decision over Chat Completions', () => {
  test('is a decision like any other', async () => {
    const usage = { input: 100, output: 20, cacheRead: 900, cacheWrite: 0 };
    const { decider, server } = await scripted(() => says(JSON.stringify(DECISION), { usage }), { rows });
    expect(await decider.decide(asking([GPT]))).toMatchObject({
      ...DECISION,
      // 100 × 5.5 + 20 × 33 + 900 × 0.55 millionths of a dollar.
      by: { model: GPT, strategy: 'native', tokens: usage, cost: 0.001705, attempts: [{ tokens: usage }] },
    });
    expect(server.requests.map(({ operation }) => operation)).toEqual(['ChatCompletions']);
    expect(Object(server.requests[0]?.body).response_format).toMatchObject({
      type: 'json_schema',
      json_schema: {
        name: 'decide',
        strict: true,
        schema: { type: 'object', required: ['choice', 'values', 'confidence', 'why'] },
      },
    });
  });

  test('is the input of a tool, where one is forced', async () => {
    const { decider } = await scripted(obedient, { rows: tools });
    expect(await decider.decide(asking([GPT]))).toMatchObject({ choice, values, by: { strategy: 'forced' } });
  });

  test('is signed for Bedrock with the client’s credentials and region', async () => {
    delete process.env['AWS_BEARER_TOKEN_BEDROCK'];
    const { decider, server } = await scripted(obedient, { rows, client: { region: 'us-west-2' } });
    await decider.decide(asking([GPT]));
    expect(server.requests[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=local\/\d{8}\/us-west-2\/bedrock\/aws4_request, SignedHeaders=content-type;host;/,
    );
  });

  test('is asked for with a Bedrock key, where there is one', async () => {
    process.env['AWS_BEARER_TOKEN_BEDROCK'] = 'bedrock-key';
    const { decider, server } = await scripted(obedient, { rows });
    await decider.decide(asking([GPT]));
    expect(server.requests[0]?.headers.authorization).toBe('Bearer bedrock-key');
  });

  test('goes down the ladder', async () => {
    const refuse = [
      "This model doesn't support 'response_format'.",
      'Function tools with reasoning_effort are not supported for this model in /v1/chat/completions.',
    ];
    const { decider, server } = await scripted(
      (asked, n) => (refuse[n] === undefined ? obedient(asked) : fails('ValidationException', refuse[n])),
      { rows },
    );
    expect((await decider.decide(asking([GPT]))).by).toMatchObject({
      strategy: 'forced',
      attempts: [
        { strategy: 'native', failed: 'decider/refused' },
        { strategy: 'forced', failed: 'decider/refused' },
        {},
      ],
    });
    expect(Object(server.requests[2]?.body)).not.toHaveProperty('reasoning_effort');
  });
});

const bad: readonly (readonly [string, Answer])[] = [
  ['the wrong tool', uses('lookup', { id: 1 })],
  ['input that is no JSON', { type: 'reply', content: [{ type: 'tool', name: 'decide', raw: '{"choice": tra' }] }],
  ['nothing', { type: 'reply', content: [] }],
  ['a choice that was not offered', uses('decide', { ...DECISION, choice: 'refund' })],
  ['half a decision, cut off', uses('decide', DECISION, { stopReason: 'max_tokens' })],
];

describe('an answer over Chat Completions that is none', () => {
  test.each(bad)('is shown to the model, once: %s', async (_, answer) => {
    const { decider, server } = await scripted((asked, n) => (n === 0 ? answer : obedient(asked)), { rows: tools });
    expect(await decider.decide(asking([GPT]))).toMatchObject({ choice, values });
    expect(server.requests).toHaveLength(2);
  });

  test('goes back in the endpoint’s shape', async () => {
    const input = { ...DECISION, choice: 'refund' };
    const { decider, server } = await scripted(
      (asked, n) =>
        n === 0 ? { type: 'reply', content: [{ type: 'tool', name: 'decide', input, id: 'call_1' }] } : obedient(asked),
      { rows: tools },
    );
    await decider.decide(asking([GPT]));
    expect(Object(server.requests[1]?.body).messages.slice(2)).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'decide', arguments: JSON.stringify(input) } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: expect.stringContaining('Its choice is none of track, return') },
    ]);
  });

  test('is not asked about again where a filter held it back', async () => {
    const filtered = says('No.', { stopReason: 'content_filtered' });
    const { decider, server } = await scripted((asked) => (asked.model === GPT ? filtered : obedient(asked)), { rows });
    expect((await decider.decide(asking([GPT, NOVA]))).by).toMatchObject({ model: NOVA });
    expect(server.requests).toHaveLength(2);
  });
});

describe('a failure over Chat Completions', () => {
  test.each<readonly [string, Answer, string, number]>([
    ['a model that timed out (408)', fails('ModelTimeoutException'), 'decider/timeout', 2],
    ['a fault of the service (500)', fails('InternalServerException'), 'decider/unavailable', 2],
    ['a service that is not there (503)', fails('ServiceUnavailableException'), 'decider/unavailable', 2],
    ['a connection that is reset', { type: 'reset' }, 'decider/unavailable', 2],
    ['bytes that are no JSON', { type: 'bytes', body: 'What?' }, 'decider/unavailable', 2],
    ['JSON of another shape', { type: 'bytes', body: '{"choices":[]}' }, 'decider/unavailable', 2],
    ['a quota (400)', fails('ServiceQuotaExceededException'), 'decider/quota', 1],
    ['no access (403)', fails('AccessDeniedException'), 'decider/access', 1],
    ['no such model (404)', fails('ResourceNotFoundException'), 'decider/access', 1],
    ['a request that is not valid (400)', fails('ValidationException', 'nonsense'), 'decider/refused', 1],
  ])('of %s', async (_, answer, code, calls) => {
    const { decider, server } = await scripted(() => answer, { rows });
    await expect(decider.decide(asking([GPT]))).rejects.toMatchObject({ code });
    expect(server.requests).toHaveLength(calls);
  });

  test('of too many calls (429) leads to the next model', async () => {
    const { decider } = await scripted(
      (asked) => (asked.model === GPT ? fails('ThrottlingException') : obedient(asked)),
      { rows },
    );
    expect((await decider.decide(asking([GPT, NOVA]))).by).toMatchObject({
      model: NOVA,
      attempts: [{ failed: 'decider/throttled' }, {}],
    });
  });

  test('of the clock: the call is cut', async () => {
    const never = later();
    const { decider, server, clock, heard } = await scripted(() => never.answer, { rows });
    const decision = expect(decider.decide(asking([GPT]))).rejects.toMatchObject({ code: 'decider/timeout' });
    await heard(1);
    await clock.advance(4_950);
    await decision;
    expect((await server.requests[0]?.ended)?.outcome).toBe('aborted');
  });
});
