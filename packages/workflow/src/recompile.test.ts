import { expect, it } from '@jest/globals';
import { compileWorkflow, recompileWorkflow, sourceOf } from './workflow.ts';

const right = `workflow: hello
title: Hello
otherwise: bye
steps:
  hi: { say: Hello., then: bye }
  bye: { end: Goodbye. }
`;

it('a workflow that was checked before is made again without that: into the same program', () => {
  const [again, checked] = [recompileWorkflow(sourceOf(right)), compileWorkflow(sourceOf(right))];
  expect(again.version).toBe(checked.version);
  expect(JSON.stringify([...again.steps])).toBe(JSON.stringify([...checked.steps]));
});

it('paths are not followed: that a step is never reached is for the check to say', () => {
  const unreached = sourceOf(`${right}  never: { say: Nobody hears this., then: never }\n`);
  expect(() => compileWorkflow(unreached)).toThrow();
  expect([...recompileWorkflow(unreached).steps.keys()]).toEqual(['hi', 'bye', 'never']);
});

it('what is no program is refused', () => {
  expect(() => recompileWorkflow(sourceOf(right.replace('then: bye', 'then: by')))).toThrow('by');
  expect(() => recompileWorkflow(sourceOf('workflow: ['))).toThrow();
});
