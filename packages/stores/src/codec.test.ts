import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromText, plainCodec, toText } from './codec.ts';

describe('names as text', () => {
  it('leaves ordinary names as they are', () => {
    expect(toText('a9f1-字/é 😀#1')).toBe('a9f1-字/é 😀#1');
  });

  it('escapes what SQLite or UTF-8 would lose', () => {
    expect(toText('a\u0000b')).toBe('a\\u0000b');
    expect(toText('\ud83d')).toBe('\\ud83d');
    // So that it is another name than the first.
    expect(toText('a\\u0000b')).toBe('a\\\\u0000b');
  });

  it('gives any name back, through text that SQLite keeps', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.oneof(fc.nat(0xffff).map((unit) => String.fromCharCode(unit))) }), (name) => {
        const text = toText(name);
        expect(text.includes('\u0000')).toBe(false);
        expect(Buffer.from(text).toString()).toBe(text);
        expect(fromText(text)).toBe(name);
      }),
    );
  });

  it('refuses text it did not make', () => {
    expect(() => fromText('a\\')).toThrow();
  });
});

describe('the plain codec', () => {
  it('gives any text back', () => {
    fc.assert(
      fc.property(fc.json(), (text) => expect(plainCodec.decode(plainCodec.encode(text, 'p'), 'p')).toBe(text)),
    );
  });

  it('refuses bytes', () => {
    expect(() => plainCodec.decode(new Uint8Array([123, 125]), 'p')).toThrow(
      expect.objectContaining({ code: 'store/key' }),
    );
  });
});
