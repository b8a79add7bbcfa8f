import { describe, expect, it } from '@jest/globals';
import type { Json, Type } from '../type.ts';
import { sayValue } from './say.ts';

const string = (format: Extract<Type, { kind: 'string' }>['format']): Type =>
  format ? { kind: 'string', format } : { kind: 'string' };
const usd: Type = { kind: 'number', format: 'money', currency: 'USD' };

describe('a value that is said', () => {
  it.each<[Json | undefined, Type | undefined, string, string]>([
    [null, undefined, '', ''],
    [undefined, usd, '', ''],
    [true, undefined, 'yes', 'yes'],
    [false, { kind: 'boolean' }, 'no', 'no'],
    [9999, undefined, '9999', '9999'],
    [12345.5, undefined, '12,345.5', '12,345.5'],
    [0.1 + 0.2, undefined, '0.3', '0.3'],
    [49.99, usd, '$49.99', '$49.99'],
    [1000, usd, '$1,000.00', '$1,000.00'],
    [500, { kind: 'number', format: 'money', currency: 'JPY' }, '¥500', '¥500'],
    ['hello', undefined, 'hello', 'hello'],
    ['W1234567', string('characters'), 'W, 1, 2, 3, 4, 5, 6, 7', 'W1234567'],
    ['ab-1 2', string('characters'), 'A, B, dash, 1, 2', 'ab-1 2'],
    ['0042', string('digits'), '0, 0, 4, 2', '0042'],
    ['+12025550123', string('phone'), '2 0 2, 5 5 5, 0 1 2 3', '(202) 555-0123'],
    ['+442079460958', string('phone'), 'plus 4 4, 2 0, 7 9 4 6, 0 9 5 8', '+44 20 7946 0958'],
    ['none', string('phone'), 'N, O, N, E', 'none'],
    [
      'jane.doe_1@my-shop.com',
      string('email'),
      'jane dot doe underscore 1 at my dash shop dot com',
      'jane.doe_1@my-shop.com',
    ],
    ['2026-03-03', string('date'), 'March 3rd, 2026', 'March 3, 2026'],
    ['2026-11-11', string('date'), 'November 11th, 2026', 'November 11, 2026'],
    ['2026-01-22', string('date'), 'January 22nd, 2026', 'January 22, 2026'],
    ['2026-02-31', string('date'), '2026-02-31', '2026-02-31'],
    ['15:30', string('time'), '3:30 PM', '3:30 PM'],
    ['15:00', string('time'), '3 PM', '3:00 PM'],
    ['00:05', string('time'), '12:05 AM', '12:05 AM'],
    ['2026-03-03T15:00:00-05:00', string('date-time'), 'March 3rd, 2026 at 3 PM', 'March 3, 2026, 3:00 PM'],
    ['in_transit', { kind: 'string', values: ['in_transit'] }, 'in transit', 'in transit'],
    ['in_transit', string(undefined), 'in_transit', 'in_transit'],
    [[], undefined, '', ''],
    [['a'], undefined, 'a', 'a'],
    [['a', 'b', 'c'], undefined, 'a, b and c', 'a, b and c'],
    [[1.5, 20], { kind: 'list', items: usd }, '$1.50 and $20.00', '$1.50 and $20.00'],
    [
      { price: 5, at: '15:00' },
      { kind: 'object', fields: { price: { type: usd }, at: { type: string('time') } } },
      '$5.00 and 3 PM',
      '$5.00 and 3:00 PM',
    ],
    [7.5, { kind: 'union', of: [{ kind: 'null' }, usd] }, '$7.50', '$7.50'],
    ['x', { kind: 'union', of: [usd, string('characters')] }, 'X', 'x'],
    ['2026-03-03', usd, '2026-03-03', '2026-03-03'],
  ])('%j as %j', (value, type, voice, chat) => {
    expect(sayValue(value, type, 'voice')).toBe(voice);
    expect(sayValue(value, type, 'chat')).toBe(chat);
  });
});
