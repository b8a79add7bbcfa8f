import { describe, expect, it } from '@jest/globals';
import type { Json } from '@parley/workflow';
import fc from 'fast-check';
import { evaluate, evaluateTo, fill, type Sight } from './jsonata.ts';
import { Evaluation } from './jsonata-functions.ts';
import { seeded } from './random.ts';
import { NOW } from './testing/harness.ts';

const sight = (variables: { readonly [name: string]: Json } = {}, seed = 'seed'): Sight => ({
  variables,
  evaluation: new Evaluation(seeded(seed), () => NOW),
  prefix: 'In X. ',
});
const value = (expression: string, variables = {}) => evaluate(`{% ${expression} %}`, 'Output', sight(variables));
const about = (expression: string) => `In X. The JSONata expression '${expression}' specified for the field 'Output' `;

describe('an expression', () => {
  it.each<[string, Json]>([
    ['1 + 2', 3],
    ['$a.b[1]', 'y'],
    ['[$a.b]', ['x', 'y']],
    ['$count([1..5])', 5],
    ["{'k': null}", { k: null }],
    ['null', null],
    ['[]', []],
    ['[[]]', [[]]],
    // What JSON has no number for is a text.
    ['1/0', 'Infinity'],
    ['[-1/0]', ['-Infinity']],
    ["$parseInteger('abc', '0')", 'NaN'],
    ['$v := 1', 1],
  ])('%s gives %j', async (expression, expected) => {
    expect(await value(expression, { a: { b: ['x', 'y'] } })).toEqual(expected);
  });

  it('that gives nothing fails by its field', async () => {
    await expect(value('$none.at.all')).rejects.toMatchObject({
      error: 'States.QueryEvaluationError',
      reason: `${about('$none.at.all')}returned nothing (undefined).`,
      location: 'Output',
    });
  });

  it.each(['function($x){$x}', '$sum', '/a/', "{'f': $sum}", '[function(){1}]'])(
    'that gives a function fails: %s',
    async (expression) => {
      await expect(value(expression)).rejects.toMatchObject({
        reason: `${about(expression)}returned an unsupported result type.`,
      });
    },
  );

  it('that throws tells the code', async () => {
    await expect(value('$nope(1)')).rejects.toMatchObject({
      reason: `${about('$nope(1)')}threw an error during evaluation. T1006: Attempted to invoke a non-function`,
    });
    await expect(value("$eval('1')")).rejects.toMatchObject({ reason: expect.stringContaining('T1006') });
    await expect(value('$uppercase(1)')).rejects.toMatchObject({ reason: expect.stringContaining('. T0410: ') });
  });

  it('may nest a hundred deep, and no deeper', async () => {
    const sum = (terms: number) => Array.from({ length: terms }, () => '1').join('+');
    expect(await value(sum(100))).toBe(100);
    // As it was measured of AWS: other ways to nest, and the last depth of each.
    for (const [open, close] of ['()', '[]']) {
      const nested = (depth: number) => value(`${open?.repeat(depth)}1${close?.repeat(depth)}`);
      await expect(nested(99)).resolves.toBeDefined();
      await expect(nested(100)).rejects.toMatchObject({ error: 'States.QueryEvaluationError' });
    }
    const recursive = (n: number) => value(`($f := function($x){ $x <= 0 ? 0 : 1 + $f($x-1) }; $f(${n}))`);
    expect(await recursive(31)).toBe(31);
    await expect(recursive(32)).rejects.toMatchObject({ error: 'States.QueryEvaluationError' });
    await expect(value(sum(101))).rejects.toMatchObject({
      reason: expect.stringMatching(/evaluation: Stack overflow error: .* Depth=101 max=100$/),
    });
  });

  it('of the wrong type is told with its value', async () => {
    await expect(evaluateTo('array', '{% 1 %}', 'Items', sight())).rejects.toMatchObject({
      reason:
        "In X. The JSONata expression '1' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was 'number' for value: 1",
    });
    expect(await evaluateTo('array', '{% [] %}', 'Items', sight())).toEqual([]);
  });
});

describe('the functions that Step Functions adds', () => {
  it.each<[string, Json]>([
    ['$partition([1,2,3,4,5], 2)', [[1, 2], [3, 4], [5]]],
    ['$partition([1,2,3])', [[1, 2, 3]]],
    ['$partition([1,2,3,4,5], 2.9)', [[1, 2], [3, 4], [5]]],
    ['$partition([0], 5)', [[0]]],
    ['$range(0, 9, 3)', [0, 3, 6, 9]],
    ['$range(0, 10, 3)', [0, 3, 6, 9]],
    ['$range(10, 0, -5)', [10, 5, 0]],
    ['$range(1.7, 3, 1)', [1, 2, 3]],
    ['$range(-1.7, 0, 1)', [-1, 0]],
    ['$range(3, 3, 1)', 3],
    ['$range(1, 9, 9)', 1],
    ['$count($range(1, 360145, 1))', 360_145],
    ["$hash('abc', 'MD5')", '900150983cd24fb0d6963f7d28e17f72'],
    ["$hash('abc', 'SHA-256')", 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['$parse(\'{"a":[1,null]}\').a', [1, null]],
    ["$exists($parse('null'))", true],
    ['$random(42)', 0.7275636800328681],
    ['$random(0.9)', 0.730967787376657],
    ['$random(-1) = $random(-1)', true],
    ['$random() != $random()', true],
    ['$millis()', NOW],
    ['$now()', '2026-11-25T10:00:00.000Z'],
    ["$now('[Y]-[M01]', '+0000')", '2026-11'],
  ])('%s gives %j', async (expression, expected) => expect(await value(expression)).toEqual(expected));

  it.each([
    '$partition([], 2)',
    '$partition([1], 0)',
    '$range(5, 1, 1)',
    '$range(1, 5, 0)',
    '$range(1, 5)',
    "$hash('abc')",
    '$parse()',
  ])('%s gives nothing', async (expression) => {
    await expect(value(expression)).rejects.toMatchObject({ reason: expect.stringContaining('returned nothing') });
  });

  it.each([
    ['$partition([1], -1)', 'D3137: Second argument must be zero or greater'],
    ['$range(1)', 'T0410'],
    ["$hash('abc', 'md5')", 'D3137'],
    ["$parse('no json')", 'D3137'],
    ['$parse(null)', 'T0410'],
    ['$range(1, 360146, 1)', 'evaluation: Expression evaluation memory limit exceeded'],
  ])('%s fails: %s', async (expression, words) => {
    await expect(value(expression)).rejects.toMatchObject({ reason: expect.stringContaining(words) });
  });

  it('are random, but the same for the same execution', async () => {
    const draw = (seed: string) => fill(['{% $uuid() %}', '{% $random() %}'], 'Output', sight({}, seed));
    expect(await draw('a')).toEqual(await draw('a'));
    expect(await draw('a')).not.toEqual(await draw('b'));
    expect(await value('$uuid()')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('put together again what they took apart', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer(), { minLength: 1 }), fc.integer({ min: 1, max: 9 }), async (list, size) => {
        const parts = await evaluate('{% $partition($list, $size) %}', 'Output', sight({ list, size }));
        expect(Array.isArray(parts) && parts.flat()).toEqual(list);
        expect(parts).toHaveLength(Math.ceil(list.length / size));
      }),
    );
  });
});

describe('a template', () => {
  it('is filled wherever a text is an expression as a whole', async () => {
    const template = {
      a: '{% 1 %}',
      b: ['x', '{% $v %}', { c: '{% [$v] %}' }],
      d: ' {% 1 %} ',
      e: 'no {% 1 %}',
      f: null,
    };
    expect(await fill(template, 'Output', sight({ v: 'w' }))).toEqual({
      a: 1,
      b: ['x', 'w', { c: ['w'] }],
      d: ' {% 1 %} ',
      e: 'no {% 1 %}',
      f: null,
    });
  });

  it('names the place of an expression that fails', async () => {
    await expect(fill({ a: [1, { b: '{% $none %}' }] }, 'Arguments', sight())).rejects.toMatchObject({
      location: 'Arguments/a[1]/b',
    });
  });

  it('without expressions stays as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (any) => {
        const template: Json = JSON.parse(JSON.stringify(any));
        expect(await fill(template, 'Output', sight())).toEqual(template);
      }),
    );
  });
});
