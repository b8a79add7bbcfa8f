import { describe, expect, it } from '@jest/globals';
import type { Json } from '@parley/workflow';
import { lintDefinition } from './lint.ts';

const task = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'f' }, End: true };
const lint = (state: { readonly [field: string]: Json }) =>
  lintDefinition(JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'One', States: { One: state } }), 'STANDARD');

describe('what asl-validator does not find', () => {
  it.each<[string, { readonly [field: string]: Json }, RegExp]>([
    ['$ at the top', { ...task, Output: '{% $ %}' }, /'\$' at the top level/],
    ['$$', { ...task, Output: '{% $$ %}' }, /'\$\$' is not supported/],
    ['$eval', { ...task, Output: "{% $eval('1') %}" }, /no \$eval/],
    ['a variable nobody assigns', { ...task, Output: '{% $nobody %}' }, /nobody assigns \$nobody/],
    ['a result in a Pass', { Type: 'Pass', Output: '{% $states.result %}', End: true }, /no \$states.result here/],
    ['a part of $states that there is not', { ...task, Output: '{% $states.results %}' }, /no \$states.results/],
    ['the reserved name', { ...task, Assign: { states: 1 } }, /'states' is reserved/],
    ['a made-up resource', { ...task, Resource: 'arn:aws:states:::lambda:call' }, /lambda:call/],
    ['a heartbeat over the timeout', { ...task, TimeoutSeconds: 5, HeartbeatSeconds: 6 }, /Heartbeat/],
    ['what JSONata 2.0.6 has not', { ...task, Output: '{% $states.input ?? 1 %}' }, /Output/],
    [
      'an outer variable that is assigned inside',
      {
        Type: 'Parallel',
        Assign: { outer: 1 },
        Branches: [{ StartAt: 'In', States: { In: { Type: 'Pass', Assign: { outer: 2 }, End: true } } }],
        End: true,
      },
      /belongs to an outer scope/,
    ],
  ])('%s', (_, state, message) => {
    expect(lint(state).join('\n')).toMatch(message);
  });

  it('what is right passes', () => {
    expect(lint({ ...task, Assign: { a: '{% $states.result.Payload.x[$exists(y)][-1] %}' }, Output: {} })).toEqual([]);
    expect(lint({ ...task, Output: '{% ($x := $states.result; $map($x, function($v) { $v.a & $x })) %}' })).toEqual([]);
  });
});
