import { wordsOf } from '@parley/connect';
import { z } from 'zod';
import { EVENT, INTERACTIVE, type Item, type Participant } from '../contact.ts';
import type { Contacts, Seat } from '../contacts.ts';
import { denied, Fault } from './fault.ts';
import { isInteractive } from './interactive.ts';
import { type Operation, operation } from './operation.ts';

export interface ParticipantOptions {
  readonly contacts: Contacts;
  /** The address of the socket with this ticket. */
  readonly socket: (ticket: string) => string;
}

/** What is told of what was said or happened, to whoever sent it. */
type Answer = Pick<Item, 'Id' | 'AbsoluteTime'>;

const invalid = (why: string) => new Fault(400, 'ValidationException', why);
const Bearer = z.string().min(1);
const ClientToken = z.string().max(500).optional();
const MARKDOWN = ['text/plain', 'text/markdown'];
/** The most characters of each kind of message. */
const CONTENT: ReadonlyMap<string, number> = new Map([
  ...MARKDOWN.map((type) => [type, 1_024] as const),
  ['application/json', 12_000],
  ['application/vnd.amazonaws.connect.message.interactive.response', 12_288],
  [INTERACTIVE, 20_000],
]);

/**
 * The Participant API of Connect, for those who have tokens.
 * Source: https://docs.aws.amazon.com/connect-participant/latest/APIReference/
 */
export function participantApi({ contacts, socket }: ParticipantOptions): readonly Operation[] {
  const answered = new WeakMap<Seat, Map<string, Answer>>();
  const seatOf = (token: string): Seat => {
    const seat = contacts.connectedAs(token);
    if (!seat) throw denied();
    return seat;
  };
  const speaker = (token: string): Seat => {
    const seat = seatOf(token);
    if (seat.contact.ended || !seat.contact.participants.has(seat.participant.id)) throw denied();
    return seat;
  };
  /** The same request again has the same answer, and does nothing. */
  const once = (seat: Seat, token: string | undefined, what: () => Answer): Answer => {
    const before = answered.get(seat) ?? new Map<string, Answer>();
    const known = token ? before.get(token) : undefined;
    if (known) return known;
    const { Id, AbsoluteTime } = what();
    if (token) answered.set(seat, before.set(token, { Id, AbsoluteTime }));
    return { Id, AbsoluteTime };
  };

  return [
    operation('POST', '/participant/connection', {
      input: z.object({
        Bearer,
        Type: z.array(z.enum(['WEBSOCKET', 'CONNECTION_CREDENTIALS', 'WEBRTC_CONNECTION'])).default([]),
        ConnectParticipant: z.boolean().optional(),
      }),
      invalid,
      run: ({ Bearer: token, Type, ConnectParticipant }) => {
        const seat = contacts.seatOf(token);
        if (!seat) throw denied();
        if (ConnectParticipant === true) contacts.connect(seat);
        const connection = contacts.connection(seat);
        const ticket = contacts.ticket(seat);
        return {
          ...(Type.includes('WEBSOCKET')
            ? { Websocket: { Url: socket(ticket.token), ConnectionExpiry: iso(ticket.until) } }
            : {}),
          ...(Type.includes('CONNECTION_CREDENTIALS')
            ? { ConnectionCredentials: { ConnectionToken: connection.token, Expiry: iso(connection.until) } }
            : {}),
        };
      },
    }),
    operation('POST', '/participant/message', {
      input: z.object({ Bearer, ClientToken, ContentType: z.string(), Content: z.string().min(1) }),
      invalid,
      run: ({ Bearer: token, ClientToken: client, ContentType, Content }) => {
        const seat = speaker(token);
        const most = CONTENT.get(ContentType);
        if (most === undefined || !isTaken(seat, ContentType)) throw invalid('The content type is not supported.');
        if (Content.length > most) throw invalid(`The content has more than ${most} characters.`);
        if (ContentType === INTERACTIVE && !isInteractive(Content)) throw invalid('The content follows no template.');
        return once(seat, client, () => {
          const item = seat.contact.say(seat.participant, Content, ContentType);
          if (isCustomer(seat.participant))
            seat.contact.hear({ type: 'said', text: wordsOf(ContentType, Content) ?? Content });
          return item;
        });
      },
    }),
    operation('POST', '/participant/event', {
      input: z.object({ Bearer, ClientToken, ContentType: z.string(), Content: z.string().max(16_384).optional() }),
      invalid,
      run: ({ Bearer: token, ClientToken: client, ContentType, Content }) => {
        const seat = speaker(token);
        const event = ContentType.startsWith(EVENT) ? ContentType.slice(EVENT.length) : '';
        return once(seat, client, () => {
          switch (event) {
            case 'typing':
              return seat.contact.typing(seat.participant);
            case 'message.delivered':
            case 'message.read': {
              const kind = event === 'message.read' ? 'read' : 'delivered';
              return seat.contact.receipt(kind, messageIn(Content), seat.participant);
            }
            case 'connection.acknowledged':
              contacts.connect(seat);
              return { Id: seat.participant.id, AbsoluteTime: iso(seat.contact.begun) };
            default:
              throw invalid('The content type is not supported.');
          }
        });
      },
    }),
    operation('POST', '/participant/transcript', {
      input: z.object({
        Bearer,
        ContactId: z.string().optional(),
        MaxResults: z.number().int().min(0).max(100).optional(),
        NextToken: z.string().nullish(),
        ScanDirection: z.enum(['FORWARD', 'BACKWARD']).default('BACKWARD'),
        SortOrder: z.enum(['ASCENDING', 'DESCENDING']).default('DESCENDING'),
        StartPosition: z
          .object({
            Id: z.string().nullish(),
            AbsoluteTime: z.string().nullish(),
            MostRecent: z.number().int().min(0).max(100).nullish(),
          })
          .nullish(),
      }),
      invalid,
      run: ({ Bearer: token, ...asked }) => {
        const { contact } = seatOf(token);
        const before = (contact.given.continued?.items ?? []).map(({ ContactId, ...item }) => ({
          ...item,
          RelatedContactId: ContactId,
        }));
        const all = [...before, ...contact.items];
        return { InitialContactId: contact.initial, ...page(all, asked) };
      },
    }),
    operation('POST', '/participant/disconnect', {
      input: z.object({ Bearer, ClientToken }),
      invalid,
      run: ({ Bearer: token }) => {
        const { contact, participant } = speaker(token);
        contact.leave(participant);
        if (isCustomer(participant)) contact.end('CUSTOMER_DISCONNECT');
        if (participant.role === 'AGENT') contact.end('AGENT_DISCONNECT');
        return {};
      },
    }),
  ];
}

const iso = (milliseconds: number) => new Date(milliseconds).toISOString();

/** Whether the page takes such a message: interactive ones are a bot's to send, and only to a page that has said so. */
function isTaken({ contact, participant }: Seat, contentType: string): boolean {
  const { contentTypes } = contact.given;
  if (contentType === INTERACTIVE && participant.role === 'CUSTOMER') return false;
  return contentTypes?.includes(contentType) ?? contentType !== INTERACTIVE;
}

const isCustomer = ({ role }: Participant) => role === 'CUSTOMER';

const receipt = z.object({ messageId: z.string().min(1) });

function messageIn(content = ''): string {
  try {
    return receipt.parse(JSON.parse(content)).messageId;
  } catch {
    throw invalid('The content does not name a message.');
  }
}

interface Asked {
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | null | undefined;
  readonly ScanDirection: 'FORWARD' | 'BACKWARD';
  readonly SortOrder: 'ASCENDING' | 'DESCENDING';
  readonly StartPosition?:
    | {
        readonly Id?: string | null | undefined;
        readonly AbsoluteTime?: string | null | undefined;
        readonly MostRecent?: number | null | undefined;
      }
    | null
    | undefined;
}

/** An item of this contact, or of the one before that it goes on from. */
type Said = Item | (Omit<Item, 'ContactId'> & { readonly RelatedContactId: string });

/** Of all that was said, as much as is asked for from where it is asked for. A token is the index to go on at. */
function page(all: readonly Said[], { MaxResults, NextToken, ScanDirection, SortOrder, StartPosition }: Asked) {
  const count = MaxResults === undefined || MaxResults === 0 ? 10 : MaxResults;
  const forward = ScanDirection === 'FORWARD';
  const start = NextToken ? Number(NextToken) : startOf(all, forward, StartPosition);
  if (!Number.isInteger(start)) throw invalid('The token is not one of a transcript.');
  const [from, to] = forward ? [start, start + count] : [start - count + 1, start + 1];
  const items = all.slice(Math.max(0, from), Math.max(0, to));
  const next = forward ? to : from - 1;
  const more = forward ? to < all.length : from > 0;
  return {
    Transcript: SortOrder === 'ASCENDING' ? items : items.toReversed(),
    ...(more ? { NextToken: String(next) } : {}),
  };
}

function startOf(all: readonly Said[], forward: boolean, position: Asked['StartPosition']): number {
  const { Id, AbsoluteTime, MostRecent } = position ?? {};
  if (Id) {
    const index = all.findIndex((item) => item.Id === Id);
    if (index < 0) throw invalid('There is no such message.');
    return index;
  }
  if (AbsoluteTime) {
    const at = (item: Said) => Date.parse(item.AbsoluteTime);
    const time = Date.parse(AbsoluteTime);
    const index = forward ? all.findIndex((item) => at(item) >= time) : all.findLastIndex((item) => at(item) <= time);
    return index < 0 && forward ? all.length : index;
  }
  if (MostRecent) return Math.max(0, all.length - MostRecent);
  return forward ? 0 : all.length - 1;
}
