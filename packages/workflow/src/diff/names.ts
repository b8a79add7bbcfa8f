import type { Expression } from '../expression/expression.ts';
import type { Condition, Data, Text } from '../program.ts';
import type { Json } from '../type.ts';

/** How one workflow's steps, variables and expressions are written to be compared with another's. */
export interface Names {
  step(name: string): string;
  variable(name: string): string;
  /** The source of an expression, its variables renamed. */
  expression(expression: Expression): string;
}

/** Steps and variables under the names they have in the other workflow; expressions as they stand otherwise. */
export function naming(step: (name: string) => string, variable: (name: string) => string): Names {
  const expression = ({ source, variables }: Expression) => {
    let result = '';
    let from = 0;
    for (const { name, offset } of variables) {
      result += `${source.slice(from, offset)}$${variable(name)}`;
      from = offset + 1 + name.length;
    }
    return (result + source.slice(from)).trim();
  };
  return { step, variable, expression };
}

/** The same names, with expressions without the spaces and comments that mean nothing: to compare, not to show. */
export function bare(names: Names): Names {
  return { ...names, expression: (expression) => withoutSpaces(names.expression(expression)) };
}

const PIECE = /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)|\/\*[\s\S]*?\*\/|\s+|./gs;

function withoutSpaces(source: string): string {
  let result = '';
  let space = false;
  for (const [piece] of source.matchAll(PIECE)) {
    if (/^\s/.test(piece) || piece.startsWith('/*')) {
      space = true;
      continue;
    }
    if (space && /[\w$]$/.test(result) && /^[\w$]/.test(piece)) result += ' ';
    result += piece;
    space = false;
  }
  return result;
}

export function writeCondition(condition: Condition, names: Names): string {
  return names.expression(condition.expression);
}

/** A text as a file would have it. */
export function writeText(text: Text, names: Names): string {
  return text.template.parts
    .map((part) =>
      typeof part === 'string' ? part.replaceAll('{{', '\\{{') : `{{ ${names.expression(part.expression)} }}`,
    )
    .join('');
}

/** Data as a file would have it on one line: texts in quotes, expressions with their =. */
export function writeData(data: Data, names: Names): string {
  switch (data.kind) {
    case 'literal':
      return writeJson(data.value);
    case 'expression':
      return `=${writeCondition(data, names)}`;
    case 'list':
      return `[${data.items.map((item) => writeData(item, names)).join(', ')}]`;
    case 'object':
      return inBraces([...data.fields].map(([name, field]) => `${name}: ${writeData(field, names)}`));
  }
}

export function writeJson(value: Json): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (isList(value)) return `[${value.map(writeJson).join(', ')}]`;
  return inBraces(Object.entries(value).map(([name, field]) => `${name}: ${writeJson(field)}`));
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const inBraces = (fields: readonly string[]) => (fields.length === 0 ? '{}' : `{ ${[...fields].sort().join(', ')} }`);
