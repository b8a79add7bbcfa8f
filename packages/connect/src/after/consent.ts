import type { Machine } from '@parley/machine';
import { type RecordedEvent, sessionEventOf } from '@parley/replay';
import { ParleyError, type Program } from '@parley/workflow';

/** Where a workflow has its callers agree to be called back. */
export interface Agreement {
  /** The `confirm` step that reads back that, and at which number, the caller will be called. */
  readonly confirmed: string;
  /** The variable that holds the number. */
  readonly number: string;
}

/** A call back that a caller agreed to. */
export interface Promised {
  /** In E.164 format. */
  readonly number: string;
  /** The id of the contact that it was promised in. */
  readonly contact: string;
  /** When the caller agreed, in milliseconds since the epoch. */
  readonly at: number;
}

/** Every place where a workflow may have its callers agree: a `confirm` that reads back a phone number. */
export function agreementsIn(program: Program): readonly Agreement[] {
  return [...program.steps.values()].flatMap((step) => {
    if (step.kind !== 'confirm') return [];
    const read = step.text.template.parts.flatMap((part) =>
      typeof part === 'string' ? [] : part.expression.variables,
    );
    const numbers = read.flatMap(({ name }) =>
      program.variables.get(name)?.definition?.type === 'phone' ? [name] : [],
    );
    return [...new Set(numbers)].map((number) => ({ confirmed: step.name, number }));
  });
}

/** The end of a session in which a call back was promised. */
const CALL_BACK = 'callback';

/**
 * The call back that a session's events promise: the caller's last answer at the confirmation was a yes, the number is still the one that was
 * read back then, and the session ended with the outcome `callback`. `events`: the journal, or a recording that is not redacted.
 *
 * @throws ParleyError `connect/no-consent` where one of these is not so: nobody is called then.
 */
export function promisedCallBack(
  machine: Machine,
  events: Iterable<RecordedEvent>,
  { confirmed, number }: Agreement,
): Promised {
  if (machine.program.steps.get(confirmed)?.kind !== 'confirm') {
    throw refused(`The workflow has no confirmation ${confirmed}.`);
  }
  let { snapshot } = { snapshot: machine.initial };
  let contact = '';
  let agreed: { readonly number: unknown; readonly at: number } | undefined;
  let outcome: string | undefined;
  for (const recorded of events) {
    const event = sessionEventOf(recorded);
    if (event === undefined) continue;
    if (event.type === 'session.started') contact = event.contact.id;
    const before = snapshot;
    const result = machine.step(snapshot, event);
    ({ snapshot } = result);
    for (const effect of result.effects) if (effect.type === 'end') ({ outcome } = effect);
    if (!result.taken || before.step !== confirmed || result.moves.length === 0) continue;
    const yes =
      (event.type === 'model.decided' && event.choice === 'yes') ||
      (event.type === 'caller.pressed' && event.keys === '1');
    agreed = yes ? { number: before.memory.vars[number], at: event.at } : undefined;
  }
  if (agreed === undefined) throw refused('The caller did not agree to it.');
  if (outcome !== CALL_BACK) throw refused('The session did not end with it.');
  const kept = snapshot.memory.vars[number];
  if (typeof kept !== 'string' || kept !== agreed.number)
    throw refused('The number is not the one the caller agreed to.');
  return { number: kept, contact, at: agreed.at };
}

const refused = (why: string) =>
  new ParleyError('connect/no-consent', `Nobody is called back. ${why}`, {
    fix: 'A call back needs a `confirm` that reads back the number, a yes to it, and an end with `outcome: callback`.',
  });
