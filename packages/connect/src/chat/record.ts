import { ConflictError, type Store } from '@parley/engine';
import { ParleyError } from '@parley/workflow';
import { z } from 'zod';

/**
 * Where a chat's record is kept between notifications. It holds what callers said and have not been answered yet, and the token of the
 * bot's connection: a store has to protect it as it protects sessions.
 */
export interface ChatStore {
  /** The record and how often it was kept, or undefined. */
  load(chat: string): Promise<{ readonly text: string; readonly revision: number } | undefined>;
  /**
   * Keeps a record that has this revision (0: that is not there yet), until `removeAt` (milliseconds since the epoch) at least.
   * False: somebody else kept it in between.
   */
  keep(chat: string, text: string, revision: number, removeAt: number): Promise<boolean>;
}

/** Records in memory, for one process. */
export function memoryChats(): ChatStore {
  const kept = new Map<string, { readonly text: string; readonly revision: number }>();
  return {
    load: async (chat) => kept.get(chat),
    keep: async (chat, text, revision) => {
      if ((kept.get(chat)?.revision ?? 0) !== revision) return false;
      kept.set(chat, { text, revision: revision + 1 });
      return true;
    },
  };
}

/** How a chat's record is called beside the sessions, and what stands for its workflow. */
const NAME = 'chat:';
const WORKFLOW = '(chat)';

/** Records beside the sessions, in the store that keeps these: as durable, encrypted alike, and removed when their time is up. */
export function chatsIn(store: Pick<Store, 'load' | 'commit'>, now: () => number = Date.now): ChatStore {
  return {
    load: async (chat) => {
      const stored = await store.load(NAME + chat);
      return stored && { text: stored.snapshot, revision: stored.revision };
    },
    keep: async (chat, text, revision, removeAt) => {
      try {
        await store.commit({
          session: NAME + chat,
          expects: revision,
          workflow: WORKFLOW,
          version: WORKFLOW,
          // Nothing is to be gone on with.
          status: 'ended',
          working: false,
          at: now(),
          events: [],
          snapshot: text,
          timers: { set: [], cancelled: [] },
          removeAt,
        });
        return true;
      } catch (error) {
        if (error instanceof ConflictError) return false;
        throw error;
      }
    },
  };
}

const said = z.object({ type: z.literal('caller.said'), text: z.string() });
const pressed = z.object({ type: z.literal('caller.pressed'), keys: z.string() });
const event = z.discriminatedUnion('type', [
  said,
  z.object({ type: z.literal('caller.left') }),
  z.object({ type: z.literal('agent.joined') }),
  z.object({ type: z.literal('begin') }),
]);

const record = z.object({
  /** The Connect instance, the contact that the chain of contacts began with, and the contact as its session is told of it. */
  instance: z.string(),
  initial: z.string(),
  contact: z.object({ address: z.string().exactOptional(), attributes: z.record(z.string(), z.string()) }),
  /** When the contact was first heard of, in milliseconds since the epoch. */
  since: z.number(),
  participant: z.string().exactOptional(),
  connection: z.string().exactOptional(),
  /** What is still to be answered. */
  waiting: z.array(z.object({ id: z.string(), at: z.number(), received: z.number(), event })),
  /** The ids of what was answered, the last ones last. */
  taken: z.array(z.string()),
  /** What was last answered. */
  last: z.object({ id: z.string(), at: z.number() }).exactOptional(),
  /** Who is answering, and until when it is theirs alone. */
  lease: z.object({ holder: z.string(), until: z.number() }).exactOptional(),
  /** What was last offered to be picked: each title, with what it says to the session. */
  offered: z.record(z.string(), z.discriminatedUnion('type', [said, pressed])).exactOptional(),
  /** What the flow went on by: the bot has left, and takes nothing more. */
  over: z.record(z.string(), z.string()).exactOptional(),
});

/** What a chat has to remember. */
export type ChatRecord = z.infer<typeof record>;
export type Waiting = ChatRecord['waiting'][number];

/** A chat lasts 7 days at most (StartChatContact, `ChatDurationInMinutes`). Milliseconds. */
const KEPT = 8 * 86_400_000;
/** More are answered than a caller writes within a replay window. */
const TAKEN = 500;
const ATTEMPTS = 50;

/** The record of a chat, or undefined. Throws ParleyError `connect/chat-record`. */
export async function recordOf(chats: ChatStore, chat: string): Promise<ChatRecord | undefined> {
  const kept = await chats.load(chat);
  return kept && read(kept.text);
}

/**
 * Changes a chat's record: `change` gives the new one, or undefined where it is to stay. It may be asked several times, since others
 * may change the record as well. Gives what `change` made of it last.
 */
export async function changed<T extends { readonly record?: ChatRecord | undefined }>(
  chats: ChatStore,
  chat: string,
  change: (record: ChatRecord | undefined) => T,
): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const kept = await chats.load(chat);
    const made = change(kept && read(kept.text));
    if (made.record === undefined) return made;
    const next = { ...made.record, taken: made.record.taken.slice(-TAKEN) };
    if (await chats.keep(chat, JSON.stringify(next), kept?.revision ?? 0, next.since + KEPT)) return made;
  }
  throw new ParleyError('connect/busy', "A chat's record could not be kept: too many others keep it.", {
    fix: 'Send the notification again.',
  });
}

function read(text: string): ChatRecord {
  try {
    return record.parse(JSON.parse(text));
  } catch {
    // No cause: a parser's message quotes what it reads.
    throw new ParleyError('connect/chat-record', "A chat's record can't be read.", { fix: 'Start the chat anew.' });
  }
}

/** In the order they were sent; who begins comes first, who leaves at the same instant last. */
export const inOrderSent = (waiting: readonly Waiting[]): readonly Waiting[] =>
  [...waiting].sort((a, b) => rank(a) - rank(b) || a.at - b.at || compare(a.id, b.id));

const rank = ({ event }: Waiting) => (event.type === 'begin' ? 0 : event.type === 'caller.left' ? 2 : 1);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
