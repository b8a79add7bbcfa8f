import { versionOf } from './canonical.ts';
import { isMap, type ReadFile, type ReadStep, readPartFile, readWorkflowFile } from './definition.ts';
import {
  type Expression,
  type ExpressionProblem,
  isReservedName,
  parseExpression,
  renameVariables,
  typeOf,
} from './expression/expression.ts';
import { didYouMean, nameFix, type Problem } from './problem.ts';
import { readSign, type Sign } from './hearing/sign.ts';
import {
  type Assignment,
  type BrokenStep,
  type Choice,
  type Condition,
  type Data,
  type Draft,
  expressionsIn,
  type Failed,
  type Models,
  type Route,
  type Step,
  type Text,
  type ToolCall,
  type Variable,
  type WorkflowSource,
} from './program.ts';
import { guardrailResidencyProblem, type ResidencyProblem, residencyProblem } from './residency.ts';
import {
  type ChoiceDefinition,
  type FailedDefinition,
  type InterruptDefinition,
  milliseconds,
  type StepDefinition,
  type ThenDefinition,
  type TypedVariable,
  type VariableDefinition,
} from './schema.ts';
import { parseTemplate, type Template, typeTemplate } from './template.ts';
import type { Sensitivity, ToolSignatures } from './tool-signature.ts';
import { typeOfSchema } from './tool-type.ts';
import { type Field, type Json, type Type, UNKNOWN } from './type.ts';
import { sayValue, typeOfVariable } from './values/values.ts';
import { type Pointer, readYaml, type YamlFile } from './yaml-file.ts';

/** How deep parts may use parts. */
const MAX_PART_DEPTH = 5;

/** What every session has besides its own variables. */
export const BUILT_IN: ReadonlyMap<string, Type> = new Map<string, Type>([
  [
    'contact',
    {
      kind: 'object',
      fields: {
        id: { type: { kind: 'string' } },
        channel: { type: { kind: 'string', values: ['voice', 'chat'] } },
        address: { type: { kind: 'string' }, optional: true },
        attributes: { type: { kind: 'object', fields: {}, open: true }, optional: true },
        date: { type: { kind: 'string', format: 'date' } },
        time: { type: { kind: 'string', format: 'time' } },
      },
    },
  ],
  ['identity', { kind: 'string', values: ['none', 'looked_up', 'code', 'person'] }],
]);

type Fields = { readonly [variable: string]: Field };

/** What a file's names mean where it is used: a part's steps and variables take the name of the step that uses it. */
interface Frame {
  readonly read: ReadFile<{ start?: string | undefined; otherwise?: string | undefined }>;
  readonly step: (name: string) => string;
  readonly variable: (name: string) => string;
  /** What the file's expressions can read, by the names the file has for it. */
  readonly fields: Fields;
  /** Where `end` leads in a part. */
  readonly leave: ((outcome: string, pointer: Pointer) => Route | undefined) | undefined;
  /** The variables of whoever uses this part that its questions may fill, by the program's names for them. */
  readonly filled: readonly string[];
  /** The door of whoever uses this part. */
  readonly door: string | undefined;
  readonly parts: readonly string[];
}

/**
 * Makes a program of a workflow's files as far as they allow one. Never throws; what is wrong is in `problems`,
 * and steps that can't be read are `broken`. Types of tools' outputs are unknown where `tools` is left out.
 */
export function resolve(
  source: WorkflowSource,
  tools: ToolSignatures | undefined,
): { draft: Draft; problems: readonly Problem[] } {
  const read = readWorkflowFile(readYaml(source.file, source.text));
  const { head, yaml } = read;
  const problems: Problem[] = [...read.problems];
  const variables = new Map<string, Variable>();
  const steps = new Map<string, Step | BrokenStep>();
  const contents: [string, Json][] = [];
  const limits = head.limits ?? {};
  const reprompts = limits.reprompts ?? 2;

  const report = (file: YamlFile, pointer: Pointer, code: string, message: string, fix: string, key = false) => {
    problems.push({ ...file.place(pointer, { key }), code, severity: 'error', message, fix });
  };

  const root: Frame = {
    read,
    step: (name) => name,
    variable: (name) => name,
    fields: fieldsOf(read),
    leave: undefined,
    filled: [],
    door: head.otherwise,
    parts: [],
  };
  declare(root);
  doors(root);
  const interrupts = [...read.interrupts].map(([name, one]) => ({
    ...choice(root, name, one, ['interrupts', name]),
    hears: signs(one, ['interrupts', name]),
  }));
  const busy = head.busy === undefined ? undefined : text(root, head.busy, ['busy']);
  for (const step of read.steps.values()) place(root, step);

  const draft: Draft = {
    name: head.workflow ?? 'unnamed',
    title: head.title ?? head.workflow ?? 'unnamed',
    version: versionOf({ workflow: yaml.content ?? null, parts: Object.fromEntries(contents) }),
    file: source.file,
    timezone: timezone(),
    guidance: head.guidance === undefined ? undefined : plain(root, head.guidance, ['guidance']),
    models: models(),
    limits: {
      turns: limits.turns ?? 40,
      reprompts,
      silence: milliseconds(limits.silence ?? '6s'),
      turn: milliseconds(limits.turn ?? '7s'),
      decide: milliseconds(limits.decide ?? '5s'),
      confidence: limits.confidence ?? 0,
      keep: limits.keep === undefined ? undefined : milliseconds(limits.keep),
      record: limits.record === undefined ? undefined : condition(root, limits.record, ['limits', 'record']),
    },
    start: head.start ?? read.steps.keys().next().value ?? '',
    otherwise: head.otherwise,
    busy,
    variables,
    interrupts,
    steps,
    source,
  };
  return { draft, problems };

  // ---- models

  function models(): Models {
    const { decide, fallback = [], residency, guardrail } = head.models ?? {};
    const stays = (problem: ResidencyProblem | undefined, ...keys: (string | number)[]) => {
      if (problem) report(yaml, ['models', ...keys], 'model/residency', problem.message, problem.fix);
    };
    if (decide !== undefined) stays(residencyProblem(residency, decide), 'decide');
    for (const [index, model] of fallback.entries()) stays(residencyProblem(residency, model), 'fallback', index);
    if (guardrail === undefined) return { decide, fallback, residency };
    const { id, version, to } = guardrail;
    stays(guardrailResidencyProblem(residency, id), 'guardrail', 'id');
    return {
      decide,
      fallback,
      residency,
      guardrail: {
        id,
        version: String(version),
        to: to === undefined ? undefined : goal(root, to, ['models', 'guardrail', 'to']),
        at: yaml.place(['models', 'guardrail'], { key: true }),
      },
    };
  }

  // ---- variables

  /** Known before anything is read, so that a question may name a variable that is declared after it. */
  function fieldsOf({ inputs, variables }: Pick<Frame['read'], 'inputs' | 'variables'>): Fields {
    const own = [...inputs, ...variables].map(([name, definition]): [string, Field] => [
      name,
      { type: 'from' in definition ? outputOf(definition.from) : typeOfVariable(definition), optional: true },
    ]);
    return Object.fromEntries([...own, ...[...BUILT_IN].map(([name, type]): [string, Field] => [name, { type }])]);
  }

  function outputOf(tool: string): Type {
    const signature = tools && Object.hasOwn(tools, tool) ? tools[tool] : undefined;
    return signature ? typeOfSchema(signature.output) : UNKNOWN;
  }

  function declare(frame: Frame): void {
    const { read, variable: rename } = frame;
    const section = (definitions: ReadonlyMap<string, VariableDefinition>, key: string) => {
      for (const [name, definition] of definitions) {
        const pointer = [key, name];
        if (BUILT_IN.has(name)) {
          report(
            read.yaml,
            pointer,
            'variable/built-in',
            `\`${name}\` is a variable every session has already.`,
            'Give it another name.',
            true,
          );
          continue;
        }
        if (isReservedName(name)) {
          report(
            read.yaml,
            pointer,
            'variable/reserved',
            `\`${name}\` is the name of a function where expressions run.`,
            'Give it another name.',
            true,
          );
          continue;
        }
        if (variables.has(rename(name))) {
          report(
            read.yaml,
            pointer,
            'variable/twice',
            `\`${name}\` is declared twice.`,
            'Remove or rename one of the two.',
            true,
          );
          continue;
        }
        variables.set(rename(name), variable(frame, rename(name), definition, pointer, key === 'inputs'));
      }
    };
    section(read.inputs, 'inputs');
    section(read.variables, 'variables');
  }

  function variable(
    frame: Frame,
    name: string,
    definition: VariableDefinition,
    pointer: Pointer,
    input: boolean,
  ): Variable {
    const { yaml } = frame.read;
    const at = yaml.place(pointer, { key: true });
    if ('from' in definition) {
      if (tools && !Object.hasOwn(tools, definition.from)) {
        report(
          yaml,
          [...pointer, 'from'],
          'tool/unknown',
          `There is no tool \`${definition.from}\`.`,
          nameFix(definition.from, Object.keys(tools), 'tool'),
        );
      }
      return {
        name,
        at,
        input,
        type: outputOf(definition.from),
        definition: undefined,
        tool: definition.from,
        about: definition.about,
        sensitive: definition.sensitive,
        readback: definition.readback ?? false,
        ask: undefined,
        invalid: undefined,
        check: undefined,
        initial: undefined,
      };
    }
    return {
      name,
      at,
      input,
      type: typeOfVariable(definition),
      definition,
      tool: undefined,
      about: definition.about,
      sensitive: sensitivityOf(definition),
      readback: definition.readback ?? false,
      ask: definition.ask === undefined ? undefined : text(frame, definition.ask, [...pointer, 'ask']),
      invalid: definition.invalid === undefined ? undefined : text(frame, definition.invalid, [...pointer, 'invalid']),
      check: definition.check === undefined ? undefined : condition(frame, definition.check, [...pointer, 'check']),
      initial: definition.initial,
    };
  }

  function timezone(): string {
    const zone = head.timezone ?? 'UTC';
    try {
      new Intl.DateTimeFormat('en-US', { timeZone: zone });
      return zone;
    } catch {
      report(
        yaml,
        ['timezone'],
        'limits/timezone',
        `\`${zone}\` is not a time zone.`,
        'Name one of the IANA list, such as America/New_York.',
      );
      return 'UTC';
    }
  }

  // ---- pieces of steps

  function expressionProblems(
    file: YamlFile,
    pointer: Pointer,
    before: number,
    found: readonly ExpressionProblem[],
  ): void {
    for (const { code, message, hint, offset } of found) {
      problems.push({
        ...file.place(pointer, { offset: before + offset }),
        code: `expression/${code}`,
        severity: 'error',
        message,
        fix: hint,
      });
    }
  }

  /** An expression of the file; of one that is not admitted, which is reported, nothing is known. */
  function condition(frame: Frame, source: string, pointer: Pointer, before = 0): Condition {
    const { yaml } = frame.read;
    const parsed = parseExpression(source);
    const at = yaml.place(pointer, { offset: before });
    unknownVariables(frame, parsed.ok ? parsed.expression.variables : parsed.variables, pointer, before);
    if (!parsed.ok) {
      expressionProblems(yaml, pointer, before, parsed.problems);
      return { expression: anythingOf(parsed.variables.map(({ name }) => frame.variable(name))), at };
    }
    expressionProblems(yaml, pointer, before, typeOf(parsed.expression, frame.fields).problems);
    if (frame.leave === undefined) return { expression: parsed.expression, at };
    const renamed = parseExpression(inFrame(frame, source));
    if (!renamed.ok) throw new Error('A renamed expression must parse as the original did.');
    return { expression: renamed.expression, at };
  }

  function unknownVariables(frame: Frame, variables: Expression['variables'], pointer: Pointer, before: number): void {
    for (const { name, offset } of variables) {
      if (Object.hasOwn(frame.fields, name) || declaredBroken(frame, name) || isReservedName(name)) continue;
      problems.push({
        ...frame.read.yaml.place(pointer, { offset: before + offset }),
        code: 'variable/unknown',
        severity: 'error',
        message: `There is no variable \`${name}\`.`,
        fix: nameFix(name, Object.keys(frame.fields), 'variable'),
      });
    }
  }

  function inFrame(frame: Frame, source: string): string {
    return renameVariables(source, (name) => (BUILT_IN.has(name) ? name : frame.variable(name)));
  }

  function text(frame: Frame, source: string, pointer: Pointer): Text {
    const { yaml } = frame.read;
    const parsed = parseTemplate(source);
    plainNames(frame, source, pointer);
    if (parsed.ok) return typedText(frame, parsed.template, pointer);
    expressionProblems(yaml, pointer, 0, parsed.problems);
    unknownVariables(frame, parsed.variables, pointer, 0);
    return { template: reading(parsed.variables.map(({ name }) => frame.variable(name))), at: yaml.place(pointer) };
  }

  /** What a composed text may say: data of the file, as it would stand in a hole. */
  function fact(frame: Frame, value: string | number | boolean, pointer: Pointer): Text {
    const at = frame.read.yaml.place(pointer);
    if (typeof value !== 'string' || value.startsWith('==') || !value.startsWith('=')) {
      const read = data(frame, value, pointer);
      if (read.kind !== 'literal') return { template: readingOf(expressionsIn(read)), at };
      return { template: literal(sayValue(read.value, undefined, 'chat').replaceAll('{{', '\\{{')), at };
    }
    const before = 1 + (/^\s*/.exec(value.slice(1))?.[0].length ?? 0);
    const parsed = parseTemplate(`{{${value.slice(before)}}}`);
    const [hole, more] = parsed.ok ? parsed.template.parts : [];
    if (parsed.ok && typeof hole === 'object' && more === undefined)
      return typedText(frame, parsed.template, pointer, before - '{{'.length);
    return { template: readingOf([condition(frame, value.slice(before), pointer, before)]), at };
  }

  /** A text that was read, its holes typed. `shift`: what is added to its offsets to get those of the file. */
  function typedText(frame: Frame, read: Template, pointer: Pointer, shift = 0): Text {
    const { yaml } = frame.read;
    const at = yaml.place(pointer);
    for (const part of read.parts) {
      if (typeof part !== 'string') unknownVariables(frame, part.expression.variables, pointer, part.offset + shift);
    }
    const typed = typeTemplate(read, frame.fields);
    expressionProblems(yaml, pointer, shift, typed.problems);
    if (frame.leave === undefined) return { template: typed.template, at };
    const renamed = read.parts
      .map((part) =>
        typeof part === 'string' ? part.replaceAll('{{', '\\{{') : `{{ ${inFrame(frame, part.expression.source)} }}`,
      )
      .join('');
    const again = parseTemplate(renamed);
    if (!again.ok) return { template: literal('…'), at };
    const fields = Object.entries(frame.fields).map(([name, field]): [string, Field] => [
      BUILT_IN.has(name) ? name : frame.variable(name),
      field,
    ]);
    return { template: typeTemplate(again.template, Object.fromEntries(fields)).template, at };
  }

  /** Where a name of a variable stands in a text that is said as it stands, or an = before all of it. */
  function plainNames(frame: Frame, source: string, pointer: Pointer): void {
    const whole = /^\s*=\s*(\$.*)$/s.exec(source)?.[1];
    if (whole !== undefined && parseExpression(whole).ok) {
      notOne(
        frame,
        pointer,
        0,
        'A text is said as it stands, with the = at its start.',
        `Put what is to be worked out in {{ }}: {{ ${whole} }}`,
      );
      return;
    }
    // Holes are blanked: what stands in them is an expression.
    const outside = source.replaceAll(/\\?\{\{.*?(?:\}\}|$)/gs, (hole) => ' '.repeat(hole.length));
    for (const { 1: name = '', index } of outside.matchAll(NAMED)) {
      if (isVariable(frame, name)) notOne(frame, pointer, index, isNotValue(name), `Write {{ $${name} }}.`);
    }
  }

  /** The expression that was probably meant by data that is written as a text; undefined where it is a text. */
  function meantByData(frame: Frame, source: string, pointer: Pointer): Expression | undefined {
    const names = [...source.matchAll(NAMED)].filter(({ 1: name = '' }) => isVariable(frame, name));
    const [first] = names;
    const hole = /\{\{\s*(.*?)\s*\}\}/s.exec(source);
    if (hole) {
      const rest = [source.slice(0, hole.index), source.slice(hole.index + hole[0].length)];
      const [before, after] = rest.map((part) => (part === '' ? [] : [`'${part}'`]));
      const joined = [...(before ?? []), hole[1], ...(after ?? [])].join(' & ');
      notOne(frame, pointer, hole.index, '{{ }} is for texts: here it stays as it is written.', `Write =${joined}`);
    } else if (first) {
      const fix = source.trim() === first[0] ? `Write =${first[0]}.` : 'Write an expression, with = at its start.';
      notOne(frame, pointer, first.index, isNotValue(first[1] ?? ''), fix);
    }
    if (!first) return undefined;
    const meant = source.trim() === first[0] ? first[0] : `$string([${names.map(([name]) => name).join(', ')}])`;
    const parsed = parseExpression(inFrame(frame, meant));
    return parsed.ok ? parsed.expression : undefined;
  }

  /** A text that callers don't hear, such as what the model reads: it has no holes. */
  function plain(frame: Frame, source: string, pointer: Pointer): string {
    const hole = source.search(/\{\{.*?\}\}/s);
    if (hole >= 0) {
      notOne(
        frame,
        pointer,
        hole,
        'This is taken as it is written: {{ }} is for what callers hear.',
        'Take it out; a `decide` is told the variables it names under `given`.',
      );
    }
    return source;
  }

  function isVariable({ read: { inputs, variables } }: Frame, name: string): boolean {
    return inputs.has(name) || variables.has(name) || BUILT_IN.has(name);
  }

  function notOne(frame: Frame, pointer: Pointer, offset: number, message: string, fix: string): void {
    const place = frame.read.yaml.place(pointer, { offset });
    problems.push({ ...place, code: 'expression/not-one', severity: 'error', message, fix });
  }

  function data(frame: Frame, value: Json, pointer: Pointer): Data {
    const at = frame.read.yaml.place(pointer);
    if (typeof value === 'string') {
      if (value.startsWith('==')) return { kind: 'literal', value: value.slice(1), at };
      if (value.startsWith('=')) {
        const before = 1 + (/^\s*/.exec(value.slice(1))?.[0].length ?? 0);
        return { kind: 'expression', ...condition(frame, value.slice(before), pointer, before) };
      }
      const meant = meantByData(frame, value, pointer);
      return meant ? { kind: 'expression', expression: meant, at } : { kind: 'literal', value, at };
    }
    if (Array.isArray(value)) {
      return { kind: 'list', items: value.map((item: Json, index) => data(frame, item, [...pointer, index])), at };
    }
    if (isMap(value)) return { kind: 'object', fields: fields(frame, value, pointer), at };
    return { kind: 'literal', value, at };
  }

  function fields(
    frame: Frame,
    values: { readonly [name: string]: Json } | undefined,
    pointer: Pointer,
  ): ReadonlyMap<string, Data> {
    return new Map(Object.entries(values ?? {}).map(([name, value]) => [name, data(frame, value, [...pointer, name])]));
  }

  function assignments(
    frame: Frame,
    set: { readonly [name: string]: Json } | undefined,
    pointer: Pointer,
  ): readonly Assignment[] {
    return Object.entries(set ?? {}).map(([name, value]) => ({
      variable: named(frame, name, [...pointer, name], true),
      value: data(frame, value, [...pointer, name]),
      at: frame.read.yaml.place([...pointer, name], { key: true }),
    }));
  }

  /** The whole name of a variable the file names; reported when there is none. */
  function named(frame: Frame, name: string, pointer: Pointer, key = false): string {
    const { inputs, variables, yaml } = frame.read;
    if (!inputs.has(name) && !variables.has(name) && !declaredBroken(frame, name)) {
      report(
        yaml,
        pointer,
        'variable/unknown',
        `There is no variable \`${name}\`.`,
        nameFix(name, [...inputs.keys(), ...variables.keys()], 'variable'),
        key,
      );
    }
    return frame.variable(name);
  }

  /** The whole name of a step the file names; reported when there is none. */
  function goal(frame: Frame, name: string, pointer: Pointer): string {
    const { steps, yaml } = frame.read;
    // Where there are no steps at all, that is what is told.
    if (!steps.has(name) && steps.size > 0) {
      report(yaml, pointer, 'step/unknown', `There is no step \`${name}\`.`, nameFix(name, [...steps.keys()], 'step'));
    }
    return frame.step(name);
  }

  function routes(frame: Frame, then: ThenDefinition, pointer: Pointer): readonly Route[] {
    if (typeof then === 'string')
      return [{ if: undefined, to: goal(frame, then, pointer), set: [], at: frame.read.yaml.place(pointer) }];
    return then.map((route, index) => {
      const here = [...pointer, index];
      return {
        if: route.if === undefined ? undefined : condition(frame, route.if, [...here, 'if']),
        to: goal(frame, route.to, [...here, 'to']),
        set: assignments(frame, route.set, [...here, 'set']),
        at: frame.read.yaml.place(here),
      };
    });
  }

  function choice(frame: Frame, name: string, one: ChoiceDefinition | InterruptDefinition, pointer: Pointer): Choice {
    return {
      name,
      at: frame.read.yaml.place(pointer, { key: true }),
      when: plain(frame, one.when, [...pointer, 'when']),
      examples: (one.examples ?? []).map((example, index) => plain(frame, example, [...pointer, 'examples', index])),
      press: one.press,
      if: one.if === undefined ? undefined : condition(frame, one.if, [...pointer, 'if']),
      say: one.say === undefined ? undefined : text(frame, one.say, [...pointer, 'say']),
      set: assignments(frame, one.set, [...pointer, 'set']),
      to: one.to === undefined ? undefined : goal(frame, one.to, [...pointer, 'to']),
      hears: [],
    };
  }

  /** The signs of an interrupt that can be read. */
  function signs({ hears, to, say, set }: InterruptDefinition, pointer: Pointer): readonly Sign[] {
    if (hears !== undefined && to === undefined && say === undefined && set === undefined) {
      report(
        yaml,
        [...pointer, 'hears'],
        'interrupt/nothing',
        'What is heard does nothing.',
        'Add `to`, the step it leads to whatever the caller was asked; or what it sets or says on the way.',
        true,
      );
    }
    return (hears ?? []).flatMap((source, index) => {
      const sign = readSign(source);
      if (typeof sign !== 'string') return [sign];
      report(
        yaml,
        [...pointer, 'hears', index],
        'interrupt/sign',
        `This sign can't be used: ${sign}.`,
        "Write words, as in can't breathe, or (chest|heart) + (pain*|hurt*).",
      );
      return [];
    });
  }

  /** The steps a file's head names. */
  function doors(frame: Frame): void {
    const { start, otherwise } = frame.read.head;
    if (start !== undefined) goal(frame, start, ['start']);
    if (otherwise !== undefined) goal(frame, otherwise, ['otherwise']);
  }

  function choices(
    frame: Frame,
    all: { readonly [name: string]: ChoiceDefinition } | undefined,
    pointer: Pointer,
  ): readonly Choice[] {
    return Object.entries(all ?? {}).map(([name, one]) => choice(frame, name, one, [...pointer, name]));
  }

  function failures(frame: Frame, failed: FailedDefinition | undefined, pointer: Pointer): Failed {
    const at = frame.read.yaml.place(pointer);
    const door = doorOf(frame, undefined, pointer);
    if (failed === undefined) return { retry: 0, codes: new Map(), to: door, at };
    if (typeof failed === 'string') return { retry: 0, codes: new Map(), to: goal(frame, failed, pointer), at };
    const codes = Object.entries(failed.codes ?? {}).map(([code, to]): [string, string] => [
      code,
      goal(frame, to, [...pointer, 'codes', code]),
    ]);
    return { retry: failed.retry ?? 0, codes: new Map(codes), to: goal(frame, failed.to, [...pointer, 'to']), at };
  }

  function toolCall(
    frame: Frame,
    one: { call: string; with?: { [name: string]: Json } | undefined; save?: string | undefined },
    pointer: Pointer,
  ): ToolCall {
    const { yaml } = frame.read;
    if (tools && !Object.hasOwn(tools, one.call)) {
      report(
        yaml,
        [...pointer, 'call'],
        'tool/unknown',
        `There is no tool \`${one.call}\`.`,
        nameFix(one.call, Object.keys(tools), 'tool'),
      );
    }
    return {
      tool: one.call,
      at: yaml.place([...pointer, 'call']),
      with: fields(frame, one.with, [...pointer, 'with']),
      save: one.save === undefined ? undefined : named(frame, one.save, [...pointer, 'save']),
    };
  }

  /** The door a step names, else its part's, else that of whoever uses the part. */
  function doorOf(frame: Frame, name: string | undefined, pointer: Pointer): string | undefined {
    if (name !== undefined) return goal(frame, name, pointer);
    const own = frame.read.head.otherwise;
    return own === undefined ? frame.door : frame.step(own);
  }

  // ---- steps

  function place(frame: Frame, read: ReadStep): void {
    const pointer = ['steps', read.name];
    const name = frame.step(read.name);
    const at = frame.read.yaml.place(pointer, { key: true });
    if (read.definition === undefined) {
      const ends = read.kind === 'transfer' || read.kind === 'end';
      const targets = stringsIn(ends ? null : read.raw)
        .filter((one) => frame.read.steps.has(one))
        .map(frame.step);
      steps.set(name, { kind: 'broken', name, at, meant: read.kind, targets });
      return;
    }
    // The step's own place comes before those of the part it uses.
    steps.set(name, { kind: 'broken', name, at, meant: read.kind, targets: [] });
    steps.set(name, step(frame, { name, at }, read.definition, pointer));
  }

  function step(
    frame: Frame,
    base: { name: string; at: Step['at'] },
    one: StepDefinition,
    pointer: Pointer,
  ): Step | BrokenStep {
    const sub = (...keys: (string | number)[]) => [...pointer, ...keys];
    const optional = (value: string | undefined, key: string) =>
      value === undefined ? undefined : text(frame, value, sub(key));
    const names = (list: readonly string[] | undefined, key: string) =>
      (list ?? []).map((name, index) => named(frame, name, sub(key, index)));
    const filling = (own: readonly string[]) => [...own, ...frame.filled.filter((name) => !own.includes(name))];
    const asking = (of: Extract<StepDefinition, { ask: string } | { form: string[] } | { confirm: string }>) => ({
      choices: choices(frame, of.choices, sub('choices')),
      fill: filling(names(of.fill, 'fill')),
      unclear: optional(of.unclear, 'unclear'),
      silent: optional(of.silent, 'silent'),
      reprompts: of.reprompts ?? reprompts,
      guidance: of.guidance === undefined ? undefined : plain(frame, of.guidance, sub('guidance')),
      otherwise: doorOf(frame, of.otherwise, sub('otherwise')),
    });
    if ('say' in one) {
      const then = routes(frame, one.then, sub('then'));
      if (typeof one.say === 'string') return { ...base, kind: 'say', text: text(frame, one.say, sub('say')), then };
      const { compose, facts = {}, longest = 400 } = one.say;
      return {
        ...base,
        kind: 'say',
        text: text(frame, one.say.text, sub('say', 'text')),
        compose: {
          instructions: plain(frame, compose, sub('say', 'compose')),
          facts: new Map(
            Object.entries(facts).map(([name, value]) => [name, fact(frame, value, sub('say', 'facts', name))]),
          ),
          longest,
          at: frame.read.yaml.place(sub('say', 'compose')),
        },
        then,
      };
    }
    if ('ask' in one) return { ...base, kind: 'ask', text: text(frame, one.ask, sub('ask')), ...asking(one) };
    if ('form' in one) {
      return {
        ...base,
        kind: 'form',
        variables: names(one.form, 'form'),
        intro: optional(one.intro, 'intro'),
        again: one.again ?? false,
        then: routes(frame, one.then, sub('then')),
        ...asking(one),
      };
    }
    if ('decide' in one) {
      return {
        ...base,
        kind: 'decide',
        instructions: plain(frame, one.decide, sub('decide')),
        given: names(one.given, 'given'),
        choices: choices(frame, one.choices, sub('choices')),
        fill: names(one.fill, 'fill'),
        otherwise: doorOf(frame, one.otherwise, sub('otherwise')),
      };
    }
    if ('call' in one) {
      return {
        ...base,
        kind: 'call',
        call: toolCall(frame, one, pointer),
        then: routes(frame, one.then, sub('then')),
        failed: failures(frame, one.failed, sub('failed')),
        meanwhile: optional(one.meanwhile, 'meanwhile'),
      };
    }
    if ('branch' in one) return { ...base, kind: 'branch', then: routes(frame, one.branch, sub('branch')) };
    if ('confirm' in one) {
      const way = (key: 'yes' | 'no'): Route => {
        const to = one[key];
        if (typeof to === 'string')
          return { if: undefined, to: goal(frame, to, sub(key)), set: [], at: frame.read.yaml.place(sub(key)) };
        return {
          if: undefined,
          to: goal(frame, to.to, sub(key, 'to')),
          set: assignments(frame, to.set, sub(key, 'set')),
          at: frame.read.yaml.place(sub(key)),
        };
      };
      return {
        ...base,
        kind: 'confirm',
        text: text(frame, one.confirm, sub('confirm')),
        yes: way('yes'),
        no: way('no'),
        ...asking(one),
      };
    }
    if ('wait' in one) {
      const wait = typeof one.wait === 'string' ? { for: one.wait, signal: undefined, save: undefined } : one.wait;
      return {
        ...base,
        kind: 'wait',
        for: milliseconds(wait.for),
        signal: wait.signal,
        save: wait.save === undefined ? undefined : named(frame, wait.save, sub('wait', 'save')),
        meanwhile: optional(one.meanwhile, 'meanwhile'),
        then: routes(frame, one.then, sub('then')),
        timeout: one.timeout === undefined ? undefined : goal(frame, one.timeout, sub('timeout')),
      };
    }
    if ('parallel' in one) {
      return {
        ...base,
        kind: 'parallel',
        calls: one.parallel.map((call, index) => toolCall(frame, call, sub('parallel', index))),
        then: routes(frame, one.then, sub('then')),
        failed: failures(frame, one.failed, sub('failed')),
        meanwhile: optional(one.meanwhile, 'meanwhile'),
      };
    }
    if ('use' in one) return use(frame, base, one, pointer);
    if ('transfer' in one) {
      const { queue, say, brief } = one.transfer;
      return {
        ...base,
        kind: 'transfer',
        queue: plain(frame, queue, sub('transfer', 'queue')),
        say: say === undefined ? undefined : text(frame, say, sub('transfer', 'say')),
        brief: typeof brief === 'string' ? text(frame, brief, sub('transfer', 'brief')) : (brief ?? true),
      };
    }
    const end = typeof one.end === 'string' ? { say: one.end, outcome: undefined, set: undefined } : one.end;
    const outcome = end.outcome ?? 'done';
    return {
      ...base,
      kind: 'end',
      say:
        end.say === undefined
          ? undefined
          : text(frame, end.say, typeof one.end === 'string' ? sub('end') : sub('end', 'say')),
      outcome,
      set: assignments(frame, end.set, sub('end', 'set')),
      leave: frame.leave?.(outcome, pointer),
    };
  }

  /** Puts a part's steps and variables in, under the name of the step that uses it. */
  function use(
    frame: Frame,
    base: { name: string; at: Step['at'] },
    one: Extract<StepDefinition, { use: string }>,
    pointer: Pointer,
  ): Step | BrokenStep {
    const { yaml } = frame.read;
    const file = Object.hasOwn(source.parts, one.use) ? source.parts[one.use] : undefined;
    const outcomes = new Map(
      Object.entries(one.outcomes).map(([outcome, to]) => [
        outcome,
        goal(frame, to, [...pointer, 'outcomes', outcome]),
      ]),
    );
    const nowhere: BrokenStep = { ...base, kind: 'broken', meant: 'use', targets: [...outcomes.values()] };
    if (!file) {
      report(
        yaml,
        [...pointer, 'use'],
        'part/unknown',
        `There is no shared part \`${one.use}\`.`,
        nameFix(one.use, Object.keys(source.parts), 'part'),
      );
      return nowhere;
    }
    if (frame.parts.includes(one.use) || frame.parts.length >= MAX_PART_DEPTH) {
      report(
        yaml,
        [...pointer, 'use'],
        'part/endless',
        `The part \`${one.use}\` uses itself.`,
        'A part may use others, but not itself, and at most 5 deep.',
      );
      return nowhere;
    }
    const part = readPartFile(readYaml(file.file, file.text));
    problems.push(...part.problems);
    contents.push([base.name, part.yaml.content ?? null]);
    const prefix = base.name.replaceAll('/', '__');
    const rename = (name: string) => `${prefix}__${name}`;
    const outputs = new Set(part.head.outputs ?? []);
    const taken: Assignment[] = Object.entries(one.save ?? {}).flatMap(([variable, output]): Assignment[] => {
      const here = [...pointer, 'save', variable];
      if (!outputs.has(output)) {
        report(
          yaml,
          here,
          'part/output',
          `The part \`${one.use}\` has no output \`${output}\`.`,
          nameFix(output, [...outputs], 'output'),
        );
      }
      const at = yaml.place(here, { key: true });
      const parsed = parseExpression(`$${rename(output)}`);
      if (!parsed.ok) return [];
      return [
        {
          variable: named(frame, variable, here, true),
          value: { kind: 'expression', expression: parsed.expression, at },
          at,
        },
      ];
    });
    const missing = new Set<string>();
    const ends = new Set(
      [...part.steps.values()].flatMap((step) =>
        step.kind === 'end' && step.definition && 'end' in step.definition
          ? [typeof step.definition.end === 'string' ? 'done' : (step.definition.end.outcome ?? 'done')]
          : [],
      ),
    );
    // One slip in a name is one problem: the name that was meant is not missing besides.
    const slips = meantBy(
      [...outcomes.keys()].filter((outcome) => !ends.has(outcome)),
      [...ends].filter((outcome) => !outcomes.has(outcome)),
    );
    const inner: Frame = {
      read: part,
      step: (name) => `${base.name}/${name}`,
      variable: rename,
      fields: fieldsOf(part),
      filled: [
        ...frame.filled,
        ...(one.fill ?? []).map((name, index) => named(frame, name, [...pointer, 'fill', index])),
      ],
      door: doorOf(frame, undefined, pointer),
      parts: [...frame.parts, one.use],
      leave: (outcome) => {
        const to = outcomes.get(outcome) ?? outcomes.get(slips.get(outcome) ?? '');
        if (to === undefined && !missing.has(outcome)) {
          missing.add(outcome);
          report(
            yaml,
            [...pointer, 'outcomes'],
            'part/outcome',
            `The part \`${one.use}\` can end as \`${outcome}\`, which leads nowhere here.`,
            `Add \`${outcome}: STEP\` to outcomes.`,
            true,
          );
        }
        return { if: undefined, to: to ?? NOWHERE, set: taken, at: yaml.place([...pointer, 'outcomes', outcome]) };
      },
    };
    for (const output of outputs) {
      if (!part.variables.has(output) && !part.inputs.has(output)) {
        report(
          part.yaml,
          ['outputs'],
          'variable/unknown',
          `There is no variable \`${output}\`.`,
          nameFix(output, [...part.variables.keys(), ...part.inputs.keys()], 'variable'),
        );
      }
    }
    declare(inner);
    doors(inner);
    for (const step of part.steps.values()) place(inner, step);
    for (const outcome of outcomes.keys()) {
      if (ends.size > 0 && !ends.has(outcome)) {
        report(
          yaml,
          [...pointer, 'outcomes', outcome],
          'part/outcome',
          `The part \`${one.use}\` never ends as \`${outcome}\`.`,
          nameFix(outcome, [...ends], 'outcome'),
          true,
        );
      }
    }
    const given = Object.entries(one.with ?? {});
    for (const [name] of given) {
      if (!part.inputs.has(name)) {
        report(
          yaml,
          [...pointer, 'with', name],
          'part/input',
          `The part \`${one.use}\` has no input \`${name}\`.`,
          nameFix(name, [...part.inputs.keys()], 'input'),
          true,
        );
      }
    }
    const lacking = [...part.inputs].flatMap(([name, definition]) =>
      Object.hasOwn(one.with ?? {}, name) || ('initial' in definition && definition.initial !== undefined)
        ? []
        : [name],
    );
    const slipped = meantBy(
      given.map(([name]) => name).filter((name) => !part.inputs.has(name)),
      lacking,
    );
    for (const name of lacking) {
      if (!slipped.has(name)) {
        report(
          yaml,
          pointer,
          'part/input',
          `The part \`${one.use}\` needs its input \`${name}\`.`,
          `Add \`with: { ${name}: … }\`.`,
          true,
        );
      }
    }
    const first = part.head.start ?? part.steps.keys().next().value;
    const here = yaml.place(pointer, { key: true });
    // A part begins afresh each time: what an earlier pass left in its variables, and in inputs it is not given, is forgotten.
    const left = [...part.inputs].filter(([name]) => !Object.hasOwn(one.with ?? {}, name) && !lacking.includes(name));
    const cleared: Assignment[] = [...left, ...part.variables].map(([name, definition]) => ({
      variable: rename(name),
      value: { kind: 'literal', value: 'initial' in definition ? (definition.initial ?? null) : null, at: here },
      at: here,
    }));
    const bound: Assignment[] = given
      .filter(([name]) => part.inputs.has(name))
      .map(([name, value]) => ({
        variable: rename(name),
        value: data(frame, value, [...pointer, 'with', name]),
        binds: true,
        at: yaml.place([...pointer, 'with', name], { key: true }),
      }));
    // What is lacking has been told: nothing else is held against it.
    const unknown: Assignment[] = lacking.flatMap((name) => {
      const parsed = parseExpression(`$${rename(name)}__`);
      if (!parsed.ok) return [];
      return [
        { variable: rename(name), value: { kind: 'expression', expression: parsed.expression, at: here }, at: here },
      ];
    });
    return {
      ...base,
      kind: 'use',
      part: one.use,
      then: [
        {
          if: undefined,
          to: first === undefined ? NOWHERE : inner.step(first),
          set: [...cleared, ...bound, ...unknown],
          at: here,
        },
      ],
    };
  }
}

const NAMED = /\$([A-Za-z][A-Za-z0-9_]*)/g;
const isNotValue = (name: string) => `This is the text \`$${name}\`, not what is in the variable.`;

/** Where a way leads that the file does not say, once that has been told. No step has this name. */
const NOWHERE = '?';

/** Of names that are lacking, by which slip each was probably meant. */
function meantBy(slips: readonly string[], lacking: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    slips.flatMap((slip): [string, string][] => {
      const meant = didYouMean(slip, lacking);
      return meant === undefined ? [] : [[meant, slip]];
    }),
  );
}

/** How sensitive a variable is: as it says, else as the most sensitive thing in it. */
function sensitivityOf(definition: TypedVariable): Sensitivity | undefined {
  if (definition.sensitive !== undefined) return definition.sensitive;
  if (definition.type === 'list') return sensitivityOf(definition.of);
  if (definition.type !== 'object') return undefined;
  const inner = Object.values(definition.fields).map(sensitivityOf);
  return (['pci', 'phi', 'pii'] as const).find((kind) => inner.includes(kind));
}

/** A variable whose declaration is broken is there all the same: its uses are not wrong. */
function declaredBroken(frame: Frame, name: string): boolean {
  const content = frame.read.yaml.content;
  if (!isMap(content)) return false;
  return ['variables', 'inputs'].some((section) => {
    const entries = content[section];
    return isMap(entries) && Object.hasOwn(entries, name);
  });
}

function stringsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  return isMap(value) ? Object.values(value).flatMap(stringsIn) : [];
}

/** An expression that reads these variables and of which else nothing is known: `$_` is a name that no variable has. */
function anythingOf(variables: readonly string[]): Expression {
  const names = [...new Set(variables)].map((name) => `$${name}`);
  const parsed = parseExpression(names.length === 0 ? '$_' : `$_ = [${names.join(', ')}] ? $_ : $_`);
  if (parsed.ok) return parsed.expression;
  return anythingOf([]);
}

/** A text that reads these variables and of which else nothing is known. */
function reading(variables: readonly string[]): Template {
  return literal(`… {{ ${anythingOf(variables).source} }}`);
}

const readingOf = (conditions: readonly Condition[]) =>
  reading(conditions.flatMap(({ expression }) => expression.variables.map(({ name }) => name)));

function literal(source: string): Template {
  const parsed = parseTemplate(source);
  if (!parsed.ok) throw new Error('A text without holes must parse.');
  return parsed.template;
}
