import type { Json } from '@parley/workflow';
import { StatesError } from './error.ts';
import type { JsonObject } from './json.ts';

/** One event of an execution's history, in the shape of `GetExecutionHistory`; the time in milliseconds since the epoch. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  readonly timestamp: number;
  readonly details: { readonly [name: string]: JsonObject };
}

/** A Standard execution's history ends with its 25,000th event. */
export const MOST_EVENTS = 25_000;

/** The events of one execution. An Express execution's are numbered, but not kept. */
export class History {
  readonly events: HistoryEvent[] = [];
  readonly #kept: boolean;
  readonly #now: () => number;
  readonly #watch: (event: HistoryEvent) => void;
  #last = 0;

  /** `watch` is told of each event, of those that are not kept too. */
  constructor(kept: boolean, now: () => number, watch: (event: HistoryEvent) => void = () => undefined) {
    this.#kept = kept;
    this.#now = now;
    this.#watch = watch;
  }

  /** Adds an event and gives its number. Throws StatesError `States.Runtime` where only the last one is left. */
  add(type: string, previousEventId: number, details: HistoryEvent['details'] = {}): number {
    if (this.full) {
      throw new StatesError(
        'States.Runtime',
        `The execution reached the maximum number of history events (${MOST_EVENTS}).`,
      );
    }
    return this.#append(type, previousEventId, details);
  }

  /** Adds the event that ends the execution. */
  end(type: string, previousEventId: number, details: HistoryEvent['details']): void {
    this.#append(type, previousEventId, details);
  }

  get last(): number {
    return this.#last;
  }

  /** Whether only the event that ends the execution has room. */
  get full(): boolean {
    return this.#kept && this.#last >= MOST_EVENTS - 1;
  }

  #append(type: string, previousEventId: number, details: HistoryEvent['details']): number {
    this.#last += 1;
    const event = { id: this.#last, previousEventId, type, timestamp: this.#now(), details };
    if (this.#kept) this.events.push(event);
    this.#watch(event);
    return this.#last;
  }
}

/** Data as history tells it: its JSON text, and that nothing was cut off. */
export const told = (name: 'input' | 'output', value: Json): JsonObject => ({
  [name]: JSON.stringify(value),
  [`${name}Details`]: { truncated: false },
});

/** An error as history and `DescribeExecution` tell it: what is not there is left out. */
export const toldError = (error: string | undefined, cause: string | undefined): JsonObject => ({
  ...(error === undefined ? {} : { error }),
  ...(cause === undefined ? {} : { cause }),
});
