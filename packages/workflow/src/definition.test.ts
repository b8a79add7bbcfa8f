import { describe, expect, it } from '@jest/globals';
import { readPartFile, readWorkflowFile } from './definition.ts';
import { readYaml } from './yaml-file.ts';

const workflow = (text: string) => readWorkflowFile(readYaml('a.yaml', text));
const told = ({ problems }: { problems: readonly { line: number; column: number; code: string; message: string }[] }) =>
  problems.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);

describe('a workflow file, entry by entry', () => {
  it('holds what it says', () => {
    const read = workflow(`workflow: a
title: A
variables:
  plan: { type: choice, values: [basic, gold] }
  order: { from: orders.get }
interrupts:
  person: { when: asks for a person, to: bye }
steps:
  hello: { say: Hello., then: bye }
  bye: { end: Bye. }
`);
    expect(read.problems).toEqual([]);
    expect(read.head).toEqual({ workflow: 'a', title: 'A' });
    expect([...read.variables]).toEqual([
      ['plan', { type: 'choice', values: ['basic', 'gold'] }],
      ['order', { from: 'orders.get' }],
    ]);
    expect([...read.interrupts.keys()]).toEqual(['person']);
    expect(read.steps.get('hello')).toEqual({ name: 'hello', kind: 'say', definition: { say: 'Hello.', then: 'bye' } });
  });

  it('keeps what is right beside what is wrong', () => {
    const read = workflow(`workflow: a
variables:
  plan: { type: choise }
  other: { type: string }
interrupts:
  person: { to: bye }
steps:
  hello: { say: Hello. }
  odd: { sing: La., then: bye }
  both: { say: La., end: Bye. }
  bye: { end: Bye. }
`);
    expect(told(read)).toEqual([
      '3:17 schema/variable-type `choise` is not a type of variable.',
      '6:3 schema/missing `when` is missing.',
      '8:3 schema/missing `then` is missing.',
      '9:3 step/kind The step `odd` does not say what it does.',
      '10:3 step/kind The step `both` is say and end at once.',
    ]);
    expect([...read.variables.keys()]).toEqual(['other']);
    expect([...read.steps].map(([name, { kind, definition }]) => [name, kind, definition !== undefined])).toEqual([
      ['hello', 'say', false],
      ['odd', undefined, false],
      ['both', undefined, false],
      ['bye', 'end', true],
    ]);
  });

  it('is told what kind a step probably is', () => {
    const [found] = workflow('workflow: a\nsteps:\n  hello: { sya: Hello., then: hello }\n').problems;
    expect(found?.fix).toBe('Did you mean say?');
  });

  it.each([
    ['a list', '- a\n', ['1:1 schema/type The file should be a map of key: value.']],
    ['empty', '', ['1:1 schema/type The file is empty.']],
    ['without steps', 'workflow: a\n', ['1:1 schema/missing `steps` is missing.']],
    ['with no steps in it', 'workflow: a\nsteps: {}\n', ['2:8 schema/bounds There are no steps.']],
    [
      'with a list of steps',
      'workflow: a\nsteps: [1]\n',
      ['2:8 schema/type `steps` should be a map of name: content.'],
    ],
    [
      'with a name that is none',
      'workflow: a\nsteps:\n  a b: { end: Bye. }\n  c: { end: Bye. }\n',
      ["3:3 schema/name `a b` can't be a name."],
    ],
  ])('that is %s', (_, text, problems) => {
    expect(told(workflow(text))).toEqual(problems);
  });

  it('harms nobody by its names', () => {
    const read = workflow('workflow: a\nsteps:\n  __proto__: { end: Bye. }\n  constructor: { end: Bye. }\n');
    expect([...read.steps.keys()]).toEqual(['constructor']);
    expect(told(read)).toEqual(["3:3 schema/name `__proto__` can't be a name."]);
  });
});

describe('a part file', () => {
  it('has inputs and outputs besides', () => {
    const read = readPartFile(
      readYaml(
        'p.yaml',
        'part: p\ninputs: { email: { type: email } }\noutputs: [name]\nvariables: { name: { type: string } }\nsteps: { a: { end: Bye. } }\n',
      ),
    );
    expect(read.problems).toEqual([]);
    expect([...read.inputs.keys()]).toEqual(['email']);
    expect(read.head.outputs).toEqual(['name']);
  });
});
