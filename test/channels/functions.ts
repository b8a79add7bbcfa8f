import type { LambdaContext } from '@parley/connect';
import { type Clock, sleep } from '@parley/engine';
import type { Random } from '../simulation/random.ts';

type LambdaFunction = (event: unknown, context: LambdaContext) => Promise<unknown>;

/** Longer than anybody waits for a function. */
const LATE = 40_000;

/** An error as whoever calls a function hears it from Lambda. */
function lambdaError(name: string): Error {
  return Object.assign(new Error('Lambda has no answer.'), { name });
}

/**
 * What can become of a call of a function. Lambda says of the first three that they may be tried again, and Connect does so; of
 * `crashes` and `too late` it does not.
 */
export const MISHAPS = [
  /** It is not begun. */
  'throttled',
  /** It is done, and the answer is lost. */
  'lost',
  /** It is cut off: whoever called is told at once, and what the function has asked for is done all the same. */
  'cut off',
  /** It is called twice at once. */
  'twice',
  /** It is called once more, with the same event, up to a minute later. */
  'again',
  /** It is done, and nobody gets the answer. */
  'crashes',
  /** It is done after whoever called has given up. */
  'too late',
] as const;
export type Mishap = (typeof MISHAPS)[number];

/** A function as it is called over a network that fails, by somebody who calls it more often than they should. */
export function unreliable(
  run: LambdaFunction,
  {
    clock,
    random,
    mishap,
    met,
  }: { clock: Clock; random: Random; mishap: () => Mishap | undefined; met: (mishap: Mishap) => void },
): LambdaFunction {
  const aside = (event: unknown, context: LambdaContext) => void run(event, context).catch(() => undefined);
  return async (event, context) => {
    const what = mishap();
    if (what) met(what);
    switch (what) {
      case undefined:
        return run(event, context);
      case 'throttled':
        throw lambdaError('TooManyRequestsException');
      case 'lost':
        await run(event, context);
        throw lambdaError('ServiceException');
      case 'cut off':
        aside(event, context);
        throw lambdaError('ServiceException');
      case 'twice': {
        const [first, second] = await Promise.all([run(event, context), run(event, context)]);
        return random.chance(0.5) ? first : second;
      }
      case 'again': {
        clock.after(random.int(1, 60_000), () => aside(event, context));
        return run(event, context);
      }
      case 'crashes':
        await run(event, context);
        throw lambdaError('Sandbox.Timedout');
      case 'too late':
        await run(event, context);
        await sleep(clock, LATE);
        return {};
    }
  };
}
