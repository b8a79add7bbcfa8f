import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ParleyError } from '@parley/workflow';

/** What a recording may be called: nothing that leads out of its folder, and no file that is hidden. */
const NAME = /^[a-z0-9][a-z0-9_-]{0,79}$/i;

/**
 * Writes a recording into a folder, as `NAME.jsonl`, and gives where that is. What is there already stays. Throws ParleyError
 * `center/recording-name`, `center/recording-exists`, `center/recording-not-written`.
 */
export async function keepRecording(folder: string, name: string, text: string): Promise<string> {
  const bare = name.trim().replace(/\.jsonl$/, '');
  if (!NAME.test(bare)) {
    throw new ParleyError('center/recording-name', 'A recording cannot be called that.', {
      fix: 'Use letters without accents, digits, - and _, at most 80, such as refund-declined.',
    });
  }
  const file = path.join(folder, `${bare}.jsonl`);
  try {
    await mkdir(folder, { recursive: true });
    // Fails where something is there, a link among others.
    await writeFile(file, text, { flag: 'wx' });
    return file;
  } catch (cause) {
    if (typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'EEXIST') {
      throw new ParleyError('center/recording-exists', `There is a recording ${bare}.jsonl already.`, {
        fix: 'Give this one another name.',
      });
    }
    throw new ParleyError('center/recording-not-written', `${bare}.jsonl could not be written.`, {
      fix: 'Look whether the folder may be written to, and whether there is room on the disk.',
      cause,
    });
  }
}
