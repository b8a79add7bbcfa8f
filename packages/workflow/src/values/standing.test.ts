import { describe, expect, it } from '@jest/globals';
import type { TypedVariable } from '../schema.ts';
import { findValues, readValue } from './values.ts';

/** Wednesday noon in New York. */
const moment = { now: Date.UTC(2026, 2, 4, 17), timezone: 'America/New_York' };
const order: TypedVariable = { type: 'string', pattern: 'W\\d{7}', spoken: 'characters' };
const zip: TypedVariable = { type: 'string', pattern: '\\d{5}', spoken: 'digits' };
const color: TypedVariable = { type: 'choice', values: ['red', 'blue', 'green'] };
const values = (variable: TypedVariable, said: string) => findValues(variable, said, moment).map(({ value }) => value);

describe('what stands of several values', () => {
  it.each<[TypedVariable, string, readonly unknown[]]>([
    [{ type: 'date' }, 'the fifth, no, the sixth', ['2026-03-06']],
    [{ type: 'date' }, 'tomorrow, or rather Friday', ['2026-03-06']],
    [{ type: 'date' }, 'not Friday, Saturday', ['2026-03-07']],
    [{ type: 'time' }, '2:30, no, 3:30', ['15:30']],
    [{ type: 'integer' }, 'two no three', [3]],
    [order, 'W1000001 no W1000002', ['W1000002']],
    [order, 'W1000001, uh, sorry, I meant W1000002', ['W1000002']],
    [order, 'W1000001 not W1000002', ['W1000001']],
    [order, "it's not W1000001 it's W1000002", ['W1000002']],
    [zip, 'nine seven two oh one no nine seven two oh two', ['97202']],
    [color, 'red no blue', ['blue']],
    [color, 'red, actually make that blue, no, green', ['green']],
    [{ type: 'email' }, 'jane at example dot com, I mean joe at example dot com', ['joe@example.com']],
  ])('of %j, what replaced another: %s', (variable, said, expected) => {
    expect(values(variable, said)).toEqual(expected);
  });

  it.each<[TypedVariable, string]>([
    [{ type: 'date' }, 'Friday or Saturday'],
    [{ type: 'date' }, 'the third or the fifth'],
    [{ type: 'integer' }, 'two or three'],
    [color, 'red or blue'],
    [color, 'anything but red'],
    [order, 'W1000001 or W1000002'],
    [order, 'w one zero zero zero zero zero one no sorry two'],
  ])('of %j, none: %s', (variable, said) => {
    expect(values(variable, said)).toEqual([]);
    expect(readValue(variable, said, moment).ok).toBe(false);
  });

  it.each<[TypedVariable, string, readonly unknown[]]>([
    [color, 'red and blue', ['blue', 'red']],
    [order, 'W1000001 and my friend has W1000002', ['W1000001', 'W1000002']],
    [{ type: 'date' }, 'why not Friday', ['2026-03-06']],
    [order, 'W1000001, no thanks', ['W1000001']],
  ])('of %j, all that nobody took back: %s', (variable, said, expected) => {
    expect(values(variable, said)).toEqual(expected);
  });
});
