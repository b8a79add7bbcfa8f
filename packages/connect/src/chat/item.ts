import type { TurnRequest } from '@parley/engine';
import { z } from 'zod';

// What is new in a field is passed over, as everywhere at this door.
const text = z.string().catch('');
const chatItem = z.object({
  Id: z.string().min(1).max(256),
  Type: text,
  AbsoluteTime: z.string().refine((time) => !Number.isNaN(Date.parse(time))),
  ContentType: text,
  Content: text,
  ParticipantRole: text,
  ContactId: text,
});

/** Something that the customer of a chat did, or that a person of ours has come to them. */
export interface Item {
  /** The same, however often it is sent and wherever it is read. */
  readonly id: string;
  /** When it was sent by the chat's own clock, in milliseconds since the epoch. */
  readonly at: number;
  /** The contact it belongs to; empty where whoever tells of it does not say. */
  readonly contact: string;
  readonly event:
    | Extract<TurnRequest['event'], { type: 'caller.said' | 'caller.left' }>
    | { readonly type: 'agent.joined' };
}

const MESSAGES: ReadonlySet<string> = new Set(['text/plain', 'text/markdown', 'application/json']);
const RESPONSE = 'application/vnd.amazonaws.connect.message.interactive.response';
const JOINED = 'application/vnd.amazonaws.connect.event.participant.joined';
const LEFT: ReadonlySet<string> = new Set([
  'application/vnd.amazonaws.connect.event.participant.left',
  'application/vnd.amazonaws.connect.event.chat.ended',
]);

/**
 * Reads an item of a chat, as SNS streams it and as the transcript has it. Undefined: it is nothing for a bot.
 * Source of its shape: https://docs.aws.amazon.com/connect/latest/adminguide/sns-payload.html
 */
export function readItem(given: unknown): Item | undefined {
  const read = chatItem.safeParse(given);
  if (!read.success) return undefined;
  const { Id: id, Type, AbsoluteTime, ContentType, Content, ParticipantRole, ContactId: contact } = read.data;
  const item = (event: Item['event']): Item => ({ id, at: Date.parse(AbsoluteTime), contact, event });
  const [kind = ''] = ContentType.split(';');
  if (Type === 'EVENT') {
    if (kind === JOINED && ParticipantRole === 'AGENT') return item({ type: 'agent.joined' });
    const left = LEFT.has(kind) && (ParticipantRole === 'CUSTOMER' || kind.endsWith('chat.ended'));
    return left ? item({ type: 'caller.left' }) : undefined;
  }
  const words = Type === 'MESSAGE' && ParticipantRole === 'CUSTOMER' ? wordsOf(ContentType, Content) : undefined;
  return words === undefined ? undefined : item({ type: 'caller.said', text: words });
}

/** What a customer's message says: of what was picked from an interactive message, its words. Undefined where it is no message for a bot. */
export function wordsOf(contentType: string, content: string): string | undefined {
  const [kind = ''] = contentType.split(';');
  if (kind === RESPONSE) return pickedWords(content);
  return MESSAGES.has(kind) ? content : undefined;
}

/** An item in a notification's message, which is JSON. */
export function readMessage(message: string): Item | undefined {
  try {
    return readItem(JSON.parse(message));
  } catch {
    return undefined;
  }
}

/** The contact of a message or event of somebody else than the customer, such as the bot's own; undefined where it is none. */
export function contactIn(message: string): string | undefined {
  try {
    const { data } = chatItem.safeParse(JSON.parse(message));
    return data && data.ContactId !== '' && data.ParticipantRole !== 'CUSTOMER' ? data.ContactId : undefined;
  } catch {
    return undefined;
  }
}

const named = z.object({ title: z.string().optional(), date: z.string().optional() });
const response = z.object({
  data: z.object({
    content: named.optional(),
    replyMessage: named.optional(),
    selectedElements: z.array(named).optional(),
    selectedTimeslot: named.optional(),
    title: z.string().optional(),
  }),
});

/**
 * What was picked of an interactive message, in words. Connect's own page sends these as a text; other clients write a response each in their
 * own way. Where none of the ways is known, it is what the response holds.
 */
export function pickedWords(content: string): string {
  try {
    const read = response.safeParse(JSON.parse(content));
    if (!read.success) return content;
    const { selectedElements: [first] = [], selectedTimeslot, content: inner, replyMessage, title } = read.data.data;
    const of = (one: z.infer<typeof named> | undefined) => one?.date ?? one?.title;
    return of(first) ?? of(selectedTimeslot) ?? of(inner) ?? title ?? of(replyMessage) ?? content;
  } catch {
    return content;
  }
}
