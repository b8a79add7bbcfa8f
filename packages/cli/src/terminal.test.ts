import { describe, expect, it } from '@jest/globals';
import { ParleyError } from '@parley/workflow';
import { describeError } from './terminal.ts';

describe('an error as a person reads it', () => {
  it('says where, what and what to do', () => {
    const place = { file: 'a.yaml', line: 3, column: 7 };
    expect(describeError(new ParleyError('x/y', 'It is so.', { place, fix: 'Do this.' }))).toBe(
      'a.yaml:3:7  x/y\n    It is so.\n    Do this.',
    );
    expect(describeError(new ParleyError('x/y', 'It is so.'))).toBe('x/y\n    It is so.');
  });

  it('keeps the stack of one that nobody foresaw, for who mends it', () => {
    expect(describeError(new TypeError('no such thing'))).toMatch(/^TypeError: no such thing\n +at /);
    expect(describeError('thrown')).toBe('thrown');
  });
});
