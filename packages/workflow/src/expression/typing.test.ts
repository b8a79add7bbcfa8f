import { describe, expect, it } from '@jest/globals';
import type { Field, Json, Type } from '../type.ts';
import { parseExpression, typeOf } from './expression.ts';
import { generateBindings, generateExpression, Random } from './testing/generate.ts';

const text: Type = { kind: 'string' };
const number: Type = { kind: 'number' };
const whole: Type = { kind: 'number', integer: true };
const truth: Type = { kind: 'boolean' };
const list = (items: Type): Type => ({ kind: 'list', items });
const object = (fields: { readonly [name: string]: Field }): Type => ({ kind: 'object', fields });
const oneOf = (...of: readonly Type[]): Type => ({ kind: 'union', of });

describe('soundness', () => {
  /** What `generateBindings` may leave out, and may make null. */
  const maybe = (type: Type): Field => ({ type: oneOf(type, { kind: 'null' }), optional: true });
  const item = object({
    name: maybe(text),
    price: maybe(number),
    qty: maybe(whole),
    tags: maybe(list(text)),
    gift: maybe(truth),
    options: maybe(list(object({ name: maybe(text), price: maybe(number) }))),
    size: maybe(object({ w: maybe(number), h: maybe(number) })),
  });
  const variables: { readonly [name: string]: Field } = {
    order: {
      type: object({
        status: maybe(text),
        total: maybe(number),
        items: maybe(list(item)),
        address: maybe(object({ city: maybe(text), zip: maybe(text), lines: maybe(list(text)) })),
        'first item': maybe(item),
        at: maybe(text),
        paid: maybe(truth),
      }),
    },
    items: maybe(list(item)),
    orders: maybe(list(object({ items: maybe(list(item)), status: maybe(text) }))),
    names: maybe(list(text)),
    prices: maybe(list(number)),
    grid: maybe(list(list(number))),
    nested: maybe(list(list(item))),
    goal: maybe(text),
    n: maybe(number),
    m: maybe(number),
    yes: maybe(truth),
    at: maybe(text),
    cube: { type: list(list(list(number))) },
    nothing: { type: { kind: 'null' } },
    one: { type: list(item) },
    none: { type: list(text) },
    empty: { type: object({}) },
  };

  /** The same without nulls, all of it always there: types are sharper, so that more can be wrong. */
  const sharp = (type: Type): Type => {
    if (type.kind === 'union') {
      const rest = type.of.filter((one) => one.kind !== 'null').map(sharp);
      return rest.length === 1 && rest[0] ? rest[0] : oneOf(...rest);
    }
    if (type.kind === 'list') return list(sharp(type.items));
    if (type.kind !== 'object') return type;
    return object(
      Object.fromEntries(Object.entries(type.fields).map(([name, field]) => [name, { type: sharp(field.type) }])),
    );
  };

  it('a value fits the type found for its expression, with data of the types declared', () => {
    const random = new Random(77);
    let values = 0;
    let narrow = 0;
    let always = 0;
    for (let round = 0; round < 8_000; round++) {
      const source = generateExpression(random);
      const parsed = parseExpression(source);
      if (!parsed.ok) throw new Error(source);
      const scope = generateBindings(random);
      const full = Object.entries(variables).every(([name, { type }]) => fits(scope[name], sharp(type)));
      const declared = full
        ? Object.fromEntries(Object.entries(variables).map(([name, field]) => [name, { type: sharp(field.type) }]))
        : variables;
      const { type, optional } = typeOf(parsed.expression, declared);
      const value = parsed.expression.evaluate(scope);
      if (value !== undefined) values++;
      if (type.kind !== 'unknown') narrow++;
      if (!optional) always++;
      const sound = value === undefined ? optional : fits(value, type);
      if (!sound)
        throw new Error(`${source}\n${JSON.stringify(scope)}\n${JSON.stringify(value)}\n${JSON.stringify(type)}`);
    }
    expect(values).toBeGreaterThan(4_000);
    expect(narrow).toBeGreaterThan(4_000);
    expect(always).toBeGreaterThan(1_000);
  });

  function fits(value: Json | undefined, type: Type): boolean {
    switch (type.kind) {
      case 'unknown':
        return true;
      case 'union':
        return type.of.some((one) => fits(value, one));
      case 'null':
        return value === null;
      case 'boolean':
        return typeof value === 'boolean';
      case 'number':
        return typeof value === 'number' && (type.integer !== true || Number.isInteger(value));
      case 'string':
        return typeof value === 'string' && (type.values === undefined || type.values.includes(value));
      case 'list':
        return isList(value) && value.every((one) => fits(one, type.items));
      case 'object':
        return (
          isObject(value) &&
          Object.entries(type.fields).every(([name, field]) =>
            Object.hasOwn(value, name) ? fits(value[name], field.type) : field.optional === true,
          ) &&
          (type.open === true || Object.keys(value).every((name) => Object.hasOwn(type.fields, name)))
        );
    }
  }

  function isList(value: Json | undefined): value is readonly Json[] {
    return Array.isArray(value);
  }

  function isObject(value: Json | undefined): value is { readonly [name: string]: Json } {
    return typeof value === 'object' && value !== null && !isList(value);
  }
});
