import { importContactLens, scrub, writeRecording } from '@parley/replay';
import { ParleyError } from '@parley/workflow';
import { readText, writeOut } from './files.ts';
import { describeRedaction } from './record.ts';
import { print, printBeside } from './terminal.ts';

/** Makes a recording of a conversation that Contact Lens has analysed, scrubbed, as a file or on standard output. */
export async function importAnalysis(
  files: readonly string[],
  { start, output }: { readonly start?: string; readonly output?: string },
): Promise<number> {
  const began = start === undefined ? undefined : Date.parse(start);
  if (Number.isNaN(began)) {
    throw new ParleyError('cli/no-instant', `${start} is not an instant.`, { fix: 'Write 2026-01-05T09:30:00Z.' });
  }
  const pages = await Promise.all(files.map(readText));
  const imported = importContactLens(pages, files[0] ?? '', began === undefined ? {} : { start: began });
  const redaction = scrub(imported);
  await writeOut(writeRecording(redaction.recording), output);
  const told = describeRedaction(redaction);
  if (output === undefined) printBeside(told);
  else print(`${output}: ${told}`);
  return 0;
}
