import { withoutProfile } from '@parley/workflow';
import { z } from 'zod';

/**
 * How a model is made to answer with a decision, the best first:
 * `native`: an answer by a JSON schema (`outputConfig.textFormat`, `response_format`, `text.format`); `strict`: a forced
 * tool whose input keeps to its schema; `forced`: a forced tool; `json`: JSON asked for in the prompt.
 */
export const STRATEGIES = ['native', 'strict', 'forced', 'json'] as const;
export type Strategy = (typeof STRATEGIES)[number];

const price = z.strictObject({
  /** USD per million tokens. */
  input: z.number().min(0),
  output: z.number().min(0),
  cacheRead: z.number().min(0).exactOptional(),
  cacheWrite: z.number().min(0).exactOptional(),
});

const row = z.strictObject({
  /** The beginning of the ids it is about, without the prefix of a profile (`us.`, `global.` …). */
  model: z.string(),
  /**
   * converse: Bedrock's own API. responses, chat: the Responses API and Chat Completions of the OpenAI-compatible endpoint,
   * for models that don't speak Converse.
   */
  api: z.enum(['converse', 'responses', 'chat']),
  /** What it takes, the best first. */
  strategies: z.array(z.enum(STRATEGIES)).min(1),
  /** Whether cache points are taken, and the least tokens of a prefix that is cached. */
  cache: z.strictObject({ min: z.int().min(0) }).exactOptional(),
  /** Whether a temperature may be given: it is 0 then. */
  temperature: z.boolean().exactOptional(),
  /** How the tool is forced: by its name (left out), or as `any` of one, where a name is not taken. */
  force: z.literal('any').exactOptional(),
  /**
   * How much a model that reasons is to think, and where it is told so: a decision is short, and somebody waits for it.
   * `reasoning.effort` and `reasoning_effort` are fields of the model's own, `outputConfig.effort` is Converse's. The
   * OpenAI-compatible APIs have one field each, whatever is named here.
   */
  effort: z
    .strictObject({
      field: z.enum(['reasoning.effort', 'reasoning_effort', 'outputConfig.effort']),
      level: z.string(),
    })
    .exactOptional(),
  /** Tokens that an answer may have, thoughts among them; left out: 1,000. */
  maxTokens: z.int().min(100).exactOptional(),
  /** Ours are in price.ts, where a model's successor does not pass for it. */
  price: price.exactOptional(),
});

export type ModelRow = z.output<typeof row>;

const own = row.extend({ api: row.shape.api.exactOptional(), strategies: row.shape.strategies.exactOptional() });
/** An installation's rows, such as those of a file. */
export const modelRows = z.array(own);
/** A row of an installation: what it leaves out is as in ours. */
export type OwnRow = z.output<typeof own>;

const LOW = { field: 'reasoning.effort', level: 'low' } as const;

/**
 * What each family of models can do. Rows are data: an installation lays its own over them.
 * From AWS's guides and what people report that Bedrock answered (until 2026-11); what is not known to be taken is left
 * out. Where a row promises too much, the ladder goes down by itself, once in a process.
 *
 * - A tool forced by name: Claude and Nova (API reference, ToolChoice; the Nova guide, "Choosing a tool"). Mistral Large
 *   and DeepSeek V3 take `any` alone (aws-samples/bedrock-access-gateway, langchain-ai/langchain-aws#688), Llama and
 *   DeepSeek R1 neither (langchain-ai/langchain-aws#447, strands-agents/harness-sdk#2075).
 * - A strict tool: Claude 4.5 and 4.6 as long as a schema has none of the keywords that their grammar can't hold
 *   (BerriAI/litellm#39115), which ours has not.
 * - A schema of the answer's own (`native`): AWS's guide promises it for some of Claude and of the open models. Where it
 *   names no version, or people found it unreliable, it is not here.
 * - Effort: `reasoning.effort` of GPT-5.6 and 6 (anomalyco/opencode#48195, stdapi-ai/stdapi.ai#283), `reasoning_effort`
 *   of gpt-oss (the same). Nova 2 does not think unless it is told to.
 * - The API: GPT-5.5 and 5.4 don't speak Converse. The Responses API is what all have an answer from
 *   (sebsto/swift-bedrock-library#87, BerriAI/litellm#29490); whether Bedrock takes Chat Completions for them is told in
 *   both ways (aws-samples/sample-openai-on-aws#48: a 400).
 * - Temperature: 0 is what the Nova guide wants for tools ("Troubleshooting tool calls"); Claude from Opus 4.7 on
 *   answers it with a 400 (NousResearch/hermes-agent#36151, promptfoo/promptfoo#10307).
 */
export const MODELS: readonly ModelRow[] = [
  { model: '', api: 'converse', strategies: ['json'] },
  { model: 'anthropic.claude', api: 'converse', strategies: ['json'] },
  { model: 'anthropic.claude-3', api: 'converse', strategies: ['forced', 'json'], temperature: true },
  { model: 'anthropic.claude-sonnet-4', api: 'converse', strategies: ['forced', 'json'], cache: { min: 1024 } },
  { model: 'anthropic.claude-opus-4', api: 'converse', strategies: ['forced', 'json'], cache: { min: 4096 } },
  {
    model: 'anthropic.claude-sonnet-4-5',
    api: 'converse',
    strategies: ['strict', 'forced', 'json'],
    cache: { min: 1024 },
    temperature: true,
  },
  {
    model: 'anthropic.claude-opus-4-5',
    api: 'converse',
    strategies: ['strict', 'forced', 'json'],
    cache: { min: 4096 },
  },
  {
    model: 'anthropic.claude-opus-4-6',
    api: 'converse',
    strategies: ['strict', 'forced', 'json'],
    cache: { min: 4096 },
    temperature: true,
  },
  { model: 'anthropic.claude-opus-5-5', api: 'converse', strategies: ['json'], cache: { min: 512 } },
  { model: 'anthropic.claude-sonnet-5-5', api: 'converse', strategies: ['json'], cache: { min: 1024 } },
  { model: 'anthropic.claude-fable-5-1', api: 'converse', strategies: ['json'], cache: { min: 512 } },
  { model: 'anthropic.claude-opus-4-7', api: 'converse', strategies: ['forced', 'json'], cache: { min: 2048 } },
  { model: 'anthropic.claude-opus-4-8', api: 'converse', strategies: ['forced', 'json'], cache: { min: 1024 } },
  { model: 'anthropic.claude-opus-5', api: 'converse', strategies: ['forced', 'json'], cache: { min: 512 } },
  { model: 'anthropic.claude-sonnet-5', api: 'converse', strategies: ['forced', 'json'], cache: { min: 1024 } },
  { model: 'anthropic.claude-fable-5', api: 'converse', strategies: ['forced', 'json'], cache: { min: 512 } },
  {
    model: 'anthropic.claude-sonnet-4-6',
    api: 'converse',
    strategies: ['strict', 'forced', 'json'],
    cache: { min: 1024 },
  },
  {
    model: 'anthropic.claude-haiku-4-5',
    api: 'converse',
    strategies: ['strict', 'forced', 'json'],
    cache: { min: 4096 },
    temperature: true,
  },
  { model: 'amazon.nova', api: 'converse', strategies: ['forced', 'json'], temperature: true, cache: { min: 1024 } },
  // A forced tool is taken and has no effect.
  {
    model: 'openai.gpt-oss',
    api: 'converse',
    strategies: ['json'],
    effort: { field: 'reasoning_effort', level: 'low' },
    maxTokens: 3_000,
  },
  { model: 'openai.gpt-5.6', api: 'converse', strategies: ['strict', 'forced', 'json'], effort: LOW, maxTokens: 3_000 },
  { model: 'openai.gpt-6', api: 'converse', strategies: ['strict', 'forced', 'json'], effort: LOW, maxTokens: 3_000 },
  {
    model: 'openai.gpt-5.5',
    api: 'responses',
    strategies: ['native', 'forced', 'json'],
    effort: LOW,
    maxTokens: 3_000,
  },
  {
    model: 'openai.gpt-5.4',
    api: 'responses',
    strategies: ['native', 'forced', 'json'],
    effort: LOW,
    maxTokens: 3_000,
  },
  { model: 'meta.llama', api: 'converse', strategies: ['json'], temperature: true },
  { model: 'mistral.', api: 'converse', strategies: ['json'], temperature: true },
  { model: 'mistral.mistral-large', api: 'converse', strategies: ['forced', 'json'], force: 'any', temperature: true },
  { model: 'deepseek.', api: 'converse', strategies: ['json'], maxTokens: 3_000 },
  { model: 'deepseek.v3', api: 'converse', strategies: ['forced', 'json'], force: 'any' },
  { model: 'qwen.', api: 'converse', strategies: ['json'], temperature: true, maxTokens: 3_000 },
  { model: 'cohere.command-r', api: 'converse', strategies: ['json'], temperature: true },
];

/** An id, or the ARN of a model or a profile, without the prefix of the profile: `us.amazon.nova-lite-v1:0` is `amazon.nova-lite-v1:0`. */
export function bareModel(id: string): string {
  return withoutProfile(id.slice(id.lastIndexOf('/') + 1));
}

/** The row about a model: of those whose `model` its id begins with, the longest; an installation's own is laid over ours. */
export function findModel(id: string, own: readonly OwnRow[] = []): ModelRow {
  const bare = bareModel(id);
  const ours = longest(MODELS, bare);
  if (!ours) throw new Error('The table has no row for every model.');
  return { ...ours, ...longest(own, bare) };
}

function longest<Row extends { readonly model: string }>(rows: readonly Row[], id: string): Row | undefined {
  return rows.filter(({ model }) => id.startsWith(model)).toSorted((a, b) => b.model.length - a.model.length)[0];
}
