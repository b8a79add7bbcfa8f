import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ParleyError } from '@parley/workflow';
import { describeError, harmless, progress } from './terminal.ts';

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

describe('a text for a terminal', () => {
  it.each([
    ['a cursor that is moved', 'a\u001b[2Jb', 'a�[2Jb'],
    ['a title that is set', '\u001b]0;owned\u0007', '�]0;owned�'],
    ['a text that is hidden', '\u001b[8mhidden\u001b[0m', '�[8mhidden�[0m'],
    ['a control of eight bits', '\u009b2J', '�2J'],
    ['a line that is written over', 'paid\rowes', 'paid�owes'],
    ['a bell, a deletion, a null', '\u0007\u007f\u0000', '���'],
    ['a text that is turned around', 'a\u202eb\u2066c', 'a�b�c'],
    ['right to left, as it is', 'שלום', 'שלום'],
    ['signs of several characters, as they are', '👩‍👩‍👧 é', '👩‍👩‍👧 é'],
    ['lines and tabs, as they are', 'a\n\tb', 'a\n\tb'],
    ['a style that begins with another sign', '\u009b[1m', '�[1m'],
    ["the command's own styles, as they are", '\u001b[1ma\u001b[22m', '\u001b[1ma\u001b[22m'],
  ])('holds no %s', (_, text, shown) => {
    expect(harmless(text)).toBe(shown);
  });
});

describe('how far long work is', () => {
  const before = process.stderr.isTTY;
  afterEach(() => {
    process.stderr.isTTY = before;
    jest.restoreAllMocks();
  });

  /** What is written of 90 steps, each of which takes a second. */
  function told(isTerminal: boolean, pipe?: 'steadily'): readonly string[] {
    let now = 0;
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    const written: string[] = [];
    jest.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    process.stderr.isTTY = isTerminal;
    const bar = progress('Asking', 90, pipe);
    for (let step = 1; step <= 90; step++) {
      now = step * 1_000;
      bar.step(step > 50 ? ' ($1.00 so far)' : '');
    }
    bar.done();
    return written;
  }

  it('is told on one line of a terminal, which is gone in the end', () => {
    const written = told(true);
    expect(written).toHaveLength(91);
    expect(written[0]).toBe('\rAsking 1/90\u001b[K');
    expect(written.at(-1)).toBe('\r\u001b[K');
  });

  it('is told in a pipe only where it may take hours, and every half minute', () => {
    expect(told(false)).toEqual([]);
    expect(told(false, 'steadily')).toEqual([
      'Asking 30/90\n',
      'Asking 60/90 ($1.00 so far)\n',
      'Asking 90/90 ($1.00 so far)\n',
    ]);
  });
});
