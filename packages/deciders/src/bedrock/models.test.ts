import { afterEach, describe, expect, test } from '@jest/globals';
import { bareModel, findModel, MODELS, modelRows, type Strategy } from './models.ts';
import { answered, asking, closeScripted, scripted } from './testing/scripted.ts';

afterEach(closeScripted);

/** An id of each row, and how it may be asked: written down once more, so that a change of the table is meant. */
const IDS: { readonly [model: string]: readonly [id: string, strategies: readonly Strategy[]] } = {
  '': ['vendor.unheard-of-v1:0', ['json']],
  'anthropic.claude': ['anthropic.claude-instant-v1', ['json']],
  'anthropic.claude-3': ['us.anthropic.claude-3-5-haiku-20241022-v1:0', ['forced', 'json']],
  'anthropic.claude-sonnet-4': ['us.anthropic.claude-sonnet-4-20250514-v1:0', ['forced', 'json']],
  'anthropic.claude-opus-4': ['us.anthropic.claude-opus-4-1-20250805-v1:0', ['forced', 'json']],
  'anthropic.claude-sonnet-4-5': ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', ['strict', 'forced', 'json']],
  'anthropic.claude-opus-4-5': ['us.anthropic.claude-opus-4-5-20251101-v1:0', ['strict', 'forced', 'json']],
  'anthropic.claude-opus-4-6': ['us.anthropic.claude-opus-4-6-v1', ['strict', 'forced', 'json']],
  'anthropic.claude-opus-5-5': ['us.anthropic.claude-opus-5-5', ['json']],
  'anthropic.claude-sonnet-5-5': ['us.anthropic.claude-sonnet-5-5', ['json']],
  'anthropic.claude-fable-5-1': ['us.anthropic.claude-fable-5-1', ['json']],
  'anthropic.claude-opus-4-7': ['us.anthropic.claude-opus-4-7', ['forced', 'json']],
  'anthropic.claude-opus-4-8': ['us.anthropic.claude-opus-4-8', ['forced', 'json']],
  'anthropic.claude-opus-5': ['us.anthropic.claude-opus-5', ['forced', 'json']],
  'anthropic.claude-sonnet-5': ['us.anthropic.claude-sonnet-5', ['forced', 'json']],
  'anthropic.claude-fable-5': ['us.anthropic.claude-fable-5', ['forced', 'json']],
  'anthropic.claude-sonnet-4-6': ['us.anthropic.claude-sonnet-4-6', ['strict', 'forced', 'json']],
  'anthropic.claude-haiku-4-5': ['us.anthropic.claude-haiku-4-5-20251001-v1:0', ['strict', 'forced', 'json']],
  'amazon.nova': ['us.amazon.nova-2-lite-v1:0', ['forced', 'json']],
  'openai.gpt-oss': ['openai.gpt-oss-120b-1:0', ['json']],
  'openai.gpt-5.6': ['us.openai.gpt-5.6-terra', ['strict', 'forced', 'json']],
  'openai.gpt-6': ['us.openai.gpt-6-sol', ['strict', 'forced', 'json']],
  'openai.gpt-5.5': ['openai.gpt-5.5', ['native', 'forced', 'json']],
  'openai.gpt-5.4': ['openai.gpt-5.4', ['native', 'forced', 'json']],
  'meta.llama': ['us.meta.llama4-maverick-17b-instruct-v1:0', ['json']],
  'mistral.': ['mistral.mixtral-8x7b-instruct-v0:1', ['json']],
  'mistral.mistral-large': ['mistral.mistral-large-2402-v1:0', ['forced', 'json']],
  'deepseek.': ['us.deepseek.r1-v1:0', ['json']],
  'deepseek.v3': ['deepseek.v3-v1:0', ['forced', 'json']],
  'qwen.': ['qwen.qwen3-32b-v1:0', ['json']],
  'cohere.command-r': ['cohere.command-r-plus-v1:0', ['json']],
};

test('each row of the table has its test below', () => {
  expect(Object.keys(IDS).toSorted()).toEqual(MODELS.map(({ model }) => model).toSorted());
});

const each = Object.entries(IDS).flatMap(([row, [id, strategies]]) =>
  strategies.map((strategy) => ({ row, id, strategy, strategies })),
);

describe.each(each)('$id by $strategy', ({ row, id, strategy, strategies }) => {
  /** Rules for models that the server does not know; it looks at the others by its own. */
  const rules = [
    { model: 'vendor.', apis: ['converse'] as const, toolChoice: [] },
    // langchain-ai/langchain-aws#688
    { model: 'deepseek.v3', apis: ['converse'] as const, toolChoice: ['any'] as const },
  ];

  test('is taken by the service, and sent as it has to be', async () => {
    expect(findModel(id)).toMatchObject({ model: row, strategies });
    const own = [{ model: row, strategies: strategies.slice(strategies.indexOf(strategy)) }];
    const { decider, server } = await scripted(() => answered(strategy), { rows: own, server: { models: rules } });
    const { by } = await decider.decide(asking([id]));
    expect(by).toMatchObject({ model: id, strategy, attempts: [{ strategy }] });
    const [request] = server.requests;
    const body = Object(request?.body);
    const responses = id === 'openai.gpt-5.5' || id === 'openai.gpt-5.4';
    expect(request?.operation).toBe(responses ? 'Responses' : 'Converse');
    const system: string = responses ? body.instructions : body.system[0].text;
    expect(system.includes('Answer with one JSON object that fits this schema')).toBe(strategy === 'json');
    const [tool] = (responses ? body.tools : body.toolConfig?.tools) ?? [];
    const format = responses ? body.text?.format : body.outputConfig?.textFormat;
    expect(format?.type).toBe(strategy === 'native' ? 'json_schema' : undefined);
    if (strategy === 'native' || strategy === 'json') expect(tool).toBeUndefined();
    else {
      const { name, strict = false } = responses ? tool : tool.toolSpec;
      expect({ name, strict }).toEqual({ name: 'decide', strict: strategy === 'strict' });
      const any = row === 'mistral.mistral-large' || row === 'deepseek.v3';
      if (responses) expect(body.tool_choice).toEqual({ type: 'function', name: 'decide' });
      else expect(body.toolConfig.toolChoice).toEqual(any ? { any: {} } : { tool: { name: 'decide' } });
    }
  });
});

describe('what a row adds to the request', () => {
  async function sent(id: string) {
    const { decider, server } = await scripted(() => answered('json'), {
      server: { models: [{ model: 'vendor.', apis: ['converse'], toolChoice: [] }] },
    });
    await decider.decide(asking([id]));
    return Object(server.requests[0]?.body);
  }

  test.each([
    ['us.openai.gpt-6-sol', { reasoning: { effort: 'low' } }],
    ['us.openai.gpt-5.6-luna', { reasoning: { effort: 'low' } }],
    ['openai.gpt-oss-20b-1:0', { reasoning_effort: 'low' }],
    ['us.amazon.nova-2-lite-v1:0', undefined],
    ['us.anthropic.claude-opus-5-5', undefined],
  ])('little thought, where the model is told so: %s', async (id, fields) => {
    expect((await sent(id)).additionalModelRequestFields).toEqual(fields);
  });

  test('the same on the OpenAI-compatible endpoint', async () => {
    expect(await sent('openai.gpt-5.5')).toMatchObject({ reasoning: { effort: 'low' }, max_output_tokens: 3_000 });
  });

  test('room for thoughts', async () => {
    expect((await sent('us.openai.gpt-6-sol')).inferenceConfig).toEqual({ maxTokens: 3_000 });
    expect((await sent('vendor.x')).inferenceConfig).toEqual({ maxTokens: 1_000 });
  });

  test('a temperature of 0 where one is taken', async () => {
    expect((await sent('us.amazon.nova-2-lite-v1:0')).inferenceConfig).toEqual({ maxTokens: 1_000, temperature: 0 });
    expect((await sent('us.anthropic.claude-opus-4-8')).inferenceConfig).toEqual({ maxTokens: 1_000 });
  });

  test('a cache point after what stays the same, where one is taken', async () => {
    expect((await sent('us.anthropic.claude-opus-5-5')).system.slice(1)).toEqual([{ cachePoint: { type: 'default' } }]);
    expect((await sent('us.openai.gpt-6-sol')).system.slice(1)).toEqual([]);
  });

  test('an effort of Converse’s own', async () => {
    const rows = [{ model: 'vendor.', effort: { field: 'outputConfig.effort' as const, level: 'low' } }];
    const { decider, server } = await scripted(() => answered('json'), {
      rows,
      server: { models: [{ model: 'vendor.', apis: ['converse'], toolChoice: [] }] },
    });
    await decider.decide(asking(['vendor.x']));
    expect(Object(server.requests[0]?.body).outputConfig).toEqual({ effort: 'low' });
  });
});

describe('the table', () => {
  test('is well formed, and no two rows are about the same', () => {
    expect(modelRows.safeParse(MODELS).success).toBe(true);
    expect(new Set(MODELS.map(({ model }) => model)).size).toBe(MODELS.length);
  });

  test.each([
    ['us.amazon.nova-lite-v1:0', 'amazon.nova-lite-v1:0'],
    ['us-gov.anthropic.claude-sonnet-4-5', 'anthropic.claude-sonnet-4-5'],
    ['global.openai.gpt-6-sol', 'openai.gpt-6-sol'],
    ['openai.gpt-5.5', 'openai.gpt-5.5'],
    ['arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.openai.gpt-6-sol', 'openai.gpt-6-sol'],
    ['arn:aws:bedrock:us-east-1::foundation-model/openai.gpt-oss-20b-1:0', 'openai.gpt-oss-20b-1:0'],
  ])('finds the model in an id: %s', (id, bare) => {
    expect(bareModel(id)).toBe(bare);
  });
});
