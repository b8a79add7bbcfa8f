import type { Effect, Machine, SessionEvent } from '@parley/machine';
import type { Json } from '@parley/workflow';
import { recordable } from '../recordable.ts';
import type { RecordedEvent } from '../recorded.ts';
import type { Recording } from '../recording.ts';

/** When the sessions of the tests begin. */
export const AT = Date.UTC(2026, 0, 5, 9, 30);

/** What happens next in a session. Answers are to the oldest effect of their kind that is still open. */
export type Happens =
  | { readonly said: string }
  | { readonly silent: true }
  | { readonly chose: string; readonly values?: { readonly [variable: string]: Json } }
  | { readonly composed: string; readonly more?: true }
  /** The decider had no answer. */
  | { readonly failed: string }
  | { readonly returned: Json }
  | { readonly fired: true };

/** Runs a session with these events, a second apart, and records it. */
export function record(machine: Machine, session: string, happens: readonly Happens[]): Recording {
  const events: RecordedEvent[] = [];
  const open: Effect[] = [];
  let snapshot = machine.initial;
  const feed = (event: SessionEvent) => {
    const result = machine.step(snapshot, event);
    if (!result.taken) throw new Error(`${session}: ${event.type} was not taken.`);
    snapshot = result.snapshot;
    open.push(...result.effects);
    events.push(...recordable(event, result));
  };
  const next = <T extends Effect['type']>(type: T): Extract<Effect, { type: T }> => {
    const index = open.findIndex((effect) => effect.type === type);
    const effect = open.splice(index, 1)[0];
    const is = (one: Effect | undefined): one is Extract<Effect, { type: T }> => one?.type === type;
    if (!is(effect)) throw new Error(`${session}: there is no ${type} to answer.`);
    return effect;
  };
  feed({ type: 'session.started', at: AT, contact: { id: 'c1', channel: 'chat' } });
  for (const [index, one] of happens.entries()) {
    const at = AT + (index + 1) * 1000;
    if ('said' in one) feed({ type: 'caller.said', at, text: one.said });
    else if ('silent' in one) feed({ type: 'caller.silent', at });
    else if ('chose' in one) {
      const { decision } = next('decide');
      feed({ type: 'model.decided', at, decision, choice: one.chose, values: one.values ?? {}, confidence: 1 });
    } else if ('composed' in one || 'failed' in one) {
      const { waiting } = snapshot.memory;
      if (waiting.for !== 'words') throw new Error(`${session}: no words are waited for.`);
      const { decision } = waiting;
      if ('failed' in one) feed({ type: 'model.failed', at, decision, code: one.failed, message: 'm' });
      else feed({ type: 'model.composed', at, decision, text: one.composed, ...(one.more ? { more: true } : {}) });
    } else if ('returned' in one) feed({ type: 'tool.returned', at, call: next('call').call, output: one.returned });
    else feed({ type: 'timer.fired', at, timer: next('schedule').timer });
  }
  const { name: workflow, version } = machine.program;
  return { session, workflow, version, channel: 'chat', start: AT, events };
}
