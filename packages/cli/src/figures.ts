/** The value that a share `p` (0 to 1) of them is at most: the nearest rank. Undefined of none. */
export function percentile(values: readonly number[], p: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)];
}

/** In how many of how many, and between which shares that is likely to lie: Wilson's interval, at 95 %. */
export interface Share {
  readonly count: number;
  readonly of: number;
  readonly low: number;
  readonly high: number;
}

/** Wilson's interval of a share, which does not leave 0 to 1 and means something for small numbers too. */
export function shareOf(count: number, of: number): Share {
  if (of === 0) return { count, of, low: 0, high: 1 };
  const z = 1.959964;
  const p = count / of;
  const middle = p + (z * z) / (2 * of);
  const spread = z * Math.sqrt((p * (1 - p)) / of + (z * z) / (4 * of * of));
  const whole = 1 + (z * z) / of;
  return { count, of, low: Math.max(0, (middle - spread) / whole), high: Math.min(1, (middle + spread) / whole) };
}

/** US dollars: cents of large sums, two digits that tell something of small ones. */
export function usd(amount: number): string {
  if (amount === 0) return '$0';
  if (amount < 0.000001) return '<$0.000001';
  return `$${amount < 0.01 ? Number(amount.toPrecision(2)) : amount.toFixed(amount < 1 ? 4 : 2)}`;
}

/** A whole number with its thousands apart. */
export const whole = (number: number): string => Math.round(number).toLocaleString('en-US');

/** Lines of cells that stand under each other: the first `words` columns to the left, figures to the right. */
export function table(rows: readonly (readonly string[])[], words: number): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column < words ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
