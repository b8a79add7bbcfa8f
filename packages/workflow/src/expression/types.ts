import { type Field, type Type, UNKNOWN } from '../type.ts';

/** What a value can be: the kinds of types that are not unions. */
export type Simple = Exclude<Type, { kind: 'union' }>;
export type Kind = Simple['kind'];

/** The types a value has one of. */
export function alternatives(type: Type): readonly Simple[] {
  return type.kind === 'union' ? type.of.flatMap(alternatives) : [type];
}

/** One of the types; unknown where there are none. */
export function unionOf(types: readonly Type[]): Type {
  const all = new Map<string, Simple>();
  for (const type of types.flatMap(alternatives)) {
    if (type.kind === 'unknown') return UNKNOWN;
    // Texts and numbers are one alternative each: what only one of them says is not known of both.
    const key = type.kind === 'string' || type.kind === 'number' ? type.kind : JSON.stringify(type);
    const before = all.get(key);
    all.set(key, before ? both(before, type) : type);
  }
  const of = [...all.values()];
  const [only] = of;
  if (only === undefined) return UNKNOWN;
  return of.length === 1 ? only : { kind: 'union', of };
}

function both(a: Simple, b: Simple): Simple {
  if (a.kind === 'string' && b.kind === 'string') {
    return {
      kind: 'string',
      ...(a.values && b.values ? { values: [...new Set([...a.values, ...b.values])] } : {}),
      ...(a.format !== undefined && a.format === b.format ? { format: a.format } : {}),
    };
  }
  if (a.kind === 'number' && b.kind === 'number') {
    return {
      kind: 'number',
      ...(a.integer && b.integer ? { integer: true } : {}),
      ...(a.format !== undefined && a.format === b.format ? { format: a.format } : {}),
      ...(a.currency !== undefined && a.currency === b.currency ? { currency: a.currency } : {}),
    };
  }
  return a;
}

export function listOf(items: Type): Type {
  return { kind: 'list', items };
}

/** The items of what counts as a list: of one, where it is none. */
export function itemsOf(type: Type): Type {
  return unionOf(alternatives(type).map((one) => (one.kind === 'list' ? one.items : one)));
}

/** What JSONata makes of any number of items: one alone, or a list. */
export function someOf(items: Type): Type {
  return unionOf([items, listOf(items)]);
}

export function isOnly(type: Type, kinds: readonly Kind[]): boolean {
  return alternatives(type).every((one) => kinds.includes(one.kind));
}

export function canBe(type: Type, kinds: readonly Kind[]): boolean {
  return alternatives(type).some((one) => one.kind === 'unknown' || kinds.includes(one.kind));
}

/** Whether two values of these types can be equal. */
export function canEqual(a: Type, b: Type): boolean {
  return alternatives(a).some((one) =>
    alternatives(b).some((other) => {
      if (one.kind === 'unknown' || other.kind === 'unknown') return true;
      if (one.kind !== 'string' || other.kind !== 'string') return one.kind === other.kind;
      const { values } = other;
      return !one.values || !values || one.values.some((value) => values.includes(value));
    }),
  );
}

/** The strings a type can only be, or undefined where it can be others. */
export function valuesOf(type: Type): readonly string[] | undefined {
  const texts = alternatives(type).filter((one) => one.kind === 'string');
  return texts.every((text) => text.values !== undefined) ? texts.flatMap((text) => text.values ?? []) : undefined;
}

/** A type as an operator would call it. */
export function describeType(type: Type): string {
  const names = [...new Set(alternatives(type).map((one) => NAMES[one.kind]))];
  return names.join(' or ');
}

const NAMES: { readonly [kind in Kind]: string } = {
  unknown: 'anything',
  null: 'null',
  boolean: 'true or false',
  number: 'a number',
  string: 'a text',
  list: 'a list',
  object: 'an object',
};

export interface FieldLookup {
  readonly type: Type;
  readonly optional: boolean;
  /** The value can have no such field: the names it has instead. */
  readonly missing?: readonly string[];
}

/** The field of a type, or of the objects in a list. */
export function fieldOfType(type: Type, name: string): FieldLookup {
  const found: Type[] = [];
  const known = new Set<string>();
  let optional = false;
  let possible = false;
  for (const one of alternatives(type)) {
    const field = fieldOfOne(one, name, known);
    if (!field) {
      optional = true;
      possible ||= one.kind === 'null';
      continue;
    }
    possible = true;
    found.push(field.type);
    optional ||= field.optional === true;
  }
  return possible ? { type: unionOf(found), optional } : { type: UNKNOWN, optional: true, missing: [...known] };
}

function fieldOfOne(type: Simple, name: string, known: Set<string>): Field | undefined {
  switch (type.kind) {
    case 'unknown':
      return { type: UNKNOWN, optional: true };
    case 'object': {
      if (Object.hasOwn(type.fields, name)) return type.fields[name];
      for (const field of Object.keys(type.fields)) known.add(field);
      return type.open ? { type: UNKNOWN, optional: true } : undefined;
    }
    case 'list': {
      const inner = fieldOfType(type.items, name);
      for (const field of inner.missing ?? []) known.add(field);
      return inner.missing ? undefined : { type: someOf(itemsOf(inner.type)), optional: true };
    }
    default:
      return undefined;
  }
}
