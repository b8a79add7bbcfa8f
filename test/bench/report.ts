import { nanos, ratio, type Timings } from './measure.ts';

/** What a benchmark found. */
export interface Result {
  readonly title: string;
  /** The row that the others are compared with. */
  readonly yardstick: string;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Its value as a multiple of the yardstick's. */
  readonly ratio: number;
  readonly more?: string;
  readonly targets?: readonly Target[];
}

export interface Target {
  /** What is looked at, such as `time as a multiple of raw SQLite`. */
  readonly of: string;
  readonly value: number;
  readonly limit: number;
  readonly bound: 'at most' | 'at least';
}

export const met = ({ value, limit, bound }: Target) => (bound === 'at most' ? value <= limit : value >= limit);

/** A row for each subject that was timed: microseconds an operation. */
export function rowsOf(timings: Timings, yardstick: string): Row[] {
  return [...timings.keys()].map((name) => ({
    name,
    value: nanos(timings, name) / 1000,
    unit: 'µs',
    ratio: ratio(timings, name, yardstick),
  }));
}

export function print({ title, yardstick, rows }: Result): void {
  console.log(`${title} (yardstick: ${yardstick})`);
  for (const { name, value, unit, ratio, more = '', targets = [] } of rows) {
    const columns = [
      name.padEnd(44),
      short(value).padStart(9),
      unit.padEnd(14),
      `${short(ratio)} ×`.padStart(10),
      more,
    ];
    console.log(`  ${columns.join(' ').trimEnd()}`);
    for (const target of targets) {
      const { of, value, limit, bound } = target;
      console.log(`    ${met(target) ? 'met' : 'NOT MET'}: ${of} is ${short(value)}, ${bound} ${limit}`);
    }
  }
  console.log();
}

/** Three digits, or whole numbers. */
export function short(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
