import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import { type Answer, type Reply, says, type Usage, writtenBy } from './answer.ts';
import { type CountTokens, PromptCache, type Segment } from './cache.ts';
import { type ChatRequest, chatBody, chatPromptOf, chatRequest } from './chat.ts';
import { checkConverse } from './checks.ts';
import {
  type Books,
  type ConverseRequest,
  converseBody,
  converseEvents,
  converseRequest,
  promptOf,
} from './converse.ts';
import type { Form } from './deliver.ts';
import { Refused } from './errors.ts';
import {
  assessmentOf,
  type Guardrail,
  type GuardrailAsked,
  guardrailBody,
  guardrailRequest,
  type Verdict,
} from './guardrail.ts';
import { type Model, type ModelRules, modelOf } from './models.ts';
import { checkChat, checkResponses } from './openai-checks.ts';
import {
  type ResponsesRequest,
  responsesBody,
  responsesEvents,
  responsesPromptOf,
  responsesRequest,
} from './responses.ts';
import type { Route } from './routes.ts';

/** What a script is asked. */
export type Asked = (
  | { readonly operation: 'Converse' | 'ConverseStream'; readonly body: ConverseRequest }
  | { readonly operation: 'ChatCompletions'; readonly body: ChatRequest }
  | { readonly operation: 'Responses'; readonly body: ResponsesRequest }
) & {
  /** As it was asked for: an id, a profile's id or an ARN. */
  readonly model: string;
  /** Fires when the client goes away: nothing is answered then. */
  readonly signal: AbortSignal;
};

/** A script: it gives the answer to the nth request (from 0) that the service would put to a model. It may take its time. */
export type Answerer = (asked: Asked, n: number) => Answer | Promise<Answer>;

export interface ServiceOptions {
  readonly answer: Answerer;
  readonly guardrail: Guardrail;
  readonly countTokens: CountTokens;
  readonly now: () => number;
  readonly models: readonly ModelRules[];
}

/** A request as the service gets it: its body as JSON, undefined where it was none. */
export interface Incoming {
  readonly route: Route | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  readonly signal: AbortSignal;
}

export interface Outgoing {
  readonly answer: Answer;
  readonly form: Form;
  /** The tokens, once the form has made a reply; undefined where no model was asked. */
  usage(): Usage | undefined;
}

/**
 * What Bedrock Runtime does with a request, without the wire: it checks it, counts its tokens, asks the script.
 * Rejects with Refused where the service would refuse.
 */
export function createService(options: ServiceOptions): (incoming: Incoming) => Promise<Outgoing> {
  const cache = new PromptCache(options.countTokens, options.now);
  let asked = 0;

  return async (incoming) => {
    const { route, headers, body } = incoming;
    if (route === undefined) throw new Refused('UnknownOperationException');
    // Neither a signature nor a token is looked at: whoever speaks to this server has keys of no account.
    if (headers.authorization === undefined) throw new Refused('MissingAuthenticationTokenException');
    if (body === undefined) throw new Refused('SerializationException');
    switch (route.operation) {
      case 'Converse':
      case 'ConverseStream':
        return converse(route, read(converseRequest, body), incoming.signal);
      case 'ChatCompletions':
        return chat(read(chatRequest, body), incoming.signal);
      case 'Responses':
        return responses(read(responsesRequest, body), incoming.signal);
      case 'ApplyGuardrail':
        return applyGuardrail(route, read(guardrailRequest, body), incoming.signal);
    }
  };

  async function converse(
    { operation, model: id }: Extract<Route, { model: string }>,
    body: ConverseRequest,
    signal: AbortSignal,
  ): Promise<Outgoing> {
    const model = modelOf(id, options.models);
    checkConverse(id, model, body);
    const books = bookkeeper(id, model, promptOf(body));
    const outgoing = (answer: Answer, trace?: object): Outgoing => {
      const of = (reply: Reply): Books => ({ ...books.of(reply), ...(trace === undefined ? {} : { trace }) });
      const form: Form =
        operation === 'Converse'
          ? { type: 'converse', body: (reply) => converseBody(reply, of(reply)) }
          : { type: 'stream', events: (reply) => converseEvents(reply, of(reply)) };
      return { answer, form, usage: books.usage };
    };
    const guard = body.guardrailConfig;
    if (guard === undefined) return outgoing(await options.answer({ operation, model: id, body, signal }, asked++));

    // What a guardrail does in Converse: it looks at what the user said, then at the model's words. It looks neither at the
    // results of tools nor at what is asked of them.
    const { guardrailIdentifier: guardrail, guardrailVersion: version, trace } = guard;
    const look = (source: GuardrailAsked['source'], texts: readonly string[]) =>
      options.guardrail({ guardrail, version, source, texts, signal });
    const intervention = (verdict: Extract<Verdict, { type: 'intervened' }>, at: string) =>
      outgoing(
        says(verdict.text, { stopReason: 'guardrail_intervened' }),
        trace?.startsWith('enabled')
          ? {
              guardrail: {
                [at]: { [guardrail]: at === 'inputAssessment' ? assessmentOf(verdict) : [assessmentOf(verdict)] },
              },
            }
          : undefined,
      );
    const said = body.messages.flatMap(({ role, content }) => (role === 'user' ? content : []));
    const input = await look(
      'INPUT',
      said.flatMap(({ text }) => (text === undefined ? [] : [text])),
    );
    if (input.type === 'intervened') return intervention(input, 'inputAssessment');
    if (input.type !== 'passed') return outgoing(input);
    const answer = await options.answer({ operation, model: id, body, signal }, asked++);
    if (answer.type !== 'reply') return outgoing(answer);
    const words = answer.content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
    const output = await look('OUTPUT', words);
    if (output.type === 'intervened') return intervention(output, 'outputAssessments');
    return outgoing(output.type === 'passed' ? answer : output);
  }

  async function chat(body: ChatRequest, signal: AbortSignal): Promise<Outgoing> {
    const model = modelOf(body.model, options.models);
    checkChat(model, body);
    const books = bookkeeper(body.model, undefined, chatPromptOf(body));
    const answer = await options.answer({ operation: 'ChatCompletions', model: body.model, body, signal }, asked++);
    const form: Form = { type: 'openai', body: (reply) => chatBody(body.model, reply, books.of(reply)) };
    return { answer, form, usage: books.usage };
  }

  async function responses(body: ResponsesRequest, signal: AbortSignal): Promise<Outgoing> {
    checkResponses(modelOf(body.model, options.models), body);
    const books = bookkeeper(body.model, undefined, responsesPromptOf(body));
    const answer = await options.answer({ operation: 'Responses', model: body.model, body, signal }, asked++);
    const form: Form = body.stream
      ? { type: 'openai-stream', events: (reply) => responsesEvents(body, reply, books.of(reply)) }
      : { type: 'openai', body: (reply) => responsesBody(body, reply, books.of(reply)) };
    return { answer, form, usage: books.usage };
  }

  async function applyGuardrail(
    { guardrail, version }: Extract<Route, { guardrail: string }>,
    { source, content }: z.infer<typeof guardrailRequest>,
    signal: AbortSignal,
  ): Promise<Outgoing> {
    const texts = content.flatMap(({ text }) => (text === undefined ? [] : [text.text]));
    const verdict = await options.guardrail({ guardrail, version, source, texts, signal });
    const usage = () => undefined;
    if (verdict.type !== 'passed' && verdict.type !== 'intervened') {
      return { answer: verdict, form: { type: 'converse', body: () => ({}) }, usage };
    }
    return { answer: says(''), form: { type: 'converse', body: () => guardrailBody(verdict, texts) }, usage };
  }

  /** Counts a request's tokens when its reply is made: what is refused or fails is neither billed nor cached. */
  function bookkeeper(id: string, model: Model | undefined, prompt: readonly Segment[]) {
    const started = performance.now();
    let usage: Usage | undefined;
    return {
      usage: () => usage,
      of(reply: Reply): Books {
        const output = options.countTokens(writtenBy(reply));
        usage = { ...cache.use(id, prompt, model?.rules.cache), output, ...reply.usage };
        const latency = Math.round(performance.now() - started);
        return { usage, caches: model?.rules.cache !== undefined, latency };
      },
    };
  }
}

/** A body by its schema. What has another shape is refused before the service sees it. */
function read<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const at = result.error.issues[0]?.path.join('.') ?? '';
  throw new Refused('SerializationException', `The value at '${at}' has another type than the operation takes.`);
}
