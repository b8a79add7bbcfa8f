import { checkWorkflow, describeProblem, ParleyError } from '@parley/workflow';
import { findWorkflow, openProject, shown, signaturesOf, workflowsFolder, workflowsIn } from './project.ts';
import { print, printJson, progress, styled } from './terminal.ts';

/** Checks workflows: those named, or all there are. The exit code: 1 where one has an error. */
export async function check(names: readonly string[], options: { readonly json?: boolean }): Promise<number> {
  const files = names.length > 0 ? await Promise.all(names.map(findWorkflow)) : await allWorkflows();
  const bar = progress('Checking', files.length);
  const results = [];
  for (const file of files) {
    const { source, tools } = await openProject(file);
    const { problems, program } = checkWorkflow(source, signaturesOf(tools));
    results.push({ file: shown(file), version: program?.version, steps: program?.steps.size, problems });
    bar.step();
  }
  bar.done();
  const failed = results.some(({ version }) => version === undefined);
  if (options.json) {
    printJson(results);
    return failed ? 1 : 0;
  }
  for (const { file, version, steps, problems } of results) {
    for (const problem of problems) print(`${describeProblem(problem)}\n`);
    const count = (severity: string) => problems.filter((problem) => problem.severity === severity).length;
    const errors = count('error');
    const warnings = count('warning');
    const about = [errors > 0 ? plural(errors, 'error') : '', warnings > 0 ? plural(warnings, 'warning') : '']
      .filter((text) => text !== '')
      .join(', ');
    print(
      version === undefined
        ? styled('red', `${file}: ${about}`)
        : styled('green', `${file}: ${plural(steps ?? 0, 'step')}, ${about === '' ? 'nothing wrong' : about}`) +
            styled('dim', ` (version ${version.slice(0, 12)})`),
    );
  }
  return failed ? 1 : 0;
}

async function allWorkflows(): Promise<readonly string[]> {
  const folder = await workflowsFolder();
  const files = folder ? await workflowsIn(folder) : [];
  if (files.length > 0) return files;
  throw new ParleyError('cli/no-workflow', 'There are no workflows here.', {
    fix: 'Name one, or go to a folder with workflows/NAME/workflow.yaml in it.',
  });
}

const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
