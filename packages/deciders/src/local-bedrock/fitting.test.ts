import { describe, expect, it } from '@jest/globals';
import type { Json } from '@parley/workflow';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { fitting } from './fitting.ts';

const ajv = new Ajv({ strict: false });
addFormats.default(ajv);

/** Schemas of the kind that tools have. */
const { schema } = fc.letrec<{ schema: { [keyword: string]: Json } }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<{ [keyword: string]: Json }>(
      { type: 'string' },
      { type: 'string', minLength: 3 },
      { type: 'string', enum: ['a', 'b'] },
      { const: { a: 1 } },
      { type: 'boolean' },
      { type: 'null' },
      { type: ['integer', 'null'] },
      { type: 'number', minimum: 0.2, maximum: 0.8 },
      { type: 'number', exclusiveMinimum: 0 },
      { type: 'integer', minimum: 3, maximum: 3 },
      { type: 'number', maximum: -2 },
      { type: 'string', format: 'date' },
      { type: 'string', format: 'date-time' },
      { type: 'string', format: 'email' },
      { type: 'string', format: 'uuid' },
      { type: 'string', default: 'usual' },
      {},
    ),
    fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.integer({ min: 0, max: 2 }) }),
    tie('schema').map((one) => ({ anyOf: [one, { type: 'null' }] })),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('schema')).map((properties) => ({
      type: 'object',
      properties,
      required: Object.keys(properties),
      additionalProperties: false,
    })),
  ),
}));

describe('a value that fits a schema', () => {
  it('fits, as another reads the schema', () => {
    fc.assert(
      fc.property(schema, (one) => {
        const fits = ajv.compile(one);
        expect([fits(fitting(one)), fits.errors]).toEqual([true, null]);
      }),
    );
  });

  it('is the plainest', () => {
    const properties = { choice: { enum: ['track', 'cancel'] }, why: { type: 'string' }, note: { type: 'string' } };
    expect(fitting({ type: 'object', properties, required: ['choice', 'why'] })).toEqual({ choice: 'track', why: '' });
  });

  it('follows references, and comes to an end where they run in a circle', () => {
    const tree = { type: 'object', properties: { name: { $ref: '#/$defs/name' } }, required: ['name'] };
    expect(fitting({ ...tree, $defs: { name: { const: 'oak' } } })).toEqual({ name: 'oak' });
    expect(fitting({ $ref: '#' })).toBeNull();
  });

  it.each([undefined, null, 'text', true])('is null where the schema is none: %j', (none) => {
    expect(fitting(none)).toBeNull();
  });
});
