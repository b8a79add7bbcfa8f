import type { Field, Json, Type } from '../type.ts';
import { type ExpressionProblem, type Node, parseAst } from './ast.ts';
import { compile } from './compile.ts';
import { RESERVED_NAMES } from './functions.ts';
import { inferType } from './typing.ts';
import { usesOf, type VariableUse } from './uses.ts';
import { startWork, toJson } from './value.ts';

export type { ExpressionProblem } from './ast.ts';
export type { VariableUse } from './uses.ts';

/** The values of variables by name; one that is missing or undefined has none. */
export interface Scope {
  readonly [variable: string]: Json | undefined;
}

/**
 * An expression of the language: a subset of JSONata 2.0.6 over variables, with no document and no item at hand
 * outside of filters.
 */
export interface Expression {
  readonly source: string;
  readonly ast: Node;
  /** Where it reads variables, in the order of the source. */
  readonly variables: readonly VariableUse[];
  /**
   * Its value, as JSONata 2.0.6 gives it. Total: undefined where that is undefined, and where JSONata would throw
   * (types that do not go together, such as 1 + 'a'). A result that JSON cannot hold, such as 1 / 0 or
   * a list with it, is undefined too. Bounded: texts of more than 262,144 characters and more than a million items looked at count as errors.
   * Times without a zone are taken as UTC. Only a value's own fields are fields.
   */
  evaluate(scope: Scope): Json | undefined;
}

/**
 * Parses and admits an expression. Never throws; all that is wrong is in `problems`. Of one that is not admitted,
 * `variables` are those it reads as far as that can be told.
 */
export function parseExpression(source: string):
  | { readonly ok: true; readonly expression: Expression }
  | {
      readonly ok: false;
      readonly problems: readonly ExpressionProblem[];
      readonly variables: readonly VariableUse[];
    } {
  const { node, problems } = parseAst(source);
  if (problems.length > 0) return { ok: false, problems, variables: usesOf(node) };
  const run = compile(node);
  const evaluate = (scope: Scope) => {
    startWork();
    try {
      return toJson(run(scope, undefined));
    } catch {
      return undefined;
    }
  };
  return { ok: true, expression: { source, ast: node, variables: usesOf(node), evaluate } };
}

/**
 * The type of an expression's value, and what is wrong with it given the types of the variables. `optional`: it may
 * be undefined. A variable that is not in `variables` is unknown and optional, and no problem here. What is unknown
 * or open never causes a problem. The type holds as long as numbers stay finite and sizes inside of the bounds.
 */
export function typeOf(
  expression: Expression,
  variables: { readonly [name: string]: Field },
): { readonly type: Type; readonly optional: boolean; readonly problems: readonly ExpressionProblem[] } {
  return inferType(expression.source, expression.ast, variables);
}

/** The source with its variables renamed; all else, comments included, stays. What cannot be parsed comes back as it is. */
export function renameVariables(source: string, rename: (name: string) => string): string {
  const parsed = parseExpression(source);
  if (!parsed.ok) return source;
  let result = '';
  let from = 0;
  for (const { name, offset } of parsed.expression.variables) {
    result += `${source.slice(from, offset)}$${rename(name)}`;
    from = offset + 1 + name.length;
  }
  return result + source.slice(from);
}

/** Whether a variable may not have this name: it is a function's where expressions run. */
export function isReservedName(name: string): boolean {
  return RESERVED_NAMES.has(name);
}
