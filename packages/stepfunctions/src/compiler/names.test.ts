import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Names } from './names.ts';

it('a short name is the step’s own', () => {
  const names = new Names();
  expect(names.of('identify/enter')).toBe('identify/enter');
  expect(names.of('identify/enter', 'decide')).toBe('identify/enter: decide');
});

it('names are unique, the same for the same, and of at most 80 characters', () => {
  const step = fc.oneof(
    fc.string({ maxLength: 120 }),
    fc.constantFrom('a', 'a: next', `${'b'.repeat(100)}1`, `${'b'.repeat(100)}2`),
  );
  const purpose = fc.constantFrom(undefined, 'next', 'decide');
  fc.assert(
    fc.property(fc.array(fc.tuple(step, purpose), { maxLength: 30 }), (asked) => {
      const names = new Names();
      const given = new Map(asked.map(([step, purpose]) => [JSON.stringify([step, purpose]), names.of(step, purpose)]));
      for (const [step, purpose] of asked)
        expect(names.of(step, purpose)).toBe(given.get(JSON.stringify([step, purpose])));
      expect(new Set(given.values()).size).toBe(given.size);
      for (const name of given.values()) expect([...name].length).toBeLessThanOrEqual(80);
    }),
  );
});
