// Makes a fresh clone ready: installs what the lockfile names and builds what has changed. Only Node and npm are needed.
// --infra: what infra/ needs too, which is 210 MB that nothing else does.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Parley needs Node 20.19 or newer; this is ${process.version}.`);
  process.exit(1);
}

const manifests = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', 'infra/package.json'];
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

install('node_modules', '!@parley/infra');
if (process.argv.includes('--infra')) install('infra/node_modules', '@parley/infra');
// Nothing is to be seen of it otherwise, and the first time it takes a while.
if (process.stderr.isTTY) console.error('Building…');
run(process.execPath, [path.join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-b'], 'The build failed');
run(process.execPath, [path.join(root, 'packages', 'center', 'pages', 'build.mjs')], 'The pages could not be built');

/** Installs the packages of the workspace that the filter names, where that was not done before; a stamp in the folder says so. */
function install(folder, filter) {
  const stamp = path.join(root, folder, '.parley-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return;
  console.error('Installing…');
  const options = ['--frozen-lockfile', '--reporter=silent', '--filter', filter];
  run('npx', ['-y', 'pnpm@12', 'install', ...options], 'The installation failed');
  writeFileSync(stamp, fingerprint);
}

function run(command, args, failure) {
  const windows = process.platform === 'win32' && command === 'npx';
  // What it prints goes to standard error: standard output belongs to the command that follows.
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell: windows });
  if (status === 0) return;
  console.error(`${failure}${error ? `: ${error.message}` : '.'}`);
  process.exit(status ?? 1);
}
