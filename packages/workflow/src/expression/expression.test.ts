import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../type.ts';
import { type ExpressionProblem, isReservedName, parseExpression, renameVariables, type Scope } from './expression.ts';
import { generateExpression, Random } from './testing/generate.ts';

function parsed(source: string) {
  const result = parseExpression(source);
  if (!result.ok) throw new Error(`${source}: ${result.problems[0]?.message}`);
  return result.expression;
}

function problems(source: string): readonly ExpressionProblem[] {
  const result = parseExpression(source);
  return result.ok ? [] : result.problems;
}

const SCOPE: Scope = {
  order: {
    status: 'delivered',
    total: 42.5,
    gift: false,
    note: null,
    items: [
      { name: 'lamp', price: 30, qty: 1, tags: ['home', 'light'] },
      { name: 'bulb', price: 2.5, qty: 5, tags: ['light'] },
    ],
    'ship to': { city: 'Oslo' },
  },
  one: [{ name: 'only', price: 7 }],
  none: [],
  empty: {},
  grid: [[1, 2], [3]],
  n: 3,
  goal: 'return',
  text: 'desk lamp',
  given: undefined,
};

describe('evaluate', () => {
  const rules: readonly [rule: string, source: string, value: unknown][] = [
    ['a field of an object', '$order.status', 'delivered'],
    ['a quoted field', '$order.`ship to`.city', 'Oslo'],
    ['a field quoted as a text', "$order.'ship to'.city", 'Oslo'],
    ['null is a value', '$order.note', null],
    ['a missing field', '$order.nope', undefined],
    ['a field of what is missing', '$nope.a.b', undefined],
    ['a field of a text', '$goal.length', undefined],
    ['a variable that is undefined', '$given', undefined],
    ['a field of each item', '$order.items.name', ['lamp', 'bulb']],
    ['one result is that result', '$one.name', 'only'],
    ['no result is undefined', '$none.name', undefined],
    ['a list of the data stays a list', '$one', [{ name: 'only', price: 7 }]],
    ['an empty list of the data stays one', '$none', []],
    ['lists found in items are put together', '$order.items.tags', ['home', 'light', 'light']],
    ['an index', '$order.items[1].name', 'bulb'],
    ['an index from the end', '$order.items[-2].name', 'lamp'],
    ['an index outside', '$order.items[7]', undefined],
    ['a filter that is true of what is missing', '$order.items.nope[true]', [null, null]],
    ['an index of one value', '$order[0].status', 'delivered'],
    ['an index in each item', '$order.items.tags[0]', ['home', 'light']],
    ['an index of what was found', '($order.items.tags)[0]', 'home'],
    ['an index in a list in a list', '$grid[0][1]', 2],
    ['an index made of numbers', '$order.items[[0, 1]].qty', [1, 5]],
    ['a filter', '$order.items[price > 10].name', 'lamp'],
    ['a filter that keeps several', '$order.items[qty > 0].name', ['lamp', 'bulb']],
    ['a filter with the item itself', '$grid[0][$ > 1]', 2],
    ['a filter with a variable', '$order.items[qty > $n].name', 'bulb'],
    ['an expression for each item', '$order.items.(price * qty)', [30, 12.5]],
    ['a function for each item', '$order.items.$uppercase(name)', ['LAMP', 'BULB']],
    ['the list of items at hand counts as one context', "$grid[$count($lookup({'a': $}, 'a')) = 2]", [1, 2]],
    ['a list', "[1, 'a', null, [2]]", [1, 'a', null, [2]]],
    ['a list leaves out what is missing', '[$nope, 1]', [1]],
    ['a list takes in the items of another', '[$grid, 9]', [[1, 2], [3], 9]],
    ['a list in a list', '[[$n]]', [[3]]],
    ['an object', "{'a': $n, 'b': {'c': $goal}}", { a: 3, b: { c: 'return' } }],
    ['an object leaves out what is missing', "{'a': $nope}", {}],
    ['arithmetic', '1 + 2 * 3 - 4 / 8 % 3', 6.5],
    ['a minus sign', '-$n', -3],
    ['arithmetic with what is missing', '1 + $nope', undefined],
    ['arithmetic with a text', "1 + 'a'", undefined],
    ['what JSON cannot hold', '1 / 0', undefined],
    ['what JSON cannot hold, in a list', '[1, 1 / 0]', undefined],
    ['no negative zero', '0 * -1', 0],
    ['equality', "$order.status = 'delivered'", true],
    ['equality of objects in any order', "{'a': 1, 'b': [2]} = {'b': [2], 'a': 1}", true],
    ['equality of what is missing', '$nope = $nope', false],
    ['inequality of what is missing', "$nope != 'a'", false],
    ['null equals null', '$order.note = null', true],
    ['equality of types that differ', "3 = '3'", false],
    ['order of numbers', '$n >= 3', true],
    ['order of texts', "'a' < 'b'", true],
    ['order of what is missing', '$nope < 3', undefined],
    ['order of types that differ', "$n < '4'", undefined],
    ['order of truth values', 'true > false', undefined],
    ['in a list', "$goal in ['return', 'cancel']", true],
    ['in one value', "$goal in 'return'", true],
    ['what is missing is in nothing', '$nope in [$nope]', false],
    ['and', "$n > 2 and $goal = 'return'", true],
    ['and of what is missing', '$nope and true', false],
    ['or of a text and nothing', "'' or $nope", false],
    ['or is done at the first that is true', "true or 1 + 'a'", true],
    ['a list of false values is false', '[0, false] or false', false],
    ['a list with a true one is true', "[0, 'a'] and true", true],
    ['texts put together', "$goal & ' ' & $n & $nope", 'return 3'],
    ['an object in a text', "'' & $order.items[1].tags", '["light"]'],
    ['numbers in a text have 15 digits', "'' & (0.1 + 0.2)", '0.3'],
    ['a condition', "$n > 2 ? 'many' : 'few'", 'many'],
    ['a condition on what is missing', "$nope ? 'a' : 'b'", 'b'],
    ['a condition without an else', "$nope ? 'a'", undefined],
    ['an error anywhere leaves no value', "$exists(1 + 'a')", undefined],
    ['a comment', '/* how many */ $n', 3],
    ['exists', '[$exists($n), $exists($nope), $exists(null)]', [true, false, true]],
    ['not', '[$not($n), $not(0)]', [false, true]],
    ['not of what is missing', '$not($nope)', undefined],
    [
      'boolean',
      "[$boolean(''), $boolean('a'), $boolean({}), $boolean([]), $boolean(null)]",
      [false, true, false, false, false],
    ],
    ['string', "[$string(1), $string('a'), $string(true), $string([1])]", ['1', 'a', 'true', '[1]']],
    ['number', "[$number('12'), $number('-1.5e2'), $number('0x10'), $number(true)]", [12, -150, 16, 1]],
    ['number of what is none', "$number('a')", undefined],
    ['number of null', '$number(null)', undefined],
    ['length counts characters', "$length('😀a')", 2],
    ['uppercase', "$uppercase('aß')", 'ASS'],
    ['lowercase', "$lowercase('AB')", 'ab'],
    ['trim', "$trim('  a \n b ')", 'a b'],
    ['substring', "$substring('hello', 1, 3)", 'ell'],
    ['substring from the end', "$substring('hello', -3)", 'llo'],
    ['substring before', "$substringBefore('a-b-c', '-')", 'a'],
    ['substring before what is not there', "$substringBefore('abc', '-')", 'abc'],
    ['substring after', "$substringAfter('a-b-c', '-')", 'b-c'],
    ['contains', "[$contains($text, 'lamp'), $contains($text, 'x')]", [true, false]],
    ['split', "$split('a,b,c', ',', 2)", ['a', 'b']],
    ['join', "$join(['a', 'b'], ', ')", 'a, b'],
    ['join of one text', "$join('a', ', ')", 'a'],
    ['join of numbers', '$join([1, 2])', undefined],
    ['count', '[$count($order.items), $count($n), $count($nope), $count([])]', [2, 1, 0, 0]],
    ['sum', '[$sum([1, 2]), $sum(3), $sum([])]', [3, 3, 0]],
    ['sum of texts', "$sum(['1'])", undefined],
    ['max, min and average', '[$max([1, 3]), $min([1, 3]), $average([1, 3])]', [3, 1, 2]],
    ['max of none', '$max([])', undefined],
    ['round to even', '[$round(2.5), $round(3.5), $round(-2.5), $round(1.005, 2), $round(25, -1)]', [2, 4, -2, 1, 20]],
    ['floor, ceil and abs', '[$floor(-1.5), $ceil(1.2), $abs(-2)]', [-2, 2, 2]],
    ['append', '$append([1], 2)', [1, 2]],
    ['append to what is missing', '$append($nope, 2)', 2],
    ['distinct', "$distinct([1, 1, '1', [2], [2]])", [1, '1', [2]]],
    ['distinct of a list of the data', '$distinct([1, 1])', [1]],
    ['distinct of what was found', "$distinct($order.items.('x'))", 'x'],
    ['keys', '$keys($order.items)', ['name', 'price', 'qty', 'tags']],
    ['keys of an empty object', '$keys($empty)', undefined],
    ['lookup', "$lookup($order, 'sta' & 'tus')", 'delivered'],
    ['merge', "$merge([{'a': 1, 'b': 1}, {'b': 2}])", { a: 1, b: 2 }],
    ['type', '[$type(null), $type([]), $type({}), $type(1)]', ['null', 'array', 'object', 'number']],
    ['toMillis', "$toMillis('1970-01-01T00:00:01Z')", 1000],
    ['toMillis without a zone is UTC', "$toMillis('1970-01-01T00:00:01')", 1000],
    ['toMillis of what is no time', "$toMillis('soon')", undefined],
    ['fromMillis', '$fromMillis(1000)', '1970-01-01T00:00:01.000Z'],
  ];
  it.each(rules)('%s: %s', (_, source, value) => {
    expect(parsed(source).evaluate(SCOPE)).toEqual(value);
  });

  it('knows only own fields', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'length']) {
      expect(parsed(`$order.${name}`).evaluate(SCOPE)).toBeUndefined();
      expect(parsed(`$order.items.${name}`).evaluate(SCOPE)).toBeUndefined();
      expect(parsed(`$lookup($order, '${name}')`).evaluate(SCOPE)).toBeUndefined();
    }
    expect(parsed('$constructor').evaluate({})).toBeUndefined();
    expect(
      parsed('$merge([$data])').evaluate({ data: JSON.parse('{"__proto__": {"admin": true}}') }),
    ).not.toHaveProperty('admin');
  });

  it('reads and leaves alone: the scope is not changed and gives its own lists back', () => {
    const scope = { grid: [[2, 1], [3]], none: [] };
    const before = JSON.stringify(scope);
    expect(parsed('$grid').evaluate(scope)).toBe(scope.grid);
    expect(parsed("$none[$exists({'a': 1})]").evaluate(scope)).toBeUndefined();
    parsed('$distinct($append($grid, $grid))').evaluate(scope);
    expect(JSON.stringify(scope)).toBe(before);
  });

  it('has no value rather than one too long, or one that takes too long', () => {
    const long = 'x'.repeat(200_000);
    expect(parsed('$long & $long').evaluate({ long })).toBeUndefined();
    expect(parsed("$join([$long, $long], '')").evaluate({ long })).toBeUndefined();
    const many = Array.from({ length: 2_000 }, (_, index) => index);
    expect(parsed('$count($many[$count($many[$ = 0]) = 1])').evaluate({ many })).toBeUndefined();
    expect(parsed('$count($many[$ >= 0])').evaluate({ many })).toBe(2_000);
  });

  it('is total: data too deep to walk has no value', () => {
    let deep: Json = [];
    for (let level = 0; level < 100_000; level++) deep = [deep];
    const scope = { deep };
    expect(parsed('$string($deep)').evaluate(scope)).toBeUndefined();
    expect(parsed('$deep.a').evaluate(scope)).toBeUndefined();
  });
});

describe('what is refused', () => {
  const refused: readonly [source: string, code: ExpressionProblem['code'], offset: number, hint: string | RegExp][] = [
    ['', 'syntax', 0, /Write one/],
    ['   ', 'syntax', 0, /Write one/],
    ['status', 'node', 0, "Write $status for a variable, or 'status' for a text."],
    ['$x = delivered', 'node', 5, "Write $delivered for a variable, or 'delivered' for a text."],
    ['order.status = 1', 'node', 0, 'Write $order.status for a variable.'],
    ['$', 'node', 0, /Name the variable/],
    ['$$.a', 'node', 0, /Name the variable/],
    ['$x == 1', 'syntax', 4, 'Write = for “is” and != for “is not”.'],
    ['$x && $y', 'syntax', 4, 'Write and.'],
    ['$x || $y', 'syntax', 3, 'Write or.'],
    ['!$x', 'syntax', 0, 'Write $not(…).'],
    ['$x ?? 1', 'syntax', 4, /\$exists/],
    ['$x +', 'syntax', 3, /after the last operator/],
    ["'abc", 'syntax', 3, /same quote/],
    ['$x.`abc', 'syntax', 6, /backquote/],
    ['/* abc', 'syntax', -1, /\*\//],
    ['$x.1', 'syntax', 3, /\[0\]/],
    ["$x.a'b", 'syntax', 3, /backquotes/],
    ["$a'b", 'variable', 0, /letters, digits and _/],
    ['$count', 'variable', 0, 'Call it: $count(…); or give the variable another name.'],
    ['$states.input', 'variable', 0, 'Choose another name.'],
    ['$countt($x)', 'function', 0, 'Did you mean $count?'],
    ['count($x)', 'function', 0, 'Write $count(…).'],
    ['$map($x, $y)', 'function', 0, 'Let a tool work it out.'],
    ["$eval('1')", 'function', 0, 'Let a tool work it out.'],
    ['$now()', 'function', 0, 'Let a tool work it out.'],
    ['$random()', 'function', 0, 'Let a tool work it out.'],
    ['$pad($x, 9)', 'function', 0, 'Let a tool work it out.'],
    ["$matches($x, 'a')", 'function', 0, /\$/],
    ['$trim()', 'arguments', 0, /commas/],
    ['1 + $round(1, 2, 3)', 'arguments', 4, /commas/],
    ['$string($x, true)', 'arguments', 0, /commas/],
    ['function($x) { $x }', 'node', 8, /filter/],
    ['λ($x) { $x }', 'node', 1, /filter/],
    ['$x ~> $trim()', 'node', 3, /Write the call out/],
    ['$x := 1', 'node', 3, /to compare/],
    ['$x.*', 'node', 3, 'Name the field.'],
    ['$x.**', 'node', 3, 'Name the fields on the way.'],
    ['$x.a.%', 'node', 0, /Begin the path/],
    ['$contains($x, /a+/)', 'node', 17, /\$contains/],
    ['$x^(price)', 'node', 2, /sorted/],
    ['$x[]', 'node', 0, /Leave it out/],
    ['$x.a[]', 'node', 0, /Leave it out/],
    ['$x{a: b}', 'node', 0, /group/],
    ['$x@$y.a', 'node', 0, /filter/],
    ['$x.a#$i', 'node', 3, /filter/],
    ['| $x | {} |', 'node', 0, /tool/],
    ['[1..3]', 'node', 2, /Write the values out/],
    ['($x; $y)', 'node', 0, /one expression/],
    ['()', 'node', 0, /one expression/],
    ['$x.{}', 'node', 3, /Put \( \)/],
    ['$x.[a]', 'node', 3, /Put \( \)/],
    ['$x.$y', 'node', 3, /\$lookup/],
    ['{$x: 1}', 'node', 1, /Write it as a text/],
    ["{'a': 1, 'a': 2}", 'node', 0, /once/],
    ['$substring(?, 1)', 'node', 10, /all its arguments/],
  ];
  it.each(refused)('%s', (source, code, offset, hint) => {
    const [first] = problems(source);
    expect(first?.code).toBe(code);
    if (offset >= 0) expect(first?.offset).toBe(offset);
    if (typeof hint === 'string') expect(first?.hint).toBe(hint);
    else expect(first?.hint).toMatch(hint);
    expect(first?.message).not.toBe('');
  });

  it('says all that is wrong at once, each where it stands', () => {
    expect(
      problems("status = 'a' and $foo($x) and $count").map(({ code, offset, length }) => [code, offset, length]),
    ).toEqual([
      ['node', 0, 6],
      ['function', 17, 4],
      ['variable', 30, 6],
    ]);
  });

  it('what is too long or too deep', () => {
    for (const source of [
      `'${'x'.repeat(2_000)}'`,
      `${'('.repeat(900)}1${')'.repeat(900)}`,
      '('.repeat(1_900),
      `${'-'.repeat(1_900)}$x`,
      `1${'+1'.repeat(900)}`,
      `${'$a?'.repeat(600)}1`,
      `[${'1,'.repeat(450)}1]`,
      `$${'x'.repeat(300_000)}`,
    ]) {
      expect(problems(source).map(({ code }) => code)).toEqual(['size']);
    }
  });

  it('names of variables do not count for the length: they grow where a part is used', () => {
    const source = `[${Array.from({ length: 100 }, (_, index) => `$variable${index}`).join(', ')}]`;
    const long = renameVariables(source, (name) => `${'long'.repeat(40)}__${name}`);
    expect(long.length).toBeGreaterThan(10_000);
    expect(problems(long)).toEqual([]);
  });

  it('never throws, whatever it is given', () => {
    const piece = fc.constantFrom(
      ...[
        '$x',
        '$',
        '.',
        '[',
        ']',
        '(',
        ')',
        '{',
        '}',
        "'",
        '"',
        '`',
        '\\',
        '/',
        '*',
        '?',
        ':',
        ',',
        '&',
        '=',
        '!',
        '<',
        '-',
        '1',
        '$count',
        'and',
        'in',
        ' ',
        '@',
        '#',
        '^',
        '|',
        '~>',
        ':=',
        '%',
        'function',
        'é',
        '\n',
      ],
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
        ),
        (source) => {
          const result = parseExpression(source);
          if (result.ok) result.expression.evaluate({ x: [1, { a: 'b' }] });
          else {
            for (const { offset, length } of result.problems) {
              expect(offset).toBeGreaterThanOrEqual(0);
              expect(offset + length).toBeLessThanOrEqual(Math.max(source.length, offset + 1));
            }
          }
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

describe('variables', () => {
  const uses = (source: string) =>
    parsed(source).variables.map(({ name, offset, tolerant }) => `${name}@${offset}${tolerant ? ' tolerant' : ''}`);

  it('are found where they stand, in the order of the source', () => {
    expect(uses("$b.x[$a > 1] & '$no' & /* $no */ $count($b)")).toEqual(['b@0 tolerant', 'a@5', 'b@40 tolerant']);
    expect(uses('$f["$f" = $g]')).toEqual(['f@0', 'g@10 tolerant']);
  });

  it('tolerate having no value where that is dealt with', () => {
    expect(uses('$a = 1')).toEqual(['a@0 tolerant']);
    expect(uses("$a.b in ['x']")).toEqual(['a@0 tolerant']);
    expect(uses('$exists($a.b)')).toEqual(['a@8 tolerant']);
    expect(uses('$a and ($b)')).toEqual(['a@0 tolerant', 'b@8 tolerant']);
    expect(uses('$a ? 1 : 2')).toEqual(['a@0 tolerant']);
    expect(uses("$a & ''")).toEqual(['a@0 tolerant']);
  });

  it('do not where what is missing silently counts as no', () => {
    for (const source of [
      '$a',
      '$a > 1',
      '$a != 1',
      '$not($a)',
      '$a + 1',
      '$uppercase($a)',
      '[$a]',
      "{'x': $a}",
      '-$a',
    ]) {
      expect(parsed(source).variables.map(({ tolerant }) => tolerant)).toEqual([false]);
    }
  });

  it('are known to have a value after a test for it', () => {
    expect(uses('$exists($a) and $a > 1')).toEqual(['a@8 tolerant', 'a@16 tolerant']);
    expect(uses('$exists($a) or $a > 1')).toEqual(['a@8 tolerant', 'a@15']);
    expect(uses('$not($exists($a)) or $a > 1')).toEqual(['a@13 tolerant', 'a@21 tolerant']);
    expect(uses('$exists($a) ? $a : $b')).toEqual(['a@8 tolerant', 'a@14 tolerant', 'b@19']);
    expect(uses('($a = 1 or $a = 2) and $not($a)')).toEqual(['a@1 tolerant', 'a@11 tolerant', 'a@28 tolerant']);
    expect(uses('$a > 1 and $a < 9')).toEqual(['a@0', 'a@11 tolerant']);
    expect(uses('$not($a) and $a < 9')).toEqual(['a@5', 'a@13 tolerant']);
    expect(uses('$b and $a < 9')).toEqual(['b@0 tolerant', 'a@7']);
  });

  it('as a condition, a variable alone may be missing', () => {
    const tolerance = (source: string) =>
      parsed(source).variables.map(({ tolerantAsCondition }) => tolerantAsCondition);
    expect(tolerance('$vip')).toEqual([true]);
    expect(tolerance('$vip != 1')).toEqual([false]);
    expect(tolerance('$n > 1 ? $a : $b')).toEqual([false, true, true]);
  });
});

describe('renameVariables', () => {
  it('renames each use and leaves the rest', () => {
    expect(renameVariables("$a.a['$a' = $b.a] /* $a */ & $count($a)", (name) => `p__${name}`)).toBe(
      "$p__a.a['$a' = $p__b.a] /* $a */ & $count($p__a)",
    );
    expect(renameVariables('$items[$ > 1]', (name) => `x_${name}`)).toBe('$x_items[$ > 1]');
    expect(renameVariables('not an expression (', (name) => `x_${name}`)).toBe('not an expression (');
  });

  it('the renamed gives the same for the renamed variables', () => {
    const random = new Random(5);
    for (let round = 0; round < 1_000; round++) {
      const source = generateExpression(random);
      const renamed = parsed(renameVariables(source, (name) => `part__${name}`));
      expect(renamed.variables.map(({ name }) => name)).toEqual(
        parsed(source).variables.map(({ name }) => `part__${name}`),
      );
      const scope = { order: SCOPE['order'], n: 3, names: ['a', 'b'], items: [{ name: 'a', price: 2 }] };
      const moved = Object.fromEntries(Object.entries(scope).map(([name, value]) => [`part__${name}`, value]));
      expect(renamed.evaluate(moved)).toEqual(parsed(source).evaluate(scope));
    }
  });
});

it('names of functions are reserved', () => {
  expect(['count', 'now', 'states', 'uuid', 'eval'].map(isReservedName)).toEqual([true, true, true, true, true]);
  expect(['order', 'counts', 'goal'].map(isReservedName)).toEqual([false, false, false]);
});
