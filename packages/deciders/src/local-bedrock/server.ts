import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { ParleyError } from '@parley/workflow';
import { fails, type Usage } from './answer.ts';
import { type CountTokens, estimateTokens } from './cache.ts';
import { type Exchange, type Listener, listen } from './connection.ts';
import { deliver, type Ended, type Form, leaving } from './deliver.ts';
import { Refused } from './errors.ts';
import type { Guardrail } from './guardrail.ts';
import type { ModelRules } from './models.ts';
import { type Operation, type Route, routeOf } from './routes.ts';
import { type Answerer, createService, type Outgoing } from './service.ts';

export interface LocalBedrockOptions {
  /** Left out, or 0: any that is free. */
  readonly port?: number;
  readonly answer: Answerer;
  /** Left out: every guardrail lets everything pass. */
  readonly guardrail?: Guardrail;
  /** Left out: an estimate, four characters to a token. */
  readonly countTokens?: CountTokens;
  /** The clock that the prompt cache goes by; left out: this machine's. */
  readonly cache?: { readonly now: () => number };
  /** Rules for models, looked at before this server's own. */
  readonly models?: readonly ModelRules[];
  /** How many requests are remembered, the last ones; left out: all. */
  readonly keep?: number;
  /** Told of each request when it is over. */
  readonly onEnd?: (request: SeenRequest, ended: EndedRequest) => void;
}

/** A request that came, whatever became of it. */
export interface SeenRequest {
  /** As the client is told in `x-amzn-RequestId`. */
  readonly id: string;
  readonly protocol: Exchange['protocol'];
  /** Undefined where the request meant none. */
  readonly operation: Operation | undefined;
  /** The model, or the guardrail; '' where there is none. */
  readonly model: string;
  readonly headers: IncomingHttpHeaders;
  /** The body, parsed; undefined where it was no JSON. */
  readonly body: unknown;
  /** Resolves when it is over: answered, or the client gone. */
  readonly ended: Promise<EndedRequest>;
}

export interface EndedRequest extends Ended {
  /** Left out where no model answered. */
  readonly usage?: Usage;
  readonly ms: number;
}

export interface LocalBedrock {
  /** Such as `http://127.0.0.1:8787`. */
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Cuts every connection and stops. */
  close(): Promise<void>;
}

/**
 * Starts a server on this machine that speaks Bedrock Runtime's wire, for the AWS SDK's own client: Converse,
 * ConverseStream, ApplyGuardrail and the OpenAI-compatible Responses API and Chat Completions, over HTTP/1.1 and HTTP/2
 * on one port. It refuses what the service would refuse; what it answers is for the script.
 *
 * @throws ParleyError `bedrock-local/port` where the port can't be had.
 *
 * @example
 * const server = await startLocalBedrock({ answer: () => uses('decide', { choice: 'track' }) });
 * const client = new BedrockRuntimeClient({ endpoint: server.url, region: 'us-east-1', credentials });
 */
export async function startLocalBedrock(options: LocalBedrockOptions): Promise<LocalBedrock> {
  const { port = 0, keep = Number.POSITIVE_INFINITY, onEnd = () => {} } = options;
  const service = createService({
    answer: options.answer,
    guardrail: options.guardrail ?? (() => ({ type: 'passed' })),
    countTokens: options.countTokens ?? estimateTokens,
    now: options.cache?.now ?? Date.now,
    models: options.models ?? [],
  });
  const requests: SeenRequest[] = [];
  const listener = await listenOn(port, (exchange) => void serve(exchange));
  return { url: `http://127.0.0.1:${listener.port}`, requests, close: () => listener.close() };

  async function serve(exchange: Exchange): Promise<void> {
    const { protocol, headers, gone } = exchange;
    const begun = performance.now();
    const id = randomUUID();
    const route = routeOf(exchange.method, exchange.path);
    const body = parse(await exchange.body());
    let end: (ended: EndedRequest) => void = () => {};
    const ended = new Promise<EndedRequest>((resolve) => {
      end = resolve;
    });
    const seen = { id, protocol, operation: route?.operation, model: subjectOf(route, body), headers, body, ended };
    requests.push(seen);
    if (requests.length > keep) requests.shift();

    const asked = service({ route, headers, body, signal: gone }).catch((error) => refusal(error, route));
    // A script that takes its time is not waited for once the client has gone.
    const outgoing = await Promise.race([asked, leaving(gone)]);
    const done: Ended = outgoing ? await deliver(exchange, id, outgoing.answer, outgoing.form) : { outcome: 'aborted' };
    const usage = outgoing?.usage();
    const over = { ...done, ms: Math.round(performance.now() - begun), ...(usage === undefined ? {} : { usage }) };
    end(over);
    onEnd(seen, over);
  }
}

async function listenOn(port: number, serve: (exchange: Exchange) => void): Promise<Listener> {
  try {
    return await listen(port, serve);
  } catch (cause) {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
    const why = code === 'EADDRINUSE' ? 'something else listens there' : `the system says ${code}`;
    throw new ParleyError('bedrock-local/port', `Port ${port} can't be had: ${why}.`, {
      fix: 'Give another port, or 0 for any that is free.',
      cause,
    });
  }
}

/** What is answered in place of what was refused. A script that throws is an error of the service. */
function refusal(error: unknown, route: Route | undefined): Outgoing {
  const openai = route?.operation === 'ChatCompletions' || route?.operation === 'Responses';
  const form: Form = { type: openai ? 'openai' : 'converse', body: () => ({}) };
  const answer =
    error instanceof Refused
      ? fails(error.error, error.message)
      : fails(
          'InternalServerException',
          `The script failed: ${error instanceof Error ? error.message : String(error)}`,
        );
  return { answer, form, usage: () => undefined };
}

function parse(body: Buffer | undefined): unknown {
  try {
    return body === undefined ? undefined : JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function subjectOf(route: Route | undefined, body: unknown): string {
  switch (route?.operation) {
    case undefined:
      return '';
    case 'Converse':
    case 'ConverseStream':
      return route.model;
    case 'ApplyGuardrail':
      return route.guardrail;
    case 'ChatCompletions':
    case 'Responses':
      return typeof body === 'object' && body !== null && 'model' in body ? String(body.model) : '';
  }
}
