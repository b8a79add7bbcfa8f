import { type JournalEvent, Mask, maskEvents, standingOf } from '@parley/engine';
import { EVENT_TYPES, type Machine, type Snapshot } from '@parley/machine';
import { recordedOf, sessionEventOf } from '@parley/replay';
import type { Json } from '@parley/workflow';
import type { Sessions } from '../center.ts';
import { rowOf } from './board.ts';
import type { SeenEvent, SessionMessage } from './sessions-messages.ts';

/** What the machine knew after an event, where it differs from before. */
interface Known {
  readonly step: string;
  readonly changed: { readonly [variable: string]: Json };
}

/**
 * One session as somebody watches it: its events, where it was after each, and what it knew then, all as the Mask lets it be
 * shown. Only what is new in the journal is read.
 */
export class SessionView {
  readonly #sessions: Sessions;
  readonly #session: string;
  readonly #events: JournalEvent[] = [];
  readonly #known: Known[] = [];
  #machine: Machine | undefined;
  #snapshot: Snapshot | undefined;
  #lost: number | undefined;
  /** As they were told last. */
  readonly #told = new Map<number, string>();
  #row = '';

  constructor(sessions: Sessions, session: string) {
    this.#sessions = sessions;
    this.#session = session;
  }

  /** What is not told yet; `gone` where the session is not there. Rejects where it can't be read. */
  async next(): Promise<SessionMessage | 'same' | 'gone'> {
    const { store, machine: machineOf, recordings } = this.#sessions;
    const found = await store.load(this.#session);
    const row = found && rowOf(found);
    if (!found || !row) return 'gone';
    this.#machine ??= await machineOf(found);
    const machine = this.#machine;
    const fresh = await store.events(this.#session, { after: this.#events.length });
    for (const event of fresh) {
      // What came after it was looked where the session stands is told the next time: it may not be decided on yet.
      if (event.seq > found.seq) break;
      this.#events.push(event);
      this.#known.push(this.#after(machine, event));
    }
    const all = this.#told.size === 0;
    const events = this.#shown(machine, standingOf(found).undecided).filter((event) => {
      const text = JSON.stringify(event);
      if (this.#told.get(event.seq) === text) return false;
      this.#told.set(event.seq, text);
      return true;
    });
    if (!all && events.length === 0 && JSON.stringify(row) === this.#row) return 'same';
    this.#row = JSON.stringify(row);
    return {
      all,
      row,
      events,
      ...(this.#lost === undefined ? {} : { lost: this.#lost }),
      ...(recordings === undefined ? {} : { recordings }),
    };
  }

  /** Puts an event through the machine, and tells what that knows then. */
  #after(machine: Machine, { seq, at, type, data }: JournalEvent): Known {
    const before = this.#snapshot ?? machine.initial;
    const path = data['path'];
    const last: Json | undefined = Array.isArray(path) ? path.at(-1) : undefined;
    const step = typeof last === 'string' ? last : (this.#known.at(-1)?.step ?? before.step);
    if (this.#lost !== undefined) return { step, changed: {} };
    try {
      // What its host did on its own is none of the machine's.
      if (!EVENT_TYPES.has(type)) return { step, changed: {} };
      const event = sessionEventOf(recordedOf({ seq, at, type, data }, `the journal of ${this.#session}`));
      if (!event) return { step, changed: {} };
      const { snapshot, moves } = machine.step(before, event);
      const went = moves.map(({ to }) => to);
      if (JSON.stringify(went) !== JSON.stringify(path ?? [])) throw new Error('It went another way.');
      this.#snapshot = snapshot;
      return { step: snapshot.step, changed: changes(before.memory.vars, snapshot.memory.vars) };
    } catch {
      this.#lost = seq;
      return { step, changed: {} };
    }
  }

  #shown({ program }: Machine, undecided: boolean): readonly SeenEvent[] {
    const mask = new Mask(program);
    for (const { changed } of this.#known) for (const [name, value] of Object.entries(changed)) mask.value(name, value);
    return maskEvents(program, this.#events, { undecided, mask }).map(({ seq, at, type, data }, index) => {
      const { step = '', changed = {} } = this.#known[index] ?? {};
      const shown = Object.entries(changed).map(([name, value]) => [
        name,
        value === null ? null : mask.show(name, value),
      ]);
      return {
        seq,
        at,
        type,
        data: { ...data },
        step,
        ...(shown.length === 0 ? {} : { changed: Object.fromEntries(shown) }),
      };
    });
  }
}

/** The variables that are not as before; null for one that is not known any more. */
function changes(before: Known['changed'], now: Known['changed']): Known['changed'] {
  const changed: [string, Json][] = [];
  for (const [name, value] of Object.entries(now))
    if (JSON.stringify(before[name]) !== JSON.stringify(value)) changed.push([name, value]);
  for (const name of Object.keys(before)) if (!Object.hasOwn(now, name)) changed.push([name, null]);
  return Object.fromEntries(changed);
}
