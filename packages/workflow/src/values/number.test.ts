import { describe, expect, it } from '@jest/globals';
import { findNumbers } from './number.ts';
import { tokenise } from './tokens.ts';

const found = (utterance: string, integer = false) => findNumbers(tokenise(utterance), integer);

describe('a number', () => {
  it.each([
    ['twenty three', 23],
    ['twenty-three', 23],
    ['a hundred and five', 105],
    ['one hundred five', 105],
    ['two thousand and one', 2001],
    ['a thousand', 1000],
    ['one hundred twenty three thousand four hundred fifty six', 123456],
    ['two million three hundred thousand', 2300000],
    ['2 hundred', 200],
    ['1.5 million', 1500000],
    ['half a million', 500000],
    ['two and a half', 2.5],
    ['one and three quarters', 1.75],
    ['three quarters', 0.75],
    ['three point one four', 3.14],
    ['point five', 0.5],
    ['zero', 0],
    ['a dozen', 12],
    ['two dozen', 24],
    ['half a dozen', 6],
    ['5k', 5000],
    ['1,234.5', 1234.5],
    ['12', 12],
    ['-5', -5],
    ['minus five', -5],
    ['negative 3', -3],
    ['one two three', 123],
    ['one', 1],
    ['I need one', 1],
    ['(7)', 7],
  ])('%s is %d', (said, value) => {
    expect(found(said).map((one) => one.value)).toEqual([value]);
  });

  it.each([
    'at this point',
    'my account is 85731890',
    'the pin is 0314',
    '10$',
    'oh thanks',
    'point',
    'W1234567',
    'w one two',
    'this one',
    'the red one',
    'no one',
    'one of them',
    'one moment',
    '3rd',
    'at 3 pm',
    '3pm',
    '3:30',
    '3/4/85',
    '2026-03-04',
    '555-123-4567',
    'march 3',
    '3 march',
    'nineteen eighty five',
    'two days ago',
    '$49',
    'jane99',
    '10-12',
    'oh',
    '1.2.3',
    '10 o’clock',
    'half past three',
    'quarter to five',
    'four street',
    'to',
    'for',
    '12345678901234567890',
  ])('is not: %s', (said) => {
    expect(found(said)).toEqual([]);
  });

  it('has its place in the utterance', () => {
    expect(found('I have 3 kids and minus two dogs')).toMatchObject([
      { value: 3, start: 7, end: 8 },
      { value: -2, start: 18, end: 27 },
    ]);
  });

  it('that is not whole is no integer', () => {
    expect(found('two and a half', true)).toEqual([]);
    expect(found('2.0', true)).toMatchObject([{ value: 2 }]);
  });

  it('is surer where nothing else is said', () => {
    const [alone] = found('uh, twenty please');
    const [among] = found('my dog ate twenty shoes');
    expect(alone?.confidence).toBeGreaterThan(among?.confidence ?? 1);
  });
});
