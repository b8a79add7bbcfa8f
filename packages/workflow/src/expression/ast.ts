import jsonata from 'jsonata';
import { nameFix } from '../problem.ts';
import { FUNCTIONS, RESERVED_NAMES } from './functions.ts';
import { scan } from './scan.ts';
import { syntaxProblem } from './syntax.ts';

/** Something wrong with an expression. Offsets count UTF-16 units of its source, from 0. */
export interface ExpressionProblem {
  /**
   * `syntax`: it cannot be parsed; `node`: a part of JSONata that is not admitted; `function`, `arguments`: a call
   * of what is not admitted, or with too many or too few arguments; `variable`: a name no variable can have;
   * `size`: too long or too deep. Of types: `field`: no such field; `value`: a value it can never have;
   * `types`: an operator or function that cannot take what it is given. Of texts: `hole`: not closed;
   * `unsayable`: a list or an object.
   */
  readonly code:
    | 'syntax'
    | 'node'
    | 'function'
    | 'arguments'
    | 'variable'
    | 'size'
    | 'field'
    | 'value'
    | 'types'
    | 'hole'
    | 'unsayable';
  readonly message: string;
  readonly hint: string;
  readonly offset: number;
  readonly length: number;
}

/** Where a node stands in the source: `end` is after its last character that is known of. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Arithmetic = '+' | '-' | '*' | '/' | '%';
export type Comparison = '<' | '<=' | '>' | '>=';

/** What is admitted of JSONata. */
export type Node = Span &
  (
    | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
    | { readonly kind: 'variable'; readonly name: string }
    /** `$`: the item at hand, inside of a filter or of a step of a path. */
    | { readonly kind: 'context' }
    /** A field of the item at hand, or of each of a list. Only a step of a path. */
    | { readonly kind: 'field'; readonly name: string }
    | { readonly kind: 'path'; readonly steps: readonly Step[] }
    | { readonly kind: 'filter'; readonly of: Node; readonly filters: readonly Node[] }
    | { readonly kind: 'group'; readonly inner: Node }
    | { readonly kind: 'negate'; readonly operand: Node }
    | { readonly kind: 'arithmetic'; readonly operator: Arithmetic; readonly left: Node; readonly right: Node }
    | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Node; readonly right: Node }
    | { readonly kind: 'equal'; readonly negated: boolean; readonly left: Node; readonly right: Node }
    | { readonly kind: 'in' | 'and' | 'or' | 'concat'; readonly left: Node; readonly right: Node }
    | { readonly kind: 'condition'; readonly test: Node; readonly then: Node; readonly else: Node | undefined }
    | { readonly kind: 'list'; readonly items: readonly Node[] }
    | { readonly kind: 'object'; readonly fields: readonly { readonly key: string; readonly value: Node }[] }
    | { readonly kind: 'call'; readonly name: string; readonly arguments: readonly Node[] }
  );

/** A step of a path and the filters on what it finds. */
export interface Step {
  readonly node: Node;
  readonly filters: readonly Node[];
}

/** The longest source, not counting the names of variables: those grow when a part is put in place. */
const MAX_SOURCE = 2_000;
const MAX_RAW_SOURCE = 200_000;
const MAX_NODES = 400;
const MAX_DEPTH = 60;
const MAX_BRACKETS = 30;

/** Parses with JSONata's own parser and takes what is admitted of it. Never throws. */
export function parseAst(source: string): { node: Node; problems: readonly ExpressionProblem[] } {
  const nothing: Node = { kind: 'literal', value: null, start: 0, end: source.length };
  const whole = { offset: 0, length: source.length };
  if (source.length > MAX_RAW_SOURCE) return { node: nothing, problems: [tooLong(whole)] };
  const scanned = scan(source);
  if (source.length - scanned.variables > MAX_SOURCE) return { node: nothing, problems: [tooLong(whole)] };
  if (scanned.depth > MAX_BRACKETS) return { node: nothing, problems: [tooDeep(whole)] };
  if (source.trim() === '') {
    return {
      node: nothing,
      problems: [
        { code: 'syntax', message: 'The expression is empty.', hint: "Write one, such as $goal = 'return'.", ...whole },
      ],
    };
  }
  let parsed: unknown;
  try {
    parsed = jsonata(source).ast();
  } catch (error) {
    // The parser's own recursion ends in a RangeError on what passes the limits above.
    const problem = error instanceof RangeError ? tooDeep(whole) : syntaxProblem(source, error);
    return { node: nothing, problems: [problem] };
  }
  const admission = new Admission(source, scanned.starts);
  const node = admission.admit(parsed, false, 0);
  return { node, problems: admission.problems };
}

function tooLong(where: { offset: number; length: number }): ExpressionProblem {
  return {
    code: 'size',
    message: `The expression is longer than ${MAX_SOURCE} characters.`,
    hint: 'Let a tool work it out, or split it over several steps with `set`.',
    ...where,
  };
}

function tooDeep(where: { offset: number; length: number }): ExpressionProblem {
  return {
    code: 'size',
    message: 'The expression is too deep or has too many parts.',
    hint: 'Let a tool work it out, or split it over several steps with `set`.',
    ...where,
  };
}

type Raw = { readonly [key: string]: unknown };

function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null;
}

function rawList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const ARITHMETIC: ReadonlySet<string> = new Set<Arithmetic>(['+', '-', '*', '/', '%']);
const COMPARISON: ReadonlySet<string> = new Set<Comparison>(['<', '<=', '>', '>=']);
const isArithmetic = (value: unknown): value is Arithmetic => typeof value === 'string' && ARITHMETIC.has(value);
const isComparison = (value: unknown): value is Comparison => typeof value === 'string' && COMPARISON.has(value);

const VARIABLE_NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** What a refused part is called, and what to do instead. */
const REFUSED: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['lambda', ['A function of one’s own', 'Use a filter, such as $items[price > 10], or let a tool work it out.']],
  ['partial', ['A function with arguments left open', 'Give it all its arguments.']],
  ['transform', ['A transform |…|…|', 'Let a tool change the data.']],
  ['apply', ['The operator ~>', 'Write the call out: $trim($x) for $x ~> $trim().']],
  ['bind', ['The operator :=', 'Write $x = … to compare; a step’s `set` sets variables.']],
  ['regex', ['A regular expression', 'Use $contains, $split or $substringBefore with a text, or let a tool do it.']],
  ['wildcard', ['The wildcard *', 'Name the field.']],
  ['descendant', ['The wildcard **', 'Name the fields on the way.']],
  ['parent', ['The parent operator %', 'Begin the path with a variable.']],
  ['sort', ['Sorting with ^( )', 'Let the tool return its list sorted.']],
]);

class Admission {
  readonly problems: ExpressionProblem[] = [];
  readonly #source: string;
  readonly #starts: ReadonlyMap<number, number>;
  #nodes = 0;

  constructor(source: string, starts: ReadonlyMap<number, number>) {
    this.#source = source;
    this.#starts = starts;
  }

  /** `inner`: inside of a filter or of a step of a path, where there is an item at hand. */
  admit(raw: unknown, inner: boolean, depth: number): Node {
    const span = this.#span(raw);
    if (!isRaw(raw)) return this.#refuse(span, 'This', 'Leave it out.');
    this.#nodes++;
    if (this.#nodes > MAX_NODES || depth > MAX_DEPTH) {
      if (!this.problems.some((problem) => problem.code === 'size')) {
        this.problems.push(tooDeep({ offset: 0, length: this.#source.length }));
      }
      return { kind: 'literal', value: null, ...span };
    }
    if (raw['keepArray'] === true || raw['keepSingletonArray'] === true) {
      return this.#refuse(
        span,
        'The operator [] that keeps a list',
        'Leave it out: one value counts as a list of one.',
      );
    }
    if (raw['group'] !== undefined) {
      return this.#refuse(span, 'Grouping with { }', 'Let a tool group the data.');
    }
    if (raw['focus'] !== undefined || raw['index'] !== undefined) {
      return this.#refuse(span, 'Binding with @ or #', 'Use a filter, such as $items[price > 10].');
    }
    const node = this.#plain(raw, span, inner, depth);
    const filters = this.#filters(raw['predicate'], depth);
    return filters.length === 0
      ? node
      : { kind: 'filter', of: node, filters, start: node.start, end: filters.at(-1)?.end ?? node.end };
  }

  #plain(raw: Raw, span: Span, inner: boolean, depth: number): Node {
    const child = (value: unknown) => this.admit(value, inner, depth + 1);
    const value = raw['value'];
    switch (raw['type']) {
      case 'string':
      case 'number':
      case 'value':
        if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null)
          return { kind: 'literal', value, ...span };
        break;
      case 'variable':
        if (typeof value === 'string') return this.#variable(value, span, inner);
        break;
      case 'path':
        return this.#path(rawList(raw['steps']), inner, depth);
      case 'block': {
        const expressions = rawList(raw['expressions']);
        if (expressions.length !== 1) {
          return this.#refuse(span, 'Several expressions in ( )', 'Put exactly one expression between ( and ).');
        }
        const inside = child(expressions[0]);
        return { kind: 'group', inner: inside, start: inside.start, end: inside.end };
      }
      case 'condition': {
        const [test, then] = [child(raw['condition']), child(raw['then'])];
        const otherwise = raw['else'] === undefined ? undefined : child(raw['else']);
        return { kind: 'condition', test, then, else: otherwise, start: test.start, end: (otherwise ?? then).end };
      }
      case 'unary':
        return this.#unary(raw, span, child);
      case 'binary':
        return this.#binary(raw, span, child);
      case 'function':
        return this.#call(raw, span, child);
    }
    const [what, hint] = REFUSED.get(String(raw['type'])) ?? ['This', 'Leave it out.'];
    return this.#refuse(span, what, hint);
  }

  #variable(name: string, span: Span, inner: boolean): Node {
    if (name === '') {
      if (inner) return { kind: 'context', ...span };
      return this.#refuse(span, '$ outside of a filter', 'Name the variable: $order.');
    }
    if (name === '$') return this.#refuse(span, '$$', 'Name the variable: $order.');
    if (RESERVED_NAMES.has(name)) {
      this.#report(
        'variable',
        `\`$${name}\` is the name of a function, not of a variable.`,
        FUNCTIONS.has(name) ? `Call it: $${name}(…); or give the variable another name.` : 'Choose another name.',
        span,
      );
    } else if (!VARIABLE_NAME.test(name)) {
      this.#report(
        'variable',
        `\`$${name}\` is no name of a variable.`,
        'Names have letters, digits and _ only; put spaces around operators and quotes around texts.',
        span,
      );
    }
    return { kind: 'variable', name, ...span };
  }

  #path(steps: readonly unknown[], inner: boolean, depth: number): Node {
    const [first] = steps;
    if (isRaw(first) && first['type'] === 'name' && !inner) return this.#bareName(steps);
    const admitted = steps.map((step, index): Step => {
      const filters = isRaw(step) ? this.#filters(step['stages'], depth) : [];
      return { node: this.#step(step, inner, index === 0, depth), filters };
    });
    const span = spanOf(admitted.flatMap((step) => [step.node, ...step.filters]));
    return { kind: 'path', steps: admitted, ...span };
  }

  #step(raw: unknown, inner: boolean, first: boolean, depth: number): Node {
    const span = this.#span(raw);
    if (!isRaw(raw)) return this.#refuse(span, 'This', 'Leave it out.');
    const { type, value } = { type: raw['type'], value: raw['value'] };
    if (type === 'name' && typeof value === 'string') {
      if (raw['keepArray'] === true || raw['focus'] !== undefined || raw['index'] !== undefined) {
        return this.admit(raw, inner, depth + 1);
      }
      const quoted = '`\'"'.includes(this.#source[span.end - 1] ?? '');
      if (!quoted && !VARIABLE_NAME.test(value)) {
        this.#report(
          'syntax',
          `\`${value}\` is no plain name of a field.`,
          `Put it between backquotes, \`${value}\`, or put spaces around operators and quotes around texts.`,
          span,
        );
      }
      this.#nodes++;
      return { kind: 'field', name: value, ...span };
    }
    if (type === 'unary') {
      return this.#refuse(span, 'A list or an object as a step of a path', 'Put ( ) around it: $items.({ … }).');
    }
    if (!first && type === 'variable') {
      return this.#refuse(
        span,
        'A variable as a later step of a path',
        'Use $lookup($order, $name) for a field by name.',
      );
    }
    return this.admit(raw, inner || !first, depth + 1);
  }

  #bareName(steps: readonly unknown[]): Node {
    const span = spanOf(steps.map((step) => this.#span(step)));
    const text = this.#source.slice(span.start, span.end);
    const hint = /[‘’“”]/.test(text)
      ? "Put a text in straight quotes: 'text'."
      : /^[\p{L}_]/u.test(text)
        ? `Write $${text} for a variable${steps.length === 1 ? `, or '${text}' for a text` : ''}.`
        : 'Begin with a variable, such as $order.';
    this.#report('node', `\`${text}\` is a bare name: there is no document to take it from.`, hint, span);
    return { kind: 'literal', value: null, ...span };
  }

  #filters(stages: unknown, depth: number): readonly Node[] {
    return rawList(stages).map((stage) => {
      if (!isRaw(stage) || stage['type'] !== 'filter') {
        return this.#refuse(this.#span(stage), 'Binding with #', 'Use a filter, such as $items[price > 10].');
      }
      return this.admit(stage['expr'], true, depth + 1);
    });
  }

  #unary(raw: Raw, span: Span, child: (value: unknown) => Node): Node {
    switch (raw['value']) {
      case '-': {
        const operand = child(raw['expression']);
        return { kind: 'negate', operand, start: span.start, end: operand.end };
      }
      case '[': {
        const items = rawList(raw['expressions']).map(child);
        return { kind: 'list', items, start: span.start, end: items.at(-1)?.end ?? span.end };
      }
      default: {
        const pairs = rawList(raw['lhs']).map((pair) => {
          const [rawKey, rawValue] = rawList(pair);
          const value = child(rawValue);
          const key = isRaw(rawKey) && rawKey['type'] === 'string' ? rawKey['value'] : undefined;
          if (typeof key === 'string' && key !== '__proto__' && key !== 'hasOwnProperty') return { key, value };
          this.#refuse(this.#span(rawKey), 'A key that is not a plain text', "Write it as a text: { 'name': $name }.");
          return { key: '', value };
        });
        const twice = pairs.find(({ key }, index) => pairs.findIndex((one) => one.key === key) < index);
        if (twice && this.problems.length === 0) {
          this.#refuse(span, `The key '${twice.key}' twice in one object`, 'Give each field once.');
        }
        return { kind: 'object', fields: pairs, start: span.start, end: pairs.at(-1)?.value.end ?? span.end };
      }
    }
  }

  #binary(raw: Raw, span: Span, child: (value: unknown) => Node): Node {
    const operator = raw['value'];
    if (operator === '..') return this.#refuse(span, 'A range [1..9]', 'Write the values out.');
    const [left, right] = [child(raw['lhs']), child(raw['rhs'])];
    const both = { left, right, start: left.start, end: right.end };
    if (isArithmetic(operator)) return { kind: 'arithmetic', operator, ...both };
    if (isComparison(operator)) return { kind: 'compare', operator, ...both };
    if (operator === '=' || operator === '!=') return { kind: 'equal', negated: operator === '!=', ...both };
    if (operator === 'in' || operator === 'and' || operator === 'or') return { kind: operator, ...both };
    if (operator === '&') return { kind: 'concat', ...both };
    return this.#refuse(span, `The operator ${String(operator)}`, 'Leave it out.');
  }

  #call(raw: Raw, span: Span, child: (value: unknown) => Node): Node {
    const procedure = raw['procedure'];
    const written = rawList(raw['arguments']);
    const args = written.map(child);
    if (!isRaw(procedure) || procedure['type'] !== 'variable' || typeof procedure['value'] !== 'string') {
      const at = this.#span(procedure);
      const name = this.#source.slice(at.start, at.end);
      const hint = FUNCTIONS.has(name) ? `Write $${name}(…).` : nameFix(`$${name}`, callable(), 'function');
      this.#report('function', 'Functions begin with $.', hint, at);
      return { kind: 'list', items: args, ...span };
    }
    const name = procedure['value'];
    const at = this.#span(procedure);
    const definition = FUNCTIONS.get(name);
    if (!definition) {
      const [message, hint] = RESERVED_NAMES.has(name)
        ? [`The function \`$${name}\` may not be used here.`, 'Let a tool work it out.']
        : [`There is no function \`$${name}\`.`, nameFix(`$${name}`, callable(), 'function')];
      this.#report('function', message, hint, at);
      return { kind: 'list', items: args, ...span };
    }
    const { required, parameters } = definition;
    if (args.length < required || args.length > parameters.length) {
      const wanted = required === parameters.length ? `${required}` : `${required} to ${parameters.length}`;
      this.#report(
        'arguments',
        `\`$${name}\` takes ${wanted} argument${wanted === '1' ? '' : 's'}, and is given ${args.length}.`,
        'Separate them by commas, and put the value it works on first.',
        at,
      );
    }
    return { kind: 'call', name, arguments: args, start: at.start, end: args.at(-1)?.end ?? span.end };
  }

  #refuse(span: Span, what: string, hint: string): Node {
    this.#report('node', `${what} is not part of the language.`, hint, span);
    return { kind: 'literal', value: null, ...span };
  }

  #report(code: ExpressionProblem['code'], message: string, hint: string, { start, end }: Span): void {
    this.problems.push({ code, message, hint, offset: start, length: Math.max(1, end - start) });
  }

  /** JSONata tells where a token ends; where it starts is found in the source. */
  #span(raw: unknown): Span {
    if (!isRaw(raw)) return { start: 0, end: this.#source.length };
    const steps = rawList(raw['steps']);
    if (raw['type'] === 'path' && steps.length > 0) return spanOf(steps.map((step) => this.#span(step)));
    const end = raw['position'];
    if (typeof end !== 'number') return { start: 0, end: this.#source.length };
    return { start: this.#starts.get(end) ?? Math.max(0, end - 1), end };
  }
}

function spanOf(spans: readonly Span[]): Span {
  return {
    start: Math.min(...spans.map((span) => span.start)),
    end: Math.max(...spans.map((span) => span.end)),
  };
}

function callable(): readonly string[] {
  return [...FUNCTIONS.keys()].map((name) => `$${name}`);
}
