import { afterEach, describe, expect, test } from '@jest/globals';
import { DeciderError, type Question } from '@parley/engine';
import { type Answer, fails, says, uses } from '../local-bedrock/answer.ts';
import { bedrockDecider } from './bedrock.ts';
import {
  answered,
  asking,
  closeScripted,
  DECISION,
  HAIKU,
  later,
  LLAMA,
  NOVA,
  obedient,
  scripted,
} from './testing/scripted.ts';

afterEach(closeScripted);

/** How a decision failed, or a test that fails. */
async function failing(decision: Promise<unknown>): Promise<DeciderError> {
  const error = await decision.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error instanceof DeciderError) return error;
  throw error ?? new Error('It decided.');
}

const { choice, values, confidence, why } = DECISION;
const NOTHING = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
const usage = { input: 100, output: 10, cacheRead: 0, cacheWrite: 0 };

describe('a decision', () => {
  test('is what the model answered, with what it took', async () => {
    const { decider } = await scripted(() => uses('decide', DECISION, { usage: { ...usage, cacheRead: 4_000 } }));
    const tokens = { ...usage, cacheRead: 4_000 };
    // 100 × 1.1 + 10 × 5.5 + 4,000 × 0.11 millionths of a dollar.
    const cost = 0.000605;
    expect(await decider.decide(asking([HAIKU]))).toEqual({
      choice,
      values,
      confidence,
      why,
      by: {
        model: HAIKU,
        strategy: 'strict',
        latency: 0,
        tokens,
        cost,
        attempts: [{ model: HAIKU, strategy: 'strict', latency: 0, tokens, cost }],
      },
    });
  });

  test('tells how long it took', async () => {
    const reply = later();
    const { decider, clock, heard } = await scripted(() => reply.answer);
    const decision = decider.decide(asking([HAIKU]));
    await heard(1);
    await clock.advance(800);
    reply.give(answered('strict'));
    expect((await decision).by).toMatchObject({ latency: 800, attempts: [{ latency: 800 }] });
  });

  test('asks the models it is told of in place of the workflow’s', async () => {
    const { decider, server } = await scripted(obedient, { models: [NOVA] });
    expect((await decider.decide(asking([HAIKU]))).by).toMatchObject({ model: NOVA });
    expect(server.requests.map(({ model }) => model)).toEqual([NOVA]);
  });

  test('fails in a sentence where there is no model to ask', async () => {
    const { decider } = await scripted(obedient);
    expect(await failing(decider.decide(asking([])))).toMatchObject({ code: 'decider/no-model' });
  });
});

describe('the ladder', () => {
  const rows = [{ model: 'meta.llama4', strategies: ['native', 'strict', 'forced', 'json'] as const }].map((row) => ({
    ...row,
    strategies: [...row.strategies],
  }));

  test('goes down where a way of asking is not taken, and the process remembers', async () => {
    // The server refuses all but the last of a Llama, as Bedrock does.
    const { decider, server } = await scripted(obedient, { rows });
    expect(await decider.decide(asking([LLAMA]))).toMatchObject({
      choice,
      by: {
        strategy: 'json',
        attempts: [
          { strategy: 'native', failed: 'decider/refused' },
          { strategy: 'strict', failed: 'decider/refused' },
          { strategy: 'forced', failed: 'decider/refused' },
          { strategy: 'json' },
        ],
      },
    });
    expect((await decider.decide(asking([LLAMA]))).by).toMatchObject({ attempts: [{ strategy: 'json' }] });
    expect(server.requests).toHaveLength(5);
  });

  test.each([
    ['an unsupported keyword', "tools.0.custom: For 'array' type, property 'maxItems' is not supported", 'forced'],
    ['tool_choice', 'tool_choice: type "tool" and "any" are not supported for this model.', 'json'],
    ['toolChoice', "This model doesn't support the toolConfig.toolChoice.tool field.", 'json'],
    ['tools', "This model doesn't support tool use.", 'json'],
    ['strict', "This model doesn't support the toolSpec.strict field.", 'forced'],
  ])('skips what the refusal rules out: %s', async (_, message, strategy) => {
    const { decider } = await scripted((asked, n) =>
      n === 0 ? fails('ValidationException', message) : obedient(asked),
    );
    expect((await decider.decide(asking([HAIKU]))).by).toMatchObject({
      strategy,
      attempts: [{ strategy: 'strict', failed: 'decider/refused' }, { strategy }],
    });
  });

  test.each([
    ['temperature', '`temperature` is deprecated for this model.', 'inferenceConfig.temperature'],
    ['cache points', 'You invoked an unsupported model or your request did not allow prompt caching.', 'system.1'],
  ])('leaves out what the model does not take besides: %s', async (_, message, at) => {
    const error = at === 'system.1' ? 'AccessDeniedException' : 'ValidationException';
    const { decider, server } = await scripted((asked, n) => (n === 0 ? fails(error, message) : obedient(asked)));
    await decider.decide(asking([NOVA]));
    await decider.decide(asking([NOVA]));
    const path = at.split('.');
    const sent = server.requests.map(({ body }) => path.reduce<unknown>((inner, key) => Object(inner)[key], body));
    expect(sent.map((value) => value !== undefined)).toEqual([true, false, false]);
  });

  test('remembers nothing of a refusal that was about something else', async () => {
    const refuse = [0, 1, 2];
    const { decider } = await scripted((asked, n) =>
      refuse.includes(n) ? fails('ValidationException', 'Input is too long for the tools.') : obedient(asked),
    );
    // Strict, then json: refused both times for the same reason, which had nothing to do with tools.
    expect(await failing(decider.decide(asking([HAIKU])))).toMatchObject({ code: 'decider/refused' });
    refuse.length = 0;
    expect((await decider.decide(asking([HAIKU]))).by).toMatchObject({ strategy: 'strict' });
  });
});

const bad: readonly (readonly [string, Answer])[] = [
  ['the wrong tool', uses('lookup', { id: 1 })],
  ['a malformed use of the tool', { type: 'reply', content: [], stopReason: 'malformed_tool_use' }],
  ['malformed output', { type: 'reply', content: [], stopReason: 'malformed_model_output' }],
  [
    'a tool’s input that is no JSON',
    { type: 'reply', content: [{ type: 'tool', name: 'decide', raw: '{"choice": tra' }] },
  ],
  ['a text that is no JSON', says('I would say they want to track it.')],
  ['nothing', { type: 'reply', content: [] }],
  ['blanks', says(' \n')],
  ['thoughts alone', { type: 'reply', content: [{ type: 'reasoning', text: 'Hm.', signature: 'c2ln' }] }],
  ['a choice that was not offered', uses('decide', { ...DECISION, choice: 'refund' })],
  ['a choice of another type', uses('decide', { ...DECISION, choice: 7 })],
  [
    'two decisions',
    {
      type: 'reply',
      content: ['track', 'return'].map((choice) => ({ type: 'tool', name: 'decide', input: { ...DECISION, choice } })),
    },
  ],
  ['half a decision, cut off', uses('decide', DECISION, { stopReason: 'max_tokens' })],
  ['an unknown block', { type: 'reply', content: [{ type: 'unknown', block: { hologram: { a: 1 } } }] }],
];

describe('an answer that is none', () => {
  test.each(bad)('is shown to the model, once: %s', async (_, answer) => {
    const { decider, server } = await scripted((asked, n) => (n === 0 ? answer : obedient(asked)));
    expect(await decider.decide(asking([HAIKU]))).toMatchObject({
      choice,
      values,
      by: { strategy: 'strict', attempts: [{ failed: 'decider/outside' }, { strategy: 'strict' }] },
    });
    expect(server.requests).toHaveLength(2);
  });

  test.each(bad)('leads to the next model when it comes again: %s', async (_, answer) => {
    const { decider, server } = await scripted((asked) => (asked.model === HAIKU ? answer : obedient(asked)));
    const { by } = await decider.decide(asking([HAIKU, NOVA]));
    expect(server.requests.map(({ model }) => model)).toEqual([HAIKU, HAIKU, NOVA]);
    expect(by).toMatchObject({
      model: NOVA,
      attempts: [{ failed: 'decider/outside' }, { failed: 'decider/outside' }, { model: NOVA }],
    });
  });

  test('of every model is a failure, with what it cost', async () => {
    const { decider } = await scripted(() => uses('decide', { choice: 'refund' }, { usage }));
    const error = await failing(decider.decide(asking([HAIKU])));
    expect(error).toMatchObject({ code: 'decider/outside' });
    expect(error.by).toMatchObject({ strategy: 'strict', tokens: { ...NOTHING, input: 200, output: 20 } });
    expect(error.by).not.toHaveProperty('model');
  });

  test('is shown to a model no more than once, also where the model fails in between', async () => {
    const { decider, server } = await scripted((_, n) => (n === 1 ? fails('ModelErrorException') : says('Hm.')));
    expect(await failing(decider.decide(asking([HAIKU])))).toMatchObject({ code: 'decider/outside' });
    // Asked, shown its error, which failed; asked again.
    expect(server.requests).toHaveLength(3);
  });

  test('goes back in Converse’s shape: thoughts as they came, the use of the tool, and a result that is an error', async () => {
    const { decider, server } = await scripted((asked, n) =>
      n > 0
        ? obedient(asked)
        : {
            type: 'reply',
            content: [
              { type: 'reasoning', text: 'A refund, I think.', signature: 'c2lnbmVk' },
              { type: 'tool', name: 'decide', input: { ...DECISION, choice: 'refund' }, id: 'tooluse_1' },
            ],
          },
    );
    await decider.decide(asking([HAIKU]));
    const [first, second] = server.requests.map(({ body }) => Object(body));
    expect(second.messages).toEqual([
      ...first.messages,
      {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'A refund, I think.', signature: 'c2lnbmVk' } } },
          { toolUse: { toolUseId: 'tooluse_1', name: 'decide', input: { ...DECISION, choice: 'refund' } } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            toolResult: {
              toolUseId: 'tooluse_1',
              status: 'error',
              content: [
                {
                  text: "Your answer can't be used. Its choice is none of track, return, unclear. Answer once more, with the whole decision.",
                },
              ],
            },
          },
        ],
      },
    ]);
    expect({ ...second, messages: [] }).toEqual({ ...first, messages: [] });
  });

  test('goes back with an object in place of a tool’s input that is none: Bedrock takes no other', async () => {
    const raw: Answer = {
      type: 'reply',
      content: [{ type: 'tool', name: 'decide', raw: '{"choice": tra', id: 'tooluse_1' }],
    };
    const { decider, server } = await scripted((asked, n) => (n === 0 ? raw : obedient(asked)));
    await decider.decide(asking([HAIKU]));
    expect(Object(server.requests[1]?.body).messages[1].content).toEqual([
      { toolUse: { toolUseId: 'tooluse_1', name: 'decide', input: {} } },
    ]);
  });

  test('goes back as a text where no tool was asked for', async () => {
    const { decider, server } = await scripted((asked, n) => (n === 0 ? says('They want to track.') : obedient(asked)));
    await decider.decide(asking([LLAMA]));
    expect(Object(server.requests[1]?.body).messages.slice(1)).toEqual([
      { role: 'assistant', content: [{ text: 'They want to track.' }] },
      { role: 'user', content: [{ text: expect.stringContaining('It was not one JSON object') }] },
    ]);
  });

  test('gets more room where it was cut off', async () => {
    const { decider, server } = await scripted((asked, n) =>
      n === 0 ? uses('decide', DECISION, { stopReason: 'max_tokens' }) : obedient(asked),
    );
    await decider.decide(asking([HAIKU]));
    expect(server.requests.map(({ body }) => Object(body).inferenceConfig.maxTokens)).toEqual([1_000, 2_000]);
  });

  test('is not asked about again where the model’s own filter held it back: the next model is', async () => {
    const filtered = says('No.', { stopReason: 'content_filtered' });
    const { decider, server } = await scripted((asked) => (asked.model === HAIKU ? filtered : obedient(asked)));
    expect((await decider.decide(asking([HAIKU, NOVA]))).by).toMatchObject({ model: NOVA });
    expect(server.requests).toHaveLength(2);
  });

  test('with values of no use is mended, or else used without them', async () => {
    const foreign = uses('decide', { ...DECISION, values: { orderNumber: 'W1000001' } });
    const { decider, server } = await scripted((asked, n) => (n === 1 ? obedient(asked) : foreign));
    expect(await decider.decide(asking([HAIKU]))).toMatchObject({ choice, values });
    expect(await decider.decide(asking([HAIKU]))).toMatchObject({ choice, values: {} });
    expect(server.requests).toHaveLength(4);
  });

  test('with values of no use is used without them when the model then fails', async () => {
    const foreign = uses('decide', { ...DECISION, values: { orderNumber: 'W1000001' } });
    const { decider } = await scripted((_, n) => (n === 0 ? foreign : fails('ThrottlingException')));
    expect(await decider.decide(asking([HAIKU]))).toMatchObject({ choice, values: {}, by: { model: HAIKU } });
  });
});

describe('a failure', () => {
  const after: Answer = { type: 'cut', reply: { type: 'reply', content: [] }, after: 1 };
  test.each<readonly [string, Answer, string, number]>([
    // Tried again on the same model.
    ['a model that timed out (408)', fails('ModelTimeoutException'), 'decider/timeout', 2],
    ['a model that failed (424)', fails('ModelErrorException'), 'decider/unavailable', 2],
    ['a fault of the service (500)', fails('InternalServerException'), 'decider/unavailable', 2],
    ['a service that is not there (503)', fails('ServiceUnavailableException'), 'decider/unavailable', 2],
    ['a connection that is reset', { type: 'reset' }, 'decider/unavailable', 2],
    ['a connection that is cut', after, 'decider/unavailable', 2],
    ['bytes that are no JSON', { type: 'bytes', body: 'What?' }, 'decider/unavailable', 2],
    // Not.
    ['a quota (400)', fails('ServiceQuotaExceededException'), 'decider/quota', 1],
    ['no access (403)', fails('AccessDeniedException'), 'decider/access', 1],
    ['no such model (404)', fails('ResourceNotFoundException'), 'decider/access', 1],
    ['a request that is not valid (400)', fails('ValidationException', 'messages.0: nonsense'), 'decider/refused', 1],
  ])('of %s', async (_, answer, code, calls) => {
    const { decider, server } = await scripted((asked) => (asked.model === HAIKU ? answer : obedient(asked)));
    const error = await failing(decider.decide(asking([HAIKU])));
    expect(error).toMatchObject({ code });
    expect(error.by).toMatchObject({ attempts: Array.from({ length: calls }, () => ({ failed: code, model: HAIKU })) });
    expect(server.requests).toHaveLength(calls);
    // With a fallback nobody notices.
    expect((await decider.decide(asking([HAIKU, NOVA]))).by).toMatchObject({ model: NOVA });
    expect(server.requests).toHaveLength(2 * calls + 1);
  });

  test.each<readonly [string, Answer, string]>([
    ['throttling (429)', fails('ThrottlingException'), 'decider/throttled'],
    ['a model that is not ready (429)', fails('ModelNotReadyException'), 'decider/unavailable'],
  ])(
    'that calls for patience leads to the next model at once, or is tried again after a pause: %s',
    async (_, answer, code) => {
      const { decider, server, clock, paused } = await scripted((asked) =>
        asked.model === HAIKU ? answer : obedient(asked),
      );
      expect((await decider.decide(asking([HAIKU, NOVA]))).by).toMatchObject({ model: NOVA, latency: 0 });
      expect(server.requests).toHaveLength(2);
      const decision = failing(decider.decide(asking([HAIKU])));
      await paused(1);
      await clock.advance(400);
      await paused(2);
      await clock.advance(800);
      const error = await decision;
      expect(error).toMatchObject({ code });
      expect(error.by).toMatchObject({ attempts: [{ failed: code }, { failed: code }, { failed: code }] });
      expect(server.requests).toHaveLength(5);
    },
  );

  test('that calls for patience may be over after a pause', async () => {
    const { decider, server, clock, paused } = await scripted((asked, n) =>
      n === 0 ? fails('ThrottlingException') : obedient(asked),
    );
    const decision = decider.decide(asking([HAIKU]));
    await paused(1);
    await clock.advance(199);
    expect(server.requests).toHaveLength(1);
    await clock.advance(201);
    expect((await decision).by).toMatchObject({ model: HAIKU, attempts: [{ failed: 'decider/throttled' }, {}] });
  });

  test('that calls for patience is not waited for where the caller wants no answer any more', async () => {
    const { decider, server, paused } = await scripted(() => fails('ThrottlingException'));
    const unwanted = new AbortController();
    const decision = failing(decider.decide(asking([HAIKU], { signal: unwanted.signal })));
    await paused(1);
    unwanted.abort();
    expect(await decision).toMatchObject({ code: 'decider/called-off' });
    expect(server.requests).toHaveLength(1);
  });

  test.each<readonly [string, Answer]>([
    ['a model that failed', fails('ModelErrorException')],
    ['a connection that is reset', { type: 'reset' }],
  ])('may pass: %s, then an answer', async (_, answer) => {
    const { decider } = await scripted((asked, n) => (n === 0 ? answer : obedient(asked)));
    expect(await decider.decide(asking([HAIKU]))).toMatchObject({
      choice,
      by: { attempts: [{ failed: 'decider/unavailable' }, { model: HAIKU }] },
    });
  });

  test('of the tool’s use in Nova (424) ends in another way of asking', async () => {
    const { decider, server } = await scripted((asked) =>
      asked.operation === 'Converse' && asked.body.toolConfig
        ? fails('ModelErrorException', 'The model produced an invalid sequence as part of ToolUse.')
        : obedient(asked),
    );
    const strategies = [{ strategy: 'forced' }, { strategy: 'forced' }, { strategy: 'json' }];
    expect((await decider.decide(asking([NOVA]))).by).toMatchObject({ strategy: 'json', attempts: strategies });
    // It was bad luck, and is not remembered.
    await decider.decide(asking([NOVA]));
    expect(server.requests).toHaveLength(6);
  });

  test('of the credentials is one of every model: no other is asked', async () => {
    const { decider, server } = await scripted(obedient, {
      client: {
        credentials: () => Promise.reject(Object.assign(new Error('none'), { name: 'CredentialsProviderError' })),
      },
    });
    const error = await failing(decider.decide(asking([HAIKU, NOVA])));
    expect(error).toMatchObject({ code: 'decider/access' });
    expect(error.by).toMatchObject({ attempts: [{ model: HAIKU, failed: 'decider/access' }] });
    expect(server.requests).toHaveLength(0);
  });

  test('that the SDK tried again by itself is not tried a third time', async () => {
    const { decider, server } = await scripted(() => fails('ServiceUnavailableException'), {
      client: { maxAttempts: 2 },
    });
    const error = await failing(decider.decide(asking([HAIKU])));
    expect(error.by).toMatchObject({ attempts: [{ failed: 'decider/unavailable' }] });
    expect(server.requests).toHaveLength(2);
  });

  test('has no word of the caller in it, nor of the service', async () => {
    const secret = 'where is order W1000001';
    const { decider } = await scripted(() => fails('ValidationException', `The value '${secret}' is not valid.`));
    const error = await failing(decider.decide(asking([HAIKU, NOVA])));
    expect(JSON.stringify([error.message, error.fix, error.by, error.stack])).not.toContain('W1000001');
    expect(error.cause).toBeUndefined();
  });
});

describe('time', () => {
  test('the next model is asked as well when the first is late; its answer wins, and the first call is cut', async () => {
    const never = later();
    const { decider, server, clock, heard } = await scripted((asked) =>
      asked.model === HAIKU ? never.answer : obedient(asked),
    );
    const decision = decider.decide(asking([HAIKU, NOVA]));
    await heard(1);
    // 40 % of the 4,950 ms until the deadline, which is before the turn is due.
    await clock.advance(1_979);
    expect(server.requests).toHaveLength(1);
    await clock.advance(1);
    expect(await decision).toMatchObject({
      choice,
      by: {
        model: NOVA,
        latency: 1_980,
        attempts: [
          { model: HAIKU, failed: 'decider/called-off', latency: 1_980 },
          { model: NOVA, latency: 0 },
        ],
      },
    });
    expect((await server.requests[0]?.ended)?.outcome).toBe('aborted');
  });

  test('the first wins where it answers after all, and the other call is cut', async () => {
    const [one, two] = [later(), later()];
    const { decider, server, clock, heard } = await scripted(({ model }) =>
      model === HAIKU ? one.answer : two.answer,
    );
    const decision = decider.decide(asking([HAIKU, NOVA]));
    await heard(1);
    await clock.advance(2_000);
    await heard(2);
    one.give(answered('strict'));
    expect((await decision).by).toMatchObject({
      model: HAIKU,
      attempts: [{ model: HAIKU }, { model: NOVA, failed: 'decider/called-off' }],
    });
    expect((await server.requests[1]?.ended)?.outcome).toBe('aborted');
  });

  test('where both fail, both are told', async () => {
    const [one, two] = [later(), later()];
    const { decider, clock, heard } = await scripted(({ model }) => (model === HAIKU ? one.answer : two.answer));
    const decision = failing(decider.decide(asking([HAIKU, NOVA])));
    await heard(1);
    await clock.advance(2_000);
    await heard(2);
    two.give(fails('AccessDeniedException'));
    one.give(fails('ServiceQuotaExceededException'));
    const { by, code } = await decision;
    expect(['decider/access', 'decider/quota']).toContain(code);
    expect(by).toMatchObject({ attempts: [{ failed: 'decider/quota' }, { failed: 'decider/access' }] });
  });

  test('a turn that is due sooner than the deadline makes the next model asked sooner', async () => {
    const never = later();
    const { decider, clock, heard } = await scripted((asked) =>
      asked.model === HAIKU ? never.answer : obedient(asked),
    );
    const put = asking([HAIKU, NOVA]);
    const decision = decider.decide({ ...put, due: put.moment.now + 1_000 });
    await heard(1);
    await clock.advance(400);
    expect((await decision).by).toMatchObject({ model: NOVA, latency: 400 });
  });

  test('nobody else is asked where there is no other model; shortly before the deadline it is over', async () => {
    const never = later();
    const { decider, server, clock, heard } = await scripted(() => never.answer);
    const decision = failing(decider.decide(asking([HAIKU])));
    await heard(1);
    await clock.advance(4_950);
    const error = await decision;
    expect(error).toMatchObject({ code: 'decider/timeout' });
    expect(error.by).toMatchObject({ latency: 4_950, attempts: [{ failed: 'decider/timeout', latency: 4_950 }] });
    expect(server.requests).toHaveLength(1);
    expect((await server.requests[0]?.ended)?.outcome).toBe('aborted');
  });

  test.each<readonly [string, Answer]>([
    ['a failure that may pass', fails('ModelErrorException')],
    ['an answer that is none', says('Hm.')],
    ['a way of asking that is not taken', fails('ValidationException', "This model doesn't support tool use.")],
  ])('nothing is tried again that can’t be answered in time: %s', async (_, answer) => {
    const reply = later();
    const { decider, server, clock, heard } = await scripted(() => reply.answer);
    const decision = failing(decider.decide(asking([HAIKU])));
    await heard(1);
    await clock.advance(4_701);
    reply.give(answer);
    await decision;
    expect(server.requests).toHaveLength(1);
  });

  test('when the caller wants no answer any more, every call is cut', async () => {
    const never = later();
    const { decider, server, clock, heard } = await scripted(() => never.answer);
    const unwanted = new AbortController();
    const decision = failing(decider.decide(asking([HAIKU, NOVA], { signal: unwanted.signal })));
    await heard(1);
    await clock.advance(2_000);
    await heard(2);
    unwanted.abort();
    expect(await decision).toMatchObject({ code: 'decider/called-off' });
    const outcomes = await Promise.all(server.requests.map(({ ended }) => ended));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['aborted', 'aborted']);
  });
});

describe('a model that is down', () => {
  test('is not asked any more, and asked again after a pause', async () => {
    let down = true;
    const { decider, server, clock } = await scripted(
      (asked) => (down && asked.model === HAIKU ? fails('ThrottlingException') : obedient(asked)),
      { breaker: { failures: 3, pause: 10_000 } },
    );
    const put = (): Question => {
      const now = clock.now();
      return asking([HAIKU, NOVA], { due: now + 7_000, deadline: now + 5_000 });
    };
    for (let i = 0; i < 3; i++) await decider.decide(put());
    expect(server.requests).toHaveLength(6);
    expect((await decider.decide(put())).by).toMatchObject({
      model: NOVA,
      attempts: [{ model: HAIKU, strategy: 'strict', failed: 'decider/open', latency: 0 }, { model: NOVA }],
    });
    expect(server.requests).toHaveLength(7);
    down = false;
    await clock.advance(10_000);
    expect((await decider.decide(put())).by).toMatchObject({ model: HAIKU });
    expect((await decider.decide(put())).by).toMatchObject({ model: HAIKU });
  });

  test('fails at once where there is no other', async () => {
    const { decider, server } = await scripted(() => fails('ServiceQuotaExceededException'), {
      breaker: { failures: 1, pause: 10_000 },
    });
    await failing(decider.decide(asking([HAIKU])));
    expect(await failing(decider.decide(asking([HAIKU])))).toMatchObject({ code: 'decider/open' });
    expect(server.requests).toHaveLength(1);
  });

  test('may be one that says nothing while the other answers', async () => {
    const never = later();
    const { decider, clock, heard } = await scripted(
      (asked) => (asked.model === HAIKU ? never.answer : obedient(asked)),
      { breaker: { failures: 1, pause: 10_000 } },
    );
    const decision = decider.decide(asking([HAIKU, NOVA]));
    await heard(1);
    await clock.advance(2_000);
    await decision;
    expect((await decider.decide(asking([HAIKU, NOVA]))).by).toMatchObject({
      attempts: [{ model: HAIKU, failed: 'decider/open' }, { model: NOVA }],
    });
  });

  test.each<readonly [string, Answer]>([
    ['nonsense', says('Hm.')],
    ['no access', fails('AccessDeniedException')],
    ['a request it does not take', fails('ValidationException', 'nonsense')],
  ])('is not one that answers, be it %s', async (_, answer) => {
    const { decider, server } = await scripted(() => answer, { breaker: { failures: 1, pause: 10_000 } });
    await failing(decider.decide(asking([HAIKU])));
    const before = server.requests.length;
    await failing(decider.decide(asking([HAIKU])));
    expect(server.requests).toHaveLength(2 * before);
  });
});

describe('a guardrail', () => {
  const guardrail = { id: 'gr1', version: '2', to: undefined, at: { file: 'w.yaml', line: 1, column: 1 } };
  const models = { decide: HAIKU, fallback: [NOVA], residency: undefined, guardrail };

  test('that steps in ends it: no repair, no other model', async () => {
    const { decider, server } = await scripted(obedient, {
      server: {
        guardrail: ({ source }) => ({
          type: 'intervened',
          text: `Not that (${source}).`,
          policy: 'topic',
          name: 'Refunds',
        }),
      },
    });
    const error = await failing(decider.decide(asking([], { models })));
    expect(error).toMatchObject({ code: 'decider/guardrail' });
    expect(error.by).toMatchObject({ attempts: [{ model: HAIKU, failed: 'decider/guardrail' }] });
    expect(server.requests).toHaveLength(1);
    expect(Object(server.requests[0]?.body).guardrailConfig).toEqual({
      guardrailIdentifier: 'gr1',
      guardrailVersion: '2',
    });
  });

  test('that lets it pass is not noticed', async () => {
    const { decider } = await scripted(obedient);
    expect(await decider.decide(asking([], { models }))).toMatchObject({ choice, by: { model: HAIKU } });
  });

  test('that can’t be had for a model keeps it from being asked', async () => {
    const { decider, server } = await scripted(obedient);
    const { by } = await decider.decide(asking([], { models: { ...models, decide: 'openai.gpt-5.5' } }));
    expect(by).toMatchObject({ model: NOVA, attempts: [{ model: 'openai.gpt-5.5', failed: 'decider/refused' }, {}] });
    expect(server.requests.map(({ model }) => model)).toEqual([NOVA]);
  });
});

describe('residency', () => {
  const haiku = HAIKU.slice('us.'.length);

  test('keeps data from going where it may not', async () => {
    const { decider, server } = await scripted(obedient);
    const models = { decide: `global.${haiku}`, fallback: [`eu.${haiku}`, NOVA], residency: 'us' as const };
    expect((await decider.decide(asking([], { models }))).by).toMatchObject({
      model: NOVA,
      attempts: [{ failed: 'decider/residency' }, { failed: 'decider/residency' }, { model: NOVA }],
    });
    expect(server.requests.map(({ model }) => model)).toEqual([NOVA]);
  });

  test('is looked at before the table: what is asked in another region is not asked', async () => {
    const { decider, server } = await scripted(obedient, { client: { region: 'eu-central-1' } });
    const models = { decide: NOVA, fallback: [], residency: 'us' as const };
    expect(await failing(decider.decide(asking([], { models })))).toMatchObject({ code: 'decider/residency' });
    expect(server.requests).toHaveLength(0);
  });
});

test('a decider needs no more than a client', async () => {
  const { server } = await scripted(obedient);
  const { bedrockClient } = await import('./client.ts');
  const client = await bedrockClient({ endpoint: server.url });
  const now = Date.now();
  const put = asking([HAIKU], { due: now + 60_000, deadline: now + 60_000 });
  expect(await bedrockDecider({ client }).decide(put)).toMatchObject({ choice });
  client.destroy();
});
