import type { AgentContact, Line, ToAgent } from '../../src/desk/agents-messages.ts';
import { labelOf } from './brief.ts';

type Desk = Extract<ToAgent, { type: 'desk' }>;

/** Words that were sent, and are not yet known to have been said. */
export interface Draft {
  readonly draft: string;
  readonly text: string;
}

/** A contact that the agent has. */
export interface MyContact extends AgentContact {
  /** What came while the agent looked elsewhere. */
  readonly unread: number;
  /** How many signs there were that the caller types, since they said something. */
  readonly typing: number;
  readonly sending: readonly Draft[];
}

/** What an agent sees. */
export interface State {
  /** Undefined until the contact center has said it. */
  readonly desk: Pick<Desk, 'queues' | 'callbacks'> | undefined;
  /** How much later it is at the contact center than here, in milliseconds. */
  readonly later: number;
  readonly connected: boolean;
  /** When the contact center was started, as far as it is known. */
  readonly started: number | undefined;
  /** Contacts that the agent had are lost: what there is to say of it. */
  readonly lost: string | undefined;
  readonly contacts: readonly MyContact[];
  readonly selected: string | undefined;
  /** The page is in front of the agent. */
  readonly looking: boolean;
  /** What is read to whoever can't see it. `count`: the same words again are news again. */
  readonly news: { readonly text: string; readonly count: number };
}

export type Action =
  | { readonly type: 'told'; readonly message: ToAgent; readonly now: number }
  | { readonly type: 'connected'; readonly connected: boolean }
  | { readonly type: 'selected'; readonly contact: string | undefined }
  | { readonly type: 'looking'; readonly looking: boolean }
  | { readonly type: 'sent'; readonly contact: string; readonly draft: Draft }
  | { readonly type: 'lost seen' }
  | { readonly type: 'typing over'; readonly contact: string };

export const begin = (selected: string | undefined): State => ({
  desk: undefined,
  later: 0,
  connected: false,
  started: undefined,
  lost: undefined,
  contacts: [],
  selected,
  looking: true,
  news: { text: '', count: 0 },
});

/** What an agent sees after something happened. */
export function after(state: State, action: Action): State {
  switch (action.type) {
    case 'told':
      return told(state, action.message, action.now);
    case 'connected':
      return { ...state, connected: action.connected };
    case 'selected':
      return looked({ ...state, selected: action.contact });
    case 'looking':
      return looked({ ...state, looking: action.looking });
    case 'sent':
      return change(state, action.contact, (one) => ({ ...one, sending: [...one.sending, action.draft] }));
    case 'lost seen':
      return { ...state, lost: undefined };
    case 'typing over':
      return change(state, action.contact, (one) => ({ ...one, typing: 0 }));
  }
}

function told(state: State, message: ToAgent, now: number): State {
  switch (message.type) {
    case 'desk': {
      const { queues, callbacks } = message;
      return { ...tellArrivals(state, message), desk: { queues, callbacks }, later: message.now - now };
    }
    case 'contacts': {
      const { started } = message;
      const contacts = message.contacts.map((one) => mine(one, of(state, one.contact)));
      const missing = state.contacts.some((one) => one.over === undefined && !contacts.some(isSame(one)));
      const restarted = state.started !== undefined && state.started !== started;
      const lost = missing ? (restarted ? RESTARTED : AWAY) : state.lost;
      return looked({ ...state, started, lost, contacts });
    }
    case 'contact': {
      const contacts = [...state.contacts.filter(({ contact }) => contact !== message.contact.contact)];
      return looked({ ...state, contacts: [...contacts, mine(message.contact)], selected: message.contact.contact });
    }
    case 'line': {
      const { contact, line } = message;
      const seen = state.looking && state.selected === contact;
      const isNews = line.by === 'caller' && !seen && of(state, contact) !== undefined;
      const next = change(state, contact, (one) => withLine(one, line, isNews));
      return isNews ? tell(next, `New message from ${titleOf(of(next, contact))}.`) : next;
    }
    case 'typing':
      return change(state, message.contact, (one) => ({ ...one, typing: one.typing + 1 }));
    case 'receipt': {
      const { contact, message: id, receipt } = message;
      return change(state, contact, (one) => ({ ...one, receipts: { ...one.receipts, [id]: receipt } }));
    }
    case 'joined':
      return change(state, message.contact, (one) => ({ ...one, joined: true }));
    case 'over': {
      const title = titleOf(of(state, message.contact));
      const next = change(state, message.contact, (one) => ({
        ...one,
        over: message.reason,
        typing: 0,
        sending: [],
        unread: one.unread + (state.looking && state.selected === one.contact ? 0 : 1),
      }));
      return tell(next, `${title}: ${endedBy(message.reason)}`);
    }
    case 'gone': {
      const contacts = state.contacts.filter(({ contact }) => contact !== message.contact);
      const selected = state.selected === message.contact ? undefined : state.selected;
      return { ...state, contacts, selected };
    }
    case 'refused':
      return tell(
        state,
        message.why === 'taken' ? 'Somebody else was first, or the caller has left.' : 'That queue has no place left.',
      );
  }
}

const RESTARTED =
  'The contact center was started again: the contacts that you had are lost. Who calls or chats anew waits here. What was said is kept on the page Watch.';
const AWAY = 'You were not connected for a minute: the contacts that you had wait again.';

const isSame =
  ({ contact }: AgentContact) =>
  (other: AgentContact): boolean =>
    other.contact === contact;

const of = ({ contacts }: State, id: string) => contacts.find(({ contact }) => contact === id);

/** What is known of a contact, with what is only known here. */
function mine(contact: AgentContact, before?: MyContact): MyContact {
  const said = new Set(contact.lines.map(({ draft }) => draft));
  const missed = before ? callerLines(contact) - callerLines(before) : 0;
  return {
    ...contact,
    unread: (before?.unread ?? 0) + missed,
    typing: 0,
    sending: contact.over === undefined ? (before?.sending ?? []).filter(({ draft }) => !said.has(draft)) : [],
  };
}

const callerLines = ({ lines }: AgentContact) => lines.filter(({ by }) => by === 'caller').length;

function withLine(contact: MyContact, line: Line, isNews: boolean): MyContact {
  const known = contact.lines.some(({ id }) => id === line.id);
  return {
    ...contact,
    lines: known ? contact.lines : [...contact.lines, line],
    unread: contact.unread + (isNews ? 1 : 0),
    typing: line.by === 'caller' ? 0 : contact.typing,
    sending: contact.sending.filter(({ draft }) => draft !== line.draft),
  };
}

function change(state: State, id: string, how: (contact: MyContact) => MyContact): State {
  return { ...state, contacts: state.contacts.map((one) => (one.contact === id ? how(one) : one)) };
}

/** What the agent has before them is read. */
function looked(state: State): State {
  const { looking, selected } = state;
  return looking && selected !== undefined ? change(state, selected, (one) => ({ ...one, unread: 0 })) : state;
}

const tell = (state: State, text: string): State => ({ ...state, news: { text, count: state.news.count + 1 } });

function tellArrivals(state: State, { queues }: Desk): State {
  if (!state.desk) return state;
  const before = new Set(state.desk.queues.flatMap(({ waiting }) => waiting.map(({ contact }) => contact)));
  const come = queues.flatMap(({ name, waiting }) =>
    waiting.flatMap(({ contact, channel }) => (before.has(contact) ? [] : [{ name, channel }])),
  );
  const [first] = come;
  if (!first) return state;
  const text =
    come.length === 1
      ? `${CHANNELS[first.channel]} waits in ${labelOf(first.name)}.`
      : `${come.length} more contacts wait.`;
  return tell(state, text);
}

const CHANNELS = { VOICE: 'A call', CHAT: 'A chat', TASK: 'A task' } as const;

/** Who a contact is with, as far as its channel tells. */
export function titleOf(contact: AgentContact | undefined): string {
  if (!contact) return 'The contact';
  const { channel, name, lines } = contact;
  if (channel === 'CHAT') return lines.find(({ by }) => by === 'caller')?.name ?? 'Chat';
  return name ?? (channel === 'VOICE' ? 'Call' : 'Task');
}

/** Why a contact is over, in words. */
export function endedBy(reason: string): string {
  switch (reason) {
    case 'CUSTOMER_DISCONNECT':
      return 'The caller left.';
    case 'AGENT_DISCONNECT':
      return 'You ended it.';
    case 'EXPIRED':
      return 'Its time was up.';
    default:
      return 'It was ended.';
  }
}

/** Who waits, the longest first. */
export const waitingCount = ({ desk }: State): number =>
  desk?.queues.reduce((sum, { waiting }) => sum + waiting.length, 0) ?? 0;

/** How many things want the agent: it stands before the page's title. */
export const wants = (state: State): number =>
  waitingCount(state) + state.contacts.reduce((sum, { unread }) => sum + unread, 0);
