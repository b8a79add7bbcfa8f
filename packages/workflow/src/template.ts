import {
  type Expression,
  type ExpressionProblem,
  parseExpression,
  type Scope,
  typeOf,
  type VariableUse,
} from './expression/expression.ts';
import { endOfToken } from './expression/scan.ts';
import type { Field, Json, Type } from './type.ts';

/** A `{{ expression }}` in a text. */
export interface Hole {
  readonly expression: Expression;
  /** Where the expression starts in the text, in UTF-16 units. */
  readonly offset: number;
  /** What its value can be, once `typeTemplate` has found out. */
  readonly type?: Type;
  /** That it may have none, once `typeTemplate` has found out. */
  readonly optional?: boolean;
}

/** A text with holes. */
export interface Template {
  readonly source: string;
  readonly parts: readonly (string | Hole)[];
  /**
   * The text with its holes filled: `format` says a value in words, given what is known of its type. A hole without
   * a value, or with null, leaves no gap: no second space, no space or comma before a comma or full stop.
   */
  render(scope: Scope, format: (value: Json, type: Type | undefined) => string): string;
  /** The same, and where in it the values stand. */
  fill(scope: Scope, format: (value: Json, type: Type | undefined) => string): Filled;
}

/** A text with its holes filled. */
export interface Filled {
  readonly text: string;
  readonly values: readonly FilledValue[];
}

/** A value in a text: from `start` up to `end`, in UTF-16 units. */
export interface FilledValue {
  readonly start: number;
  readonly end: number;
  readonly value: Json;
  readonly type: Type | undefined;
}

/**
 * Reads a text with holes; `\{{` is a `{{` that is said. Never throws; offsets of problems are those of the text,
 * and of `variables`: those that a text which can't be read names all the same.
 */
export function parseTemplate(text: string):
  | { readonly ok: true; readonly template: Template }
  | {
      readonly ok: false;
      readonly problems: readonly ExpressionProblem[];
      readonly variables: readonly VariableUse[];
    } {
  const parts: (string | Hole)[] = [];
  const problems: ExpressionProblem[] = [];
  const variables: VariableUse[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    if (text.startsWith('\\{{', at)) {
      literal += '{{';
      at += 3;
    } else if (text.startsWith('{{', at)) {
      // Where an odd quote hides the end, the parser says what is wrong inside.
      const found = endOfHole(text, at + 2) ?? text.indexOf('}}', at + 2);
      const end = found < 0 ? undefined : found;
      if (end === undefined) {
        problems.push({
          code: 'hole',
          message: 'A `{{` is not closed.',
          hint: 'Put }} after the expression, or write \\{{ to have it said.',
          offset: at,
          length: 2,
        });
        break;
      }
      const inside = text.slice(at + 2, end);
      const before = at + 2 + (inside.length - inside.trimStart().length);
      const parsed = parseExpression(inside.trim());
      const used = parsed.ok ? parsed.expression.variables : parsed.variables;
      variables.push(...used.map((use) => ({ ...use, offset: before + use.offset })));
      if (parsed.ok) {
        if (literal !== '') parts.push(literal);
        literal = '';
        parts.push({ expression: parsed.expression, offset: before });
      } else {
        for (const problem of parsed.problems) problems.push({ ...problem, offset: before + problem.offset });
      }
      at = end + 2;
    } else {
      literal += text[at] ?? '';
      at++;
    }
  }
  if (literal !== '') parts.push(literal);
  return problems.length > 0 ? { ok: false, problems, variables } : { ok: true, template: template(text, parts) };
}

/**
 * The same template, its holes knowing their types, and what is wrong with them. A hole that gives a list or an
 * object cannot be said. One that may have no value is no problem here.
 */
export function typeTemplate(
  { source, parts }: Template,
  variables: { readonly [name: string]: Field },
): { readonly template: Template; readonly problems: readonly ExpressionProblem[] } {
  const problems: ExpressionProblem[] = [];
  const typed = parts.map((part) => {
    if (typeof part === 'string') return part;
    const { type, optional, problems: found } = typeOf(part.expression, variables);
    for (const problem of found) problems.push({ ...problem, offset: part.offset + problem.offset });
    const whole = { offset: part.offset, length: part.expression.source.length };
    const unsayable = unsayableKind(type);
    if (unsayable === 'list') {
      problems.push({
        code: 'unsayable',
        message: 'This can be a list, which has no words of its own.',
        hint: `Say its first item, (${part.expression.source})[0], or put texts together, $join($names, ', ').`,
        ...whole,
      });
    } else if (unsayable === 'object') {
      problems.push({
        code: 'unsayable',
        message: 'This is an object, which has no words of its own.',
        hint: 'Name the field to say.',
        ...whole,
      });
    }
    return { ...part, type, optional };
  });
  return { template: template(source, typed), problems };
}

function unsayableKind(type: Type): 'list' | 'object' | undefined {
  if (type.kind === 'list' || type.kind === 'object') return type.kind;
  if (type.kind !== 'union') return undefined;
  const kinds = type.of.map(unsayableKind);
  return kinds.find((kind) => kind === 'list') ?? kinds.find((kind) => kind === 'object');
}

function template(source: string, parts: readonly (string | Hole)[]): Template {
  const fill: Template['fill'] = (scope, format) => {
    let text = '';
    let values: FilledValue[] = [];
    // After an empty hole, what stood around it is drawn together.
    let gap = false;
    for (const part of parts) {
      const value = typeof part === 'string' ? part : part.expression.evaluate(scope);
      const said = typeof part === 'string' ? part : sayHole(part, value, format);
      if (said === '') {
        if (typeof part !== 'string') gap = true;
        continue;
      }
      const [before, after] = gap ? close(text, said) : [text, said];
      values = within(before, values);
      text = before + after;
      if (typeof part !== 'string' && value !== undefined)
        values.push({ start: before.length, end: text.length, value, type: part.type });
      gap = false;
    }
    if (gap) text = withoutComma(text);
    return { text, values: within(text, values) };
  };
  return { source, parts, fill, render: (scope, format) => fill(scope, format).text };
}

function sayHole(
  { type }: Hole,
  value: Json | undefined,
  format: (value: Json, type: Type | undefined) => string,
): string {
  return value === undefined || value === null ? '' : format(value, type);
}

/** The values as they stand in a text whose end may have been taken away. */
function within(text: string, values: FilledValue[]): FilledValue[] {
  if ((values.at(-1)?.end ?? 0) <= text.length) return values;
  return values.map((one) => ({ ...one, end: Math.min(one.end, text.length) }));
}

/** Puts together what stands before and after an empty hole: one space at most, and one mark of punctuation. */
function close(before: string, after: string): readonly [string, string] {
  if (before === '') return [before, after.replace(/^[\s,;:]+/, '')];
  if (/^\s*[.,;:!?)]/.test(after)) return [withoutComma(before), after.trimStart()];
  return [before, /\s$/.test(before) ? after.trimStart() : after];
}

function withoutComma(text: string): string {
  return text.trimEnd().replace(/,$/, '');
}

/** Where the `}}` of a hole stands that opened before `start`: not in a text of the expression, nor in its brackets. */
function endOfHole(text: string, start: number): number | undefined {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    if (depth === 0 && text.startsWith('}}', at)) return at;
    if (text[at] === '{') depth++;
    else if (text[at] === '}') depth--;
    at = endOfToken(text, at);
  }
  return undefined;
}
