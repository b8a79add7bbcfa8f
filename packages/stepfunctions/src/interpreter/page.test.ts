import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pageOf } from './page.ts';

/** All pages, one after the other. */
function pages(items: readonly number[], maxResults: number, reverse: boolean): number[][] {
  const all: number[][] = [];
  let nextToken: string | undefined;
  do {
    const page = pageOf(items, (item) => item, { maxResults, nextToken, most: 100, reverse });
    all.push([...page.items]);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return all;
}

describe('pages', () => {
  it('hold everything once, in order, no more than asked for at a time', () => {
    fc.assert(
      fc.property(fc.nat(250), fc.integer({ min: 1, max: 100 }), fc.boolean(), (length, size, reverse) => {
        const items = Array.from({ length }, (_, i) => i + 1);
        const found = pages(items, size, reverse);
        expect(found.flat()).toEqual(reverse ? [...items].reverse() : items);
        expect(Math.max(...found.map((page) => page.length))).toBeLessThanOrEqual(size);
        expect(found).toHaveLength(Math.max(1, Math.ceil(length / size)));
      }),
    );
  });

  it('are not moved by what comes in meanwhile', () => {
    const first = pageOf([1, 2, 3], (item) => item, { maxResults: 2, nextToken: undefined, most: 9, reverse: true });
    expect(first.items).toEqual([3, 2]);
    const { nextToken } = first;
    expect(pageOf([1, 2, 3, 4], (item) => item, { maxResults: 2, nextToken, most: 9, reverse: true }).items).toEqual([
      1,
    ]);
  });

  it('need a token that was given', () => {
    const bad = { maxResults: 1, nextToken: 'made up', most: 9, reverse: false };
    expect(() => pageOf([1], (item) => item, bad)).toThrow(expect.objectContaining({ code: 'InvalidToken' }));
  });
});
