import { createHash } from 'node:crypto';

/** Random numbers that are the same for the same seed, in [0, 1): an execution is the same whenever it is run. */
export type Random = () => number;

/** Mulberry32, seeded by the hash of a text. */
export function seeded(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A UUID of version 4 out of random numbers. */
export function uuid(random: Random): string {
  const hex = Array.from({ length: 32 }, (_, i) => {
    const digit = Math.floor(random() * 16);
    return (i === 12 ? 4 : i === 16 ? (digit & 3) | 8 : digit).toString(16);
  }).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The first number that Java's `Random` gives for a seed, in [0, 1): what AWS's `$random(seed)` gives. `seed`: a whole number. */
export function javaRandom(seed: number): number {
  const [multiplier, mask] = [0x5deece66dn, (1n << 48n) - 1n];
  const next = (state: bigint) => (state * multiplier + 11n) & mask;
  const first = next((BigInt(seed) ^ multiplier) & mask);
  const second = next(first);
  return Number(((first >> 22n) << 27n) + (second >> 21n)) / 2 ** 53;
}
