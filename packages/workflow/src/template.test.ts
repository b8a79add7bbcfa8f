import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseTemplate, type Template, typeTemplate } from './template.ts';
import type { Field, Json, Type } from './type.ts';

function template(text: string): Template {
  const parsed = parseTemplate(text);
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  return parsed.template;
}

const plain = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value));
const render = (text: string, scope: { readonly [name: string]: Json | undefined } = {}) =>
  template(text).render(scope, plain);

describe('parseTemplate', () => {
  it('tells texts from holes, and where each expression starts', () => {
    expect(
      template('Order {{ $order.id }}:{{$n}}').parts.map((part) =>
        typeof part === 'string' ? part : [part.expression.source, part.offset],
      ),
    ).toEqual(['Order ', ['$order.id', 9], ':', ['$n', 24]]);
    expect(template('').parts).toEqual([]);
  });

  it('a hole ends at its own braces', () => {
    expect(render("{{ '}}' & $n }}!", { n: 1 })).toBe('}}1!');
    expect(render("{{ $lookup({'a': {'b': $n}}, 'a').b }}!", { n: 1 })).toBe('1!');
    expect(render("{{{'a': $n}}}", { n: 1 })).toBe('{"a":1}');
  });

  it('braces that are said', () => {
    expect(render('Say \\{{ name }} or { or }}')).toBe('Say {{ name }} or { or }}');
    expect(render('\\{{{{ $n }}', { n: 1 })).toBe('{{1');
  });

  it('says what is wrong where it stands in the text', () => {
    const parsed = parseTemplate('Hi {{ name }}, {{ $countt($x) }} and {{ $ok');
    expect(parsed.ok ? [] : parsed.problems.map(({ code, offset, length }) => [code, offset, length])).toEqual([
      ['node', 6, 4],
      ['function', 18, 7],
      ['hole', 37, 2],
    ]);
  });

  it('an odd quote in a hole does not hide its end', () => {
    const parsed = parseTemplate("{{ $x's }} and {{ $y }}");
    expect(parsed.ok ? [] : parsed.problems.map(({ code, offset }) => [code, offset])).toEqual([['variable', 3]]);
  });

  it('never throws, and a text without holes is said as it is', () => {
    const piece = fc.constantFrom('{{', '}}', '{', '}', '\\', "'", '"', '$x', ' ', 'a', '.', '/*', '`');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join('');
        const parsed = parseTemplate(text);
        if (parsed.ok) parsed.template.render({ x: 1 }, plain);
        if (!text.includes('{{')) expect(render(text)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('render', () => {
  it('gives values to the formatter, with their types once they are known', () => {
    const money: Type = { kind: 'number', format: 'money', currency: 'USD' };
    const said: [Json, Type | undefined][] = [];
    const format = (value: Json, type: Type | undefined) => {
      said.push([value, type]);
      return 'five dollars';
    };
    const text = template('That is {{ $total }}.');
    expect(text.render({ total: 5 }, format)).toBe('That is five dollars.');
    expect(typeTemplate(text, { total: { type: money } }).template.render({ total: 5 }, format)).toBe(
      'That is five dollars.',
    );
    expect(said).toEqual([
      [5, undefined],
      [5, money],
    ]);
  });

  it('an empty hole leaves no gap', () => {
    expect(render('Thanks, {{ $name }}, goodbye.')).toBe('Thanks, goodbye.');
    expect(render('Thanks {{ $name }}.', { name: null })).toBe('Thanks.');
    expect(render('Thanks, {{ $name }}.')).toBe('Thanks.');
    expect(render('Thanks, {{ $name }}')).toBe('Thanks');
    expect(render('{{ $name }}, hello')).toBe('hello');
    expect(render('Hi {{ $name }} there')).toBe('Hi there');
    expect(render('{{ $name }} Hello')).toBe('Hello');
    expect(render('Hello {{ $name }}')).toBe('Hello');
    expect(render('a{{ $x }}b')).toBe('ab');
    expect(render('Hi {{ $a }} {{ $b }}!')).toBe('Hi!');
    expect(render("Hi {{ '' }} there")).toBe('Hi there');
  });

  it('spaces of its own stay', () => {
    expect(render('a  b {{ $n }}  c', { n: 1 })).toBe('a  b 1  c');
    expect(render('false: {{ $no }}, zero: {{ $n }}', { no: false, n: 0 })).toBe('false: false, zero: 0');
  });
});

describe('typeTemplate', () => {
  const variables: { readonly [name: string]: Field } = {
    order: {
      type: {
        kind: 'object',
        fields: {
          id: { type: { kind: 'string' } },
          items: { type: { kind: 'list', items: { kind: 'object', fields: { name: { type: { kind: 'string' } } } } } },
        },
      },
    },
    name: { type: { kind: 'string' }, optional: true },
  };
  const problems = (text: string) =>
    typeTemplate(template(text), variables).problems.map(({ code, offset, length }) => [
      code,
      text.slice(offset, offset + length),
    ]);

  it('finds holes that cannot be said', () => {
    expect(problems('You ordered {{ $order.items.name }}.')).toEqual([['unsayable', '$order.items.name']]);
    expect(problems('You ordered {{ $order.items[0] }}.')).toEqual([['unsayable', '$order.items[0]']]);
    expect(problems("You ordered {{ $join($order.items.name, ', ') }}, {{ $order.items[0].name }}.")).toEqual([]);
    expect(problems('{{ $unknown }}')).toEqual([]);
  });

  it('finds problems of types where they stand in the text', () => {
    expect(problems('Order {{ $order.id }}, {{ $order.idd }}')).toEqual([['field', 'idd']]);
  });

  it('marks holes that may be empty', () => {
    const typed = typeTemplate(template('{{ $order.id }} {{ $name }}'), variables).template;
    expect(typed.parts.flatMap((part) => (typeof part === 'string' ? [] : [part.optional]))).toEqual([false, true]);
  });
});

describe('where the values of a filled text stand', () => {
  const filled = (text: string, scope: { readonly [name: string]: Json | undefined }) => {
    const { text: said, values } = template(text).fill(scope, plain);
    return values.map(({ start, end, value }) => [said.slice(start, end), value]);
  };

  it('is told for each of them', () => {
    expect(filled('{{ $a }} and {{ $b }}.', { a: 'x', b: 12 })).toEqual([
      ['x', 'x'],
      ['12', 12],
    ]);
  });

  it('is told where an empty hole before them leaves no gap, and where one after them takes a comma away', () => {
    expect(filled('Hi {{ $none }}, {{ $a }}, {{ $none }}.', { a: 'x' })).toEqual([['x', 'x']]);
    expect(filled('{{ $a }}{{ $none }}.', { a: 'x,' })).toEqual([['x', 'x,']]);
  });

  it('is told for all that is said, whatever the text', () => {
    const hole = fc.constantFrom('{{ $a }}', '{{ $b }}', '{{ $none }}');
    const piece = fc.oneof(hole, fc.constantFrom(' ', ', ', '. ', 'word', ': '));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const found = filled(pieces.join(''), { a: 'AA', b: 'BB' });
        const holes = pieces.filter((one) => one === '{{ $a }}' || one === '{{ $b }}');
        expect(found).toEqual(holes.map((one) => (one === '{{ $a }}' ? ['AA', 'AA'] : ['BB', 'BB'])));
      }),
    );
  });
});
