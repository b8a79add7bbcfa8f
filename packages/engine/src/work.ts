import type { HostEvent } from '@parley/machine';
import { type Json, ParleyError } from '@parley/workflow';
import { type Clock, sleep } from './clock.ts';
import type { Decider, Question } from './decider.ts';
import { validateDecision } from './decision.ts';
import { DeciderError } from './errors.ts';
import { type Tool, type ToolContext, ToolError } from './tool.ts';
import type { Undertaking } from './undertaking.ts';

/** What an event brings besides the instant. */
export type Answer = WithoutAt<Extract<HostEvent, { type: `model.${string}` | `tool.${string}` }>>;
type WithoutAt<E> = E extends unknown ? Omit<E, 'at'> : never;

/** The most a tool may return, in bytes of JSON: what a Step Functions state can hold. */
const MAX_OUTPUT = 256 * 1024;

/** The pause before attempt `k + 1`, in milliseconds. */
export const backoff = (k: number) => 200 * 2 ** k;

/** What work is done within: the time, and what it is part of. */
export interface Bounds {
  readonly clock: Clock;
  readonly undertaking: Undertaking;
}

/** Has the decider answer, in time and within the choices. Never throws: what goes wrong is `model.failed`. */
export async function decide(
  decider: Decider,
  decision: string,
  ask: (deadline: number, attempt: Undertaking) => Question,
  limit: number,
  bounds: Bounds,
): Promise<Answer> {
  try {
    return await within(limit, bounds, async (attempt) => {
      const question = ask(bounds.clock.now() + limit, attempt);
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
    const by = error instanceof DeciderError ? { by: { decider: decider.name, ...error.by } } : {};
    return { type: 'model.failed', decision, ...failure(error), ...by };
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
  bounds: Bounds,
): Promise<Answer> {
  const { clock, undertaking } = bounds;
  if (!tool) {
    return { type: 'tool.failed', call, code: 'error', message: `There is no tool ${name} here.`, attempts: 0 };
  }
  for (let attempt = 1; ; attempt++) {
    try {
      const output = await within(tool.signature.timeout, bounds, (under) => {
        const context: ToolContext = {
          session,
          idempotencyKey: `${session}/${call}`,
          attempt,
          get signal() {
            return under.signal;
          },
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
      if (final || attempt > retry || undertaking.over) {
        return { type: 'tool.failed', call, ...failed, attempts: attempt };
      }
      await sleep(clock, backoff(attempt - 1), undertaking.signal);
    }
  }
}

class TimeoutError extends ParleyError {
  constructor(limit: number) {
    super('timeout', `There was no answer within ${limit} ms.`);
  }
}

/** Runs `work` for at most `limit` milliseconds; what it is given is over when the time is, or nobody wants it any more. */
async function within<T>(
  limit: number,
  { clock, undertaking }: Bounds,
  work: (attempt: Undertaking) => Promise<T>,
): Promise<T> {
  const attempt = undertaking.part();
  let forget: (() => void) | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      forget = clock.after(limit, () => reject(new TimeoutError(limit)));
      work(attempt).then(resolve, reject);
    });
  } finally {
    forget?.();
    attempt.end();
  }
}

/** Our own errors hold no caller's values; of anybody else's only the name is told. */
function failure(error: unknown): { code: string; message: string } {
  if (error instanceof ParleyError) return { code: error.code, message: error.message };
  return { code: 'error', message: `It threw ${error instanceof Error ? error.name : typeof error}.` };
}
