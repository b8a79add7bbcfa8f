import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openSqliteStore } from '@parley/stores';
import { Database } from '@parley-workflows/backend/database';
import { tablesOf } from '@parley-workflows/backend/desk';
import { z } from 'zod';
import { SHOP } from '../../workflows/support/backend/shop.ts';
import { type Heard, readHeard } from './contact.ts';

/** What came of a session, without what depends on how often its process was killed: instants, and words to fill a wait. */
export interface Outcome {
  readonly status: string;
  readonly working: boolean;
  readonly journal: readonly { readonly type: string; readonly data: { readonly [field: string]: unknown } }[];
  /** What the contact heard, `work` aside. */
  readonly replies: readonly unknown[];
  /** The rows of the shop, by table. */
  readonly shop: { readonly [table: string]: readonly unknown[] };
}

/** What is in a folder, by session. Throws where something is wrong with it whatever was expected: see `wrong`. */
export async function outcomesIn(folder: string): Promise<ReadonlyMap<string, Outcome>> {
  const heard = readHeard(path.join(folder, 'heard.jsonl'));
  const outcomes = new Map<string, Outcome>();
  const store = openSqliteStore(path.join(folder, 'sessions.sqlite'));
  try {
    for (const { session, status, working, seq } of await store.sessions()) {
      const events = await store.events(session);
      for (const [index, event] of events.entries()) {
        if (event.seq !== index + 1) throw new Error(`${session}: event ${index + 1} is lost.`);
      }
      if (seq !== events.length) throw new Error(`${session}: it is at ${seq}, but has ${events.length} events.`);
      const replies = new Map<string, Heard>();
      for (const line of heard.filter((line) => line.session === session)) {
        // A session that waits may have more than one thing pushed to it.
        const id = line.id === 'push' ? `push ${line.reply.seq}` : line.id;
        const first = replies.get(id);
        if (first === undefined) replies.set(id, line);
        else if (!same(first.reply, line.reply)) throw new Error(`${session}: the reply to ${line.id} has changed.`);
        if (line.reply.seq > seq) throw new Error(`${session}: the reply to ${line.id} was given, but is not kept.`);
      }
      for (const { id, reply } of replies.values()) {
        if (id === 'push') continue;
        const kept = await store.reply(session, id);
        if (typeof kept !== 'string') throw new Error(`${session}: the reply to ${id} was given, but is not kept.`);
        if (!same(JSON.parse(kept), reply))
          throw new Error(`${session}: another reply to ${id} is kept than was given.`);
      }
      outcomes.set(session, {
        status,
        working,
        journal: events
          .filter(({ type }) => type !== 'filler.said')
          .map(({ type, data: { due: _, ...data } }) => ({ type, data })),
        replies: [...replies.values()]
          .filter(({ id, reply }) => reply.rest !== 'work' && !(id !== 'push' && saidBefore(reply, pushed(replies))))
          // Its number in the session counts the fillers too.
          .map(({ reply: { seq: _, ...reply } }) => reply),
        shop: shopIn(path.join(folder, 'shops', session)),
      });
    }
    const over = [...outcomes.values()].every(({ status }) => status === 'ended');
    if (over && (await store.nextTimer()) !== undefined)
      throw new Error('A timer is left, though all sessions are over.');
  } finally {
    await store.close();
  }
  return outcomes;
}

/**
 * Whether a reply only says where the session rests because what there was to say has been pushed: an event whose turn
 * was cut off is gone on with, and what comes of it is pushed before the event is sent again.
 */
function saidBefore(reply: Heard['reply'], pushed: readonly Heard[]): boolean {
  if (reply.say.length > 0) return false;
  const { say: _, seq: __, ...rests } = reply;
  return pushed.some(({ reply: { say: ___, seq: ____, ...rested } }) => same(rests, rested));
}

const pushed = (replies: ReadonlyMap<string, Heard>) => [...replies.values()].filter(({ id }) => id === 'push');

/** The rows of a shop, without the instants at which they were made. */
function shopIn(folder: string): Outcome['shop'] {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return {};
  const shop = new Database({
    file: path.join(folder, SHOP.file),
    tables: tablesOf(SHOP),
    fill: () => {
      throw new Error(`The shop of ${folder} is empty.`);
    },
  });
  const tables = shop.all(z.object({ name: z.string() }), "SELECT name FROM sqlite_schema WHERE type = 'table'");
  return Object.fromEntries(
    tables.map(({ name }) => [
      name,
      shop
        .all(z.record(z.string(), z.unknown()), `SELECT * FROM ${name}`)
        .map(({ sent_at: _, made_at: __, ...row }) => row),
    ]),
  );
}

/** How a folder under way differs from where an undisturbed one came to: undefined where it is on the way there. */
export function astray(
  outcomes: ReadonlyMap<string, Outcome>,
  expected: ReadonlyMap<string, Outcome>,
): string | undefined {
  for (const [session, { journal, replies }] of outcomes) {
    const whole = expected.get(session);
    if (!whole) return `There is a session ${session} that nobody started.`;
    const event = journal.findIndex((row, index) => !same(row, whole.journal[index]));
    if (event >= 0)
      return `${session}: event ${event + 1} is ${show(journal[event])}, not ${show(whole.journal[event])}.`;
    const reply = replies.findIndex((one, index) => !same(one, whole.replies[index]));
    if (reply >= 0)
      return `${session}: reply ${reply + 1} is ${show(replies[reply])}, not ${show(whole.replies[reply])}.`;
  }
  return undefined;
}

/** How a folder whose conversations are over differs from an undisturbed one: undefined where it does not. */
export function difference(
  outcomes: ReadonlyMap<string, Outcome>,
  expected: ReadonlyMap<string, Outcome>,
): string | undefined {
  const wrong = astray(outcomes, expected);
  if (wrong !== undefined) return wrong;
  for (const [session, whole] of expected) {
    const outcome = outcomes.get(session);
    if (!outcome) return `The session ${session} is lost.`;
    const { journal, replies, status, working, shop } = outcome;
    if (journal.length !== whole.journal.length) return `${session}: its journal ends after ${journal.length} events.`;
    if (replies.length !== whole.replies.length) return `${session}: it was given ${replies.length} replies.`;
    if (status !== whole.status || working !== whole.working)
      return `${session}: it is ${status}, at work: ${working}.`;
    for (const table of new Set([...Object.keys(whole.shop), ...Object.keys(shop)])) {
      if (!same(shop[table], whole.shop[table])) {
        return `${session}: the shop's ${table} are ${show(shop[table])}, not ${show(whole.shop[table])}.`;
      }
    }
  }
  return undefined;
}

const show = (value: unknown): string => JSON.stringify(value) ?? 'missing';

// Rows of a database have no prototype, so they are compared as JSON.
const same = (a: unknown, b: unknown): boolean => isDeepStrictEqual(plain(a), plain(b));

const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
