import type { Answer, Reply } from './answer.ts';
import type { Exchange } from './connection.ts';
import { type ErrorName, openAiError, type StreamErrorName, statusOf, wordsOf } from './errors.ts';
import { EVENT_STREAM, frame, type StreamMessage } from './framing.ts';
import type { ResponsesEvent } from './responses.ts';

/** How a reply looks on the wire: one body, or a stream of events. Made once for an answer: it books the tokens. */
export type Form =
  | { readonly type: 'converse' | 'openai'; body(reply: Reply): object }
  | { readonly type: 'stream'; events(reply: Reply): readonly StreamMessage[] }
  | { readonly type: 'openai-stream'; events(reply: Reply): readonly ResponsesEvent[] };

/** What became of a request. */
export interface Ended {
  /** aborted: the client went away before all was answered. cut: this server cut or reset the connection. */
  readonly outcome: 'answered' | 'refused' | 'cut' | 'aborted';
  /** Left out where nothing was sent. */
  readonly status?: number;
  /** The error that was answered, or that ended the stream. */
  readonly error?: ErrorName | StreamErrorName;
}

const JSON_TYPE = 'application/json';
const SERVER_SENT = 'text/event-stream';

/** Sends an answer, or misbehaves as it says. */
export async function deliver(exchange: Exchange, id: string, answer: Answer, form: Form): Promise<Ended> {
  if (exchange.gone.aborted) return { outcome: 'aborted' };
  switch (answer.type) {
    case 'failure': {
      const status = statusOf(answer.error);
      const body = errorBody(form.type, answer.error, answer.message ?? wordsOf(answer.error));
      await send(exchange, id, { status, type: JSON_TYPE, error: answer.error, chunks: [bytesOf(body)] });
      return over(exchange, { outcome: 'refused', status, error: answer.error });
    }
    case 'bytes': {
      const { body, status = 200 } = answer;
      const chunks = [typeof body === 'string' ? new TextEncoder().encode(body) : body];
      await send(exchange, id, { status, type: contentTypeOf(form), chunks });
      return over(exchange, { outcome: 'answered', status });
    }
    case 'reset':
      exchange.reset();
      return { outcome: 'cut' };
    case 'reply':
      await send(exchange, id, wireOf(form, answer));
      return over(exchange, { outcome: 'answered', status: 200 });
    case 'cut': {
      const { chunks, ...wire } = wireOf(form, answer.reply);
      const before = chunks.slice(0, arriving(form, answer.after));
      if (before.length > 0) await begin(exchange, id, { ...wire, chunks: before }, lengthOf(form, chunks));
      exchange.cut();
      return { outcome: 'cut', ...(before.length > 0 ? { status: 200 } : {}) };
    }
    case 'stall': {
      const { chunks, ...wire } = wireOf(form, answer.reply);
      const at = arriving(form, answer.after);
      if (at > 0) await begin(exchange, id, { ...wire, chunks: chunks.slice(0, at) }, lengthOf(form, chunks));
      await Promise.race([answer.until ?? new Promise(() => {}), leaving(exchange.gone)]);
      if (exchange.gone.aborted) return { outcome: 'aborted', ...(at > 0 ? { status: 200 } : {}) };
      if (at === 0) await send(exchange, id, { ...wire, chunks });
      else {
        for (const chunk of chunks.slice(at)) await exchange.write(chunk);
        exchange.end();
      }
      return over(exchange, { outcome: 'answered', status: 200 });
    }
    case 'exception': {
      const { error, message = wordsOf(error) } = answer;
      if (!streams(form)) {
        const failed = error === 'ModelStreamErrorException' ? 'ModelErrorException' : error;
        return deliver(exchange, id, { type: 'failure', error: failed, message }, form);
      }
      const { chunks, ...wire } = wireOf(form, answer.reply);
      const last = form.type === 'stream' ? exceptionFrame(error, message) : errorEvent(error, message, answer.after);
      await send(exchange, id, { ...wire, chunks: [...chunks.slice(0, answer.after), last] });
      return over(exchange, { outcome: 'answered', status: 200, error });
    }
  }
}

/** Resolves when the client goes away. */
export const leaving = (gone: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (gone.aborted) resolve();
    else gone.addEventListener('abort', () => resolve(), { once: true });
  });

interface Wire {
  readonly status: number;
  readonly type: string;
  readonly error?: ErrorName;
  readonly chunks: readonly Uint8Array[];
}

/** A body comes in two halves, so that it can be cut between them; a stream, event by event. */
function wireOf(form: Form, reply: Reply): Wire {
  const type = contentTypeOf(form);
  if (form.type === 'stream') return { status: 200, type, chunks: form.events(reply).map(frame) };
  if (form.type === 'openai-stream') return { status: 200, type, chunks: form.events(reply).map(serverSent) };
  const body = bytesOf(form.body(reply));
  const half = Math.ceil(body.length / 2);
  return { status: 200, type, chunks: [body.subarray(0, half), body.subarray(half)] };
}

const streams = ({ type }: Form) => type === 'stream' || type === 'openai-stream';

function contentTypeOf({ type }: Form): string {
  switch (type) {
    case 'converse':
    case 'openai':
      return JSON_TYPE;
    case 'stream':
      return EVENT_STREAM;
    case 'openai-stream':
      return SERVER_SENT;
  }
}

function exceptionFrame(error: StreamErrorName, message: string): Uint8Array {
  return frame({ type: 'exception', name: error.charAt(0).toLowerCase() + error.slice(1), message });
}

/** OpenAI's codes for the errors of a stream; the others are the server's. */
const CODES: { readonly [name in StreamErrorName]?: string } = {
  ThrottlingException: 'rate_limit_exceeded',
  ValidationException: 'invalid_prompt',
};

function errorEvent(error: StreamErrorName, message: string, sequence_number: number): Uint8Array {
  return serverSent({ type: 'error', code: CODES[error] ?? 'server_error', message, param: null, sequence_number });
}

function serverSent(event: ResponsesEvent): Uint8Array {
  return new TextEncoder().encode(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

const arriving = (form: Form, after: number) => (streams(form) ? after : Math.min(after, 1));
const lengthOf = (form: Form, chunks: readonly Uint8Array[]) => (streams(form) ? undefined : sum(chunks));
const sum = (chunks: readonly Uint8Array[]) => chunks.reduce((total, { length }) => total + length, 0);

async function send(exchange: Exchange, id: string, wire: Wire): Promise<void> {
  await begin(exchange, id, wire, wire.type === JSON_TYPE ? sum(wire.chunks) : undefined);
  exchange.end();
}

async function begin(
  exchange: Exchange,
  id: string,
  { status, type, error, chunks }: Wire,
  length: number | undefined,
): Promise<void> {
  exchange.head(status, {
    'content-type': type,
    'x-amzn-RequestId': id,
    ...(length === undefined ? {} : { 'content-length': String(length) }),
    ...(error === undefined
      ? {}
      : { 'x-amzn-errortype': `${error}:http://internal.amazon.com/coral/${originOf(error)}/` }),
  });
  for (const chunk of chunks) await exchange.write(chunk);
}

/** An answer is one only where it arrived. */
const over = (exchange: Exchange, ended: Ended): Ended =>
  exchange.gone.aborted ? { ...ended, outcome: 'aborted' } : ended;

/** Errors of the layer in front of the service write Message large: karthink/gptel#1388, BerriAI/litellm#39166. */
const IN_FRONT: readonly ErrorName[] = ['AccessDeniedException', 'SerializationException', 'UnknownOperationException'];

const originOf = (error: ErrorName) => (IN_FRONT.includes(error) ? 'com.amazon.coral.service' : 'com.amazon.bedrock');

function errorBody(type: Form['type'], error: ErrorName, message: string): object {
  if (type === 'openai' || type === 'openai-stream') return openAiError(error, message);
  return IN_FRONT.includes(error) ? { Message: message } : { message };
}

const bytesOf = (body: object) => new TextEncoder().encode(JSON.stringify(body));
