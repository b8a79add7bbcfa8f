import type {
  BedrockRuntimeClient,
  ContentBlock,
  ConverseCommandInput,
  ConverseCommandOutput,
  ConverseStreamCommandInput,
  Message,
  SystemContentBlock,
  TokenUsage,
} from '@aws-sdk/client-bedrock-runtime';
import { type Document, jsonIn, type Schema } from './answer.ts';
import {
  type Answer,
  type Asked,
  type Call,
  type GuardrailNamed,
  mending,
  type Reply,
  type Tokens,
  TOOL,
} from './call.ts';
import type { Words, WordsCall } from './compose.ts';
import { brokeOff } from './failure.ts';
import type { ModelRow } from './models.ts';

/** Tokens that an answer may have where the row says nothing: a decision is short, its values are what takes room. */
const MAX_TOKENS = 1_000;

/** Asks over Converse. */
export function converseCall(client: BedrockRuntimeClient): Call {
  let sdk: Promise<typeof import('@aws-sdk/client-bedrock-runtime')> | undefined;
  return async (asked, signal) => {
    // Loaded by the first, as it takes a tenth of a second, and kept: asking the loader again takes time as well.
    sdk ??= import('@aws-sdk/client-bedrock-runtime');
    const { ConverseCommand } = await sdk;
    const ask = async (request: ConverseCommandInput, signal: AbortSignal): Promise<Reply> => {
      const output = await client.send(new ConverseCommand(request), { abortSignal: signal });
      return {
        answer: answerOf(output),
        tokens: tokensOf(output.usage),
        mend: (problem, signal) => ask(mended(request, output, problem), signal),
      };
    };
    return ask(requestOf(asked), signal);
  };
}

/** Has a model write over ConverseStream. */
export function converseWords(client: BedrockRuntimeClient): WordsCall {
  let sdk: Promise<typeof import('@aws-sdk/client-bedrock-runtime')> | undefined;
  return async ({ model, row, prompt, maxTokens, guardrail }, signal, onText) => {
    sdk ??= import('@aws-sdk/client-bedrock-runtime');
    const { ConverseStreamCommand } = await sdk;
    const additional = effortFields(row.effort);
    const request: ConverseStreamCommandInput = {
      modelId: model,
      system: systemOf(prompt.stable, row),
      messages: [{ role: 'user', content: [{ text: prompt.turn }] }],
      inferenceConfig: { maxTokens, ...(row.temperature ? { temperature: 0 } : {}) },
      ...(row.effort?.field === 'outputConfig.effort' ? { outputConfig: { effort: row.effort.level } } : {}),
      // Nothing is let out before the guardrail has looked at it.
      ...(guardrail ? { guardrailConfig: { ...guardrailConfig(guardrail), streamProcessingMode: 'sync' } } : {}),
      ...(additional ? { additionalModelRequestFields: additional } : {}),
    };
    const { stream } = await client.send(new ConverseStreamCommand(request), { abortSignal: signal });
    let text = '';
    let stop: string | undefined;
    let usage: TokenUsage | undefined;
    for await (const event of stream ?? []) {
      const piece = event.contentBlockDelta?.delta?.text;
      if (piece !== undefined) {
        text += piece;
        onText(text);
      }
      stop ??= event.messageStop?.stopReason;
      usage ??= event.metadata?.usage;
    }
    if (stop === undefined) throw brokeOff();
    return { text, tokens: tokensOf(usage), end: endOf(stop) };
  };
}

function endOf(stop: string): Words['end'] {
  switch (stop) {
    case 'guardrail_intervened':
      return 'guardrail';
    case 'content_filtered':
      return 'filter';
    case 'max_tokens':
      return 'cut';
    default:
      return 'whole';
  }
}

function tokensOf(usage: TokenUsage | undefined): Tokens {
  return {
    input: usage?.inputTokens ?? 0,
    output: usage?.outputTokens ?? 0,
    cacheRead: usage?.cacheReadInputTokens ?? 0,
    cacheWrite: usage?.cacheWriteInputTokens ?? 0,
  };
}

function systemOf(text: string, { cache }: ModelRow): SystemContentBlock[] {
  return [{ text }, ...(cache ? [{ cachePoint: { type: 'default' as const } }] : [])];
}

const guardrailConfig = ({ id, version }: GuardrailNamed) => ({ guardrailIdentifier: id, guardrailVersion: version });

/** Makes one decision's request. */
export function requestOf({ model, row, strategy, prompt, schema, guardrail }: Asked): ConverseCommandInput {
  const tool = {
    toolSpec: {
      name: TOOL,
      description: 'Takes the decision.',
      inputSchema: { json: schema },
      ...(strategy === 'strict' ? { strict: true } : {}),
    },
  };
  const toolChoice = row.force === 'any' ? { any: {} } : { tool: { name: TOOL } };
  const textFormat = {
    type: 'json_schema' as const,
    structure: { jsonSchema: { name: TOOL, schema: JSON.stringify(schema) } },
  };
  const { effort } = row;
  const outputConfig = {
    ...(strategy === 'native' ? { textFormat } : {}),
    ...(effort?.field === 'outputConfig.effort' ? { effort: effort.level } : {}),
  };
  const additional = effortFields(effort);
  return {
    modelId: model,
    system: systemOf(strategy === 'json' ? `${prompt.stable}\n${jsonAsked(schema)}` : prompt.stable, row),
    messages: [{ role: 'user', content: [{ text: prompt.turn }] }],
    inferenceConfig: { maxTokens: row.maxTokens ?? MAX_TOKENS, ...(row.temperature ? { temperature: 0 } : {}) },
    ...(Object.keys(outputConfig).length > 0 ? { outputConfig } : {}),
    ...(guardrail ? { guardrailConfig: guardrailConfig(guardrail) } : {}),
    ...(additional ? { additionalModelRequestFields: additional } : {}),
    ...(strategy === 'strict' || strategy === 'forced' ? { toolConfig: { tools: [tool], toolChoice } } : {}),
  };
}

/** What the strategy `json` says at the end of the instructions. */
export const jsonAsked = (schema: Schema): string =>
  `Answer with one JSON object that fits this schema, and nothing else:\n${JSON.stringify(schema)}`;

function effortFields(effort: ModelRow['effort']): { [key: string]: Document } | undefined {
  switch (effort?.field) {
    case 'reasoning.effort':
      return { reasoning: { effort: effort.level } };
    case 'reasoning_effort':
      return { reasoning_effort: effort.level };
    case 'outputConfig.effort':
    case undefined:
      return undefined;
  }
}

function answerOf({ output, stopReason }: ConverseCommandOutput): Answer {
  switch (stopReason) {
    case 'guardrail_intervened':
      return { type: 'blocked', by: 'guardrail' };
    case 'content_filtered':
      return { type: 'blocked', by: 'filter' };
    case 'max_tokens':
      return { type: 'none', problem: 'It was cut off, as it was too long. Be brief.' };
    case 'malformed_tool_use':
    case 'malformed_model_output':
      return { type: 'none', problem: `It was malformed: the input of ${TOOL} has to be JSON that fits its schema.` };
    default:
      return contentOf(output?.message?.content ?? []);
  }
}

/** Thoughts (reasoningContent) are passed over, and so are blocks of kinds that are not known here. */
function contentOf(content: readonly ContentBlock[]): Answer {
  const uses = content.flatMap(({ toolUse }) => (toolUse ? [toolUse] : []));
  const [first, ...others] = uses.filter(({ name }) => isTool(name));
  if (first) {
    const same = others.every(({ input }) => JSON.stringify(input) === JSON.stringify(first.input));
    return same
      ? { type: 'given', json: first.input }
      : { type: 'none', problem: 'There were several decisions: make one.' };
  }
  if (uses.length > 0) return { type: 'none', problem: `There is no such tool: use ${TOOL}.` };
  return textAnswer(content.map(({ text }) => text ?? '').join(''));
}

/** Models decorate a tool's name: `functions.decide`, `decide<|channel|>json`. */
export const isTool = (name: string | undefined): boolean =>
  name !== undefined && /(^|[^\w])decide([^\w]|$)/.test(name);

/** The answer that stands in a text. */
export function textAnswer(text: string): Answer {
  if (text.trim() === '') return { type: 'none', problem: 'It was empty.' };
  const json = jsonIn(text);
  return json === undefined
    ? { type: 'none', problem: 'It was not one JSON object that fits the schema.' }
    : { type: 'given', json };
}

/**
 * The request once more, after its answer: what the model thought goes back as it came (Claude signs it), each use of a
 * tool gets a result that is an error, and whatever was cut off gets more room.
 */
function mended(request: ConverseCommandInput, output: ConverseCommandOutput, problem: string): ConverseCommandInput {
  const words = mending(problem);
  const { inferenceConfig } = request;
  const cut = output.stopReason === 'max_tokens';
  return {
    ...request,
    messages: continued(request, output.output?.message?.content ?? [], words),
    inferenceConfig: {
      ...inferenceConfig,
      ...(cut ? { maxTokens: 2 * (inferenceConfig?.maxTokens ?? MAX_TOKENS) } : {}),
    },
  };
}

function continued(
  { messages = [], toolConfig }: ConverseCommandInput,
  content: ContentBlock[],
  words: string,
): Message[] {
  // Uses of tools may only stand where there are tools, each with an input that is an object, and no text may be blank.
  const said = content.flatMap((block): ContentBlock[] => {
    if (block.toolUse)
      return toolConfig ? [{ toolUse: { ...block.toolUse, input: objectOf(block.toolUse.input) } }] : [];
    if (block.text !== undefined) return block.text.trim() === '' ? [] : [block];
    return block.reasoningContent ? [block] : [];
  });
  const results = said.flatMap(({ toolUse }): ContentBlock[] =>
    toolUse ? [{ toolResult: { toolUseId: toolUse.toolUseId, content: [{ text: words }], status: 'error' } }] : [],
  );
  const next: ContentBlock[] = results.length > 0 ? results : [{ text: words }];
  const spoken = said.some(({ reasoningContent }) => reasoningContent === undefined);
  if (spoken) return [...messages, { role: 'assistant', content: said }, { role: 'user', content: next }];
  // Nothing was said that could stand between two messages of the same side.
  return messages.map((message, at) =>
    at === messages.length - 1 ? { ...message, content: [...(message.content ?? []), { text: words }] } : message,
  );
}

const objectOf = (input: Document | undefined): Document =>
  typeof input === 'object' && input !== null && !Array.isArray(input) ? input : {};
