import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Sentences } from './sentences.ts';

/** What is taken of a text that comes sign by sign, and what is left. */
function written(text: string) {
  const sentences = new Sentences();
  const taken = [...text]
    .map((_, at, all) => sentences.take(all.slice(0, at + 1).join('')))
    .filter((one) => one !== '');
  return [...taken, sentences.rest(text)];
}

describe('sentences of a text that is being written', () => {
  it.each([
    ['Good news. It is here.', ['Good news.', 'It is here.']],
    ['Is it here? Yes! It is.', ['Is it here?', 'Yes!', 'It is.']],
    ['It is here.', ['It is here.']],
    ['It costs $1.50 today. Really.', ['It costs $1.50 today.', 'Really.']],
    ['Ask Dr. Hart on Oct. 20. He knows.', ['Ask Dr. Hart on Oct. 20.', 'He knows.']],
    ['Come at 3 p.m. or so. Thanks.', ['Come at 3 p.m. or so.', 'Thanks.']],
    ['He said "It is here." I said no.', ['He said "It is here."', 'I said no.']],
    ['  It is here.  It is late.', ['It is here.', 'It is late.']],
    ['One moment… It is here.', ['One moment…', 'It is here.']],
    ['', ['']],
  ])('%s', (text, expected) => {
    expect(written(text)).toEqual(expected);
  });

  it('are all of it, however it comes', () => {
    const text = fc.array(fc.constantFrom('It', 'is', 'Dr.', 'late.', 'Yes!', 'p.m.', '3.5', ' ', '\n', 'so?"'), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(text, fc.array(fc.nat(200)), (words, cuts) => {
        const whole = words.join(' ');
        const sentences = new Sentences();
        const taken = cuts.toSorted((a, b) => a - b).map((cut) => sentences.take(whole.slice(0, cut)));
        const all = [...taken, sentences.rest(whole)].join('').replace(/\s/g, '');
        expect(all).toBe(whole.replace(/\s/g, ''));
      }),
    );
  });

  it('of a text that begins otherwise are none', () => {
    const sentences = new Sentences();
    sentences.take('It is here. It');
    expect(sentences.take('It was here. It is not. So')).toBe('');
    expect(sentences.rest('It was here.')).toBeUndefined();
  });
});
