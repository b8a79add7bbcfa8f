import type {
  BedrockRuntimeClient,
  ConverseCommandInput,
  ConverseCommandOutput,
} from '@aws-sdk/client-bedrock-runtime';
import type { Json } from '@parley/workflow';
import type { Schema } from './answer.ts';
import type { ModelRow, Strategy } from './models.ts';
import type { Prompt } from './prompt.ts';

type Document = null | boolean | number | string | Document[] | { [key: string]: Document };

/** The name of the tool that a decision is the input of. */
const TOOL = 'decide';

export interface Asked {
  readonly model: string;
  readonly row: ModelRow;
  readonly strategy: Strategy;
  readonly prompt: Prompt;
  readonly schema: Schema;
}

/** Tokens as Bedrock counts them: `input` is what was neither read from nor written to the cache. */
export interface Tokens {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

export interface Answered {
  /** What was answered, as JSON where it is some. */
  readonly given: unknown;
  readonly stop: string;
  readonly tokens: Tokens;
}

/** Makes one decision's request. */
export function requestOf({ model, row, strategy, prompt, schema }: Asked): ConverseCommandInput {
  const asked =
    strategy === 'json'
      ? `${prompt.stable}\nAnswer with one JSON object that fits this schema, and nothing else:\n${JSON.stringify(schema)}`
      : prompt.stable;
  const tool = {
    toolSpec: {
      name: TOOL,
      description: 'Takes the decision.',
      inputSchema: { json: documentOf(schema) },
      ...(strategy === 'strict' ? { strict: true } : {}),
    },
  };
  return {
    modelId: model,
    system: [{ text: asked }, ...(row.cache ? [{ cachePoint: { type: 'default' as const } }] : [])],
    messages: [{ role: 'user', content: [{ text: prompt.turn }] }],
    inferenceConfig: { maxTokens: 1_000, ...(row.temperature ? { temperature: 0 } : {}) },
    ...(strategy === 'native'
      ? {
          outputConfig: {
            textFormat: {
              type: 'json_schema' as const,
              structure: { jsonSchema: { name: TOOL, schema: JSON.stringify(schema) } },
            },
          },
        }
      : {}),
    ...(strategy === 'strict' || strategy === 'forced'
      ? { toolConfig: { tools: [tool], toolChoice: { tool: { name: TOOL } } } }
      : {}),
  };
}

/** JSON as the SDK types it, which may be written to. */
function documentOf(value: Json): Document {
  if (Array.isArray(value)) return value.map(documentOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, documentOf(item)]));
}

/** Asks once. */
export async function converse(client: BedrockRuntimeClient, asked: Asked, signal: AbortSignal): Promise<Answered> {
  const { ConverseCommand } = await import('@aws-sdk/client-bedrock-runtime');
  return answeredBy(await client.send(new ConverseCommand(requestOf(asked)), { abortSignal: signal }));
}

function answeredBy({ output, stopReason, usage }: ConverseCommandOutput): Answered {
  const content = output?.message?.content ?? [];
  const used = content.flatMap(({ toolUse }) => (toolUse ? [toolUse] : []))[0];
  const text = content.map(({ text }) => text ?? '').join('');
  return {
    given: used ? used.input : parse(text),
    stop: stopReason ?? '',
    tokens: {
      input: usage?.inputTokens ?? 0,
      output: usage?.outputTokens ?? 0,
      cacheRead: usage?.cacheReadInputTokens ?? 0,
      cacheWrite: usage?.cacheWriteInputTokens ?? 0,
    },
  };
}

/** The JSON in a text: models like to put a fence or a sentence around it. */
function parse(text: string): unknown {
  const from = text.indexOf('{');
  const to = text.lastIndexOf('}');
  try {
    return JSON.parse(text.slice(from, to + 1));
  } catch {
    return undefined;
  }
}
