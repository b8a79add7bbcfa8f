import type { Json } from '@parley/workflow';
import { textsOf } from './chat.ts';
import { textSchema } from './converse.ts';
import { responsesTexts } from './responses.ts';
import type { Asked } from './service.ts';

/** In what shape a request wants its answer. */
export type Wanted =
  | { readonly type: 'tool'; readonly name: string; readonly schema: Json }
  | { readonly type: 'json'; readonly schema: Json }
  | { readonly type: 'text' };

/** What a request says, without its tools: instructions first, then the conversation. */
export function promptTextOf(asked: Asked): string {
  if (asked.operation === 'ChatCompletions') return asked.body.messages.flatMap(textsOf).join('\n');
  if (asked.operation === 'Responses') return responsesTexts(asked.body).join('\n');
  const { system, messages } = asked.body;
  return [...system, ...messages.flatMap(({ content }) => content)]
    .flatMap(({ text }) => (text === undefined ? [] : [text]))
    .join('\n');
}

/** The tool that is forced, or the only one there is; else the schema of the text. */
export function wantedOf(asked: Asked): Wanted {
  const { tools, forced, schema } = wishOf(asked);
  const tool = tools.find(({ name }) => name === forced) ?? (schema === undefined ? tools[0] : undefined);
  if (tool !== undefined) return { type: 'tool', ...tool };
  return schema === undefined ? { type: 'text' } : { type: 'json', schema };
}

interface Wish {
  readonly tools: readonly { readonly name: string; readonly schema: Json }[];
  readonly forced: string | undefined;
  readonly schema: Json | undefined;
}

function wishOf(asked: Asked): Wish {
  switch (asked.operation) {
    case 'Converse':
    case 'ConverseStream':
      return converseWish(asked);
    case 'ChatCompletions':
      return chatWish(asked);
    case 'Responses':
      return responsesWish(asked);
  }
}

function converseWish({ body }: Extract<Asked, { operation: 'Converse' | 'ConverseStream' }>): Wish {
  const { tools = [], toolChoice } = body.toolConfig ?? {};
  return {
    tools: tools.flatMap(({ toolSpec }) =>
      toolSpec ? [{ name: toolSpec.name, schema: toolSpec.inputSchema.json }] : [],
    ),
    forced: toolChoice?.tool?.name,
    schema: textSchema(body),
  };
}

function chatWish({ body }: Extract<Asked, { operation: 'ChatCompletions' }>): Wish {
  const { tools = [], tool_choice: choice, response_format: format } = body;
  return {
    tools:
      choice === 'none' ? [] : tools.map(({ function: spec }) => ({ name: spec.name, schema: spec.parameters ?? {} })),
    forced: typeof choice === 'object' ? choice.function.name : undefined,
    schema: format?.type === 'json_schema' ? (format.json_schema.schema ?? {}) : undefined,
  };
}

function responsesWish({ body }: Extract<Asked, { operation: 'Responses' }>): Wish {
  const { tools = [], tool_choice: choice, text } = body;
  return {
    tools: choice === 'none' ? [] : tools.map(({ name, parameters }) => ({ name, schema: parameters ?? {} })),
    forced: typeof choice === 'object' ? choice.name : undefined,
    schema: text?.format?.type === 'json_schema' ? text.format.schema : undefined,
  };
}
