import type { Clock } from './clock.ts';
import { UNWANTED } from './undertaking.ts';

/**
 * Deadlines that share one sleep of the clock, the one to the earliest. Each turn has several, hardly one is ever
 * reached, and a sleep of its own for each cost more than the turn.
 */
export class Deadlines {
  readonly #clock: Clock;
  /** Those of a length stand in the order in which they come, as they were set in it. */
  readonly #byLength = new Map<number, Set<Deadline>>();
  #open = 0;
  #sleep: { readonly until: number; readonly end: AbortController } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `reached` once `milliseconds` have gone by, unless what it returns is called before. */
  after(milliseconds: number, reached: () => void): () => void {
    const due = this.#clock.now() + milliseconds;
    const deadline = { due, reached };
    const same = this.#byLength.get(milliseconds) ?? new Set();
    this.#byLength.set(milliseconds, same.add(deadline));
    this.#open += 1;
    if (!this.#sleep || due < this.#sleep.until) this.#sleepUntil(due, milliseconds);
    return () => {
      if (!same.delete(deadline)) return;
      this.#open -= 1;
      // Else it would keep a process alive that has nothing left to do.
      if (this.#open === 0) this.#wake();
    };
  }

  /** Lets go of all of them: none is reached any more. */
  stop(): void {
    this.#byLength.clear();
    this.#open = 0;
    this.#wake();
  }

  #wake(): void {
    this.#sleep?.end.abort(UNWANTED);
    this.#sleep = undefined;
  }

  #sleepUntil(until: number, milliseconds: number): void {
    this.#wake();
    const sleep = { until, end: new AbortController() };
    this.#sleep = sleep;
    void this.#clock.sleep(milliseconds, sleep.end.signal).then(() => {
      if (this.#sleep === sleep) this.#look();
    });
  }

  #look(): void {
    this.#sleep = undefined;
    const now = this.#clock.now();
    const due: Deadline[] = [];
    for (const same of this.#byLength.values()) {
      for (const deadline of same) {
        if (deadline.due > now) break;
        same.delete(deadline);
        due.push(deadline);
      }
    }
    this.#open -= due.length;
    for (const { reached } of due.sort((a, b) => a.due - b.due)) reached();
    this.#sleepOn(now);
  }

  /** Until the earliest, where no sleep is as short: one that was reached may have set others. */
  #sleepOn(now: number): void {
    const next = Math.min(...[...this.#byLength.values()].map(firstDue));
    if (next < (this.#sleep?.until ?? Number.POSITIVE_INFINITY)) this.#sleepUntil(next, Math.max(next - now, 1));
  }
}

interface Deadline {
  /** Milliseconds since the epoch. */
  readonly due: number;
  readonly reached: () => void;
}

function firstDue(deadlines: ReadonlySet<Deadline>): number {
  for (const { due } of deadlines) return due;
  return Number.POSITIVE_INFINITY;
}
