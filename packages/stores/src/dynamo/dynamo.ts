import { randomBytes } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type Commit,
  ConflictError,
  type DueTimer,
  type JournalEvent,
  type Store,
  type StoredSession,
  type StoredWorkflow,
  StoreError,
} from '@parley/engine';
import { z } from 'zod';
import { type AsyncCodec, type Codec, fromText, plainCodec, toText } from '../codec.ts';
import { encryptingCodec, KEY } from '../encryption.ts';
import { awsClient } from './client.ts';
import { damaged, isRefused, isUncertain } from './dynamo-error.ts';
import {
  BESIDE,
  eventsFromText,
  eventsToText,
  HEAD,
  type Head,
  type Held,
  headToItem,
  heldAttribute,
  journalKey,
  journalRange,
  lifeOf,
  newId,
  partKeys,
  partsRange,
  placed,
  type Removed,
  readBeside,
  readHead,
  readJournal,
  readPart,
  readReply,
  readWorkflow,
  recordsOf,
  removedToItem,
  replyRange,
  sessionKey,
  workflowKey,
} from './items.ts';
import { Recent } from './recent.ts';
import { each, type Item, type Key, type Listed, type Table, tableOn } from './requests.ts';
import type { Index } from './table.ts';

export interface DynamoOptions {
  /** The name of the table, made as `dynamoTable` says. */
  readonly table: string;
  /** What comes from the environment, as the SDK reads it, if left out. */
  readonly region?: string;
  /** Another address than AWS's own, as of DynamoDB Local. */
  readonly endpoint?: string;
  /** A client of one's own, in place of region and endpoint: closing the store leaves it open. */
  readonly client?: DynamoDBClient;
  /** How the keys that encrypt the sessions are kept: as they are if left out; encrypted by `kmsCodec` or `encryptingCodec`. */
  readonly codec?: AsyncCodec;
  /**
   * By how much the indexes are divided: 8 if left out, for some 2,000 commits a second. It may be raised at any time,
   * when every process that uses the table is stopped; never lowered.
   */
  readonly shards?: number;
  /** How many bytes of its texts a session may hold within its item; those that are too much go into parts. 256,000 if left out. */
  readonly inline?: number;
}

/**
 * Opens a store on a DynamoDB table. No request is made yet: a table that is not there is told of by the first use. Its methods throw
 * StoreError: store/access, store/missing, store/throttled, store/unavailable, store/full, store/damaged, store/key, store/failed.
 *
 * `load`, `reply` and `events` see every commit whose promise has resolved. What lists sessions goes by indexes, which on AWS are
 * behind by some milliseconds: what it gives is as it is now, but what was committed just now may be missing.
 */
export async function openDynamoStore(options: DynamoOptions): Promise<Store> {
  const { table, client, codec = plainCodec, shards = SHARDS, inline = INLINE } = options;
  const own = client ?? (await awsClient(options));
  return new DynamoStore(await tableOn(own, table), codec, { shards, inline }, () => {
    if (client === undefined) own.destroy();
  });
}

const SHARDS = 8;
/** An item takes 409,600 bytes: the rest is for names and timers. */
const INLINE = 256_000;
/** How many sessions' last commits are remembered, and up to which size, in bytes: the next commit then needs no look at the table. */
const REMEMBERED = 1_000;
const SMALL = 64_000;
/** How many requests of one call are under way together. */
const TOGETHER = 8;
/** How often a thing is looked at again that others are changing. */
const LOOKS = 10;
/**
 * In milliseconds. A commit whose preparations are older than PREPARED is not written any more, so what lies beside a head for longer
 * than ABANDONED, and is of another life, will never belong to one. (AWS refuses a request that was signed 5 minutes ago, too.)
 */
const PREPARED = 300_000;
const ABANDONED = 900_000;

/** What the next commit needs to know of the last: all but its snapshot, of which only parts have to be cleared away. */
interface Last extends Omit<Head, 'snapshot'> {
  readonly snapshot: Held | undefined;
}

/** A commit as it was when it was asked for. */
interface Given extends Omit<Commit, 'events'> {
  readonly eventsText: string | undefined;
  readonly firstSeq: number | undefined;
  readonly lastSeq: number | undefined;
  readonly gapless: boolean;
}

class DynamoStore implements Store {
  readonly #table: Table;
  readonly #codec: AsyncCodec;
  readonly #shards: number;
  readonly #inline: number;
  readonly #destroy: () => void;
  /** By `pk`. */
  readonly #last = new Recent<Last>(REMEMBERED);
  /** By session and life: what encrypts its texts. */
  readonly #keys = new Recent<Promise<Codec>>(REMEMBERED);
  readonly #under = new Set<Promise<unknown>>();
  #closed = false;

  constructor(table: Table, codec: AsyncCodec, sizes: { shards: number; inline: number }, destroy: () => void) {
    this.#table = table;
    this.#codec = codec;
    this.#shards = sizes.shards;
    this.#inline = sizes.inline;
    this.#destroy = destroy;
  }

  load(session: string): Promise<StoredSession | undefined> {
    return this.#during(() => this.#load(sessionKey(session)));
  }

  reply(session: string, id: string): Promise<string | undefined> {
    return this.#during(async () => {
      const head = await this.#head(sessionKey(session));
      if (!head) return undefined;
      const { pk, life } = head;
      if (head.reply?.id === toText(id)) {
        return this.#text(head, head.reply.held, places.reply(head.revision, head.reply.id));
      }
      for await (const [item] of this.#table.range(pk, replyRange(life, toText(id)), { backward: true, limit: 1 })) {
        if (!item) return undefined;
        const { revision, reply } = readReply(item);
        return this.#text(head, reply, places.reply(revision, toText(id)));
      }
      return undefined;
    });
  }

  commit(commit: Commit): Promise<void> {
    return this.#during(() => this.#commit(given(commit)));
  }

  events(
    session: string,
    range: { readonly after?: number; readonly limit?: number; readonly last?: number } = {},
  ): Promise<readonly JournalEvent[]> {
    return this.#during(async () => {
      const pk = sessionKey(session);
      for (let look = 0; look < LOOKS; look++) {
        const head = await this.#head(pk);
        if (!head) return [];
        const events = await this.#events(head, range);
        if (events) return events;
        // They were removed while they were read, or are damaged.
        if ((await this.#head(pk))?.life === head.life) throw damaged(this.#table.name);
      }
      throw busy(this.#table.name);
    });
  }

  dueTimers(now: number, limit: number): Promise<readonly DueTimer[]> {
    return this.#during(async () => {
      if (limit <= 0) return [];
      const found = await this.#listed('timers', { upTo: now, limit });
      const heads = await this.#heads(found.slice(0, limit));
      return heads
        .flatMap(({ pk, timers }) => timers.map(([timer, due]) => ({ session: nameOf(pk), timer, due })))
        .filter(({ due }) => due <= now)
        .sort((a, b) => a.due - b.due)
        .slice(0, limit);
    });
  }

  nextTimer(): Promise<number | undefined> {
    return this.#during(async () => {
      // An index that is behind may still show timers that are no more: then as many again are looked at.
      for (let most = TOGETHER; ; most *= 4) {
        const found = await this.#listed('timers', { limit: most });
        const looked = found.slice(0, most);
        const heads = await this.#heads(looked);
        const least = Math.min(...heads.flatMap(({ timers }) => timers.map(([, due]) => due)));
        if (least <= (looked.at(-1)?.at ?? least) || found.length < most)
          return Number.isFinite(least) ? least : undefined;
      }
    });
  }

  working(): Promise<readonly string[]> {
    return this.#during(async () => {
      const heads = await this.#heads(await this.#listed('working', {}));
      return heads.filter(({ working }) => working).map(({ pk }) => nameOf(pk));
    });
  }

  sessions(
    filter: { readonly workflow?: string; readonly status?: 'active' | 'ended'; readonly limit?: number } = {},
  ): Promise<readonly StoredSession[]> {
    return this.#during(async () => {
      const { workflow, status, limit = Number.POSITIVE_INFINITY } = filter;
      const named = workflow === undefined ? undefined : toText(workflow);
      const all: StoredSession[] = [];
      const newest = this.#newest();
      // As many as are still wanted at a time: the filter may leave out some.
      for (let next = await newest(limit); next.length > 0 && all.length < limit; next = await newest(limit)) {
        const heads = await this.#heads(next);
        for (const head of heads.sort((a, b) => b.startedAt - a.startedAt)) {
          if (all.length >= limit) break;
          if (named !== undefined && head.workflow !== named) continue;
          if (status !== undefined && head.status !== status) continue;
          const session = (await this.#session(head)) ?? (await this.#load(head.pk));
          if (session) all.push(session);
        }
      }
      return all;
    });
  }

  remove(...sessions: readonly string[]): Promise<number> {
    return this.#during(async () => {
      let count = 0;
      await each(new Set(sessions), TOGETHER, async (session) => {
        if (await this.#remove(sessionKey(session), () => true)) count++;
      });
      return count;
    });
  }

  sweep(now: number, thorough = false): Promise<readonly string[]> {
    return this.#during(async () => {
      const removed: string[] = [];
      const due = ({ removeAt }: Head) => removeAt !== undefined && removeAt <= now;
      await each(Array.from({ length: this.#shards }).keys(), TOGETHER, async (shard) => {
        for await (const page of this.#table.listed('removal', shard, { upTo: now })) {
          for (const { pk } of page) if (await this.#remove(pk, due)) removed.push(nameOf(pk));
        }
      });
      if (thorough) await this.#clearAbandoned();
      return removed;
    });
  }

  keepWorkflow({ workflow, version, source }: StoredWorkflow): Promise<void> {
    return this.#during(async () => {
      const pk = workflowKey(version);
      if (await this.#table.get({ pk, sk: HEAD })) return;
      const { held, parts } = placed(pk, 'w', Date.now(), [Buffer.from(source)], this.#inline);
      await this.#table.putAll(parts);
      const item = { pk: { S: pk }, sk: { S: HEAD }, workflow: { S: toText(workflow) } };
      try {
        await this.#table.put({ ...item, source: heldAttribute(held[0] ?? new Uint8Array()) }, undefined);
      } catch (error) {
        if (!isRefused(error)) throw error;
        // Somebody else has kept it, or this very request had been heard before: then the parts are in use.
        const kept = readWorkflow((await this.#table.get({ pk, sk: HEAD })) ?? {}).source;
        if (isOf(kept, held[0])) return;
        await this.#table.deleteAll(parts.map(readBeside));
      }
    });
  }

  workflow(version: string): Promise<StoredWorkflow | undefined> {
    return this.#during(async () => {
      const pk = workflowKey(version);
      const item = await this.#table.get({ pk, sk: HEAD });
      if (!item) return undefined;
      const { workflow, source } = readWorkflow(item);
      const bytes = await this.#whole(pk, 'w', source);
      if (!bytes) throw damaged(this.#table.name);
      return { workflow: fromText(workflow), version, source: Buffer.from(bytes).toString('utf8') };
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#under);
    this.#destroy();
  }

  // ---- committing

  async #commit(given: Given): Promise<void> {
    const { session, expects } = given;
    const pk = sessionKey(session);
    const before = expects === 0 ? undefined : await this.#lastOf(pk, expects);
    if (expects !== 0 && !before) throw new ConflictError(session, expects);
    const seq = before?.seq ?? 0;
    if (given.firstSeq !== undefined && !(given.gapless && given.firstSeq === seq + 1)) {
      const now = await this.#head(pk);
      if ((now?.revision ?? 0) !== expects) throw new ConflictError(session, expects);
      throw outOfOrder();
    }

    const began = Date.now();
    const { head, parts } = await this.#next(given, before, pk, began);
    // What the last commit keeps in the head goes beside it before the head is written anew. A reply that is replaced is not needed.
    const records = before ? recordsOf(before, began, before.reply?.id !== head.reply?.id) : [];
    const beside = [...records, ...parts];
    await this.#table.putAll(beside);
    if (Date.now() - began > PREPARED) throw busy(this.#table.name);

    const kept = await this.#place(headToItem(head, this.#shards), head, before);
    if (!kept) {
      this.#last.delete(pk);
      await this.#takeBack(head, records, parts);
      throw new ConflictError(session, expects);
    }
    this.#remember(head);
    if (before?.snapshot && 'parts' in before.snapshot) await this.#drop(partKeys(pk, before.life, before.snapshot));
  }

  /** The head that a commit makes of the last one, and the parts beside it. */
  async #next(
    given: Given,
    before: Last | undefined,
    pk: string,
    written: number,
  ): Promise<{ head: Head; parts: readonly Item[] }> {
    const { at, status, timers, reply } = given;
    const life = before?.life ?? newId();
    const key = before?.key ?? (await this.#newKey(pk, life));
    const revision = given.expects + 1;
    const replyId = reply && toText(reply.id);
    const whole = { pk, life, key };
    const codec = await this.#codecOf(whole);
    const encode = (text: string, place: string) => Buffer.from(codec.encode(text, place));
    const { held, parts } = placed(
      pk,
      life,
      written,
      [
        encode(given.snapshot, places.snapshot(revision)),
        given.eventsText === undefined ? undefined : encode(given.eventsText, places.events(revision)),
        reply && replyId !== undefined ? encode(reply.reply, places.reply(revision, replyId)) : undefined,
      ],
      this.#inline,
    );
    const [snapshot = new Uint8Array(), events, replied] = held;
    // A timer both set and cancelled was set first: a timer's id is used once.
    const due = new Map(before?.timers);
    for (const { timer, due: at } of timers.set) due.set(timer, at);
    for (const timer of timers.cancelled) due.delete(timer);
    const head: Head = {
      kind: 'session',
      ...whole,
      commit: newId(),
      revision,
      seq: given.lastSeq ?? before?.seq ?? 0,
      workflow: toText(given.workflow),
      version: toText(given.version),
      status,
      startedAt: before?.startedAt ?? at,
      updatedAt: at,
      working: given.working,
      timers: status === 'ended' ? [] : [...due],
      removeAt: given.removeAt,
      snapshot,
      events,
      reply: replyId !== undefined && replied ? { id: replyId, held: replied } : undefined,
    };
    return { head, parts };
  }

  /** Writes the head in the place of the last. False where somebody else has gone on, or the session is gone. */
  async #place(item: Item, head: Head, before: Last | undefined): Promise<boolean> {
    for (let look = 0; look < LOOKS; look++) {
      try {
        await this.#table.put(item, before?.commit);
        return true;
      } catch (error) {
        if (!isRefused(error) && !isUncertain(error)) throw error;
        // The write may have been made all the same: its answer was lost, and the SDK sent it again.
        const now = await this.#anyHead(head.pk).catch((cause: unknown) => {
          throw isUncertain(error) ? error : unknown(this.#table.name, cause);
        });
        if (now?.kind === 'session' && (await this.#includes(now, head))) return true;
        // It may still be on its way to a head that is where the commit expects it.
        if (isUncertain(error) && (before ? now?.commit === before.commit : now?.kind !== 'session')) throw error;
        if (before || now?.kind === 'session') return false;
        if (now) await this.#finish(now);
      }
    }
    throw busy(this.#table.name);
  }

  /** Whether a commit is the one that made a head, or one before it. */
  async #includes(now: Head, { pk, life, seq, revision, commit }: Head): Promise<boolean> {
    if (now.life !== life || now.revision < revision) return false;
    if (now.revision === revision) return now.commit === commit;
    const record = await this.#table.get({ pk, sk: journalKey(life, seq, revision) });
    return record !== undefined && readJournal(record).commit === commit;
  }

  /** Deletes what was written for a commit that was refused; of a session that is gone, all of it. */
  async #takeBack({ pk, life }: Head, records: readonly Item[], parts: readonly Item[]): Promise<void> {
    const there = records.length > 0 && (await this.#head(pk))?.life === life;
    await this.#drop([...(there ? [] : records), ...parts].map(readBeside));
  }

  /** Deletes what nobody refers to. Where that fails it stays, unseen, until its session is removed. */
  async #drop(keys: readonly Key[]): Promise<void> {
    await this.#table.deleteAll(keys).catch(() => undefined);
  }

  /** The last commit, where it is the one that is expected. */
  async #lastOf(pk: string, revision: number): Promise<Last | undefined> {
    const known = this.#last.get(pk);
    if (known?.revision === revision) return known;
    const head = await this.#head(pk);
    return head?.revision === revision ? head : undefined;
  }

  #remember(head: Head): void {
    const { snapshot, ...rest } = head;
    const small = sizeOf(rest.events) + sizeOf(rest.reply?.held) <= SMALL;
    if (small) this.#last.set(head.pk, { ...rest, snapshot: 'parts' in snapshot ? snapshot : undefined });
    else this.#last.delete(head.pk);
  }

  // ---- keys

  async #newKey(pk: string, life: string) {
    return this.#codec.encode(randomBytes(KEY).toString('base64'), places.key(pk, life));
  }

  /** What encrypts the texts of this life: its own key. */
  #codecOf(head: Pick<Head, 'pk' | 'life' | 'key'>): Promise<Codec> {
    const of = places.key(head.pk, head.life);
    const known = this.#keys.get(of);
    if (known) return known;
    const opened = this.#opened(head);
    this.#keys.set(of, opened);
    opened.catch(() => this.#keys.delete(of));
    return opened;
  }

  async #opened({ pk, life, key }: Pick<Head, 'pk' | 'life' | 'key'>): Promise<Codec> {
    const text = await this.#decoded(() => this.#codec.decode(key, places.key(pk, life)));
    const own = Buffer.from(text, 'base64');
    return encryptingCodec({ all: () => [own], first: () => own });
  }

  // ---- reading

  /** Whatever stands for a name: a session, one that is being removed, or nothing. */
  async #anyHead(pk: string): Promise<Head | (Removed & { readonly pk: string }) | undefined> {
    const item = await this.#table.get({ pk, sk: HEAD });
    return item && readHead(item);
  }

  async #head(pk: string): Promise<Head | undefined> {
    const head = await this.#anyHead(pk);
    return head?.kind === 'session' ? head : undefined;
  }

  /** Those of these sessions that there are, as they are now. */
  async #heads(found: readonly Listed[]): Promise<Head[]> {
    const keys = [...new Set(found.map(({ pk }) => pk))].map((pk) => ({ pk, sk: HEAD }));
    const heads = (await this.#table.getAll(keys)).map(readHead);
    return heads.flatMap((head) => (head.kind === 'session' ? [head] : []));
  }

  async #load(pk: string): Promise<StoredSession | undefined> {
    for (let look = 0; look < LOOKS; look++) {
      const head = await this.#head(pk);
      if (!head) return undefined;
      const session = await this.#session(head);
      if (session) return session;
      if ((await this.#head(pk))?.commit === head.commit) throw damaged(this.#table.name);
    }
    throw busy(this.#table.name);
  }

  /** Undefined where parts of its snapshot are gone, as somebody has gone on meanwhile. */
  async #session(head: Head): Promise<StoredSession | undefined> {
    const snapshot = await this.#text(head, head.snapshot, places.snapshot(head.revision));
    if (snapshot === undefined) return undefined;
    this.#remember(head);
    const { workflow, version, status, seq, revision, startedAt, updatedAt, working } = head;
    return {
      session: nameOf(head.pk),
      workflow: fromText(workflow),
      version: fromText(version),
      status,
      seq,
      revision,
      startedAt,
      updatedAt,
      working,
      snapshot,
    };
  }

  /** Undefined where some that should be there are not. */
  async #events(
    head: Head,
    { after = 0, limit = Number.POSITIVE_INFINITY, last }: NonNullable<Parameters<Store['events']>[1]>,
  ): Promise<readonly JournalEvent[] | undefined> {
    const backward = last !== undefined;
    const wanted = Math.max(0, Math.min(last ?? limit, head.seq - after));
    if (wanted === 0) return [];
    /** Of each commit, in the order in which they are read. */
    const read: JournalEvent[][] = [];
    let count = 0;
    const take = async (revision: number, held: Held | undefined): Promise<boolean> => {
      const text = held && (await this.#text(head, held, places.events(revision)));
      if (held && text === undefined) return false;
      const events = text === undefined ? [] : eventsFromText(text).filter(({ seq }) => seq > after);
      read.push(events);
      count += events.length;
      return true;
    };
    if (backward && !(await take(head.revision, head.events))) return undefined;
    const range = journalRange(head.life, after);
    // At the end there are few; from the beginning, mostly all are wanted.
    if (count < wanted) {
      pages: for await (const page of this.#table.range(head.pk, range, backward ? { backward, limit: wanted } : {})) {
        for (const item of page) {
          const { revision, events } = readJournal(item);
          // Commits that have been made since the head was read.
          if (revision >= head.revision) continue;
          if (!(await take(revision, events))) return undefined;
          if (count >= wanted) break pages;
        }
      }
    }
    if (!backward && count < wanted && !(await take(head.revision, head.events))) return undefined;
    const events = backward ? read.reverse().flat().slice(-wanted) : read.flat().slice(0, wanted);
    const first = backward ? head.seq - wanted + 1 : after + 1;
    return events.length === wanted && events.every(({ seq }, index) => seq === first + index) ? events : undefined;
  }

  /** Undefined where parts of it are gone. */
  async #text(head: Head, held: Held, place: string): Promise<string | undefined> {
    const bytes = await this.#whole(head.pk, head.life, held);
    if (!bytes) return undefined;
    const codec = await this.#codecOf(head);
    return this.#decoded(() => codec.decode(bytes, place));
  }

  async #whole(pk: string, life: string, held: Held): Promise<Uint8Array | undefined> {
    if (!('parts' in held)) return held;
    const parts: Uint8Array[] = [];
    for await (const page of this.#table.range(pk, partsRange(life, held))) parts.push(...page.map(readPart));
    return parts.length === held.count ? Buffer.concat(parts) : undefined;
  }

  async #decoded(decode: () => string | Promise<string>): Promise<string> {
    try {
      return await decode();
    } catch (error) {
      throw error instanceof StoreError ? error : damaged(this.#table.name);
    }
  }

  /** The first of each shard of an index, merged in its order. */
  async #listed(index: Index, more: { readonly upTo?: number; readonly limit?: number }): Promise<Listed[]> {
    const all: Listed[] = [];
    await each(Array.from({ length: this.#shards }).keys(), TOGETHER, async (shard) => {
      let count = 0;
      for await (const page of this.#table.listed(index, shard, more)) {
        all.push(...page);
        count += page.length;
        if (count >= (more.limit ?? Number.POSITIVE_INFINITY)) break;
      }
    });
    return all.sort((a, b) => a.at - b.at);
  }

  /** Gives the next sessions, newest first over all shards, at each call: at most `most`, none when there are no more. */
  #newest(): (most: number) => Promise<readonly Listed[]> {
    const page = 100;
    const shards = Array.from({ length: this.#shards }, (_, shard) => ({
      pages: this.#table.listed('sessions', shard, { backward: true, limit: page }),
      left: [] as Listed[],
      done: false,
    }));
    return async (most) => {
      const next: Listed[] = [];
      while (next.length < Math.min(most, page)) {
        await each(shards, TOGETHER, async (shard) => {
          while (shard.left.length === 0 && !shard.done) {
            const { value, done } = await shard.pages.next();
            shard.done = done === true;
            shard.left = [...(value ?? [])];
          }
        });
        const first = shards.reduce((a, b) => ((b.left[0]?.at ?? -Infinity) > (a.left[0]?.at ?? -Infinity) ? b : a));
        const one = first.left.shift();
        if (!one) break;
        next.push(one);
      }
      return next;
    };
  }

  // ---- removing

  /** Removes a session that is to go. True where it was this call that did. */
  async #remove(pk: string, goes: (head: Head) => boolean): Promise<boolean> {
    this.#last.delete(pk);
    const commit = newId();
    for (let look = 0; look < LOOKS; look++) {
      const now = await this.#anyHead(pk);
      if (now?.kind === 'removed') {
        await this.#finish(now);
        return now.commit === commit;
      }
      if (!now) {
        await this.#clear(pk, undefined);
        return false;
      }
      if (!goes(now)) return false;
      this.#keys.delete(places.key(pk, now.life));
      const removed: Removed & { pk: string } = { kind: 'removed', pk, life: now.life, commit };
      try {
        await this.#table.put(removedToItem(pk, removed, this.#shards), now.commit);
      } catch (error) {
        // Somebody has gone on just now, or the answer to the first attempt was lost.
        if (isRefused(error)) continue;
        throw error;
      }
      await this.#finish(removed);
      return true;
    }
    throw busy(this.#table.name);
  }

  /** Deletes what is beside the head of a removed session, then the head. Anybody may do it, and many at once. */
  async #finish({ pk, life, commit }: Removed & { readonly pk: string }): Promise<void> {
    await this.#clear(pk, life);
    try {
      await this.#table.delete({ pk, sk: HEAD }, commit);
    } catch (error) {
      // Another was faster.
      if (!isRefused(error)) throw error;
    }
  }

  /** Deletes what is of a life that is over, and what is of none. */
  async #clear(pk: string, over: string | undefined): Promise<void> {
    for await (const page of this.#table.range(pk, [' ', '~'], { attributes: BESIDE })) {
      await this.#clearOf(pk, page.map(readBeside), over);
    }
  }

  /** Of these items of one name: the head is read after them, so that none that belongs to it can be taken for an abandoned one. */
  async #clearOf(pk: string, items: readonly ReturnType<typeof readBeside>[], over?: string): Promise<void> {
    const beside = items.filter(({ sk }) => sk !== HEAD);
    const dead = beside.filter(({ sk }) => lifeOf(sk) === over);
    const old = beside.filter(({ sk, written = 0 }) => lifeOf(sk) !== over && written < Date.now() - ABANDONED);
    const life = old.length > 0 ? (await this.#anyHead(pk))?.life : undefined;
    await this.#table.deleteAll([...dead, ...old.filter(({ sk }) => lifeOf(sk) !== life)]);
  }

  /** Deletes all that lies beside no head, as where DynamoDB has removed that by itself. Reads the whole table. */
  async #clearAbandoned(): Promise<void> {
    for await (const page of this.#table.scan(BESIDE)) {
      const names = new Map<string, ReturnType<typeof readBeside>[]>();
      for (const item of page.map(readBeside)) {
        if (item.sk === HEAD || !item.pk.startsWith('s ')) continue;
        names.set(item.pk, [...(names.get(item.pk) ?? []), item]);
      }
      await each(names, TOGETHER, ([pk, items]) => this.#clearOf(pk, items));
    }
  }

  // ---- around every call

  /** Refused when the store is closed; closing it waits for this. */
  async #during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) {
      throw new StoreError(
        'store/failed',
        'The store is closed.',
        'Close it when nothing uses it any more.',
        undefined,
      );
    }
    const done = work();
    this.#under.add(done);
    try {
      return await done;
    } catch (error) {
      // An item or text of a shape that is never written. The cause stays out: it may quote what it could not read.
      if (error instanceof z.ZodError || error instanceof SyntaxError) throw damaged(this.#table.name);
      throw error;
    } finally {
      this.#under.delete(done);
    }
  }
}

/** What each text is: whose, says the key. A codec refuses it anywhere else. */
const places = {
  key: (pk: string, life: string) => `key ${life} ${pk}`,
  snapshot: (revision: number) => `snapshot ${revision}`,
  events: (revision: number) => `events ${revision}`,
  reply: (revision: number, id: string) => `reply ${revision} ${id}`,
};

const nameOf = (pk: string): string => fromText(pk.slice(2));
const sizeOf = (held: Held | undefined): number => (held && !('parts' in held) ? held.length : 0);

/** Whether a workflow's source is the one that this call has put there. */
function isOf(kept: Held, own: Held | undefined): boolean {
  return own !== undefined && 'parts' in kept && 'parts' in own && kept.parts === own.parts;
}

/** Everything as it is now: what is committed can't be changed any more. */
function given(commit: Commit): Given {
  const { events, ...rest } = commit;
  const first = events[0]?.seq;
  return {
    ...rest,
    timers: { set: commit.timers.set.map((timer) => ({ ...timer })), cancelled: [...commit.timers.cancelled] },
    eventsText: events.length > 0 ? eventsToText(events) : undefined,
    firstSeq: first,
    lastSeq: events.at(-1)?.seq,
    gapless: events.every(({ seq }, index) => seq === (first ?? 0) + index),
  };
}

function outOfOrder(): StoreError {
  const fix = 'Number them from the one after those that are kept, without a gap.';
  return new StoreError('store/failed', 'The events of a commit are out of order.', fix, undefined);
}

/** Others were faster again and again, or this process stood still for minutes. */
function busy(table: string): StoreError {
  return new StoreError(
    'store/locked',
    `Others keep changing what was to be read or written in the table ${table}.`,
    'Send the event again in a moment; let only one host run a session.',
    undefined,
  );
}

function unknown(table: string, cause: unknown): StoreError {
  return new StoreError(
    'store/unavailable',
    `A commit was sent to the table ${table}, but whether it was kept could not be read.`,
    'Send the event again in a moment: if it was kept, the same answer is given.',
    cause,
  );
}
