import { compile, inside } from './jsonata.ts';

/** What AWS has against an expression, before anything is run. */
export interface ExpressionProblem {
  readonly code: 'INVALID_JSONATA_EXPRESSION' | 'UNSUPPORTED_JSONATA_EXPRESSION';
  readonly message: string;
}

/**
 * Checks an expression: its syntax, and that it reads nothing but variables. There is no context item, so neither `$` nor a
 * bare name means anything at the top; `$$` never does, and `$states.errorOutput` only inside of a catcher.
 */
export function checkExpression(text: string, caught: boolean): ExpressionProblem[] {
  let tree: unknown;
  try {
    tree = compile(inside(text)).ast();
  } catch (error) {
    const message =
      typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : 'Unknown';
    return [{ code: 'INVALID_JSONATA_EXPRESSION', message }];
  }
  const found = new Set<string>();
  walk(tree, true, caught, (message) => found.add(message));
  return [...found].map((message) => ({ code: 'UNSUPPORTED_JSONATA_EXPRESSION', message }));
}

/** Parts of a node whose context is an item of what the node is about. */
const ITEMWISE = new Set(['predicate', 'stages', 'group', 'terms', 'pattern', 'update', 'delete']);

function walk(node: unknown, top: boolean, caught: boolean, report: (message: string) => void): void {
  if (Array.isArray(node)) {
    for (const one of node) walk(one, top, caught, report);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const type: unknown = 'type' in node ? node.type : undefined;
  const value: unknown = 'value' in node ? node.value : undefined;
  if (type === 'variable' && value === '$') report("Reference to '$$' is not supported.");
  if (top && type === 'variable' && value === '') report("Reference to '$' at the top level is not supported.");
  if (top && (type === 'name' || type === 'wildcard' || type === 'descendant' || type === 'parent')) {
    report(`Reference to '${String(value ?? '%')}' at the top level is not supported.`);
  }
  for (const [key, part] of Object.entries(node)) {
    if (key === 'steps' && Array.isArray(part)) {
      const [first, second] = part;
      if (!caught && isStep(first, 'variable', 'states') && isStep(second, 'name', 'errorOutput')) {
        report("Reference to '$states.errorOutput' is not supported.");
      }
      walk(first, top, caught, report);
      walk(part.slice(1), false, caught, report);
    } else {
      walk(part, top && !ITEMWISE.has(key), caught, report);
    }
  }
}

const isStep = (node: unknown, type: string, value: string): boolean =>
  typeof node === 'object' &&
  node !== null &&
  'type' in node &&
  node.type === type &&
  'value' in node &&
  node.value === value;
