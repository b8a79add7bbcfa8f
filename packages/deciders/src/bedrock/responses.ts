import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { Json } from '@parley/workflow';
import { z } from 'zod';
import { type Answer, type Asked, type Call, mending, type Reply, type Tokens, TOOL } from './call.ts';
import type { Words, WordsAsked, WordsCall } from './compose.ts';
import { isTool, jsonAsked, textAnswer } from './converse.ts';
import { brokeOff, EndpointError } from './failure.ts';
import { MAX_TOKENS, postOpenAi, tokensIn, unguarded } from './openai.ts';
import { serverSent } from './server-sent.ts';

/** Asks over the Responses API on Bedrock's OpenAI-compatible endpoint. Nothing is kept there. */
export function responsesCall(client: BedrockRuntimeClient): Call {
  return async (asked, signal) => {
    if (asked.guardrail) throw unguarded();
    const ask = async (request: Request, signal: AbortSignal): Promise<Reply> => {
      const answer = await postOpenAi(client, 'responses', request, signal);
      const response = responseShape.parse(await answer.json());
      return {
        answer: answerOf(response),
        tokens: tokensOf(response),
        mend: (problem, signal) => ask(mended(request, response, mending(problem)), signal),
      };
    };
    return ask(requestOf(asked), signal);
  };
}

/** Has a model write over the Responses API, as a stream. */
export function responsesWords(client: BedrockRuntimeClient): WordsCall {
  return async (asked, signal, onText) => {
    if (asked.guardrail) throw unguarded();
    const { body } = await postOpenAi(client, 'responses', { ...common(asked), stream: true }, signal);
    let text = '';
    /** What the model says on its way is none of the words: the places of such items in the output. */
    const aside = new Set<number>();
    for await (const data of serverSent(body ?? ReadableStream.from([]))) {
      const event = streamEvent.parse(JSON.parse(data));
      switch (event.type) {
        case 'response.output_item.added':
          if (event.item.phase === 'commentary') aside.add(event.output_index);
          break;
        case 'response.output_text.delta':
          if (aside.has(event.output_index)) break;
          text += event.delta;
          onText(text);
          break;
        case 'response.completed':
        case 'response.incomplete':
        case 'response.failed':
          return { text, tokens: tokensOf(event.response), end: endOf(event.response) };
        case 'error':
          throw failed(event);
        case 'other':
          break;
      }
    }
    throw brokeOff();
  };
}

interface Request {
  readonly input: readonly Json[];
  readonly max_output_tokens: number;
  readonly [field: string]: Json | readonly Json[];
}

/** Makes one decision's request. */
function requestOf({ model, row, strategy, prompt, schema }: Asked): Request {
  const instructions = strategy === 'json' ? `${prompt.stable}\n${jsonAsked(schema)}` : prompt.stable;
  return {
    ...common({ model, row, prompt: { ...prompt, stable: instructions }, maxTokens: row.maxTokens ?? MAX_TOKENS }),
    // What was thought is not kept there, but goes back with an answer that is none.
    ...(row.effort ? { include: ['reasoning.encrypted_content'] } : {}),
    ...(strategy === 'native' ? { text: { format: { type: 'json_schema', name: TOOL, schema, strict: true } } } : {}),
    ...(strategy === 'strict' || strategy === 'forced'
      ? {
          tools: [
            {
              type: 'function',
              name: TOOL,
              description: 'Takes the decision.',
              parameters: schema,
              // Left out, it is true here.
              strict: strategy === 'strict',
            },
          ],
          tool_choice: row.force === 'any' ? 'required' : { type: 'function', name: TOOL },
        }
      : {}),
  };
}

/** What a request for a decision and one for words have in common. */
function common({ model, row, prompt, maxTokens }: WordsAsked): Request {
  return {
    model,
    store: false,
    instructions: prompt.stable,
    input: [{ role: 'user', content: prompt.turn }],
    max_output_tokens: maxTokens,
    ...(row.temperature ? { temperature: 0 } : {}),
    ...(row.effort ? { reasoning: { effort: row.effort.level } } : {}),
  };
}

const message = z.object({
  type: z.literal('message'),
  /** Newer models tell by it what they say on their way from what they answer; it goes back as it came. */
  phase: z.string().nullish(),
  content: z.array(z.object({ type: z.string(), text: z.string().optional(), refusal: z.string().optional() })),
});
const functionCall = z.object({
  type: z.literal('function_call'),
  call_id: z.string(),
  name: z.string(),
  arguments: z.string(),
});
const reasoning = z.looseObject({ type: z.literal('reasoning'), encrypted_content: z.string().nullish() });
const KNOWN: readonly string[] = ['message', 'function_call', 'reasoning'];
/** An item of a kind that is not known here. */
const other = z
  .object({ type: z.string().refine((type) => !KNOWN.includes(type)) })
  .transform(() => ({ type: 'other' as const }));

const errorShape = z.object({ code: z.string().nullish(), message: z.string().catch('') });

/** A response. One that failed came with HTTP 200 all the same. */
const responseShape = z.object({
  status: z.string().nullish(),
  error: errorShape.nullish(),
  incomplete_details: z.object({ reason: z.string().nullish() }).nullish(),
  output: z.array(z.union([message, functionCall, reasoning, other])),
  usage: z
    .object({
      input_tokens: z.number().optional(),
      output_tokens: z.number().optional(),
      input_tokens_details: z.object({ cached_tokens: z.number().nullish() }).nullish(),
    })
    .nullish(),
});
type Response = z.output<typeof responseShape>;

const terminal = ['response.completed', 'response.incomplete', 'response.failed'] as const;
const EVENTS: readonly string[] = [...terminal, 'response.output_item.added', 'response.output_text.delta', 'error'];
/** An event of a stream, as far as words need it. */
const streamEvent = z.union([
  z.object({
    type: z.literal('response.output_item.added'),
    output_index: z.number(),
    item: z.object({ phase: z.string().nullish() }),
  }),
  z.object({ type: z.literal('response.output_text.delta'), output_index: z.number(), delta: z.string() }),
  z.object({ type: z.enum(terminal), response: responseShape }),
  errorShape.extend({ type: z.literal('error') }),
  z.object({ type: z.string().refine((type) => !EVENTS.includes(type)) }).transform(() => ({ type: 'other' as const })),
]);

function tokensOf({ usage }: Response): Tokens {
  return tokensIn(usage?.input_tokens, usage?.input_tokens_details?.cached_tokens, usage?.output_tokens);
}

type End = Exclude<Words['end'], 'guardrail'>;

/** How it ended. Throws where it failed. */
function endOf({ status, error, incomplete_details, output }: Response): End {
  if (error || status === 'failed' || status === 'cancelled') throw failed(error ?? { message: '' });
  const refused = output.some((item) => item.type === 'message' && item.content.some(({ type }) => type === 'refusal'));
  if (refused || incomplete_details?.reason === 'content_filter') return 'filter';
  return status === 'incomplete' ? 'cut' : 'whole';
}

/** The status that an error would have had before the response began (OpenAI's API reference, "Response", error). */
function failed({ code, message }: z.output<typeof errorShape>): EndpointError {
  const status = code === 'rate_limit_exceeded' ? 429 : code === 'invalid_prompt' ? 400 : 500;
  return new EndpointError(status, message);
}

function answerOf(response: Response): Answer {
  switch (endOf(response)) {
    case 'filter':
      return { type: 'blocked', by: 'filter' };
    case 'cut':
      return { type: 'none', problem: 'It was cut off, as it was too long. Be brief.' };
    case 'whole':
      return outputOf(response.output);
  }
}

/** Thoughts are passed over, and so are items of kinds that are not known here. */
function outputOf(output: Response['output']): Answer {
  const calls = output.flatMap((item) => (item.type === 'function_call' ? [item] : []));
  const [first, ...others] = calls.filter(({ name }) => isTool(name));
  if (first) {
    return others.every((other) => other.arguments === first.arguments)
      ? textAnswer(first.arguments)
      : { type: 'none', problem: 'There were several decisions: make one.' };
  }
  if (calls.length > 0) return { type: 'none', problem: `There is no such tool: use ${TOOL}.` };
  const answers = output.flatMap((item) => (item.type === 'message' && item.phase !== 'commentary' ? [item] : []));
  return textAnswer(answers.map(textIn).join(''));
}

const textIn = ({ content }: z.output<typeof message>) => content.map(({ text }) => text ?? '').join('');

/** The request once more, after its answer. */
function mended(request: Request, response: Response, words: string): Request {
  const said = saidAgain(response.output);
  const calls = response.output.flatMap((item) => (item.type === 'function_call' ? [item] : []));
  return {
    ...request,
    input: [
      ...request.input,
      ...said,
      ...(calls.length > 0
        ? calls.map(({ call_id }) => ({ type: 'function_call_output', call_id, output: words }))
        : [{ role: 'user', content: words }]),
    ],
    max_output_tokens: (response.status === 'incomplete' ? 2 : 1) * request.max_output_tokens,
  };
}

/**
 * The items of an answer as input. Nothing is kept at the endpoint: an id would be looked for in vain, and so would
 * thoughts that did not come along, encrypted (vercel/ai#7543). Those that did go back as they came, but only before what
 * they led to (openai/openai-agents-python#1611).
 */
function saidAgain(output: Response['output']): readonly Json[] {
  const items: Json[] = [];
  let thoughts: Json[] = [];
  const add = (item: Json) => {
    items.push(...thoughts, item);
    thoughts = [];
  };
  for (const item of output) {
    switch (item.type) {
      case 'reasoning':
        if (item.encrypted_content) thoughts.push(z.json().parse(item));
        break;
      case 'function_call':
        add(item);
        break;
      case 'message': {
        const text = textIn(item);
        const phase = item.phase ? { phase: item.phase } : {};
        if (text !== '') add({ role: 'assistant', content: [{ type: 'output_text', text }], ...phase });
        break;
      }
      case 'other':
        break;
    }
  }
  return items;
}
