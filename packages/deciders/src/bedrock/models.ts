import { z } from 'zod';

/**
 * How a model is made to answer with a decision, the best first:
 * `native`: an answer by a JSON schema (`outputConfig.textFormat`, or `response_format`); `strict`: a forced tool whose
 * input keeps to its schema; `forced`: a forced tool; `json`: JSON asked for in the prompt.
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
  /** converse: Bedrock's own API. chat: the OpenAI-compatible endpoint, for models that don't speak Converse. */
  api: z.enum(['converse', 'chat']),
  /** What it takes, the best first. */
  strategies: z.array(z.enum(STRATEGIES)).min(1),
  /** Whether cache points are taken, and the least tokens of a prefix that is cached. */
  cache: z.strictObject({ min: z.int().min(0) }).exactOptional(),
  /** Whether a temperature may be given. */
  temperature: z.boolean().exactOptional(),
  /** Ours are in price.ts, where a model's successor does not pass for it. */
  price: price.exactOptional(),
});

export type ModelRow = z.output<typeof row>;

const own = row.extend({ api: row.shape.api.exactOptional(), strategies: row.shape.strategies.exactOptional() });
/** An installation's rows, such as those of a file. */
export const modelRows = z.array(own);
/** A row of an installation: what it leaves out is as in ours. */
export type OwnRow = z.output<typeof own>;

/**
 * What each family of models can do. Rows are data: an installation adds its own, which are looked at first.
 * Checked against what Bedrock answered (2026-11); where it is not known that a model takes a strategy, it is left out.
 */
export const MODELS: readonly ModelRow[] = [
  { model: '', api: 'converse', strategies: ['json'] },
  { model: 'anthropic.claude', api: 'converse', strategies: ['json'] },
  { model: 'anthropic.claude-opus-5-5', api: 'converse', strategies: ['json'], cache: { min: 1024 } },
  { model: 'anthropic.claude-sonnet-5-5', api: 'converse', strategies: ['json'], cache: { min: 1024 } },
  { model: 'anthropic.claude-fable-5-1', api: 'converse', strategies: ['json'], cache: { min: 1024 } },
  { model: 'anthropic.claude-opus-4-7', api: 'converse', strategies: ['forced', 'json'], cache: { min: 4096 } },
  { model: 'anthropic.claude-opus-4-8', api: 'converse', strategies: ['forced', 'json'], cache: { min: 4096 } },
  { model: 'anthropic.claude-opus-5', api: 'converse', strategies: ['forced', 'json'], cache: { min: 1024 } },
  { model: 'anthropic.claude-sonnet-5', api: 'converse', strategies: ['forced', 'json'], cache: { min: 1024 } },
  { model: 'anthropic.claude-fable-5', api: 'converse', strategies: ['forced', 'json'], cache: { min: 1024 } },
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
  },
  { model: 'amazon.nova', api: 'converse', strategies: ['forced', 'json'], temperature: true, cache: { min: 1024 } },
  { model: 'openai.gpt-oss', api: 'converse', strategies: ['json'] },
  { model: 'openai.gpt-5.6', api: 'converse', strategies: ['strict', 'forced', 'json'] },
  { model: 'openai.gpt-6', api: 'converse', strategies: ['strict', 'forced', 'json'] },
  { model: 'openai.gpt-5.5', api: 'chat', strategies: ['native', 'forced', 'json'] },
  { model: 'openai.gpt-5.4', api: 'chat', strategies: ['native', 'forced', 'json'] },
  { model: 'meta.llama', api: 'converse', strategies: ['json'], temperature: true },
];

/** An id of a model without the prefix of its profile: `us.amazon.nova-lite-v1:0` is `amazon.nova-lite-v1:0`. */
export function bareModel(id: string): string {
  return id.replace(/^(us-gov|us|eu|apac|jp|au|ca|in|global)\./, '');
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
