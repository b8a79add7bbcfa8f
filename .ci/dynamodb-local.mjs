// AWS's own DynamoDB Local, as the npm package amplify-dynamodb-simulator carries it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const VERSION = '2.9.30';
const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
const folder = path.join(cache, 'parley', `dynamodb-local-${VERSION}`);
const PATIENCE = 120_000;

/** Starts it, in memory, on a free port of this machine; undefined where it can't be had or does not answer. */
export async function startDynamoDbLocal() {
  if (!existsSync(folder) && !fetchIt()) return undefined;
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn(
    'java',
    ['-Djava.library.path=./DynamoDBLocal_lib', '-jar', 'DynamoDBLocal.jar', '-inMemory', '-port', String(port)],
    { cwd: path.join(folder, 'emulator'), stdio: 'ignore' },
  );
  const stop = () => child.kill();
  process.once('exit', stop);
  for (const end = Date.now() + PATIENCE; Date.now() < end && child.exitCode === null; await pause(200)) {
    // It answers what it can't make sense of, too.
    if (await fetch(endpoint).catch(() => undefined)) return { endpoint, stop };
  }
  stop();
  return undefined;
}

/** Puts the package into the cache, whole or not at all: only its files, without what it depends on, and running nothing of it. */
function fetchIt() {
  mkdirSync(path.dirname(folder), { recursive: true });
  const scratch = mkdtempSync(`${folder}-`);
  try {
    const packed = spawnSync('npm', ['pack', '--silent', `amplify-dynamodb-simulator@${VERSION}`], {
      cwd: scratch,
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    if (packed.status !== 0) return false;
    if (spawnSync('tar', ['xzf', packed.stdout.trim()], { cwd: scratch, stdio: 'inherit' }).status !== 0) return false;
    renameSync(path.join(scratch, 'package'), folder);
    return true;
  } catch {
    // Another run has put it there meanwhile, or there is no tar.
    return existsSync(folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function freePort() {
  return new Promise((found, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}
