import type { Json } from '@parley/workflow';
import { StatesError } from './error.ts';
import { isJsonObject, type JsonObject } from './json.ts';

/** What a path can see: `$` is the data, `$$` the context, `$name` a variable. */
export interface PathSight {
  readonly data: Json;
  readonly context: Json;
  readonly variables: { readonly [name: string]: Json };
  /** How the cause of a failure begins. */
  readonly prefix: string;
}

interface Path {
  readonly root: { readonly of: 'data' | 'context' } | { readonly of: 'variable'; readonly name: string };
  readonly keys: readonly (string | number)[];
}

/** Reads a reference path: `$.a['b'][0]`. Undefined where it is more than that (wildcards, filters, functions). */
export function parsePath(text: string): Path | undefined {
  const start = /^\$\$|^\$([\p{ID_Start}_][\p{ID_Continue}]*)|^\$/u.exec(text);
  if (!start) return undefined;
  const keys: (string | number)[] = [];
  const part = /\.([\p{L}\p{N}_-]+)|\['([^']*)'\]|\["([^"]*)"\]|\[(\d+)\]/uy;
  part.lastIndex = start[0].length;
  while (part.lastIndex < text.length) {
    const [found, plain, single, double, index] = part.exec(text) ?? [];
    if (found === undefined) return undefined;
    keys.push(index === undefined ? (plain ?? single ?? double ?? '') : Number(index));
  }
  const root =
    start[1] === undefined
      ? ({ of: start[0] === '$$' ? 'context' : 'data' } as const)
      : ({ of: 'variable', name: start[1] } as const);
  return { root, keys };
}

/** What a path leads to; undefined where there is nothing. */
function follow({ root, keys }: Path, sight: PathSight): Json | undefined {
  let at: Json | undefined = root.of === 'variable' ? own(sight.variables, root.name) : sight[root.of];
  for (const key of keys) {
    if (typeof key === 'number') at = Array.isArray(at) ? at[key] : undefined;
    else at = isJsonObject(at) ? own(at, key) : undefined;
  }
  return at;
}

const own = (of: JsonObject, key: string): Json | undefined => (Object.hasOwn(of, key) ? of[key] : undefined);

/** The value a path leads to. Throws StatesError `States.Runtime` where there is none. */
export function pick(text: string, field: string, sight: PathSight): Json {
  const path = parsePath(text);
  const found = path && follow(path, sight);
  if (found !== undefined) return found;
  throw new StatesError(
    'States.Runtime',
    `${sight.prefix}The JSONPath '${text}' specified for the field '${field}' could not be found in the input '${JSON.stringify(sight.data)}'`,
  );
}

/** A payload template: the value of each key that ends in `.$` is a path. */
export function fillPaths(value: Json, sight: PathSight): Json {
  if (Array.isArray(value)) return value.map((item: Json) => fillPaths(item, sight));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) =>
      key.endsWith('.$') && typeof item === 'string'
        ? [key.slice(0, -2), pick(item, key, sight)]
        : [key, fillPaths(item, sight)],
    ),
  );
}

/** `ResultPath`: where in the input the result is put; null leaves the input as it was. Throws StatesError `States.ResultPathMatchFailure`. */
export function place(result: Json, input: Json, at: string | null | undefined, prefix: string): Json {
  if (at === null) return input;
  const keys = parsePath(at ?? '$')?.keys ?? [];
  return put(
    input,
    keys,
    result,
    `${prefix}Unable to apply Step Output with ResultPath '${at ?? '$'}' to the state's input.`,
  );
}

function put(into: Json | undefined, [key, ...rest]: readonly (string | number)[], value: Json, refusal: string): Json {
  if (key === undefined) return value;
  const held = into ?? {};
  if (typeof key === 'string' && isJsonObject(held)) {
    return { ...held, [key]: put(own(held, key), rest, value, refusal) };
  }
  throw new StatesError('States.ResultPathMatchFailure', refusal);
}
