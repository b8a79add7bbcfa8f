import type { Json } from '@parley/workflow';
import type { Retrier, StateOf } from './definition.ts';
import { matches, StatesError } from './error.ts';
import { caughtBy, type Outcome, outcomeOf } from './fields.ts';
import type { Visit } from './flow.ts';
import type { Random } from './random.ts';
import { pause } from './timer.ts';

/**
 * Does a state's work until it succeeds, its retriers have no more attempts, or one of its catchers takes the error; then
 * leaves the state. What goes wrong with its `Output` or `Assign` counts as a failure of the work.
 */
export async function withRetries<T>(
  visit: Visit,
  state: StateOf<'Task' | 'Parallel' | 'Map'>,
  work: () => Promise<Json>,
  leave: (visit: Visit, outcome: Outcome, next: string | undefined) => T,
): Promise<T> {
  const used = new Map<Retrier, number>();
  for (;;) {
    try {
      const result = await work();
      return leave(visit, await outcomeOf(visit, state, result, { result }), state.Next);
    } catch (error) {
      if (!(error instanceof StatesError)) throw error;
      visit.tell(error);
      const retrier = state.Retry?.find(({ ErrorEquals }) => matches(ErrorEquals, error));
      const attempts = retrier ? (used.get(retrier) ?? 0) : 0;
      if (!retrier || attempts >= (retrier.MaxAttempts ?? 3)) return await caught(error);
      used.set(retrier, attempts + 1);
      visit.retries += 1;
      const { clock, random } = visit.flow.shared;
      await pause(clock, delayOf(retrier, attempts, random), visit.flow.signal);
    }
  }

  async function caught(error: StatesError): Promise<T> {
    const i = (state.Catch ?? []).findIndex(({ ErrorEquals }) => matches(ErrorEquals, error));
    const catcher = state.Catch?.[i];
    if (!catcher) throw error;
    // AWS gives both, and an empty text for what there isn't: a timeout has no cause.
    const told = { Error: error.error ?? '', Cause: error.reason ?? '' };
    return leave(visit, await caughtBy(visit, catcher, i, told), catcher.Next);
  }
}

/** How long a retrier waits, in milliseconds, after so many retries of its own. */
export function delayOf(
  { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds, JitterStrategy }: Omit<Retrier, 'ErrorEquals'>,
  retries: number,
  random: Random,
): number {
  const grown = IntervalSeconds * BackoffRate ** retries;
  const seconds = Math.min(grown, MaxDelaySeconds ?? Number.POSITIVE_INFINITY, 99_999_999);
  return Math.floor(seconds * 1000 * (JitterStrategy === 'FULL' ? random() : 1));
}
