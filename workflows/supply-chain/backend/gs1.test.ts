import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checkDigit, documentUri, gln, gtin, isKey, lotUri, palletUri, placeUri, sscc } from './gs1.ts';

describe('the check digit', () => {
  // The examples in GS1's own texts: a GTIN-13, the SSCC of the General Specifications, and the GLN of the EPCIS standard.
  it.each([['6291041500213'], ['106141412345678908'], ['0614141073467']])('of %s is right', (whole) => {
    expect(checkDigit(whole.slice(0, -1))).toBe(whole.slice(-1));
    expect(isKey(whole)).toBe(true);
  });

  it('tells every single wrong digit', () => {
    const slip = fc.tuple(fc.integer({ min: 0, max: 999_999 }), fc.nat(17), fc.integer({ min: 1, max: 9 }));
    fc.assert(
      fc.property(slip, ([number, at, by]) => {
        const right = sscc(number);
        const wrong = String((Number(right[at]) + by) % 10);
        expect(isKey(right)).toBe(true);
        expect(isKey(right.slice(0, at) + wrong + right.slice(at + 1))).toBe(false);
      }),
    );
  });

  it.each([[''], ['1'], ['12a4'], ['https://id.gs1.org']])('is not looked for in %j', (text) => {
    expect(isKey(text)).toBe(false);
  });
});

describe('a key', () => {
  it('has its length, whatever the number', () => {
    expect([gln(1), gtin(1), sscc(1)].map(({ length }) => length)).toEqual([13, 14, 18]);
    expect([gln(1), gtin(1), sscc(1)].every(isKey)).toBe(true);
    expect(() => gln(10 ** 9 - 1)).not.toThrow();
    expect(() => gln(10 ** 9)).toThrow(RangeError);
  });

  // Worked out by hand: 952 000 000 001 weighs 9+15+2+3 = 29, so 1; 3952…01 weighs 9+9+15+2+3 = 38.
  it('is written as a Digital Link, with its check digit', () => {
    expect(placeUri(gln(1))).toBe('https://id.gs1.org/414/9520000000011');
    expect(palletUri(sscc(1))).toBe('https://id.gs1.org/00/395200000000000012');
    expect(lotUri(gtin(1), 'A/7')).toBe(`https://id.gs1.org/01/${gtin(1)}/10/A%2F7`);
    expect(documentUri('9520000000011', 'S2000001')).toBe('urn:epcglobal:cbv:bt:9520000000011:S2000001');
  });
});
