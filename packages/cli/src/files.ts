import { readFile, writeFile } from 'node:fs/promises';
import { ParleyError } from '@parley/workflow';
import { harmless } from './terminal.ts';

/** The text of a file that was named on the command line. Throws ParleyError `cli/unreadable`. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ParleyError('cli/unreadable', `${file} can't be read: ${why(cause)}.`, { fix: 'Check the path.', cause });
  }
}

/** Writes a text to a file, or to standard output where none is named. Throws ParleyError `cli/unwritable`. */
export async function writeOut(text: string, file: string | undefined): Promise<void> {
  if (file === undefined) {
    process.stdout.write(process.stdout.isTTY ? harmless(text) : text);
    return;
  }
  try {
    await writeFile(file, text);
  } catch (cause) {
    const fix = 'Name a file in a folder that is there.';
    throw new ParleyError('cli/unwritable', `${file} can't be written: ${why(cause)}.`, { fix, cause });
  }
}

/** What the system says, in words. */
function why(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const words: { readonly [code: string]: string } = {
    ENOENT: 'there is no such file or folder',
    EISDIR: 'it is a folder',
    EACCES: 'it is not allowed',
    ENOSPC: 'the disk is full',
  };
  return words[code] ?? code;
}
