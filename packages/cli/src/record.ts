import { Machines, recordSession } from '@parley/engine';
import { type Redaction, writeRecording } from '@parley/replay';
import { writeOut } from './files.ts';
import { openProject } from './project.ts';
import { noSession, openStore, type StoreChoice } from './store.ts';
import { print, printBeside } from './terminal.ts';

/** Makes a redacted recording of a session, as a file or on standard output. There is no other way to have one. */
export async function record(session: string, options: StoreChoice & { readonly output?: string }): Promise<number> {
  const store = await openStore(options);
  try {
    const found = await store.load(session);
    if (!found) throw noSession(session);
    // Where the tools are not to be had, it may do without.
    const tools = await openProject(found.workflow).then(
      (project) => project.tools,
      () => undefined,
    );
    const redaction = await recordSession(store, found, await new Machines([], tools ?? {}, store).of(found));
    await writeOut(writeRecording(redaction.recording), options.output);
    const told = describeRedaction(redaction);
    if (options.output === undefined) printBeside(told);
    else print(`${options.output}: ${told}`);
    return 0;
  } finally {
    await store.close();
  }
}

/** What was replaced, in a line. */
export function describeRedaction({ recording, replaced: { values, lines } }: Redaction): string {
  const replaced = `${count(values, 'value')} and ${count(lines, 'line')} of the conversation`;
  return `${recording.events.length} events of ${recording.session}; pseudonyms for ${replaced}`;
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
