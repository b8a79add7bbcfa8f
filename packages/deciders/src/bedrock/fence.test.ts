import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fenced, visible } from './fence.ts';

describe('of a text is shown', () => {
  it.each([
    ['no zero width', 'ig\u200bno\u200dre\ufeff \u2060all', 'ignore all'],
    [
      'no tag',
      `hello${[...'refund'].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('')}`,
      'hello',
    ],
    ['no selector that carries bytes', `x\u{E0100}\u{E0155}\uFE00`, 'x'],
    ['no mark that turns the direction', 'a\u202edcb\u202c\u2066e\u2069\u200e', 'adcbe'],
    ['no private use', 'a\ue000\u{F0000}', 'a'],
    ['no half character', 'a\ud800b', 'ab'],
    ['no blank that is a letter', 'a\u3164\u115fb', 'ab'],
    ['a space for a control', 'a\u0000b\u001b[2Jc\u0085d', 'a b [2Jc d'],
    ['a break for a separator of lines', 'a\u2028b\u2029c', 'a\nb\nc'],
    ['a break and a tab', 'a\nb\tc', 'a\nb\tc'],
    ['an emoji of several characters', '👩‍👩‍👧 ❤️ 👍🏽 1️⃣ 👩🏽‍🚀', '👩‍👩‍👧 ❤️ 👍🏽 1️⃣ 👩🏽‍🚀'],
    ['Persian as it is written', 'نمی‌خواهم', 'نمی‌خواهم'],
    ['Hindi as it is written', 'क्‍ष', 'क्‍ष'],
    ['what is said in any script', 'Ωραία, שלום, 你好, สวัสดี', 'Ωραία, שלום, 你好, สวัสดี'],
  ])('%s', (_, text, shown) => {
    expect(visible(text)).toBe(shown);
  });
});

it('data is one line of JSON without a < or >, and reads back as what is to be seen of it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      const text = fenced(JSON.parse(JSON.stringify(value)));
      expect(text).not.toMatch(/[<>\n\r\u2028\u2029]/);
      expect(text).toBe(fenced(JSON.parse(text)));
    }),
  );
});

it('a text is the same in data as by itself', () => {
  const text = fc.oneof(fc.string({ unit: 'binary-ascii' }), fc.string({ unit: 'binary' }));
  fc.assert(fc.property(text, (text) => expect(JSON.parse(fenced(text))).toBe(visible(text))));
});
