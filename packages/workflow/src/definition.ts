import { z } from 'zod';
import { didYouMean, nameFix, type Problem } from './problem.ts';
import {
  type InterruptDefinition,
  interruptSchema,
  partHead,
  STEP_KINDS,
  type StepDefinition,
  type StepKind,
  stepSchemas,
  type TypedVariable,
  toolVariable,
  type VariableDefinition,
  variableTypes,
  workflowHead,
} from './schema.ts';
import { fit } from './shape.ts';
import type { Json } from './type.ts';
import type { Pointer, YamlFile } from './yaml-file.ts';

/** A step of a file as its schema has it; or only what could be made of one that does not fit. */
export type ReadStep =
  | { readonly name: string; readonly definition: StepDefinition; readonly kind: StepKind }
  | { readonly name: string; readonly definition: undefined; readonly kind: StepKind | undefined; readonly raw: Json };

/** One file, read entry by entry against the schema, so that one mistake hides no other. */
export interface ReadFile<Head> {
  readonly yaml: YamlFile;
  readonly head: Partial<Head>;
  readonly inputs: ReadonlyMap<string, VariableDefinition>;
  readonly variables: ReadonlyMap<string, VariableDefinition>;
  readonly interrupts: ReadonlyMap<string, InterruptDefinition>;
  readonly steps: ReadonlyMap<string, ReadStep>;
  readonly problems: readonly Problem[];
}

type WorkflowHead = z.infer<typeof workflowHead>;
type PartHead = z.infer<typeof partHead>;

export const readWorkflowFile = (yaml: YamlFile): ReadFile<WorkflowHead> =>
  readFile<WorkflowHead>(yaml, workflowHead, ['variables', 'interrupts', 'steps']);

export const readPartFile = (yaml: YamlFile): ReadFile<PartHead> =>
  readFile<PartHead>(yaml, partHead, ['inputs', 'variables', 'steps']);

/** The most steps, variables or interrupts of one file: what the checker proves of them takes time that grows faster than their number. */
const MAX_ENTRIES = 2_000;

/** Names are the author's, so that a record is only ever looked into by its own keys. */
const NAME = /^[A-Za-z][A-Za-z0-9_]{0,59}$/;

function readFile<Head>(
  yaml: YamlFile,
  schema: z.ZodObject & z.ZodType<Head>,
  sections: readonly string[],
): ReadFile<Head> {
  const problems: Problem[] = [];
  const known = [...Object.keys(schema.shape), ...sections];
  const written = isMap(yaml.content) ? yaml.content : {};
  const content = withMeant(written, known, (key, meant) => {
    problems.push(unknownKey(yaml, [key], meant));
    yaml.misspelt([meant], key);
  });
  if (yaml.content !== undefined && !isMap(yaml.content)) {
    problems.push({
      ...yaml.place([]),
      code: 'schema/type',
      severity: 'error',
      message: yaml.content === null ? 'The file is empty.' : 'The file should be a map of key: value.',
      fix: 'Begin it with `workflow: NAME` and `steps:`.',
    });
  }

  const head: Partial<Head> = {};
  if (isMap(yaml.content)) {
    const fields = Object.fromEntries(
      Object.entries(content)
        .filter(([key]) => !sections.includes(key))
        // Who has more keys that are none looks at another kind of file.
        .filter(([key], index) => index < 200 || Object.hasOwn(schema.shape, key)),
    );
    const whole = fit(schema, fields, yaml, []);
    problems.push(
      ...whole.problems.map((problem) => {
        const key = /^`(.*?)` is not a key/.exec(problem.message)?.[1];
        if (problem.code !== 'schema/unknown-key' || key === undefined || !Object.hasOwn(fields, key)) return problem;
        const free = known.filter((one) => !Object.hasOwn(content, one));
        return { ...problem, fix: nameFix(key, free, 'key') };
      }),
    );
    // Where a key can't be mended, what the others say stands: the door of last resort is there, say.
    const sound = () =>
      Object.fromEntries(
        Object.entries(fields).filter(([key, one]) => {
          const field = Object.hasOwn(schema.shape, key) ? schema.shape[key] : undefined;
          return field !== undefined && z.safeParse(field, one).success;
        }),
      );
    Object.assign(head, whole.value ?? fit(schema, sound(), yaml, []).value);
    if (!Object.hasOwn(content, 'steps')) {
      problems.push({
        ...yaml.place([]),
        code: 'schema/missing',
        severity: 'error',
        message: '`steps` is missing.',
        fix: 'Add `steps:` with at least one step.',
      });
    }
  }

  const entries = (section: string): [string, Json][] => {
    const value = sections.includes(section) ? content[section] : undefined;
    if (value === undefined) return [];
    if (!isMap(value)) {
      problems.push({
        ...yaml.place([section]),
        code: 'schema/type',
        severity: 'error',
        message: `\`${section}\` should be a map of name: content.`,
        fix: `Write each entry of ${section} as NAME: and its content below.`,
      });
      return [];
    }
    const count = Object.keys(value).length;
    if (count > MAX_ENTRIES) {
      problems.push({
        ...yaml.place([section], { key: true }),
        code: 'schema/bounds',
        severity: 'error',
        message: `There are ${count} ${section}; a workflow has at most ${MAX_ENTRIES}.`,
        fix: 'Make several workflows of it, or put what they share into parts.',
      });
      return [];
    }
    return Object.entries(value).filter(([name]) => {
      if (NAME.test(name)) return true;
      problems.push({
        ...yaml.place([section, name], { key: true }),
        code: 'schema/name',
        severity: 'error',
        message: `\`${name.slice(0, 60)}\` can't be a name.`,
        fix: 'A name begins with a letter and has letters, digits and _ only, at most 60.',
      });
      return false;
    });
  };

  if (isMap(content['steps']) && Object.keys(content['steps']).length === 0) {
    problems.push({
      ...yaml.place(['steps']),
      code: 'schema/bounds',
      severity: 'error',
      message: 'There are no steps.',
      fix: 'Add at least one step under `steps`.',
    });
  }

  const read = <T>(
    section: string,
    one: (name: string, value: Json, pointer: Pointer) => T | undefined,
  ): ReadonlyMap<string, T> => {
    const found = new Map<string, T>();
    for (const [name, value] of entries(section)) {
      const definition = one(name, value, [section, name]);
      if (definition !== undefined) found.set(name, definition);
    }
    return found;
  };

  const fitted = <T>(schema: z.ZodType<T>, value: Json, pointer: Pointer): T | undefined => {
    const result = fit(schema, value, yaml, pointer);
    problems.push(...result.problems);
    return result.value;
  };

  const meaning = (value: Json, keys: readonly string[], pointer: Pointer): Json =>
    isMap(value) && !keys.some((key) => Object.hasOwn(value, key))
      ? withMeant(value, keys, (key, meant) => {
          problems.push(unknownKey(yaml, [...pointer, key], meant));
          yaml.misspelt([...pointer, meant], key);
        })
      : value;

  const variable = (_: string, written: Json, pointer: Pointer): VariableDefinition | undefined => {
    const value = meaning(written, ['type', 'from'], pointer);
    if (isMap(value) && Object.hasOwn(value, 'from') && !Object.hasOwn(value, 'type'))
      return fitted(toolVariable, value, pointer);
    const type = isMap(value) ? value['type'] : undefined;
    if (typeof type === 'string' && isTypeName(type)) return fitted<TypedVariable>(variableTypes[type], value, pointer);
    problems.push({
      ...yaml.place(type === undefined ? pointer : [...pointer, 'type']),
      code: 'schema/variable-type',
      severity: 'error',
      message:
        type === undefined
          ? `The variable \`${String(pointer[1])}\` has no type.`
          : `\`${String(type)}\` is not a type of variable.`,
      fix:
        typeof type === 'string'
          ? nameFix(type, Object.keys(variableTypes), 'type')
          : `Give it a \`type\` (${Object.keys(variableTypes).join(', ')}), or \`from: TOOL\`.`,
    });
    return undefined;
  };

  const step = (name: string, written: Json, pointer: Pointer): ReadStep => {
    const value = meaning(written, STEP_KINDS, pointer);
    const kinds = isMap(value) ? STEP_KINDS.filter((kind) => Object.hasOwn(value, kind)) : [];
    const [kind] = kinds;
    if (kind === undefined || kinds.length > 1) {
      problems.push({
        ...yaml.place(pointer, { key: true }),
        code: 'step/kind',
        severity: 'error',
        message:
          kinds.length > 1
            ? `The step \`${name}\` is ${kinds.join(' and ')} at once.`
            : `The step \`${name}\` does not say what it does.`,
        fix:
          kinds.length > 1
            ? 'Make a step of each and lead from one to the other with `then`.'
            : `Give it one of ${STEP_KINDS.join(', ')}.`,
      });
      return { name, definition: undefined, kind: undefined, raw: value };
    }
    const definition = fitted<StepDefinition>(stepSchemas[kind], value, pointer);
    return definition === undefined ? { name, definition, kind, raw: value } : { name, definition, kind };
  };

  const inputs = read('inputs', variable);
  const variables = read('variables', variable);
  const interrupts = read('interrupts', (_, value, pointer) => fitted(interruptSchema, value, pointer));
  const steps = read('steps', step);
  return { yaml, head, inputs, variables, interrupts, steps, problems: [...yaml.problems, ...problems] };
}

/** The map with its unknown keys called what was probably meant, where that is not there yet. */
function withMeant(
  map: { readonly [key: string]: Json },
  known: readonly string[],
  tell: (key: string, meant: string) => void,
): { readonly [key: string]: Json } {
  const free = new Set(known.filter((key) => !Object.hasOwn(map, key)));
  const entries = Object.entries(map).map(([key, value]): [string, Json] => {
    const meant = known.includes(key) ? undefined : didYouMean(key, free);
    if (meant === undefined) return [key, value];
    free.delete(meant);
    tell(key, meant);
    return [meant, value];
  });
  return Object.fromEntries(entries);
}

const unknownKey = (yaml: YamlFile, pointer: Pointer, meant: string): Problem => ({
  ...yaml.place(pointer, { key: true }),
  code: 'schema/unknown-key',
  severity: 'error',
  message: `\`${pointer.at(-1)}\` is not a key that may stand here.`,
  fix: `Did you mean ${meant}?`,
});

const isTypeName = (type: string): type is keyof typeof variableTypes => Object.hasOwn(variableTypes, type);

export function isMap(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
