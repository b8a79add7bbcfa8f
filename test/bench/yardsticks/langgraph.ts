import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Peer } from '../peer.ts';

const FOLDER = fileURLToPath(new URL('../langgraph', import.meta.url));

/** When it keeps a turn: each of its steps as it goes, or the whole at its end. */
export type Durability = 'sync' | 'exit';
/** SQLite's pragma. Only with FULL is what was committed still there after a power cut. */
export type Synchronous = 'FULL' | 'NORMAL';

const answer = z.array(z.number());

/** LangGraph.js with its SQLite checkpointer, in a process of its own; `install` must have gone well. */
export async function langgraph(folder: string, durability: Durability, synchronous: Synchronous): Promise<Peer> {
  const file = path.join(folder, `langgraph-${durability}-${synchronous}.sqlite`);
  const worker = fork(path.join(FOLDER, 'worker.mjs'), [file, durability, synchronous]);
  await said(worker);
  const ask = (message: { start: number } | { turns: number }) => {
    const reply = said(worker);
    worker.send(message);
    return reply;
  };
  return {
    name: `LangGraph.js, ${durability}, SQLite ${synchronous}`,
    start: async (sessions) => void (await ask({ start: sessions })),
    turns: (turns) => ask({ turns }),
    async close() {
      const gone = once(worker, 'exit');
      worker.disconnect();
      await gone;
    },
  };
}

async function said(worker: ChildProcess): Promise<readonly number[]> {
  return new Promise((resolve, reject) => {
    const exit = () => reject(new Error('LangGraph.js has stopped.'));
    worker.once('exit', exit);
    worker.once('message', (message) => {
      worker.off('exit', exit);
      resolve(answer.parse(message));
    });
  });
}

/** Installs it on first use, and says so where that can't be done: the benchmarks go on without it. */
export function install(): boolean {
  const stamp = path.join(FOLDER, 'node_modules', '.parley-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(FOLDER, 'package-lock.json')))
    // Its database driver is built for one system and one version of Node.
    .update(`${process.platform} ${process.arch} ${process.versions.modules}`)
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return true;
  console.error('Installing LangGraph.js, once (a minute)…');
  const { status, stderr } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: FOLDER,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status === 0) {
    writeFileSync(stamp, wanted);
    return true;
  }
  console.error(`LangGraph.js is left out, as it can't be installed here: ${stderr.trim().split('\n').at(-1) ?? ''}`);
  return false;
}
