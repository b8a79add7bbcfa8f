import type { Clock } from '@parley/engine';

export interface BreakerOptions {
  /** Failures in a row after which a model is not asked any more. */
  readonly failures: number;
  /** Milliseconds until one question is let through, to see whether it answers again. */
  readonly pause: number;
}

interface State {
  /** In a row. */
  failures: number;
  /** Until when nobody asks, once it is open: milliseconds since the epoch. */
  until?: number;
}

/** Keeps a model that is down from being asked by every caller, each of whom would wait for it in vain. */
export class Breaker {
  readonly #states = new Map<string, State>();
  readonly #clock: Clock;
  readonly #options: BreakerOptions;

  constructor(clock: Clock, options: BreakerOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /** Whether a model may be asked now. Of those who ask after the pause, one may; the others wait for what comes of it. */
  admits(model: string): boolean {
    const state = this.#states.get(model);
    if (state?.until === undefined) return true;
    const now = this.#clock.now();
    if (now < state.until) return false;
    state.until = now + this.#options.pause;
    return true;
  }

  /** It answered, be it nonsense. */
  answered(model: string): void {
    this.#states.delete(model);
  }

  /** It failed in a way that speaks for it being down. */
  failed(model: string): void {
    const state = this.#states.get(model) ?? { failures: 0 };
    state.failures += 1;
    if (state.failures >= this.#options.failures) state.until = this.#clock.now() + this.#options.pause;
    this.#states.set(model, state);
  }
}
