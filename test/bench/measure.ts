/** Something to be timed: does `count` operations and may prepare itself outside of them. */
export interface Subject {
  readonly name: string;
  run(count: number): void | Promise<void>;
}

const ROUNDS = 7;

/**
 * Times subjects in interleaved rounds, so that whatever else the machine does falls on all of them alike.
 * Gives the median nanoseconds an operation took, by name.
 */
export async function measure(subjects: readonly Subject[], count: number): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
  for (const { run } of subjects) await run(Math.ceil(count / 10));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, run } of subjects) {
      const start = process.hrtime.bigint();
      await run(count);
      times.get(name)?.push(Number(process.hrtime.bigint() - start) / count);
    }
  }
  return new Map([...times].map(([name, all]) => [name, median(all)]));
}

export function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

/** A table of the results, each with its ratio to the yardstick. */
export function table(title: string, results: ReadonlyMap<string, number>, yardstick: string): void {
  const unit = results.get(yardstick) ?? Number.NaN;
  console.log(`${title} (yardstick: ${yardstick})`);
  for (const [name, time] of results) {
    const micros = time / 1000;
    console.log(
      `  ${name.padEnd(44)} ${micros.toFixed(micros < 1 ? 3 : 1).padStart(10)} µs ${(time / unit).toFixed(2).padStart(8)} ×`,
    );
  }
}
