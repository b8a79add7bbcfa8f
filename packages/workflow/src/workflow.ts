import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { checkDraft } from './check/check.ts';
import { isMap } from './definition.ts';
import { ParleyError } from './error.ts';
import { inOrder, type Problem, WorkflowError } from './problem.ts';
import type { Draft, Program, Step, WorkflowSource } from './program.ts';
import { resolve } from './resolve.ts';
import type { ToolSignatures } from './tool-signature.ts';
import { readYaml } from './yaml-file.ts';

/** What checking a workflow gives: its problems in the order of the file, and the program where none is an error. */
export interface Checked {
  readonly problems: readonly Problem[];
  readonly program: Program | undefined;
}

/**
 * Checks a workflow and makes a program of it. Never throws, whatever the files hold.
 * Where `tools` is left out, nothing is said of tools: their outputs are unknown and their names are taken as they come.
 */
export function checkWorkflow(source: WorkflowSource, tools?: ToolSignatures): Checked {
  const { draft, problems: found } = resolve(source, tools);
  const unread = found.filter(({ code }) => code === 'yaml/syntax');
  const problems =
    unread.length > 0 ? inOrder(certain(source, found, unread)) : inOrder([...found, ...checkDraft(draft, tools)]);
  return { problems, program: programOf(draft, problems) };
}

function programOf(draft: Draft, problems: readonly Problem[]): Program | undefined {
  if (problems.some((problem) => problem.severity === 'error')) return undefined;
  const steps = new Map<string, Step>();
  for (const [name, step] of draft.steps) if (step.kind !== 'broken') steps.set(name, step);
  return { ...draft, steps };
}

/** A workflow as far as its files allow one, whatever is wrong with it: to be drawn or compared, not run. Never throws. */
export function draftWorkflow(source: WorkflowSource, tools?: ToolSignatures): Draft {
  return resolve(source, tools).draft;
}

/**
 * What is wrong all the same where a file can't be read from some line on: what stands there up to that line, but for
 * the last, of which more may be meant.
 */
function certain(source: WorkflowSource, problems: readonly Problem[], unread: readonly Problem[]): readonly Problem[] {
  const texts = new Map([source, ...Object.values(source.parts)].map(({ file, text }) => [file, text.split('\n')]));
  const lastBefore = ({ file, line }: Problem) => {
    const lines = texts.get(file) ?? [];
    let at = line - 1;
    while (at > 0 && /^\s*(?:#.*)?$/.test(lines[at - 1] ?? '')) at--;
    return at;
  };

  return problems.filter(({ code, file, line }) => {
    const slip = unread.find((one) => one.file === file);
    return (
      code.startsWith('yaml/') ||
      (code.startsWith('schema/') && code !== 'schema/missing' && (slip === undefined || line < lastBefore(slip)))
    );
  });
}

/** The program of a workflow. Throws WorkflowError, which lists every problem, where it has an error. */
export function compileWorkflow(source: WorkflowSource, tools?: ToolSignatures): Program {
  const { problems, program } = checkWorkflow(source, tools);
  if (!program) throw new WorkflowError(source.file, problems);
  return program;
}

/**
 * The program of a workflow that was checked before, as one that sessions have begun on was: its paths are not followed again, which takes
 * half of the time. Throws WorkflowError where it does not even make a program.
 */
export function recompileWorkflow(source: WorkflowSource, tools?: ToolSignatures): Program {
  const { draft, problems } = resolve(source, tools);
  const program = programOf(draft, problems);
  if (!program) throw new WorkflowError(source.file, inOrder(problems));
  return program;
}

/**
 * Reads a workflow's file and those of the parts it uses: `use: NAME` is `../parts/NAME.yaml` beside the workflow's folder.
 * `shown` is the name the file goes by in messages. Throws ParleyError `workflow/unreadable` where the file can't be read;
 * a part that can't be is left to the checker to tell.
 */
export async function loadWorkflow(file: string, shown: string = file): Promise<WorkflowSource> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new ParleyError('workflow/unreadable', `The file ${shown} can't be read.`, {
      fix: 'Check the path and that the file may be read.',
      cause,
    });
  }
  const parts: Record<string, { file: string; text: string }> = {};
  const folder = path.join(path.dirname(file), '..', 'parts');
  const shownFolder = path.join(path.dirname(shown), '..', 'parts');
  const open = [...partsUsed(file, text)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (Object.hasOwn(parts, name) || !/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) continue;
    const text = await readFile(path.join(folder, `${name}.yaml`), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    parts[name] = { file: path.join(shownFolder, `${name}.yaml`), text };
    open.push(...partsUsed(name, text));
  }
  return { file: shown, text, parts };
}

/** A workflow given as text alone, without parts. */
export function sourceOf(text: string, file = 'workflow.yaml'): WorkflowSource {
  return { file, text, parts: {} };
}

function partsUsed(file: string, text: string): readonly string[] {
  const { content } = readYaml(file, text);
  const steps = isMap(content) ? content['steps'] : undefined;
  if (!isMap(steps)) return [];
  return Object.values(steps).flatMap((step) => (isMap(step) && typeof step['use'] === 'string' ? [step['use']] : []));
}
