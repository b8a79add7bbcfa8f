import { describe, expect, it } from '@jest/globals';
import { dateOfKeys, findDates, isDate, type Prefer } from './date.ts';
import { dayNumber, dayOf } from './moment.ts';
import { tokenise } from './tokens.ts';

/** Wednesday, March 4th 2026. */
const WEDNESDAY = dayNumber(2026, 3, 4);
const dates = (utterance: string, prefer?: Prefer, today = WEDNESDAY) =>
  findDates(tokenise(utterance), today, prefer).map(({ value }) => value);

describe('a date', () => {
  it.each([
    ['2026-12-25', '2026-12-25'],
    ['three slash four slash twenty six', '2026-03-04'],
    ['three slash fourteen', '2026-03-14'],
    ['a week tomorrow', '2026-03-12'],
    ['two weeks today', '2026-03-18'],
    ['the first of next month', '2026-04-01'],
    ['the twentieth of last month', '2026-02-20'],
    ['3/4/1985', '1985-03-04'],
    ['3-4-1985', '1985-03-04'],
    ['3.4.1985', '1985-03-04'],
    ['3/4/85', '1985-03-04'],
    ['13/4/2026', '2026-04-13'],
    ['3/14', '2026-03-14'],
    ['March third', '2026-03-03'],
    ['March 3rd', '2026-03-03'],
    ['March the third', '2026-03-03'],
    ['March three', '2026-03-03'],
    ['the 3rd of March 1985', '1985-03-03'],
    ['3 March 1985', '1985-03-03'],
    ['March 3, 1985', '1985-03-03'],
    ['march third nineteen eighty five', '1985-03-03'],
    ['march third nineteen eighty for', '1984-03-03'],
    ['march third nineteen eighty ate', '1988-03-03'],
    ['march third nineteen eighty for a party', '1980-03-03'],
    ['march third eighty five', '1985-03-03'],
    ['the second of march two thousand and one', '2001-03-02'],
    ['july fourth nineteen oh five', '1905-07-04'],
    ['march twenty-first twenty twenty six', '2026-03-21'],
    ["december 25th '99", '1999-12-25'],
    ['Sept. 5, 2025', '2025-09-05'],
    ['January 31st last year', '2025-01-31'],
    ['june 1st next year', '2027-06-01'],
    ['Monday, March 9th', '2026-03-09'],
    ['monday the 9th', '2026-03-09'],
    ['the third', '2026-03-03'],
    ['oh three oh four nineteen eighty five', '1985-03-04'],
    ['three fourteen eighty five', '1985-03-14'],
    ['twelve twenty five twenty twenty five', '2025-12-25'],
    ['zero three zero four one nine eight five', '1985-03-04'],
    ['today', '2026-03-04'],
    ['tonight', '2026-03-04'],
    ['this morning', '2026-03-04'],
    ['tomorrow', '2026-03-05'],
    ['the day after tomorrow', '2026-03-06'],
    ['yesterday', '2026-03-03'],
    ['the day before yesterday', '2026-03-02'],
    ['last night', '2026-03-03'],
    ['Tuesday', '2026-03-10'],
    ['wednesday', '2026-03-11'],
    ['this wednesday', '2026-03-04'],
    ['this Tuesday', '2026-03-10'],
    ['next Tuesday', '2026-03-10'],
    ['next Friday', '2026-03-13'],
    ['this Friday', '2026-03-06'],
    ['this coming friday', '2026-03-06'],
    ['last Friday', '2026-02-27'],
    ['this past friday', '2026-02-27'],
    ['on sat', '2026-03-07'],
    ['in two weeks', '2026-03-18'],
    ['in 3 days', '2026-03-07'],
    ['two days ago', '2026-03-02'],
    ['a month ago', '2026-02-04'],
    ['5 days from now', '2026-03-09'],
    ['two weeks from tomorrow', '2026-03-19'],
    ['a week from Friday', '2026-03-13'],
  ])('%s is %s', (said, value) => {
    expect(dates(said)).toEqual([value]);
  });

  it.each([
    'feb 30 2026',
    '2/30/2026',
    '2026-02-30',
    '13/13/2026',
    'march',
    'march 1985',
    'may I',
    'march on',
    'next week',
    'last month',
    'I sat down',
    'the sun is out',
    'the third one',
    'the first time',
    'wait a second',
    'in 3 hours',
    'two weeks',
    '555-123-4567',
    'W1234567',
    '1985',
    'nineteen eighty five',
    'order 12345678',
    '1.2.3.4',
    'W 3/4/85x',
    'a b 3 4 85',
  ])('is not: %s', (said) => {
    expect(dates(said)).toEqual([]);
  });

  it.each(['Monday week', 'thirteen slash forty'])('is not guessed at: %s', (said) => {
    expect(dates(said)).toEqual([]);
  });

  it('without a year is the nearest, on the side that is preferred', () => {
    expect([dates('march 3'), dates('march 3', 'past'), dates('march 3', 'future')]).toEqual([
      ['2026-03-03'],
      ['2026-03-03'],
      ['2027-03-03'],
    ]);
    expect([dates('december 25'), dates('december 25', 'past'), dates('december 25', 'future')]).toEqual([
      ['2025-12-25'],
      ['2025-12-25'],
      ['2026-12-25'],
    ]);
    expect([dates('march 4', 'past'), dates('march 4', 'future')]).toEqual([['2026-03-04'], ['2026-03-04']]);
  });

  it('as near before as after is the one to come', () => {
    // June 15th and July 15th are both 15 days away.
    expect(dates('the 15th', undefined, dayNumber(2026, 6, 30))).toEqual(['2026-07-15']);
  });

  it('that only tells when it was said is not sure', () => {
    const sure = (said: string) => findDates(tokenise(said), WEDNESDAY, undefined)[0]?.confidence;
    expect([sure('today'), sure('thanks for your help today'), sure('I was there yesterday')]).toEqual([
      0.95, 0.6, 0.95,
    ]);
  });

  it('with a year of two figures is in the century that is meant', () => {
    expect([dates('3/4/30'), dates('3/4/30', 'past'), dates('3/4/30', 'future')]).toEqual([
      ['2030-03-04'],
      ['1930-03-04'],
      ['2030-03-04'],
    ]);
  });

  it('of a weekday alone is the coming one, or the last', () => {
    expect([dates('tuesday', 'past'), dates('wednesday', 'past'), dates('friday', 'past')]).toEqual([
      ['2026-03-03'],
      ['2026-02-25'],
      ['2026-02-27'],
    ]);
    const monday = dayNumber(2026, 3, 2);
    expect([dates('tuesday', undefined, monday), dates('next tuesday', undefined, monday)]).toEqual([
      ['2026-03-03'],
      ['2026-03-10'],
    ]);
  });

  it('on a leap day is in a leap year', () => {
    expect([dates('february 29'), dates('february 29', 'past'), dates('feb 29 2025'), dates('2/29/2024')]).toEqual([
      ['2028-02-29'],
      ['2024-02-29'],
      [],
      ['2024-02-29'],
    ]);
    const leap = dayNumber(2028, 2, 29);
    expect([
      dates('tomorrow', undefined, leap),
      dates('a year ago', undefined, leap),
      dates('yesterday', undefined, dayNumber(2028, 3, 1)),
    ]).toEqual([['2028-03-01'], ['2027-02-28'], ['2028-02-29']]);
  });

  it('a month after the end of a long month is the end of the short one', () => {
    expect(dates('in one month', undefined, dayNumber(2026, 1, 31))).toEqual(['2026-02-28']);
    expect(dates('in two months', undefined, dayNumber(2026, 12, 31))).toEqual(['2027-02-28']);
  });

  it('has its place in the utterance', () => {
    expect(findDates(tokenise('between march 3 and march 5 please'), WEDNESDAY, undefined)).toMatchObject([
      { value: '2026-03-03', start: 8, end: 15 },
      { value: '2026-03-05', start: 20, end: 27 },
    ]);
  });

  it('can be typed on keys', () => {
    expect(dateOfKeys('03041985', WEDNESDAY, undefined)).toBe('1985-03-04');
    expect(dateOfKeys('030485', WEDNESDAY, undefined)).toBe('1985-03-04');
    expect(dateOfKeys('19850304', WEDNESDAY, undefined)).toBe('1985-03-04');
    expect(dateOfKeys('13321985', WEDNESDAY, undefined)).toBeUndefined();
    expect(dateOfKeys('12345', WEDNESDAY, undefined)).toBeUndefined();
  });

  it('is canonical only where there is such a day', () => {
    expect([isDate('2024-02-29'), isDate('2025-02-29'), isDate('2026-3-4'), isDate('2026-03-04T00:00')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('today', () => {
  it.each([
    // 2026-03-05 04:30 UTC: still Wednesday evening in Los Angeles, Thursday in Tokyo.
    ['2026-03-05T04:30:00Z', 'America/Los_Angeles', '2026-03-04'],
    ['2026-03-05T04:30:00Z', 'Asia/Tokyo', '2026-03-05'],
    ['2026-03-04T14:59:59Z', 'Asia/Tokyo', '2026-03-04'],
    ['2026-03-04T15:00:00Z', 'Asia/Tokyo', '2026-03-05'],
    ['2026-03-05T07:59:59Z', 'America/Los_Angeles', '2026-03-04'],
    ['2026-03-05T08:00:00Z', 'America/Los_Angeles', '2026-03-05'],
    // The clocks go forward on March 8th and back on November 1st: midnight moves by an hour.
    ['2026-03-09T06:59:59Z', 'America/Los_Angeles', '2026-03-08'],
    ['2026-03-09T07:00:00Z', 'America/Los_Angeles', '2026-03-09'],
    ['2026-11-01T06:59:59Z', 'America/Los_Angeles', '2026-10-31'],
    ['2026-11-02T07:59:59Z', 'America/Los_Angeles', '2026-11-01'],
    ['2026-11-02T08:00:00Z', 'America/Los_Angeles', '2026-11-02'],
    ['2026-12-31T23:59:59Z', 'UTC', '2026-12-31'],
  ])('at %s in %s is %s', (instant, timezone, value) => {
    const today = dayOf({ now: Date.parse(instant), timezone });
    expect(dates('today', undefined, today)).toEqual([value]);
  });

  it('is one day before tomorrow across a change of clocks', () => {
    const today = dayOf({ now: Date.parse('2026-03-08T07:59:00Z'), timezone: 'America/Los_Angeles' });
    expect([dates('tomorrow', undefined, today), dates('in two days', undefined, today)]).toEqual([
      ['2026-03-08'],
      ['2026-03-09'],
    ]);
  });

  it('is nowhere in a timezone that is none', () => {
    expect(() => dayOf({ now: 0, timezone: 'Mars/Base' })).toThrow(
      expect.objectContaining({ code: 'values/timezone' }),
    );
  });
});
