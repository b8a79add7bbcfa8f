import type { Check, HostEvent } from '@parley/machine';
import { type Json, ParleyError, type Program } from '@parley/workflow';
import { z } from 'zod';
import { type Clock, sleep } from './clock.ts';
import type { Composition, Decider, Question } from './decider.ts';
import { validateComposed, validateDecision } from './decision.ts';
import { DeciderError } from './errors.ts';
import type { Guard, Inspection } from './guard.ts';
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
    return unanswered(decider, decision, error);
  }
}

/** Has the decider find words, in time. Never throws: what goes wrong is `model.failed`. */
export async function compose(
  decider: Decider,
  decision: string,
  ask: (deadline: number, attempt: Undertaking) => Composition,
  limit: number,
  bounds: Bounds,
): Promise<Answer> {
  if (!decider.compose) {
    return {
      type: 'model.failed',
      decision,
      code: 'decider/no-words',
      message: 'The decider has no words of its own.',
    };
  }
  try {
    return await within(limit, bounds, async (attempt) => {
      const composition = ask(bounds.clock.now() + limit, attempt);
      const { text, by } = validateComposed(composition, await decider.compose?.(composition));
      return { type: 'model.composed', decision, text, by: { decider: decider.name, ...by } };
    });
  } catch (error) {
    return unanswered(decider, decision, error);
  }
}

function unanswered(decider: Decider, decision: string, error: unknown): Answer {
  const by = error instanceof DeciderError ? { by: { decider: decider.name, ...error.by } } : {};
  return { type: 'model.failed', decision, ...failure(error), ...by };
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

/** Who looks at what a tool is given and returns. */
export interface Guarding extends Pick<Inspection, 'workflow' | 'models'> {
  /** Undefined: there is nobody to look, so nothing passes. */
  readonly guard: Guard | undefined;
  /** Told of what could not be looked at. */
  readonly unseen: (message: string) => void;
  /** Before a write that was looked at begins: rejects where the session has been gone on with elsewhere meanwhile. */
  readonly begins: () => Promise<void>;
}

/** Who looks at the tools of a program that names a guardrail. */
export function guardingOf(
  { name, models }: Program,
  guard: Guard | 'none' | undefined,
  host: Pick<Guarding, 'unseen' | 'begins'>,
): Guarding | undefined {
  if (models.guardrail === undefined || guard === 'none') return undefined;
  return { guard, workflow: name, models, ...host };
}

/**
 * Calls a tool, trying again with the same key. What goes wrong is `tool.failed`; only what `begins` throws is thrown. Its
 * arguments are looked at once, however often it is tried, and its result where it has one. What is blocked there comes to nothing, though a
 * write has been done.
 */
export async function call(
  tool: Tool | undefined,
  { session, call, tool: name, input, retry }: CallOrder,
  bounds: Bounds,
  guarding?: Guarding,
): Promise<Answer> {
  const { clock, undertaking } = bounds;
  if (!tool) {
    return { type: 'tool.failed', call, code: 'error', message: `There is no tool ${name} here.`, attempts: 0 };
  }
  const { timeout, effect } = tool.signature;
  const checks: Check[] = [];
  /** Whether it may be used; always where nobody is to look. */
  const passes = async (what: Check['what'], data: Json): Promise<boolean> => {
    if (!guarding) return true;
    const check = await inspect(guarding, { session, tool: name, what, data }, timeout, bounds);
    checks.push(check);
    return check.passed;
  };
  const seen = () => (checks.length === 0 ? {} : { checks });
  const blocked = (object: string, attempts: number, done: boolean): Answer => ({
    type: 'tool.failed',
    call,
    code: 'guardrail',
    message: `The guardrail did not let pass what ${name} ${object}.`,
    attempts,
    ...(done ? { done } : {}),
    ...seen(),
  });

  if (!(await passes('input', input))) return blocked('was to be given', 0, false);
  if (guarding && effect === 'writes') await guarding.begins();
  // The caller may have gone elsewhere meanwhile: nothing is begun that nobody waits for.
  if (guarding && undertaking.over) {
    return { type: 'tool.failed', call, code: 'error', message: 'It is not wanted any more.', attempts: 0, ...seen() };
  }
  for (let attempt = 1; ; attempt++) {
    try {
      const output = await within(timeout, bounds, (under) => {
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
      if (!(await passes('output', output))) return blocked('returned', attempt, effect === 'writes');
      return { type: 'tool.returned', call, output, attempts: attempt, ...seen() };
    } catch (error) {
      const failed = failure(error);
      // A failure the tool names itself is an answer; one of the shapes would only come again.
      const final = error instanceof ToolError;
      if (final || attempt > retry || undertaking.over) {
        return { type: 'tool.failed', call, ...failed, attempts: attempt, ...seen() };
      }
      await sleep(clock, backoff(attempt - 1), undertaking.signal);
    }
  }
}

const verdict = z.object({ passed: z.boolean(), by: z.record(z.string(), z.json()).exactOptional() });

/** Has a guard look at something, in time. Never throws: where there is no answer, it has not passed. */
async function inspect(
  { guard, unseen, workflow, models }: Guarding,
  { session, tool, what, data }: Pick<Inspection, 'session' | 'tool' | 'what' | 'data'>,
  limit: number,
  bounds: Bounds,
): Promise<Check> {
  try {
    if (!guard) throw new ParleyError('none', 'There is no guard here.');
    const { passed, by } = await within(limit, bounds, async (under) =>
      verdict.parse(
        await guard.check({
          session,
          workflow,
          models,
          what,
          tool,
          data,
          get signal() {
            return under.signal;
          },
        }),
      ),
    );
    return { what, passed, ...(by === undefined ? {} : { by }) };
  } catch (error) {
    const { code } = failure(error);
    const object = what === 'input' ? 'was to be given' : 'returned';
    if (!bounds.undertaking.over) unseen(`What ${tool} ${object} could not be looked at (${code}), and is not used.`);
    return { what, passed: false, code };
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
