import { nameFix } from '../problem.ts';
import { type Field, type Type, UNKNOWN } from '../type.ts';
import type { ExpressionProblem, Node, Span, Step } from './ast.ts';
import { isListNode } from './compile.ts';
import { FUNCTIONS, type Parameter } from './functions.ts';
import {
  alternatives,
  canBe,
  canEqual,
  describeType,
  fieldOfType,
  isOnly,
  itemsOf,
  type Kind,
  listOf,
  someOf,
  unionOf,
  valuesOf,
} from './types.ts';
import { type Known, NONE, pathKey, union, whenFalse, whenTrue } from './uses.ts';

interface Inferred {
  readonly type: Type;
  readonly optional: boolean;
}

/** Results on their way: the value itself, or, with `many`, any number of items of that type. */
interface Results extends Inferred {
  readonly many: boolean;
}

const TRUTH: Inferred = { type: { kind: 'boolean' }, optional: false };
const TEXT: Type = { kind: 'string' };
const WHOLE: Type = { kind: 'number', integer: true };
const ANYTHING: Inferred = { type: UNKNOWN, optional: true };

/** The type of an expression, given those of the variables. */
export function inferType(
  source: string,
  node: Node,
  variables: { readonly [name: string]: Field },
): { type: Type; optional: boolean; problems: readonly ExpressionProblem[] } {
  const inference = new Inference(source, variables);
  const { type, optional } = inference.infer(node, undefined);
  return { type, optional: optional || inference.fails, problems: inference.problems };
}

class Inference {
  readonly problems: ExpressionProblem[] = [];
  /** Some operation may be an error for JSONata, which leaves the whole expression without a value. */
  fails = false;
  readonly #source: string;
  readonly #variables: { readonly [name: string]: Field };
  #known: Known = NONE;

  constructor(source: string, variables: { readonly [name: string]: Field }) {
    this.#source = source;
    this.#variables = variables;
  }

  infer(node: Node, context: Inferred | undefined): Inferred {
    switch (node.kind) {
      case 'literal':
        return { type: literalType(node.value), optional: false };
      case 'variable': {
        const field = Object.hasOwn(this.#variables, node.name) ? this.#variables[node.name] : undefined;
        if (!field) return { type: UNKNOWN, optional: !this.#known.has(node.name) };
        return { type: field.type, optional: field.optional === true && !this.#known.has(node.name) };
      }
      case 'context':
        return context ?? ANYTHING;
      case 'field':
        return this.#field(node.name, node, context ?? ANYTHING);
      case 'path': {
        const key = pathKey(node);
        const found = this.#path(node.steps, context);
        return key !== undefined && this.#known.has(key) ? { ...found, optional: false } : found;
      }
      case 'filter': {
        const from: Results = { ...this.infer(node.of, context), many: false };
        return settled(node.filters.reduce((results, filter) => this.#filter(results, filter), from));
      }
      case 'group':
        return this.infer(node.inner, context);
      case 'negate': {
        const operand = this.infer(node.operand, context);
        this.#needs(node.operand, operand, ['number'], 'Only a number can have a minus before it.', NUMBER_HINT);
        return { type: numberType(operand.type), optional: operand.optional };
      }
      case 'arithmetic':
        return this.#arithmetic(node, context);
      case 'compare':
        return this.#comparison(node, context);
      case 'equal': {
        const [left, right] = [this.infer(node.left, context), this.infer(node.right, context)];
        this.#comparable(node.left, left.type, node.right, right.type);
        return TRUTH;
      }
      case 'in':
        return this.#membership(node.left, node.right, context);
      case 'and':
      case 'or':
        this.infer(node.left, context);
        this.#with(node.kind === 'and' ? whenTrue(node.left) : whenFalse(node.left), node.right, context);
        return TRUTH;
      case 'concat':
        this.infer(node.left, context);
        this.infer(node.right, context);
        return { type: TEXT, optional: false };
      case 'condition': {
        this.infer(node.test, context);
        const then = this.#with(whenTrue(node.test), node.then, context);
        if (!node.else) return { type: then.type, optional: true };
        const otherwise = this.#with(whenFalse(node.test), node.else, context);
        return { type: unionOf([then.type, otherwise.type]), optional: then.optional || otherwise.optional };
      }
      case 'list': {
        const items = node.items.map((item) => {
          const { type } = this.infer(item, context);
          return isListNode(item) ? type : itemsOf(type);
        });
        return { type: listOf(unionOf(items)), optional: false };
      }
      case 'object': {
        const at = context && objectContext(context);
        const fields = node.fields.map(({ key, value }): [string, Field] => {
          const { type, optional } = this.infer(value, at);
          return [key, { type, ...(optional ? { optional } : {}) }];
        });
        return { type: { kind: 'object', fields: Object.fromEntries(fields) }, optional: false };
      }
      case 'call':
        return this.#call(node.name, node.arguments, node, context);
    }
  }

  #with(known: Known, node: Node, context: Inferred | undefined): Inferred {
    const before = this.#known;
    this.#known = union(before, known);
    const found = this.infer(node, context);
    this.#known = before;
    return found;
  }

  #field(name: string, at: Span, { type, optional }: Inferred): Inferred {
    const found = fieldOfType(type, name);
    if (found.missing) {
      const [message, hint] =
        found.missing.length > 0 || canBe(type, ['object'])
          ? [`There is no field \`${name}\`.`, nameFix(name, found.missing, 'field')]
          : [`${capital(describeType(type))} has no fields, so none called \`${name}\`.`, 'Leave the field out.'];
      this.#report('field', message, hint, at);
    }
    return { type: found.type, optional: found.optional || optional };
  }

  #path(steps: readonly Step[], context: Inferred | undefined): Inferred {
    const first = steps[0]?.node;
    const from = first?.kind === 'filter' ? first.of : first;
    const each = context && from?.kind !== 'variable' && from?.kind !== 'context' && canBe(context.type, ['list']);
    let item = each ? itemsOf(context.type) : context?.type;
    let single = !each;
    let optional = context?.optional ?? false;
    for (const [index, step] of steps.entries()) {
      const at = item === undefined ? undefined : { type: item, optional: false };
      const found: Results = { ...this.infer(step.node, at), many: false };
      const results = step.filters.reduce((input, filter) => this.#filter(input, filter), found);
      const flat = results.many ? results.type : itemsOf(results.type);
      // A variable has its value whatever the item at hand is.
      if (index === 0 && from?.kind === 'variable') optional = false;
      if (index === steps.length - 1) {
        if (!single) return { type: someOf(flat), optional: true };
        const only = settled(results);
        return { type: only.type, optional: only.optional || optional };
      }
      optional ||= results.optional || results.many;
      if (results.many || canBe(results.type, ['list'])) {
        single = false;
        optional = true;
      }
      item = flat;
    }
    return ANYTHING;
  }

  #filter(input: Results, filter: Node): Results {
    const item = input.many ? input.type : itemsOf(input.type);
    if (filter.kind === 'literal' && typeof filter.value === 'number') {
      const index = Math.floor(filter.value);
      const sure = !input.many && !canBe(input.type, ['list']) && (index === 0 || index === -1);
      return { type: item, many: false, optional: input.optional || !sure };
    }
    this.infer(filter, { type: item, optional: input.optional });
    // A filter that is true of what is missing lets it through, and JSON writes it as null.
    return { type: input.optional ? unionOf([item, { kind: 'null' }]) : item, many: true, optional: true };
  }

  #arithmetic(node: Extract<Node, { kind: 'arithmetic' }>, context: Inferred | undefined): Inferred {
    const [left, right] = [this.infer(node.left, context), this.infer(node.right, context)];
    for (const [side, found] of [
      [node.left, left],
      [node.right, right],
    ] as const) {
      const hint =
        node.operator === '+' && canBe(found.type, ['string']) ? 'Use & to put texts together.' : NUMBER_HINT;
      if (!this.#needs(side, found, ['number'], `\`${node.operator}\` works on numbers, not on {}.`, hint)) break;
    }
    const divides = node.operator === '/' || node.operator === '%';
    const sure = node.right.kind === 'literal' && typeof node.right.value === 'number' && node.right.value !== 0;
    // What is divided by zero leaves no value that JSON could hold.
    if (divides && !sure) this.fails = true;
    return {
      type: arithmeticType(node.operator, left.type, right.type),
      optional: left.optional || right.optional,
    };
  }

  #comparison(node: Extract<Node, { kind: 'compare' }>, context: Inferred | undefined): Inferred {
    const [left, right] = [this.infer(node.left, context), this.infer(node.right, context)];
    const message = 'Only numbers and texts have an order, not {}.';
    const sides = [
      this.#needs(node.left, left, ['number', 'string'], message, 'Compare with = or !=.'),
      this.#needs(node.right, right, ['number', 'string'], message, 'Compare with = or !=.'),
    ];
    const kinds = (['number', 'string'] as const).filter(
      (kind) => canBe(left.type, [kind]) && canBe(right.type, [kind]),
    );
    if (!sides.includes(false) && kinds.length === 0) this.#mismatch(node.left, left.type, node.right, right.type);
    if (!kinds.some((kind) => isOnly(left.type, [kind]) && isOnly(right.type, [kind]))) this.fails = true;
    return { type: { kind: 'boolean' }, optional: left.optional || right.optional };
  }

  #membership(left: Node, right: Node, context: Inferred | undefined): Inferred {
    const value = this.infer(left, context).type;
    if (right.kind === 'list') {
      for (const item of right.items) {
        const { type } = this.infer(item, context);
        this.#comparable(left, value, item, isListNode(item) ? type : itemsOf(type));
      }
    } else this.#comparable(left, value, right, itemsOf(this.infer(right, context).type));
    return TRUTH;
  }

  /** Reports what can never be equal. A test for null is never wrong: data may hold it where its schema does not say. */
  #comparable(left: Node, leftType: Type, right: Node, rightType: Type): void {
    if (canEqual(leftType, rightType) || isOnly(leftType, ['null']) || isOnly(rightType, ['null'])) return;
    for (const [literal, other, type] of [
      [right, left, leftType],
      [left, right, rightType],
    ] as const) {
      const values = valuesOf(type);
      if (literal.kind !== 'literal' || typeof literal.value !== 'string' || !values || values.length === 0) continue;
      this.#report(
        'value',
        `${this.#name(other)} is never '${literal.value}'.`,
        nameFix(literal.value, values, 'value'),
        literal,
      );
      return;
    }
    if (canBe(leftType, ['string']) && canBe(rightType, ['string'])) {
      this.#report(
        'value',
        `${this.#name(left)} and ${this.#name(right)} have no value in common.`,
        'Check which values each can have.',
        { start: left.start, end: right.end },
      );
    } else this.#mismatch(left, leftType, right, rightType);
  }

  #mismatch(left: Node, leftType: Type, right: Node, rightType: Type): void {
    const literal = [right, left].find((node) => node.kind === 'literal' && typeof node.value === 'string');
    const text = literal?.kind === 'literal' ? String(literal.value) : '';
    const unquoted = literal && (/^(true|false)$/.test(text) || /^-?\d+(\.\d+)?$/.test(text));
    const list = [
      [leftType, rightType],
      [rightType, leftType],
    ].some(([a, b]) => a && b && isOnly(a, ['list']) && !canBe(b, ['list']));
    this.#report(
      'types',
      `${capital(describeType(leftType))} is compared with ${describeType(rightType)}.`,
      unquoted
        ? `Write ${text} without quotes.`
        : list
          ? 'Use `in` to ask whether a list has a value, or [0] for its first item.'
          : 'Compare values of one type; $number(…) and $string(…) convert.',
      { start: left.start, end: right.end },
    );
  }

  #call(name: string, nodes: readonly Node[], at: Span, context: Inferred | undefined): Inferred {
    const given = nodes.map((node) => this.infer(node, context));
    const definition = FUNCTIONS.get(name);
    const first = given[0] ?? ANYTHING;
    const second = given[1];
    if (!definition) return ANYTHING;
    // Left out, a first argument is the item at hand: what is not a text here may yet be the second one.
    const shifts = context !== undefined && nodes.length === 2 && (name === 'substring' || name === 'split');
    if (shifts && !isOnly(name === 'split' ? (second ?? first).type : first.type, ['string'])) {
      this.fails = true;
      return { type: name === 'split' ? listOf(TEXT) : TEXT, optional: true };
    }
    nodes.forEach((node, index) => {
      const [parameter, argument] = [definition.parameters[index], given[index]];
      if (parameter && argument) this.#argument(name, node, argument, parameter);
    });
    const { optional } = first;
    switch (name) {
      case 'exists':
        return TRUTH;
      case 'boolean':
      case 'not':
        return { type: { kind: 'boolean' }, optional };
      case 'type':
        return {
          type: { kind: 'string', values: ['null', 'number', 'string', 'boolean', 'array', 'object'] },
          optional,
        };
      case 'number':
        if (!isOnly(first.type, ['number', 'boolean'])) this.fails = true;
        return { type: isOnly(first.type, ['number']) ? first.type : { kind: 'number' }, optional };
      case 'string':
      case 'uppercase':
      case 'lowercase':
      case 'trim':
      case 'substring':
      case 'substringBefore':
      case 'substringAfter':
      case 'join':
        return { type: TEXT, optional };
      case 'length':
        return { type: WHOLE, optional };
      case 'contains':
        if (second?.optional) this.fails = true;
        return { type: { kind: 'boolean' }, optional };
      case 'split':
        if (second?.optional || !isNatural(nodes[2])) this.fails = true;
        return { type: listOf(TEXT), optional };
      case 'count':
        return { type: WHOLE, optional: false };
      case 'sum':
        return { type: numberType(itemsOf(first.type)), optional };
      case 'max':
      case 'min':
        return { type: numberType(itemsOf(first.type)), optional: optional || canBe(first.type, ['list']) };
      case 'average':
        return { type: fraction(numberType(itemsOf(first.type))), optional: optional || canBe(first.type, ['list']) };
      case 'abs':
        return { type: numberType(first.type), optional };
      case 'floor':
      case 'ceil':
        return { type: whole(numberType(first.type)), optional };
      case 'round':
        if (nodes.length === 1) return { type: whole(numberType(first.type)), optional };
        // Rounding to too many places, or to none that is whole, gives what is no number.
        if (!isPlaces(nodes[1])) this.fails = true;
        return { type: numberType(first.type), optional };
      case 'append': {
        const other = second ?? ANYTHING;
        const list = listOf(unionOf([itemsOf(first.type), itemsOf(other.type)]));
        return {
          type: unionOf([list, ...(other.optional ? [first.type] : []), ...(optional ? [other.type] : [])]),
          optional: optional && other.optional,
        };
      }
      case 'distinct':
        return first;
      case 'keys':
        return { type: someOf(TEXT), optional: true };
      case 'lookup': {
        const key = nodes[1];
        if (key?.kind !== 'literal' || typeof key.value !== 'string') return ANYTHING;
        return this.#field(key.value, key, first);
      }
      case 'merge':
        return { type: { kind: 'object', fields: {}, open: true }, optional };
      case 'toMillis':
        if (!alternatives(first.type).every((one) => one.kind === 'string' && one.format === 'date')) this.fails = true;
        return { type: WHOLE, optional };
      case 'fromMillis':
        this.fails = true;
        return { type: { kind: 'string', format: 'date-time' }, optional };
      default:
        this.#report('function', `There is no type for \`$${name}\`.`, 'Leave it out.', at);
        return ANYTHING;
    }
  }

  #argument(name: string, node: Node, argument: Inferred, parameter: Parameter): void {
    const what = `\`$${name}\` takes ${PARAMETERS[parameter].what}, not {}.`;
    const { hint, kinds, items } = PARAMETERS[parameter];
    if (kinds === undefined) return;
    if (items === undefined) {
      this.#needs(node, argument, kinds, what, hint);
      return;
    }
    if (!this.#needs(node, argument, [...items, 'list'], what, hint)) return;
    this.#needs(
      node,
      { ...argument, type: itemsOf(argument.type) },
      items,
      what.replace('{}.', '{} in the list.'),
      hint,
    );
  }

  /** Reports a value that can have none of the kinds; `{}` in the message stands for what it is. */
  #needs(node: Node, { type }: Inferred, kinds: readonly Kind[], message: string, hint: string): boolean {
    if (!isOnly(type, kinds)) this.fails = true;
    if (canBe(type, kinds)) return true;
    this.#report('types', message.replace('{}', describeType(type)), hint, node);
    return false;
  }

  #name(node: Node): string {
    const text = this.#source.slice(node.start, node.end);
    return /^\$[\w.]+$/.test(text) ? `\`${text}\`` : node.kind === 'literal' ? `\`${text}\`` : 'This';
  }

  #report(code: ExpressionProblem['code'], message: string, hint: string, { start, end }: Span): void {
    const problem = { code, message, hint, offset: start, length: Math.max(1, end - start) };
    if (!this.problems.some((one) => one.code === code && one.offset === start && one.message === message)) {
      this.problems.push(problem);
    }
  }
}

const NUMBER_HINT = '$number(…) makes a number of a text.';

const PARAMETERS: {
  readonly [parameter in Parameter]: {
    readonly what: string;
    readonly hint: string;
    /** Undefined: anything. */
    readonly kinds?: readonly Kind[];
    /** What the items of a list must be, where a list is taken too. */
    readonly items?: readonly Kind[];
  };
} = {
  any: { what: 'anything', hint: '' },
  text: { what: 'a text', hint: '$string(…) makes a text of it.', kinds: ['string'] },
  number: { what: 'a number', hint: NUMBER_HINT, kinds: ['number'] },
  scalar: {
    what: 'a number, a text or a truth value',
    hint: 'Name the field that holds it.',
    kinds: ['number', 'string', 'boolean'],
  },
  numbers: {
    what: 'numbers',
    hint: 'Name the field that holds the numbers: $items.price.',
    kinds: ['number'],
    items: ['number'],
  },
  texts: {
    what: 'texts',
    hint: 'Name the field that holds the texts: $items.name.',
    kinds: ['string'],
    items: ['string'],
  },
  objects: { what: 'objects', hint: 'Give it a list of objects: [$a, $b].', kinds: ['object'], items: ['object'] },
};

function settled({ type, many, optional }: Results): Inferred {
  return many ? { type: someOf(type), optional: true } : { type, optional };
}

/** With a list as the item at hand, an object is made of its items put together. */
function objectContext(context: Inferred): Inferred {
  if (!canBe(context.type, ['list'])) return context;
  const item = itemsOf(context.type);
  return { type: unionOf([item, listOf(itemsOf(item))]), optional: true };
}

function literalType(value: string | number | boolean | null): Type {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'boolean') return { kind: 'boolean' };
  if (typeof value === 'string') return { kind: 'string', values: [value] };
  return Number.isInteger(value) ? WHOLE : { kind: 'number' };
}

type NumberType = Extract<Type, { kind: 'number' }>;

/** What is known of it as a number. */
function numberType(type: Type): NumberType {
  const numbers = alternatives(type).filter((one) => one.kind === 'number');
  const merged = numbers.length > 0 && isOnly(type, ['number']) ? unionOf(numbers) : undefined;
  return merged?.kind === 'number' ? merged : { kind: 'number' };
}

function whole(type: NumberType): NumberType {
  return { ...type, integer: true };
}

function fraction({ integer: _, ...rest }: NumberType): NumberType {
  return rest;
}

/** Money stays money: plus and minus money of its own currency or a plain number, and times or by a plain number. */
function arithmeticType(operator: string, left: Type, right: Type): Type {
  const [a, b] = [numberType(left), numberType(right)];
  const integer = a.integer && b.integer && operator !== '/';
  const format = moneyFormat(operator, a, b);
  return { kind: 'number', ...(integer ? { integer } : {}), ...format };
}

function moneyFormat(operator: string, a: NumberType, b: NumberType): Pick<NumberType, 'format' | 'currency'> {
  const [money, other] = a.format === 'money' ? [a, b] : [b, a];
  if (money.format !== 'money' || operator === '%') return {};
  if (other.format !== undefined && other.format !== 'money') return {};
  const alone = other.format === undefined;
  if (operator === '+' || operator === '-') {
    if (!alone && other.currency !== money.currency) return {};
  } else if (!alone || (operator === '/' && money === b)) return {};
  return { format: 'money', ...(money.currency === undefined ? {} : { currency: money.currency }) };
}

function isNatural(node: Node | undefined): boolean {
  return node === undefined || (node.kind === 'literal' && typeof node.value === 'number' && node.value >= 0);
}

function isPlaces(node: Node | undefined): boolean {
  return (
    node?.kind === 'literal' &&
    typeof node.value === 'number' &&
    Number.isInteger(node.value) &&
    Math.abs(node.value) <= 20
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
