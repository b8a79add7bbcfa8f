import { type Clock, systemClock } from '@parley/engine';
import { ApiError } from './api-error.ts';
import { Executions } from './executions.ts';
import type { HistoryEvent } from './history.ts';
import type { JsonObject } from './json.ts';
import { type LocalFunctions, localLambda, remoteLambda } from './lambda.ts';
import { Machines } from './machines.ts';
import { OPERATIONS, type Service } from './operations.ts';
import { Tokens } from './tokens.ts';

export interface LocalServiceOptions {
  /** Functions that run in this process, by their names. */
  readonly functions?: LocalFunctions;
  /** Where Lambda's Invoke API is, for functions that are not in this process. */
  readonly lambda?: string;
  /** Left out: the system's. */
  readonly clock?: Clock;
  readonly region?: string;
  /** Twelve digits. */
  readonly account?: string;
  /** Told of each event of an execution, as it happens: its ARN, and the event as `GetExecutionHistory` gives it. */
  readonly watch?: (execution: string, event: HistoryEvent) => void;
}

/** What a request of the API is answered with. */
export interface ApiReply {
  readonly status: number;
  readonly body: JsonObject;
}

/** State machines, versions, aliases and executions in memory, and the API to them; how requests come is not its business. */
export interface LocalService {
  /** `target`: the header `x-amz-target`. `text`: gives the request's body. Never rejects. */
  answer(target: string, text: () => Promise<string> | string): Promise<ApiReply>;
  /** Ends every execution. */
  stop(): void;
}

export function localService({
  functions = {},
  lambda,
  clock = systemClock,
  region = 'us-east-1',
  account = '123456789012',
  watch,
}: LocalServiceOptions): LocalService {
  const tokens = new Tokens();
  const elsewhere = lambda === undefined ? undefined : remoteLambda(lambda);
  const world = { clock, tokens, watch, lambda: localLambda(functions, elsewhere) };
  const executions = new Executions(world, region, account);
  const machines = new Machines(clock, region, account);
  const service: Service = { machines, executions, tokens, now: () => clock.now() };
  return {
    async answer(target, text) {
      try {
        const name = target.startsWith('AWSStepFunctions.') ? target.slice('AWSStepFunctions.'.length) : '';
        const run = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
        const body = parsed(await text());
        if (!run) throw new ApiError('UnknownOperationException', `The local interpreter does not do '${target}'.`);
        return { status: 200, body: await run(service, body) };
      } catch (error) {
        if (error instanceof ApiError)
          return { status: 400, body: { __type: shapeOf(error.code), message: error.message } };
        return { status: 500, body: { __type: 'InternalFailure', message: String(error) } };
      }
    },
    stop: () => executions.stopAll(),
  };
}

/** Validation comes from the framework that AWS's services share, all else from the service. */
const shapeOf = (code: string) =>
  code === 'ValidationException' || code === 'UnknownOperationException'
    ? `com.amazon.coral.validate#${code}`
    : `com.amazonaws.swf.service.v2.model#${code}`;

function parsed(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new ApiError('SerializationException', 'The request is no valid JSON.');
  }
}
