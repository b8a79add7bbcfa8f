import { randomUUID } from 'node:crypto';
import type { ConnectClient } from '@aws-sdk/client-connect';
import type { ConnectParticipantClient } from '@aws-sdk/client-connectparticipant';
import { type Reply, sleep, systemClock } from '@parley/engine';
import { ParleyError, type Program } from '@parley/workflow';
import { z } from 'zod';
import { afterContact } from '../after/after.ts';
import type { StringMap } from '../block/block.ts';
import { readBlockEvent } from '../block/event.ts';
import { codeOf, type EntryOptions, enter, type LambdaContext, type Started, settled } from '../front-door.ts';
import { failed, fitting, type GoingOn, goingOn, inOrder } from '../going-on.ts';
import { contactIn, type Item, readMessage } from './item.ts';
import { Outlet } from './outlet.ts';
import { isOut, isRefused, Participant, type Post } from './participant.ts';
import { type Offered, pickedOf, pickerFor, type YesNo } from './picker.ts';
import { type ChatRecord, type ChatStore, changed, inOrderSent, recordOf, type Waiting } from './record.ts';
import { type SignatureOptions, signatureCheck } from './signature.ts';

export interface ChatOptions extends EntryOptions, Pick<SignatureOptions, 'topic' | 'fetcher' | 'replayWindow'> {
  /** The workflow that sessions begin with. It tells which answers a question has. */
  readonly workflow: Program;
  readonly connect: ConnectClient;
  readonly participants: ConnectParticipantClient;
  /** Where chats are remembered between notifications: `chatsIn(store)`, or `memoryChats()` for one process. */
  readonly chats: ChatStore;
  /** What the caller sees as the bot's name. */
  readonly displayName?: string;
  /** Questions with a closed set of answers are put as interactive messages, where the caller's page takes them; yes, if left out. */
  readonly interactive?: boolean;
  /** What a yes and a no are called there; English if left out. */
  readonly yesNo?: YesNo;
  /** A chat may go on from one before (persistent chat): what came of that one is given to the session. No, if left out. */
  readonly persistent?: boolean;
  /** How long after it was sent a message waits for others that were sent before it, in milliseconds. */
  readonly hold?: number;
  /** Milliseconds within which an answer has to be found. */
  readonly patience?: number;
  /** The host gives `push` what comes when no event waits for it: what is not ready in time is then not asked for. */
  readonly pushes?: boolean;
}

/** A chat without Lex: what its parts are called by. */
export interface Chat {
  /** The function that is subscribed to the topic. Where it rejects, the notification is to be sent again: SNS does that. */
  notified(event: unknown, context?: LambdaContext): Promise<void>;
  /**
   * The function of the flow's block that lets the bot in. It answers `parley_rest`: `caller`, and the flow waits until the bot leaves
   * (`BotParticipantDisconnected`), or whatever else it is to go on by at once. It never throws.
   */
  joined(event: unknown, context?: LambdaContext): Promise<StringMap>;
  /** For the engine's `push`; also for the reply to a signal, which whoever sends the signal gets. */
  push(reply: Reply): Promise<void>;
  /** For the engine's `reaches`: whether a session's caller is in a chat that the bot takes part in. */
  reaches(session: string): Promise<boolean>;
  /**
   * Resolves when nobody is answering a chat, in another process neither: what is pushed then comes after the answer that told
   * the customer to wait. Whoever died over one is waited for no longer than others do.
   */
  quiet(session: string): Promise<void>;
  /** For the engine's `stream`. */
  stream(session: string, words: string): void;
}

const HOLD = 200;
const PATIENCE = 25_000;
/** What the flow's block has, and what of it Lambda and Connect take themselves. Milliseconds. */
const BLOCK = 7_000;
const MARGIN = 500;
/** How long somebody who died keeps others from answering, and how often who is alive says so. Milliseconds. */
const LEASE = 10_000;
const RENEW = 3_000;
/** What an answer takes besides the turn, in milliseconds. */
const AROUND = 3_000;
/** How often it is looked whether whoever answers is done, and how long a page shows that somebody types. Milliseconds. */
const LOOK = 100;
const TYPING = 5_000;
/** How often a transcript is read again that could not be read, and the first pause before, in milliseconds. */
const LOOKS = 3;
const LOOK_PAUSE = 100;
/** All attributes of a contact have 32 KB, those of others among them. */
const MAX_ATTRIBUTES = 24_000;
const BEGIN = 'begin';
const YES_NO: YesNo = { yes: 'Yes', no: 'No' };

const delivery = z.object({ Records: z.array(z.object({ Sns: z.unknown() })) });

/**
 * Takes part in chats as a custom bot: what customers write comes by SNS (at least once, in any order) and is taken in the order it was written,
 * each message once; what the session says is posted once. CHAT.md says what is guaranteed, and by what.
 *
 * @example
 * const chat = connectChat({ door: engine.turn, workflow, connect, participants, topic, chats: chatsIn(store) });
 * export const { joined, notified } = chat;
 */
export function connectChat(options: ChatOptions): Chat {
  const { door, workflow, chats, topic, connect, clock = systemClock, hold = HOLD, patience = PATIENCE } = options;
  const { displayName = 'Assistant', interactive = true, yesNo = YES_NO, pushes = false, persistent = false } = options;
  const { words, log } = settled(options);
  const check = signatureCheck({ ...options, clock });
  const bot = new Participant({ connect, participants: options.participants, topic, displayName });
  /** What is being posted now, by the chat: for words that come before their reply. */
  const outlets = new Map<string, Outlet>();

  return {
    async notified(given, context) {
      const read = delivery.safeParse(given);
      const due = clock.now() + timeFor(context);
      await Promise.all(
        (read.success ? read.data.Records : [{ Sns: undefined }]).map(({ Sns }) => notification(Sns, due)),
      );
    },

    async joined(given, context) {
      const { contact: chat, initial, instance, address, attributes } = readBlockEvent(given);
      const due = clock.now() + Math.min(BLOCK, timeFor(context));
      const now = clock.now();
      try {
        if (chat === '' || chat.length > 250 || instance === '')
          throw new ParleyError('connect/no-session', 'The event does not name a contact and its instance.');
        await changed(chats, chat, (record) => {
          if (record && (record.taken.includes(BEGIN) || record.waiting.some(({ id }) => id === BEGIN))) return {};
          const contact = { ...(address === undefined ? {} : { address }), attributes: ours(attributes) };
          const first: Waiting = { id: BEGIN, at: now, received: now, event: { type: 'begin' } };
          return { record: { instance, initial, contact, since: now, waiting: [first], taken: [] } };
        });
        await answered(chat, BEGIN, due);
        const record = await recordOf(chats, chat);
        return { parley_session: chat, ...(record?.over ?? { parley_rest: 'caller' }) };
      } catch (error) {
        const code = codeOf(error);
        log({
          level: 'error',
          code,
          message: 'The caller goes to a person: the bot could not join a chat.',
          session: chat,
        });
        const on = failed(code);
        // Nothing is answered any more: the flow has gone on.
        await abandon(chat, on).catch(() => undefined);
        return { parley_session: chat, ...on };
      }
    },

    async push(reply) {
      const { session: chat } = reply;
      const record = await recordOf(chats, chat);
      const line = record && lineOf(record);
      if (!record || !line || record.over) return;
      // What came early of it was handed to the event's outlet.
      const outlet = new Outlet((post) => posted(line, post), [chat, `push-${reply.seq}`], outlets.get(chat));
      const offered = await say(outlet, reply).catch(async (error: unknown) => {
        // Nobody hears it any more, and it need not be tried again: the chat is not reached from now on.
        if (codeOf(error) === 'connect/bot-out') await abandon(chat, failed('connect/bot-out'));
        throw error;
      });
      await changed(chats, chat, (now) => (now ? { record: { ...now, ...line, offered } } : {}));
      if (reply.rest === 'transfer' || reply.rest === 'end') await depart(chat, record, line, goingOn(reply));
    },

    async reaches(session) {
      const record = await recordOf(chats, session);
      return record !== undefined && lineOf(record) !== undefined && !record.over;
    },

    async quiet(chat) {
      const until = clock.now() + LEASE;
      for (;;) {
        const { lease } = (await recordOf(chats, chat)) ?? {};
        const now = clock.now();
        if (!lease || lease.until <= now || now >= until) return;
        await sleep(clock, LOOK);
      }
    },

    stream(session, words) {
      outlets.get(session)?.early(words);
    },
  };

  function timeFor(context: LambdaContext | undefined): number {
    return Math.max(1, (context?.getRemainingTimeInMillis() ?? 2 * patience) - MARGIN);
  }

  // ---- what comes in

  async function notification(given: unknown, due: number): Promise<void> {
    let message: string;
    try {
      message = await check(given);
    } catch (error) {
      if (!(error instanceof ParleyError) || error.code !== 'connect/not-signed') throw error;
      log({ level: 'warn', code: error.code, message: error.message });
      return;
    }
    const item = readMessage(message);
    if (item && item.contact !== '') {
      await received(item.contact, [item]);
      await answered(item.contact, item.id, due);
      return;
    }
    const contact = contactIn(message);
    if (contact !== undefined) await answerEarly(contact, due);
  }

  /**
   * What was written before the bot was there is brought by nobody. That the bot has come and spoken is: so the first words of others in the
   * chat, until the customer was answered once, are why it is looked for.
   */
  async function answerEarly(chat: string, due: number): Promise<void> {
    await answered(chat, BEGIN, due);
    const record = await recordOf(chats, chat);
    if (!record || record.over || record.taken.some((id) => id !== BEGIN)) return;
    await lookBack(chat, record);
    const [first] = inOrderSent((await recordOf(chats, chat))?.waiting ?? []);
    if (first) await answered(chat, first.id, due);
  }

  /** Has a chat remember what it has not seen yet. */
  async function received(chat: string, items: readonly Item[]): Promise<void> {
    const now = clock.now();
    await changed(chats, chat, (record) => {
      // A contact that the bot is not in is somebody else's.
      if (!record || record.over) return {};
      const seen = new Set([...record.taken, ...record.waiting.map(({ id }) => id)]);
      const fresh = items.filter(({ id }) => !seen.has(id));
      const waiting = [...record.waiting, ...fresh.map(({ id, at, event }) => ({ id, at, received: now, event }))];
      return fresh.length === 0 ? {} : { record: { ...record, waiting } };
    });
  }

  /**
   * Resolves when what has this id is answered, by us or by somebody else: one at a time answers what a chat has waiting, the first first.
   * Whoever waits for somebody who died goes on in their place.
   */
  async function answered(chat: string, id: string, due: number): Promise<void> {
    const holder = randomUUID();
    // Who has waited for somebody else may have too little time left: then it is better to be called anew.
    const enough = Math.min(workflow.limits.turn + AROUND, (due - clock.now()) * 0.8);
    for (;;) {
      const now = clock.now();
      const lease = { holder, until: now + LEASE };
      const { wait } = await changed(chats, chat, (record): { record?: ChatRecord; wait?: number | 'late' } => {
        const [first] = inOrderSent(record?.waiting ?? []);
        if (!record || record.over || !first || !record.waiting.some((one) => one.id === id)) return {};
        if (due - now < enough) return { wait: 'late' };
        if (record.lease && record.lease.until > now) return { wait: Math.min(LOOK, record.lease.until - now) };
        const ripe = first.event.type === 'begin' ? now : Math.min(first.at, first.received) + hold;
        return ripe > now ? { wait: ripe - now } : { wait: 0, record: { ...record, lease } };
      });
      if (wait === undefined) return;
      if (wait === 'late') throw new ParleyError('connect/late', 'A message of a chat was not answered in time.');
      if (wait > 0) {
        await sleep(clock, wait);
        continue;
      }
      const mine = (change: (record: ChatRecord) => ChatRecord) =>
        changed(chats, chat, (record) => (record?.lease?.holder === holder ? { record: change(record) } : {}));
      const stop = again(RENEW, RENEW, () =>
        mine((record) => ({ ...record, lease: { holder, until: clock.now() + LEASE } })),
      );
      try {
        await answerFirst(chat, Math.min(due, now + patience));
      } finally {
        stop();
        await mine(free);
      }
    }
  }

  async function answerFirst(chat: string, due: number): Promise<void> {
    const before = await recordOf(chats, chat);
    if (before) await lookBack(chat, before);
    const record = await recordOf(chats, chat);
    const [first] = inOrderSent(record?.waiting ?? []);
    if (!record || !first) return;
    if (record.waiting.some(({ event }) => event.type === 'agent.joined')) return yielded(chat, record, due);
    const line = lineOf(record) ?? (await begin(chat, record));
    const { event } = first;
    if (event.type === 'caller.left') return left(chat, record, first.id, due);
    if (record.last && first.at < record.last.at) {
      log({
        level: 'warn',
        code: 'connect/out-of-order',
        message: 'A message came too late to be in order.',
        session: chat,
      });
    }
    const picked = event.type === 'caller.said' ? pickedOf(record.offered ?? {}, event.text) : undefined;
    const happened = event.type === 'caller.said' ? (picked ?? event) : undefined;
    // Who begins it is told what went before.
    const now = (await recordOf(chats, chat)) ?? record;
    const { over, offered } = await turn(chat, now, line, { id: first.id, event: happened, due });
    if (over) await depart(chat, record, line, over);
    await changed(chats, chat, (now) => (now ? { record: { ...done(now, first), ...line, offered } } : {}));
  }

  /** What the chat itself has of what the customer wrote: what SNS has not brought yet is in its place, and nothing is lost. */
  async function lookBack(chat: string, record: ChatRecord): Promise<void> {
    let line = lineOf(record);
    for (let attempt = 0; line; attempt++) {
      try {
        await received(chat, await bot.transcript(line.connection, chat, record.last?.id));
        return;
      } catch (error) {
        if (attempt < LOOKS) {
          await sleep(clock, LOOK_PAUSE * 2 ** attempt);
          // Connections end after a day.
          if (isOut(error)) line = await renewed(line);
          continue;
        }
        // It is in order all the same, as far as SNS is no later than `hold`.
        log({
          level: 'warn',
          code: 'connect/no-transcript',
          message: "A chat's transcript could not be read.",
          session: chat,
        });
        return;
      }
    }
  }

  async function renewed({ participant, connection }: Line): Promise<Line> {
    return { participant, connection: await bot.connection(participant).catch(() => connection) };
  }

  async function begin(chat: string, record: ChatRecord): Promise<Line> {
    const line = await bot.join(record.instance, chat);
    const from = persistent ? await bot.continues(record.instance, chat) : undefined;
    const past = from === undefined ? {} : { parley_continued: from, ...pastOf(await recordOf(chats, from)) };
    const contact = { ...record.contact, attributes: { ...record.contact.attributes, ...past } };
    await changed(chats, chat, (now) => (now ? { record: { ...now, ...line, contact } } : {}));
    return line;
  }

  // ---- a turn

  /** Has an event answered and says what there is to say. Rejects where it could not be said: the event is then to be taken again. */
  async function turn(
    chat: string,
    record: ChatRecord,
    line: Line,
    { id, event, due }: Pick<Parameters<typeof enter>[2], 'id' | 'event' | 'due'>,
  ): Promise<{ readonly over?: GoingOn; readonly offered: Offered }> {
    const contact = { id: chat, channel: 'chat', ...record.contact } as const;
    const start = { type: 'session.started', workflow: workflow.name, contact } as const;
    const outlet = outletOf(line, chat, id);
    outlets.set(chat, outlet);
    const stop = typing(line);
    let offered: Offered = {};
    try {
      let reply = await enter(door, clock, { session: chat, id, event, start, first: false, due });
      offered = await say(outlet, reply);
      for (let k = 1; reply.rest === 'work' && !pushes && clock.now() < due - workflow.limits.turn; k++) {
        const silent = {
          session: chat,
          id: `${id}+${k}`,
          event: { type: 'caller.silent' },
          start,
          first: false,
          due,
        } as const;
        const next = await enter(door, clock, silent);
        // That it takes long has been said.
        const again = next.rest === 'work' && next.say.join() === reply.say.join();
        if (!again) offered = await say(outlet, next);
        reply = next;
      }
      if (reply.rest !== 'work' && reply.rest !== 'wait') outlets.delete(chat);
      return reply.rest === 'transfer' || reply.rest === 'end' ? { over: goingOn(reply), offered } : { offered };
    } catch (error) {
      const code = codeOf(error);
      if (code === 'connect/not-posted') throw error;
      log({ level: 'error', code, message: 'The caller goes to a person: a chat got no answer.', session: chat });
      if (code === 'connect/bot-out') {
        await letGo(chat, due);
      } else {
        await outletOf(line, chat, id, 'failed')
          .say(words.failed)
          .catch(() => undefined);
      }
      return { over: failed(code), offered };
    } finally {
      stop();
    }
  }

  /** Says what a reply says. Gives what may be picked in answer. */
  async function say(outlet: Outlet, reply: Reply): Promise<Offered> {
    const { rest } = reply;
    const texts = reply.say.filter((text) => text.trim() !== '');
    const own = rest === 'transfer' || rest === 'end' ? [] : [words[rest === 'caller' ? 'listen' : rest]];
    const said = texts.length > 0 ? texts : own;
    const question = said.at(-1) ?? '';
    const picker = interactive ? pickerFor(workflow, reply, question, yesNo) : undefined;
    for (const text of picker ? said.slice(0, -1) : said) await outlet.say(text);
    return picker && (await outlet.ask(picker.content, question)) ? picker.offered : {};
  }

  function outletOf(line: Line, ...about: readonly string[]): Outlet {
    return new Outlet((post) => posted(line, post), about);
  }

  /** Posts a message. Where the connection is none any more, by a new one. */
  async function posted(line: Line, post: Post): Promise<void> {
    try {
      await bot.post(line.connection, post);
    } catch (error) {
      if (isRefused(error)) throw error;
      if (!isOut(error)) throw notPosted();
      try {
        line.connection = await bot.connection(line.participant);
        await bot.post(line.connection, post);
      } catch (again) {
        throw isOut(again) ? out() : notPosted();
      }
    }
  }

  /** Shows that somebody types, until it is called off. */
  function typing(line: Line): () => void {
    return again(0, TYPING, () => bot.typing(line.connection));
  }

  /** Does something again and again, until it is called off. Where it fails, it is done the next time. */
  function again(first: number, period: number, work: () => Promise<unknown>): () => void {
    const over = new AbortController();
    const go = async () => {
      if (first > 0) await sleep(clock, first, over.signal);
      while (!over.signal.aborted) {
        await work().catch(() => undefined);
        await sleep(clock, period, over.signal);
      }
    };
    go().catch(() => undefined);
    return () => over.abort();
  }

  // ---- the end

  /** The flow is told what to go on by, and the bot leaves: the flow goes on. */
  async function depart(chat: string, { instance, initial }: ChatRecord, line: Line, on: GoingOn): Promise<void> {
    const attributes = fitting(inOrder({ parley_session: chat, ...on }), MAX_ATTRIBUTES);
    try {
      await afterContact({ client: connect, instance }).attributes(initial, attributes);
    } catch {
      // The flow finds no `parley_rest`, and brings the caller to a person.
      log({
        level: 'error',
        code: 'connect/no-attributes',
        message: 'A contact could not be given its attributes.',
        session: chat,
      });
    }
    await bot.leave(line.connection, chat);
    outlets.delete(chat);
    await changed(chats, chat, (record) => (record ? { record: { ...record, waiting: [], over: { ...on } } } : {}));
  }

  /** The bot leaves a chat that it could not begin. */
  async function abandon(chat: string, on: GoingOn): Promise<void> {
    const { was } = await changed(chats, chat, (record) =>
      record && !record.over
        ? { was: record, record: { ...record, waiting: [], over: { ...on } } }
        : { was: undefined },
    );
    const line = was && lineOf(was);
    if (line) await bot.leave(line.connection, chat);
  }

  /** A person of ours is in the chat, whichever way they came: the bot speaks no more, and what is not answered yet is theirs. */
  async function yielded(chat: string, record: ChatRecord, due: number): Promise<void> {
    const over = failed('connect/person-came');
    await changed(chats, chat, (now) => ({ record: { ...(now ?? record), waiting: [], over: { ...over } } }));
    outlets.delete(chat);
    const line = lineOf(record);
    if (line) await bot.leave(line.connection, chat);
    await letGo(chat, due);
  }

  /** Nobody hears what the session says any more, so it has not to wait for an answer. */
  async function letGo(chat: string, due: number): Promise<void> {
    const start = startOf(chat);
    const event = { type: 'caller.left' } as const;
    await enter(door, clock, { session: chat, id: `${chat}-out`, event, start, first: false, due }).catch(
      () => undefined,
    );
  }

  function startOf(chat: string): Started {
    return { type: 'session.started', workflow: workflow.name, contact: { id: chat, channel: 'chat' } };
  }

  async function left(chat: string, record: ChatRecord, id: string, due: number): Promise<void> {
    const start = startOf(chat);
    const event = { type: 'caller.left' } as const;
    let over: GoingOn = { parley_rest: 'end', parley_outcome: 'left' };
    try {
      over = goingOn(await enter(door, clock, { session: chat, id, event, start, first: false, due }));
    } catch (error) {
      // Who leaves before anything has begun has left nothing behind.
      if (codeOf(error) !== 'engine/unknown-session') throw error;
    }
    outlets.delete(chat);
    await changed(chats, chat, (now) => ({ record: { ...(now ?? record), waiting: [], over: { ...over } } }));
  }
}

/** The bot's tokens, as they are now. */
interface Line {
  participant: string;
  connection: string;
}

const lineOf = ({ participant, connection }: ChatRecord): Line | undefined =>
  participant === undefined || connection === undefined ? undefined : { participant, connection };

function free({ lease: _, ...record }: ChatRecord): ChatRecord {
  return record;
}

/** The record when this one is answered. */
const done = (record: ChatRecord, { id, at, event }: Waiting): ChatRecord => ({
  ...record,
  waiting: record.waiting.filter((one) => one.id !== id),
  taken: record.taken.includes(id) ? record.taken : [...record.taken, id],
  ...(event.type === 'begin' ? {} : { last: { id, at } }),
});

/** The attributes that the flow gave the contact: not those that are ours, or Connect's own. */
const ours = (attributes: { readonly [name: string]: string }) =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !/^(x-amz-|parley_)/.test(name)));

/** What a new session is told of the one before, of what its flow was told. */
const pastOf = (record: ChatRecord | undefined): { readonly [name: string]: string } =>
  Object.fromEntries(
    Object.entries(record?.over ?? {})
      .filter(([name]) => /^parley_(rest|outcome|queue|step|known_.+)$/.test(name))
      .map(([name, value]) => [name.replace('parley_', 'parley_continued_'), value]),
  );

const notPosted = () =>
  new ParleyError('connect/not-posted', 'A message could not be posted to a chat.', {
    fix: 'Send the notification again.',
  });
const out = () => new ParleyError('connect/bot-out', 'The bot is no longer in the chat.');
