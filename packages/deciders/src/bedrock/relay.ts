import type { Clock } from '@parley/engine';
import { ModelFailure } from './failure.ts';

/**
 * One of those who may answer. It stops when the signal aborts, whose reason is a ModelFailure. Who claims the floor
 * calls the others off at once: then it alone can win.
 */
export type Runner<T> = (signal: AbortSignal, claim: () => void) => Promise<T>;

export interface RelayOptions {
  readonly clock: Clock;
  /** Aborted when nobody wants the answer any more. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch after which an answer is none. */
  readonly deadline: number;
  /** How long, in milliseconds, whoever was asked last has the word alone, when `left` have not been asked yet. */
  readonly late: (left: number) => number;
}

export type Outcome<T> =
  | { readonly type: 'won'; readonly value: T; readonly runner: number }
  /** In the order in which they failed. */
  | { readonly type: 'lost'; readonly failures: readonly ModelFailure[] };

/** How many may be asked at the same time: each costs. */
const TOGETHER = 2;

/**
 * Asks one after the other until one answers: the next when one has failed, or is late. The first answer wins, and the
 * others are called off. Rejects only with what is no ModelFailure.
 */
export function relay<T>(
  runners: readonly Runner<T>[],
  { clock, signal, deadline, late }: RelayOptions,
): Promise<Outcome<T>> {
  return new Promise((resolve, reject) => {
    const running = new Map<number, AbortController>();
    const failures: ModelFailure[] = [];
    let next = 0;
    let over = false;
    let forgetLate: (() => void) | undefined;

    const end = (why: (runner: number) => ModelFailure): void => {
      over = true;
      forgetLate?.();
      forgetDeadline();
      signal.removeEventListener('abort', unwanted);
      for (const [runner, controller] of running) controller.abort(why(runner));
      running.clear();
    };
    const lose = (failure: ModelFailure): void => {
      if (over) return;
      end(() => failure);
      resolve({ type: 'lost', failures: [...failures, failure] });
    };
    const unwanted = () => lose(calledOff(false));
    const start = (): void => {
      const runner = next++;
      const run = runners[runner];
      if (!run) return;
      const controller = new AbortController();
      running.set(runner, controller);
      forgetLate?.();
      const left = runners.length - next;
      if (left > 0) forgetLate = clock.after(late(left), startLate);
      const claim = () => {
        if (over || !running.has(runner)) return;
        next = runners.length;
        forgetLate?.();
        for (const [other, rival] of [...running]) {
          if (other === runner) continue;
          running.delete(other);
          rival.abort(calledOff(other < runner));
        }
      };
      run(controller.signal, claim).then(
        (value) => {
          if (over || !running.delete(runner)) return;
          // Whoever was asked before and still says nothing is slow: a row of that speaks for it being down.
          end((other) => calledOff(other < runner));
          resolve({ type: 'won', value, runner });
        },
        (error: unknown) => {
          if (over || !running.delete(runner)) return;
          if (!(error instanceof ModelFailure)) {
            end(() => calledOff(false));
            reject(error);
            return;
          }
          failures.push(error);
          if (error.then !== 'stop' && next < runners.length) start();
          else if (error.then === 'stop' || running.size === 0) {
            end(() => calledOff(false));
            resolve({ type: 'lost', failures });
          }
        },
      );
    };
    const startLate = (): void => {
      const [oldest] = running;
      if (oldest && running.size >= TOGETHER) {
        const failure = tooLate();
        running.delete(oldest[0]);
        failures.push(failure);
        oldest[1].abort(failure);
      }
      start();
    };

    const forgetDeadline = clock.after(Math.max(0, deadline - clock.now()), () => lose(tooLate()));
    signal.addEventListener('abort', unwanted, { once: true });
    if (signal.aborted) unwanted();
    else start();
  });
}

const tooLate = () =>
  new ModelFailure('decider/timeout', 'The model did not answer in time.', { then: 'next', down: true });

const calledOff = (down: boolean) =>
  new ModelFailure('decider/called-off', 'The answer was not wanted any more.', { then: 'stop', down });
