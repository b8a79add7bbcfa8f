import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import {
  checkFlow,
  connectTemplate,
  type FlowOptions,
  type FlowProblem,
  generateFlow,
  testCaseOf,
} from '@parley/connect';
import { readRecording } from '@parley/replay';
import { compileWorkflow, describeProblem, ParleyError } from '@parley/workflow';
import { readText, writeOut } from './files.ts';
import { openProject, shown, signaturesOf } from './project.ts';
import { recordingsAt } from './recordings.ts';
import { print, printBeside, printJson, styled } from './terminal.ts';

export interface FlowCommand extends FlowOptions {
  readonly check?: boolean;
  readonly tests?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/**
 * Writes a workflow's contact flow and Lex bot, or its recordings as Connect's test cases; or checks contact flows that
 * anybody wrote. The exit code of a check: 1 where a flow has an error.
 */
export async function flow(names: readonly string[], options: FlowCommand): Promise<number> {
  if (options.check) return checkFlows(names, options.json === true);
  const [name, more] = names;
  if (name === undefined || more !== undefined) {
    throw new ParleyError('cli/one-workflow', 'A flow is written of one workflow.', {
      fix: 'Name one; --check takes several files.',
    });
  }
  return options.tests ? writeTests(name, options) : writeFlow(name, options);
}

async function writeFlow(name: string, options: FlowCommand): Promise<number> {
  const { source, tools } = await openProject(name);
  const program = compileWorkflow(source, signaturesOf(tools));
  const generated = generateFlow(program, options);
  if (options.out === undefined) {
    await writeOut(lines(generated.flow), undefined);
    return 0;
  }
  await mkdir(options.out, { recursive: true });
  const files = {
    [`${program.name}.flow.json`]: generated.flow,
    [`${program.name}.template.json`]: connectTemplate(program, generated, options),
  };
  for (const [file, content] of Object.entries(files)) await writeOut(lines(content), path.join(options.out, file));
  const written = Object.keys(files).map((file) => shown(path.resolve(options.out ?? '', file)));
  const parameters = [...generated.parameters].map(([parameter, { about }]) => ({ parameter, about }));
  if (options.json) printJson({ files: written, actions: generated.flow.Actions.length, parameters });
  else {
    print(styled('green', `${written.join(', ')}: ${generated.flow.Actions.length} actions`));
    for (const { parameter, about } of parameters) print(`  \${${parameter}}  ${about}`);
  }
  return 0;
}

async function writeTests(name: string, { out = '.', json, language }: FlowCommand): Promise<number> {
  const { folder, name: workflow } = await openProject(name);
  const files = await recordingsAt(path.join(folder, 'recordings'));
  await mkdir(out, { recursive: true });
  const results: { readonly recording: string; readonly file?: string; readonly left?: string }[] = [];
  for (const file of files) {
    const result = testCaseOf(readRecording(await readText(file), shown(file)), path.basename(file), language);
    const written = path.join(out, `${workflow}.${path.basename(file, '.jsonl')}.test-case.json`);
    if ('left' in result) {
      results.push({ recording: shown(file), left: result.left });
      continue;
    }
    await writeOut(lines(result.made), written);
    results.push({ recording: shown(file), file: shown(path.resolve(written)) });
  }
  if (json) printJson(results);
  else {
    for (const { recording, left } of results) if (left !== undefined) print(`${recording}: left out, ${left}`);
    const made = results.filter(({ file }) => file !== undefined).length;
    print(styled('green', `${made} of ${results.length} recordings are test cases in ${shown(path.resolve(out))}`));
    printBeside('None of them has been run by Connect: `parley flow --help` says what they can not show.');
  }
  return 0;
}

async function checkFlows(files: readonly string[], json: boolean): Promise<number> {
  if (files.length === 0) {
    throw new ParleyError('cli/no-flow', 'No file is named.', { fix: 'Name the exported flows to check.' });
  }
  const results = [];
  for (const file of files)
    results.push({ file: shown(path.resolve(file)), ...checkFlow(await readText(file), shown(path.resolve(file))) });
  const errors = (problems: readonly FlowProblem[]) => problems.filter(({ severity }) => severity === 'error').length;
  const failed = results.some(({ problems }) => errors(problems) > 0);
  if (json) {
    printJson(results);
    return failed ? 1 : 0;
  }
  for (const { file, actions, problems } of results) {
    for (const problem of problems) print(`${describeProblem(problem)}\n`);
    const wrong = errors(problems);
    const counts = [plural(wrong, 'error'), plural(problems.length - wrong, 'warning')].filter(
      (text) => !text.startsWith('0 '),
    );
    const about = `${actions === undefined ? 'no flow' : plural(actions, 'action')}, ${counts.join(', ') || 'nothing wrong'}`;
    print(styled(wrong > 0 ? 'red' : 'green', `${file}: ${about}`));
  }
  return failed ? 1 : 0;
}

const lines = (content: object) => `${JSON.stringify(content, null, 2)}\n`;
const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
