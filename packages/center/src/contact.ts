import { randomUUID } from 'node:crypto';
import type { Clock } from '@parley/engine';

export type Channel = 'VOICE' | 'CHAT' | 'TASK';
export type Role = 'CUSTOMER' | 'SYSTEM' | 'AGENT' | 'CUSTOM_BOT';

/**
 * What was said or happened in a contact, as the Participant API gives it and its WebSocket pushes it.
 * Source: https://docs.aws.amazon.com/connect-participant/latest/APIReference/API_Item.html
 */
export interface Item {
  readonly Id: string;
  readonly Type: 'MESSAGE' | 'EVENT';
  readonly ContentType: string;
  readonly Content?: string;
  readonly AbsoluteTime: string;
  readonly ParticipantId?: string;
  readonly DisplayName?: string;
  readonly ParticipantRole?: Role;
  readonly InitialContactId: string;
  readonly ContactId: string;
}

/** Somebody in a contact. */
export interface Participant {
  readonly id: string;
  readonly role: Role;
  readonly name: string;
}

/** What the flow's caller did. `others`: how else it may have been understood, with how sure that is, from 0 to 1. */
export type Heard =
  | {
      readonly type: 'said';
      readonly text: string;
      readonly others?: readonly (readonly [text: string, sure: number])[];
    }
  | { readonly type: 'pressed'; readonly key: string }
  | { readonly type: 'silent' }
  | { readonly type: 'bot left' };

/** Why a contact is over, as DescribeContact tells it. */
export type Reason = 'CUSTOMER_DISCONNECT' | 'CONTACT_FLOW_DISCONNECT' | 'AGENT_DISCONNECT' | 'API' | 'EXPIRED';

/** Where a contact is. */
export type Stage = 'waiting to connect' | 'flow' | 'queue' | 'agent' | 'over';

/** Items that are pushed and not kept, as what is typed. */
export type Passing = Item | ReceiptItem;

/** That a message was delivered to somebody, or read. */
export interface ReceiptItem {
  readonly Type: 'MESSAGEMETADATA';
  readonly Id: string;
  readonly ContentType: string;
  readonly AbsoluteTime: string;
  readonly MessageMetadata: {
    readonly MessageId: string;
    readonly Receipts: readonly {
      readonly RecipientParticipantId: string;
      readonly DeliveredTimestamp?: string;
      readonly ReadTimestamp?: string;
    }[];
  };
  readonly InitialContactId: string;
  readonly ContactId: string;
}

/** How a call is listened to from now on: the session attributes of Lex, or the keypad of the flow. */
export interface ListeningNow {
  readonly settings: { readonly [name: string]: string };
}

export interface ContactWatcher {
  /** Pushed to whoever is in the contact. `by`: who caused it. */
  item?(item: Passing, by: Participant | undefined): void;
  /** The caller is listened to. */
  listening?(how: ListeningNow): void;
  over?(reason: Reason): void;
}

/** What begins a contact. */
export interface NewContact {
  readonly channel: Channel;
  readonly initiation: 'INBOUND' | 'OUTBOUND' | 'API' | 'CALLBACK';
  readonly attributes?: { readonly [name: string]: string };
  /** The caller's number, of a call. */
  readonly address?: string;
  readonly systemAddress?: string;
  readonly name?: string;
  readonly description?: string;
  readonly references?: { readonly [name: string]: { readonly Type: string; readonly Value?: string | undefined } };
  readonly previous?: string;
  /** The types of messages that the page of a chat takes; all but interactive ones of bots, where it does not say. */
  readonly contentTypes?: readonly string[];
  /** The contact that it came of, and is no part of. */
  readonly related?: string;
  /** The contact whose conversation goes on in this one, and what was said there. */
  readonly continued?: { readonly from: string; readonly items: readonly Item[] };
}

/** Thrown to whoever waits for the caller of a contact that is over. */
export class ContactOver extends Error {
  override readonly name = 'ContactOver';
}

/** Connect keeps 32,768 bytes of attributes of a contact. */
const MAX_ATTRIBUTES = 32_768;
const ATTRIBUTE = /^[\w-]+$/;
/** What the types of events begin with. */
export const EVENT = 'application/vnd.amazonaws.connect.event.';
/** The type of messages that something is picked from. */
export const INTERACTIVE = 'application/vnd.amazonaws.connect.message.interactive';

/** Whether these can be all attributes of a contact: names of letters, digits, dashes and underscores, and not more than Connect keeps. */
export function areAttributes(all: { readonly [name: string]: string }): boolean {
  const given = Object.entries(all);
  const bytes = given.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  return bytes <= MAX_ATTRIBUTES && given.every(([name]) => ATTRIBUTE.test(name));
}

/** Whether it is that the customer has come. */
export const isArrival = (item: Passing): boolean =>
  item.Type === 'EVENT' && item.ParticipantRole === 'CUSTOMER' && item.ContentType === `${EVENT}participant.joined`;

/** One contact: who is in it, what was said, its attributes, and what its caller did that nobody has taken yet. */
export class Contact {
  readonly id = randomUUID();
  readonly given: NewContact;
  readonly begun: number;
  /** What is kept of it, oldest first. */
  readonly items: Item[] = [];
  readonly tags = new Map<string, string>();
  readonly participants = new Map<string, Participant>();
  stage: Stage = 'waiting to connect';
  language = 'en-US';
  queue: { readonly id: string; readonly arn: string; readonly name: string } | undefined;
  queuedAt: number | undefined;
  agent: { readonly name: string; readonly since: number } | undefined;
  ended: { readonly at: number; readonly reason: Reason } | undefined;
  /** Topics that its messages are streamed to, by the id of the stream. */
  readonly streams = new Map<string, string>();

  readonly #clock: Clock;
  readonly #watchers = new Set<ContactWatcher>();
  readonly #heard: Heard[] = [];
  readonly #attributes = new Map<string, string>();
  readonly #system: Participant = { id: randomUUID(), role: 'SYSTEM', name: 'SYSTEM_MESSAGE' };
  readonly #bot: Participant = { id: randomUUID(), role: 'SYSTEM', name: 'BOT' };
  #waiting: (() => void) | undefined;

  constructor(given: NewContact, clock: Clock) {
    this.given = given;
    this.#clock = clock;
    this.begun = clock.now();
    this.setAttributes(given.attributes ?? {});
  }

  get attributes(): { readonly [name: string]: string } {
    return Object.fromEntries(this.#attributes);
  }

  /** Sets attributes beside those there are; false, and nothing is set, where that is more than Connect keeps or a name it refuses. */
  setAttributes(given: { readonly [name: string]: string }): boolean {
    if (!areAttributes({ ...this.attributes, ...given })) return false;
    for (const [name, value] of Object.entries(given)) this.#attributes.set(name, value);
    return true;
  }

  /** Tells of what comes from now on, until what it returns is called. */
  watch(watcher: ContactWatcher): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Words in the contact: by a participant, by the bot of Lex, or by the flow. */
  say(by: Participant | 'bot' | 'flow', content: string, contentType = 'text/plain'): Item {
    const who = by === 'bot' ? this.#bot : by === 'flow' ? this.#system : by;
    return this.#keep({ Type: 'MESSAGE', ContentType: contentType, Content: content, ...named(who) }, who);
  }

  join(participant: Participant): void {
    this.participants.set(participant.id, participant);
    this.#event('participant.joined', participant);
  }

  leave(participant: Participant): void {
    if (!this.participants.delete(participant.id)) return;
    this.#event('participant.left', participant);
    if (participant.role === 'CUSTOM_BOT') this.hear({ type: 'bot left' });
  }

  /** Somebody of ours takes the contact. */
  transferred(agent: Participant): void {
    this.stage = 'agent';
    this.agent = { name: agent.name, since: this.#clock.now() };
    this.join(agent);
    this.#event('transfer.succeeded', this.#system);
  }

  /** Somebody types: pushed to the others, and not kept. */
  typing(by: Participant): Item {
    const item = this.#item({ Type: 'EVENT', ContentType: `${EVENT}typing`, ...named(by) });
    this.#push(item, by);
    return item;
  }

  /** A message has come to somebody, or was read. */
  receipt(kind: 'delivered' | 'read', message: string, by: Participant): ReceiptItem {
    const at = this.#now();
    const { id, initial } = this;
    const when = kind === 'read' ? { ReadTimestamp: at } : { DeliveredTimestamp: at };
    const item: ReceiptItem = {
      Type: 'MESSAGEMETADATA',
      Id: randomUUID(),
      ContentType: `${EVENT}message.${kind}`,
      AbsoluteTime: at,
      MessageMetadata: { MessageId: message, Receipts: [{ RecipientParticipantId: by.id, ...when }] },
      InitialContactId: initial,
      ContactId: id,
    };
    this.#push(item, by);
    return item;
  }

  /** The id of the first contact of the chain that this one belongs to. */
  get initial(): string {
    return this.given.previous ?? this.id;
  }

  listening(settings: ListeningNow['settings']): void {
    for (const watcher of this.#watchers) watcher.listening?.({ settings });
  }

  /** The caller did something; whoever waits for that next gets it. */
  hear(heard: Heard): void {
    this.#heard.push(heard);
    this.#waiting?.();
  }

  /** What is waited for no longer. */
  forgetHeard(): void {
    this.#heard.length = 0;
  }

  /**
   * The next thing the caller does, in order; undefined where nothing comes within so many milliseconds. Rejects with ContactOver once
   * the contact is over.
   */
  async next(within = Number.POSITIVE_INFINITY): Promise<Heard | undefined> {
    const due = this.#clock.now() + within;
    for (;;) {
      if (this.ended) throw new ContactOver();
      const heard = this.#heard.shift();
      if (heard) return heard;
      const left = due - this.#clock.now();
      if (left <= 0) return undefined;
      await new Promise<void>((resolve) => {
        const forget = Number.isFinite(left) ? this.#clock.after(left, resolve) : () => undefined;
        this.#waiting = () => {
          forget();
          resolve();
        };
      });
      this.#waiting = undefined;
    }
  }

  end(reason: Reason): void {
    if (this.ended) return;
    this.ended = { at: this.#clock.now(), reason };
    this.stage = 'over';
    this.#event('chat.ended', this.#system);
    for (const watcher of [...this.#watchers]) watcher.over?.(reason);
    this.#watchers.clear();
    this.#waiting?.();
  }

  #event(name: string, by: Participant): void {
    this.#keep({ Type: 'EVENT', ContentType: `${EVENT}${name}`, ...named(by) }, by);
  }

  #keep(what: Omit<Item, 'Id' | 'AbsoluteTime' | 'InitialContactId' | 'ContactId'>, by: Participant): Item {
    const item = this.#item(what);
    this.items.push(item);
    this.#push(item, by);
    return item;
  }

  #item(what: Omit<Item, 'Id' | 'AbsoluteTime' | 'InitialContactId' | 'ContactId'>): Item {
    const { id, initial } = this;
    return { Id: randomUUID(), AbsoluteTime: this.#now(), InitialContactId: initial, ContactId: id, ...what };
  }

  #push(item: Passing, by: Participant): void {
    for (const watcher of [...this.#watchers]) watcher.item?.(item, by);
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

const named = ({ id, role, name }: Participant) => ({ ParticipantId: id, ParticipantRole: role, DisplayName: name });
