import { z } from 'zod';
import type { ModelRow, Strategy } from './models.ts';

export type Code =
  | 'decider/throttled'
  | 'decider/timeout'
  | 'decider/unavailable'
  | 'decider/quota'
  | 'decider/refused'
  | 'decider/access'
  | 'decider/outside'
  | 'decider/guardrail'
  | 'decider/residency'
  | 'decider/open'
  | 'decider/called-off';

/** What of a request a model may turn out not to take: how it is forced to answer, and what its row adds. */
export type Feature = Exclude<Strategy, 'json'> | 'temperature' | 'effort' | 'cache';

/** What a failure leads to. */
export type Then =
  /** The same model, once more. */
  | 'again'
  /** The next model; where there is none, the same after a pause. */
  | 'wait'
  /** The next model. */
  | 'next'
  /** No other model either: it would be the same there, or it is not ours to go around. */
  | 'stop';

interface Kind {
  readonly then: Then;
  /** It speaks for the model being down: others had better not ask it for a while. */
  readonly down?: true;
  /** Asked again without these, the model may answer. */
  readonly untaken?: readonly Feature[];
}

/** Why a model did not decide. No message has words of a caller in it, nor those of the service, which may quote them. */
export class ModelFailure extends Error {
  readonly code: Code;
  readonly then: Then;
  readonly down: boolean;
  readonly untaken: readonly Feature[];

  constructor(
    code: Code,
    message: string,
    { then, down = false, untaken = [] }: Omit<Kind, 'down'> & { down?: boolean },
  ) {
    super(message);
    this.name = 'ModelFailure';
    this.code = code;
    this.then = then;
    this.down = down;
    this.untaken = untaken;
  }
}

/** An answer of the OpenAI-compatible endpoint that is an error. */
export class EndpointError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'EndpointError';
    this.status = status;
  }
}

/** What is looked at of what the SDK throws. */
const thrown = z.object({
  name: z.string().catch('Error'),
  message: z.string().catch(''),
  $metadata: z
    .object({ httpStatusCode: z.number().optional(), attempts: z.number().optional() })
    .optional()
    .catch(undefined),
});

/** What was sent: only what is in it can have been refused. */
export interface Sent {
  readonly strategy: Strategy;
  readonly row: ModelRow;
}

/**
 * Tells what a failed call means (Bedrock's API reference, Converse, "Errors"). The SDK may have tried 429, 500 and 503
 * again by itself, as often as the client is told to, but nothing else.
 */
export function failureOf(error: unknown, sent: Sent): ModelFailure {
  if (error instanceof ModelFailure) return error;
  const { name, message, $metadata } = thrown.catch({ name: 'Error', message: '' }).parse(error);
  const status = error instanceof EndpointError ? error.status : $metadata?.httpStatusCode;
  // Whoever has tried already goes on to the next.
  const alone = ($metadata?.attempts ?? 1) === 1;
  const again = alone ? 'again' : 'next';
  const busy = alone ? 'wait' : 'next';
  switch (name) {
    case 'ServiceQuotaExceededException':
      return quota();
    case 'ModelNotReadyException':
      return new ModelFailure('decider/unavailable', 'The model is not ready.', { then: busy, down: true });
    case 'CredentialsProviderError':
    case 'TokenProviderError':
    case 'UnrecognizedClientException':
    case 'ExpiredTokenException':
    case 'InvalidSignatureException':
    case 'MissingAuthenticationTokenException':
    case 'IncompleteSignatureException':
      return new ModelFailure('decider/access', `The credentials are not accepted (${name}).`, { then: 'stop' });
    case 'ModelStreamErrorException':
      return brokeOff();
    case 'ModelTimeoutException':
      return slow();
    case 'ThrottlingException':
      return throttled(busy);
    // In mid-stream these have no status of their own.
    case 'InternalServerException':
    case 'ServiceUnavailableException':
      return down(name, again);
    case 'ValidationException':
      return refused(message, sent);
  }
  switch (status) {
    case 400:
      return /quota/i.test(message) ? quota() : refused(message, sent);
    case 401:
      return new ModelFailure('decider/access', 'The credentials are not accepted (401).', { then: 'stop' });
    case 403: {
      // Bedrock's word for cache points that a model does not take (strands-agents/harness-sdk#1807).
      const untaken: readonly Feature[] = sent.row.cache && /cach/i.test(message) ? ['cache'] : [];
      return new ModelFailure('decider/access', 'There is no access to the model.', { then: 'next', untaken });
    }
    case 404:
      return new ModelFailure('decider/access', 'There is no such model here.', { then: 'next' });
    case 408:
      return slow();
    case 424:
      // Nova's word for a use of the tool that is no JSON; a third time is no better, without the tool it is.
      return /tool ?use/i.test(message)
        ? new ModelFailure('decider/outside', 'The model used the tool wrongly.', {
            then: 'again',
            untaken: tools(sent),
          })
        : new ModelFailure('decider/unavailable', 'The model failed.', { then: 'again', down: true });
    case 429:
      return throttled(busy);
  }
  if (status !== undefined && status >= 400 && status < 500) return refused(message, sent);
  return down(status === undefined || status < 400 ? name : `${name}, ${status}`, again);
}

/** An answer that did not come to its end. */
export const brokeOff = () =>
  new ModelFailure('decider/unavailable', 'The model broke off its answer.', { then: 'again', down: true });
const quota = () =>
  new ModelFailure('decider/quota', "The account's quota for the model is used up.", { then: 'next', down: true });
const throttled = (then: Then) =>
  new ModelFailure('decider/throttled', 'The model was asked too often.', { then, down: true });
const slow = () =>
  new ModelFailure('decider/timeout', 'The model took too long by itself.', { then: 'again', down: true });
const down = (what: string, then: Then) =>
  new ModelFailure('decider/unavailable', `The model could not be reached, or broke off (${what}).`, {
    then,
    down: true,
  });

/** A 400. Where it is about how the model is made to answer, it can be asked in another way. */
function refused(message: string, sent: Sent): ModelFailure {
  const untaken = untakenIn(message, sent);
  return new ModelFailure('decider/refused', 'The model does not take the request (400).', { then: 'next', untaken });
}

/** What a refusal is about. The words differ from family to family, and change: what was not sent is not looked for. */
function untakenIn(message: string, sent: Sent): readonly Feature[] {
  const { row } = sent;
  if (row.temperature && /temperature/i.test(message)) return ['temperature'];
  if (row.effort && /effort|reasoning|thinking|extraneous key/i.test(message)) return ['effort'];
  if (row.cache && /cach/i.test(message)) return ['cache'];
  const all = tools(sent);
  switch (sent.strategy) {
    case 'native':
      return FORMAT.test(message) || SCHEMA.test(message) ? ['native'] : [];
    case 'strict':
      if (/tool_?choice/i.test(message)) return all;
      return /strict/i.test(message) || SCHEMA.test(message) ? ['strict'] : TOOLS.test(message) ? all : [];
    case 'forced':
      return TOOLS.test(message) || SCHEMA.test(message) ? all : [];
    case 'json':
      return [];
  }
}

const FORMAT = /outputConfig|output_config|text[_.]?format|response_format|structured output/i;
const SCHEMA = /schema|keyword|additionalProperties|propert(y|ies) '\w+' is not supported/i;
const TOOLS = /tool_?choice|tool_?config|tools?\b|functions?\b/i;

const tools = ({ strategy }: Sent): readonly Feature[] =>
  strategy === 'strict' || strategy === 'forced' ? ['strict', 'forced'] : [];
