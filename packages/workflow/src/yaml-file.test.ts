import { describe, expect, it } from '@jest/globals';
import { MAX_FILE, readYaml } from './yaml-file.ts';

const FILE = `workflow: a
steps:
  hello:
    say: "Good day, \\"{{ $name }}\\", welcome."
    then: [{ if: $x = 1, to: bye }, { to: bye }]
  bye:
    end: >-
      Thank you for calling,
      {{ $name }}.
  last: &last { end: Bye. }
  copy: *last
`;

describe('where things stand in a file', () => {
  const { place, content, problems } = readYaml('a.yaml', FILE);
  const at = (...found: Parameters<typeof place>) => {
    const { line, column } = place(...found);
    return `${line}:${column}`;
  };

  it('is read without a problem', () => {
    expect(problems).toEqual([]);
    expect(content).toMatchObject({ workflow: 'a', steps: { copy: { end: 'Bye.' } } });
  });

  it('is the value, or its key', () => {
    expect(at(['workflow'])).toBe('1:11');
    expect(at(['workflow'], { key: true })).toBe('1:1');
    expect(at(['steps', 'hello'], { key: true })).toBe('3:3');
    expect(at(['steps', 'hello', 'then', 1, 'to'])).toBe('5:43');
    expect(at(['steps', 'hello', 'then', 0, 'if'], { offset: 3 })).toBe('5:21');
  });

  it('is in a quoted or folded text as near as it can be told', () => {
    const said = 'Good day, "{{ $name }}", welcome.';
    expect(at(['steps', 'hello', 'say'], { offset: said.indexOf('$name') })).toBe('4:26');
    const end = 'Thank you for calling, {{ $name }}.';
    expect(at(['steps', 'bye', 'end'], { offset: end.indexOf('{{') })).toBe('9:7');
  });

  it('is what encloses it, where there is no such thing', () => {
    expect(at(['steps', 'hello', 'than'])).toBe('4:5');
    expect(at(['nothing', 'at', 'all'])).toBe('1:1');
    expect(at([])).toBe('1:1');
  });

  it('goes through an alias to what it stands for', () => {
    expect(at(['steps', 'copy', 'end'])).toBe('10:22');
  });
});

describe('a place inside of a text', () => {
  const place = (text: string, offset: number) => {
    const { line, column } = readYaml('a.yaml', text).place(['a'], { offset });
    return `${line}:${column}`;
  };

  it.each([
    [
      'the second of two that are alike, folded',
      'a: >-\n  x {{ $b }} y\n  x {{ $b }} y\n',
      'x {{ $b }} y x {{ '.length,
      '3:8',
    ],
    ['folded without a sign', 'a: It is {{ $b }} and\n  then {{ $b }}\n', 'It is {{ $b }} and then {{ '.length, '2:11'],
    ['behind escapes over two lines', 'a: "\\u00e9 \\"b\\" \\n x\\\n  y $z"\n', 'é "b" \n xy '.length, '2:5'],
    ['behind an apostrophe over two lines', "a: 'it''s\n  $z'\n", "it's ".length, '2:3'],
    ['behind an empty line', 'a: |\n  x\n\n    $z\n', 'x\n\n  '.length, '4:5'],
    ['with Windows line ends', 'a: |\r\n  x\r\n  $z\r\n', 'x\n'.length, '3:3'],
  ])('is told where it is %s', (_, text, offset, where) => {
    expect(place(text, offset)).toBe(where);
  });

  it('is found under a key that is misspelt there', () => {
    const yaml = readYaml('a.yaml', 'steps:\n  thn: b\n');
    yaml.misspelt(['steps', 'then'], 'thn');
    expect(yaml.place(['steps', 'then'])).toMatchObject({ line: 2, column: 8 });
    expect(yaml.place(['steps', 'then'], { key: true })).toMatchObject({ line: 2, column: 3 });
  });
});

describe('a file that is no YAML', () => {
  it.each([
    ['an open quote', 'a: 1\nb: "x\nc: 2\n', '2:4'],
    ['an open bracket', 'a: 1\nb: [{ c: 1 ]\n', '2:5'],
    ['a line that is not in line', 'a:\n  b: 1\n c: 2\n', '3:2'],
    ['what is no UTF-8', 'a: 1\nb: Gr\uFFFDn\n', '2:6'],
  ])('is told where it begins to be none: %s', (_, text, where) => {
    expect(readYaml('a.yaml', text).problems.map(({ line, column }) => `${line}:${column}`)).toEqual([where]);
  });

  it('is told once, however much follows from it', () => {
    const { problems } = readYaml('a.yaml', 'a: [1, 2\nb: 3\nc: d: e\n');
    expect(problems.map(({ code }) => code)).toEqual(['yaml/syntax']);
  });

  it('has each double key told, and is read all the same', () => {
    const { problems, content } = readYaml('a.yaml', 'a: 1\na: 2\nb: 3\nb: 4\n');
    expect(problems.map(({ code, line }) => `${code} ${line}`)).toEqual([
      'yaml/duplicate-key 2',
      'yaml/duplicate-key 4',
    ]);
    expect(content).toHaveProperty('b');
  });

  it.each([
    ['too large', 'a'.repeat(MAX_FILE + 1)],
    ['too deep in brackets', '['.repeat(200)],
    ['too deep in lists', '- '.repeat(200)],
    [
      'a bomb of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n`,
    ],
  ])('is refused when it is %s', (_, text) => {
    const { problems, content } = readYaml('a.yaml', text);
    expect(problems.map(({ code, severity }) => [code, severity])).toEqual([['yaml/syntax', 'error']]);
    expect(content).toBeUndefined();
  });
});

describe('what YAML knows and JSON does not', () => {
  it('becomes JSON, and keys stay keys', () => {
    const { content } = readYaml('a.yaml', 'a: .inf\nb: ~\nc: 2024-01-01\n1: x\n__proto__: { d: 1 }\ne: yes\n');
    expect(Object.keys(content ?? {}).sort()).toEqual(['1', '__proto__', 'a', 'b', 'c', 'e']);
    expect(content).toMatchObject({ a: null, b: null, c: '2024-01-01', e: 'yes' });
    expect(Object.getPrototypeOf(content)).toBe(Object.prototype);
  });

  it('warns nobody by the way', () => {
    const warned: unknown[] = [];
    const listen = (warning: unknown) => warned.push(warning);
    process.on('warning', listen);
    readYaml('a.yaml', '? { a: secret }\n: 1\n');
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      process.off('warning', listen);
      expect(warned).toEqual([]);
    });
  });
});
