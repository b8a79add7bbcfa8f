import { describe, expect, it } from '@jest/globals';
import { STEP_KINDS } from '@parley/workflow';
import { examine } from './examine.ts';
import { specimenOf } from './specimen.ts';

describe('workflows made up at random, right and broken', () => {
  // Always the same, so that what fails fails again; `npm run generated` finds what has not been found yet.
  it.each([1, 2])(
    'are checked, and driven to an end where they pass (seed %d)',
    (seed) => {
      let valid = 0;
      const kinds = new Set<string>();
      const codes = new Set<string>();
      for (let index = 0; index < 120; index++) {
        const { one, whole, random } = specimenOf(seed, index);
        const { problems, program, journeys, wrong } = examine(one, whole.source, random);
        // Again with: npm run generated -- --seed SEED --only INDEX
        expect({ seed, index, wrong }).toEqual({ seed, index, wrong: [] });
        for (const { code } of problems) codes.add(code);
        if (program) valid += 1;
        for (const { visited } of journeys)
          for (const name of visited) kinds.add(program?.steps.get(name)?.kind ?? name);
      }
      if (seed !== 1) return;
      expect(valid).toBeGreaterThan(40);
      expect(STEP_KINDS.filter((kind) => !kinds.has(kind))).toEqual([]);
      expect(codes.size).toBeGreaterThan(40);
    },
    120_000,
  );
});
