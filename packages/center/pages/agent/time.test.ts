import { expect, it } from '@jest/globals';
import { lengthOf } from './time.ts';

it.each([
  [-5, '0 s'],
  [8_900, '8 s'],
  [60_000, '1 min'],
  [3_599_999, '59 min'],
  [3_900_000, '1 h 5 min'],
])('%d ms are %s', (milliseconds, text) => expect(lengthOf(milliseconds)).toBe(text));
