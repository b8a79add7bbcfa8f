import { openVariables, SessionState } from '@parley/engine';
import { recordingOf, replay } from '@parley/replay';
import type { Json } from '@parley/workflow';
import { outputOf, variablesOf } from '../compare.ts';
import { machines, type Outcome, SESSION } from './deployment.ts';

/** A turn has two seconds, and may have to wait for the one before it. */
const LONGEST_TURN = 2 * 2_000;

/**
 * So long a contact may only be told to wait: an execution that is gone is taken to be so when all attempts at its longest task and
 * at *finish* could be over (146 s here), and the next to look after it comes within a minute; and a fault may befall that again.
 */
const LONGEST_STALL = 600_000;

/** What always holds, whatever goes wrong: each thing that did not hold, in a sentence. */
export async function broken(outcome: Outcome): Promise<readonly string[]> {
  const {
    last,
    stalled,
    session,
    journal,
    sent,
    changed,
    longestTurn,
    ledger,
    executions,
    history,
    output,
    working,
    timer,
  } = outcome;
  const wrong: string[] = [];
  if (stalled > LONGEST_STALL) wrong.push(`A contact was only told to wait for too long.`);
  if (longestTurn > LONGEST_TURN) wrong.push(`A turn took ${longestTurn} ms.`);
  if (changed.length > 0) wrong.push(`${changed.join()} got another reply than before.`);
  if (!session) {
    if (last) wrong.push('A contact was answered by a session that nobody has kept.');
    return wrong;
  }
  if (last && session.status !== 'ended') wrong.push('The contact is over and the session is not.');
  if (working.length > 0) wrong.push('Work is left under way.');
  if (last && timer !== undefined) wrong.push('A timer is left.');

  // Nothing said is lost, and nothing is heard twice.
  const heard = journal.filter(({ type }) => type.startsWith('caller.') || type === 'session.started');
  const said = sent.filter(({ type }) => type !== 'caller.silent').map(({ type }) => type);
  const taken = heard.map(({ type }) => type).filter((type) => type !== 'caller.silent' && type !== 'caller.left');
  const unanswered = last ? 0 : 1;
  if (taken.length > said.length || taken.length < said.length - unanswered) {
    wrong.push(`Of ${said.length} things said, ${taken.length} were heard.`);
  }

  // The only order there is, is cancelled once, and by nobody who was not asked to.
  const called = journal.flatMap(({ type, data }) =>
    type === 'tool.called' && data['tool'] === 'orders.cancel' ? [`${SESSION}/${data['call']}`] : [],
  );
  if (ledger.cancelled.size > 1) wrong.push(`A write was done ${ledger.cancelled.size} times.`);
  for (const key of ledger.cancelled.keys()) {
    if (!called.includes(key)) wrong.push(`A write was done with the key ${key}, which no call has.`);
  }
  const told = journal.some(
    ({ type, data }) => type === 'tool.returned' && called.includes(`${SESSION}/${data['call']}`),
  );
  if (told && ledger.cancelled.size === 0) wrong.push('A write that was not done counts as done.');

  const { program } = machines.named('errands');
  const machine = await machines.of(session);
  journal.forEach(({ seq }, index) => {
    if (seq !== index + 1) wrong.push(`The journal has ${seq} at ${index + 1}.`);
  });
  const result = replay(
    machine,
    recordingOf({ session: SESSION, workflow: program.name, version: program.version }, journal),
  );
  if (result.outcome !== 'same') wrong.push(`The journal replays otherwise: ${JSON.stringify(result.divergence)}`);

  if (executions.at(-1) === 'RUNNING' && session.status === 'ended')
    wrong.push('An execution waits for a session that is over.');
  if (executions.at(-1) === 'SUCCEEDED') {
    const open = openVariables(program, new SessionState(SESSION, machine, session).snapshot);
    for (const [name, value] of [variablesOf(history), outputOf(output)].flatMap(Object.entries<Json>)) {
      if (JSON.stringify(value) !== JSON.stringify(open[name] ?? null))
        wrong.push(`The execution has another ${name}.`);
    }
  }
  return wrong;
}
