import { describe, expect, it } from '@jest/globals';
import type { Type } from '../type.ts';
import { inWords, neverFits, typeOfValue } from './assignable.ts';

const text: Type = { kind: 'string' };
const number: Type = { kind: 'number' };
const unknown: Type = { kind: 'unknown' };
const one = (...values: string[]): Type => ({ kind: 'string', values });
const format = (format: 'date' | 'time' | 'email' | 'characters'): Type => ({ kind: 'string', format });
const list = (items: Type): Type => ({ kind: 'list', items });
const person: Type = { kind: 'object', fields: { name: { type: text }, age: { type: number, optional: true } } };

describe('what can never be what is wanted', () => {
  it.each<[string, Type, Type, boolean]>([
    ['a text for a number', text, number, true],
    ['a text for a text', text, text, false],
    ['anything for a number', unknown, number, false],
    ['a number for anything', number, unknown, false],
    ['a value that is none of them', one('a'), one('b', 'c'), true],
    ['values of which one is', one('a', 'b'), one('b', 'c'), false],
    ['any text for one of some', text, one('b'), false],
    ['a date for an e-mail address', format('date'), format('email'), true],
    ['a code for an e-mail address', format('characters'), format('email'), false],
    ['a list of texts for a list of numbers', list(text), list(number), true],
    ['a list for an object', list(text), person, true],
    ['an object without what is needed', { kind: 'object', fields: {} }, person, true],
    ['an open object', { kind: 'object', fields: {}, open: true }, person, false],
    ['an object without what may be left out', { kind: 'object', fields: { name: { type: text } } }, person, false],
    ['an object with a wrong field', { kind: 'object', fields: { name: { type: number } } }, person, true],
    ['a union of which one fits', { kind: 'union', of: [text, number] }, number, false],
    ['a union of which none fits', { kind: 'union', of: [text, list(text)] }, number, true],
    ['for a union of which one takes it', number, { kind: 'union', of: [text, number] }, false],
  ])('%s: %j', (_, from, to, never) => {
    expect(neverFits(from, to)).toBe(never);
  });
});

describe('the type of a value of the file', () => {
  it('knows texts by their value, and lists and maps by what is in them', () => {
    expect(typeOfValue('a')).toEqual(one('a'));
    expect(typeOfValue(2)).toEqual({ kind: 'number', integer: true });
    expect(typeOfValue(2.5)).toEqual(number);
    expect(typeOfValue([])).toEqual(list(unknown));
    expect(typeOfValue(['a', 1])).toEqual(list({ kind: 'union', of: [one('a'), { kind: 'number', integer: true }] }));
    expect(typeOfValue({ a: null })).toEqual({ kind: 'object', fields: { a: { type: { kind: 'null' } } } });
  });

  it('is said in plain words', () => {
    expect(inWords({ kind: 'number', format: 'money' })).toBe('an amount of money');
    expect(inWords(one('a', 'b'))).toBe('one of "a", "b"');
    expect(inWords({ kind: 'union', of: [format('date'), number] })).toBe('a date or a number');
    expect(inWords(one('x'.repeat(50)))).toBe(`"${'x'.repeat(40)}…"`);
  });
});
