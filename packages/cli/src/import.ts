import { readFile } from 'node:fs/promises';
import { readContactLens, writeRecording } from '@parley/replay';
import { writeOut } from './record.ts';
import { print } from './terminal.ts';

/** Makes a recording of a conversation that Contact Lens has analysed, as a file or on standard output. */
export async function importContactLens(file: string, options: { readonly output?: string }): Promise<number> {
  const recording = readContactLens(await readFile(file, 'utf8'), file);
  await writeOut(writeRecording(recording), options.output);
  if (options.output !== undefined) print(`${options.output}: ${recording.events.length} events of ${recording.session}`);
  return 0;
}
