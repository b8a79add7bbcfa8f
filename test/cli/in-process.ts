import { main } from '@parley/cli';
import type { Outcome } from './command.ts';

/**
 * Runs `parley` from its sources in this very process, in a folder: some fifty times as fast as a process of its own, for
 * where the process is not what a test is about. Standard input is whatever the tests' is, so nothing that reads it.
 */
export async function parleyHere(args: readonly string[], folder: string): Promise<Outcome> {
  const { stdout, stderr, env } = process;
  const before = { folder: process.cwd(), out: stdout.write, err: stderr.write, plain: env['NO_COLOR'] };
  // The command listens for a reader that has had enough, until its process ends.
  stdout.setMaxListeners(stdout.getMaxListeners() + 1);
  let [out, err] = ['', ''];
  stdout.write = (text: string | Uint8Array) => {
    out += String(text);
    return true;
  };
  stderr.write = (text: string | Uint8Array) => {
    err += String(text);
    return true;
  };
  env['NO_COLOR'] = '1';
  process.chdir(folder);
  try {
    const code = await main(args);
    return { code, out, err };
  } finally {
    process.chdir(before.folder);
    [stdout.write, stderr.write] = [before.out, before.err];
    if (before.plain === undefined) delete env['NO_COLOR'];
    else env['NO_COLOR'] = before.plain;
  }
}
