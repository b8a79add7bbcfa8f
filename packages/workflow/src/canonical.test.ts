import { describe, expect, it } from '@jest/globals';
import { versionOf } from './canonical.ts';
import type { Json } from './type.ts';
import { readYaml } from './yaml-file.ts';

const version = (text: string) => versionOf(readYaml('a.yaml', text).content ?? null);

describe('the version of a workflow', () => {
  const base = version('workflow: a\nsteps:\n  one: { say: Hello., then: two }\n  two: { end: Bye. }\n');

  it('is a SHA-256 in hexadecimal digits', () => {
    expect(base).toMatch(/^[0-9a-f]{64}$/);
  });

  it('stays, whatever the layout, quotes, comments and the order of keys that have none', () => {
    const other = '# hello\nsteps:\n  one:\n    then: \'two\'\n    say: "Hello."\n\n  two: {end: Bye.}\nworkflow: a\n';
    expect(version(other)).toBe(base);
  });

  it.each([
    ['a word', 'workflow: a\nsteps:\n  one: { say: Hello!, then: two }\n  two: { end: Bye. }\n'],
    [
      'the order of steps, of which the first is the start',
      'workflow: a\nsteps:\n  two: { end: Bye. }\n  one: { say: Hello., then: two }\n',
    ],
    ['a key', 'workflow: a\nsteps:\n  one: { say: Hello., then: two }\n  two: { end: Bye. }\ntitle: A\n'],
    ['a text where a number was', 'workflow: a\nsteps:\n  one: { say: Hello., then: two }\n  two: { end: 1 }\n'],
  ])('changes with %s', (_, text) => {
    expect(version(text)).not.toBe(base);
  });

  it('tells apart what a list and a map of the same things would be', () => {
    const different: Json[] = [{ a: [['b', 1]] }, { a: { b: 1 } }, { a: [] }, { a: {} }, { a: '1' }, { a: 1 }];
    expect(new Set(different.map(versionOf)).size).toBe(different.length);
  });

  it('keeps the order of choices with names like numbers', () => {
    const one: Json = { choices: JSON.parse('{"b":1,"a":2}') };
    const other: Json = { choices: JSON.parse('{"a":2,"b":1}') };
    expect(versionOf(one)).not.toBe(versionOf(other));
  });
});
