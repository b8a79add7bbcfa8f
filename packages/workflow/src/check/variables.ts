import type { Place } from '../error.ts';
import { typeOf } from '../expression/expression.ts';
import type { Problem } from '../problem.ts';
import { type Assignment, type Data, type Draft, expressionsIn, type Variable } from '../program.ts';
import type { TypedVariable } from '../schema.ts';
import type { Field, Json, Type } from '../type.ts';
import { patternProblem, readValue } from '../values/values.ts';
import { inWords, neverFits, typeOfValue, unionOf } from './assignable.ts';
import { type Flow, placeOf } from './flow.ts';
import type { Piece } from './pieces.ts';
import { type LocalNames, problemAt } from './report.ts';

/** Variables that have no value where one is needed, that nobody uses, or that are set to what they can't be. */
export function checkVariables(
  draft: Draft,
  pieces: readonly Piece[],
  flow: Flow,
  names: LocalNames,
): readonly Problem[] {
  const problems: Problem[] = [];
  const partial = [...draft.steps.values()].some(({ kind }) => kind === 'broken');
  const written = new Set(pieces.flatMap(writes));
  const mentioned = new Set(written);
  const read = new Set<string>();
  for (const piece of pieces) {
    for (const name of reads(piece)) read.add(name);
    if (piece.what === 'set') mentioned.add(piece.assignment.variable);
  }
  for (const name of read) mentioned.add(name);

  const saved = new Set<string | undefined>(
    [...draft.steps.values()].flatMap((step) =>
      step.kind === 'call' ? [step.call.save] : step.kind === 'parallel' ? step.calls.map(({ save }) => save) : [],
    ),
  );

  const neverSet = new Set<string>();
  for (const variable of draft.variables.values()) {
    problems.push(...declared(variable, names));
    if (partial) continue;
    const local = names.variable(variable.name);
    const isSet = written.has(variable.name) || (variable.initial !== undefined && variable.initial !== null);
    // What a part's file holds may be meant for other workflows.
    const own = variable.at.file === draft.file;
    if (!isSet && read.has(variable.name)) {
      neverSet.add(variable.name);
      problems.push(
        problemAt(
          variable.at,
          'variable/never-set',
          'error',
          `\`${local}\` is read, but nothing ever gives it a value.`,
          "Ask for it in a form, save a tool's output in it, `set` it, or give it an `initial` value.",
        ),
      );
    } else if (!mentioned.has(variable.name) && own) {
      problems.push(
        problemAt(variable.at, 'variable/unused', 'warning', `\`${local}\` is not used.`, 'Take it out, or use it.'),
      );
    } else if (
      variable.tool !== undefined &&
      saved.has(variable.name) &&
      own &&
      !read.has(variable.name) &&
      !inText(draft, variable.name)
    ) {
      problems.push(
        problemAt(
          variable.at,
          'variable/unread',
          'warning',
          `What is saved in \`${local}\` is never used.`,
          'Take it and the `save` out, or use it.',
        ),
      );
    }
  }

  for (const { variable, op, path } of flow.unset()) {
    const place = placeOf(op);
    if (!place || neverSet.has(variable)) continue;
    const name = names.variable(variable);
    const needed = op.op === 'argument';
    problems.push(
      problemAt(
        place,
        'variable/unset',
        needed ? 'error' : 'warning',
        needed
          ? `\`${name}\` may have no value yet here, and \`${op.tool}\` needs it.`
          : op.op === 'read'
            ? `\`${name}\` may have no value yet when this is said.`
            : op.op === 'if'
              ? `\`${name}\` may have no value yet here, and then this does not hold.`
              : `\`${name}\` may have no value yet here, and then nothing is set.`,
        `Get it before, on every path, or ask first whether it is there: $exists($${name}).`,
        path,
      ),
    );
  }

  const fields: Record<string, Field> = {};
  for (const { name, type } of draft.variables.values()) fields[name] = { type, optional: true };
  for (const piece of pieces) {
    if (piece.what !== 'set') continue;
    const variable = draft.variables.get(piece.assignment.variable);
    if (!variable) continue;
    const given = typeOfData(piece.assignment.value, fields);
    if (given.kind === 'null') continue;
    const { value } = piece.assignment;
    if (!neverFits(given, variable.type)) {
      if (value.kind === 'literal') problems.push(...unfit(variable, value.value, value.at, names));
      continue;
    }
    problems.push(
      problemAt(
        piece.assignment.value.at,
        'variable/type',
        'error',
        `\`${names.variable(variable.name)}\` takes ${inWords(variable.type)}, and this is ${inWords(given)}.`,
        'Set it to a value of its type, or change its type.',
      ),
    );
  }
  return problems;
}

/** Whether an expression of the file names it, be it one that can't be read. */
const inText = (draft: Draft, name: string) => new RegExp(`\\$${name}(?![A-Za-z0-9_])`).test(draft.source.text);

/** The type of data of the file. What is wrong with its expressions is told elsewhere. */
export function typeOfData(data: Data, fields: { readonly [name: string]: Field }): Type {
  switch (data.kind) {
    case 'literal':
      return typeOfValue(data.value);
    case 'expression':
      return typeOf(data.expression, fields).type;
    case 'list':
      return { kind: 'list', items: unionOf(data.items.map((item) => typeOfData(item, fields))) };
    case 'object': {
      const inner = [...data.fields].map(([name, one]): [string, Field] => [name, { type: typeOfData(one, fields) }]);
      return { kind: 'object', fields: Object.fromEntries(inner) };
    }
  }
}

/** What is wrong with a declaration by itself. */
function declared(variable: Variable, names: LocalNames): readonly Problem[] {
  const problems: Problem[] = [];
  const { definition, initial } = variable;
  const local = names.variable(variable.name);
  if (initial !== undefined && initial !== null) {
    const given = typeOfValue(initial);
    if (neverFits(given, variable.type)) {
      problems.push(
        problemAt(
          variable.at,
          'variable/type',
          'error',
          `\`${local}\` takes ${inWords(variable.type)}, and its \`initial\` value is ${inWords(given)}.`,
          'Make it a value of its type.',
        ),
      );
    } else {
      problems.push(...unfit(variable, initial, variable.at, names));
    }
  }
  const bounds = definition && crossed(definition);
  if (bounds) {
    const [low, high] = bounds;
    problems.push(
      problemAt(
        variable.at,
        'variable/type',
        'error',
        `\`${local}\` can have no value: its \`${low}\` is more than its \`${high}\`.`,
        'Swap the two, or mend one of them.',
      ),
    );
  }
  for (const pattern of definition ? patternsIn(definition) : []) {
    const wrong = patternProblem(pattern);
    if (wrong === undefined) continue;
    problems.push(
      problemAt(
        variable.at,
        'variable/pattern',
        'error',
        `The pattern of \`${local}\` can't be used: ${wrong}.`,
        wrong.endsWith('forever')
          ? 'Say how long each piece is, as in \\d{4}, or put a sign between them that neither can be.'
          : 'Look for a bracket that is not closed, or a \\ that is missing: a W and seven digits is W\\d{7}.',
      ),
    );
  }
  return problems;
}

/** What a declaration says of values beyond their type, held against one that stands in the file. */
function unfit({ name, definition }: Variable, value: Json, at: Place, names: LocalNames): readonly Problem[] {
  // An empty text stands for none, whatever the form of the others.
  if (!definition || value === null || value === '') return [];
  const read = readValue(definition, value, { now: 0, timezone: 'UTC' });
  // A value of the file is taken as it stands, so it stands there as it is kept.
  const asKept = definition.type === 'string' || (read.ok && JSON.stringify(read.value) === JSON.stringify(value));
  if (read.ok && asKept) return [];
  return [
    problemAt(
      at,
      'variable/type',
      'error',
      `\`${names.variable(name)}\` does not take this value${read.ok ? '' : `: ${read.problem}`}.`,
      read.ok ? writtenAs(definition, read.value) : 'Make it one that its declaration allows.',
    ),
  ];
}

/** How a value that callers may say in other words is written in the file. */
function writtenAs({ type }: TypedVariable, value: Json): string {
  if (type === 'date') return 'Write a date as YYYY-MM-DD.';
  if (type === 'time') return 'Write a time as HH:MM.';
  return `Write it as it is kept: ${JSON.stringify(value)}.`;
}

/** Bounds that leave no value. */
function crossed(definition: TypedVariable): readonly [string, string] | undefined {
  if (definition.type === 'string') {
    const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = definition;
    return minLength > maxLength ? ['minLength', 'maxLength'] : undefined;
  }
  if (!('min' in definition) || definition.min === undefined || definition.max === undefined) return undefined;
  return definition.min > definition.max ? ['min', 'max'] : undefined;
}

/** The patterns of a variable and of what it holds. */
function patternsIn(definition: TypedVariable): readonly string[] {
  switch (definition.type) {
    case 'string':
      return definition.pattern === undefined ? [] : [definition.pattern];
    case 'list':
      return patternsIn(definition.of);
    case 'object':
      return Object.values(definition.fields).flatMap(patternsIn);
    default:
      return [];
  }
}

function writes(piece: Piece): readonly string[] {
  if (piece.what === 'set') {
    const { variable, value } = piece.assignment;
    return value.kind === 'literal' && value.value === null ? [] : [variable];
  }
  return piece.what === 'taken' ? [piece.variable] : [];
}

function reads(piece: Piece): readonly string[] {
  switch (piece.what) {
    case 'said':
    case 'brief':
    case 'fact':
      return piece.text.template.parts.flatMap((part) =>
        typeof part === 'string' ? [] : part.expression.variables.map(({ name }) => name),
      );
    case 'condition':
      return piece.condition.expression.variables.map(({ name }) => name).filter((name) => name !== piece.of);
    case 'set':
      return readsOf(piece.assignment);
    case 'argument':
      return expressionsIn(piece.data).flatMap(({ expression }) => expression.variables.map(({ name }) => name));
    case 'given':
      return [piece.variable];
    case 'taken':
      return [];
  }
}

function readsOf({ variable, value }: Assignment): readonly string[] {
  return expressionsIn(value)
    .flatMap(({ expression }) => expression.variables.map(({ name }) => name))
    .filter((name) => name !== variable);
}
