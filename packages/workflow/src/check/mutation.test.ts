import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { type Checked, checkWorkflow } from '../workflow.ts';
import { corpus, TOOLS } from './testing/corpus.ts';

type Tree = null | boolean | number | string | Tree[] | { [key: string]: Tree };

interface Mutation {
  readonly kind: 'delete' | 'rename' | 'double' | 'replace' | 'swap';
  /** Which of the tree's places, modulo their number. */
  readonly where: number;
  readonly scalar: Tree;
}

const right = corpus('right');

const scalar: fc.Arbitrary<Tree> = fc.oneof(
  fc.constantFrom<Tree>(
    null,
    true,
    false,
    0,
    -1,
    1e99,
    '',
    '=',
    '={{',
    '{{ $',
    '$',
    '[]',
    '=$order.',
    '__proto__',
    '* x',
  ),
  fc.constantFrom<Tree>([], {}, [[]], [{}], { to: 'handoff' }, { if: '$x', to: 1 }, ['a', 'a']),
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    'handoff',
    'need',
    'orderId',
    'orders.get',
    'prove',
    '$orderId',
    '=$orderId',
    'constructor',
    'toString',
  ),
);

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('delete', 'rename', 'double', 'replace', 'swap'),
  where: fc.nat(),
  scalar,
});

/** Every map and list of a tree with each of its keys. */
function places(tree: Tree): { holder: Tree[] | { [key: string]: Tree }; key: string }[] {
  if (typeof tree !== 'object' || tree === null) return [];
  const own = Object.keys(tree).map((key) => ({ holder: tree, key }));
  return [...own, ...Object.values(tree).flatMap(places)];
}

function mutate(tree: Tree, { kind, where, scalar }: Mutation): void {
  const all = places(tree);
  const place = all[where % Math.max(1, all.length)];
  const other = all[(where * 7919 + 1) % Math.max(1, all.length)];
  if (!place || !other) return;
  const { holder, key } = place;
  const value = Reflect.get(holder, key);
  if (kind === 'delete') Reflect.deleteProperty(holder, key);
  if (kind === 'replace') Reflect.set(holder, key, scalar);
  if (kind === 'swap') Reflect.set(holder, key, structuredClone(Reflect.get(other.holder, other.key)));
  if (kind === 'rename' || kind === 'double') {
    const name = typeof scalar === 'string' ? scalar : `${key}x`;
    if (!Array.isArray(holder) && name !== '__proto__') holder[name] = structuredClone(value);
    if (kind === 'rename') Reflect.deleteProperty(holder, key);
  }
}

function expectPlaced({ problems }: Checked, texts: ReadonlyMap<string, string>): void {
  const misplaced = problems.filter(({ file, line, column, message, fix }) => {
    const found = texts.get(file)?.split('\n')[line - 1];
    return found === undefined || column < 1 || column > found.length + 1 || message === '' || fix === '';
  });
  expect(misplaced).toEqual([]);
}

describe('a file that somebody has broken', () => {
  const file = fc.constantFrom(...right);

  it('is checked without a fall, each problem at a place that it has', () => {
    fc.assert(
      fc.property(file, fc.array(mutation, { minLength: 1, maxLength: 4 }), ({ source }, mutations) => {
        const tree: Tree = parse(source.text);
        for (const one of mutations) mutate(tree, one);
        const text = stringify(tree);
        const parts = Object.entries(source.parts).map(([, part]): [string, string] => [part.file, part.text]);
        const texts = new Map([[source.file, text], ...parts]);
        expectPlaced(checkWorkflow({ ...source, text }, TOOLS), texts);
        expectPlaced(checkWorkflow({ ...source, text }), texts);
      }),
      { numRuns: 300 },
    );
  });

  it('so is a part that somebody has broken', () => {
    const using = right.filter(({ source }) => source.text.includes('use: prove'));
    fc.assert(
      fc.property(
        fc.constantFrom(...using),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        ({ source }, mutations) => {
          const part = source.parts['prove'];
          if (!part) throw new Error('The part is missing.');
          const tree: Tree = parse(part.text);
          for (const one of mutations) mutate(tree, one);
          const text = stringify(tree);
          const checked = checkWorkflow({ ...source, parts: { prove: { ...part, text } } }, TOOLS);
          expectPlaced(
            checked,
            new Map([
              [source.file, source.text],
              [part.file, text],
            ]),
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  it('so is one that is cut off, or has something typed into it', () => {
    fc.assert(
      fc.property(file, fc.nat(), fc.nat(20), fc.string({ maxLength: 6 }), ({ source }, from, gone, typed) => {
        const at = from % source.text.length;
        for (const text of [
          source.text.slice(0, at),
          source.text.slice(0, at) + typed + source.text.slice(at + gone),
        ]) {
          const texts = new Map([[source.file, text]]);
          for (const part of Object.values(source.parts)) texts.set(part.file, part.text);
          expectPlaced(checkWorkflow({ ...source, text }, TOOLS), texts);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('so is any text at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expectPlaced(checkWorkflow({ file: 'any.yaml', text, parts: {} }, TOOLS), new Map([['any.yaml', text]]));
      }),
      { numRuns: 1_000 },
    );
  });
});
