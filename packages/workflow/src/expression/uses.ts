import type { Node } from './ast.ts';
import { FUNCTIONS } from './functions.ts';

/** One place where an expression reads a variable. */
export interface VariableUse {
  readonly name: string;
  /** Of the `$`, in UTF-16 units. */
  readonly offset: number;
  /**
   * An undefined value is dealt with where it stands: it is an operand of `=`, `in`, `and`, `or` or `&`, the argument
   * of $exists, $boolean, $count, $append or $type, the condition of `? :`; or the variable is known to have a value there,
   * as on the right of `$exists($x) and …`. Not so for `!=` and $not: they too are never true of what is missing,
   * and whoever writes them expects that they are.
   */
  readonly tolerant: boolean;
  /** The same, where the whole expression is a condition, so that undefined means no. */
  readonly tolerantAsCondition: boolean;
}

/** Variables, and fields of theirs (see `pathKey`), that are known to have a value. */
export type Known = ReadonlySet<string>;
export const NONE: Known = new Set();
const TOLERANT_CALLS: ReadonlySet<string> = new Set(['exists', 'boolean', 'count', 'append', 'type']);

/** Every use of a variable in an expression, in the order of the source. */
export function usesOf(node: Node): readonly VariableUse[] {
  const strict = new Map<number, { name: string; tolerant: boolean }>();
  const asCondition = new Map<number, { name: string; tolerant: boolean }>();
  walk(node, false, NONE, strict);
  walk(node, true, NONE, asCondition);
  return [...strict]
    .map(([offset, { name, tolerant }]) => ({
      name,
      offset,
      tolerant,
      tolerantAsCondition: asCondition.get(offset)?.tolerant ?? tolerant,
    }))
    .sort((a, b) => a.offset - b.offset);
}

/** A name for a variable or for the fields on a way from it; undefined for all else. */
export function pathKey(node: Node): string | undefined {
  return node.kind === 'variable' ? node.name : node.kind === 'path' ? [...pathKeys(node)].at(-1) : undefined;
}

/** The names of a path's beginnings, up to its first filter or step that is not a field. The last is the whole path's. */
function pathKeys(node: Extract<Node, { kind: 'path' }>): Known {
  const [first, ...rest] = node.steps;
  if (first?.node.kind !== 'variable' || first.filters.length > 0) return NONE;
  const keys = [first.node.name];
  for (const step of rest) {
    if (step.node.kind !== 'field' || step.filters.length > 0) return NONE;
    keys.push(`${keys.at(-1)}\n${step.node.name}`);
  }
  return new Set(keys);
}

function walk(
  node: Node,
  tolerant: boolean,
  known: Known,
  uses: Map<number, { name: string; tolerant: boolean }>,
): void {
  const go = (child: Node, handled: boolean, more: Known = NONE) => {
    walk(child, handled, more.size === 0 ? known : union(known, more), uses);
  };
  switch (node.kind) {
    case 'literal':
    case 'context':
    case 'field':
      return;
    case 'variable':
      uses.set(node.start, { name: node.name, tolerant: tolerant || known.has(node.name) });
      return;
    case 'path':
      node.steps.forEach((step, index) => {
        go(step.node, index === 0 && tolerant);
        for (const filter of step.filters) go(filter, false);
      });
      return;
    case 'filter':
      go(node.of, tolerant);
      for (const filter of node.filters) go(filter, false);
      return;
    case 'group':
      go(node.inner, tolerant);
      return;
    case 'negate':
      go(node.operand, false);
      return;
    case 'arithmetic':
    case 'compare':
      go(node.left, false);
      go(node.right, false);
      return;
    case 'equal':
      go(node.left, !node.negated);
      go(node.right, !node.negated);
      return;
    case 'in':
    case 'concat':
      go(node.left, true);
      go(node.right, true);
      return;
    case 'and':
      go(node.left, true);
      go(node.right, true, whenTrue(node.left));
      return;
    case 'or':
      go(node.left, true);
      go(node.right, true, whenFalse(node.left));
      return;
    case 'condition':
      go(node.test, true);
      go(node.then, tolerant, whenTrue(node.test));
      if (node.else) go(node.else, tolerant, whenFalse(node.test));
      return;
    case 'list':
      for (const item of node.items) go(item, false);
      return;
    case 'object':
      for (const { value } of node.fields) go(value, false);
      return;
    case 'call':
      for (const argument of node.arguments) go(argument, TOLERANT_CALLS.has(node.name));
      return;
  }
}

/** The variables that have a value wherever this is truthy. */
export function whenTrue(node: Node): Known {
  switch (node.kind) {
    case 'group':
      return whenTrue(node.inner);
    case 'equal':
    case 'in':
      return union(whenDefined(node.left), whenDefined(node.right));
    case 'and':
      return union(whenTrue(node.left), whenTrue(node.right));
    case 'or':
      return intersection(whenTrue(node.left), whenTrue(node.right));
    case 'call': {
      const [argument] = node.arguments;
      if (!argument) return NONE;
      if (node.name === 'exists') return whenDefined(argument);
      if (node.name === 'not') return union(whenFalse(argument), whenDefined(argument));
      if (node.name === 'boolean') return whenTrue(argument);
      return whenDefined(node);
    }
    default:
      return whenDefined(node);
  }
}

/** The variables that have a value wherever this has one. */
function whenDefined(node: Node): Known {
  switch (node.kind) {
    case 'variable':
      return new Set([node.name]);
    case 'path': {
      const first = node.steps[0]?.node;
      return first ? union(whenDefined(first), pathKeys(node)) : NONE;
    }
    case 'filter':
      return whenDefined(node.of);
    case 'group':
      return whenDefined(node.inner);
    case 'negate':
      return whenDefined(node.operand);
    case 'arithmetic':
    case 'compare':
      return union(whenDefined(node.left), whenDefined(node.right));
    case 'call': {
      const [argument] = node.arguments;
      return argument && FUNCTIONS.get(node.name)?.strict === true ? whenDefined(argument) : NONE;
    }
    default:
      return NONE;
  }
}

/** The variables that have a value wherever this is false or undefined. */
export function whenFalse(node: Node): Known {
  switch (node.kind) {
    case 'group':
      return whenFalse(node.inner);
    case 'or':
      return union(whenFalse(node.left), whenFalse(node.right));
    case 'and':
      return intersection(whenFalse(node.left), whenFalse(node.right));
    case 'call': {
      const [argument] = node.arguments;
      return node.name === 'not' && argument && alwaysDefined(argument) ? whenTrue(argument) : NONE;
    }
    default:
      return NONE;
  }
}

function alwaysDefined(node: Node): boolean {
  if (node.kind === 'group') return alwaysDefined(node.inner);
  return ['equal', 'in', 'and', 'or'].includes(node.kind) || (node.kind === 'call' && node.name === 'exists');
}

export function union(a: Known, b: Known): Known {
  return new Set([...a, ...b]);
}

function intersection(a: Known, b: Known): Known {
  return new Set([...a].filter((name) => b.has(name)));
}
