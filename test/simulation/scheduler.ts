import { setImmediate as macrotask } from 'node:timers';
import type { Clock } from '@parley/engine';
import type { Random } from './random.ts';

/** Whoever something is parked for. What is parked for a process that has died never happens. */
export interface Owner {
  readonly name: string;
  readonly alive: boolean;
}

/** The world itself: callers, the backends of tools, and whoever starts processes. It never dies. */
export const WORLD: Owner = { name: 'world', alive: true };

interface Parked {
  readonly owner: Owner;
  /** When it may happen, in milliseconds since the epoch. */
  readonly at: number;
  readonly label: string;
  readonly happen: () => void;
}

/**
 * Owns the time, and the order of everything that is waited for: what could happen now happens one by one, in an order
 * drawn from the seed, and time only passes when nothing can. Between two of them, all that the engine can do without
 * waiting is done: its promises are microtasks, all of which run before the next macrotask.
 */
export class Scheduler {
  readonly #random: Random;
  readonly #trace: ((line: string) => void) | undefined;
  #parked: Parked[] = [];
  #now: number;
  /** Told how many milliseconds go by, before they do. */
  onPassing: (milliseconds: number) => void = () => undefined;

  constructor(random: Random, start: number, trace?: (line: string) => void) {
    this.#random = random;
    this.#now = start;
    this.#trace = trace;
  }

  get now(): number {
    return this.#now;
  }

  /** Has something happen after so many milliseconds, at the earliest. Returns how to call it off. */
  park(owner: Owner, after: number, label: string, happen: () => void): () => void {
    if (!owner.alive) return () => undefined;
    const parked = { owner, at: this.#now + Math.max(0, after), label, happen };
    this.#parked.push(parked);
    return () => {
      const index = this.#parked.indexOf(parked);
      if (index >= 0) this.#parked.splice(index, 1);
    };
  }

  /** A promise for what `work` returns or throws when it happens; for a dead process it is never settled. */
  answer<T>(owner: Owner, after: number, label: string, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.park(owner, after, label, () => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** The clock of one process. */
  clock(owner: Owner): Clock {
    return {
      now: () => this.#now,
      after: (milliseconds, then) => this.park(owner, milliseconds, `${owner.name} wakes`, then),
    };
  }

  /** Forgets all that is parked for one that has died. Returns the labels. */
  drop(owner: Owner): void {
    this.#parked = this.#parked.filter((parked) => parked.owner !== owner);
  }

  trace(line: () => string): void {
    if (this.#trace) this.#trace(`${clockTime(this.#now)} ${line()}`);
  }

  /** Has one thing happen, and all that follows from it without waiting. False when there is nothing left. */
  async step(): Promise<boolean> {
    if (this.#parked.length === 0) return false;
    let ready = this.#parked.filter(({ at }) => at <= this.#now);
    if (ready.length === 0) {
      const next = this.#parked.reduce((soonest, { at }) => Math.min(soonest, at), Number.POSITIVE_INFINITY);
      this.onPassing(next - this.#now);
      this.#now = next;
      ready = this.#parked.filter(({ at }) => at <= next);
    }
    const one = this.#random.pick(ready);
    this.#parked.splice(this.#parked.indexOf(one), 1);
    this.trace(() => one.label);
    one.happen();
    await quiet();
    return true;
  }
}

/** Until no microtask is left. */
export const quiet = () => new Promise<void>((resolve) => macrotask(resolve));

const clockTime = (at: number) => new Date(at).toISOString().slice(11, 23);
