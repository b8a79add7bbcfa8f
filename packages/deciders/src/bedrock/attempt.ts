import { type Clock, type Question, sleep } from '@parley/engine';
import { guardrailResidencyProblem, residencyProblem } from '@parley/workflow';
import type { Account } from './account.ts';
import type { Breaker } from './breaker.ts';
import type { Tokens } from './call.ts';
import { type Code, type Feature, failureOf, ModelFailure, type Sent } from './failure.ts';
import type { ModelRow } from './models.ts';
import type { Taken } from './taken.ts';

/** Milliseconds without which another call has no use: no model answers in less. */
const LEAST = 250;

/** The pauses before a model that is asked too often is asked again, where there is no other: at most so many milliseconds. */
const PAUSES = [400, 800] as const;

/** What all decisions of a process share. */
export interface Shared {
  readonly clock: Clock;
  readonly breaker: Breaker;
  readonly taken: Taken;
  /** The region that Bedrock is called in. */
  readonly region: () => Promise<string>;
}

/** What one decision, or one composition, comes with. */
export interface Task {
  readonly models: Question['models'];
  readonly account: Account;
  /** Milliseconds since the epoch after which an answer is of no use. */
  readonly deadline: number;
}

export interface Asking {
  readonly model: string;
  readonly row: ModelRow;
  /** There is no other to go to. */
  readonly last: boolean;
  readonly signal: AbortSignal;
}

/** Calls once, and tells the account and the breaker what came of it. `code`: why it is of no use, though it answered. */
export type Attempt = <T extends { readonly tokens: Tokens }>(
  call: (signal: AbortSignal) => Promise<T>,
  code: (answer: T) => Code | undefined,
) => Promise<T>;

/**
 * Works with one model, in the best way that it takes. What it does not take is left out, and the process remembers; a
 * failure that may pass is tried again once. `work` asks, by `attempt`, as often as it sees fit; `words` are wanted, or
 * a decision.
 *
 * @throws ModelFailure; the reason of the signal, where it aborts.
 */
export async function withModel<T>(
  { clock, breaker, taken, region }: Shared,
  { models, account, deadline }: Task,
  { model, row, last, signal }: Asking,
  wanted: 'decision' | 'words',
  work: (sent: Sent, attempt: Attempt, inTime: () => boolean) => Promise<T>,
): Promise<T> {
  const refused = new Set<Feature>();
  const aside = new Set<Feature>();
  let again = 1;
  let waits = 0;
  const inTime = (more = 0) => deadline - clock.now() >= LEAST + more;
  const wayOf = () =>
    wanted === 'words' ? taken.of(model, { ...row, strategies: ['json'] }, aside) : taken.of(model, row, aside);

  const problem = await residencyOf(models, model, region);
  if (problem !== undefined) throw unasked('decider/residency', problem);
  if (!breaker.admits(model)) {
    throw unasked('decider/open', 'The model failed several times in a row, and is not asked for a while.');
  }
  for (;;) {
    const sent = wayOf();
    if (!sent) throw new ModelFailure('decider/refused', 'The model takes no way of being asked.', { then: 'next' });
    try {
      return await work(sent, attempting(sent), inTime);
    } catch (error) {
      if (!(error instanceof ModelFailure) || signal.aborted) throw error;
      await next(error);
    }
  }

  /** Makes ready for another try, or throws the failure. */
  async function next(failure: ModelFailure): Promise<void> {
    const pause = PAUSES[waits];
    if (failure.then === 'wait' && last && pause !== undefined && inTime(pause)) {
      waits += 1;
      // Not all at the same time.
      await sleep(clock, pause * (0.5 + Math.random() / 2), signal);
      return;
    }
    if (!inTime()) throw failure;
    if (failure.then === 'again' && again > 0) {
      again -= 1;
      return;
    }
    const untaken = failure.untaken.filter((feature) => !aside.has(feature));
    if (untaken.length === 0) throw failure;
    for (const feature of untaken) {
      aside.add(feature);
      // What was only used wrongly is taken.
      if (failure.code !== 'decider/outside') refused.add(feature);
    }
  }

  function attempting(sent: Sent): Attempt {
    return async (call, code) => {
      const end = account.begin(model, wanted === 'words' ? 'text' : sent.strategy);
      try {
        const answer = await unlessAborted(call(signal), signal);
        breaker.answered(model);
        taken.without(model, refused);
        const failed = code(answer);
        end({ tokens: answer.tokens, ...(failed === undefined ? {} : { failed }) });
        return answer;
      } catch (error) {
        const failure =
          signal.aborted && signal.reason instanceof ModelFailure ? signal.reason : failureOf(error, sent);
        end({ failed: failure.code });
        if (failure.down) breaker.failed(model);
        throw failure;
      }
    };
  }

  function unasked(code: Code, message: string): ModelFailure {
    account.begin(model, wanted === 'words' ? 'text' : (wayOf()?.strategy ?? 'json'))({ failed: code });
    return new ModelFailure(code, message, { then: 'next' });
  }
}

/** Why data may not go to the model, or to the guardrail, from here. */
async function residencyOf(
  { residency, guardrail }: Question['models'],
  model: string,
  region: Shared['region'],
): Promise<string | undefined> {
  if (residency === undefined) return undefined;
  const here = await region();
  const problem =
    residencyProblem(residency, model, here) ?? (guardrail && guardrailResidencyProblem(residency, guardrail.id, here));
  return problem?.message;
}

/** The SDK does not look at the signal while it waits before another try. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** What was held back is not gone around where it was the workflow's guardrail; another model has another filter. */
export function blocked(by: 'guardrail' | 'filter'): ModelFailure {
  return by === 'guardrail'
    ? new ModelFailure('decider/guardrail', 'The guardrail stepped in.', { then: 'stop' })
    : new ModelFailure('decider/outside', "The model's own filter held its answer back.", { then: 'next' });
}
