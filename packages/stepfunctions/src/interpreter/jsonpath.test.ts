import { describe, expect, it } from '@jest/globals';
import { fillPaths, parsePath, pick, place } from './jsonpath.ts';

const sight = { data: { a: { 'b c': [1, { d: 2 }] } }, context: { X: 'x' }, variables: { v: [3] }, prefix: 'In X. ' };

describe('a path', () => {
  it.each([
    ['$', sight.data],
    ["$.a['b c'][1].d", 2],
    ['$$.X', 'x'],
    ['$v', [3]],
    ['$v[0]', 3],
  ])('%s leads to %j', (path, expected) => expect(pick(path, 'InputPath', sight)).toEqual(expected));

  it('that leads nowhere fails', () => {
    expect(() => pick('$.toString', 'x.$', sight)).toThrow(
      expect.objectContaining({
        error: 'States.Runtime',
        reason: `In X. The JSONPath '$.toString' specified for the field 'x.$' could not be found in the input '${JSON.stringify(sight.data)}'`,
      }),
    );
  });

  it.each(['$..a', '$.*', '$[?(@.x)]', 'States.UUID()', '$.a[0:1]'])('is not %s', (path) => {
    expect(parsePath(path)).toBeUndefined();
  });
});

it('a payload template has the values of its paths', () => {
  expect(fillPaths({ 'x.$': '$v', y: ['$v', { 'z.$': '$$.X' }], 'n.$': 1 }, sight)).toEqual({
    x: [3],
    y: ['$v', { z: 'x' }],
    'n.$': 1,
  });
});

describe('ResultPath', () => {
  it.each([
    [undefined, 'r'],
    ['$', 'r'],
    [null, { a: { b: 1 } }],
    ['$.c', { a: { b: 1 }, c: 'r' }],
    ['$.a.b', { a: { b: 'r' } }],
    ['$.a.x.y', { a: { b: 1, x: { y: 'r' } } }],
  ])('%s gives %j', (path, expected) => expect(place('r', { a: { b: 1 } }, path, '')).toEqual(expected));

  it('needs an object', () => {
    expect(() => place('r', 'text', '$.a', '')).toThrow(
      expect.objectContaining({ error: 'States.ResultPathMatchFailure' }),
    );
  });
});
