import type { TurnRequest } from '@parley/engine';
import type { RecordedEvent, Recording } from '@parley/replay';
import type { Gone, Host } from './hosts.ts';

/** What a contact does, so many milliseconds after what it did before or when the next timer is due; without an event: it lets time go by. */
export interface Doing {
  readonly when: number | 'timer';
  readonly event?: TurnRequest['event'];
}

/** What a contact does in a session, in order, and how far it has come. */
export class Contact {
  readonly #doings: readonly Doing[];
  #done = 0;
  #at: number;

  /** `start`: milliseconds since the epoch. */
  constructor(start: number, doings: readonly Doing[]) {
    this.#at = start;
    this.#doings = doings;
  }

  /** Whether the contact is still there at an instant, or waits for a timer before. */
  passes(instant: number): boolean {
    let at = this.#at;
    for (const { when } of this.#doings.slice(this.#done)) {
      if (when === 'timer' || at >= instant) return true;
      at += when;
    }
    return at >= instant;
  }

  /** Does all of it on a host, which is closed then. */
  async on<G extends Gone>(host: Host<G>): Promise<G> {
    let sent = 0;
    try {
      for (const { when, event } of this.#doings) {
        this.#done += 1;
        this.#at = when === 'timer' ? Math.max(this.#at, (await host.nextTimer()) ?? 0) : this.#at + when;
        await host.until(this.#at);
        if (event) await host.send(`e${sent++}`, event);
      }
      return await host.gone();
    } finally {
      await host.close();
    }
  }
}

/** What the contact of a recording did, when it did it. */
export function doingsOf({ start, events, workflow = '' }: Recording): readonly Doing[] {
  let at = start;
  return events.map((recorded) => {
    const when = recorded.at - at;
    at = recorded.at;
    const event = contactEvent(recorded, workflow);
    return event ? { when, event } : { when };
  });
}

/** An event of a recording as the contact made it; undefined for all others. */
export function contactEvent(event: RecordedEvent, workflow: string): TurnRequest['event'] | undefined {
  switch (event.type) {
    case 'session.started':
      return { type: event.type, workflow, contact: event.contact };
    case 'caller.said':
      return { type: event.type, text: event.text };
    case 'caller.pressed':
      return { type: event.type, keys: event.keys };
    case 'caller.silent':
    case 'caller.left':
      return { type: event.type };
    case 'signal.received':
      return { type: event.type, name: event.name, data: event.data };
    default:
      return undefined;
  }
}
