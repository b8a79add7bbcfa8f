import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { createMachine, type Machine } from '@parley/machine';
import { compileWorkflow, ParleyError } from '@parley/workflow';
import { findWorkflow, openEdited, openProject, signaturesOf } from './project.ts';
import { describeError } from './terminal.ts';

/** The recordings of paths: themselves, or all in them and below. Throws ParleyError `cli/no-recordings`. */
export async function recordingsIn(paths: readonly string[]): Promise<readonly string[]> {
  const files = (await Promise.all(paths.map(recordingsAt))).flat();
  if (files.length > 0) return files;
  throw new ParleyError('cli/no-recordings', 'There are no recordings there.', {
    fix: 'Name .jsonl files, or folders that hold some; `parley record` makes them.',
  });
}

/** The recordings of a path: itself, or all in it and below. Throws ParleyError `cli/no-recordings` where there is nothing. */
export async function recordingsAt(given: string): Promise<readonly string[]> {
  const about = await stat(given).catch(() => undefined);
  if (!about) {
    throw new ParleyError('cli/no-recordings', `There is nothing at ${given}.`, { fix: 'Check the path.' });
  }
  if (!about.isDirectory()) return [path.resolve(given)];
  const names = await readdir(given, { recursive: true });
  return names
    .filter((name) => name.endsWith('.jsonl') && !name.includes('node_modules'))
    .sort()
    .map((name) => path.resolve(given, name));
}

/** The workflow a recording belongs to: the one in whose folder it lies, else the one of its name. */
export async function workflowOf(file: string, workflow: string): Promise<string> {
  for (let folder = path.dirname(file); path.dirname(folder) !== folder; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'workflow.yaml');
    if (await stat(candidate).catch(() => undefined)) return candidate;
  }
  return findWorkflow(workflow);
}

/** Makes the machine of a workflow file, once; of an edited one with the tools and parts of `original`, where it is named. */
export function machines(): (file: string, original?: string) => Promise<Machine> {
  const known = new Map<string, Promise<Machine>>();
  return (file, original) => {
    const key = JSON.stringify([file, original]);
    const made = known.get(key) ?? make(file, original);
    known.set(key, made);
    return made;
  };
}

async function make(file: string, original: string | undefined): Promise<Machine> {
  const { source, tools } =
    original === undefined || original === file
      ? await openProject(file)
      : await openEdited(file, await openProject(original));
  const signatures = signaturesOf(tools);
  return createMachine(compileWorkflow(source, signatures), signatures);
}

/** Recordings that could not be read, and why: one broken workflow fails all its recordings, and is told once. */
export class Unread {
  readonly #files = new Map<string, string[]>();

  add(file: string, error: unknown): void {
    const why = describeError(error);
    this.#files.set(why, [...(this.#files.get(why) ?? []), file]);
  }

  get count(): number {
    return [...this.#files.values()].reduce((sum, files) => sum + files.length, 0);
  }

  /** Texts of a few lines: the files, then why. */
  described(): readonly string[] {
    return [...this.#files].map(([why, files]) => `${some(files)}\n${why}`);
  }
}

/** Names, as far as anybody reads on. */
export const some = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
