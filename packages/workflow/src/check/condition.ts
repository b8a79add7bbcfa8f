import type { Node } from '../expression/ast.ts';
import type { Expression } from '../expression/expression.ts';
import { IDENTITY_LEVELS } from '../tool-signature.ts';
import type { Json, Type } from '../type.ts';

/**
 * What a condition says of variables with few values: which values make it true. Enough of logic to tell that two
 * conditions cover everything, or that one can't hold after another; what it does not understand, it leaves open.
 */
export type Formula =
  /** True for the values `truthy` of the variable. `bare`: of a value that is missing, its negation isn't true either. */
  | { readonly kind: 'leaf'; readonly variable: string; readonly values: readonly Json[]; readonly test: Test }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Formula[] }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'open' };

/** `is`: one of the values; `is-not`: none of them, but there; `not-is`: none of them, or missing. */
type Test = 'is' | 'is-not' | 'not-is' | 'exists' | 'missing';

const OPEN: Formula = { kind: 'open' };

/** The formula of a condition. `isBoolean`: whether a variable on its own is a yes or no. */
export function formulaOf(expression: Expression, isBoolean: (variable: string) => boolean): Formula {
  return formula(expression.ast, true, isBoolean);
}

function formula(node: Node, holds: boolean, isBoolean: (variable: string) => boolean): Formula {
  const inner = (child: Node, is = holds) => formula(child, is, isBoolean);
  switch (node.kind) {
    case 'group':
      return inner(node.inner);
    case 'literal':
      return typeof node.value === 'boolean' ? { kind: 'constant', value: node.value === holds } : OPEN;
    case 'variable':
      if (!isBoolean(node.name)) return OPEN;
      return { kind: 'leaf', variable: node.name, values: [holds], test: 'is' };
    case 'and':
    case 'or':
      return { kind: (node.kind === 'and') === holds ? 'and' : 'or', of: [inner(node.left), inner(node.right)] };
    case 'equal': {
      const found = against(node.left, node.right) ?? against(node.right, node.left);
      return found ? comparison(found, node.negated, holds) : OPEN;
    }
    case 'in': {
      const name = variableOf(node.left);
      const values = literals(node.right);
      return name !== undefined && values ? comparison({ variable: name, values }, false, holds) : OPEN;
    }
    case 'call': {
      const [argument] = node.arguments;
      if (!argument) return OPEN;
      if (node.name === 'not') return inner(argument, !holds);
      if (node.name === 'boolean') return inner(argument);
      const name = variableOf(argument);
      if (node.name !== 'exists' || name === undefined) return OPEN;
      return { kind: 'leaf', variable: name, values: [], test: holds ? 'exists' : 'missing' };
    }
    default:
      return OPEN;
  }
}

/** `=` and `!=` with something that is missing are both false. */
function comparison(found: { variable: string; values: readonly Json[] }, negated: boolean, holds: boolean): Formula {
  const test = negated ? (holds ? 'is-not' : 'not-is-not') : holds ? 'is' : 'not-is';
  // `$not($x != 'a')`: it is 'a', or missing; rare enough to leave open.
  return test === 'not-is-not' ? OPEN : { kind: 'leaf', ...found, test };
}

function against(one: Node, other: Node): { variable: string; values: readonly Json[] } | undefined {
  const variable = variableOf(one);
  const value = literal(other);
  return variable === undefined || value === undefined ? undefined : { variable, values: [value] };
}

function variableOf(node: Node): string | undefined {
  if (node.kind === 'group') return variableOf(node.inner);
  return node.kind === 'variable' ? node.name : undefined;
}

function literal(node: Node): Json | undefined {
  if (node.kind === 'group') return literal(node.inner);
  return node.kind === 'literal' ? node.value : undefined;
}

function literals(node: Node): readonly Json[] | undefined {
  if (node.kind === 'group') return literals(node.inner);
  if (node.kind !== 'list') {
    const one = literal(node);
    return one === undefined ? undefined : [one];
  }
  const values = node.items.map(literal);
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? known : undefined;
}

export function leavesOf(formula: Formula): readonly Extract<Formula, { kind: 'leaf' }>[] {
  if (formula.kind === 'leaf') return [formula];
  return 'of' in formula ? formula.of.flatMap(leavesOf) : [];
}

/** More values than this are not told apart: a mask has no bits for them. */
export const MAX_VALUES = 28;

/** The values a variable can be told apart by, each a bit: missing is the first, and any other value the last. */
export class Universe {
  readonly all: number;
  readonly #bits = new Map<string, number>();
  readonly #other: number;

  /** `closed`: there are no other values. At most 28 values. */
  constructor(values: readonly Json[], closed: boolean) {
    for (const value of values) {
      const key = JSON.stringify(value);
      if (!this.#bits.has(key)) this.#bits.set(key, 1 << (this.#bits.size + 1));
    }
    this.#other = closed ? 0 : 1 << (this.#bits.size + 1);
    this.all = [...this.#bits.values()].reduce((mask, bit) => mask | bit, MISSING | this.#other);
  }

  get present(): number {
    return this.all & ~MISSING;
  }

  /** The bit of a value; a variable set to one it should not have can be anything after. */
  bit(value: Json): number {
    return this.#bits.get(JSON.stringify(value)) ?? (this.#other || this.present);
  }

  truthy({ test, values }: Extract<Formula, { kind: 'leaf' }>): number {
    const some = values.reduce((mask: number, value) => mask | (this.#bits.get(JSON.stringify(value)) ?? 0), 0);
    switch (test) {
      case 'is':
        return some;
      case 'is-not':
        return this.present & ~some;
      case 'not-is':
        return this.all & ~some;
      case 'exists':
        return this.present;
      case 'missing':
        return MISSING;
    }
  }
}

export const MISSING = 1;

/** The universe of identity levels: one that is never missing. */
export const IDENTITY = new Universe(IDENTITY_LEVELS, true);

/** The values a type can have, where there are few: those of a choice, yes and no. */
export function valuesOf(type: Type): readonly Json[] | undefined {
  if (type.kind === 'boolean') return [true, false];
  return type.kind === 'string' ? type.values : undefined;
}

/** For each tracked variable, by index, the values it can have. */
export type Masks = readonly number[];

/** What conditions are worked out over. */
export interface Tracking {
  readonly index: ReadonlyMap<string, number>;
  readonly universes: readonly Universe[];
}

/** Whether a formula holds: surely, surely not, or undefined. */
export function holdsOf(formula: Formula, masks: Masks, tracking: Tracking): boolean | undefined {
  switch (formula.kind) {
    case 'open':
      return undefined;
    case 'constant':
      return formula.value;
    case 'leaf': {
      const at = tracking.index.get(formula.variable);
      const mask = at === undefined ? undefined : masks[at];
      const truthy = at === undefined ? undefined : tracking.universes[at]?.truthy(formula);
      if (mask === undefined || truthy === undefined) return undefined;
      if ((mask & truthy) === 0) return false;
      return (mask & ~truthy) === 0 ? true : undefined;
    }
    case 'and':
    case 'or': {
      const stops = formula.kind === 'or';
      const found = formula.of.map((one) => holdsOf(one, masks, tracking));
      if (found.includes(stops)) return stops;
      return found.includes(undefined) ? undefined : !stops;
    }
  }
}

/** Whether a condition holds whatever the variables are: always, never, or undefined. */
export function constantOf(expression: Expression): boolean | undefined {
  const nothing: Tracking = { index: new Map(), universes: [] };
  return holdsOf(
    formulaOf(expression, () => false),
    [],
    nothing,
  );
}

/** The values that are left where a formula holds, or doesn't; undefined where that can't be. */
export function refine(formula: Formula, holds: boolean, masks: Masks, tracking: Tracking): Masks | undefined {
  const known = holdsOf(formula, masks, tracking);
  if (known !== undefined) return known === holds ? masks : undefined;
  switch (formula.kind) {
    case 'leaf': {
      const at = tracking.index.get(formula.variable);
      const mask = at === undefined ? undefined : masks[at];
      const truthy = at === undefined ? undefined : tracking.universes[at]?.truthy(formula);
      if (at === undefined || mask === undefined || truthy === undefined) return masks;
      return masks.with(at, holds ? mask & truthy : mask & ~truthy);
    }
    case 'and':
    case 'or': {
      if ((formula.kind === 'and') === holds) {
        return formula.of.reduce((left: Masks | undefined, one) => left && refine(one, holds, left, tracking), masks);
      }
      const undecided = formula.of.filter((one) => holdsOf(one, masks, tracking) === undefined);
      const [only] = undecided;
      return undecided.length === 1 && only ? refine(only, holds, masks, tracking) : masks;
    }
    default:
      return masks;
  }
}

/** Whether no values of the variables make both true. */
export function neverBoth(one: Expression, other: Expression, typeOf: (variable: string) => Type | undefined): boolean {
  const formulas = [one, other].map((each) => formulaOf(each, (name) => typeOf(name)?.kind === 'boolean'));
  const leaves = formulas.flatMap(leavesOf);
  const names = [...new Set(leaves.map(({ variable }) => variable))];
  const valuesFor = (name: string) => {
    const type = typeOf(name);
    const all = type && valuesOf(type);
    const compared = leaves.filter(({ variable }) => variable === name).flatMap(({ values }) => values);
    return { values: [...compared, ...(all ?? [])], closed: all !== undefined };
  };
  const known = names.map(valuesFor);
  if (known.some(({ values }) => values.length > MAX_VALUES)) return false;
  const universes = known.map(({ values, closed }) => new Universe(values, closed));
  const tracking: Tracking = { index: new Map(names.map((name, at) => [name, at])), universes };
  const start: Masks | undefined = universes.map(({ all }) => all);
  return (
    formulas.reduce((left: Masks | undefined, each) => left && refine(each, true, left, tracking), start) === undefined
  );
}

/** The variables that have a value wherever this is true. */
export function provedBy(node: Node): readonly string[] {
  switch (node.kind) {
    case 'group':
      return provedBy(node.inner);
    case 'and':
      return [...provedBy(node.left), ...provedBy(node.right)];
    case 'or': {
      const right = provedBy(node.right);
      return provedBy(node.left).filter((name) => right.includes(name));
    }
    case 'equal':
    case 'in':
    case 'compare':
      return [...rootsOf(node.left), ...rootsOf(node.right)];
    case 'call': {
      const [argument] = node.arguments;
      if (!argument) return [];
      if (node.name === 'exists' || node.name === 'contains') return rootsOf(argument);
      return node.name === 'boolean' ? provedBy(argument) : [];
    }
    default:
      return rootsOf(node);
  }
}

/** The variables that have a value wherever this does not hold: as after `$not($exists($x))`. */
export function provedByFailure(node: Node): readonly string[] {
  switch (node.kind) {
    case 'group':
      return provedByFailure(node.inner);
    case 'or':
      return [...provedByFailure(node.left), ...provedByFailure(node.right)];
    case 'and': {
      const right = provedByFailure(node.right);
      return provedByFailure(node.left).filter((name) => right.includes(name));
    }
    case 'call': {
      const [argument] = node.arguments;
      // Of what may be without a value, the negation is so too, and does not hold either.
      return node.name === 'not' && argument && isTotal(argument) ? provedBy(argument) : [];
    }
    default:
      return [];
  }
}

/** Whether this is true or false whatever has no value. */
function isTotal(node: Node): boolean {
  if (node.kind === 'group') return isTotal(node.inner);
  return node.kind === 'equal' || node.kind === 'in' || (node.kind === 'call' && node.name === 'exists');
}

/** The variable without which this has no value. */
function rootsOf(node: Node): readonly string[] {
  switch (node.kind) {
    case 'variable':
      return [node.name];
    case 'group':
      return rootsOf(node.inner);
    case 'filter':
      return rootsOf(node.of);
    case 'path': {
      const first = node.steps[0]?.node;
      return first ? rootsOf(first) : [];
    }
    case 'arithmetic':
      return [...rootsOf(node.left), ...rootsOf(node.right)];
    default:
      return [];
  }
}

/** The variables whose values can be part of what this gives, as against only deciding it. */
export function valuesReadBy(node: Node): readonly string[] {
  switch (node.kind) {
    case 'variable':
      return [node.name];
    case 'literal':
    case 'context':
    case 'field':
    case 'compare':
    case 'equal':
    case 'in':
    case 'and':
    case 'or':
      return [];
    case 'path':
      return node.steps.flatMap((step) => valuesReadBy(step.node));
    case 'filter':
      return valuesReadBy(node.of);
    case 'group':
      return valuesReadBy(node.inner);
    case 'negate':
      return valuesReadBy(node.operand);
    case 'arithmetic':
    case 'concat':
      return [...valuesReadBy(node.left), ...valuesReadBy(node.right)];
    case 'condition':
      return [...valuesReadBy(node.then), ...(node.else ? valuesReadBy(node.else) : [])];
    case 'list':
      return node.items.flatMap(valuesReadBy);
    case 'object':
      return node.fields.flatMap(({ value }) => valuesReadBy(value));
    case 'call':
      if (['exists', 'not', 'boolean', 'count', 'type', 'contains', 'length'].includes(node.name)) return [];
      return node.arguments.flatMap(valuesReadBy);
  }
}
