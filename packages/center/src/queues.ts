import { randomUUID } from 'node:crypto';
import type { Clock } from '@parley/engine';
import type { Channel, Contact, Item, Participant, Passing, Reason } from './contact.ts';
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
  readonly channel: Channel;
  /** The caller's number, of a call. */
  readonly address: string | undefined;
  /** What a task is called. */
  readonly name: string | undefined;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly brief: string | undefined;
  readonly attributes: { readonly [name: string]: string };
  readonly transcript: readonly Item[];
}

/** An agent who has taken a contact. What they do in a contact that is over, or no longer theirs, does nothing. */
export interface Agent {
  /** What was said; undefined where nothing could be. */
  say(text: string): Item | undefined;
  typing(): void;
  /** A message of the caller's has come to the agent, or was read. */
  receipt(kind: 'delivered' | 'read', message: string): void;
  /** Ends the contact. */
  end(): void;
  /** Leaves it to the agents of a queue, as the last there; false where that is full. */
  transfer(queue: Queue): boolean;
  /** Leaves it to whoever takes it next: it is the first of its queue again, however full that is. */
  putBack(): void;
  /** What is said from now on, until what it returns is called. */
  hear(hear: (item: Item) => void): () => void;
  /** What happens from now on, until what it returns is called. `own`: by this agent. */
  watch(watcher: AgentWatcher): () => void;
}

export interface AgentWatcher {
  item(item: Passing, own: boolean): void;
  over(reason: Reason): void;
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

  /** Somebody is to be called back. */
  askBack(callback: Callback): void {
    this.callbacks.push(callback);
    this.#changed();
  }

  /** They are called, by whoever took that on; false where somebody did already. */
  calledBack(callback: Callback): boolean {
    const index = this.callbacks.indexOf(callback);
    if (index < 0) return false;
    this.callbacks.splice(index, 1);
    this.#changed();
    return true;
  }

  /** Puts a contact at the end of its queue; false where that is full. */
  put(contact: Contact, queue: Queue): boolean {
    const waiting = this.#waiting.get(queue.id) ?? [];
    if (waiting.length >= queue.capacity) return false;
    waiting.push(contact);
    contact.queuedAt = this.#clock.now();
    this.#waits(contact, queue);
    return true;
  }

  #waits(contact: Contact, queue: Queue): void {
    contact.queue = queue;
    contact.stage = 'queue';
    contact.agent = undefined;
    contact.watch({ over: () => this.#remove(contact) });
    this.#changed();
  }

  /** Who waits in a queue, first come first. */
  waiting(queue: Queue): readonly Waiting[] {
    return (this.#waiting.get(queue.id) ?? []).map((contact) => ({
      contact: contact.id,
      channel: contact.given.channel,
      address: contact.given.address,
      name: contact.given.name,
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
    return this.join(contact, name);
  }

  /** An agent comes into a contact that waits in no queue. */
  join(contact: Contact, name: string): Agent {
    const agent: Participant = { id: randomUUID(), role: 'AGENT', name };
    contact.transferred(agent);
    const isTheirs = () => !contact.ended && contact.participants.has(agent.id);
    const leave = (queue: Queue | undefined, put: (queue: Queue) => boolean) => {
      if (!isTheirs() || !queue || !put(queue)) return false;
      contact.leave(agent);
      return true;
    };
    return {
      say: (text) => (isTheirs() ? contact.say(agent, text) : undefined),
      typing: () => {
        if (isTheirs()) contact.typing(agent);
      },
      receipt: (kind, message) => {
        if (isTheirs()) contact.receipt(kind, message, agent);
      },
      end: () => {
        if (!isTheirs()) return;
        contact.leave(agent);
        contact.end('AGENT_DISCONNECT');
      },
      transfer: (queue) => leave(queue, () => this.put(contact, queue)),
      putBack: () => {
        leave(contact.queue && this.#queues.get(contact.queue.id), (queue) => {
          this.#waiting.get(queue.id)?.unshift(contact);
          this.#waits(contact, queue);
          return true;
        });
      },
      hear: (hear) =>
        contact.watch({
          item: (item) => {
            if (item.Type !== 'MESSAGEMETADATA') hear(item);
          },
        }),
      watch: ({ item, over }) => contact.watch({ item: (what, by) => item(what, by?.id === agent.id), over }),
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
