import type { Arithmetic, Comparison, Node, Step } from './ast.ts';
import type { Scope } from './expression.ts';
import { append, call, FUNCTIONS, lookup } from './functions.ts';
import {
  bounded,
  equal,
  fail,
  fieldOf,
  isGathered,
  isList,
  isNumber,
  isObject,
  Sequence,
  settle,
  spend,
  textOf,
  truth,
  type Value,
} from './value.ts';

/** Gives a node's value; `context` is the item at hand inside of filters and steps. */
export type Run = (scope: Scope, context: Value) => Value;

/** A node as a closure that does what JSONata 2.0.6 does, and fails where that throws. */
export function compile(node: Node): Run {
  switch (node.kind) {
    case 'literal': {
      const { value } = node;
      return () => value;
    }
    case 'variable': {
      const { name } = node;
      return (scope) => (Object.hasOwn(scope, name) ? scope[name] : undefined);
    }
    case 'context':
      return (_, context) => context;
    case 'field': {
      const { name } = node;
      return (_, context) =>
        isObject(context) ? fieldOf(context, name) : isList(context) ? settle(lookup(context, name)) : undefined;
    }
    case 'path':
      return compilePath(node.steps);
    case 'filter': {
      const [run, filters] = [compile(node.of), node.filters.map(compileFilter)];
      return (scope, context) => {
        let result: Value | Sequence = run(scope, context);
        for (const filter of filters) result = filter(result, scope);
        return settle(result);
      };
    }
    case 'group':
      return compile(node.inner);
    case 'negate': {
      const run = compile(node.operand);
      return (scope, context) => {
        const value = run(scope, context);
        return value === undefined ? undefined : isNumber(value) ? -value : fail();
      };
    }
    case 'arithmetic':
      return compileArithmetic(node.operator, compile(node.left), compile(node.right));
    case 'compare':
      return compileComparison(node.operator, compile(node.left), compile(node.right));
    case 'equal': {
      const [left, right, { negated }] = [compile(node.left), compile(node.right), node];
      return (scope, context) => {
        const a = left(scope, context);
        const b = right(scope, context);
        // What is missing is neither equal nor unequal to anything.
        return a !== undefined && b !== undefined && equal(a, b) !== negated;
      };
    }
    case 'in': {
      const [left, right] = [compile(node.left), compile(node.right)];
      return (scope, context) => {
        const a = left(scope, context);
        const b = right(scope, context);
        if (a === undefined || b === undefined) return false;
        if (!isList(b)) return a === b;
        spend(b.length);
        return b.includes(a) && !Number.isNaN(a);
      };
    }
    case 'and': {
      const [left, right] = [compile(node.left), compile(node.right)];
      return (scope, context) => truth(left(scope, context)) === true && truth(right(scope, context)) === true;
    }
    case 'or': {
      const [left, right] = [compile(node.left), compile(node.right)];
      return (scope, context) => truth(left(scope, context)) === true || truth(right(scope, context)) === true;
    }
    case 'concat': {
      const [left, right] = [compile(node.left), compile(node.right)];
      return (scope, context) => {
        const a = left(scope, context);
        const b = right(scope, context);
        return bounded((a === undefined ? '' : textOf(a)) + (b === undefined ? '' : textOf(b)));
      };
    }
    case 'condition': {
      const [test, then] = [compile(node.test), compile(node.then)];
      const otherwise = node.else ? compile(node.else) : undefined;
      return (scope, context) =>
        truth(test(scope, context)) ? then(scope, context) : otherwise ? otherwise(scope, context) : undefined;
    }
    case 'list':
      return compileList(node.items);
    case 'object':
      return compileObject(node.fields);
    case 'call':
      return compileCall(node.name, node.arguments);
  }
}

function compileArithmetic(operator: Arithmetic, left: Run, right: Run): Run {
  const calculate = CALCULATE[operator];
  return (scope, context) => {
    const a = left(scope, context);
    const b = right(scope, context);
    if (a !== undefined && !isNumber(a)) return fail();
    if (b !== undefined && !isNumber(b)) return fail();
    return a === undefined || b === undefined ? undefined : calculate(a, b);
  };
}

const CALCULATE: { readonly [operator in Arithmetic]: (a: number, b: number) => number } = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

function compileComparison(operator: Comparison, left: Run, right: Run): Run {
  const order = ORDER[operator];
  return (scope, context) => {
    const a = left(scope, context);
    const b = right(scope, context);
    if (typeof a === 'number' && typeof b === 'number') return order(a, b);
    if (typeof a === 'string' && typeof b === 'string') return order(a, b);
    if (a !== undefined && typeof a !== 'string' && typeof a !== 'number') return fail();
    if (b !== undefined && typeof b !== 'string' && typeof b !== 'number') return fail();
    return a === undefined || b === undefined ? undefined : fail();
  };
}

const ORDER: { readonly [operator in Comparison]: <T extends number | string>(a: T, b: T) => boolean } = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** Lists written inside of a list stay lists; what else gives a list adds its items. */
function compileList(nodes: readonly Node[]): Run {
  const items = nodes.map((node) => ({ run: compile(node), nested: isListNode(node) }));
  return (scope, context) => {
    const result: Value[] = [];
    for (const { run, nested } of items) {
      const value = run(scope, context);
      if (isList(value) && !nested) {
        spend(value.length);
        for (const item of value) result.push(item);
      } else if (value !== undefined) result.push(value);
    }
    return result;
  };
}

/** A list written out, with or without a filter. */
export function isListNode(node: Node): boolean {
  return node.kind === 'list' || (node.kind === 'filter' && isListNode(node.of));
}

/** With a list as the item at hand, JSONata puts its items together one after the other. */
function compileObject(fields: readonly { readonly key: string; readonly value: Node }[]): Run {
  const runs = fields.map(({ key, value }) => ({ key, run: compile(value) }));
  return (scope, context) => {
    const at = isList(context) ? context.slice(1).reduce<Value>(append, context[0]) : context;
    const entries: [string, Value][] = [];
    for (const { key, run } of runs) {
      const value = run(scope, at);
      if (value !== undefined) entries.push([key, value]);
    }
    return Object.fromEntries(entries);
  };
}

function compileCall(name: string, nodes: readonly Node[]): Run {
  const definition = FUNCTIONS.get(name);
  if (!definition) return fail;
  const [first, second, third] = nodes.map(compile);
  const count = nodes.length;
  return (scope, context) => {
    const a = first?.(scope, context);
    const b = second?.(scope, context);
    const c = third?.(scope, context);
    return call(definition, a, b, c, count, context);
  };
}

type Filter = (input: Value | Sequence, scope: Scope) => Value | Sequence;

/** `[…]`: an index where it gives a number, else a condition on each item. */
function compileFilter(node: Node): Filter {
  if (node.kind === 'literal' && typeof node.value === 'number') {
    const index = Math.floor(node.value);
    return (input) => {
      const items = itemsOf(input);
      const item = items[index < 0 ? items.length + index : index];
      if (isList(item)) return item;
      return new Sequence(item === undefined ? [] : [item]);
    };
  }
  const run = compile(node);
  return (input, scope) => {
    const items = itemsOf(input);
    spend(items.length);
    const kept: Value[] = [];
    for (let at = 0; at < items.length; at++) {
      const item = items[at];
      const result = run(scope, item);
      const indexes = isNumber(result) ? [result] : result;
      if (isList(indexes) && indexes.filter((index) => !isNumber(index)).length === 0) {
        spend(indexes.length);
        for (const index of indexes) {
          const whole = Math.floor(Number(index));
          if ((whole < 0 ? items.length + whole : whole) === at) kept.push(item);
        }
      } else if (truth(result)) kept.push(item);
    }
    return new Sequence(kept);
  };
}

function itemsOf(input: Value | Sequence): readonly Value[] {
  return input instanceof Sequence ? input.items : isList(input) ? input : [input];
}

/** A path; the common one, fields of a variable's objects, without the machinery of sequences. */
function compilePath(steps: readonly Step[]): Run {
  const general = compileSteps(steps);
  const [first, ...rest] = steps;
  const names = rest.flatMap(({ node, filters }) => (node.kind === 'field' && filters.length === 0 ? [node.name] : []));
  if (first?.node.kind !== 'variable' || first.filters.length > 0 || names.length < rest.length) return general;
  const variable = compile(first.node);
  return (scope, context) => {
    let value = variable(scope, context);
    for (const name of names) {
      if (isList(value)) return general(scope, context);
      value = isObject(value) ? fieldOf(value, name) : undefined;
      if (value === undefined) return undefined;
    }
    return value;
  };
}

function compileSteps(steps: readonly Step[]): Run {
  const compiled = steps.map(({ node, filters }) => ({ run: compile(node), filters: filters.map(compileFilter) }));
  const last = compiled.length - 1;
  const first = steps[0]?.node;
  const from = first?.kind === 'filter' ? first.of : first;
  const absolute = from?.kind === 'variable' || from?.kind === 'context';
  return (scope, context) => {
    let input: readonly Value[] = isList(context) && !absolute ? context : [context];
    for (let at = 0; at <= last; at++) {
      const step = compiled[at];
      if (!step) break;
      spend(input.length);
      const results: (Value | Sequence)[] = [];
      for (const item of input) {
        let result: Value | Sequence = step.run(scope, item);
        for (const filter of step.filters) result = filter(result, scope);
        if (result !== undefined) results.push(result);
      }
      const [only] = results;
      // A list of the data that is the only result stays as it is; all others are put together.
      if (at === last && results.length === 1 && isList(only) && !isGathered(only)) return only;
      input = flatten(results);
      if (input.length === 0) return undefined;
    }
    return settle(new Sequence(input));
  };
}

function flatten(results: readonly (Value | Sequence)[]): readonly Value[] {
  const flat: Value[] = [];
  for (const result of results) {
    if (result instanceof Sequence || isList(result)) {
      const items = itemsOf(result);
      spend(items.length);
      for (const item of items) flat.push(item);
    } else flat.push(result);
  }
  return flat;
}
