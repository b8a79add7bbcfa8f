import type { Json } from '../../type.ts';

/** Random numbers that are the same in every run. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.below(from.length)] ?? from[0];
  }

  list<T>(limit: number, make: () => T): T[] {
    return Array.from({ length: this.below(limit + 1) }, make);
  }
}

type Bindings = { readonly [name: string]: Json };
type Kind = 'number' | 'text' | 'truth' | 'list' | 'object';

const WORDS: readonly [string, ...string[]] = [
  'a',
  'b',
  'lamp',
  'desk lamp',
  'délivré',
  '',
  ' two  words ',
  'x,y,z',
  '12',
  '-3.5',
  '1e3',
  '0x1F',
  '😀 ok',
  'delivered',
  'true',
];
const NUMBERS: readonly [number, ...number[]] = [0, 1, 2, 3, -1, -2, 0.5, 1.5, 2.5, 2.345, 10, 99.99, -7.25, 1e9, 1e-7];
const TIMES: readonly [string, ...string[]] = [
  '2024-02-29',
  '2024-02-29T10:00:00Z',
  '2024-02-29T10:00:00.250+02:00',
  '2024',
];

/** Values of variables: orders with lists in lists, fields missing here and there, nulls, lists of none and of one. */
export function generateBindings(random: Random): Bindings {
  const maybe = (name: string, value: () => Json): { [name: string]: Json } =>
    random.chance(0.85) ? { [name]: random.chance(0.05) ? null : value() } : {};
  const word = () => random.pick(WORDS);
  const number = () => random.pick(NUMBERS);
  const item = () => ({
    ...maybe('name', word),
    ...maybe('price', number),
    ...maybe('qty', () => random.below(4)),
    ...maybe('tags', () => random.list(3, word)),
    ...maybe('gift', () => random.chance(0.5)),
    ...maybe('options', () => random.list(2, () => ({ ...maybe('name', word), ...maybe('price', number) }))),
    ...maybe('size', () => ({ ...maybe('w', number), ...maybe('h', number) })),
  });
  const any = (depth: number): Json => {
    switch (random.below(depth > 0 ? 7 : 4)) {
      case 0:
        return number();
      case 1:
        return word();
      case 2:
        return random.chance(0.5);
      case 3:
        return random.chance(0.3) ? null : number();
      case 4:
        return random.list(3, () => any(depth - 1));
      case 5:
        return { ...maybe('name', () => any(depth - 1)), ...maybe('price', () => any(depth - 1)) };
      default:
        return random.list(3, () => item());
    }
  };
  return {
    order: {
      ...maybe('status', word),
      ...maybe('total', number),
      ...maybe('items', () => random.list(4, item)),
      ...maybe('address', () => ({
        ...maybe('city', word),
        ...maybe('zip', word),
        ...maybe('lines', () => random.list(2, word)),
      })),
      ...maybe('first item', item),
      ...maybe('at', () => random.pick(TIMES)),
      ...maybe('paid', () => random.chance(0.5)),
    },
    ...maybe('items', () => random.list(4, item)),
    ...maybe('orders', () =>
      random.list(3, () => ({ ...maybe('items', () => random.list(3, item)), ...maybe('status', word) })),
    ),
    ...maybe('names', () => random.list(4, word)),
    ...maybe('prices', () => random.list(4, number)),
    ...maybe('grid', () => random.list(3, () => random.list(3, number))),
    ...maybe('nested', () => random.list(2, () => random.list(2, item))),
    ...maybe('goal', word),
    ...maybe('n', number),
    ...maybe('m', number),
    ...maybe('yes', () => random.chance(0.5)),
    ...maybe('at', () => random.pick(TIMES)),
    ...maybe('any', () => any(3)),
    ...maybe('other', () => any(2)),
    cube: random.list(2, () => random.list(2, () => random.list(2, number))),
    nothing: null,
    one: [item()],
    none: [],
    empty: {},
  };
}

/**
 * An expression of the language, mostly of types that go together. `inner`: where there is an item at hand, so that
 * bare names of fields and `$` may be used.
 */
export function generateExpression(random: Random, depth = 4, kind?: Kind, inner = false): string {
  const wanted: Kind = kind ?? random.pick(['number', 'text', 'truth', 'list', 'object']);
  // Now and then something of another type, for the errors.
  const actual: Kind = random.chance(0.04) ? random.pick(['number', 'text', 'truth', 'list', 'object']) : wanted;
  const go = (of: Kind) => generateExpression(random, depth - 1, of, inner);
  const any = () => generateExpression(random, depth - 1, undefined, inner);
  if (depth <= 0 || random.chance(0.25)) return leaf(random, actual, inner);
  if (random.chance(0.06)) return `(${go(actual)})`;
  if (random.chance(0.05)) return `(${go('truth')} ? ${go(actual)} : ${go(actual)})`;
  if (random.chance(0.01)) return `(${go('truth')} ? ${go(actual)})`;
  if (random.chance(0.04)) return `${path(random, depth - 1, inner)}`;
  if (random.chance(0.03)) return `$any${filter(random, depth - 1)}`;
  switch (actual) {
    case 'number':
      return random.pick([
        () => `${operand(go('number'))} ${random.pick(['+', '-', '*', '/', '%'])} ${operand(go('number'))}`,
        () => `-${operand(go('number'))}`,
        () => `$${random.pick(['sum', 'max', 'min', 'average'])}(${numbers(random, depth - 1, inner)})`,
        () => `$count(${random.chance(0.8) ? go('list') : any()})`,
        () => `$${random.pick(['floor', 'ceil', 'abs', 'round'])}(${go('number')})`,
        () => `$round(${go('number')}, ${random.pick(['1', '2', '-1', '0', go('number')])})`,
        () => `$number(${random.chance(0.7) ? random.pick(["'12'", "'-3.5'", "'0x1F'", "'1e3'", '$goal']) : any()})`,
        () => `$length(${go('text')})`,
        () => `$toMillis(${random.pick(['$at', '$order.at', "'2024-02-29T10:00:00Z'", "'no'"])})`,
        () => `$lookup(${go('object')}, 'price')`,
      ])();
    case 'text':
      return random.pick([
        () => `${operand(go('text'))} & ${operand(random.chance(0.6) ? go('text') : any())}`,
        () => `$${random.pick(['uppercase', 'lowercase', 'trim'])}(${go('text')})`,
        () => `$string(${any()})`,
        () => `$substring(${go('text')}, ${random.pick(['0', '1', '-2', '9', go('number')])})`,
        () =>
          `$substring(${go('text')}, ${random.pick(['0', '1', '-2', go('number')])}, ${random.pick(['0', '1', '3', '-1'])})`,
        () =>
          `$substring${random.pick(['Before', 'After'])}(${go('text')}, ${random.pick(["' '", "'a'", "','", "''"])})`,
        () =>
          `$join(${texts(random, depth - 1, inner)}${random.chance(0.6) ? `, ${random.pick(["', '", "''", go('text')])}` : ''})`,
        () => `$type(${any()})`,
        () => `$fromMillis(${random.pick(['0', '1709200800000', '$toMillis($at)', '$n'])})`,
        () => `$lookup(${go('object')}, ${random.pick(["'name'", "'city'", "'nope'", go('text')])})`,
      ])();
    case 'truth':
      return random.pick([
        () => {
          const of = random.pick<Kind>(['number', 'text', 'truth', 'list', 'object']);
          return `${operand(go(of))} ${random.pick(['=', '!='])} ${operand(random.chance(0.8) ? go(of) : any())}`;
        },
        () => {
          const of = random.pick<Kind>(['number', 'number', 'text']);
          return `${operand(go(of))} ${random.pick(['<', '<=', '>', '>='])} ${operand(go(of))}`;
        },
        () =>
          `${operand(go('truth'))} ${random.pick(['and', 'or'])} ${operand(random.chance(0.8) ? go('truth') : any())}`,
        () => `$not(${random.chance(0.7) ? go('truth') : any()})`,
        () => `$boolean(${any()})`,
        () => `$exists(${random.chance(0.5) ? path(random, depth - 1, inner) : any()})`,
        () => `$contains(${go('text')}, ${random.pick(["'a'", "''", "' '", go('text')])})`,
        () =>
          `${operand(random.chance(0.5) ? go('number') : go('text'))} in ${operand(random.chance(0.7) ? go('list') : any())}`,
      ])();
    case 'list':
      return random.pick([
        () => `[${random.list(3, any).join(', ')}]`,
        () => path(random, depth - 1, inner),
        () => path(random, depth - 1, inner),
        () => `$append(${any()}, ${any()})`,
        () => `$distinct(${random.chance(0.6) ? path(random, depth - 1, inner) : go('list')})`,
        () => `$keys(${random.chance(0.5) ? go('object') : go('list')})`,
        () =>
          `$split(${go('text')}, ${random.pick(["','", "' '", "''", go('text')])}${random.chance(0.3) ? `, ${random.pick(['1', '2', '0', '1.5', '-1'])}` : ''})`,
        () => `$lookup(${go('list')}, ${random.pick(["'name'", "'tags'", "'price'"])})`,
        () => `${operand(go('list'))}${filter(random, depth - 1)}`,
      ])();
    case 'object':
      return random.pick([
        () =>
          `{${['a', 'name', 'price', '1']
            .filter(() => random.chance(0.5))
            .map((key) => `'${key}': ${any()}`)
            .join(', ')}}`,
        () => `$merge(${random.pick(['[$empty, $order]', '$items', '$order', `[${go('object')}, ${go('object')}]`])})`,
        () => `${random.pick(['$items', '$one', '$order.items', '$nested'])}[${random.pick(['0', '-1', '1', '$n'])}]`,
        () =>
          random.pick([
            "$lookup({'a': $cube.({'a': $})}, 'a')",
            "$cube[$count($lookup({'a': $}, 'a')) = 2]",
            "$grid.({'a': $})",
          ]),
      ])();
  }
}

function operand(source: string): string {
  return /^(\$?[\p{L}\d.'`]+|\([^()]*\)|\$\w+\([^()]*\)|\[[^[\]]*\])$/u.test(source) && !/^'.*'.*'/.test(source)
    ? source
    : `(${source})`;
}

function leaf(random: Random, kind: Kind, inner: boolean): string {
  if (inner && random.chance(0.5)) {
    const here = random.pick([
      { number: 'price', text: 'name', truth: 'gift', list: 'tags', object: 'size' },
      { number: 'qty', text: 'name', truth: 'gift', list: 'options', object: '$' },
      { number: '$', text: '$', truth: '$', list: '$', object: '$' },
      { number: 'size.w', text: 'options.name', truth: 'nope', list: 'options.price', object: 'options[0]' },
      { number: '$.price', text: '$.name', truth: '$.gift', list: '$.tags', object: '$.size' },
    ]);
    return here[kind];
  }
  switch (kind) {
    case 'number':
      return random.pick([
        '$n',
        '$m',
        '$order.total',
        '$items[0].price',
        `${random.pick(NUMBERS)}`,
        '$prices[1]',
        '2',
        '1',
      ]);
    case 'text':
      return random.pick([
        '$goal',
        '$order.status',
        '$names[0]',
        '$order.address.city',
        `'${random.pick(WORDS)}'`,
        '"b"',
        '$items[0].name',
        '$order.`first item`.name',
      ]);
    case 'truth':
      return random.pick(['$yes', 'true', 'false', '$order.paid', '$items[0].gift']);
    case 'list':
      return random.pick([
        '$items',
        '$names',
        '$prices',
        '$grid',
        '$order.items',
        '$none',
        '$one',
        '$nested',
        '$order.address.lines',
        '$orders',
        '[]',
        '$any',
      ]);
    case 'object':
      return random.pick([
        '$order',
        '$empty',
        '$order.address',
        '$items[0]',
        '{}',
        "$order.'first item'",
        '$other',
        '$missing',
        '$nothing',
        '$missing.x',
      ]);
  }
}

function path(random: Random, depth: number, inner: boolean): string {
  let source = random.pick([
    '$items',
    '$order.items',
    '$orders',
    '$orders.items',
    '$nested',
    '$one',
    '$any',
    '$order',
    '$grid',
    '$names',
    '$other',
    '($items)',
    '$missing',
  ]);
  if (inner && random.chance(0.3))
    source = random.pick(['options', '$', 'tags', 'size', '(options)', 'name', '(price)']);
  if (random.chance(0.35)) source += filter(random, depth);
  for (let steps = random.below(3); steps > 0; steps--) {
    source += random.pick([
      () =>
        `.${random.pick(['name', 'price', 'tags', 'options', 'size', 'items', 'nope', 'status', '`first item`', "'name'", 'gift'])}`,
      () => `.${random.pick(['name', 'price', 'options', 'size.w', 'options.price', 'items.name'])}`,
      () => (depth > 0 ? `.(${generateExpression(random, depth - 1, undefined, true)})` : '.name'),
      () => (depth > 0 ? `.$string(${generateExpression(random, depth - 1, undefined, true)})` : '.price'),
    ])();
    if (random.chance(0.25)) source += filter(random, depth);
  }
  return source;
}

function filter(random: Random, depth: number): string {
  const source = random.pick([
    () => random.pick(['0', '1', '-1', '1.7', '5', '-2']),
    () =>
      random.pick([
        'price > 1',
        'qty >= 2',
        "name = 'lamp'",
        'gift',
        '$ > 1',
        'price',
        '$n',
        '[0, 1]',
        'true',
        '$exists(name)',
        "$substring(1, 2) = 'b'",
        "$split('a', 1)",
      ]),
    () => (depth > 0 ? generateExpression(random, depth - 1, 'truth', true) : '0'),
  ])();
  return `[${source}]${random.chance(0.1) ? filter(random, depth - 1) : ''}`;
}

function numbers(random: Random, depth: number, inner: boolean): string {
  return random.pick([
    () => '$prices',
    () =>
      random.pick([
        '$items.price',
        '$order.items.(price * qty)',
        '$items[qty > 1].price',
        '$orders.items.price',
        '$items.qty',
      ]),
    () => `[${random.list(3, () => generateExpression(random, depth - 1, 'number', inner)).join(', ')}]`,
    () => generateExpression(random, depth - 1, random.pick(['number', 'list']), inner),
  ])();
}

function texts(random: Random, depth: number, inner: boolean): string {
  return random.pick([
    () => '$names',
    () =>
      random.pick([
        '$items.name',
        '$order.items.tags',
        '$keys($order)',
        '$items.$string(price)',
        '$order.address.lines',
      ]),
    () => `[${random.list(3, () => generateExpression(random, depth - 1, 'text', inner)).join(', ')}]`,
    () => generateExpression(random, depth - 1, random.pick(['text', 'list']), inner),
  ])();
}
