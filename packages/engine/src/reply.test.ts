import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Output, readReply, split, wordsOf } from './reply.ts';

const say = (text: string): Output => ({ type: 'say', step: 's', text });
const ask = (text: string): Output => ({ type: 'say', step: 's', text, asks: true });
const listen: Output = { type: 'listen', step: 's', expects: [], silence: 6000, keys: [] };

describe('what is said of outputs that reach the caller together', () => {
  it('is all of it, in order, where one turn made them', () => {
    expect(wordsOf([say('Hello.'), ask('What is it?'), listen], true)).toEqual(['Hello.', 'What is it?']);
  });

  it('leaves out a question that was answered before it was heard, and keeps what was told with it', () => {
    const owed = [say('It is cancelled.'), ask('Anything else?'), listen];
    expect(wordsOf([...owed, say('Sure.'), ask('Which order?'), listen], true)).toEqual([
      'It is cancelled.',
      'Sure.',
      'Which order?',
    ]);
  });

  it('leaves out the question when the session does not rest on it', () => {
    expect(wordsOf([ask('Anything else?'), listen, say('Goodbye.')], false)).toEqual(['Goodbye.']);
  });
});

describe('a long text', () => {
  it('is cut after a sentence', () => {
    const first = `${'word '.repeat(150)}end.`;
    const second = `${'more '.repeat(150)}end.`;
    expect(split(`${first} ${second}`)).toEqual([first, second]);
  });

  it('is cut after a word where there is no sentence', () => {
    const pieces = split('word '.repeat(400));
    expect(pieces.map(({ length }) => length)).toEqual([1024, 974]);
    expect(pieces.every((piece) => /^(word )*word$/.test(piece))).toBe(true);
  });

  it('loses nothing but spaces, and no piece is too long', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5000, unit: 'binary' }), (text) => {
        const pieces = split(text);
        expect(pieces.every(({ length }) => length <= 1024 && length > 0)).toBe(true);
        expect(pieces.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
      }),
    );
  });

  it('is never cut through a character', () => {
    const pieces = split('😀'.repeat(1000));
    expect(pieces.every((piece) => /^(😀)+$/u.test(piece))).toBe(true);
  });
});

describe('a reply that was kept', () => {
  it('is refused where it is damaged, without a word of it', () => {
    for (const kept of ['{"say":["secret', 'secret', 'null', '{"rest":"caller","say":["secret"]}']) {
      expect(() => readReply(kept, 's1')).toThrow(
        expect.objectContaining({
          code: 'engine/damaged',
          message: "A reply that is kept of session s1 can't be read.",
        }),
      );
    }
  });
});
