import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { Json } from '@parley/workflow';
import { z } from 'zod';
import { type Answer, type Asked, type Call, mending, type Reply, type Tokens, TOOL } from './call.ts';
import type { WordsCall } from './compose.ts';
import { isTool, jsonAsked, textAnswer } from './converse.ts';
import { EndpointError } from './failure.ts';
import { MAX_TOKENS, postOpenAi, tokensIn, unguarded } from './openai.ts';

/** Asks over Chat Completions on Bedrock's OpenAI-compatible endpoint. */
export function chatCall(client: BedrockRuntimeClient): Call {
  return async (asked, signal) => {
    if (asked.guardrail) throw unguarded();
    const ask = async (request: Request, signal: AbortSignal): Promise<Reply> => {
      const { choice, usage } = await post(client, request, signal);
      return {
        answer: answerOf(choice),
        tokens: tokensOf(usage),
        mend: (problem, signal) => ask(mended(request, choice, mending(problem)), signal),
      };
    };
    return ask(requestOf(asked), signal);
  };
}

/** Has a model write over Chat Completions: all at once, as what comes in pieces would be worth a second way of reading it. */
export function chatWords(client: BedrockRuntimeClient): WordsCall {
  return async ({ model, row, prompt, maxTokens, guardrail }, signal) => {
    if (guardrail) throw unguarded();
    const { choice, usage } = await post(
      client,
      {
        model,
        messages: [
          { role: 'system', content: prompt.stable },
          { role: 'user', content: prompt.turn },
        ],
        max_completion_tokens: maxTokens,
        ...(row.temperature ? { temperature: 0 } : {}),
        ...(row.effort ? { reasoning_effort: row.effort.level } : {}),
      },
      signal,
    );
    const { finish_reason, message } = choice;
    const filtered = finish_reason === 'content_filter' || message.refusal;
    return {
      text: message.content ?? '',
      tokens: tokensOf(usage),
      end: filtered ? 'filter' : finish_reason === 'length' ? 'cut' : 'whole',
    };
  };
}

interface Request {
  readonly messages: readonly Json[];
  readonly max_completion_tokens: number;
  readonly [field: string]: Json | readonly Json[];
}

/** Makes one decision's request. */
function requestOf({ model, row, strategy, prompt, schema }: Asked): Request {
  const { effort } = row;
  const strict = strategy === 'strict' ? { strict: true } : {};
  return {
    model,
    messages: [
      { role: 'system', content: strategy === 'json' ? `${prompt.stable}\n${jsonAsked(schema)}` : prompt.stable },
      { role: 'user', content: prompt.turn },
    ],
    max_completion_tokens: row.maxTokens ?? MAX_TOKENS,
    ...(row.temperature ? { temperature: 0 } : {}),
    ...(effort ? { reasoning_effort: effort.level } : {}),
    ...(strategy === 'native'
      ? { response_format: { type: 'json_schema', json_schema: { name: TOOL, strict: true, schema } } }
      : {}),
    ...(strategy === 'strict' || strategy === 'forced'
      ? {
          tools: [
            {
              type: 'function',
              function: { name: TOOL, description: 'Takes the decision.', parameters: schema, ...strict },
            },
          ],
          tool_choice: row.force === 'any' ? 'required' : { type: 'function', function: { name: TOOL } },
        }
      : {}),
  };
}

const completion = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          tool_calls: z
            .array(z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) }))
            .nullish(),
        }),
      }),
    )
    .min(1),
  usage: z
    .object({
      prompt_tokens: z.number().optional(),
      completion_tokens: z.number().optional(),
      prompt_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish(),
    })
    .nullish(),
});
type Choice = z.output<typeof completion>['choices'][number];

function tokensOf(usage: z.output<typeof completion>['usage']): Tokens {
  return tokensIn(usage?.prompt_tokens, usage?.prompt_tokens_details?.cached_tokens, usage?.completion_tokens);
}

function answerOf({ finish_reason, message }: Choice): Answer {
  if (finish_reason === 'content_filter' || message.refusal) return { type: 'blocked', by: 'filter' };
  if (finish_reason === 'length') return { type: 'none', problem: 'It was cut off, as it was too long. Be brief.' };
  const calls = message.tool_calls ?? [];
  const [first, ...others] = calls.filter(({ function: { name } }) => isTool(name));
  if (first) {
    return others.every((other) => other.function.arguments === first.function.arguments)
      ? textAnswer(first.function.arguments)
      : { type: 'none', problem: 'There were several decisions: make one.' };
  }
  if (calls.length > 0) return { type: 'none', problem: `There is no such tool: use ${TOOL}.` };
  return textAnswer(message.content ?? '');
}

/** The request once more, after its answer. */
function mended(request: Request, { finish_reason, message }: Choice, words: string): Request {
  const { content, tool_calls } = message;
  const calls = tool_calls ?? [];
  const said = calls.length > 0 || content;
  return {
    ...request,
    messages: [
      ...request.messages,
      ...(said
        ? [
            {
              role: 'assistant',
              content: content ?? null,
              ...(calls.length > 0 ? { tool_calls: calls.map((call) => ({ type: 'function', ...call })) } : {}),
            },
          ]
        : []),
      ...(calls.length > 0
        ? calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: words }))
        : [{ role: 'user', content: words }]),
    ],
    max_completion_tokens: (finish_reason === 'length' ? 2 : 1) * request.max_completion_tokens,
  };
}

async function post(client: BedrockRuntimeClient, request: Request, signal: AbortSignal) {
  const response = await postOpenAi(client, 'chat/completions', request, signal);
  const { choices, usage } = completion.parse(await response.json());
  const [choice] = choices;
  if (!choice) throw new EndpointError(502, 'There is no choice in the completion.');
  return { choice, usage };
}
