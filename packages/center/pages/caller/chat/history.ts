import { z } from 'zod';

/** An item of a chat, as it is pushed and as the transcript has it. Of what else is in it nothing is needed. */
export const chatItem = z.object({
  Id: z.string(),
  Type: z.string(),
  ContentType: z.string(),
  Content: z.string().optional(),
  AbsoluteTime: z.string(),
  ContactId: z.string().optional(),
  ParticipantId: z.string().optional(),
  ParticipantRole: z.string().optional(),
  DisplayName: z.string().optional(),
});
export type ChatItem = z.infer<typeof chatItem>;

/** A message of the customer's that the contact center may not have yet. */
export interface Outgoing {
  /** The same however often it is sent, so that it is taken once. */
  readonly token: string;
  readonly text: string;
  readonly state: 'sending' | 'failed';
}

/** What a chat's page shows: what was said, and then what is being sent. */
export interface Shown {
  readonly items: readonly ChatItem[];
  readonly outgoing: readonly Outgoing[];
}

interface Sending extends Outgoing {
  /** Once the contact center has named it. */
  readonly id?: string;
}

/** All that was said in a chat, each once and in order, however often and in whatever order it comes. */
export class History {
  #items: ChatItem[];
  #outgoing: readonly Sending[] = [];
  readonly #own: string;
  /** Items that are known not to be what is on its way. */
  readonly #seen: Set<string>;

  /** `own`: the customer's participant id. `items`: what is known from before. */
  constructor(own: string, items: readonly ChatItem[] = []) {
    this.#own = own;
    this.#items = [...items];
    this.#seen = new Set(items.map(({ Id }) => Id));
  }

  get shown(): Shown {
    return { items: [...this.#items], outgoing: this.#outgoing };
  }

  /** An item was pushed. What is pushed anew under its id, as a message that grows, stands where it stood. */
  push(item: ChatItem): void {
    const known = this.#items.findIndex(({ Id }) => Id === item.Id);
    if (known >= 0) this.#items[known] = item;
    else this.#insert(item);
    this.#settle(item);
  }

  /** The whole transcript, oldest first: its order is the order. What it does not hold yet was pushed since. */
  merge(transcript: readonly ChatItem[]): void {
    const ids = new Set(transcript.map(({ Id }) => Id));
    const since = this.#items.filter(({ Id }) => !ids.has(Id));
    this.#items = [...transcript];
    for (const item of since) this.#insert(item);
    for (const item of transcript) this.#settle(item);
  }

  /** The customer sends something, for the first time or again. */
  sending(token: string, text: string): void {
    const rest = this.#outgoing.filter((one) => one.token !== token);
    this.#outgoing = [...rest, { token, text, state: 'sending' }];
  }

  /** The contact center has it, as the item of this id. */
  sent(token: string, id: string): void {
    if (this.#items.some(({ Id }) => Id === id)) this.#drop(token);
    else this.#change(token, (one) => ({ ...one, id }));
  }

  failed(token: string): void {
    this.#change(token, (one) => ({ ...one, state: 'failed' }));
  }

  #insert(item: ChatItem): void {
    const at = Date.parse(item.AbsoluteTime);
    const before = this.#items.findLastIndex(({ AbsoluteTime }) => Date.parse(AbsoluteTime) <= at);
    this.#items.splice(before + 1, 0, item);
  }

  /** What was sent has come back, whether or not its answer was heard. */
  #settle(item: ChatItem): void {
    const { Id, Type, ParticipantId, Content } = item;
    if (ParticipantId !== this.#own || Type !== 'MESSAGE' || this.#seen.has(Id)) return;
    this.#seen.add(Id);
    const found =
      this.#outgoing.find(({ id }) => id === Id) ??
      this.#outgoing.find(({ id, text }) => id === undefined && text === Content);
    if (found) this.#drop(found.token);
  }

  #change(token: string, change: (one: Sending) => Sending): void {
    this.#outgoing = this.#outgoing.map((one) => (one.token === token ? change(one) : one));
  }

  #drop(token: string): void {
    this.#outgoing = this.#outgoing.filter((one) => one.token !== token);
  }
}

const EVENT = 'application/vnd.amazonaws.connect.event.';

/** Who ended a chat: the caller, somebody of the center, by name, or its flow, which is done. */
export function endedBy(
  items: readonly ChatItem[],
  contact: string,
): { readonly by: 'caller' | 'flow' } | { readonly by: 'person'; readonly name: string } {
  const left = items.findLast(
    ({ ContentType, ContactId, ParticipantRole }) =>
      ContentType === `${EVENT}participant.left` &&
      ContactId === contact &&
      (ParticipantRole === 'CUSTOMER' || ParticipantRole === 'AGENT'),
  );
  if (left?.ParticipantRole === 'CUSTOMER') return { by: 'caller' };
  return left ? { by: 'person', name: left.DisplayName ?? 'The other side' } : { by: 'flow' };
}
