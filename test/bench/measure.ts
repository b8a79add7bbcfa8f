/** Something to be timed. */
export interface Subject {
  readonly name: string;
  /** How many operations a round of it has. */
  readonly count: number;
  /** Makes a round ready, untimed. */
  readonly prepare?: () => void | Promise<void>;
  readonly run: (count: number) => void | Promise<void>;
}

/** The nanoseconds an operation of each subject took, round by round. */
export type Timings = ReadonlyMap<string, readonly number[]>;

/**
 * Times subjects in interleaved rounds, after one that does not count, so that whatever else the machine does falls on
 * all of them alike.
 */
export async function measure(subjects: readonly Subject[], rounds = 7): Promise<Timings> {
  const timings = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const { name, count, prepare, run } of subjects) {
      await prepare?.();
      const start = process.hrtime.bigint();
      await run(count);
      const took = Number(process.hrtime.bigint() - start) / count;
      if (round > 0) timings.get(name)?.push(took);
    }
  }
  return timings;
}

/** The median nanoseconds of an operation. */
export function nanos(timings: Timings, name: string): number {
  return median(timings.get(name) ?? []);
}

/** How many times as long an operation of one took as one of the other: the median of the rounds' ratios. */
export function ratio(timings: Timings, name: string, yardstick: string): number {
  const others = timings.get(yardstick) ?? [];
  return median((timings.get(name) ?? []).map((time, round) => time / (others[round] ?? Number.NaN)));
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

/** The value that a share of all values is at most. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
