import type { Json } from '@parley/workflow';
import { isExpression } from './definition.ts';
import { StatesError } from './error.ts';
import type { Visit } from './flow.ts';
import { DATA_LIMIT, isJsonObject, type JsonObject, sizeOf } from './json.ts';
import { evaluateTo, fill } from './jsonata.ts';
import { fillPaths, pick, place } from './jsonpath.ts';

/** Fields that states of both languages have in one form or the other. */
interface Data {
  readonly InputPath?: string | null | undefined;
  readonly OutputPath?: string | null | undefined;
  readonly Parameters?: Json | undefined;
  readonly Arguments?: Json | undefined;
  readonly ResultSelector?: Json | undefined;
  readonly ResultPath?: string | null | undefined;
  readonly Output?: Json | undefined;
  readonly Assign?: JsonObject | undefined;
}

/** What a state leaves behind. */
export interface Outcome {
  readonly output: Json;
  readonly assigned: JsonObject | undefined;
}

/** The state's own part of the input, by JSONPath. */
export const inputOf = (visit: Visit, { InputPath }: Data): Json =>
  InputPath === null ? {} : pick(InputPath ?? '$', 'InputPath', visit.pathSight(visit.input));

/** What a task or the branches are given: `Arguments`, or `Parameters`, or else the input. */
export async function argumentsOf(visit: Visit, state: Data): Promise<Json> {
  const given =
    visit.language === 'JSONata'
      ? state.Arguments === undefined
        ? visit.input
        : await fill(state.Arguments, 'Arguments', visit.sight())
      : parametersOf(visit, state);
  checkSize(given, visit.name);
  return given;
}

export function parametersOf(visit: Visit, state: Data): Json {
  const data = inputOf(visit, state);
  return state.Parameters === undefined ? data : fillPaths(state.Parameters, visit.pathSight(data));
}

/** What comes of a state whose work had a result (or none: then the input stands for it). */
export async function outcomeOf(visit: Visit, state: Data, result: Json, found: JsonObject = {}): Promise<Outcome> {
  if (visit.language === 'JSONata') return outcomeAt(visit, state, '', result, found);
  const { prefix, input } = visit;
  const sight = visit.pathSight(result);
  const selected = state.ResultSelector === undefined ? result : fillPaths(state.ResultSelector, sight);
  const placed = place(selected, input, state.ResultPath, prefix);
  const output = state.OutputPath === null ? {} : pick(state.OutputPath ?? '$', 'OutputPath', visit.pathSight(placed));
  return { output, assigned: state.Assign && assignedByPaths(state.Assign, visit, result) };
}

/** `Output` and `Assign`, side by side, on the values at entry. `at` is where they stand: '' or `Catch[0]/`. */
export async function outcomeAt(
  visit: Visit,
  fields: Data,
  at: string,
  otherwise: Json,
  found: JsonObject,
): Promise<Outcome> {
  const sight = visit.sight(found);
  const output = fields.Output === undefined ? otherwise : await fill(fields.Output, `${at}Output`, sight);
  if (fields.Assign === undefined) return { output, assigned: undefined };
  const assigned: [string, Json][] = [];
  for (const [name, value] of Object.entries(fields.Assign)) {
    assigned.push([name, await fill(value, `${at}Assign/${name}`, sight)]);
  }
  return { output, assigned: Object.fromEntries(assigned) };
}

/** A catcher's output and variables. */
export function caughtBy(visit: Visit, catcher: Data, i: number, error: JsonObject): Promise<Outcome> | Outcome {
  if (visit.language === 'JSONata') return outcomeAt(visit, catcher, `Catch[${i}]/`, error, { errorOutput: error });
  return {
    output: place(error, visit.input, catcher.ResultPath, visit.prefix),
    assigned: catcher.Assign && assignedByPaths(catcher.Assign, visit, error),
  };
}

function assignedByPaths(assign: JsonObject, visit: Visit, data: Json): JsonObject {
  const filled = fillPaths(assign, visit.pathSight(data));
  return isJsonObject(filled) ? filled : {};
}

/** A field that is a whole number, an expression of one, or a path to one. Undefined where it is left out. */
export async function wholeNumber(
  visit: Visit,
  field: string,
  given: number | string | undefined,
  path?: string,
): Promise<number | undefined> {
  const value = isExpression(given)
    ? await evaluateTo('number', given, field, visit.sight())
    : path === undefined
      ? given
      : pick(path, `${field}Path`, visit.pathSight(visit.input));
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw unfit(visit, field, `The ${field} field cannot be parsed as an integer: ${JSON.stringify(value)}`);
  }
  if (value < 0 || value > 99_999_999) {
    throw unfit(visit, field, `${field} must be between 0 and 99999999 but was: ${value}`);
  }
  return value;
}

/** A field that is a text, an expression of one, or a path to one. */
export async function text(
  visit: Visit,
  field: string,
  given: string | undefined,
  path?: string,
): Promise<string | undefined> {
  const value = isExpression(given)
    ? await evaluateTo('string', given, field, visit.sight())
    : path === undefined
      ? given
      : pick(path, `${field}Path`, visit.pathSight(visit.input));
  if (value === undefined || typeof value === 'string') return value;
  throw unfit(visit, field, `The ${field} field must be a string but was: ${JSON.stringify(value)}`);
}

const unfit = (visit: Visit, field: string, words: string) =>
  visit.language === 'JSONata'
    ? visit.wrong('States.QueryEvaluationError', words, field)
    : visit.wrong('States.Runtime', words);

/** Throws StatesError `States.DataLimitExceeded` where data is larger than may be. `of`: the state or task it is from. */
export function checkSize(value: Json, of: string): void {
  if (sizeOf(value) <= DATA_LIMIT) return;
  throw new StatesError(
    'States.DataLimitExceeded',
    `The state/task '${of}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
