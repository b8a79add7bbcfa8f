import { describe, expect, it } from '@jest/globals';
import { checkWorkflow, sourceOf } from '../workflow.ts';
import { RULES } from './rules.ts';
import { corpus, expected, TOOLS, written } from './testing/corpus.ts';

const wrong = corpus('wrong');
const right = corpus('right');

describe('the wrong files', () => {
  it.each(wrong)('$name has exactly the problems it says, in their order', ({ source }) => {
    const { problems, program } = checkWorkflow(source, TOOLS);
    expect(expected(source).length).toBeGreaterThan(0);
    expect(problems.map((problem) => written(source, problem))).toEqual(expected(source));
    expect(program === undefined).toBe(problems.some(({ severity }) => severity === 'error'));
  });

  it('are sixty at least, and there is one for each rule', () => {
    expect(wrong.length).toBeGreaterThanOrEqual(60);
    const found = new Set(wrong.flatMap(({ source }) => checkWorkflow(source, TOOLS).problems.map(({ code }) => code)));
    // What zod says of a value that no other rule knows: no file is known that brings it about.
    expect(Object.keys(RULES).filter((rule) => !found.has(rule))).toEqual(['schema/invalid']);
  });

  it('are told by rules that are listed', () => {
    const codes = wrong.flatMap(({ source }) => checkWorkflow(source, TOOLS).problems.map(({ code }) => code));
    expect(codes.filter((code) => !Object.hasOwn(RULES, code))).toEqual([]);
  });

  it('with ten mistakes gets all ten in one run', () => {
    const ten = wrong.find(({ name }) => name === 'ten-mistakes');
    expect(ten && checkWorkflow(ten.source, TOOLS).problems.length).toBe(10);
  });
});

describe('the right files', () => {
  it.each(right)('$name has no problem, not even a warning', ({ source }) => {
    const { problems, program } = checkWorkflow(source, TOOLS);
    expect(problems.map((problem) => written(source, problem))).toEqual([]);
    expect(program).toBeDefined();
  });

  it('have all kinds of step among them, parts and interrupts', () => {
    const programs = right.flatMap(({ source }) => checkWorkflow(source, TOOLS).program ?? []);
    const kinds = new Set(programs.flatMap(({ steps }) => [...steps.values()].map(({ kind }) => kind)));
    expect([...kinds].sort()).toEqual(
      [
        'ask',
        'branch',
        'call',
        'confirm',
        'decide',
        'end',
        'form',
        'parallel',
        'say',
        'transfer',
        'use',
        'wait',
      ].sort(),
    );
    expect(programs.some(({ interrupts }) => interrupts.length > 0)).toBe(true);
  });

  it('say nothing of tools where none are given', () => {
    for (const { source } of right) expect(checkWorkflow(source).problems).toEqual([]);
  });
});

describe('a large workflow', () => {
  it('of 300 steps is checked whole', () => {
    const steps = Array.from(
      { length: 299 },
      (_, i) => `  s${i}:\n    ask: Number ${i}?\n    choices:
      on: { when: goes on, set: { goal: ${i % 2 === 0 ? 'even' : 'odd'} }, to: s${(i + 1) % 299} }
      out: { when: wants out, if: $goal = 'even', to: handoff }\n`,
    );
    const text = `workflow: large\notherwise: handoff\nbusy: One moment.\nvariables:
  goal: { type: choice, values: [even, odd], initial: even }\nsteps:\n${steps.join('')}  handoff:\n    transfer: { queue: people }\n`;
    const { problems, program } = checkWorkflow(sourceOf(text), TOOLS);
    expect(problems).toEqual([]);
    expect(program?.steps.size).toBe(300);
  });
});
