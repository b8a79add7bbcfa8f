// The whole check: the tests from a clean checkout, then lint, types, and the suites on the data that lies outside.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const shared = path.join(root, '..', 'shared');
const scratch = mkdtempSync(path.join(tmpdir(), 'parley-ci-'));
const clean = path.join(scratch, 'checkout');

let passed = 0;
let failed = 0;

try {
  checkOut();
  // The data lies beside the project: the clean checkout finds it at the same place.
  if (existsSync(shared)) symlinkSync(shared, path.join(scratch, 'shared'));
  suite('tests', 'npm', ['test', '--silent', '--', '--ci']);
  step('lint', 'npm', ['run', '--silent', 'lint']);
  step('types', 'npm', ['run', '--silent', 'typecheck']);
  step('workflows', 'npx', ['--no-install', 'parley', 'check']);
  suite('tests on shared data', 'npm', ['run', '--silent', 'test:shared', '--', '--ci']);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** The committed files, without anything that was built or installed; where there is no git, all but what is ignored. */
function checkOut() {
  const cloned = spawnSync('git', ['clone', '--quiet', '--no-hardlinks', root, clean], { stdio: 'inherit' });
  if (cloned.status === 0) return;
  const left = new Set(['node_modules', 'dist', '.git', '.parley']);
  cpSync(root, clean, { recursive: true, filter: (file) => !left.has(path.basename(file)) });
}

/** Runs Jest and counts its tests. */
function suite(name, command, args) {
  const { status, stderr } = run(name, command, args, 'pipe');
  const summary = /^Tests:\s+(.*)$/m.exec(stderr)?.[1] ?? '';
  const count = (what) => Number(new RegExp(`(\\d+) ${what}`).exec(summary)?.[1] ?? 0);
  passed += count('passed');
  failed += count('failed');
  // A suite that could not even start has no tests that failed.
  if (status !== 0 && count('failed') === 0) failed += 1;
}

function step(name, command, args) {
  const { status } = run(name, command, args, 'inherit');
  if (status === 0) passed += 1;
  else failed += 1;
}

function run(name, command, args, errors) {
  console.log(`\n== ${name}`);
  const started = Date.now();
  const result = spawnSync(command, args, {
    cwd: clean,
    stdio: ['ignore', 'inherit', errors],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const stderr = result.stderr ?? '';
  if (stderr) process.stdout.write(stderr);
  console.log(`== ${name}: ${result.status === 0 ? 'ok' : 'FAILED'}, ${Math.round((Date.now() - started) / 1000)} s`);
  return { status: result.status, stderr };
}
