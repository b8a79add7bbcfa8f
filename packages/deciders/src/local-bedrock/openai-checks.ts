import type { Json } from '@parley/workflow';
import type { ChatRequest } from './chat.ts';
import { invalid, Refused } from './errors.ts';
import type { Model, ModelRules, SchemaRules } from './models.ts';
import { type InputItem, itemsOf, type ResponsesRequest } from './responses.ts';
import { schemaProblem } from './schema-rules.ts';

/*
 * What the OpenAI-compatible endpoint refuses. Its words are OpenAI's where they are known; where people were told of it,
 * the source stands beside it (github.com).
 */

/** Throws Refused where Chat Completions would refuse the request. */
export function checkChat(model: Model | undefined, request: ChatRequest): void {
  const { native, strict } = rulesFor('chat', model);
  const { tools, tool_choice, response_format, stream } = request;
  if (stream) throw invalid('This local server does not stream Chat Completions. Leave out stream.');
  checkFunctions(
    strict,
    tools?.map(({ function: { name, parameters, strict } }) => ({ name, parameters, strict })),
    typeof tool_choice === 'object' ? { name: tool_choice.function.name } : tool_choice,
  );
  if (response_format?.type === 'json_schema') {
    const { name, schema = {}, strict } = response_format.json_schema;
    if (native === undefined) throw invalid("This model doesn't support 'response_format'.");
    if (strict) checkOpenAiSchema(native, schema, `response_format '${name}'`);
  }
}

/** Throws Refused where the Responses API would refuse the request. */
export function checkResponses(model: Model | undefined, request: ResponsesRequest): void {
  const { native, strict, temperature } = rulesFor('responses', model);
  const { tools, tool_choice, text, max_output_tokens: room } = request;
  if (request.background) throw invalid('This local server answers at once. Leave out background.');
  // Nothing is kept here.
  if (request.previous_response_id) {
    throw invalid(`Previous response with id '${request.previous_response_id}' not found.`);
  }
  if (room !== undefined && room !== null && room < 16) {
    throw invalid(
      `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got ${room} instead.`,
    );
  }
  if (temperature === false && request.temperature !== undefined && request.temperature !== null) {
    throw invalid("Unsupported parameter: 'temperature' is not supported with this model.");
  }
  checkFunctions(strict, tools, typeof tool_choice === 'object' ? { name: tool_choice.name } : tool_choice);
  if (text?.format?.type === 'json_schema') {
    const { name, schema, strict } = text.format;
    if (native === undefined) throw invalid("This model doesn't support 'text.format'.");
    if (strict) checkOpenAiSchema(native, schema, `response_format '${name}'`);
  }
  checkItems(itemsOf(request));
}

function checkItems(items: readonly InputItem[]): void {
  if (items.length === 0) throw invalid("Invalid 'input': it has no items.");
  const outputs = new Set(items.flatMap((item) => (item.type === 'function_call_output' ? [item.call_id] : [])));
  const calls = new Set<string>();
  for (const [at, item] of items.entries()) {
    switch (item.type) {
      case 'message': {
        if (typeof item.content === 'string') break;
        const kinds =
          item.role === 'assistant' ? ['output_text', 'refusal'] : ['input_text', 'input_image', 'input_file'];
        const wrong = item.content.findIndex(({ type }) => !kinds.includes(type));
        if (wrong >= 0) {
          throw invalid(
            `Invalid value: '${item.content[wrong]?.type}'. Supported values are: ${kinds.map((kind) => `'${kind}'`).join(', ')}. (input[${at}].content[${wrong}])`,
          );
        }
        break;
      }
      case 'function_call':
        calls.add(item.call_id);
        if (!outputs.has(item.call_id)) throw invalid(`No tool output found for function call ${item.call_id}.`);
        break;
      case 'function_call_output':
        if (!calls.has(item.call_id)) {
          throw invalid(`No tool call found for function call output with call_id ${item.call_id}.`);
        }
        break;
      case 'reasoning': {
        // vercel/ai#7543
        if (!item.encrypted_content) {
          throw invalid(
            `Item with id '${item.id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
          );
        }
        // openai/openai-agents-python#1611
        const next = items[at + 1];
        const follows = next?.type === 'message' ? next.role === 'assistant' : next?.type !== 'function_call_output';
        if (next === undefined || !follows) {
          throw invalid(`Item '${item.id}' of type 'reasoning' was provided without its required following item.`);
        }
        break;
      }
    }
  }
}

/** The model's rules, where it speaks one of the OpenAI-compatible APIs. */
function rulesFor(api: 'chat' | 'responses', model: Model | undefined): ModelRules {
  // aws-samples/bedrock-access-gateway#185
  if (model === undefined || !model.rules.apis.includes(api)) {
    throw new Refused(
      'ResourceNotFoundException',
      "The model doesn't exist or doesn't support this API. Retry your request with a different model ID.",
    );
  }
  return model.rules;
}

interface FunctionTool {
  readonly name: string;
  readonly parameters?: { readonly [keyword: string]: Json } | null | undefined;
  readonly strict?: boolean | null | undefined;
}

function checkFunctions(
  rules: SchemaRules | undefined,
  tools: readonly FunctionTool[] | undefined,
  choice: 'none' | 'auto' | 'required' | { readonly name: string } | undefined,
): void {
  if (tools === undefined && choice !== undefined && choice !== 'none') {
    throw invalid("Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.");
  }
  for (const { name, parameters, strict } of tools ?? []) {
    if (strict) checkOpenAiSchema(rules, parameters ?? {}, `function '${name}'`);
  }
  if (typeof choice === 'object' && !tools?.some(({ name }) => name === choice.name)) {
    throw invalid("Invalid value for 'tool_choice': it names none of the 'tools'.");
  }
}

function checkOpenAiSchema(rules: SchemaRules | undefined, schema: Json, of: string): void {
  if (rules === undefined) throw invalid("This model doesn't support 'strict'.");
  const problem = schemaProblem(rules, schema);
  if (problem !== undefined) throw invalid(`Invalid schema for ${of}: ${problem}`);
}
