import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '@parley/engine';
import { Contact, type NewContact, type Participant } from './contact.ts';

/** Somebody who may come into a contact, by the tokens that were given out. */
export interface Seat {
  readonly contact: Contact;
  readonly participant: Participant;
  /** Milliseconds since the epoch until which it has to connect for the first time. */
  readonly due: number;
  connected: boolean;
}

/** How long a socket's address may be used, and a connection's token. Milliseconds. */
const TICKET = 100_000;
const CONNECTION = 24 * 3_600_000;
/** What somebody has to connect within: a customer, and a bot. Milliseconds. */
const CUSTOMER = 5 * 60_000;
const BOT = 15_000;
/** A contact that is over is still told of so long, in milliseconds, and so many of them. */
const KEPT = 3_600_000;
const MOST_KEPT = 1_000;

/** All contacts of the contact center, and who may come into them. */
export class Contacts {
  readonly #clock: Clock;
  readonly #contacts = new Map<string, Contact>();
  readonly #seats = new Map<string, Seat>();
  readonly #connections = new Map<string, { readonly seat: Seat; readonly until: number }>();
  readonly #tickets = new Map<string, { readonly seat: Seat; readonly until: number }>();
  /** Contacts that are over, the first first, and what calls off forgetting each when its time is up. */
  readonly #over = new Map<Contact, () => void>();
  readonly #begun: (contact: Contact) => void;

  /** `begun`: told of each contact. */
  constructor(clock: Clock, begun: (contact: Contact) => void) {
    this.#clock = clock;
    this.#begun = begun;
  }

  get all(): readonly Contact[] {
    return [...this.#contacts.values()];
  }

  find(id: string): Contact | undefined {
    return this.#contacts.get(id);
  }

  begin(given: NewContact): Contact {
    const contact = new Contact(given, this.#clock);
    this.#contacts.set(contact.id, contact);
    contact.watch({ over: () => this.#keep(contact) });
    this.#begun(contact);
    return contact;
  }

  /** Keeps a place for somebody, who is in the contact once connected. Who is too late finds the place gone, and a customer the contact over. */
  seat(contact: Contact, role: Participant['role'], name: string): { readonly seat: Seat; readonly token: string } {
    const within = role === 'CUSTOMER' ? CUSTOMER : BOT;
    const participant = { id: randomUUID(), role, name };
    const seat: Seat = { contact, participant, due: this.#clock.now() + within, connected: false };
    const token = secret();
    this.#seats.set(token, seat);
    const forget = this.#clock.after(within, () => {
      if (seat.connected) return;
      this.#seats.delete(token);
      if (role === 'CUSTOMER') contact.end('EXPIRED');
    });
    contact.watch({ over: forget });
    return { seat, token };
  }

  /** Whose participant token this is. */
  seatOf(token: string): Seat | undefined {
    const seat = this.#seats.get(token);
    return seat && !seat.contact.ended ? seat : undefined;
  }

  /** A token to speak with, and until when it holds (milliseconds since the epoch). */
  connection(seat: Seat): { readonly token: string; readonly until: number } {
    return given(this.#connections, seat, this.#clock.now(), CONNECTION);
  }

  /** Who speaks with this token. */
  connectedAs(token: string): Seat | undefined {
    return held(this.#connections, token, this.#clock.now());
  }

  /** The name of a socket to listen on. */
  ticket(seat: Seat): { readonly token: string; readonly until: number } {
    return given(this.#tickets, seat, this.#clock.now(), TICKET);
  }

  listensAs(ticket: string): Seat | undefined {
    return held(this.#tickets, ticket, this.#clock.now());
  }

  /** Who has connected is in the contact from then on, once. */
  connect(seat: Seat): void {
    if (seat.connected || seat.contact.ended) return;
    seat.connected = true;
    seat.contact.join(seat.participant);
  }

  close(): void {
    for (const contact of this.#contacts.values()) contact.end('API');
    for (const stay of this.#over.values()) stay();
  }

  #keep(contact: Contact): void {
    this.#over.set(
      contact,
      this.#clock.after(KEPT, () => this.#forget(contact)),
    );
    for (const [oldest, stay] of this.#over) {
      if (this.#over.size <= MOST_KEPT) break;
      stay();
      this.#forget(oldest);
    }
  }

  #forget(contact: Contact): void {
    this.#over.delete(contact);
    this.#contacts.delete(contact.id);
    for (const [token, seat] of this.#seats) if (seat.contact === contact) this.#seats.delete(token);
    for (const kept of [this.#connections, this.#tickets])
      for (const [token, { seat }] of kept) if (seat.contact === contact) kept.delete(token);
  }
}

type Kept = Map<string, { readonly seat: Seat; readonly until: number }>;

const secret = () => randomBytes(48).toString('base64url');

function given(kept: Kept, seat: Seat, now: number, holds: number): { readonly token: string; readonly until: number } {
  // Whoever connects again and again is given new ones each time; the oldest end first.
  for (const [token, { until }] of kept) {
    if (until > now) break;
    kept.delete(token);
  }
  const token = secret();
  const until = now + holds;
  kept.set(token, { seat, until });
  return { token, until };
}

function held(kept: Kept, token: string, now: number): Seat | undefined {
  const found = kept.get(token);
  return found && found.until > now ? found.seat : undefined;
}
