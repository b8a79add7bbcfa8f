import type { Json } from '@parley/workflow';
import type { StateOf } from './definition.ts';
import { Halted, StatesError } from './error.ts';
import { argumentsOf, checkSize, wholeNumber } from './fields.ts';
import type { Visit } from './flow.ts';
import { told, toldError } from './history.ts';
import { isJsonObject, type JsonObject, parseJson } from './json.ts';
import { functionIn, type Invoked, resultIn } from './lambda.ts';
import { uuid } from './random.ts';
import { after } from './timer.ts';

/** What a `Resource` calls: a function by its own ARN, or Lambda's `invoke`, perhaps with a token. Undefined: nothing that is done here. */
export function resourceOf(resource: string): 'function' | 'invoke' | 'invoke.waitForTaskToken' | undefined {
  if (/^arn:[\w-]+:lambda:[^:]*:[^:]*:function:[^:]+(:[^:]+)?$/.test(resource)) return 'function';
  const [, action] = /^arn:[\w-]+:states:[^:]*:[^:]*:lambda:(invoke(?:\.waitForTaskToken)?)$/.exec(resource) ?? [];
  return action === 'invoke' || action === 'invoke.waitForTaskToken' ? action : undefined;
}

/** One attempt at a Task: calls its function and gives the result. Rejects with StatesError where that fails or takes too long. */
export async function runTask(visit: Visit, state: StateOf<'Task'>): Promise<Json> {
  const { flow } = visit;
  const { shared } = flow;
  const kind = resourceOf(state.Resource);
  if (!kind) throw visit.wrong('States.Runtime', `The resource '${state.Resource}' is not done here.`);
  const answer = new Answer();
  if (kind === 'invoke.waitForTaskToken') {
    visit.token = shared.tokens.issue(shared.arn, visit.entered, visit.retries, answer);
  }
  try {
    const given = await argumentsOf(visit, state);
    const timeout = await wholeNumber(visit, 'TimeoutSeconds', state.TimeoutSeconds, state.TimeoutSecondsPath);
    const heartbeat = await wholeNumber(visit, 'HeartbeatSeconds', state.HeartbeatSeconds, state.HeartbeatSecondsPath);
    const call = kind === 'function' ? { target: state.Resource, payload: given } : invokeArguments(visit, given);
    const tell = teller(visit, state.Resource, kind, given, { timeout, heartbeat });
    tell.started();
    const caller = new AbortController();
    const requestId = uuid(shared.random);
    shared
      .lambda({ ...functionIn(call.target), arn: call.target, payload: call.payload, requestId, signal: caller.signal })
      .then((invoked) => {
        const value = resultIn(invoked);
        if (kind === 'function') return answer.give(value);
        const output = responseOf(invoked, value, requestId, shared.clock.now());
        if (kind === 'invoke') return answer.give(output);
        // The token may have come back, or the wait be over, before the function itself returned.
        if (answer.open) tell.submitted(output);
      })
      .catch((error: unknown) => answer.refuse(error));
    try {
      const result = await answer.within(visit, { timeout, heartbeat });
      checkSize(result, kind === 'function' ? state.Resource : 'lambda');
      tell.succeeded(result);
      return result;
    } catch (error) {
      if (error instanceof StatesError) tell.failed(error);
      throw error;
    } finally {
      caller.abort();
    }
  } finally {
    if (visit.token !== undefined) shared.tokens.retire(visit.token);
    visit.token = undefined;
  }
}

/** The one answer to a task: from its function, from whoever has its token, or that time is up. The first one counts. */
class Answer {
  #resolve: (value: Json) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #beaten: () => void = () => undefined;
  readonly #given: Promise<Json>;
  #open = true;

  constructor() {
    this.#given = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // It may be refused before anybody waits for it.
    this.#given.catch(() => undefined);
  }

  get open(): boolean {
    return this.#open;
  }

  give(value: Json): void {
    this.#open = false;
    this.#resolve(value);
  }

  refuse(error: unknown): void {
    this.#open = false;
    this.#reject(error);
  }

  succeed(output: string): void {
    this.give(parseJson(output));
  }

  fail(error: string | undefined, cause: string | undefined): void {
    this.refuse(new StatesError(error, cause));
  }

  beat(): void {
    this.#beaten();
  }

  /** The answer, or StatesError `States.Timeout` once the task, or a heartbeat of it, is overdue. */
  async within(visit: Visit, { timeout, heartbeat }: Limits): Promise<Json> {
    const { signal, shared } = visit.flow;
    const late = (aliases: readonly string[]) => () =>
      this.refuse(new StatesError('States.Timeout', undefined, { aliases }));
    const halt = () => this.refuse(new Halted());
    let stopTimeout = () => {};
    let stopHeartbeat = () => {};
    if (signal.aborted) halt();
    signal.addEventListener('abort', halt, { once: true });
    if (timeout !== undefined) stopTimeout = after(shared.clock, timeout * 1000, late([]));
    if (heartbeat !== undefined) {
      const overdue = late(['States.HeartbeatTimeout']);
      this.#beaten = () => {
        stopHeartbeat();
        stopHeartbeat = after(shared.clock, heartbeat * 1000, overdue);
      };
      this.#beaten();
    }
    try {
      return await this.#given;
    } finally {
      this.#beaten = () => undefined;
      stopTimeout();
      stopHeartbeat();
      signal.removeEventListener('abort', halt);
    }
  }
}

interface Limits {
  readonly timeout: number | undefined;
  readonly heartbeat: number | undefined;
}

function invokeArguments(visit: Visit, given: Json): { target: string; payload: Json } {
  const { FunctionName, Payload, Qualifier, InvocationType } = isJsonObject(given) ? given : {};
  if (typeof FunctionName !== 'string') {
    throw visit.wrong('States.Runtime', "The field 'FunctionName' is required but was missing");
  }
  if (InvocationType !== undefined && InvocationType !== 'RequestResponse') {
    throw visit.wrong('States.Runtime', `The InvocationType ${JSON.stringify(InvocationType)} is not done here.`);
  }
  const target =
    typeof Qualifier === 'string' && functionIn(FunctionName).qualifier === undefined
      ? `${FunctionName}:${Qualifier}`
      : FunctionName;
  return { target, payload: Payload ?? {} };
}

/** What `lambda:invoke` gives: Lambda's response as the SDK for Java shows it. */
function responseOf(
  { version, status, payload: body }: Invoked,
  payload: Json,
  requestId: string,
  now: number,
): JsonObject {
  const headers: readonly [string, string][] = [
    ['Connection', 'keep-alive'],
    ['Content-Length', String(Buffer.byteLength(body))],
    ['Content-Type', 'application/json'],
    ['Date', new Date(now).toUTCString()],
    ['X-Amz-Executed-Version', version],
    [
      'X-Amzn-Trace-Id',
      `Root=1-${Math.floor(now / 1000)
        .toString(16)
        .padStart(8, '0')}-${requestId.replaceAll('-', '').slice(0, 24)}`,
    ],
    ['x-amzn-Remapped-Content-Length', '0'],
    ['x-amzn-RequestId', requestId],
  ];
  return {
    ExecutedVersion: version,
    Payload: payload,
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(headers.map(([name, value]) => [name, [value]])),
      HttpHeaders: Object.fromEntries(headers),
      HttpStatusCode: status,
    },
    SdkResponseMetadata: { RequestId: requestId },
    StatusCode: status,
  };
}

/** Tells the history how a task goes, in the events of its kind. */
function teller(
  visit: Visit,
  resource: string,
  kind: 'function' | 'invoke' | 'invoke.waitForTaskToken',
  given: Json,
  { timeout, heartbeat }: Limits,
) {
  const { flow } = visit;
  const limits = {
    ...(timeout === undefined ? {} : { timeoutInSeconds: timeout }),
    ...(heartbeat === undefined ? {} : { heartbeatInSeconds: heartbeat }),
  };
  const integration = { resource: kind, resourceType: 'lambda' };
  if (kind === 'function') {
    return {
      started() {
        flow.add('LambdaFunctionScheduled', {
          lambdaFunctionScheduledEventDetails: {
            resource,
            ...told('input', given),
            ...(timeout === undefined ? {} : { timeoutInSeconds: timeout }),
          },
        });
        flow.add('LambdaFunctionStarted');
      },
      submitted: () => undefined,
      succeeded: (output: Json) =>
        flow.add('LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: told('output', output) }),
      failed: ({ error, reason }: StatesError) =>
        error === 'States.Timeout'
          ? flow.add('LambdaFunctionTimedOut', { lambdaFunctionTimedOutEventDetails: toldError(error, reason) })
          : flow.add('LambdaFunctionFailed', { lambdaFunctionFailedEventDetails: toldError(error, reason) }),
    };
  }
  return {
    started() {
      flow.add('TaskScheduled', {
        taskScheduledEventDetails: {
          ...integration,
          region: flow.shared.region,
          parameters: JSON.stringify(given),
          ...limits,
        },
      });
      flow.add('TaskStarted', { taskStartedEventDetails: integration });
    },
    submitted: (output: Json) =>
      flow.add('TaskSubmitted', { taskSubmittedEventDetails: { ...integration, ...told('output', output) } }),
    succeeded: (output: Json) =>
      flow.add('TaskSucceeded', { taskSucceededEventDetails: { ...integration, ...told('output', output) } }),
    failed: ({ error, reason }: StatesError) =>
      error === 'States.Timeout'
        ? flow.add('TaskTimedOut', { taskTimedOutEventDetails: { ...integration, ...toldError(error, reason) } })
        : flow.add('TaskFailed', { taskFailedEventDetails: { ...integration, ...toldError(error, reason) } }),
  };
}
