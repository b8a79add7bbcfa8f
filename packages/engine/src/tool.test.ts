import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { characters, defineTool, money, type ToolContext, ToolError } from './tool.ts';

const context: ToolContext = {
  session: 's1',
  idempotencyKey: 's1/c1',
  attempt: 1,
  signal: new AbortController().signal,
  now: 0,
};

const about = 'Looks an order up';

describe('the signature of a tool', () => {
  it('holds what the checker needs, with what is left out filled in', () => {
    const { signature } = defineTool({
      about,
      effect: 'reads',
      input: z.object({ orderId: characters().regex(/^W\d{7}$/), by: z.enum(['text', 'email']).default('text') }),
      output: z.object({ total: money(), note: z.string().optional() }),
      run: () => ({ total: 1 }),
    });
    expect(signature).toEqual({
      about,
      effect: 'reads',
      input: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        properties: {
          orderId: { type: 'string', format: 'characters', pattern: '^W\\d{7}$' },
          by: { type: 'string', enum: ['text', 'email'], default: 'text' },
        },
        // What has a default need not be given.
        required: ['orderId'],
      },
      output: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        properties: { total: { type: 'number', format: 'money', currency: 'USD' }, note: { type: 'string' } },
        required: ['total'],
        additionalProperties: false,
      },
      requires: { confirmation: false, identity: 'none' },
      grants: 'none',
      timeout: 3_000,
      errors: [],
      cleared: [],
    });
  });

  it('holds what is said', () => {
    const { signature } = defineTool({
      about,
      effect: 'writes',
      input: z.object({}),
      output: z.object({}),
      requires: { confirmation: true, identity: 'code' },
      grants: 'person',
      timeout: '1500ms',
      errors: ['too_late'],
      cleared: ['pii'],
      run: () => ({}),
    });
    expect(signature).toMatchObject({
      effect: 'writes',
      requires: { confirmation: true, identity: 'code' },
      grants: 'person',
      timeout: 1_500,
      errors: ['too_late'],
      cleared: ['pii'],
    });
  });

  it('takes another currency', () => {
    expect(z.toJSONSchema(money('EUR'))).toMatchObject({ format: 'money', currency: 'EUR' });
  });

  it.each([
    ['a date', z.object({ day: z.date() })],
    ['a map', z.object({ map: z.map(z.string(), z.string()) })],
    ['a big integer', z.object({ many: z.bigint() })],
    ['a symbol', z.object({ sign: z.symbol() })],
  ])('is not made of what JSON Schema can not express: %s', (_, schema) => {
    const rest = { about, effect: 'reads' as const, run: () => Promise.reject(new Error('not called')) };
    expect(() => defineTool({ ...rest, input: schema, output: z.object({}) })).toThrow();
    expect(() => defineTool({ ...rest, input: z.object({}), output: schema })).toThrow();
  });

  it('is not made with an output that is transformed, since its shape is not known', () => {
    const output = z.object({ at: z.string().transform((text) => text.length) });
    expect(() =>
      defineTool({ about, effect: 'reads', input: z.object({}), output, run: () => ({ at: '' }) }),
    ).toThrow();
  });
});

describe('a call', () => {
  const seen: unknown[] = [];
  const tool = defineTool({
    about,
    effect: 'reads',
    input: z.strictObject({ orderId: z.string().regex(/^W\d{7}$/), by: z.enum(['text', 'email']).default('text') }),
    output: z.object({ status: z.enum(['shipped', 'lost']), inner: z.object({ street: z.string() }).optional() }),
    run: async (input, { idempotencyKey }) => {
      seen.push([input, idempotencyKey]);
      const answers: { readonly [orderId: string]: unknown } = {
        W0000001: { status: 'shipped', secret: 'taken out' },
        W0000002: { status: 'eaten by Mr Byrne' },
        W0000003: { status: 'lost', inner: { street: 12 } },
        W0000004: undefined,
      };
      // What a back end sends is not what its types say.
      return JSON.parse(JSON.stringify(answers[input.orderId] ?? null));
    },
  });

  it('gives the function what was read, defaults filled in, and the key', async () => {
    seen.length = 0;
    expect(await tool.call({ orderId: 'W0000001' }, context)).toEqual({ status: 'shipped' });
    expect(seen).toEqual([[{ orderId: 'W0000001', by: 'text' }, 's1/c1']]);
  });

  it.each([
    ['a value of another form', { orderId: 'maya.chen@example.com' }, 'orderId (invalid_format)'],
    ['a field that is missing', {}, 'orderId (invalid_type)'],
    ['a field too many', { orderId: 'W0000001', maya: 'maya.chen@example.com' }, 'it (unrecognized_keys)'],
  ])('refuses %s, and names the field but not its value', async (_, input, where) => {
    seen.length = 0;
    const failure = await tool.call(input, context).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ToolError);
    expect(failure).toMatchObject({ code: 'invalid_input', message: `The input does not fit: ${where}.` });
    expect(seen).toEqual([]);
  });

  it.each([
    ['a value it may not have', 'W0000002', 'status (invalid_value)'],
    ['a wrong type further in', 'W0000003', 'inner.street (invalid_type)'],
    ['nothing', 'W0000004', 'it (invalid_type)'],
  ])('does not let %s out, and names the field but not its value', async (_, orderId, where) => {
    const failure = await tool.call({ orderId }, context).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'invalid_output', message: `The output does not fit: ${where}.` });
  });

  it('lets a failure of its own through as it is', async () => {
    const refusing = defineTool({
      about,
      effect: 'writes',
      input: z.object({}),
      output: z.object({}),
      errors: ['too_late'],
      run: () => Promise.reject(new ToolError('too_late', 'It is packed.')),
    });
    await expect(refusing.call({}, context)).rejects.toMatchObject({ code: 'too_late', message: 'It is packed.' });
  });

  it('returns plain JSON, without what is undefined', async () => {
    const loose = defineTool({
      about,
      effect: 'reads',
      input: z.object({}),
      output: z.object({ a: z.string().optional(), b: z.int() }),
      run: () => ({ a: undefined, b: 1 }),
    });
    expect(Object.keys(z.record(z.string(), z.json()).parse(await loose.call({}, context)))).toEqual(['b']);
  });
});
