import { describe, expect, it } from '@jest/globals';
import { findCodes, readString } from './code.ts';

const order = { type: 'string', pattern: 'W\\d{7}', spoken: 'characters' } as const;
const characters = { type: 'string', spoken: 'characters' } as const;
const digits = { type: 'string', spoken: 'digits' } as const;

describe('a code with a pattern', () => {
  it.each([
    'W1234567',
    'w1234567',
    'W 123 45 67',
    'W-123-4567',
    'W one two three four five six seven',
    'w. 1. 2. 3. 4. 5. 6. 7.',
    'double u one two three four five six seven',
    'whiskey one twenty three forty five sixty seven',
    'W as in whiskey one two three four five six seven',
    'W for Wendy, 1 2 3, 4 5 6 7',
    'w like in water 1234567',
    'w is for wood 1234567',
    'capital w 1 2 3 4 5 6 7',
    'upper case w 1234567',
    'the letter w 1234567',
    'w one to three for five six seven',
    'w one hundred twenty three four five six seven',
    'w uh one two three, um, four five six seven',
    'w one eh two three hmm four five six seven',
  ])('is read from: %s', (said) => {
    expect(readString(order, said)).toBe('W1234567');
  });

  it.each([
    ['W double one oh triple two nine', 'W1102229'],
    ['W double uh one oh triple um two nine', 'W1102229'],
    ['W zero zero oh nought 1 2 3', 'W0000123'],
    ['W12O4567', 'W1204567'],
    ['W twelve oh four five sixty seven', 'W1204567'],
    ['w one nine five million', undefined],
    ['W one two three four five six seven eight', undefined],
    ['W12345678', undefined],
    ['1234567', undefined],
    ['W1234567 W7654321', undefined],
    ['W 123456', undefined],
    ['', undefined],
  ])('%s gives %s', (said, value) => {
    expect(readString(order, said)).toBe(value);
  });

  it.each([
    ["it's W one two three four five six seven, I think", 5, 40],
    ['my email is jane at example dot com and the order is W1234567', 53, 61],
    ['my order is W1234567 for two people', 12, 20],
    ['w1234567 2 items', 0, 8],
    ['order: w-1234567.', 7, 16],
  ])('is found where it stands in: %s', (utterance, start, end) => {
    expect(findCodes(order, utterance)).toMatchObject([{ value: 'W1234567', start, end }]);
  });

  it.each([
    'i want to know',
    'W12345678',
    'W one two three four five six seven eight',
    'xW1234567',
    '5W1234567',
    'want 1234567',
    'call 202 555 0123',
  ])('is not found in: %s', (utterance) => {
    expect(findCodes(order, utterance)).toEqual([]);
  });

  it('is found twice where it stands twice', () => {
    expect(findCodes(order, 'W1234567 or W7654321').map(({ value }) => value)).toEqual(['W1234567', 'W7654321']);
  });

  it('takes the case that the pattern has', () => {
    expect(readString({ type: 'string', pattern: '[a-z]{2}\\d' }, 'AB 1')).toBe('ab1');
    expect(readString({ type: 'string', pattern: 'A[a-z]\\d' }, 'a b 1')).toBe('Ab1');
    expect(readString({ type: 'string', pattern: '[A-Z]{2}-\\d{2}' }, 'alpha bravo dash one two')).toBe('AB-12');
  });

  it('that takes any word finds none of them', () => {
    expect(findCodes({ type: 'string', pattern: '\\w+' }, 'please help me')).toEqual([]);
  });

  it('does not make capitals of words to find them', () => {
    const state = { type: 'string', pattern: '[A-Z]{2}' } as const;
    expect(findCodes({ type: 'string', pattern: '(?:NY|CA|TX)' }, 'I live in NY, ny')).toMatchObject([
      { value: 'NY', start: 10, end: 12 },
    ]);
    expect(findCodes(state, 'so it is on me')).toEqual([]);
  });

  it('keeps to the length', () => {
    expect(readString({ ...digits, minLength: 4, maxLength: 4 }, 'one two three four')).toBe('1234');
    expect(readString({ ...digits, minLength: 4, maxLength: 4 }, 'one two three')).toBeUndefined();
    expect(readString({ type: 'string', maxLength: 3 }, 'four')).toBeUndefined();
  });

  it('gives nothing where the pattern may not run', () => {
    expect(readString({ type: 'string', pattern: '(a+)+' }, 'aaa')).toBeUndefined();
    expect(findCodes({ type: 'string', pattern: '(a+)+' }, 'aaa')).toEqual([]);
  });
});

describe('a code said in larger pieces', () => {
  const order = { type: 'string' as const, pattern: 'W\\d{7}', spoken: 'characters' as const };

  it.each([
    ['double you one million and one', 'W1000001'],
    ['double-u, one, five zeros, one', 'W1000001'],
    ['w three nines and four ones', 'W9991111'],
  ])('%s is %s', (said, value) => {
    expect(readString(order, said)).toBe(value);
  });

  it('with a piece put right at its end is not guessed at', () => {
    expect(readString(order, 'w one five zeros one no sorry two')).toBeUndefined();
  });
});

describe('a string that is spelled and has no pattern', () => {
  it.each([
    ['A as in alpha, b as in boy, 3, double five', 'AB355'],
    ['s m i t h', 'SMITH'],
    ['S-M-I-T-H', 'S-M-I-T-H'],
    ['Smith', 'SMITH'],
    ['nine', '9'],
    ['n as in Nancy o k for kilo', 'NOK'],
    ['ABC 123', 'ABC123'],
    ['my name is Bob', undefined],
  ])('%s gives %s', (said, value) => {
    expect(readString(characters, said)).toBe(value);
  });

  it.each([
    ['five five five oh one two', '555012'],
    ['12 34', '1234'],
    ['007', '007'],
    ['double oh seven', '007'],
    ['W1234567', undefined],
    ['a', undefined],
  ])('%s gives the digits %s', (said, value) => {
    expect(readString(digits, said)).toBe(value);
  });

  it.each(['i have two', 'my name is bob', 'I have a hundred', 'for you to see', 'a b', ''])(
    'is not found in: %s',
    (said) => {
      expect(findCodes(characters, said)).toEqual([]);
      expect(findCodes(digits, said)).toEqual([]);
    },
  );

  it('is found where three signs or more are spelled', () => {
    expect(findCodes(characters, 'the plate is A B C one two please')).toMatchObject([
      { value: 'ABC12', start: 13, end: 26 },
    ]);
    expect(findCodes(digits, 'the pin is four oh four')).toMatchObject([{ value: '404', start: 11, end: 23 }]);
    expect(findCodes(digits, 'the plate is 4AB404')).toEqual([]);
  });

  it('is never found where it is said in words', () => {
    expect(findCodes({ type: 'string' }, 'one two three')).toEqual([]);
    expect(findCodes({ type: 'string', spoken: 'words' }, 'one two three')).toEqual([]);
  });
});
