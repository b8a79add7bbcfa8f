import type { Contact } from './contact.ts';

/** A call that nobody has taken yet, and what begins where it is. */
export interface Call {
  readonly contact: Contact;
  readonly begin: () => void;
}

/** The calls that ring for somebody outside. */
export class Ringing {
  readonly #calls = new Map<string, Call>();
  readonly #watchers = new Set<() => void>();

  /** Contacts, and the numbers that are called. */
  get all(): ReadonlyMap<string, string> {
    return new Map([...this.#calls.values()].map(({ contact }) => [contact.id, contact.given.address ?? '']));
  }

  add(contact: Contact, begin: () => void): void {
    this.#calls.set(contact.id, { contact, begin });
    contact.watch({ over: () => void this.take(contact.id) });
    this.#changed();
  }

  /** It rings no longer; undefined where it did not ring. */
  take(contact: string): Call | undefined {
    const call = this.#calls.get(contact);
    if (this.#calls.delete(contact)) this.#changed();
    return call;
  }

  /** Tells that one began or ceased to ring, until what it returns is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  #changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}
