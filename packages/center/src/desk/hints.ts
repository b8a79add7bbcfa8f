import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** What a newcomer may try of a workflow: the lines of `hints.txt` beside its file; none where that is not there. */
export async function hintsBeside(workflowFile: string): Promise<readonly string[]> {
  const text = await readFile(path.join(path.dirname(workflowFile), 'hints.txt'), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => line.trim() || []);
}
