import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findWorkflow, shown, workflowsFolder, workflowsIn } from './project.ts';

const before = process.cwd();
let folder = '';

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'parley-project-')));
  for (const file of ['workflows/b/workflow.yaml', 'workflows/a/workflow.yaml', 'workflows/parts/p.yaml', 'x.yaml']) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), 'workflow: a\n');
  }
  process.chdir(folder);
});
afterEach(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

describe('a workflow', () => {
  it('is found by its file, its folder and its name', async () => {
    const file = path.join(folder, 'workflows', 'a', 'workflow.yaml');
    for (const name of ['a', 'workflows/a', 'workflows/a/workflow.yaml', file]) {
      expect(await findWorkflow(name)).toBe(file);
    }
    expect(await findWorkflow('x.yaml')).toBe(path.join(folder, 'x.yaml'));
  });

  it('is found by its name from a folder below', async () => {
    process.chdir(path.join(folder, 'workflows', 'parts'));
    expect(await findWorkflow('b')).toBe(path.join(folder, 'workflows', 'b', 'workflow.yaml'));
  });

  it('that is not there is answered with those that are', async () => {
    await expect(findWorkflow('c')).rejects.toMatchObject({
      code: 'cli/no-workflow',
      fix: expect.stringMatching(/There is a, b;/),
    });
  });

  it('is not looked for outside of workflows/ by a name that climbs', async () => {
    await expect(findWorkflow('../a')).rejects.toMatchObject({ code: 'cli/no-workflow' });
  });
});

it('the workflows of a folder come in the order of their names, without what is none', async () => {
  expect(await workflowsFolder()).toBe(path.join(folder, 'workflows'));
  expect((await workflowsIn('workflows')).map((file) => path.dirname(file))).toEqual(['workflows/a', 'workflows/b']);
});

it('a path is shown from here where it lies here', () => {
  expect(shown(path.join(folder, 'workflows', 'a'))).toBe(path.join('workflows', 'a'));
  expect(shown(path.dirname(folder))).toBe(path.dirname(folder));
});
