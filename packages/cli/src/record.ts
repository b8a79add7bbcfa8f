import { keptWorkflow, knownOf, mayRecord, type Store } from '@parley/engine';
import { type Recording, recordingOf, writeRecording } from '@parley/replay';
import { compileWorkflow, ParleyError } from '@parley/workflow';
import { writeOut } from './files.ts';
import { noSession, openStore } from './store.ts';
import { print } from './terminal.ts';

/** Makes a recording of a session, as a file or on standard output. */
export async function record(
  session: string,
  options: { readonly store: string; readonly output?: string },
): Promise<number> {
  const store = openStore(options.store);
  try {
    await assertRecordable(store, session);
    const recording = await recordingFrom(store, session);
    await writeOut(writeRecording(recording), options.output);
    if (options.output !== undefined) print(`${options.output}: ${recording.events.length} events of ${session}`);
    return 0;
  } finally {
    await store.close();
  }
}

/** Throws ParleyError `cli/not-recorded` where the workflow does not allow a recording of the session: `limits.record`. */
async function assertRecordable(store: Store, session: string): Promise<void> {
  const found = await store.load(session);
  if (!found) return;
  const program = compileWorkflow(await keptWorkflow(store, found));
  if (program.limits.record === undefined || mayRecord(program, knownOf(found))) return;
  throw new ParleyError('cli/not-recorded', `The session ${session} may not be recorded.`, {
    fix: `The workflow ${found.workflow} says when it may: limits.record, which does not hold here.`,
  });
}

/** The recording of a session of a store. Throws ParleyError `cli/no-session`. */
export async function recordingFrom(store: Store, session: string): Promise<Recording> {
  const found = await store.load(session);
  if (!found) throw noSession(session);
  const { workflow, version } = found;
  return recordingOf({ session, workflow, version }, await store.events(session));
}
