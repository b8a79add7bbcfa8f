import { describe, expect, it } from '@jest/globals';
import { findTimes, isTime, timeOfKeys } from './time.ts';
import { tokenise } from './tokens.ts';

const times = (utterance: string) => findTimes(tokenise(utterance)).map(({ value }) => value);

describe('a time of day', () => {
  it.each([
    ['15:30', '15:30'],
    ['03:30', '03:30'],
    ['3:30', '15:30'],
    ['9:15', '09:15'],
    ['3:30 p.m.', '15:30'],
    ['3pm', '15:00'],
    ['three pm', '15:00'],
    ['three p m', '15:00'],
    ['12 pm', '12:00'],
    ['twelve thirty am', '00:30'],
    ['noon', '12:00'],
    ['midnight', '00:00'],
    ['half past three', '15:30'],
    ['quarter to five', '16:45'],
    ['a quarter past nine in the morning', '09:15'],
    ['at eleven in morning', '11:00'],
    ['ten minutes past six', '18:10'],
    ['ten to noon', '11:50'],
    ['quarter to midnight', '23:45'],
    ["seven o'clock", '07:00'],
    ['eight at night', '20:00'],
    ['three thirty', '15:30'],
    ['three thirty five', '15:35'],
    ['three oh five pm', '15:05'],
    ['fifteen thirty', '15:30'],
    ['twenty three fifteen', '23:15'],
    ['at three', '15:00'],
    ['three', '15:00'],
    ['at eleven on friday', '11:00'],
    ['tuesday at 9 if you can', '09:00'],
    ['at ten tomorrow', '10:00'],
  ])('%s is %s', (said, value) => {
    expect(times(said)).toEqual([value]);
  });

  it.each([
    'three fifty dollars',
    'three hours',
    'two to four',
    'from 5/9 to 5/16',
    'from May15 to 21',
    'rooms 15 to 21',
    '25:00',
    '3:75',
    '10:20:30',
    'W1234567',
    'five five five one two',
    'I have three',
    'one of them',
    'five of them',
    'order 12 please',
    '555-123-4567',
    '3/4/1985',
    '$3',
    'I am here',
    'at 12 Elm Street',
    'at two places on friday',
    'a p m',
  ])('is not: %s', (said) => {
    expect(times(said)).toEqual([]);
  });

  it('has its place in the utterance', () => {
    expect(findTimes(tokenise('march 3 at 5 pm, please'))).toEqual([
      { value: '17:00', start: 11, end: 15, confidence: 0.95 },
    ]);
  });

  it('is surer with its day beside it', () => {
    const sure = (said: string) => findTimes(tokenise(said)).map(({ confidence }) => confidence);
    expect([sure('at eleven'), sure('Tuesday at eleven'), sure('at eleven on Tuesday')]).toEqual([[0.5], [0.8], [0.8]]);
  });

  it('can be typed on keys', () => {
    expect(['1530', '0330', '330', '2460', '12'].map(timeOfKeys)).toEqual([
      '15:30',
      '03:30',
      '15:30',
      undefined,
      undefined,
    ]);
  });

  it('is canonical only with two figures each', () => {
    expect(['15:30', '00:00', '24:00', '3:30', '15:60'].map(isTime)).toEqual([true, true, false, false, false]);
  });
});
