import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Block, inputText, type Reply, stopReasonOf } from './answer.ts';
import type { Segment } from './cache.ts';
import type { Books } from './converse.ts';

// ---- what comes in

const content = z.union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))]);
const schema = z.record(z.string(), z.json());

/** The body of a Chat Completions request, as far as this server looks at it. Members it does not know are let pass. */
export const chatRequest = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string(), content: content.nullish() })).min(1),
  tools: z
    .array(
      z.looseObject({
        type: z.literal('function'),
        function: z.looseObject({
          name: z.string(),
          description: z.string().optional(),
          parameters: schema.optional(),
          strict: z.boolean().nullish(),
        }),
      }),
    )
    .optional(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.looseObject({ type: z.literal('function'), function: z.looseObject({ name: z.string() }) }),
    ])
    .optional(),
  response_format: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('text') }),
      z.looseObject({ type: z.literal('json_object') }),
      z.looseObject({
        type: z.literal('json_schema'),
        json_schema: z.looseObject({
          name: z.string(),
          schema: schema.optional(),
          strict: z.boolean().nullish(),
        }),
      }),
    ])
    .optional(),
  stream: z.boolean().nullish(),
});

export type ChatRequest = z.infer<typeof chatRequest>;

/** The texts of a message. */
export function textsOf({ content }: ChatRequest['messages'][number]): readonly string[] {
  if (content === undefined || content === null) return [];
  return typeof content === 'string' ? [content] : content.flatMap(({ text }) => (text === undefined ? [] : [text]));
}

/** The prompt for counting: this endpoint takes no cache points. */
export function chatPromptOf({ tools, messages, response_format }: ChatRequest): readonly Segment[] {
  return [...(tools ?? []), ...(response_format === undefined ? [] : [response_format]), ...messages].map((part) => ({
    type: 'block',
    text: JSON.stringify(part),
  }));
}

// ---- what goes out

/** OpenAI's reasons to stop; one that it has no name for stays what it is. */
const FINISH: { readonly [stopReason: string]: string } = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  content_filtered: 'content_filter',
  guardrail_intervened: 'content_filter',
};

/** A reply as the body of a Chat Completions answer. What the model thought is not shown there. */
export function chatBody(model: string, reply: Reply, { usage }: Books): object {
  const stop = stopReasonOf(reply);
  const text = reply.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('');
  const calls = reply.content.flatMap((block) => (block.type === 'tool' ? [toolCall(block)] : []));
  const unknown = reply.content.flatMap((block) => (block.type === 'unknown' ? [block.block] : []));
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite;
  return {
    ...reply.unknown,
    id: `chatcmpl-${randomUUID()}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [
      {
        index: 0,
        finish_reason: FINISH[stop] ?? stop,
        message: Object.assign(
          { role: 'assistant', content: text === '' ? null : text, refusal: null },
          ...unknown,
          calls.length > 0 ? { tool_calls: calls } : {},
        ),
      },
    ],
    usage: {
      prompt_tokens: prompt,
      completion_tokens: usage.output,
      total_tokens: prompt + usage.output,
      prompt_tokens_details: { cached_tokens: usage.cacheRead },
    },
  };
}

function toolCall(block: Extract<Block, { type: 'tool' }>): object {
  return {
    id: block.id ?? `call_${randomUUID().replaceAll('-', '')}`,
    type: 'function',
    function: { name: block.name, arguments: inputText(block) },
  };
}
