import { importContactLens, writeRecording } from '@parley/replay';
import { ParleyError } from '@parley/workflow';
import { readText, writeOut } from './files.ts';
import { print } from './terminal.ts';

/** Makes a recording of a conversation that Contact Lens has analysed, as a file or on standard output. */
export async function importAnalysis(
  files: readonly string[],
  { start, output }: { readonly start?: string; readonly output?: string },
): Promise<number> {
  const began = start === undefined ? undefined : Date.parse(start);
  if (Number.isNaN(began)) {
    throw new ParleyError('cli/no-instant', `${start} is not an instant.`, { fix: 'Write 2026-01-05T09:30:00Z.' });
  }
  const pages = await Promise.all(files.map(readText));
  const recording = importContactLens(pages, files[0] ?? '', began === undefined ? {} : { start: began });
  await writeOut(writeRecording(recording), output);
  if (output !== undefined) print(`${output}: ${recording.events.length} events of ${recording.session}`);
  return 0;
}
