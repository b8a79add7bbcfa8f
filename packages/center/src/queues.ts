import { randomUUID } from 'node:crypto';
import type { Clock } from '@parley/engine';
import type { Contact, Item, Participant } from './contact.ts';
import { queueArn, uuidOf } from './names.ts';

export interface QueueSettings {
  /** How many contacts may wait; left out: any number. */
  readonly capacity?: number;
  /** Whether it is within its hours; left out: always. */
  readonly open?: () => boolean;
}

export interface Queue {
  readonly id: string;
  readonly arn: string;
  /** As the workflow calls it. */
  readonly name: string;
  readonly capacity: number;
  readonly open: () => boolean;
}

/** Who asked to be called back. */
export interface Callback {
  readonly queue: string;
  readonly number: string;
  readonly contact: string;
  /** Milliseconds since the epoch, not before. */
  readonly due: number;
}

/** What an agent is shown of a contact. */
export interface Waiting {
  readonly contact: string;
  readonly channel: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly brief: string | undefined;
  readonly attributes: { readonly [name: string]: string };
  readonly transcript: readonly Item[];
}

/** An agent who has taken a contact. */
export interface Agent {
  say(text: string): void;
  typing(): void;
  /** Ends the contact. */
  end(): void;
  /** What is said from now on, until what it returns is called. */
  hear(hear: (item: Item) => void): () => void;
}

/** The queues of a contact center, and who waits in them. */
export class Queues {
  readonly callbacks: Callback[] = [];
  readonly #queues = new Map<string, Queue>();
  readonly #waiting = new Map<string, Contact[]>();
  readonly #watchers = new Set<() => void>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(name: string, { capacity = Number.POSITIVE_INFINITY, open = () => true }: QueueSettings = {}): Queue {
    const known = [...this.#queues.values()].find((queue) => queue.name === name);
    if (known) return known;
    const queue = { id: uuidOf(`queue ${name}`), arn: queueArn(name), name, capacity, open };
    this.#queues.set(queue.id, queue);
    this.#waiting.set(queue.id, []);
    return queue;
  }

  get all(): readonly Queue[] {
    return [...this.#queues.values()];
  }

  /** By its id or ARN. */
  find(name: string): Queue | undefined {
    return this.#queues.get(name.split('/').at(-1) ?? '');
  }

  /** Tells that somebody came or went, until what it returns is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Puts a contact at the end of its queue; false where that is full. */
  put(contact: Contact, queue: Queue): boolean {
    const waiting = this.#waiting.get(queue.id) ?? [];
    if (waiting.length >= queue.capacity) return false;
    waiting.push(contact);
    contact.stage = 'queue';
    contact.queuedAt = this.#clock.now();
    contact.watch({ over: () => this.#remove(contact) });
    this.#changed();
    return true;
  }

  /** Who waits in a queue, first come first. */
  waiting(queue: Queue): readonly Waiting[] {
    return (this.#waiting.get(queue.id) ?? []).map((contact) => ({
      contact: contact.id,
      channel: contact.given.channel,
      since: contact.queuedAt ?? contact.begun,
      brief: contact.attributes['parley_brief'],
      attributes: contact.attributes,
      transcript: contact.items,
    }));
  }

  /** An agent takes a contact that waits; undefined where it waits no longer. */
  take(contactId: string, name: string): Agent | undefined {
    const contact = [...this.#waiting.values()].flat().find(({ id }) => id === contactId);
    if (!contact) return undefined;
    this.#remove(contact);
    const agent: Participant = { id: randomUUID(), role: 'AGENT', name };
    contact.transferred(agent);
    return {
      say: (text) => {
        if (!contact.ended) contact.say(agent, text);
      },
      typing: () => void contact.typing(agent),
      end: () => {
        contact.leave(agent);
        contact.end('AGENT_DISCONNECT');
      },
      hear: (hear) =>
        contact.watch({
          item: (item) => {
            if (item.Type !== 'MESSAGEMETADATA') hear(item);
          },
        }),
    };
  }

  #remove(contact: Contact): void {
    for (const waiting of this.#waiting.values()) {
      const index = waiting.indexOf(contact);
      if (index < 0) continue;
      waiting.splice(index, 1);
      this.#changed();
    }
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}
