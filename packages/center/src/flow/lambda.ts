import type { LambdaContext } from '@parley/connect';
import { type Clock, sleep } from '@parley/engine';

/** A function as the flow's Lambda block and Lex call it. */
export type LambdaFunction = (event: unknown, context: LambdaContext) => Promise<unknown>;

/** What Lambda itself throws where it can't take a call: Connect tries these again, and nothing else. */
const PASSING = new Set(['TooManyRequestsException', 'ServiceException', 'InternalServerError']);
const TRIES = 4;
const PAUSE = 200;

/**
 * Calls a function as Connect does: within `limit` milliseconds in all, and up to three times more where Lambda is throttled
 * or fails itself. Undefined where there is no answer.
 */
export async function invoke(
  run: LambdaFunction,
  event: unknown,
  { limit, clock }: { readonly limit: number; readonly clock: Clock },
): Promise<{ readonly value: unknown } | undefined> {
  const due = clock.now() + limit;
  const left = () => Math.max(0, due - clock.now());
  for (let count = 1; ; count++) {
    try {
      // As over the wire: a copy, of what can be written as JSON.
      const sent: unknown = JSON.parse(JSON.stringify(event));
      const answer = await within(clock, left(), run(sent, { getRemainingTimeInMillis: left }));
      return answer && { value: answer.value === undefined ? null : JSON.parse(JSON.stringify(answer.value)) };
    } catch (error) {
      const passing = error instanceof Error && PASSING.has(error.name);
      if (!passing || count === TRIES || left() <= PAUSE * count) return undefined;
      await sleep(clock, PAUSE * count);
    }
  }
}

/** What comes of it, or undefined where that takes longer. */
function within<T>(clock: Clock, milliseconds: number, work: Promise<T>): Promise<{ readonly value: T } | undefined> {
  return new Promise((resolve, reject) => {
    const forget = clock.after(milliseconds, () => resolve(undefined));
    work.then((value) => resolve({ value }), reject).finally(forget);
  });
}
