import type { Json } from '@parley/workflow';
import type { z } from 'zod';
import {
  type Branch,
  type Definition,
  definition,
  innerBranches,
  isExpression,
  languageOf,
  type QueryLanguage,
  type State,
} from './definition.ts';
import { isJsonObject, parseJson } from './json.ts';
import { checkExpression } from './jsonata-check.ts';
import { parsePath } from './jsonpath.ts';
import { resourceOf } from './task.ts';

/** One thing that is wrong with a definition, as `ValidateStateMachineDefinition` tells it. */
export interface Diagnostic {
  readonly severity: 'ERROR';
  readonly code: string;
  readonly message: string;
  readonly location?: string;
}

type Report = (code: string, message: string, location: string) => void;

/** A definition may have so many bytes. */
const LONGEST = 1024 * 1024;

/**
 * Reads a definition and says what is wrong with it. `definition` is there where nothing is. What AWS does and this
 * interpreter doesn't is refused here as well, rather than run wrongly.
 */
export function checkDefinition(
  text: string,
  type: 'STANDARD' | 'EXPRESS',
): { readonly definition: Definition | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (code, message, location) => {
    diagnostics.push({ severity: 'ERROR', code, message, ...(location === '' ? {} : { location }) });
  };
  const read = readDefinition(text, report);
  if (read) {
    checkBranch(read, '', { machine: read, type, names: new Set(), outer: new Set(), report });
  }
  return { definition: diagnostics.length === 0 ? read : undefined, diagnostics };
}

function readDefinition(text: string, report: Report): Definition | undefined {
  if (Buffer.byteLength(text) > LONGEST) {
    report('SCHEMA_VALIDATION_FAILED', `The definition is larger than ${LONGEST} bytes.`, '');
    return undefined;
  }
  let json: Json;
  try {
    json = text.trim() === '' ? '' : parseJson(text);
  } catch (error) {
    report('INVALID_JSON_DESCRIPTION', error instanceof Error ? error.message : 'No valid JSON', '');
    return undefined;
  }
  if (!isJsonObject(json)) {
    report('SCHEMA_VALIDATION_FAILED', 'Definition must be a valid JSON object', '');
    return undefined;
  }
  const parsed = definition.safeParse(json);
  if (parsed.success) return parsed.data;
  reportIssues(parsed.error.issues, json, report);
  return undefined;
}

/** Puts what the schema found into AWS's words: missing fields of one place together. */
function reportIssues(issues: readonly z.core.$ZodIssue[], json: Json, report: Report): void {
  const missing = new Map<string, string[]>();
  for (const issue of issues) {
    const parent = locationOf(issue.path.slice(0, -1));
    const field = String(issue.path.at(-1));
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        report('SCHEMA_VALIDATION_FAILED', `Field '${key}' is not supported`, locationOf(issue.path));
      }
    } else if (issue.code === 'invalid_union' && issue.discriminator === 'Type') {
      const known = 'Pass, Task, Choice, Wait, Parallel, Map, Succeed, Fail';
      report('SCHEMA_VALIDATION_FAILED', `Value should be one of the following: [${known}]`, locationOf(issue.path));
    } else if (valueAt(json, issue.path) === undefined) {
      missing.set(parent, [...(missing.get(parent) ?? []), field]);
    } else {
      report('SCHEMA_VALIDATION_FAILED', issue.message, locationOf(issue.path));
    }
  }
  for (const [location, fields] of missing) {
    // AWS names States before StartAt.
    const ordered = fields.includes('States') ? ['States', ...fields.filter((field) => field !== 'States')] : fields;
    report('SCHEMA_VALIDATION_FAILED', `These fields are required: [${ordered.join(', ')}]`, location);
  }
}

function valueAt(json: Json, path: readonly PropertyKey[]): Json | undefined {
  let at: Json | undefined = json;
  for (const key of path) {
    if (typeof key === 'number' && Array.isArray(at)) at = at[key];
    else at = isJsonObject(at) && typeof key === 'string' && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return at;
}

const locationOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((at, key) => (typeof key === 'number' ? `${at}[${key}]` : `${at}/${String(key)}`), '') || '/';

interface Around {
  readonly machine: Definition;
  readonly type: 'STANDARD' | 'EXPRESS';
  /** The states' names so far. */
  readonly names: Set<string>;
  /** The variables that the scopes around assign. */
  readonly outer: ReadonlySet<string>;
  readonly report: Report;
}

function checkBranch(branch: Branch, at: string, around: Around): void {
  const { report, machine, outer, names } = around;
  const assigned = new Set(Object.values(branch.States).flatMap(assignedIn));
  checkGraph(branch, at, report);
  for (const [name, state] of Object.entries(branch.States)) {
    const here = `${at}/States/${name}`;
    if (names.has(name)) report('DUPLICATE_STATE_NAME', `Duplicate State name: ${name}`, here);
    names.add(name);
    if ([...name].length > 80)
      report('SCHEMA_VALIDATION_FAILED', 'State name can not be longer than 80 characters', here);
    for (const variable of assignedIn(state)) checkVariable(variable, outer, here, report);
    const language = languageOf(machine, state);
    if (machine.QueryLanguage === 'JSONata' && state.QueryLanguage === 'JSONPath') {
      report(
        'SCHEMA_VALIDATION_FAILED',
        "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
        here,
      );
    } else {
      checkLanguage(state, language, here, report);
    }
    checkFields(state, language, here, around);
    for (const inner of innerBranches(state)) {
      checkBranch(inner.branch, here + inner.at, { ...around, outer: new Set([...outer, ...assigned]) });
    }
  }
}

function checkGraph({ StartAt, States }: Branch, at: string, report: Report): void {
  const reached = new Set<string>();
  const go = (target: string, field: string, from: string) => {
    if (Object.hasOwn(States, target)) reached.add(target);
    else report('MISSING_TRANSITION_TARGET', `Missing '${field}' target: ${target}`, `${from}/${field}`);
  };
  go(StartAt, 'StartAt', at);
  let ends = false;
  for (const [name, state] of Object.entries(States)) {
    const here = `${at}/States/${name}`;
    if (state.Type === 'Succeed' || state.Type === 'Fail') {
      ends = true;
      continue;
    }
    if (state.Type === 'Choice') {
      for (const [i, { Next }] of state.Choices.entries()) go(Next, 'Next', `${here}/Choices[${i}]`);
      if (state.Default !== undefined) go(state.Default, 'Default', here);
      continue;
    }
    if (state.End === true) ends = true;
    if (state.Next !== undefined) go(state.Next, 'Next', here);
    if ((state.Next === undefined) === (state.End !== true)) {
      const words =
        state.Next === undefined
          ? 'These fields are required: [Next] or [End]'
          : "'Next' and 'End' can not both be there";
      report('SCHEMA_VALIDATION_FAILED', words, here);
    }
    if ('Catch' in state) {
      for (const [i, { Next }] of (state.Catch ?? []).entries()) go(Next, 'Next', `${here}/Catch[${i}]`);
    }
  }
  if (!ends) report('MISSING_END_STATE', 'No terminal state found', at === '' ? '/' : at);
  for (const name of Object.keys(States)) {
    if (!reached.has(name))
      report('MISSING_TRANSITION_TARGET', `State "${name}" is not reachable.`, `${at}/States/${name}`);
  }
}

/** The names a state assigns, its rules and catchers included. */
function assignedIn(state: State): string[] {
  const found = [
    ...('Assign' in state ? [state.Assign] : []),
    ...('Choices' in state ? state.Choices.map(({ Assign }) => Assign) : []),
    ...('Catch' in state ? (state.Catch ?? []).map(({ Assign }) => Assign) : []),
  ];
  return [...new Set(found.flatMap((assign) => Object.keys(assign ?? {})).map((name) => name.replace(/\.\$$/, '')))];
}

function checkVariable(name: string, outer: ReadonlySet<string>, here: string, report: Report): void {
  if (name === 'states') report('SCHEMA_VALIDATION_FAILED', "The variable name 'states' is reserved", here);
  else if (!/^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(name) || [...name].length > 80) {
    report('SCHEMA_VALIDATION_FAILED', `'${name}' is no variable name of at most 80 characters`, here);
  }
  if (outer.has(name)) {
    report(
      'SCHEMA_VALIDATION_FAILED',
      `The variable '${name}' belongs to an outer scope and cannot be assigned here`,
      here,
    );
  }
}

const OF_JSONATA = ['Arguments', 'Output', 'Items'];
const OF_JSONPATH = [
  'InputPath',
  'OutputPath',
  'ResultPath',
  'ResultSelector',
  'Parameters',
  'Result',
  'ItemsPath',
  'MaxConcurrencyPath',
  'SecondsPath',
  'TimestampPath',
  'TimeoutSecondsPath',
  'HeartbeatSecondsPath',
  'ErrorPath',
  'CausePath',
];

function checkLanguage(state: State, language: QueryLanguage, here: string, report: Report): void {
  const [others, other] = language === 'JSONata' ? [OF_JSONPATH, 'JSONPath'] : [OF_JSONATA, 'JSONata'];
  for (const field of others) {
    if (!Object.hasOwn(state, field)) continue;
    report(
      'SCHEMA_VALIDATION_FAILED',
      `The QueryLanguage is set to '${language}', but field '${field}' is only supported for the '${other}' QueryLanguage`,
      here,
    );
  }
  if (language === 'JSONPath' && state.Type === 'Choice') {
    report('SCHEMA_VALIDATION_FAILED', 'The local interpreter does Choice in JSONata only', here);
  }
}

function checkFields(state: State, language: QueryLanguage, here: string, { type, report }: Around): void {
  for (const [field, value] of Object.entries(state)) {
    if (field === 'Branches' || field === 'ItemProcessor' || field === 'Iterator' || field === 'Comment') continue;
    const json: Json | undefined = value;
    if (json === undefined) continue;
    if (language === 'JSONata') checkExpressions(json, `${here}/${field}`, field === 'Catch', report);
    else checkPaths(field, json, `${here}/${field}`, report);
  }
  if (state.Type === 'Task') {
    const kind = resourceOf(state.Resource);
    if (kind === undefined) {
      const words = `The local interpreter calls Lambda functions only, not '${state.Resource}'`;
      report('SCHEMA_VALIDATION_FAILED', words, `${here}/Resource`);
    }
    if (kind === 'invoke.waitForTaskToken' && type === 'EXPRESS') {
      const words = "Express state machine does not support '.waitForTaskToken' service integration ";
      report('SCHEMA_VALIDATION_FAILED', words, `${here}/Resource`);
    }
    const { TimeoutSeconds: timeout, HeartbeatSeconds: heartbeat } = state;
    if (typeof timeout === 'number' && typeof heartbeat === 'number' && heartbeat >= timeout) {
      report('SCHEMA_VALIDATION_FAILED', 'HeartbeatSeconds must be smaller than TimeoutSeconds', here);
    }
    if (timeout === 0 || heartbeat === 0) {
      report('SCHEMA_VALIDATION_FAILED', 'TimeoutSeconds and HeartbeatSeconds must be greater than 0', here);
    }
  }
  if (state.Type === 'Wait') {
    const given = [state.Seconds, state.SecondsPath, state.Timestamp, state.TimestampPath];
    if (given.filter((one) => one !== undefined).length !== 1) {
      report(
        'SCHEMA_VALIDATION_FAILED',
        'Exactly one of [Seconds, SecondsPath, Timestamp, TimestampPath] is required',
        here,
      );
    }
  }
  if (state.Type === 'Map') {
    const processor = state.ItemProcessor ?? state.Iterator;
    if (!processor) report('SCHEMA_VALIDATION_FAILED', 'These fields are required: [ItemProcessor]', here);
    if (processor && 'ProcessorConfig' in processor && isDistributed(processor.ProcessorConfig)) {
      report('SCHEMA_VALIDATION_FAILED', 'The local interpreter does not do distributed Map states', here);
    }
  }
  if ('Retry' in state) checkErrorNames(state.Retry ?? [], `${here}/Retry`, report);
  if ('Catch' in state) checkErrorNames(state.Catch ?? [], `${here}/Catch`, report);
}

const isDistributed = (config: unknown): boolean =>
  typeof config === 'object' && config !== null && 'Mode' in config && config.Mode === 'DISTRIBUTED';

function checkErrorNames(
  all: readonly { readonly ErrorEquals: readonly string[] }[],
  at: string,
  report: Report,
): void {
  for (const [i, { ErrorEquals }] of all.entries()) {
    if (!ErrorEquals.includes('States.ALL')) continue;
    if (ErrorEquals.length > 1 || i < all.length - 1) {
      report(
        'SCHEMA_VALIDATION_FAILED',
        'States.ALL must appear alone and at the end of list',
        `${at}[${i}]/ErrorEquals`,
      );
    }
  }
}

function checkExpressions(value: Json, at: string, caught: boolean, report: Report): void {
  if (isExpression(value)) {
    for (const { code, message } of checkExpression(value, caught)) report(code, message, at);
  } else if (Array.isArray(value)) {
    value.forEach((item: Json, i) => {
      checkExpressions(item, `${at}[${i}]`, caught, report);
    });
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) checkExpressions(item, `${at}/${key}`, caught, report);
  }
}

/** Only plain paths are done: no filters, wildcards or intrinsic functions. */
function checkPaths(key: string, value: Json, at: string, report: Report): void {
  if (Array.isArray(value)) {
    value.forEach((item: Json, i) => {
      checkPaths('', item, `${at}[${i}]`, report);
    });
  } else if (isJsonObject(value)) {
    if (key === 'Result') return;
    for (const [inner, item] of Object.entries(value)) checkPaths(inner, item, `${at}/${inner}`, report);
  } else if (
    typeof value === 'string' &&
    (key.endsWith('.$') || key.endsWith('Path')) &&
    parsePath(value) === undefined
  ) {
    report('SCHEMA_VALIDATION_FAILED', `The local interpreter does not do the path '${value}'`, at);
  }
}
