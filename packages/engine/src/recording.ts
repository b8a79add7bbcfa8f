import type { Machine } from '@parley/machine';
import { type Redaction, recordingOf, redact } from '@parley/replay';
import { ParleyError } from '@parley/workflow';
import { knownOf, mayRecord } from './keeping.ts';
import type { Store, StoredSession } from './store.ts';

/**
 * The redacted recording of a session, which replays by the version the session is on: `machine` is of that one. There is
 * no other way to have a recording of a store. Throws ParleyError `engine/not-recorded` where the workflow's `limits.record`
 * does not hold, and what `redact` throws.
 */
export async function recordSession(
  store: Pick<Store, 'events'>,
  found: StoredSession,
  machine: Machine,
): Promise<Redaction> {
  const { session, workflow, version } = found;
  if (machine.program.limits.record !== undefined && !mayRecord(machine.program, knownOf(found))) {
    throw new ParleyError('engine/not-recorded', `The session ${session} may not be recorded.`, {
      fix: `The workflow ${workflow} says when it may: limits.record, which does not hold here.`,
    });
  }
  return redact(machine, recordingOf({ session, workflow, version }, await store.events(session)));
}
