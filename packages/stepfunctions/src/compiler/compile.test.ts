import { describe, expect, it } from '@jest/globals';
import type { Json } from '@parley/workflow';
import validate from 'asl-validator';
import { EVERY_KIND, parts, tools } from '../../../machine/src/testing/every-kind.ts';
import { programOf } from '../../../machine/src/testing/line.ts';
import { compileToStepFunctions, definitionText, type Shape } from './compile.ts';
import { lintDefinition } from './lint.ts';

const functions = { ask: 'ask', decide: 'decide', call: 'call', finish: 'finish' };
const everyKind = programOf(EVERY_KIND, { parts, tools, unchecked: true });
const compiled = (shape: Shape) => compileToStepFunctions(everyKind, { shape, functions, tools });

const SHAPES = [['per-contact', 'STANDARD'] as const, ['per-turn', 'EXPRESS'] as const];

describe.each(SHAPES)('a workflow with every kind of step, %s', (shape, type) => {
  const machine = compiled(shape);
  const text = definitionText(machine);

  it('is right by asl-validator and by what that misses', () => {
    const definition: object = JSON.parse(text);
    expect(validate(definition).errors).toEqual([]);
    expect(lintDefinition(text, type)).toEqual([]);
  });

  it('is the same each time', () => {
    expect(definitionText(compiled(shape))).toBe(text);
  });

  it('tells of each state the kind and the line of its step', () => {
    for (const [name, step] of everyKind.steps) {
      const state = machine.States[name];
      if (state) expect(state['Comment']).toContain(`${step.kind}, ${step.at.file}:${step.at.line}`);
    }
  });
});

describe('per contact', () => {
  const { States } = compiled('per-contact');
  const next = (name: string): readonly Json[] => {
    const choices = States[name]?.['Choices'];
    return Array.isArray(choices)
      ? choices.map((one: Json) => (typeof one === 'object' && one !== null && 'Next' in one ? one['Next'] : null))
      : [];
  };

  it('a question waits for its token, and then the decider is asked', () => {
    expect(States['need']).toMatchObject({
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      TimeoutSeconds: '{% $parley.wait %}',
      Next: 'need: decide',
    });
    expect(States['need: decide']).toMatchObject({
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: 'decide' },
      Next: 'need: next',
    });
  });

  it('leads on to where the file leads, through steps that are only passed', () => {
    // The form's way on, its choice `none`, the interrupt and the door `handoff`, and itself.
    expect(next('details: next')).toEqual(expect.arrayContaining(['details', 'both', 'sort', 'handoff']));
    // `size` is only passed.
    expect(next('both: next')).toEqual(expect.arrayContaining(['sort', 'read_back', 'need', 'handoff']));
    expect(Object.keys(States)).not.toContain('size');
    expect(Object.keys(States)).not.toContain('welcome');
  });

  it('a question that is come to after a call may be being answered already', () => {
    expect(next('both: next')).toContain('need: decide');
    expect(next('details: next')).not.toContain('need: decide');
  });

  it('calls of a parallel step have a branch each', () => {
    expect(States['both']).toMatchObject({
      Type: 'Parallel',
      Branches: [{ StartAt: 'both: call 1' }, { StartAt: 'both: call 2' }],
    });
  });

  it('no sensitive variable is told', () => {
    expect(definitionText(compiled('per-contact'))).toContain('vars.quantity');
    expect(definitionText(compiled('per-contact'))).not.toContain('vars.email');
  });
});

describe('per turn', () => {
  it('ends where the caller is to speak, and waits nowhere', () => {
    const { States } = compiled('per-turn');
    expect(States['need']).toMatchObject({ Type: 'Succeed' });
    expect(JSON.stringify(States)).not.toContain('waitForTaskToken');
  });
});

it('a workflow that only speaks and waits calls no function in a turn', () => {
  const program = programOf(
    `
workflow: quiet
title: Quiet
otherwise: person
steps:
  hold:
    wait: { for: 1h }
    then: person
  person:
    transfer: { queue: people }
`,
    { unchecked: true },
  );
  const machine = compileToStepFunctions(program, { shape: 'per-turn', functions });
  expect(lintDefinition(definitionText(machine), 'EXPRESS')).toEqual([]);
  expect(Object.values(machine.States).map(({ Type }) => Type)).not.toContain('Task');
});

describe('what Step Functions would not take is refused', () => {
  /** A form, and then five calls one after the other. */
  const program = (turns: number, variable = 'size') =>
    programOf(
      `
workflow: small
title: Small
otherwise: person
limits: { turns: ${turns} }
variables:
  ${variable}: { type: integer, ask: How many? }
steps:
  ask_it:
    form: [${variable}]
    then: call1
${[1, 2, 3, 4, 5].map((n) => `  call${n}: { call: get, then: ${n === 5 ? 'ask_it' : `call${n + 1}`}, failed: person }`).join('\n')}
  person:
    transfer: { queue: people }
`,
      { tools, unchecked: true },
    );
  const compile = (turns: number, variable?: string) => () =>
    compileToStepFunctions(program(turns, variable), { shape: 'per-contact', functions });

  it('a variable whose name is taken', () => {
    expect(compile(10, 'parley')).toThrow(/The variable parley can't have this name/);
  });

  it('a contact that could need more than 25,000 events, with the step', () => {
    // A turn: 6 events to ask, 5 to decide, 2 to choose, 3 for a retry, and 7 for each call; 10 turns more than the limit.
    expect(compile(480)).not.toThrow();
    expect(compile(481)).toThrow(/25041 events .* begins at ask_it/);
  });

  it('waits are counted as what a turn brings with it', () => {
    const waiting = (turns: number) =>
      programOf(
        `
workflow: small
title: Small
otherwise: person
limits: { turns: ${turns} }
variables:
  size: { type: integer, ask: How many? }
steps:
  ask_it:
    form: [size]
    then: first
  first: { wait: { for: 1h }, then: second }
  second: { wait: { for: 1h }, then: third }
  third: { wait: { for: 1h }, then: ask_it }
  person:
    transfer: { queue: people }
`,
        { tools, unchecked: true },
      );
    const compile = (turns: number) => () =>
      compileToStepFunctions(waiting(turns), { shape: 'per-contact', functions });
    // The question and each of the three waits: 6 events to wait, 5 to take what came, 2 to choose; 3 for a retry.
    expect(compile(444)).not.toThrow();
    expect(compile(445)).toThrow(/25025 events .* begins at ask_it/);
  });
});

describe('where an execution ends', () => {
  it('its output says where, and what may be seen of the variables', () => {
    const { States } = compiled('per-contact');
    const { Output } = States['handoff'] ?? {};
    expect(Output).toMatchObject({ step: 'handoff', hop: '{% $parley.hop %}', vars: { quantity: '{% $quantity %}' } });
    expect(JSON.stringify(Output)).not.toContain('email');
  });
});
