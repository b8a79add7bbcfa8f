import { z } from 'zod';
import { didYouMean, nameFix, type Problem } from './problem.ts';
import type { Pointer, YamlFile } from './yaml-file.ts';

/**
 * Holds a part of a file against its schema. Each thing that does not fit becomes a problem, at its place.
 * So that one mistake hides no other, a key that is only misspelt is then taken for the one that was meant, and other
 * unknown and unfit ones are left out, where it can be done without.
 */
export function fit<T>(
  schema: z.ZodType<T>,
  value: unknown,
  yaml: YamlFile,
  pointer: Pointer,
): { value: T | undefined; problems: Problem[] } {
  const problems: Problem[] = [];
  let rest = value;
  for (let round = 0; round < 20; round++) {
    const result = schema.safeParse(rest);
    if (result.success) return { value: result.data, problems };
    const issues = result.error.issues.flatMap((issue) => closest(issue, rest));
    for (const issue of issues) {
      if (!isMisspelt(issue, issues, rest)) problems.push(...describe(issue, schema, rest, yaml, pointer));
    }
    const pruned = issues.reduce(
      (tree: unknown, issue) => without(corrected(tree, issue, schema, yaml, pointer), issue),
      rest,
    );
    if (JSON.stringify(pruned) === JSON.stringify(rest)) break;
    // What pruning leaves is only looked at for its value: the same mistake is not told twice.
    const again = schema.safeParse(pruned);
    if (again.success) return { value: again.data, problems };
    const repeated = again.error.issues.every((issue) => issues.some((told) => samePath(told.path, issue.path)));
    rest = pruned;
    if (repeated || issues.some((issue) => issue.path.length === 0 && issue.code !== 'unrecognized_keys')) break;
    if (again.error.issues.every((issue) => missing(issue, pruned) && removed(issue, issues))) break;
  }
  return { value: undefined, problems };
}

type Issue = z.core.$ZodIssue;

/** So many keys of one map are told to be unknown: who has more looks at another kind of file. */
const MAX_TOLD = 100;

const samePath = (a: readonly PropertyKey[], b: readonly PropertyKey[]) =>
  a.length === b.length && a.every((part, i) => part === b[i]);
const removed = (issue: Issue, told: readonly Issue[]) =>
  told.some((one) => samePath(one.path.slice(0, issue.path.length), issue.path));

/** Whether a key only seems to be missing, because it stands there misspelt: that is told of the key as it stands. */
function isMisspelt(issue: Issue, issues: readonly Issue[], root: unknown): boolean {
  const key = issue.path[issue.path.length - 1];
  if (key === undefined || !missing(issue, root)) return false;
  return issues.some(
    (other) =>
      other.code === 'unrecognized_keys' &&
      samePath(other.path, issue.path.slice(0, -1)) &&
      other.keys.some((written) => didYouMean(written, [String(key)]) !== undefined),
  );
}

/** Of a union's alternatives, the one the value comes closest to; its issues, with whole paths. */
function closest(issue: Issue, root: unknown): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const value = at(root, issue.path);
  const text = issue.errors.flat().find((one) => isHole(value) && one.path.length === 0 && wantsText(one));
  if (text) return [{ ...text, path: issue.path }];
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const scored = issue.errors
    .map((errors) => ({ errors, wrongKind: errors.some((e) => e.path.length === 0 && e.code === 'invalid_type') }))
    .filter(({ wrongKind }) => !wrongKind)
    .sort((a, b) => a.errors.length - b.errors.length);
  const best = scored[0];
  if (!best || (scored.length > 1 && !isObject && !Array.isArray(value))) return [issue];
  return best.errors.flatMap((inner) => {
    const whole = { ...inner, path: [...issue.path, ...inner.path] };
    return closest(whole, root);
  });
}

const wantsText = (issue: Issue) => issue.code === 'invalid_type' && issue.expected === 'string';

/** What YAML makes of a text that begins with {{ and has no quotes. */
const isHole = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value)[0]?.startsWith('{') === true;

function at(root: unknown, path: readonly PropertyKey[]): unknown {
  let value: unknown = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

const missing = (issue: Issue, root: unknown) => issue.path.length > 0 && at(root, issue.path) === undefined;

function without(tree: unknown, issue: Issue): unknown {
  if (issue.code === 'unrecognized_keys') return drop(tree, issue.path, issue.keys);
  if (issue.path.length === 0 || missing(issue, tree)) return tree;
  return drop(tree, issue.path.slice(0, -1), issue.path.slice(-1));
}

/** The tree with the unknown keys of an issue called what was probably meant, where that is not there yet. */
function corrected(tree: unknown, issue: Issue, schema: z.ZodType, yaml: YamlFile, pointer: Pointer): unknown {
  if (issue.code !== 'unrecognized_keys') return tree;
  return issue.keys.reduce((tree: unknown, key) => {
    const meant = didYouMean(key, keysAt(schema, issue.path, tree));
    if (meant === undefined) return tree;
    yaml.misspelt(
      [...pointer, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part))), meant],
      key,
    );
    return renamed(tree, issue.path, key, meant);
  }, tree);
}

function renamed(tree: unknown, path: readonly PropertyKey[], from: string, to: string): unknown {
  if (typeof tree !== 'object' || tree === null) return tree;
  const [head, ...tail] = path;
  if (Array.isArray(tree)) return tree.map((item, index) => (index === head ? renamed(item, tail, from, to) : item));
  const entries = Object.entries(tree);
  if (head === undefined) return Object.fromEntries(entries.map(([key, item]) => [key === from ? to : key, item]));
  return Object.fromEntries(entries.map(([key, item]) => [key, key === head ? renamed(item, tail, from, to) : item]));
}

function drop(tree: unknown, path: readonly PropertyKey[], keys: readonly PropertyKey[]): unknown {
  if (typeof tree !== 'object' || tree === null) return tree;
  const [head, ...tail] = path;
  if (Array.isArray(tree)) {
    if (head === undefined) return tree.filter((_, index) => !keys.includes(index));
    return tree.map((item, index) => (index === head ? drop(item, tail, keys) : item));
  }
  const entries = Object.entries(tree);
  const dropped = new Set(keys);
  if (head === undefined) return Object.fromEntries(entries.filter(([key]) => !dropped.has(key)));
  return Object.fromEntries(entries.map(([key, item]) => [key, key === head ? drop(item, tail, keys) : item]));
}

function describe(issue: Issue, schema: z.ZodType, root: unknown, yaml: YamlFile, pointer: Pointer): Problem[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  const here = [...pointer, ...path];
  const found = at(root, issue.path);
  const problem = (code: string, message: string, fix: string, key = false, where = here): Problem => ({
    ...yaml.place(where, { key }),
    code,
    severity: 'error',
    message,
    fix,
  });
  const name = here.length === 0 ? 'The file' : `\`${here[here.length - 1]}\``;
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, issue.path, root);
      return issue.keys
        .slice(0, MAX_TOLD)
        .map((key) =>
          problem('schema/unknown-key', `\`${key}\` is not a key that may stand here.`, keyFix(key, known), true, [
            ...here,
            key,
          ]),
        );
    }
    case 'invalid_type':
      return found === undefined
        ? [
            problem(
              'schema/missing',
              `\`${path[path.length - 1] ?? ''}\` is missing.`,
              `Add it: ${wanted(issue.expected)}.`,
              true,
              here.slice(0, -1),
            ),
          ]
        : [
            problem(
              'schema/type',
              `${name} should be ${wanted(issue.expected)}, but is ${kindOf(found)}.`,
              makeIt(issue, found, schema, root),
            ),
          ];
    case 'invalid_union': {
      if (found === undefined) {
        return [
          problem(
            'schema/missing',
            `\`${path[path.length - 1] ?? ''}\` is missing.`,
            'Add it.',
            true,
            here.slice(0, -1),
          ),
        ];
      }
      const kinds = [
        ...new Set(
          issue.errors.flatMap((errors) =>
            errors.flatMap((e) => (e.code === 'invalid_type' && e.path.length === 0 ? [wanted(e.expected)] : [])),
          ),
        ),
      ];
      return [
        problem(
          'schema/type',
          `${name} is ${kindOf(found)}, which does not fit here.`,
          typeof found === 'number' && formAt(schema, issue.path, String(found)) !== undefined
            ? (formAt(schema, issue.path, String(found)) ?? '')
            : kinds.length > 0
              ? `It can be ${kinds.join(' or ')}.`
              : 'Look at what may stand here in the language reference.',
        ),
      ];
    }
    case 'invalid_value':
      return [
        problem(
          'schema/value',
          `${name} can't be ${shown(found)}.`,
          typeof found === 'string'
            ? nameFix(found, issue.values.map(String), 'value')
            : `It can be ${issue.values.map(String).join(', ')}.`,
        ),
      ];
    case 'too_small':
    case 'too_big': {
      const bound = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      const unit =
        issue.origin === 'array' ? (issue.code === 'too_small' && issue.minimum === 1 ? ' entry' : ' entries') : '';
      return [
        problem(
          'schema/bounds',
          `${name} must ${unit === '' ? 'be' : 'have'} ${bound}${unit}.`,
          `Make it ${bound}${unit}.`,
        ),
      ];
    }
    case 'invalid_key':
      return [
        problem(
          'schema/name',
          `${name} can't be a name.`,
          issue.issues[0]?.message ?? 'Use letters, digits and _.',
          true,
        ),
      ];
    case 'invalid_format':
      return [problem('schema/format', `${name} has the wrong form.`, issue.message)];
    default:
      return [
        problem(
          'schema/invalid',
          `${name} does not fit: ${issue.message}.`,
          'Look at what may stand here in the language reference.',
        ),
      ];
  }
}

function keyFix(key: string, known: readonly string[]): string {
  if (/\s/.test(key)) return 'Is it the rest of a text? In { } a text with a comma in it needs quotes.';
  return known.length === 0 ? 'Take it out.' : nameFix(key, known, 'key');
}

/** How to make what was found what is wanted, where it is only written otherwise. */
function makeIt(issue: Extract<Issue, { code: 'invalid_type' }>, found: unknown, schema: z.ZodType, root: unknown) {
  const { expected } = issue;
  if (expected === 'string' && (typeof found === 'number' || typeof found === 'boolean')) {
    const form = formAt(schema, issue.path, String(found));
    return form ?? `Put it in quotes: '${found}'.`;
  }
  if (expected === 'string' && isHole(found)) {
    return 'A text that begins with {{ needs quotes.';
  }
  if (expected === 'array' && typeof found === 'string') return `Make it a list: [${found.slice(0, 40)}].`;
  if (expected === 'array' && typeof found === 'object' && found !== null) return 'Make it a list: begin it with "- ".';
  if (expected === 'object' && typeof found === 'string') {
    const [first] = keysAt(schema, issue.path, root);
    if (first !== undefined) return `Write { ${first}: ${found.slice(0, 40)} }.`;
  }
  return `Make it ${wanted(expected)}.`;
}

/** What is said of the form of texts at a path of a schema that this text does not have. */
function formAt(schema: z.ZodType, path: readonly PropertyKey[], text: string): string | undefined {
  for (const one of schemasAt(schema, path).flatMap(open)) {
    if (!(one instanceof z.ZodString)) continue;
    const issue = one.safeParse(text).error?.issues[0];
    if (issue?.code === 'invalid_format') return issue.message;
  }
  return undefined;
}

/** The keys that may stand at a path of a schema, for "did you mean". */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[], root: unknown): readonly string[] {
  const objects = schemasAt(schema, path)
    .flatMap(open)
    .filter((one) => one instanceof z.ZodObject);
  const value = at(root, path);
  const present = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  // Of several alternatives, the one that shares most keys with what stands there.
  const shared = (one: z.ZodObject) => present.filter((key) => Object.hasOwn(one.shape, key)).length;
  const best = Math.max(0, ...objects.map(shared));
  const keys = objects.filter((one) => shared(one) === best).flatMap((one) => Object.keys(one.shape));
  return [...new Set(keys)].filter((key) => !present.includes(key));
}

/** The schemas that may stand at a path of a schema. */
function schemasAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly unknown[] {
  let reached: readonly unknown[] = [schema];
  for (const [depth, part] of path.entries()) {
    reached = reached.flatMap(open).flatMap((one) => {
      if (one instanceof z.ZodObject) return Object.hasOwn(one.shape, part) ? [Reflect.get(one.shape, part)] : [];
      if (one instanceof z.ZodRecord) return [one.valueType];
      if (one instanceof z.ZodArray) return [one.element];
      return [];
    });
    if (depth > 50) return [];
  }
  return reached;
}

/** What a schema is made of once optionals, unions and lazies are opened. */
function open(schema: unknown): unknown[] {
  if (schema instanceof z.ZodOptional) return open(schema.unwrap());
  if (schema instanceof z.ZodLazy) return open(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(open);
  return [schema];
}

function wanted(expected: string): string {
  switch (expected) {
    case 'string':
      return 'a text';
    case 'array':
      return 'a list';
    case 'object':
    case 'record':
      return 'a map of key: value';
    case 'boolean':
      return 'true or false';
    case 'number':
    case 'int':
      return expected === 'int' ? 'a whole number' : 'a number';
    default:
      return expected;
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map of key: value';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'number') return 'a number';
  return String(value);
}

const shown = (value: unknown) => (typeof value === 'string' ? `"${value.slice(0, 40)}"` : String(value));
