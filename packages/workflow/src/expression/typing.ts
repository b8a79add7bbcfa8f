import { type Field, type Type, UNKNOWN } from '../type.ts';
import type { ExpressionProblem, Node } from './ast.ts';

/** The type of an expression, given those of the variables. */
export function inferType(
  node: Node,
  variables: { readonly [name: string]: Field },
): { type: Type; optional: boolean; problems: readonly ExpressionProblem[] } {
  if (node.kind === 'variable' && Object.hasOwn(variables, node.name)) {
    const field = variables[node.name];
    if (field) return { type: field.type, optional: field.optional === true, problems: [] };
  }
  return { type: UNKNOWN, optional: true, problems: [] };
}
