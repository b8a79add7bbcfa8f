import { describe, expect, it } from '@jest/globals';
import type { Span } from '@parley/machine';
import fc from 'fast-check';
import { type Output, readReply, split, wordsOf } from './reply.ts';

const say = (text: string): Output => ({ type: 'say', step: 's', text });
const ask = (text: string): Output => ({ type: 'say', step: 's', text, asks: true });
const listen: Output = { type: 'listen', step: 's', expects: [], silence: 6000, keys: [] };

describe('what is said of outputs that reach the caller together', () => {
  it('is all of it, in order, where one turn made them', () => {
    expect(wordsOf([say('Hello.'), ask('What is it?'), listen], true)).toEqual({ say: ['Hello.', 'What is it?'] });
  });

  it('leaves out a question that was answered before it was heard, and keeps what was told with it', () => {
    const owed = [say('It is cancelled.'), ask('Anything else?'), listen];
    expect(wordsOf([...owed, say('Sure.'), ask('Which order?'), listen], true)).toEqual({
      say: ['It is cancelled.', 'Sure.', 'Which order?'],
    });
  });

  it('leaves out the question when the session does not rest on it', () => {
    expect(wordsOf([ask('Anything else?'), listen, say('Goodbye.')], false)).toEqual({ say: ['Goodbye.'] });
  });
});

const texts = (text: string) => split({ text }).map((piece) => piece.text);
const span = (start: number, end: number): Span => ({ start, end, as: 'characters', value: 'AB' });

describe('values that are read aloud in a way of their own', () => {
  it('are told with the text they stand in', () => {
    const owed: Output[] = [say('Hello.'), { type: 'say', step: 's', text: 'It is A, B.', spans: [span(6, 10)] }];
    expect(wordsOf(owed, false)).toEqual({ say: ['Hello.', 'It is A, B.'], spans: [{ text: 1, ...span(6, 10) }] });
  });

  it('are not cut where their text is', () => {
    const before = 'word '.repeat(202);
    const code = 'A, B, C, D, E, F';
    const spans = [{ ...span(before.length, before.length + code.length), value: 'ABCDEF' }];
    expect(split({ text: `${before}${code} now.`, spans })).toEqual([
      { text: before.trim(), spans: [] },
      { text: `${code} now.`, spans: [{ ...span(0, code.length), value: 'ABCDEF' }] },
    ]);
  });

  it('stand where they stood, and are not cut, where their text is', () => {
    const gap = fc.constantFrom(' ', '. ', '! ', '\n', '  ');
    const word = fc.array(fc.constantFrom('a', 'b', 'c, d', '. e'), { minLength: 1, maxLength: 90 });
    const part = fc.record({ words: word, gap, value: fc.boolean() });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 30 }), (parts) => {
        let text = '';
        const spans: Span[] = [];
        for (const { words, gap, value } of parts) {
          const said = words.join(' ');
          if (value) spans.push({ start: text.length, end: text.length + said.length, as: 'digits', value: said });
          text += said + gap;
        }
        const found = split({ text, spans }).flatMap((piece) =>
          piece.spans.map(({ start, end, value }) => [piece.text.slice(start, end), value]),
        );
        expect(found).toEqual(spans.map(({ value }) => [value, value]));
      }),
    );
  });
});

describe('a long text', () => {
  it('is cut after a sentence', () => {
    const first = `${'word '.repeat(150)}end.`;
    const second = `${'more '.repeat(150)}end.`;
    expect(texts(`${first} ${second}`)).toEqual([first, second]);
  });

  it('is cut after a word where there is no sentence', () => {
    const pieces = texts('word '.repeat(400));
    expect(pieces.map(({ length }) => length)).toEqual([1024, 974]);
    expect(pieces.every((piece) => /^(word )*word$/.test(piece))).toBe(true);
  });

  it('loses nothing but spaces, and no piece is too long', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5000, unit: 'binary' }), (text) => {
        const pieces = texts(text);
        expect(pieces.every(({ length }) => length <= 1024 && length > 0)).toBe(true);
        expect(pieces.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
      }),
    );
  });

  it('is never cut through a character', () => {
    const pieces = texts('😀'.repeat(1000));
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
