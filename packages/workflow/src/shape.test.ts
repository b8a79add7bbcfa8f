import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { fit } from './shape.ts';
import { readYaml } from './yaml-file.ts';

const schema = z.strictObject({
  say: z.string(),
  then: z.union([z.string(), z.array(z.strictObject({ if: z.string().optional(), to: z.string() })).min(1)]),
  retry: z.int().min(0).max(5).optional(),
  mode: z.enum(['fast', 'slow']).optional(),
  set: z.record(z.string().regex(/^[a-z]+$/, 'Small letters only.'), z.number()).optional(),
});

function fitted(text: string) {
  const yaml = readYaml('a.yaml', text);
  const { value, problems } = fit(schema, yaml.content, yaml, []);
  return {
    value,
    problems: problems.map(({ line, column, code, message, fix }) => `${line}:${column} ${code} ${message} ${fix}`),
  };
}

describe('a value that fits', () => {
  it('comes back as it is', () => {
    expect(fitted('say: Hello.\nthen: bye\n')).toEqual({ value: { say: 'Hello.', then: 'bye' }, problems: [] });
  });
});

describe('what does not fit', () => {
  it.each([
    [
      'a key too many',
      'say: a\nthen: b\nretyr: 2\n',
      ['3:1 schema/unknown-key `retyr` is not a key that may stand here. Did you mean retry?'],
    ],
    [
      'a key of something else',
      'say: a\nthen: b\nxyz: 2\n',
      ['3:1 schema/unknown-key `xyz` is not a key that may stand here. There are retry, mode, set.'],
    ],
    [
      'a key inside of a list',
      'say: a\nthen: [{ to: b, fi: c }]\n',
      ['2:17 schema/unknown-key `fi` is not a key that may stand here. Did you mean if?'],
    ],
    [
      'a value of those allowed',
      'say: a\nthen: b\nmode: fats\n',
      ['3:7 schema/value `mode` can\'t be "fats". Did you mean fast?'],
    ],
    [
      'a number too large',
      'say: a\nthen: b\nretry: 9\n',
      ['3:8 schema/bounds `retry` must be at most 5. Make it at most 5.'],
    ],
    [
      'a text for a number',
      'say: a\nthen: b\nretry: two\n',
      ['3:8 schema/type `retry` should be a number, but is a text. Make it a number.'],
    ],
    ['a name', 'say: a\nthen: b\nset: { A1: 2 }\n', ["3:8 schema/name `A1` can't be a name. Small letters only."]],
  ])('%s is told, and the rest is used', (_, text, problems) => {
    const found = fitted(text);
    expect(found.problems).toEqual(problems);
    expect(found.value).toMatchObject({ say: 'a' });
  });

  it.each([
    ['what is missing', 'then: b\n', ['1:1 schema/missing `say` is missing. Add it: a text.']],
    [
      'a list that is empty',
      'say: a\nthen: []\n',
      ['2:7 schema/bounds `then` must have at least 1 entry. Make it at least 1 entry.'],
    ],
    [
      'neither of two',
      'say: a\nthen: 4\n',
      ['2:7 schema/type `then` is a number, which does not fit here. It can be a text or a list.'],
    ],
    [
      'no map at all',
      '- a\n',
      ['1:1 schema/type The file should be a map of key: value, but is a list. Make it a map of key: value.'],
    ],
  ])('%s is told, and there is no value', (_, text, problems) => {
    expect(fitted(text)).toEqual({ value: undefined, problems });
  });

  it('is told all at once', () => {
    const { problems } = fitted('wait: a\nthen: 4\nretry: -1\nmode: fats\n');
    expect(problems.map((one) => one.split(' ')[1]).sort()).toEqual(
      ['schema/bounds', 'schema/missing', 'schema/type', 'schema/unknown-key', 'schema/value'].sort(),
    );
  });

  it('is told once of a key that is misspelt, which is then taken for the one that was meant', () => {
    expect(fitted('sya: a\nthen: b\n')).toEqual({
      value: { say: 'a', then: 'b' },
      problems: ['1:1 schema/unknown-key `sya` is not a key that may stand here. Did you mean say?'],
    });
  });
});
