// Makes a fresh clone ready: installs what the lockfile names and builds what has changed. Only Node and npm are needed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const stamp = path.join(root, 'node_modules', '.parley-installed');

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Parley needs Node 20.19 or newer; this is ${process.version}.`);
  process.exit(1);
}

const manifests = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'];
for (const folder of ['packages', 'workflows']) {
  for (const name of readdirSync(path.join(root, folder))) {
    const manifest = path.join(folder, name, 'package.json');
    if (existsSync(path.join(root, manifest))) manifests.push(manifest);
  }
}
const wanted = createHash('sha256');
for (const file of manifests) wanted.update(file).update(readFileSync(path.join(root, file)));
// Some dependencies are built for one system and one major version of Node.
wanted.update(`${process.platform} ${process.arch} ${major}`);
const fingerprint = wanted.digest('hex');

const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
if (installed !== fingerprint) {
  console.error('Installing…');
  run('npx', ['-y', 'pnpm@12', 'install', '--frozen-lockfile', '--reporter=silent'], 'The installation failed');
  writeFileSync(stamp, fingerprint);
}
run(process.execPath, [path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b'], 'The build failed');

function run(command, args, failure) {
  const windows = process.platform === 'win32' && command === 'npx';
  // What it prints goes to standard error: standard output belongs to the command that follows.
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell: windows });
  if (status === 0) return;
  console.error(`${failure}${error ? `: ${error.message}` : '.'}`);
  process.exit(status ?? 1);
}
