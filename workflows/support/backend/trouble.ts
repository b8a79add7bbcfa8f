import { sleep, systemClock, type ToolContext } from '@parley/engine';

/** How long `slow` takes, in milliseconds: longer than a caller waits for an answer, shorter than a tool's time limit. */
export const SLOW = 2_000;

/** Orders that make any tool given them misbehave, so that a call can be made to go wrong on purpose. */
const TROUBLES: { readonly [orderId: string]: 'hangs' | 'throws' | 'slow' | 'loses_reply' } = {
  W9999991: 'hangs',
  W9999992: 'throws',
  W9999993: 'slow',
  W9999994: 'loses_reply',
};

/**
 * Does a tool's work with the trouble its order stands for: it never answers until its time is up, it breaks before it
 * does anything, it is slow, or (a write, at the first attempt) it does its work and breaks before it has said so.
 */
export async function troubled<T>(
  orderId: string | undefined,
  effect: 'reads' | 'writes',
  context: ToolContext,
  work: () => T,
): Promise<T> {
  const trouble = orderId !== undefined && Object.hasOwn(TROUBLES, orderId) ? TROUBLES[orderId] : undefined;
  if (trouble === 'hangs') await untilAborted(context.signal);
  if (trouble === 'throws') throw new Error('The shop does not answer.');
  if (trouble === 'slow') {
    await sleep(systemClock, SLOW, context.signal);
    context.signal.throwIfAborted();
  }
  const result = work();
  if (trouble === 'loses_reply' && effect === 'writes' && context.attempt === 1)
    throw new Error('The connection to the shop broke.');
  return result;
}

/** Never resolves; rejects once the signal is aborted. */
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const give = () => reject(signal.reason);
    if (signal.aborted) return give();
    signal.addEventListener('abort', give, { once: true });
  });
