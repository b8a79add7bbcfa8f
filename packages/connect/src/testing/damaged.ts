import fc from 'fast-check';

type Path = readonly (string | number)[];

/** An event as it may come some day: fields of it, wherever they are, are missing, null or something else, and others are there besides. */
export function damaged(events: readonly object[]): fc.Arbitrary<unknown> {
  return fc.constantFrom(...events).chain((event) => {
    const change = fc.record({
      path: fc.constantFrom(...pathsIn(event)),
      put: fc.oneof(
        fc.constantFrom(undefined, null, '', {}, [], 0),
        fc.jsonValue(),
        fc.string({ maxLength: 2_000, unit: 'binary' }),
      ),
    });
    const more = fc.dictionary(fc.string({ maxLength: 20 }), fc.jsonValue(), { maxKeys: 2 });
    return fc.tuple(fc.array(change, { maxLength: 5 }), more).map(([changes, besides]) => ({
      ...besides,
      ...changes.reduce<object>((one, { path, put }) => Object(changed(one, path, put)), event),
    }));
  });
}

function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]));
  return path.length === 0 ? inside : [path, ...inside];
}

/** A copy with something else at a path; as it was where there is no such path any more. Undefined: nothing is there. */
function changed(value: unknown, [key, ...rest]: Path, put: unknown): unknown {
  if (key === undefined) return put;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value;
  const pairs = Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
    if (name !== String(key)) return [[name, inner]];
    const made = changed(inner, rest, put);
    return made === undefined ? [] : [[name, made]];
  });
  return Array.isArray(value) ? pairs.map(([, inner]) => inner) : Object.fromEntries(pairs);
}
