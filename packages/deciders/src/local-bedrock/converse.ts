import { randomUUID } from 'node:crypto';
import type { Json } from '@parley/workflow';
import { z } from 'zod';
import { type Block, inputText, pieces, type Reply, stopReasonOf, type Usage } from './answer.ts';
import type { Segment } from './cache.ts';
import type { StreamMessage } from './framing.ts';

// ---- what comes in

const object = z.record(z.string(), z.json());
const cachePoint = z.looseObject({ type: z.literal('default'), ttl: z.enum(['5m', '1h']).optional() });
const contentBlock = z.looseObject({
  text: z.string().optional(),
  toolUse: z.looseObject({ toolUseId: z.string(), name: z.string(), input: z.json() }).optional(),
  toolResult: z.looseObject({ toolUseId: z.string(), content: z.array(z.looseObject({})) }).optional(),
  reasoningContent: object.optional(),
  cachePoint: cachePoint.optional(),
});
const tool = z.looseObject({
  toolSpec: z
    .looseObject({
      name: z.string(),
      description: z.string().optional(),
      inputSchema: z.looseObject({ json: z.json() }),
      strict: z.boolean().optional(),
    })
    .optional(),
  cachePoint: cachePoint.optional(),
});

/** The body of a Converse request, as far as this server looks at it. Members it does not know are let pass. */
export const converseRequest = z.looseObject({
  messages: z.array(z.looseObject({ role: z.string(), content: z.array(contentBlock) })).default([]),
  system: z.array(z.looseObject({ text: z.string().optional(), cachePoint: cachePoint.optional() })).default([]),
  toolConfig: z
    .looseObject({
      tools: z.array(tool).optional(),
      toolChoice: z
        .looseObject({
          auto: object.optional(),
          any: object.optional(),
          tool: z.looseObject({ name: z.string() }).optional(),
        })
        .optional(),
    })
    .optional(),
  inferenceConfig: z.looseObject({ stopSequences: z.array(z.string()).optional() }).optional(),
  outputConfig: z
    .looseObject({
      textFormat: z
        .looseObject({
          type: z.literal('json_schema'),
          structure: z.looseObject({ jsonSchema: z.looseObject({ schema: z.string(), name: z.string().optional() }) }),
        })
        .optional(),
    })
    .optional(),
  guardrailConfig: z
    .looseObject({
      guardrailIdentifier: z.string(),
      guardrailVersion: z.string(),
      trace: z.string().optional(),
    })
    .optional(),
  requestMetadata: z.record(z.string(), z.string()).optional(),
});

export type ConverseRequest = z.infer<typeof converseRequest>;
export type ContentBlock = z.infer<typeof contentBlock>;

/** The prompt in the order it is cached in: tools, system, messages. */
export function promptOf({ toolConfig, system, messages }: ConverseRequest): readonly Segment[] {
  const segment = (part: ContentBlock | z.infer<typeof tool>, role: string): Segment =>
    part.cachePoint === undefined
      ? { type: 'block', text: `${role}${JSON.stringify(part)}` }
      : { type: 'point', ttl: part.cachePoint.ttl ?? '5m' };
  return [
    ...(toolConfig?.tools ?? []).map((part) => segment(part, '')),
    ...system.map((part) => segment(part, '')),
    ...messages.flatMap(({ role, content }) => content.map((part) => segment(part, `${role} `))),
  ];
}

/** The schema of `outputConfig.textFormat`. Throws a SyntaxError where it is no JSON. */
export function textSchema({ outputConfig }: ConverseRequest): Json | undefined {
  const schema = outputConfig?.textFormat?.structure.jsonSchema.schema;
  return schema === undefined ? undefined : z.json().parse(JSON.parse(schema));
}

// ---- what goes out

/** What beside the reply goes into an answer. */
export interface Books {
  readonly usage: Usage;
  /** The model has a prompt cache: its tokens are told. */
  readonly caches: boolean;
  /** Milliseconds that the model took. */
  readonly latency: number;
  readonly trace?: object;
}

/** A reply as the body of a Converse answer. */
export function converseBody(reply: Reply, books: Books): object {
  return {
    ...reply.unknown,
    output: { message: { role: 'assistant', content: reply.content.map(wireBlock) } },
    stopReason: stopReasonOf(reply),
    usage: wireUsage(books),
    metrics: { latencyMs: books.latency },
    ...(books.trace === undefined ? {} : { trace: books.trace }),
  };
}

/**
 * A reply as the events of a ConverseStream, in the service's order. Only a tool's use has a contentBlockStart
 * (mulgadc/spinifex#844), and its input comes as pieces of JSON text.
 */
export function converseEvents(reply: Reply, books: Books): readonly StreamMessage[] {
  const event = (name: string, data: object): StreamMessage => ({
    type: 'event',
    name,
    data: { ...reply.unknown, ...data, p: padding(name.length) },
  });
  const blocks = reply.content.flatMap((block, contentBlockIndex) => [
    ...(block.type === 'tool'
      ? [
          event('contentBlockStart', {
            contentBlockIndex,
            start: { toolUse: { toolUseId: idOf(block), name: block.name } },
          }),
        ]
      : []),
    ...deltas(block, reply.piece ?? 24).map((delta) => event('contentBlockDelta', { contentBlockIndex, delta })),
    event('contentBlockStop', { contentBlockIndex }),
  ]);
  return [
    event('messageStart', { role: 'assistant' }),
    ...blocks,
    event('messageStop', { stopReason: stopReasonOf(reply) }),
    event('metadata', {
      usage: wireUsage(books),
      metrics: { latencyMs: books.latency },
      ...(books.trace === undefined ? {} : { trace: books.trace }),
    }),
  ];
}

function wireBlock(block: Block): object {
  switch (block.type) {
    case 'text':
      return { text: block.text };
    case 'tool':
      return {
        toolUse: { toolUseId: idOf(block), name: block.name, input: 'raw' in block ? block.raw : block.input },
      };
    case 'reasoning': {
      const signature = block.signature === undefined ? {} : { signature: block.signature };
      return { reasoningContent: { reasoningText: { text: block.text, ...signature } } };
    }
    case 'unknown':
      return block.block;
  }
}

function deltas(block: Block, piece: number): readonly object[] {
  switch (block.type) {
    case 'text':
      return pieces(block.text, piece).map((text) => ({ text }));
    case 'tool':
      return pieces(inputText(block), piece).map((input) => ({ toolUse: { input } }));
    case 'reasoning':
      return [
        ...pieces(block.text, piece).map((text) => ({ reasoningContent: { text } })),
        ...(block.signature === undefined ? [] : [{ reasoningContent: { signature: block.signature } }]),
      ];
    case 'unknown':
      return [block.block];
  }
}

function wireUsage({ usage, caches }: Books): object {
  const { input, output, cacheRead, cacheWrite } = usage;
  return {
    inputTokens: input,
    outputTokens: output,
    totalTokens: input + output + cacheRead + cacheWrite,
    ...(caches ? { cacheReadInputTokens: cacheRead, cacheWriteInputTokens: cacheWrite } : {}),
  };
}

const idOf = ({ id }: Extract<Block, { type: 'tool' }>) => id ?? `tooluse_${randomUUID().replaceAll('-', '')}`;

/** The service pads its events, so that their length tells less; a client is to pass over it. */
const padding = (length: number) => 'abcdefghijklmnopqrstuvwxyz'.slice(0, length);
