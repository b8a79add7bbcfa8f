import { describe, expect, it } from '@jest/globals';
import { checkExpression } from './jsonata-check.ts';

const problems = (expression: string, caught = false) =>
  checkExpression(`{% ${expression} %}`, caught).map(({ message }) => message);

describe('an expression', () => {
  it.each([
    '$states.input.items[value > 3].name',
    '$map($v, function($x){ $x.y })',
    '$v.($.a + b)',
    '$v^(price)',
    '$v{name: $sum(x)}',
    '($a := 1; $a + 1)',
    "{'k': $v}",
    '$v ~> $sum()',
  ])('may be %s', (expression) => expect(problems(expression)).toEqual([]));

  it.each([
    ['phone', "Reference to 'phone' at the top level is not supported."],
    ['$v + phone', "Reference to 'phone' at the top level is not supported."],
    ['$map($v, function($x){ b })', "Reference to 'b' at the top level is not supported."],
    ["{'k': a.b}", "Reference to 'a' at the top level is not supported."],
    ['$v[0] ? x : 1', "Reference to 'x' at the top level is not supported."],
    ['$', "Reference to '$' at the top level is not supported."],
    ['$.a', "Reference to '$' at the top level is not supported."],
    ['$$', "Reference to '$$' is not supported."],
    ['$v[x = $$.y]', "Reference to '$$' is not supported."],
    ['*', "Reference to '*' at the top level is not supported."],
    ['$states.errorOutput.Error', "Reference to '$states.errorOutput' is not supported."],
  ])('may not be %s', (expression, message) => expect(problems(expression)).toEqual([message]));

  it('may look at the error inside of a catcher', () => {
    expect(problems('$states.errorOutput.Error', true)).toEqual([]);
  });

  it('must be one', () => {
    expect(checkExpression('{% $a[1,2) %}', false)).toEqual([
      { code: 'INVALID_JSONATA_EXPRESSION', message: expect.any(String) },
    ]);
    // JSONata 2.2 has it, 2.0.6 has not.
    expect(checkExpression('{% $a ?? 1 %}', false)).toMatchObject([{ code: 'INVALID_JSONATA_EXPRESSION' }]);
  });
});
