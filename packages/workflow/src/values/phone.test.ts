import { describe, expect, it } from '@jest/globals';
import { findPhones, readPhone } from './phone.ts';
import { tokenise } from './tokens.ts';

const phones = (utterance: string, country = 'US') =>
  findPhones(tokenise(utterance), country).map(({ value }) => value);

describe('a phone number', () => {
  it.each([
    ['(202) 555-0123', '+12025550123'],
    ['202.555.0123', '+12025550123'],
    ['my number is 2025550123', '+12025550123'],
    ['1-800-555-0199', '+18005550199'],
    ['+44 20 7946 0958', '+442079460958'],
    ['555-123-4567', '+15551234567'],
    ['two oh two, five five five, oh one two three', '+12025550123'],
    ['two oh two triple five oh one two three', '+12025550123'],
    ['plus one two oh two five five five oh one two three', '+12025550123'],
    ['eight hundred five five five oh one nine nine', '+18005550199'],
    ['area code 202 then 555 0123', '+12025550123'],
    ['two zero two five fifty five zero one twenty three', '+12025550123'],
  ])('%s is %s', (said, value) => {
    expect(phones(said)).toEqual([value]);
  });

  it.each([
    'W1234567',
    'W2025550123',
    '123',
    '202 555 012',
    'order 12345',
    '102-555-0123',
    '$2025550123',
    '1234567890',
    'my zip is 94107',
    '3/4/1985',
  ])('is not: %s', (said) => {
    expect(phones(said)).toEqual([]);
  });

  it('has its place in the utterance', () => {
    expect(findPhones(tokenise('call (202) 555 0123 or 202 555 0124'), 'US')).toMatchObject([
      { value: '+12025550123', start: 5, end: 19 },
      { value: '+12025550124', start: 23, end: 35 },
    ]);
  });

  it('is in the country that is given', () => {
    expect(phones('020 7946 0958', 'GB')).toEqual(['+442079460958']);
    expect(readPhone('020 7946 0958', 'GB')).toBe('+442079460958');
    expect(readPhone('020 7946 0958', 'US')).toBeUndefined();
    expect(readPhone('2025550123 ext. 5', 'US')).toBeUndefined();
  });
});
