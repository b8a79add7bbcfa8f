import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { signaturesOf as signaturesOfAll, type Tool, type Tools } from '@parley/engine';
import { loadWorkflow, ParleyError, type ToolSignatures, type WorkflowSource } from '@parley/workflow';

/** A workflow and what stands beside it. */
export interface Project {
  /** As its folder is called. */
  readonly name: string;
  readonly folder: string;
  readonly source: WorkflowSource;
  /** Undefined where no `tools.ts` stands beside the file. */
  readonly tools: Tools | undefined;
}

/** Where a tool's back end keeps its data (in memory where left out), and the day it takes for today (YYYY-MM-DD). */
export interface Place {
  readonly folder?: string;
  readonly today?: string;
}

/**
 * Opens the workflow that `name` means: a file, a folder with a `workflow.yaml`, or the name of one in `workflows/`
 * here or in a folder above. Throws ParleyError `cli/no-workflow`, `cli/tools`, or `workflow/unreadable`.
 */
export async function openProject(name: string, place: Place = {}): Promise<Project> {
  const file = await findWorkflow(name);
  const folder = path.dirname(file);
  return {
    name: path.basename(folder),
    folder,
    source: await loadWorkflow(file, shown(file)),
    tools: await loadTools(folder, place),
  };
}

/** Opens an edited copy of a workflow, wherever it lies: the parts and tools that aren't beside it are the original's. */
export async function openEdited(name: string, original: Project): Promise<Project> {
  const edited = await openProject(name);
  const parts = { ...original.source.parts, ...edited.source.parts };
  return { ...edited, source: { ...edited.source, parts }, tools: edited.tools ?? original.tools };
}

/** The file that `name` means. */
export async function findWorkflow(name: string): Promise<string> {
  for (const candidate of [name, path.join(name, 'workflow.yaml')]) {
    if (await isFile(candidate)) return path.resolve(candidate);
  }
  const here = await workflowsFolder();
  if (here && /^[\w-]+$/.test(name)) {
    const file = path.join(here, name, 'workflow.yaml');
    if (await isFile(file)) return file;
  }
  const known = here ? (await workflowsIn(here)).map((file) => path.basename(path.dirname(file))) : [];
  throw new ParleyError('cli/no-workflow', `There is no workflow ${name}.`, {
    fix:
      known.length > 0
        ? `There is ${known.join(', ')}; or give the path of a file.`
        : 'Give the path of a workflow file.',
  });
}

/** The workflow files of a folder of workflows, in the order of their names. */
export async function workflowsIn(folder: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).sort();
  const files = names.map((name) => path.join(folder, name, 'workflow.yaml'));
  const there = await Promise.all(files.map(isFile));
  return files.filter((_, index) => there[index]);
}

/** `workflows/` here or in a folder above. */
export async function workflowsFolder(): Promise<string | undefined> {
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'workflows');
    if (await isFolder(candidate)) return candidate;
    if (path.dirname(folder) === folder) return undefined;
  }
}

/** What the checker and the machine need of tools, where there are any. */
export function signaturesOf(tools: Tools | undefined): ToolSignatures | undefined {
  return tools && signaturesOfAll(tools);
}

/** A path as it is shown: from here, where that is shorter. */
export function shown(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}

/** The tools that stand beside a workflow: `tools.ts` (or `.js`), whose default export takes a Place and gives them. */
export async function loadTools(folder: string, place: Place): Promise<Tools | undefined> {
  const module = await loadModule(folder);
  if (!module) return undefined;
  const make = module.exported('default');
  const tools: unknown = typeof make === 'function' ? await make(place) : undefined;
  if (isTools(tools)) return tools;
  throw new ParleyError('cli/tools', `${module.file} does not give tools.`, {
    fix: 'Export a default function that takes { folder, today } and returns tools made with defineTool.',
  });
}

/** The conversations in the `conversations.ts` beside a workflow, as it exports them (`CONVERSATIONS`); undefined where there is none. Throws ParleyError `cli/conversations`. */
export async function conversationsOf(folder: string): Promise<unknown> {
  const file = path.join(folder, 'conversations.ts');
  if (!(await isFile(file))) return undefined;
  try {
    const loaded: object = await import(pathToFileURL(file).href);
    return Reflect.get(loaded, 'CONVERSATIONS');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new ParleyError('cli/conversations', `${shown(file)} can't be loaded: ${why}`, { fix: 'Mend it.', cause });
  }
}

/** What a back end holds of a customer, and how to remove it. */
export interface Holding {
  /** How many of each: `{ customers: 1, orders: 3 }`. */
  readonly found: { readonly [what: string]: number };
  /** What else they are known by there: their e-mail address, their id. Sessions are looked through for these too. */
  readonly names?: readonly string[];
  readonly remove: () => Promise<void> | void;
}

/**
 * What the back end of the workflow in this folder holds of a customer: what the export `forget(place, customer)` of its
 * `tools.ts` gives, `{ found, remove() }`. Undefined where there is no such export. Throws ParleyError `cli/tools`.
 */
export async function holdingOf(folder: string, place: Place, customer: string): Promise<Holding | undefined> {
  const module = await loadModule(folder);
  const forget = module?.exported('forget');
  if (!module || forget === undefined) return undefined;
  const given: unknown = typeof forget === 'function' ? await forget(place, customer) : undefined;
  if (isHolding(given)) return given;
  throw new ParleyError('cli/tools', `${module.file} can't say what it holds of a customer.`, {
    fix: 'Let `forget(place, customer)` return { found: { customers: 1 }, remove() { … } }.',
  });
}

function isHolding(value: unknown): value is Holding {
  if (typeof value !== 'object' || value === null || !('found' in value) || !('remove' in value)) return false;
  const { found, remove } = value;
  if (typeof found !== 'object' || found === null || typeof remove !== 'function') return false;
  const names = 'names' in value ? value.names : [];
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) return false;
  return Object.values(found).every((count) => Number.isInteger(count) && count >= 0);
}

async function loadModule(
  folder: string,
): Promise<{ readonly file: string; exported(name: string): unknown } | undefined> {
  for (const name of ['tools.ts', 'tools.js', 'tools.mjs']) {
    const file = path.join(folder, name);
    if (!(await isFile(file))) continue;
    try {
      const loaded: object = await import(pathToFileURL(file).href);
      return { file: shown(file), exported: (name) => Reflect.get(loaded, name) };
    } catch (cause) {
      const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
      throw new ParleyError('cli/tools', `${shown(file)} can't be loaded: ${why}`, { fix: 'Mend it.', cause });
    }
  }
  return undefined;
}

function isTools(value: unknown): value is Tools {
  return typeof value === 'object' && value !== null && Object.values(value).every(isTool);
}

function isTool(value: unknown): value is Tool {
  return typeof value === 'object' && value !== null && 'signature' in value && 'call' in value;
}

const isFile = async (file: string) => (await stat(file).catch(() => undefined))?.isFile() ?? false;

const isFolder = async (folder: string) => (await stat(folder).catch(() => undefined))?.isDirectory() ?? false;
