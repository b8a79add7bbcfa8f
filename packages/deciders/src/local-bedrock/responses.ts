import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Block, inputText, pieces, type Reply, stopReasonOf } from './answer.ts';
import type { Segment } from './cache.ts';
import type { Books } from './converse.ts';

// ---- what comes in

const schema = z.record(z.string(), z.json());
const part = z.looseObject({ type: z.string(), text: z.string().optional() });

/** An item of the input. A message may leave out its type. */
const item = z.union([
  z.looseObject({
    type: z.literal('message').default('message'),
    role: z.enum(['user', 'assistant', 'system', 'developer']),
    content: z.union([z.string(), z.array(part)]),
  }),
  z.looseObject({ type: z.literal('function_call'), call_id: z.string(), name: z.string(), arguments: z.string() }),
  z.looseObject({
    type: z.literal('function_call_output'),
    call_id: z.string(),
    output: z.union([z.string(), z.array(part)]),
  }),
  z.looseObject({ type: z.literal('reasoning'), id: z.string(), encrypted_content: z.string().nullish() }),
]);
export type InputItem = z.infer<typeof item>;

/** The body of a Responses request, as far as this server looks at it. Members it does not know are let pass. */
export const responsesRequest = z.looseObject({
  model: z.string(),
  instructions: z.string().nullish(),
  input: z.union([z.string(), z.array(item)]),
  tools: z
    .array(
      z.looseObject({
        type: z.literal('function'),
        name: z.string(),
        description: z.string().nullish(),
        parameters: schema.nullish(),
        strict: z.boolean().nullish(),
      }),
    )
    .optional(),
  tool_choice: z
    .union([z.enum(['none', 'auto', 'required']), z.looseObject({ type: z.literal('function'), name: z.string() })])
    .optional(),
  text: z
    .looseObject({
      format: z
        .discriminatedUnion('type', [
          z.looseObject({ type: z.literal('text') }),
          z.looseObject({ type: z.literal('json_object') }),
          z.looseObject({ type: z.literal('json_schema'), name: z.string(), schema, strict: z.boolean().nullish() }),
        ])
        .optional(),
    })
    .optional(),
  include: z.array(z.string()).nullish(),
  max_output_tokens: z.number().nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish() }).nullish(),
  temperature: z.number().nullish(),
  previous_response_id: z.string().nullish(),
  background: z.boolean().nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
});

export type ResponsesRequest = z.infer<typeof responsesRequest>;

/** The input as items. */
export const itemsOf = ({ input }: ResponsesRequest): readonly InputItem[] =>
  typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;

/** What a request says, without its tools: instructions first. */
export function responsesTexts(request: ResponsesRequest): readonly string[] {
  const texts = itemsOf(request).flatMap((item) => {
    if (item.type !== 'message') return [];
    const { content } = item;
    return typeof content === 'string' ? [content] : content.flatMap(({ text }) => (text === undefined ? [] : [text]));
  });
  return request.instructions ? [request.instructions, ...texts] : texts;
}

/** The prompt for counting: this endpoint takes no cache points. */
export function responsesPromptOf(request: ResponsesRequest): readonly Segment[] {
  const { tools = [], text, instructions } = request;
  return [...tools, ...(text ? [text] : []), ...(instructions ? [instructions] : []), ...itemsOf(request)].map(
    (part) => ({ type: 'block', text: JSON.stringify(part) }),
  );
}

// ---- what goes out

/** Why a response is incomplete, by the reason to stop. */
const INCOMPLETE: { readonly [stopReason: string]: string } = {
  max_tokens: 'max_output_tokens',
  content_filtered: 'content_filter',
  guardrail_intervened: 'content_filter',
};

/** A reply as the body of a Responses answer. */
export function responsesBody(request: ResponsesRequest, reply: Reply, { usage }: Books): object {
  const reason = INCOMPLETE[stopReasonOf(reply)];
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite;
  const output = reply.content.map((block) => outputItem(request, block));
  return {
    ...begun(request),
    status: reason === undefined ? 'completed' : 'incomplete',
    incomplete_details: reason === undefined ? null : { reason },
    output: output.map((item, at) =>
      reason !== undefined && at === output.length - 1 && 'status' in item ? { ...item, status: 'incomplete' } : item,
    ),
    usage: {
      input_tokens: prompt,
      input_tokens_details: { cached_tokens: usage.cacheRead },
      output_tokens: usage.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: prompt + usage.output,
    },
    ...reply.unknown,
  };
}

/** A response before anything was said. */
function begun({ model, instructions, store, text, tools, tool_choice, ...request }: ResponsesRequest): object {
  return {
    id: `resp_${hex()}`,
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    instructions: instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    model,
    output: [],
    previous_response_id: null,
    store: store ?? true,
    text: text ?? { format: { type: 'text' } },
    tool_choice: tool_choice ?? 'auto',
    tools: tools ?? [],
    usage: null,
  };
}

/** An event of the stream, before it is framed. */
export interface ResponsesEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A reply as the events of a stream, in the service's order (OpenAI's API reference, "Streaming events"). */
export function responsesEvents(request: ResponsesRequest, reply: Reply, books: Books): readonly ResponsesEvent[] {
  const response = responsesBody(request, reply, books);
  const { id, output, status } = shape.parse(response);
  const before = { ...begun(request), id };
  const items = reply.content.flatMap((block, output_index): readonly ResponsesEvent[] => {
    const item = output[output_index] ?? { id: '' };
    const inside = itemEvents(block, { item_id: item.id, output_index }, reply.piece ?? 24);
    return [
      { type: 'response.output_item.added', output_index, item: { ...item, ...EMPTY[block.type] } },
      ...inside,
      { type: 'response.output_item.done', output_index, item },
    ];
  });
  const events: readonly ResponsesEvent[] = [
    { type: 'response.created', response: before },
    { type: 'response.in_progress', response: before },
    ...items,
    { type: `response.${status}`, response },
  ];
  return events.map((event, sequence_number) => ({ ...reply.unknown, ...event, sequence_number }));
}

const shape = z.object({ id: z.string(), status: z.string(), output: z.array(z.looseObject({ id: z.string() })) });

/** An item as it begins. */
const EMPTY: { readonly [type in Block['type']]: object } = {
  text: { status: 'in_progress', content: [] },
  tool: { status: 'in_progress', arguments: '' },
  reasoning: {},
  unknown: {},
};

function itemEvents(
  block: Block,
  of: { readonly item_id: string; readonly output_index: number },
  piece: number,
): readonly ResponsesEvent[] {
  switch (block.type) {
    case 'text': {
      const at = { ...of, content_index: 0 };
      const { text } = block;
      return [
        { type: 'response.content_part.added', ...at, part: textPart('') },
        ...pieces(text, piece).map((delta) => ({ type: 'response.output_text.delta', ...at, delta })),
        { type: 'response.output_text.done', ...at, text },
        { type: 'response.content_part.done', ...at, part: textPart(text) },
      ];
    }
    case 'tool': {
      const text = inputText(block);
      return [
        ...pieces(text, piece).map((delta) => ({ type: 'response.function_call_arguments.delta', ...of, delta })),
        { type: 'response.function_call_arguments.done', ...of, arguments: text },
      ];
    }
    case 'reasoning':
    case 'unknown':
      return [];
  }
}

/** What the model thought is not shown, but may be taken along, encrypted. */
function outputItem({ include }: ResponsesRequest, block: Block): object {
  switch (block.type) {
    case 'text':
      return {
        id: `msg_${hex()}`,
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [textPart(block.text)],
      };
    case 'tool':
      return {
        id: `fc_${hex()}`,
        type: 'function_call',
        status: 'completed',
        call_id: block.id ?? `call_${hex()}`,
        name: block.name,
        arguments: inputText(block),
      };
    case 'reasoning':
      return {
        id: `rs_${hex()}`,
        type: 'reasoning',
        summary: [],
        ...(include?.includes('reasoning.encrypted_content')
          ? { encrypted_content: block.signature ?? Buffer.from(block.text).toString('base64url') }
          : {}),
      };
    case 'unknown':
      return { id: `x_${hex()}`, type: Object.keys(block.block)[0] ?? 'unknown', ...block.block };
  }
}

const textPart = (text: string) => ({ type: 'output_text', text, annotations: [] });
const hex = () => randomUUID().replaceAll('-', '');
