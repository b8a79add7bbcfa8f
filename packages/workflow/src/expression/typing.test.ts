import { describe, expect, it } from '@jest/globals';
import type { Field, Json, Type } from '../type.ts';
import { parseExpression, typeOf } from './expression.ts';
import { generateBindings, generateExpression, Random } from './testing/generate.ts';

const text: Type = { kind: 'string' };
const number: Type = { kind: 'number' };
const whole: Type = { kind: 'number', integer: true };
const money: Type = { kind: 'number', format: 'money', currency: 'USD' };
const truth: Type = { kind: 'boolean' };
const list = (items: Type): Type => ({ kind: 'list', items });
const object = (fields: { readonly [name: string]: Field }): Type => ({ kind: 'object', fields });
const oneOf = (...of: readonly Type[]): Type => ({ kind: 'union', of });

describe('soundness', () => {
  /** What `generateBindings` may leave out, and may make null. */
  const maybe = (type: Type): Field => ({ type: oneOf(type, { kind: 'null' }), optional: true });
  const item = object({
    name: maybe(text),
    price: maybe(number),
    qty: maybe(whole),
    tags: maybe(list(text)),
    gift: maybe(truth),
    options: maybe(list(object({ name: maybe(text), price: maybe(number) }))),
    size: maybe(object({ w: maybe(number), h: maybe(number) })),
  });
  const variables: { readonly [name: string]: Field } = {
    order: {
      type: object({
        status: maybe(text),
        total: maybe(number),
        items: maybe(list(item)),
        address: maybe(object({ city: maybe(text), zip: maybe(text), lines: maybe(list(text)) })),
        'first item': maybe(item),
        at: maybe(text),
        paid: maybe(truth),
      }),
    },
    items: maybe(list(item)),
    orders: maybe(list(object({ items: maybe(list(item)), status: maybe(text) }))),
    names: maybe(list(text)),
    prices: maybe(list(number)),
    grid: maybe(list(list(number))),
    nested: maybe(list(list(item))),
    goal: maybe(text),
    n: maybe(number),
    m: maybe(number),
    yes: maybe(truth),
    at: maybe(text),
    cube: { type: list(list(list(number))) },
    nothing: { type: { kind: 'null' } },
    one: { type: list(item) },
    none: { type: list(text) },
    empty: { type: object({}) },
  };

  /** The same without nulls, all of it always there: types are sharper, so that more can be wrong. */
  const sharp = (type: Type): Type => {
    if (type.kind === 'union') {
      const rest = type.of.filter((one) => one.kind !== 'null').map(sharp);
      return rest.length === 1 && rest[0] ? rest[0] : oneOf(...rest);
    }
    if (type.kind === 'list') return list(sharp(type.items));
    if (type.kind !== 'object') return type;
    return object(
      Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, { type: sharp(field.type) }])),
    );
  };

  it('a value fits the type found for its expression, with data of the types declared', () => {
    const random = new Random(77);
    let values = 0;
    let narrow = 0;
    let always = 0;
    for (let round = 0; round < 8_000; round++) {
      const source = generateExpression(random);
      const parsed = parseExpression(source);
      if (!parsed.ok) throw new Error(source);
      const scope = generateBindings(random);
      const full = Object.entries(variables).every(([name, { type }]) => fits(scope[name], sharp(type)));
      const declared = full
        ? Object.fromEntries(Object.entries(variables).map(([name, field]) => [name, { type: sharp(field.type) }]))
        : variables;
      const { type, optional } = typeOf(parsed.expression, declared);
      const value = parsed.expression.evaluate(scope);
      if (value !== undefined) values++;
      if (type.kind !== 'unknown') narrow++;
      if (!optional) always++;
      const sound = value === undefined ? optional : fits(value, type);
      if (!sound)
        throw new Error(`${source}\n${JSON.stringify(scope)}\n${JSON.stringify(value)}\n${JSON.stringify(type)}`);
    }
    expect(values).toBeGreaterThan(4_000);
    expect(narrow).toBeGreaterThan(4_000);
    expect(always).toBeGreaterThan(1_000);
  });

  function fits(value: Json | undefined, type: Type): boolean {
    switch (type.kind) {
      case 'unknown':
        return true;
      case 'union':
        return type.of.some((one) => fits(value, one));
      case 'null':
        return value === null;
      case 'boolean':
        return typeof value === 'boolean';
      case 'number':
        return typeof value === 'number' && (type.integer !== true || Number.isInteger(value));
      case 'string':
        return typeof value === 'string' && (type.values === undefined || type.values.includes(value));
      case 'list':
        return isList(value) && value.every((one) => fits(one, type.items));
      case 'object':
        return (
          isObject(value) &&
          Object.entries(type.fields).every(([name, field]) =>
            Object.hasOwn(value, name) ? fits(value[name], field.type) : field.optional === true,
          ) &&
          (type.open === true || Object.keys(value).every((name) => Object.hasOwn(type.fields, name)))
        );
    }
  }

  function isList(value: Json | undefined): value is readonly Json[] {
    return Array.isArray(value);
  }

  function isObject(value: Json | undefined): value is { readonly [name: string]: Json } {
    return typeof value === 'object' && value !== null && !isList(value);
  }
});

describe('typeOf', () => {
  const status: Type = { kind: 'string', values: ['shipped', 'delivered'] };
  const line = object({
    sku: { type: text },
    price: { type: money },
    qty: { type: whole },
    note: { type: text, optional: true },
  });
  const variables: { readonly [name: string]: Field } = {
    order: {
      type: object({
        status: { type: status },
        total: { type: money },
        paid: { type: truth },
        items: { type: list(line) },
        tags: { type: list(text) },
        due: { type: { kind: 'string', format: 'date' } },
        note: { type: text, optional: true },
      }),
    },
    goal: { type: { kind: 'string', values: ['return', 'cancel'] }, optional: true },
    n: { type: whole },
    anything: { type: { kind: 'unknown' } },
    open: { type: { kind: 'object', fields: { a: { type: number } }, open: true } },
    euro: { type: { kind: 'number', format: 'money', currency: 'EUR' } },
  };
  const typed = (source: string) => {
    const parsed = parseExpression(source);
    if (!parsed.ok) throw new Error(source);
    return typeOf(parsed.expression, variables);
  };

  const types: readonly [source: string, type: Type, optional: boolean][] = [
    ['$order.total', money, false],
    ['$order.note', text, true],
    ['$goal', { kind: 'string', values: ['return', 'cancel'] }, true],
    ['$order.items', list(line), false],
    ['$order.items[0].price', money, true],
    ['$order.items.price', oneOf(money, list(money)), true],
    ['$order.items[qty > 1].price', oneOf(money, list(money)), true],
    ['$order.items.note[true]', oneOf(text, { kind: 'null' }, list(oneOf(text, { kind: 'null' }))), true],
    ['$sum($order.items.price)', money, true],
    ['$sum($order.items.(price * qty))', money, true],
    ['$count($order.items)', whole, false],
    ['$order.total + 5', money, false],
    ['$order.total - $order.total', money, false],
    ['$order.total + $euro', number, false],
    ['$order.total / $order.total', number, true],
    ['$order.total / 2', money, false],
    ['$n * 2', whole, false],
    ['$n / $n', number, true],
    ['$round($order.total)', { ...money, integer: true }, false],
    ["$n > 2 ? 'a' : 'b'", { kind: 'string', values: ['a', 'b'] }, false],
    ["$goal = 'return' and $nope > 1", truth, true],
    ["$goal = 'return'", truth, false],
    ['$n > 1', truth, false],
    ["'Order ' & $goal", text, false],
    ['[1, 2]', list(whole), false],
    [
      "{'a': $n, 'b': $goal}",
      object({ a: { type: whole }, b: { type: { kind: 'string', values: ['return', 'cancel'] }, optional: true } }),
      false,
    ],
    ['$exists($order.note) ? $order.note : $goal', text, true],
    ["$exists($order.note) ? $order.note : 'none'", text, false],
    ["$goal = 'return' ? $goal : 'none'", { kind: 'string', values: ['return', 'cancel', 'none'] }, false],
    ['$anything.a', { kind: 'unknown' }, true],
    ['$open.a', number, false],
    ['$open.b', { kind: 'unknown' }, true],
    ['$undeclared', { kind: 'unknown' }, true],
    ["$lookup($order, 'total')", money, false],
    ['$keys($order)', oneOf(text, list(text)), true],
  ];
  it.each(types)('%s', (source, type, optional) => {
    const found = typed(source);
    expect(found.problems).toEqual([]);
    expect(found.type).toEqual(type);
    expect(found.optional).toBe(optional);
  });

  const wrong: readonly [source: string, code: string, at: string, hint: string | RegExp][] = [
    ['$order.statsu', 'field', 'statsu', 'Did you mean status?'],
    ['$order.items.prise', 'field', 'prise', 'Did you mean price?'],
    ['$order.items[prise > 1]', 'field', 'prise', 'Did you mean price?'],
    ['$order.total.amount', 'field', 'amount', /Leave/],
    ["$lookup($order, 'statsu')", 'field', "'statsu'", 'Did you mean status?'],
    ["$order.status = 'deliverd'", 'value', "'deliverd'", 'Did you mean delivered?'],
    ["'deliverd' != $order.status", 'value', "'deliverd'", 'Did you mean delivered?'],
    ["$order.status in ['shipped', 'lost']", 'value', "'lost'", 'There are shipped, delivered.'],
    ['$order.status = $goal', 'value', '$order.status = $goal', /which values/],
    ["$n = '3'", 'types', "$n = '3'", 'Write 3 without quotes.'],
    ["$order.paid = 'true'", 'types', "$order.paid = 'true'", 'Write true without quotes.'],
    ["$order.total > '20'", 'types', "$order.total > '20'", 'Write 20 without quotes.'],
    ["$order.tags = 'gift'", 'types', "$order.tags = 'gift'", /Use `in`/],
    ['$order.paid > 1', 'types', '$order.paid', 'Compare with = or !=.'],
    ["$order.status + 'x'", 'types', '$order.status', 'Use & to put texts together.'],
    ['$order.items * 2', 'types', '$order.items', /\$number/],
    ['-$order.status', 'types', '$order.status', /\$number/],
    ['$uppercase($n)', 'types', '$n', /\$string/],
    ['$sum($order.items)', 'types', '$order.items', /\$items.price/],
    ['$sum($order.items.sku)', 'types', '$order.items.sku', /numbers/],
    ['$join($order.items)', 'types', '$order.items', /\$items.name/],
    ['$merge($n)', 'types', '$n', /\[\$a, \$b\]/],
    ['$not($order.statsu)', 'field', 'statsu', 'Did you mean status?'],
  ];
  it.each(wrong)('%s', (source, code, at, hint) => {
    const { problems } = typed(source);
    expect(
      problems.map((problem) => [problem.code, source.slice(problem.offset, problem.offset + problem.length)]),
    ).toEqual([[code, at]]);
    if (typeof hint === 'string') expect(problems[0]?.hint).toBe(hint);
    else expect(problems[0]?.hint).toMatch(hint);
    expect(problems[0]?.message).not.toContain('{}');
  });

  it('says what it is about', () => {
    expect(typed("$order.status = 'deliverd'").problems[0]?.message).toBe("`$order.status` is never 'deliverd'.");
    expect(typed("$n = '3'").problems[0]?.message).toBe('A number is compared with a text.');
    expect(typed('$order.items * 2').problems[0]?.message).toBe('`*` works on numbers, not on a list.');
    expect(typed('$sum($order.items)').problems[0]?.message).toBe('`$sum` takes numbers, not an object in the list.');
  });

  it('raises no alarm on what is unknown, open, or tested for null', () => {
    for (const source of [
      "$anything = 'x' and $anything > 3 and $anything + 1 > 2",
      '$open.whatever.deep = 3',
      '$undeclared.a.b > 1',
      '$sum($anything) + $sum($anything.x)',
      '$order.note = null',
      '$n = null',
      "'light' in $order.tags",
      '$order.items.sku = "a"',
      "$order.due > '2024-01-01'",
      '$n in []',
      "$goal in ['return', $order.note]",
    ]) {
      expect({ source, problems: typed(source).problems }).toEqual({ source, problems: [] });
    }
  });

  it('finds all that is wrong in one expression', () => {
    expect(typed("$order.statsu = 'x' or $n = 'a' or $goal = 'b'").problems.map(({ code }) => code)).toEqual([
      'field',
      'types',
      'value',
    ]);
  });
});
