import type { Json } from '@parley/workflow';
import { type ContentBlock, type ConverseRequest, promptOf, textSchema } from './converse.ts';
import { invalid, Refused } from './errors.ts';
import type { Model, ModelRules, SchemaRules, ToolChoice } from './models.ts';
import { schemaProblem } from './schema-rules.ts';

/*
 * What Converse refuses, in its words where they are known: the source of each stands beside it (github.com). A rule
 * without a source is the API reference's, in words of our own.
 */

/** What the model itself refuses, rather than the service in front of it (vercel/ai#21364). */
const fromModel = (message: string) => invalid(`The model returned the following errors: ${message}`);

/** strands-agents/harness-sdk#1241, dotCMS/core#36025 */
const unsupported = (field: string) =>
  invalid(`This model doesn't support the ${field} field. Remove ${field} and try again.`);

/** Throws Refused where the service would refuse the request. */
export function checkConverse(id: string, model: Model | undefined, request: ConverseRequest): void {
  // langchain-ai/open_deep_research#224
  if (model === undefined || !model.rules.apis.includes('converse')) {
    throw invalid('The provided model identifier is invalid.');
  }
  // langchain-ai/langchain-aws#1019; the apostrophe is a curly one: gethouston/houston#1381
  if (model.rules.profileOnly && !model.profile) {
    throw invalid(
      `Invocation of model ID ${id} with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`,
    );
  }
  checkConversation(request);
  checkTools(model.rules, request);
  checkCachePoints(model.rules, request);
  checkOutput(model.rules, request);
}

function checkConversation({ messages, toolConfig, requestMetadata = {} }: ConverseRequest): void {
  // langgenius/dify#12340
  if (messages[0]?.role !== 'user') {
    throw invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  }
  for (const [at, { role, content }] of messages.entries()) {
    // langchain-ai/langchain-aws#130
    if (role !== (at % 2 === 0 ? 'user' : 'assistant')) {
      throw invalid(
        'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
      );
    }
    // langchain-ai/langchain#26968
    if (content.length === 0) {
      throw invalid(
        `The content field in the Message object at messages.${at} is empty. Add a ContentBlock object to the content field and try again.`,
      );
    }
    // boto/botocore#3525
    const blank = content.findIndex(({ text }) => text !== undefined && text.trim() === '');
    if (blank >= 0) {
      throw invalid(
        `The text field in the ContentBlock object at messages.${at}.content.${blank} is blank. Add text to the text field, and try again.`,
      );
    }
    checkResults(content, messages[at + 1]?.content, at + 1);
  }
  // langgenius/dify#17545
  const usesTools = messages.some(({ content }) => content.some(({ toolUse, toolResult }) => toolUse ?? toolResult));
  if (usesTools && toolConfig === undefined) {
    throw invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.');
  }
  if (Object.keys(requestMetadata).length > 16) {
    throw invalid(constraint('requestMetadata', 'Map must have length less than or equal to 16'));
  }
}

/** Each use of a tool is followed by its result: agno-agi/agno#6698. */
function checkResults(content: readonly ContentBlock[], next: readonly ContentBlock[] | undefined, at: number): void {
  const results = next?.map(({ toolResult }) => toolResult?.toolUseId);
  const open = content
    .flatMap(({ toolUse }) => (toolUse ? [toolUse.toolUseId] : []))
    .filter((id) => !results?.includes(id));
  if (next !== undefined && open.length > 0) {
    throw invalid(`Expected toolResult blocks at messages.${at}.content for the following Ids: ${open.join(', ')}`);
  }
}

function checkTools(rules: ModelRules, { toolConfig }: ConverseRequest): void {
  if (toolConfig === undefined) return;
  const { tools, toolChoice } = toolConfig;
  if (tools === undefined) throw invalid(constraint('toolConfig.tools', 'Member must not be null'));
  // Portkey-AI/gateway#1124
  if (tools.length === 0) {
    throw invalid(constraint('toolConfig.tools', 'Member must have length greater than or equal to 1'));
  }
  const specs = tools.flatMap(({ toolSpec }) => (toolSpec ? [toolSpec] : []));
  for (const [at, { name, inputSchema, strict }] of specs.entries()) {
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
      throw invalid(
        constraint(
          `toolConfig.tools.${at + 1}.member.toolSpec.name`,
          'Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+',
        ),
      );
    }
    // aws/aws-sdk-net#3377
    if (typeof inputSchema.json !== 'object' || inputSchema.json === null || Array.isArray(inputSchema.json)) {
      throw invalid(
        `The format of the value at toolConfig.tools.${at}.toolSpec.inputSchema.json is invalid. Provide a json object for the field and try again.`,
      );
    }
    if (strict === true) checkSchema(rules.strict, inputSchema.json, `tools.${at}.custom`, 'toolSpec.strict');
  }
  if (toolChoice === undefined) return;
  const choice: ToolChoice = toolChoice.tool ? 'tool' : toolChoice.any ? 'any' : 'auto';
  if (!rules.toolChoice.includes(choice)) {
    // vercel/ai#21364
    if (rules.model.startsWith('anthropic.')) {
      throw fromModel('tool_choice: type "tool" and "any" are not supported for this model.');
    }
    throw unsupported(`toolConfig.toolChoice.${choice}`);
  }
  const forced = toolChoice.tool?.name;
  if (forced !== undefined && !specs.some(({ name }) => name === forced)) {
    throw fromModel(`tool_choice: Tool '${forced}' not found in provided tools`);
  }
}

function checkCachePoints(rules: ModelRules, request: ConverseRequest): void {
  const points = promptOf(request).flatMap((segment) => (segment.type === 'point' ? [segment.ttl] : []));
  if (points.length === 0) return;
  // strands-agents/harness-sdk#1807, BerriAI/litellm#39210
  if (rules.cache === undefined) {
    throw new Refused(
      'AccessDeniedException',
      'You invoked an unsupported model or your request did not allow prompt caching.',
    );
  }
  // NousResearch/hermes-agent#97281
  const among = (request.toolConfig?.tools ?? []).findIndex(({ cachePoint }) => cachePoint !== undefined);
  if (among >= 0 && !rules.cache.tools) {
    throw fromModel(
      `Malformed input request: #/toolConfig/tools/${among}: extraneous key [cachePoint] is not permitted, please reformat your input and try again.`,
    );
  }
  // Bike4Mind/bike4mind#2208
  if (points.length > 4) {
    throw fromModel(`A maximum of 4 blocks with cache_control may be provided. Found ${points.length}.`);
  }
  if (points.lastIndexOf('1h') > points.indexOf('5m') && points.includes('5m')) {
    throw fromModel("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.");
  }
  // anomalyco/opencode#36517
  const after = request.messages.some(({ content }) =>
    content.some(({ cachePoint }, at) => cachePoint !== undefined && content[at - 1]?.reasoningContent !== undefined),
  );
  if (after) {
    throw invalid(
      'Cache point cannot be inserted after reasoning block. Please remove the invalid cache point and try again.',
    );
  }
}

function checkOutput(rules: ModelRules, request: ConverseRequest): void {
  if (request.inferenceConfig?.stopSequences !== undefined && rules.stopSequences === false) {
    throw unsupported('stopSequences');
  }
  let schema: Json | undefined;
  try {
    schema = textSchema(request);
  } catch {
    throw invalid('The value at outputConfig.textFormat.structure.jsonSchema.schema is no JSON.');
  }
  if (schema !== undefined) checkSchema(rules.native, schema, 'output_config.format.schema', 'outputConfig.textFormat');
}

function checkSchema(rules: SchemaRules | undefined, schema: Json, at: string, field: string): void {
  if (rules === undefined) throw unsupported(field);
  const problem = schemaProblem(rules, schema);
  if (problem !== undefined) throw fromModel(`${at}: ${problem}`);
}

const constraint = (at: string, must: string) =>
  `1 validation error detected: Value at '${at}' failed to satisfy constraint: ${must}`;
