import { sleep, systemClock, type ToolContext } from '@parley/engine';
import { z } from 'zod';

/** How long `slow` takes, in milliseconds: longer than a caller waits for an answer, shorter than a tool's time limit. */
export const SLOW = 2_000;

/**
 * What is wrong with a tool: it never answers until its time is up, it breaks before it does anything, it is slow, or
 * (a write, at the first attempt) it does its work and breaks before it has said so.
 */
export type Trouble = 'hangs' | 'throws' | 'slow' | 'loses_reply';

/** Ids that make any tool given them misbehave, so that a call can be made to go wrong on purpose. */
export interface Troubles {
  readonly [id: string]: Trouble;
}

/** Does a tool's work, with the trouble that an id in its input stands for. */
export async function troubled<T>(
  troubles: Troubles,
  input: unknown,
  effect: 'reads' | 'writes',
  context: ToolContext,
  work: () => T,
): Promise<T> {
  const trouble = troubleIn(troubles, input);
  if (trouble === 'hangs') await untilAborted(context.signal);
  if (trouble === 'throws') throw new Error('The back end does not answer.');
  if (trouble === 'slow') {
    await sleep(systemClock, SLOW, context.signal);
    context.signal.throwIfAborted();
  }
  const result = work();
  if (trouble === 'loses_reply' && effect === 'writes' && context.attempt === 1)
    throw new Error('The connection to the back end broke.');
  return result;
}

function troubleIn(troubles: Troubles, input: unknown): Trouble | undefined {
  const fields = z.record(z.string(), z.unknown()).safeParse(input).data ?? {};
  const id = Object.values(fields).find((value) => typeof value === 'string' && Object.hasOwn(troubles, value));
  return typeof id === 'string' ? troubles[id] : undefined;
}

/** Never resolves; rejects once the signal is aborted. */
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const give = () => reject(signal.reason);
    if (signal.aborted) return give();
    signal.addEventListener('abort', give, { once: true });
  });
