import type { HostEvent } from '@parley/machine';
import { type Json, ParleyError } from '@parley/workflow';
import type { Clock } from './clock.ts';
import type { Decider, Question } from './decider.ts';
import { validateDecision } from './decision.ts';
import { type Tool, type ToolContext, ToolError } from './tool.ts';

/** What an event brings besides the instant. */
export type Answer = WithoutAt<Extract<HostEvent, { type: `model.${string}` | `tool.${string}` }>>;
type WithoutAt<E> = E extends unknown ? Omit<E, 'at'> : never;

/** The most a tool may return, in bytes of JSON: what a Step Functions state can hold. */
const MAX_OUTPUT = 256 * 1024;

/** The pause before attempt `k + 1`, in milliseconds. */
export const backoff = (k: number) => 200 * 2 ** k;

/** Has the decider answer, in time and within the choices. Never throws: what goes wrong is `model.failed`. */
export async function decide(
  decider: Decider,
  decision: string,
  ask: (limit: { deadline: number; signal: AbortSignal }) => Question,
  limit: number,
  clock: Clock,
  cancelled: AbortSignal,
): Promise<Answer> {
  try {
    return await within(limit, clock, cancelled, async (signal) => {
      const question = ask({ deadline: clock.now() + limit, signal });
      const { choice, values, confidence, say, why, by } = validateDecision(question, await decider.decide(question));
      return {
        type: 'model.decided',
        decision,
        choice,
        values,
        confidence,
        ...(say === undefined ? {} : { say }),
        ...(why === undefined ? {} : { why }),
        by: { decider: decider.name, ...by },
      };
    });
  } catch (error) {
    return { type: 'model.failed', decision, ...failure(error) };
  }
}

/** What a call needs to know. */
export interface CallOrder {
  readonly session: string;
  readonly call: string;
  readonly tool: string;
  readonly input: { readonly [name: string]: Json };
  /** How often a failed attempt is tried again. */
  readonly retry: number;
}

/** Calls a tool, trying again with the same key. Never throws: what goes wrong is `tool.failed`. */
export async function call(
  tool: Tool | undefined,
  { session, call, tool: name, input, retry }: CallOrder,
  clock: Clock,
  cancelled: AbortSignal,
): Promise<Answer> {
  if (!tool) {
    return { type: 'tool.failed', call, code: 'error', message: `There is no tool ${name} here.`, attempts: 0 };
  }
  for (let attempt = 1; ; attempt++) {
    try {
      const output = await within(tool.signature.timeout, clock, cancelled, (signal) => {
        const context: ToolContext = {
          session,
          idempotencyKey: `${session}/${call}`,
          attempt,
          signal,
          now: clock.now(),
        };
        return tool.call(input, context);
      });
      if (Buffer.byteLength(JSON.stringify(output)) > MAX_OUTPUT) {
        throw new ToolError('too_large', `${name} returned more than 256 KiB.`);
      }
      return { type: 'tool.returned', call, output, attempts: attempt };
    } catch (error) {
      const failed = failure(error);
      // A failure the tool names itself is an answer; one of the shapes would only come again.
      const final = error instanceof ToolError;
      if (final || attempt > retry || cancelled.aborted) {
        return { type: 'tool.failed', call, ...failed, attempts: attempt };
      }
      await clock.sleep(backoff(attempt - 1), cancelled);
    }
  }
}

class TimeoutError extends ParleyError {
  constructor(limit: number) {
    super('timeout', `There was no answer within ${limit} ms.`);
  }
}

/** One for all: without a reason each abort makes an exception with a stack, which costs more than the rest of a turn. */
export const UNWANTED = new ParleyError('engine/unwanted', 'The answer is not wanted any more.');

/** Runs `work` for at most `limit` milliseconds; its signal is aborted when the time is up or nobody wants it any more. */
async function within<T>(
  limit: number,
  clock: Clock,
  cancelled: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const done = new AbortController();
  const cancel = () => over.abort(UNWANTED);
  cancelled.addEventListener('abort', cancel, { once: true });
  try {
    const late = clock.sleep(limit, done.signal).then(() => {
      if (!done.signal.aborted) throw new TimeoutError(limit);
      return new Promise<never>(() => undefined);
    });
    return await Promise.race([work(over.signal), late]);
  } finally {
    done.abort(UNWANTED);
    over.abort(UNWANTED);
    cancelled.removeEventListener('abort', cancel);
  }
}

/** Our own errors hold no caller's values; of anybody else's only the name is told. */
function failure(error: unknown): { code: string; message: string } {
  if (error instanceof ParleyError) return { code: error.code, message: error.message };
  return { code: 'error', message: `It threw ${error instanceof Error ? error.name : typeof error}.` };
}
