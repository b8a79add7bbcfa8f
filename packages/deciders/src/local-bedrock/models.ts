/**
 * What Bedrock takes of which model, as this server plays it. It is kept apart from the deciders' own table on purpose: a
 * decider that asks for what the service refuses is to be found out here, and a table that checked itself would always
 * be right.
 *
 * Sources: the model cards and the guide "Prompt caching" for caches; for what is refused, people's reports of what the
 * service answered (github.com): 567-labs/instructor#2681 and BerriAI/litellm#42717 (Claude Opus 5.5),
 * langchain-ai/langchain-aws#1274 (Fable 5.1), strands-agents/harness-sdk#2075 (Llama), NousResearch/hermes-agent#97281
 * (Nova's cache points), dotCMS/core#36025 (gpt-oss), Boise-State-Development/agentcore-public-stack#943 (GPT on
 * Converse has no cache).
 */
export interface ModelRules {
  /** The beginning of a model's id, without a profile's prefix. The longest that fits counts. */
  readonly model: string;
  readonly apis: readonly ('converse' | 'chat' | 'responses')[];
  /** It answers only under the id of an inference profile, such as `us.…`. */
  readonly profileOnly?: true | undefined;
  readonly toolChoice: readonly ToolChoice[];
  /** Whose rules a schema must keep where a tool is strict; left out: `strict` is refused. */
  readonly strict?: SchemaRules | undefined;
  /** Whose rules a schema of `outputConfig.textFormat`, `response_format` or `text.format` must keep; left out: it is refused. */
  readonly native?: SchemaRules | undefined;
  /** Left out: cache points are refused. */
  readonly cache?: CacheRules;
  readonly stopSequences?: false;
  /** Whether the Responses API takes a temperature for it; left out: it does. */
  readonly temperature?: false | undefined;
}

export type ToolChoice = 'auto' | 'any' | 'tool';
export type SchemaRules = 'claude' | 'openai';

export interface CacheRules {
  /** Tokens from the start of the prompt to a cache point, below which nothing is cached. */
  readonly min: number;
  /** Whether cache points may stand among the tools. */
  readonly tools: boolean;
  /** How many blocks before a cache point are looked at for the end of a prefix that is cached. */
  readonly lookback: number;
}

const EVERY = ['auto', 'any', 'tool'] as const;
const claudeCache = (min: number): CacheRules => ({ min, tools: true, lookback: 20 });

const claude = (model: string, min: number, more: Partial<ModelRules> = {}): ModelRules => ({
  model: `anthropic.claude-${model}`,
  apis: ['converse'],
  toolChoice: EVERY,
  profileOnly: true,
  strict: 'claude',
  native: 'claude',
  cache: claudeCache(min),
  ...more,
});

const openai = (model: string, more: Partial<ModelRules> = {}): ModelRules => ({
  model: `openai.${model}`,
  apis: ['converse', 'chat', 'responses'],
  toolChoice: EVERY,
  temperature: false,
  strict: 'openai',
  native: 'openai',
  ...more,
});

const plain = (model: string, more: Partial<ModelRules> = {}): ModelRules => ({
  model,
  apis: ['converse'],
  toolChoice: ['auto'],
  ...more,
});

/** Claude's younger models take neither a forced tool, nor strict, nor a schema of their own; `auto` is left. */
const FREE = { toolChoice: ['auto'], strict: undefined, native: undefined } as const;

const MODELS: readonly ModelRules[] = [
  claude('', 1024, { profileOnly: undefined }),
  claude('haiku-4-5', 4096),
  claude('sonnet-4', 1024),
  claude('sonnet-5', 1024),
  claude('sonnet-5-5', 1024, FREE),
  claude('opus-4', 1024),
  claude('opus-4-5', 4096),
  claude('opus-4-6', 4096),
  claude('opus-4-7', 2048),
  claude('opus-5', 512),
  claude('opus-5-5', 512, FREE),
  claude('fable-5', 512),
  claude('fable-5-1', 512, FREE),
  plain('amazon.nova', { toolChoice: EVERY, cache: { min: 1000, tools: false, lookback: 0 } }),
  plain('amazon.nova-2', { toolChoice: EVERY, profileOnly: true, cache: { min: 1000, tools: false, lookback: 0 } }),
  openai('gpt-6', { profileOnly: true }),
  openai('gpt-5.6', { profileOnly: true }),
  openai('gpt-5.5', { apis: ['chat', 'responses'] }),
  openai('gpt-5.4', { apis: ['chat', 'responses'] }),
  openai('gpt-oss', {
    apis: ['converse', 'chat'],
    strict: undefined,
    native: undefined,
    stopSequences: false,
    temperature: undefined,
  }),
  plain('meta.llama'),
  plain('meta.llama4', { profileOnly: true }),
  plain('mistral.', { toolChoice: ['auto', 'any'] }),
  plain('cohere.'),
  plain('deepseek.'),
  plain('qwen.'),
];

/** What an id of one's own (an application's profile, a model of one's own) stands for can't be seen from it: all is taken. */
const OPAQUE: ModelRules = {
  model: '',
  apis: ['converse', 'chat', 'responses'],
  toolChoice: EVERY,
  strict: 'claude',
  native: 'claude',
  cache: claudeCache(1024),
};

const PROFILE = /^(?:us-gov|us|eu|apac|jp|au|ca|in|global)\./;
const ARN = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]*:\d*:([a-z-]+)\/(.+)$/;

export interface Model {
  readonly rules: ModelRules;
  /** It was asked for under a profile's id, or an ARN. */
  readonly profile: boolean;
}

/** The model that an id or an ARN means; undefined where there is none. `first` are rules that are looked at before this file's. */
export function modelOf(id: string, first: readonly ModelRules[] = []): Model | undefined {
  const arn = ARN.exec(id);
  if (arn !== null && arn[1] !== 'foundation-model' && arn[1] !== 'inference-profile') {
    return { rules: OPAQUE, profile: true };
  }
  const named = arn?.[2] ?? id;
  const bare = named.replace(PROFILE, '');
  const fits = (rules: readonly ModelRules[]) =>
    rules.filter(({ model }) => bare.startsWith(model)).toSorted((a, b) => b.model.length - a.model.length)[0];
  const rules = fits(first) ?? fits(MODELS);
  return rules && { rules, profile: bare !== named };
}
