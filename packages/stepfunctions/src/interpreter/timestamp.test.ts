import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { waitUntil } from './timestamp.ts';

describe("a Wait's timestamp", () => {
  it.each([
    ['2016-03-14T01:59:00Z', '2016-03-14T01:59:00.000Z'],
    ['2016-03-05T21:29:29.243167252Z', '2016-03-05T21:29:29.243Z'],
    ['2016-03-05T21:29Z', '2016-03-05T21:29:00.000Z'],
    ['2016-03-05T21:29:29+02:00', '2016-03-05T19:29:29.000Z'],
    ['2016-03-05T21:29:29-05:30', '2016-03-06T02:59:29.000Z'],
    ['2024-02-29t00:00:00z', '2024-02-29T00:00:00.000Z'],
    ['0099-01-01T00:00:00Z', '0099-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(new Date(waitUntil(text) ?? Number.NaN).toISOString()).toBe(expected);
  });

  it.each([
    '2016-12-05 21:29:29Z',
    '2016-12-05T21:29:29',
    '2016-13-05T21:29:29Z',
    '2016-12-05T25:29:29Z',
    '2016-12-05T21:60:29Z',
    '2016-12-05T21:29:60Z',
    '05-12-2016T21:29:29Z',
    '2023-02-29T00:00:00Z',
    '2016-12-05T21:29:29.1234567890Z',
    '2016-12-05T21:29:29+19:00',
    '',
  ])('%s is none', (text) => expect(waitUntil(text)).toBeUndefined());

  it('reads whatever time JavaScript writes', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true }), (date) => {
        expect(waitUntil(date.toISOString())).toBe(date.getTime());
      }),
    );
  });
});
