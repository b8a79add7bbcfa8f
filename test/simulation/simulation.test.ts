import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as module from '@parley/engine';
import { watchRealWorld } from './real-time.ts';
import { SABOTAGES, searchFor } from './sabotage.ts';
import { simulate } from './simulation.ts';

/** Where the seeds of these tests begin. `npm run simulate` runs others, and many more. */
const SEED = 1;
const SESSIONS = 300;
/** How many sessions a sabotage may go unnoticed for here. */
const PATIENCE = 2_000;

it('holds what it promises, whatever goes wrong', async () => {
  const total = { sessions: 0, crashes: 0, conflicts: 0, writes: 0, pushes: 0, streams: 0 };
  for (let seed = SEED; total.sessions < SESSIONS; seed++) {
    const { violations, figures } = await simulate(seed, { module });
    expect({ seed, violations }).toEqual({ seed, violations: [] });
    total.sessions += figures.sessions;
    total.crashes += figures.crashes;
    total.conflicts += figures.conflicts;
    total.writes += figures.writes;
    total.pushes += figures.pushes;
    total.streams += figures.streams;
  }
  // Nothing was in vain: all of it has happened.
  expect(Object.values(total).every((count) => count > 0)).toBe(true);
}, 180_000);

describe('a seed', () => {
  /** The same world to the letter: all that happens in it, in order. */
  async function traceOf(seed: number) {
    const hash = createHash('sha256');
    let lines = 0;
    const trace = (line: string) => {
      lines += 1;
      hash.update(`${line}\n`);
    };
    const { result, used } = await watchRealWorld(() => simulate(seed, { module, trace }));
    return { hash: hash.digest('hex'), lines, used, figures: result.figures };
  }

  it('gives the same run each time, and nothing of the real world gets in', async () => {
    const hashes = new Set<string>();
    for (const seed of [SEED, SEED + 1, SEED + 2, SEED + 3, SEED + 4]) {
      const once = await traceOf(seed);
      expect(await traceOf(seed)).toEqual(once);
      expect(once.used).toEqual([]);
      expect(once.lines).toBeGreaterThan(once.figures.steps);
      hashes.add(once.hash);
    }
    expect(hashes.size).toBe(5);
  }, 180_000);
});

describe('a sabotage is found:', () => {
  it.each(SABOTAGES.map((one) => [one.name, one] as const))(
    '%s',
    async (_, one) => {
      const found = await searchFor(one, SEED, PATIENCE);
      expect(found?.violations.map(({ invariant }) => invariant)).toContain(one.breaks);
    },
    180_000,
  );
});
