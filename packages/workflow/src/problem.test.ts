import { describe, expect, it } from '@jest/globals';
import { ParleyError } from './error.ts';
import { describeProblem, didYouMean, inOrder, nameFix, type Problem, WorkflowError } from './problem.ts';

const problem = (given: Partial<Problem>): Problem => ({
  file: 'a.yaml',
  line: 1,
  column: 1,
  code: 'step/unknown',
  severity: 'error',
  message: 'There is no step `foo`.',
  fix: 'Did you mean fob?',
  ...given,
});

describe('a name that was probably meant', () => {
  it.each([
    ['trakc', ['track', 'trace', 'need'], 'track'],
    ['Track', ['track'], 'track'],
    ['custmer', ['customer', 'custom'], 'customer'],
    ['ab', ['xy'], undefined],
    ['', ['a'], undefined],
    ['x', ['a'], undefined],
    ['b', ['ab'], 'ab'],
    ['handoff', [], undefined],
    ['x'.repeat(100), ['x'.repeat(99)], undefined],
  ])('%s among %j', (name, known, meant) => {
    expect(didYouMean(name, known)).toBe(meant);
  });

  it('is suggested, or else what there is', () => {
    expect(nameFix('trakc', ['track'], 'step')).toBe('Did you mean track?');
    expect(nameFix('zzz', ['one', 'other'], 'step')).toBe('There are one, other.');
    expect(nameFix('zzz', ['only'], 'step')).toBe('There is only.');
    expect(nameFix('zzz', [], 'step')).toBe('There is no step here at all.');
    const many = Array.from({ length: 14 }, (_, i) => `long_name_${String.fromCharCode(97 + i)}`);
    expect(nameFix('zzz', many, 'step')).toBe(`There are ${many.slice(0, 12).join(', ')} and more.`);
  });
});

describe('problems', () => {
  it('stand in the order of the file, each once', () => {
    const [late, early, right, other] = [
      problem({ line: 9 }),
      problem({ line: 2, column: 5 }),
      problem({ line: 2, column: 1 }),
      problem({ file: 'b.yaml' }),
    ];
    expect(inOrder([late, other, early, right, { ...late }])).toEqual([right, early, late, other]);
  });

  it('at one place stay apart where they say different things', () => {
    const [one, two] = [problem({ message: 'One.' }), problem({ message: 'Two.' })];
    expect(inOrder([one, two])).toEqual([one, two]);
  });

  it('are printed with place, code, sentence, path and fix', () => {
    expect(describeProblem(problem({ line: 12, column: 5, path: ['need', 'foo'] }))).toBe(
      'a.yaml:12:5  error  step/unknown\n    There is no step `foo`.\n    on the way need → foo\n    Did you mean fob?',
    );
  });

  it('that are errors are in the error, with the first one its place', () => {
    const error = new WorkflowError('a.yaml', [problem({ severity: 'warning', line: 3 }), problem({ line: 7 })]);
    expect(error).toBeInstanceOf(ParleyError);
    expect(error.code).toBe('workflow/invalid');
    expect(error.place?.line).toBe(7);
    expect(error.problems).toHaveLength(2);
    expect(error.message).toContain('a.yaml has a problem:\na.yaml:7:1  error');
    expect(error.message).not.toContain('warning');
  });
});
