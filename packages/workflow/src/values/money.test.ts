import { describe, expect, it } from '@jest/globals';
import { findMoney, minorUnits } from './money.ts';
import { tokenise } from './tokens.ts';

const amounts = (utterance: string, currency = 'USD') =>
  findMoney(tokenise(utterance), currency).map(({ value }) => value);

describe('an amount of money', () => {
  it.each([
    ['$49.99', 49.99],
    ['$1,234.50', 1234.5],
    ['-$5', -5],
    ['minus five dollars', -5],
    ['49 dollars and 99 cents', 49.99],
    ['49 dollars 99', 49.99],
    ['two dollars fifty', 2.5],
    ['forty nine ninety nine', 49.99],
    ['forty nine ninety nine dollars', 49.99],
    ['forty-nine bucks', 49],
    ['five ninety nine', 5.99],
    ['one twenty nine ninety nine', 129.99],
    ['one hundred twenty nine ninety nine', 129.99],
    ['nineteen oh five', 19.05],
    ['two and a half dollars', 2.5],
    ['99 cents', 0.99],
    ['a dollar', 1],
    ['a buck fifty', 1.5],
    ['a hundred bucks', 100],
    ['five grand', 5000],
    ['$1.1k', 1100],
    ['1 million dollars', 1000000],
    ['USD 20', 20],
    ['500$', 500],
    ['$85731890', 85731890],
    ['20 usd', 20],
    ['forty nine point nine nine', 49.99],
    ['fifty', 50],
  ])('%s is %d', (said, value) => {
    expect(amounts(said)).toEqual([value]);
  });

  it.each([
    'two fifty',
    'one twenty five',
    'three seventy five',
    '€20',
    'twenty euros',
    '20 pounds',
    '$12.345',
    'W1234567',
    'at 3 pm',
    '3/4/85',
    'no idea',
    'oh wait',
    'my account is 85731890',
    'the pin is 0314',
    '20€',
  ])('is not, or could be two: %s', (said) => {
    expect(amounts(said)).toEqual([]);
  });

  it('is of its own currency', () => {
    expect(amounts('€20', 'EUR')).toEqual([20]);
    expect(amounts('twenty pounds and 5 pence', 'GBP')).toEqual([20.05]);
    expect(amounts('5000 yen', 'JPY')).toEqual([5000]);
    expect(amounts('$20', 'EUR')).toEqual([]);
    expect([minorUnits('USD'), minorUnits('JPY'), minorUnits('KWD')]).toEqual([2, 0, 3]);
  });

  it('that is named is surer than a number', () => {
    expect(findMoney(tokenise('about forty dollars for 3 items'), 'USD')).toEqual([
      { value: 40, start: 6, end: 19, confidence: 0.95 },
      { value: 3, start: 24, end: 25, confidence: 0.5 },
    ]);
  });
});
