import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TypedVariable } from '../schema.ts';
import type { Json } from '../type.ts';
import { findValues, readValue, sayValue, typeOfVariable } from './values.ts';

/** Wednesday noon in New York. */
const moment = { now: Date.UTC(2026, 2, 4, 17), timezone: 'America/New_York' };
const order: TypedVariable = { type: 'string', pattern: 'W\\d{7}', spoken: 'characters' };

const VARIABLES: readonly TypedVariable[] = [
  { type: 'string' },
  order,
  { type: 'string', spoken: 'characters' },
  { type: 'string', spoken: 'digits' },
  { type: 'string', pattern: '[A-Za-z]{2,5}', minLength: 3 },
  { type: 'number' },
  { type: 'number', min: 1, max: 10 },
  { type: 'integer' },
  { type: 'money' },
  { type: 'money', currency: 'JPY' },
  { type: 'boolean' },
  { type: 'date' },
  { type: 'date', prefer: 'past' },
  { type: 'time' },
  { type: 'email' },
  { type: 'phone' },
  { type: 'choice', values: { red: ['crimson'], 'light blue': ['sky'] } },
  { type: 'list', of: { type: 'integer' }, maxItems: 3 },
  { type: 'object', fields: { order, email: { type: 'email' }, when: { type: 'date' } } },
];

describe('reading a value', () => {
  it.each<[TypedVariable, Json, Json]>([
    [{ type: 'string' }, '  as it is  ', 'as it is'],
    [order, 'w one two three four five six seven', 'W1234567'],
    [{ type: 'string', spoken: 'digits' }, 1234, '1234'],
    [{ type: 'number' }, 'two and a half', 2.5],
    [{ type: 'number' }, '12*5#', 12.5],
    [{ type: 'integer' }, '42', 42],
    [{ type: 'integer' }, 'I would like twenty of them', 20],
    [{ type: 'money' }, 'forty nine ninety nine', 49.99],
    [{ type: 'money' }, '49*99#', 49.99],
    [{ type: 'boolean' }, 'yup', true],
    [{ type: 'boolean' }, '2', false],
    [{ type: 'boolean' }, 'false', false],
    [{ type: 'date' }, 'next Tuesday', '2026-03-10'],
    [{ type: 'date' }, '03041985#', '1985-03-04'],
    [{ type: 'date' }, '2026-03-05', '2026-03-05'],
    [{ type: 'time' }, '1530', '15:30'],
    [{ type: 'time' }, '03:30', '03:30'],
    [{ type: 'email' }, 'Jane@Example.com', 'jane@example.com'],
    [{ type: 'phone' }, '(202) 555-0123', '+12025550123'],
    [{ type: 'phone', country: 'GB' }, '020 7946 0958', '+442079460958'],
    [{ type: 'choice', values: ['red', 'blue'] }, 'the red one', 'red'],
    [{ type: 'list', of: { type: 'choice', values: ['red', 'blue'] } }, 'red and blues', ['red', 'blue']],
    [{ type: 'list', of: { type: 'string' } }, 'milk, eggs and bread', ['milk', 'eggs', 'bread']],
    [{ type: 'list', of: { type: 'integer' } }, 5, [5]],
    [
      { type: 'object', fields: { email: { type: 'email' }, n: { type: 'integer' } } },
      { email: 'A@b.co', other: 1, n: null },
      { email: 'a@b.co' },
    ],
    [
      { type: 'object', fields: { email: { type: 'email' }, order } },
      'jane at example dot com, W1234567',
      { order: 'W1234567', email: 'jane@example.com' },
    ],
  ])('%j from %j', (variable, given, value) => {
    expect(readValue(variable, given, moment)).toEqual({ ok: true, value });
  });

  it.each<[TypedVariable, Json, string]>([
    [{ type: 'string' }, '', 'it does not have the right form'],
    [{ type: 'string' }, true, 'it is not text'],
    [order, 'W123', 'it does not have the right form'],
    [{ type: 'number' }, 'many', 'it is not a number'],
    [{ type: 'number' }, null, 'it is not a number'],
    [{ type: 'integer' }, 2.5, 'it is not a whole number'],
    [{ type: 'integer' }, 'two, three', 'it could mean more than one thing'],
    [{ type: 'integer', max: 10 }, 'fifty', 'it is more than the most allowed'],
    [{ type: 'money', min: 1 }, 'fifty cents', 'it is less than the least allowed'],
    [{ type: 'money' }, 49.999, 'it has more decimals than its currency'],
    [{ type: 'money', currency: 'JPY' }, 0.5, 'it has more decimals than its currency'],
    [{ type: 'boolean' }, 'maybe', 'it is neither yes nor no'],
    [{ type: 'date' }, '2026-02-30', 'it is not a date'],
    [{ type: 'date' }, 'between march 3 and march 5', 'it could mean more than one thing'],
    [{ type: 'time' }, '25:00', 'it is not a time of day'],
    [{ type: 'email' }, 'jane at home', 'it is not an e-mail address'],
    [{ type: 'phone' }, '12345', 'it is not a phone number'],
    [{ type: 'choice', values: ['red', 'blue'] }, 'green', 'it is none of the values'],
    [{ type: 'choice', values: ['red', 'blue'] }, 'red or blue', 'it could mean more than one thing'],
    [{ type: 'list', of: { type: 'integer' }, maxItems: 2 }, [1, 2, 3], 'it has too many items'],
    [{ type: 'object', fields: { email: { type: 'email' } } }, { email: 'x' }, 'email: it is not an e-mail address'],
    [{ type: 'object', fields: {} }, [], 'it has no fields'],
  ])('%j not from %j', (variable, given, problem) => {
    expect(readValue(variable, given, moment)).toEqual({ ok: false, problem });
  });

  it('counts days where the caller is', () => {
    const now = Date.parse('2026-03-05T04:30:00Z');
    const tomorrow = (timezone: string) => readValue({ type: 'date' }, 'tomorrow', { now, timezone });
    expect(tomorrow('America/Los_Angeles')).toEqual({ ok: true, value: '2026-03-05' });
    expect(tomorrow('Asia/Tokyo')).toEqual({ ok: true, value: '2026-03-06' });
  });

  it('of what it gave gives the same again', () => {
    const said = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        'W1234567',
        'w one two three four five six seven',
        'forty nine ninety nine',
        'half past three',
        'jane dot doe at example dot com',
        'next tuesday',
        'two oh two five five five oh one two three',
        'Sky',
        'crimson',
        'yes please',
        'a b c one two',
        'Nine',
        'one, two',
        '3/4',
      ),
      fc
        .array(
          fc.constantFrom(
            'one',
            'two',
            'Oh',
            'W',
            'a',
            'double',
            'hundred',
            'march',
            'third',
            'at',
            'dot',
            'com',
            '$',
            '.',
            '-',
            '5',
            '30',
            'pm',
            ',',
          ),
          { maxLength: 8 },
        )
        .map((words) => words.join(' ')),
      fc.double({ noNaN: true }),
      fc.integer(),
      fc.boolean(),
      fc.array(fc.integer(), { maxLength: 3 }),
    );
    let given = 0;
    fc.assert(
      fc.property(fc.constantFrom(...VARIABLES), said, (variable, value) => {
        const read = readValue(variable, value, moment);
        if (!read.ok) return;
        given++;
        expect(readValue(variable, read.value, moment)).toEqual(read);
      }),
      { numRuns: 3_000 },
    );
    expect(given).toBeGreaterThan(300);
  });

  it('of a code that was read aloud gives the code', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z0-9]{1,12}$/), (code) => {
        const variable: TypedVariable = { type: 'string', spoken: 'characters' };
        expect(readValue(variable, sayValue(code, typeOfVariable(variable), 'voice'), moment)).toEqual({
          ok: true,
          value: code,
        });
      }),
    );
  });

  it('of an amount, date, time, address or phone number that was said gives it', () => {
    const two = (value: number) => String(value).padStart(2, '0');
    const cases: fc.Arbitrary<[TypedVariable, Json]> = fc.oneof(
      fc.integer({ min: 0, max: 10_000_000 }).map((cents): [TypedVariable, Json] => [{ type: 'money' }, cents / 100]),
      fc.integer({ min: -100_000, max: 100_000 }).map((value): [TypedVariable, Json] => [{ type: 'integer' }, value]),
      fc
        .date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
        .map((date): [TypedVariable, Json] => [{ type: 'date' }, date.toISOString().slice(0, 10)]),
      fc
        .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
        .map(([hour, minute]): [TypedVariable, Json] => [{ type: 'time' }, `${two(hour)}:${two(minute)}`]),
      fc
        .stringMatching(/^q[b-z]{1,6}([._-]q[b-z]{1,6})?@q[b-z]{2,8}\.(com|org|co\.uk)$/)
        .map((value): [TypedVariable, Json] => [{ type: 'email' }, value]),
      fc
        .integer({ min: 200_0000, max: 999_9999 })
        .map((value): [TypedVariable, Json] => [{ type: 'phone' }, `+1202${value}`]),
    );
    fc.assert(
      fc.property(cases, fc.constantFrom('voice', 'chat'), ([variable, value], channel) => {
        const said = sayValue(value, typeOfVariable(variable), channel);
        expect(readValue(variable, said, moment)).toEqual({ ok: true, value });
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('finding values', () => {
  const utterance = 'my email is jane at example dot com and the order is W1234567';

  it('keeps the kinds apart', () => {
    const values = (variable: TypedVariable) => findValues(variable, utterance, moment).map(({ value }) => value);
    expect(values({ type: 'email' })).toEqual(['jane@example.com']);
    expect(values(order)).toEqual(['W1234567']);
    for (const type of ['integer', 'number', 'money', 'date', 'time', 'phone', 'boolean', 'string'] as const)
      expect([type, values({ type })]).toEqual([type, []]);
  });

  it('finds the fields of an object together', () => {
    const variable: TypedVariable = {
      type: 'object',
      fields: { email: { type: 'email' }, order, sure: { type: 'boolean' } },
    };
    expect(findValues(variable, utterance, moment)).toMatchObject([
      { value: { email: 'jane@example.com', order: 'W1234567' }, start: 12, end: 61 },
    ]);
  });

  it('are found though the caller hesitates in the middle of a day or a time', () => {
    const heard = (variable: TypedVariable, text: string) =>
      findValues(variable, text, moment).map(({ value }) => value);
    expect(heard({ type: 'date', prefer: 'past' }, "it's may fourth nineteen uh ninety")).toEqual(['1990-05-04']);
    expect(heard({ type: 'time' }, 'at eleven in eh morning')).toEqual(['11:00']);
  });

  it('finds the items of a list in order', () => {
    const list: TypedVariable = { type: 'list', of: { type: 'integer' }, maxItems: 2 };
    expect(findValues(list, 'I have 3 kids and 2 dogs', moment)).toMatchObject([{ value: [3, 2], start: 7, end: 19 }]);
    expect(findValues(list, '1 cat, 2 dogs, 3 birds', moment)).toEqual([]);
  });

  it('takes a whole answer for a yes or no', () => {
    expect(findValues({ type: 'boolean' }, ' nope. ', moment)).toEqual([
      { value: false, start: 1, end: 6, confidence: 0.95 },
    ]);
  });

  it('finds no number in an address or a phone number', () => {
    expect(findValues({ type: 'integer' }, 'jane 99 at example dot com or 202 555 0123', moment)).toEqual([]);
  });

  it('finds no number out of range', () => {
    expect(
      findValues({ type: 'integer', min: 1, max: 10 }, '5 of the 50 boxes', moment).map(({ value }) => value),
    ).toEqual([5]);
  });

  it('gives what reading gives, in order of confidence, within the utterance and apart', () => {
    const words = fc.array(
      fc.constantFrom(
        'one',
        'two',
        'twenty',
        'oh',
        'hundred',
        'and',
        'W',
        '1234567',
        'at',
        'jane',
        'dot',
        'com',
        'march',
        'third',
        '3/4',
        'pm',
        '$5',
        'cents',
        'red',
        'not',
        'sky',
        'double',
        'a',
        'as',
        'in',
        'for',
        ',',
        '-',
        '.',
        '@',
        '+',
        'yes',
        'no',
        'next',
        'friday',
        'week',
        'from',
        'half',
        'past',
        'point',
        'quarter',
        'to',
        'minus',
        'plus',
        'million',
        'the',
        'k',
        'dozen',
        'o',
        'point',
        '202',
        '555',
        '0123',
      ),
      { maxLength: 20 },
    );
    const utterances = fc.oneof(
      fc.string({ unit: 'binary' }),
      words.map((all) => all.join(' ')),
      words.map((all) => all.join('')),
    );
    fc.assert(
      fc.property(fc.constantFrom(...VARIABLES), utterances, (variable, utterance) => {
        const found = findValues(variable, utterance, moment);
        found.forEach((one, index) => {
          expect(one.start).toBeGreaterThanOrEqual(0);
          expect(one.end).toBeGreaterThan(one.start);
          expect(one.end).toBeLessThanOrEqual(utterance.length);
          expect(one.confidence).toBeGreaterThan(0);
          expect(one.confidence).toBeLessThanOrEqual(found[index - 1]?.confidence ?? 1);
          expect(readValue(variable, one.value, moment)).toEqual({ ok: true, value: one.value });
          for (const other of found.slice(index + 1))
            expect(one.start >= other.end || other.start >= one.end).toBe(true);
        });
      }),
      { numRuns: 3_000 },
    );
  });

  it.each(['oh ', '1 ', 'a.', 'at dot ', '((((', 'one hundred and ', 'W1234567 ', '-', 'no not '])(
    'of a megabyte of %j reads only the beginning',
    (piece) => {
      const long = piece.repeat(Math.ceil(1_000_000 / piece.length));
      const started = performance.now();
      for (const variable of VARIABLES)
        for (const { end } of findValues(variable, long, moment)) expect(end).toBeLessThanOrEqual(2_000);
      expect(performance.now() - started).toBeLessThan(2_000);
    },
  );
});

describe('the static type of a variable', () => {
  it.each<[TypedVariable, unknown]>([
    [{ type: 'string' }, { kind: 'string' }],
    [order, { kind: 'string', format: 'characters' }],
    [{ type: 'string', spoken: 'words' }, { kind: 'string' }],
    [{ type: 'integer' }, { kind: 'number', integer: true }],
    [{ type: 'money' }, { kind: 'number', format: 'money', currency: 'USD' }],
    [{ type: 'date' }, { kind: 'string', format: 'date' }],
    [
      { type: 'choice', values: { a: ['x'], b: [] } },
      { kind: 'string', values: ['a', 'b'] },
    ],
    [
      { type: 'list', of: { type: 'boolean' } },
      { kind: 'list', items: { kind: 'boolean' } },
    ],
    [
      { type: 'object', fields: { n: { type: 'number' } } },
      { kind: 'object', fields: { n: { type: { kind: 'number' }, optional: true } } },
    ],
  ])('of %j', (variable, type) => {
    expect(typeOfVariable(variable)).toEqual(type);
  });
});
