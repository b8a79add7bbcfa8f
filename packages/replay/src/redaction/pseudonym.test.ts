import { describe, expect, it } from '@jest/globals';
import { readValue, type TypedVariable, typeOfVariable } from '@parley/workflow';
import fc from 'fast-check';
import { type Drawing, isCardNumber, pseudonymOf } from './pseudonym.ts';

const moment = { now: Date.UTC(2026, 0, 5, 15), timezone: 'UTC' };
const drawing: Drawing = {
  key: 'k',
  session: 's',
  moment,
  literals: new Set(),
  isHeard: () => false,
  variables: new Map(),
};
const free = { likeness: 0, attempt: 0, taken: () => false } as const;

function like(value: string | number, definition?: TypedVariable, more: Partial<Drawing> = {}) {
  const type = definition && typeOfVariable(definition);
  const uses = [{ value, kind: 'pii', from: 'it', type, definition }] as const;
  return pseudonymOf(value, uses, { ...drawing, ...more }, free);
}

/** The class of each sign: digit, capital, small letter, or the sign itself. */
const shape = (text: string) => text.replace(/\d/g, '0').replace(/[A-Z]/g, 'A').replace(/[a-z]/g, 'a');

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
const word = fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz'), minLength: 3, maxLength: 9 });

const variables: readonly (readonly [string, TypedVariable, fc.Arbitrary<string>])[] = [
  ['a ZIP code', { type: 'string', pattern: '\\d{5}', spoken: 'digits' }, digits(5)],
  [
    'a member number',
    { type: 'string', pattern: '[A-Z]{2}\\d{6}', spoken: 'characters' },
    digits(6).map((end) => `QX${end}`),
  ],
  // A vehicle's number has no I, O or Q.
  [
    'a code of few letters',
    { type: 'string', pattern: '[A-HJ-NPR-Z0-9]{17}', spoken: 'characters' },
    fc.string({ unit: fc.constantFrom(...'ABCDEFGHJKLMNPRSTUVWXYZ0123456789'), minLength: 17, maxLength: 17 }),
  ],
  [
    'a number in groups',
    { type: 'string', pattern: '\\d{3}-\\d{2}-\\d{4}' },
    digits(9).map((all) => `${all.slice(0, 3)}-${all.slice(3, 5)}-${all.slice(5)}`),
  ],
  [
    'a name',
    { type: 'string', maxLength: 40 },
    fc.tuple(word, word).map(([first, last]) => `${first} ${last.charAt(0).toUpperCase()}${last.slice(1)}`),
  ],
];

describe('a pseudonym', () => {
  it.each(variables)('has the form of the value and is valid: %s', (_, definition, values) => {
    fc.assert(
      fc.property(values, (value) => {
        const other = String(like(value, definition));
        expect(other).not.toBe(value);
        expect(shape(other)).toBe(shape(value));
        expect(readValue(definition, other, moment)).toEqual({ ok: true, value: other });
        expect(like(value, definition)).toBe(other);
      }),
      { numRuns: 60 },
    );
  });

  it("of an e-mail address is one, at a domain that is nobody's", () => {
    fc.assert(
      fc.property(word, word, digits(2), (first, last, end) => {
        const other = String(like(`${first}.${last}${end}@${last}.net`, { type: 'email' }));
        expect(other).toMatch(/^[a-z]+\.[a-z]+\d\d@example\.(com|org)$/);
        expect(other).toHaveLength(`${first}.${last}${end}@example.com`.length);
      }),
    );
  });

  it('of a phone number is one that is kept for fiction', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2_000_000_000, max: 9_999_999_999 }), (number) => {
        expect(String(like(`+1${number}`, { type: 'phone' }))).toMatch(/^\+1\d{3}55501\d\d$/);
      }),
    );
    expect(String(like('+447911123456', { type: 'phone', country: 'GB' }))).toMatch(/^\+447700900\d{3}$/);
  });

  it('of a day is on the same side of the day of the call', () => {
    const day = fc.date({ min: new Date('1920-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(day, (date) => {
        const value = date.toISOString().slice(0, 10);
        const other = String(like(value, { type: 'date' }));
        expect(readValue({ type: 'date' }, other, moment)).toEqual({ ok: true, value: other });
        expect(Math.sign(other.localeCompare('2026-01-05'))).toBe(
          value === '2026-01-05' ? 1 : Math.sign(value.localeCompare('2026-01-05')),
        );
      }),
    );
  });

  it('of a number lies in its bounds and has as many digits and decimals', () => {
    const definition: TypedVariable = { type: 'number', min: 1, max: 900 };
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 900 }), (value) => {
        const other = Number(like(value, definition));
        expect(other).toBeGreaterThanOrEqual(1);
        expect(other).toBeLessThanOrEqual(900);
        expect(String(other)).toHaveLength(String(value).length);
      }),
    );
    expect(String(like(49.95, { type: 'money' }))).toMatch(/^\d\d(\.\d\d?)?$/);
  });

  it('of a card number has the same network, and a right check digit where that had one', () => {
    // Numbers that the networks give out for tests, and one with a digit changed.
    for (const value of ['4111111111111111', '5500000000000004', '378282246310005']) {
      const other = String(like(value));
      expect(other).not.toBe(value);
      expect(other.charAt(0)).toBe(value.charAt(0));
      expect(isCardNumber(other)).toBe(true);
    }
    expect(isCardNumber('4111111111111112')).toBe(false);
    expect(isCardNumber(String(like('4111111111111112')))).toBe(false);
  });

  it('of what is not valid is not valid', () => {
    for (const [value, definition] of [
      ['972', { type: 'string', pattern: '\\d{5}' }],
      ['nobody', { type: 'email' }],
      ['ten', { type: 'phone' }],
    ] as const)
      expect(readValue(definition, String(like(value, definition)), moment).ok).toBe(false);
  });

  it('is another with another key, session or attempt, and none that is taken', () => {
    const others = [
      like('Maya Chen'),
      like('Maya Chen', undefined, { key: 'other' }),
      like('Maya Chen', undefined, { session: 'other' }),
      pseudonymOf('Maya Chen', [], drawing, { ...free, attempt: 1 }),
      pseudonymOf('Maya Chen', [], drawing, {
        ...free,
        taken: (text) => text === String(like('Maya Chen')).toLowerCase(),
      }),
    ];
    expect(new Set(others).size).toBe(5);
  });

  it('there is none of what has only one form', () => {
    expect(like('A', { type: 'string', pattern: 'A' })).toBeUndefined();
    expect(like('W7', { type: 'string', pattern: 'W7|X' })).toBeUndefined();
  });
});
