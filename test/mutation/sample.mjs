import { createHash } from 'node:crypto';

export const LEFT_OUT = 'not in the sample';

const share = Number(process.env.MUTATION_SHARE ?? 1);
const seed = process.env.MUTATION_SEED ?? '1';

/** Whether a mutant is in the random sample that the seed draws. */
export function inSample({ fileName, location, mutatorName, replacement }) {
  const { start, end } = location;
  const name = fileName.slice(fileName.lastIndexOf('/packages/') + 1);
  const place = [start.line, start.column, end.line, end.column];
  const key = JSON.stringify([seed, name, place, mutatorName, replacement]);
  return createHash('sha256').update(key).digest().readUInt32BE() < share * 2 ** 32;
}
