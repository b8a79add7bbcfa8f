// npm run mutation [-- --file PATH] [--sample 13%] [--seed S]: see README.md.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const FOLDER = import.meta.dirname;

const { values } = parseArgs({
  options: {
    file: { type: 'string' },
    sample: { type: 'string', default: '100%' },
    seed: { type: 'string', default: '1' },
  },
});
const share = /^(\d+(?:\.\d+)?)%$/.exec(values.sample)?.[1];
if (share === undefined) {
  console.error('--sample takes a share of the mutants, such as 13%.');
  process.exit(1);
}
install();
const { status } = spawnSync(
  process.execPath,
  [
    path.join(FOLDER, 'node_modules/@stryker-mutator/core/bin/stryker.js'),
    'run',
    path.join(FOLDER, 'stryker.config.mjs'),
  ],
  {
    stdio: 'inherit',
    env: {
      ...process.env,
      MUTATION_SHARE: String(Number(share) / 100),
      MUTATION_SEED: values.seed,
      ...(values.file === undefined ? {} : { MUTATION_FILE: values.file }),
    },
  },
);
process.exit(status ?? 1);

/** StrykerJS is installed on first use, beside this file. */
function install() {
  const stamp = path.join(FOLDER, 'node_modules', '.parley-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(FOLDER, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing StrykerJS, once…');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: FOLDER,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(stamp, wanted);
}
