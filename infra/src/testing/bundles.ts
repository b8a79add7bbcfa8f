import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CONNECT, FUNCTIONS } from '../names.ts';

export const root = path.join(import.meta.dirname, '..', '..', '..');

/** A folder such as `npm run bundle` makes, with functions that do nothing and the workflow files of the project. Delete it. */
export function stubBundles(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'parley-bundles-'));
  for (const name of [...FUNCTIONS, ...CONNECT]) {
    const at = path.join(folder, 'functions', name);
    mkdirSync(at, { recursive: true });
    writeFileSync(path.join(at, 'index.mjs'), `export const handler = async () => '${name}';\n`);
  }
  const workflows = path.join(root, 'workflows');
  cpSync(workflows, path.join(folder, 'workflows'), {
    recursive: true,
    filter: (file) =>
      !/node_modules|recordings|backend/.test(path.relative(workflows, file)) &&
      (!path.extname(file) || file.endsWith('.yaml')),
  });
  return folder;
}
