import { writeFile } from 'node:fs/promises';
import type { Store } from '@parley/engine';
import { type Recording, recordingOf, writeRecording } from '@parley/replay';
import { openSqliteStore } from '@parley/stores';
import { ParleyError } from '@parley/workflow';
import { print } from './terminal.ts';

/** Makes a recording of a session, as a file or on standard output. */
export async function record(
  session: string,
  options: { readonly store: string; readonly output?: string },
): Promise<number> {
  const store = openSqliteStore(options.store);
  try {
    const recording = await recordingFrom(store, session);
    await writeOut(writeRecording(recording), options.output);
    if (options.output !== undefined) print(`${options.output}: ${recording.events.length} events of ${session}`);
    return 0;
  } finally {
    await store.close();
  }
}

/** The recording of a session of a store. Throws ParleyError `cli/no-session`. */
export async function recordingFrom(store: Store, session: string): Promise<Recording> {
  const found = await store.load(session);
  if (!found) {
    throw new ParleyError('cli/no-session', `There is no session ${session} in the store.`, {
      fix: '`parley sessions` lists those there are.',
    });
  }
  const { workflow, version } = found;
  return recordingOf({ session, workflow, version }, await store.events(session));
}

/** Writes a text to a file, or to standard output where none is named. */
export async function writeOut(text: string, file: string | undefined): Promise<void> {
  if (file === undefined) process.stdout.write(text);
  else await writeFile(file, text);
}
