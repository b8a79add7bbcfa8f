import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Functions } from './model.ts';

/** A way to break the functions on purpose, to see that the exploration finds it: `find` must stand in the file exactly once. */
export interface Sabotage {
  readonly name: string;
  /** The scenario in which it shows. */
  readonly scenario: string;
  /** What is then found not to hold. */
  readonly breaks: RegExp;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const sources = fileURLToPath(new URL('../..', import.meta.url));
const root = path.join(sources, '..', '..', '..');

/** The functions with a sabotage done to a copy of them; `undo` removes the copy. */
export async function sabotaged({
  name,
  file,
  find,
  replace,
}: Sabotage): Promise<{ functions: Functions; undo: () => Promise<void> }> {
  await mkdir(path.join(root, '.parley'), { recursive: true });
  const copy = await mkdtemp(path.join(root, '.parley', 'sabotaged-'));
  const filter = (from: string) => !from.endsWith('.test.ts') && !from.endsWith('testing');
  for (const folder of ['functions', 'compiler']) {
    await cp(path.join(sources, folder), path.join(copy, folder), { recursive: true, filter });
  }
  const target = path.join(copy, 'functions', file);
  const parts = (await readFile(target, 'utf8')).split(find);
  if (parts.length !== 2) throw new Error(`The sabotage "${name}" no longer fits ${file}: ${find}`);
  await writeFile(target, parts.join(replace));
  const load = (name: string) => import(pathToFileURL(path.join(copy, 'functions', name)).href);
  const [{ handlersOf }, { turn }, { tick }, { deliver }] = [
    await load('handlers.ts'),
    await load('turn.ts'),
    await load('tick.ts'),
    await load('deliver.ts'),
  ];
  return { functions: { handlersOf, turn, tick, deliver }, undo: () => rm(copy, { recursive: true, force: true }) };
}
