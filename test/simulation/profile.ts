import type { Random } from './random.ts';

/** How a simulated world is disturbed. Each seed has other troubles: what never meets the one may only show beside the other. */
export interface Profile {
  /** How many sessions there are. */
  readonly sessions: number;
  /** How many processes run on the one store. */
  readonly hosts: 1 | 2;
  /** Whether the channel takes what is pushed. */
  readonly pushes: boolean;
  /** Whether the channel takes words as they are composed. */
  readonly streams: boolean;
  /** Whether processes that start later have an edited workflow. */
  readonly edits: boolean;
  /** Between two steps, a process dies. */
  readonly crash: number;
  /** Between two steps, a process is closed. */
  readonly close: number;
  /** An operation of the store fails and has done nothing. */
  readonly storeFails: number;
  /** A commit is kept, but its answer is lost. */
  readonly commitUnknown: number;
  /** The longest an operation of the store takes, in milliseconds. */
  readonly storeTakes: number;
  /** A tool fails, is late, answers nonsense or not at all. */
  readonly toolFails: number;
  readonly deciderFails: number;
  readonly pushFails: number;
  /** A guard blocks what a tool is given or returned. */
  readonly guardBlocks: number;
  /** A guard fails, is late, answers nonsense or not at all. */
  readonly guardFails: number;
  /** A tool, guard or decider takes long, but not too long. */
  readonly slow: number;
  /** A caller sends the next event without waiting for an answer, or one again. */
  readonly impatient: number;
  /** A caller says what has nothing to do with the question. */
  readonly erratic: number;
}

export function drawProfile(random: Random): Profile {
  const some = (likely: number, ...values: readonly number[]) => (random.chance(likely) ? random.pick(values) : 0);
  const sessions = random.pick([1, 2, 4, 8, 16, 32]);
  const steps = sessions * 80;
  return {
    sessions,
    hosts: random.chance(0.2) ? 2 : 1,
    pushes: random.chance(0.5),
    streams: random.chance(0.6),
    edits: random.chance(0.5),
    crash: some(0.6, 1, 3, 8) / steps,
    close: some(0.2, 1, 3) / steps,
    storeFails: some(0.5, 0.01, 0.05, 0.2),
    commitUnknown: some(0.3, 0.01, 0.1),
    storeTakes: some(0.5, 5, 200, 2_000),
    toolFails: some(0.6, 0.05, 0.3, 0.7),
    deciderFails: some(0.5, 0.03, 0.2),
    pushFails: some(0.3, 0.1, 0.5),
    slow: some(0.6, 0.1, 0.4),
    impatient: some(0.7, 0.05, 0.2, 0.5),
    erratic: some(0.8, 0.1, 0.4),
    guardBlocks: some(0.4, 0.03, 0.2),
    guardFails: some(0.3, 0.03, 0.2),
  };
}
