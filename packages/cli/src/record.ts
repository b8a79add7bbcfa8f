import { keptWorkflow, knownOf, mayRecord, type Store } from '@parley/engine';
import { createMachine } from '@parley/machine';
import { type Redaction, recordingOf, redact, writeRecording } from '@parley/replay';
import {
  compileWorkflow,
  ParleyError,
  type ToolSignatures,
  WorkflowError,
  type WorkflowSource,
} from '@parley/workflow';
import { writeOut } from './files.ts';
import { openProject, signaturesOf } from './project.ts';
import { noSession, openStore, type StoreChoice } from './store.ts';
import { print, printBeside } from './terminal.ts';

/** Makes a redacted recording of a session, as a file or on standard output. There is no other way to have one. */
export async function record(session: string, options: StoreChoice & { readonly output?: string }): Promise<number> {
  const store = await openStore(options);
  try {
    const redaction = await recordingFrom(store, session, async (workflow) =>
      signaturesOf((await openProject(workflow)).tools),
    );
    await writeOut(writeRecording(redaction.recording), options.output);
    const told = describeRedaction(redaction);
    if (options.output === undefined) printBeside(told);
    else print(`${options.output}: ${told}`);
    return 0;
  } finally {
    await store.close();
  }
}

/**
 * The redacted recording of a session of a store, which replays by the version the session is on. `toolsOf`: the tools
 * of a workflow; where they are not to be had, it may do without. Throws ParleyError `cli/no-session`, `cli/not-recorded`
 * where the workflow's `limits.record` does not hold, and what `redact` throws.
 */
export async function recordingFrom(
  store: Store,
  session: string,
  toolsOf: (workflow: string) => Promise<ToolSignatures | undefined>,
): Promise<Redaction> {
  const found = await store.load(session);
  if (!found) throw noSession(session);
  const { workflow, version } = found;
  const signatures = await toolsOf(workflow).catch(() => undefined);
  const program = compileKept(await keptWorkflow(store, found), signatures);
  if (program.limits.record !== undefined && !mayRecord(program, knownOf(found))) {
    throw new ParleyError('cli/not-recorded', `The session ${session} may not be recorded.`, {
      fix: `The workflow ${workflow} says when it may: limits.record, which does not hold here.`,
    });
  }
  const recording = recordingOf({ session, workflow, version }, await store.events(session));
  return redact(createMachine(program, signatures), recording);
}

/** The workflow was right when the session began, though the tools may have changed since. */
function compileKept(source: WorkflowSource, signatures: ToolSignatures | undefined) {
  try {
    return compileWorkflow(source, signatures);
  } catch (error) {
    if (error instanceof WorkflowError) return compileWorkflow(source);
    throw error;
  }
}

/** What was replaced, in a line. */
export function describeRedaction({ recording, replaced: { values, lines } }: Redaction): string {
  const replaced = `${count(values, 'value')} and ${count(lines, 'line')} of the conversation`;
  return `${recording.events.length} events of ${recording.session}; pseudonyms for ${replaced}`;
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
