import { money } from '@parley/engine';
import type { Json } from '@parley/workflow';
import { z } from 'zod';
import type { Random } from '../../packages/workflow/src/expression/testing/generate.ts';

/** What a tool takes or gives, from which come its zod schema, values of it, and expressions that read it. */
export type Shape =
  | { readonly kind: 'text' | 'number' | 'integer' | 'money' | 'truth' | 'day' }
  | { readonly kind: 'one'; readonly values: readonly [string, ...string[]] }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'fields'; readonly fields: readonly Field[] };

interface Field {
  readonly name: string;
  readonly shape: Shape;
  readonly optional: boolean;
}

export type Fields = Extract<Shape, { kind: 'fields' }>;

const STATES: readonly [string, ...string[]] = ['open', 'sent', 'late', 'done'];
const FIELD_NAMES = ['status', 'total', 'code', 'day', 'paid', 'left', 'note', 'items'];

export function fieldsOf(random: Random, most: number, depth: number): Fields {
  const names = FIELD_NAMES.filter(() => random.chance(0.4)).slice(0, most);
  return {
    kind: 'fields',
    fields: names.map((name) => ({ name, shape: shapeOf(random, depth), optional: random.chance(0.3) })),
  };
}

export function shapeOf(random: Random, depth: number): Shape {
  const flat: readonly [Shape, ...Shape[]] = [
    { kind: 'text' },
    { kind: 'number' },
    { kind: 'integer' },
    { kind: 'money' },
    { kind: 'truth' },
    { kind: 'day' },
    { kind: 'one', values: STATES },
  ];
  if (depth <= 0 || random.chance(0.75)) return random.pick(flat);
  return random.chance(0.5) ? { kind: 'list', of: shapeOf(random, depth - 1) } : fieldsOf(random, 3, depth - 1);
}

export function zodOf(shape: Shape): z.ZodType {
  switch (shape.kind) {
    case 'text':
      return z.string();
    case 'number':
      return z.number();
    case 'integer':
      return z.int();
    case 'money':
      return money('EUR');
    case 'truth':
      return z.boolean();
    case 'day':
      return z.iso.date();
    case 'one':
      return z.enum(shape.values);
    case 'list':
      return z.array(zodOf(shape.of));
    case 'fields':
      return z.object(
        Object.fromEntries(
          shape.fields.map(({ name, shape, optional }) => [name, optional ? zodOf(shape).optional() : zodOf(shape)]),
        ),
      );
  }
}

/** A value that the shape admits. */
export function sampleOf(random: Random, shape: Shape): Json {
  switch (shape.kind) {
    case 'text':
      return random.pick(['', 'blue', 'toString', 'נהדר', '😀', 'a\u0000b', '__proto__', ' two  words ']);
    case 'number':
      return random.pick([0, -1, 0.5, 3, 1e21, -7.25]);
    case 'integer':
      return random.pick([0, 1, 2, -3, 2 ** 53 - 1]);
    case 'money':
      return random.pick([0, 1, 49.99, 1200]);
    case 'truth':
      return random.chance(0.5);
    case 'day':
      return random.pick(['2026-11-24', '2024-02-29', '1969-12-31']);
    case 'one':
      return random.pick(shape.values);
    case 'list':
      return random.list(3, () => sampleOf(random, shape.of));
    case 'fields':
      return Object.fromEntries(
        shape.fields
          .filter(({ optional }) => !optional || random.chance(0.6))
          .map(({ name, shape }) => [name, sampleOf(random, shape)]),
      );
  }
}
