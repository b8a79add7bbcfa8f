import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ParleyError } from './error.ts';
import { WorkflowError } from './problem.ts';
import { checkWorkflow, compileWorkflow, loadWorkflow, sourceOf } from './workflow.ts';

const RIGHT = 'workflow: a\nsteps:\n  hello: { say: Hello., then: bye }\n  bye: { end: Bye. }\n';
const WARNED = 'workflow: a\nvariables: { x: { type: string } }\nsteps:\n  bye: { end: Bye. }\n';
const WRONG = 'workflow: a\nsteps:\n  hello: { say: Hello., then: by }\n  bye: { end: Bye. }\n';

describe('checking', () => {
  it('gives a program where there is no error, warnings or not', () => {
    expect(checkWorkflow(sourceOf(RIGHT))).toMatchObject({ problems: [], program: { name: 'a', start: 'hello' } });
    const warned = checkWorkflow(sourceOf(WARNED));
    expect(warned.problems.map(({ code, severity }) => [code, severity])).toEqual([['variable/unused', 'warning']]);
    expect(warned.program).toBeDefined();
  });

  it('gives none where there is', () => {
    const { problems, program } = checkWorkflow(sourceOf(WRONG));
    expect(problems.map(({ code }) => code)).toEqual(['step/unknown']);
    expect(program).toBeUndefined();
  });

  it('of a file that cannot be read says only what is sure', () => {
    const text = 'workflow: a\ntitel: A\nsteps:\n  hello: { say: Hello., then: by }\n  one: { say: [ }\n';
    expect(checkWorkflow(sourceOf(text)).problems.map(({ code, line }) => `${code} ${line}`)).toEqual([
      'schema/unknown-key 2',
      'yaml/syntax 5',
    ]);
  });
});

describe('compiling', () => {
  it('gives the program, which keeps the source it is made of', () => {
    const source = sourceOf(RIGHT);
    const program = compileWorkflow(source);
    expect(program.source).toBe(source);
    expect(compileWorkflow(program.source).version).toBe(program.version);
  });

  it('throws all that is wrong', () => {
    expect(() => compileWorkflow(sourceOf(WRONG, 'b.yaml'))).toThrow(WorkflowError);
    expect(() => compileWorkflow(sourceOf(WRONG, 'b.yaml'))).toThrow('b.yaml:3:31  error  step/unknown');
  });
});

describe('loading', () => {
  let root = '';
  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'parley-'));
    await mkdir(path.join(root, 'a'));
    await mkdir(path.join(root, 'parts'));
    const use = (part: string) => `steps:\n  one: { use: ${part}, outcomes: { done: two } }\n  two: { end: Bye. }\n`;
    await writeFile(path.join(root, 'a', 'workflow.yaml'), `workflow: a\n${use('p')}`);
    await writeFile(path.join(root, 'a', 'missing.yaml'), `workflow: a\n${use('nothing')}`);
    await writeFile(path.join(root, 'a', 'outside.yaml'), `workflow: a\n${use('../a/workflow')}`);
    await writeFile(path.join(root, 'parts', 'p.yaml'), `part: p\n${use('q')}`);
    await writeFile(path.join(root, 'parts', 'q.yaml'), 'part: q\nsteps:\n  end: { end: Bye. }\n');
  });
  afterAll(() => rm(root, { recursive: true }));

  it('takes the parts along, and those that they use', async () => {
    const source = await loadWorkflow(path.join(root, 'a', 'workflow.yaml'), 'a/workflow.yaml');
    expect(source.file).toBe('a/workflow.yaml');
    expect(Object.keys(source.parts).sort()).toEqual(['p', 'q']);
    expect(source.parts['p']?.file).toBe(path.join('parts', 'p.yaml'));
    expect([...compileWorkflow(source).steps.keys()]).toEqual(['one', 'one/one', 'one/one/end', 'one/two', 'two']);
  });

  it.each(['missing', 'outside'])('leaves a part that is %s to the checker', async (name) => {
    const source = await loadWorkflow(path.join(root, 'a', `${name}.yaml`), `${name}.yaml`);
    expect(source.parts).toEqual({});
    expect(checkWorkflow(source).problems.map(({ code }) => code)).toEqual(['part/unknown']);
  });

  it('says so when the file is not there', async () => {
    const loading = loadWorkflow(path.join(root, 'none.yaml'), 'none.yaml');
    await expect(loading).rejects.toBeInstanceOf(ParleyError);
    await expect(loading).rejects.toMatchObject({
      code: 'workflow/unreadable',
      message: "The file none.yaml can't be read.",
    });
  });
});
