import { statSync } from 'node:fs';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { isUint8Array } from 'node:util/types';
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
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import { z } from 'zod';
import { type Codec, fromText, type Kept, plainCodec, toText } from './codec.ts';
import { damaged, gone, toStoreError } from './sqlite-error.ts';
import { leaveNothing, overwriteDeleted, SESSIONS_AT_ONCE, worthRewriting } from './sqlite-removal.ts';
import { prepareSchema } from './sqlite-schema.ts';

export interface SqliteOptions {
  /**
   * How long to wait for another process that is writing, in milliseconds: 1,000 if left out.
   * Nothing else of this process runs meanwhile.
   */
  readonly busyTimeout?: number;
  /**
   * How texts are kept: as they are if left out, or encrypted (`encryptingCodec`). A file must always be opened with a codec
   * that reads what is in it.
   */
  readonly codec?: Codec;
}

/**
 * Opens a store in an SQLite file, which is made if there is none; ':memory:' for one that is gone when it is closed.
 * All commits that are asked for in one turn of the event loop are written as one transaction, and their promises
 * resolve once it is on the disk (WAL, synchronous=FULL); one that can't be kept does not affect the others.
 *
 * Throws StoreError: store/locked, store/damaged, store/key where the codec lacks the key, or store/failed where the file can't be opened, belongs to another
 * program or was written by a newer Parley.
 */
export function openSqliteStore(file: string, options: SqliteOptions = {}): Store {
  try {
    const db = new DatabaseSync(file, { timeout: options.busyTimeout ?? 1000, enableForeignKeyConstraints: false });
    return storeOn(db, file, options.codec ?? plainCodec);
  } catch (error) {
    throw toStoreError(file, error);
  }
}

/** A store on an open connection, which is the store's from now on; it is closed when the file is refused. */
export function storeOn(db: DatabaseSyncInstance, file: string, codec: Codec): Store {
  try {
    overwriteDeleted(db);
    // The schema is looked at before anything is written: a file that is refused stays as it is.
    prepareSchema(db, file);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    const store = new SqliteStore(db, file, codec);
    store.assertReadable();
    return store;
  } catch (error) {
    db.close();
    throw toStoreError(file, error);
  }
}

/** What each text is, and whose: a codec may refuse it anywhere else. */
const places = {
  snapshot: (session: string) => `snapshot ${session}`,
  events: (session: string) => `events ${session}`,
  reply: (session: string) => `reply ${session}`,
};

/** Of how many sessions the rows are known. */
const MOST_IDS = 10_000;

/** A commit as it is written: encoded when it was asked for, so that nobody can change it any more. */
interface Pending {
  readonly session: string;
  readonly expects: number;
  readonly ended: boolean;
  /** What every commit sets, in the order of the statements; of `seq`, by how much it rises. */
  readonly state: readonly (string | number | Uint8Array | null)[];
  readonly at: number;
  /** The events as text; null where there are none. */
  readonly events: Kept | null;
  /** The time of the first event. */
  readonly began: number;
  /** How many events there are, and the number of the last, where there are any. */
  readonly count: number;
  readonly last: number | undefined;
  /** There is no gap among the events. */
  readonly gapless: boolean;
  readonly reply: { readonly id: string; readonly reply: Kept } | undefined;
  readonly set: readonly { readonly timer: string; readonly due: number }[];
  readonly cancelled: readonly string[];
  readonly kept: () => void;
  readonly failed: (error: unknown) => void;
}

const kept = z.custom<Kept>((value) => typeof value === 'string' || isUint8Array(value));
const idRow = z.object({ id: z.number() });
const revisionRow = z.object({ revision: z.number() });
const dueRow = z.object({ due: z.number().nullable() });
const nameRow = z.object({ session: z.string() });
const replyRow = z.object({ reply: kept });
const timerRow = z.object({ session: z.string(), timer: z.string(), due: z.number() });
const journalRow = z.object({ last: z.number(), at: z.number(), events: kept });
const journalEvents = z.array(
  // Not a record of zod's, which leaves out keys that mean something to objects.
  z.tuple([z.number(), z.string(), z.custom<JournalEvent['data']>(isObject)]),
);
const workflowRow = z.object({ workflow: z.string(), source: z.string() });
const sessionRow = z.object({
  id: z.number(),
  session: z.string(),
  workflow: z.string(),
  version: z.string(),
  status: z.enum(['active', 'ended']),
  seq: z.number(),
  revision: z.number(),
  startedAt: z.number(),
  updatedAt: z.number(),
  working: z.number(),
  snapshot: kept,
});

class SqliteStore implements Store {
  readonly #db: DatabaseSyncInstance;
  readonly #file: string;
  readonly #codec: Codec;
  readonly #sql: ReturnType<typeof statements>;
  /** Which file is open; undefined for one in memory. */
  readonly #identity: string | undefined;
  readonly #ids = new Map<string, number>();
  #queue: Pending[] = [];
  /** Something was deleted of which there may be traces. */
  #traces = false;

  constructor(db: DatabaseSyncInstance, file: string, codec: Codec) {
    this.#db = db;
    this.#file = file;
    this.#codec = codec;
    this.#identity = identityOf(file);
    this.#sql = statements(db);
  }

  /** Throws StoreError `store/key` where what was kept last takes a key that is not here: nothing is to be written beside it with another. */
  assertReadable(): void {
    try {
      for (const row of this.#sql.newest.all()) this.#session(row);
    } catch (error) {
      // What is damaged is told of when it is read.
      if (error instanceof StoreError && error.code === 'store/key') throw error;
    }
  }

  async load(session: string): Promise<StoredSession | undefined> {
    return this.#read(() => {
      const row: unknown = this.#sql.session.get(toText(session));
      return row === undefined ? undefined : this.#session(row);
    });
  }

  async reply(session: string, id: string): Promise<string | undefined> {
    return this.#read(() => {
      const row: unknown = this.#sql.reply.get(this.#idOf(toText(session)) ?? null, toText(id));
      return row === undefined ? undefined : this.#decode(replyRow.parse(row).reply, places.reply(session));
    });
  }

  commit(commit: Commit): Promise<void> {
    return new Promise((kept, failed) => {
      this.#assertOpen();
      const { session, expects, workflow, version, status, working, at, reply, timers, removeAt = null } = commit;
      const last = commit.events.at(-1)?.seq;
      const snapshot = this.#encode(commit.snapshot, places.snapshot(session));
      const began = commit.events[0]?.at ?? at;
      const first = commit.events[0]?.seq ?? 0;
      const events = commit.events.map(({ at, type, data }) => [at - began, type, data]);
      this.#queue.push({
        session,
        expects,
        ended: status === 'ended',
        state: [toText(workflow), toText(version), status, Number(working), events.length, at, removeAt, snapshot],
        at,
        gapless: commit.events.every(({ seq }, index) => seq === first + index),
        count: events.length,
        last,
        began,
        events: last === undefined ? null : this.#encode(JSON.stringify(events), places.events(session)),
        reply: reply && { id: toText(reply.id), reply: this.#encode(reply.reply, places.reply(session)) },
        set: timers.set.map(({ timer, due }) => ({ timer: toText(timer), due })),
        cancelled: timers.cancelled.map(toText),
        kept,
        failed,
      });
      if (this.#queue.length === 1) setImmediate(() => this.#flush());
    });
  }

  async events(
    session: string,
    range: { readonly after?: number; readonly limit?: number; readonly last?: number } = {},
  ): Promise<readonly JournalEvent[]> {
    const { after = 0, limit, last } = range;
    return this.#read(() => {
      const id = this.#idOf(toText(session)) ?? null;
      if (last !== undefined) {
        // Each row holds one event at least.
        const rows: unknown[] = this.#sql.lastEvents.all(id, after, last).reverse();
        const events = rows.flatMap((row) => this.#events(row, session)).filter(({ seq }) => seq > after);
        return events.slice(Math.max(0, events.length - last));
      }
      const events: JournalEvent[] = [];
      // No more rows are decoded than hold what is asked for.
      for (const row of this.#sql.events.iterate(id, after)) {
        if (events.length >= (limit ?? Number.POSITIVE_INFINITY)) break;
        for (const event of this.#events(row, session)) if (event.seq > after) events.push(event);
      }
      return events.slice(0, limit);
    });
  }

  async dueTimers(now: number, limit: number): Promise<readonly DueTimer[]> {
    return this.#read(() =>
      this.#sql.dueTimers.all(now, limit).map((row) => {
        const { session, timer, due } = timerRow.parse(row);
        return { session: fromText(session), timer: fromText(timer), due };
      }),
    );
  }

  async nextTimer(): Promise<number | undefined> {
    return this.#read(() => dueRow.parse(this.#sql.nextTimer.get()).due ?? undefined);
  }

  async working(): Promise<readonly string[]> {
    return this.#read(() => this.#sql.working.all().map((row) => fromText(nameRow.parse(row).session)));
  }

  async sessions(
    filter: { readonly workflow?: string; readonly status?: 'active' | 'ended'; readonly limit?: number } = {},
  ): Promise<readonly StoredSession[]> {
    const { workflow, status = null, limit = -1 } = filter;
    return this.#read(() =>
      this.#sql.sessions
        .all(workflow === undefined ? null : toText(workflow), status, limit)
        .map((row) => this.#session(row)),
    );
  }

  async remove(...sessions: readonly string[]): Promise<number> {
    let count = 0;
    const names = sessions.map(toText);
    for (let from = 0; from < names.length; from += SESSIONS_AT_ONCE) {
      count += this.#delete(() => names.slice(from, from + SESSIONS_AT_ONCE)).length;
      await othersTurn();
    }
    if (this.#traces) this.#clean(true);
    return count;
  }

  async sweep(now: number, thorough = false): Promise<readonly string[]> {
    const due = () => this.#sql.toRemove.all(now, SESSIONS_AT_ONCE).map((row) => nameRow.parse(row).session);
    const all: string[] = [];
    for (let removed = this.#delete(due); removed.length > 0; removed = this.#delete(due)) {
      all.push(...removed.map(fromText));
      await othersTurn();
    }
    if (thorough || this.#traces) this.#clean(thorough);
    return all;
  }

  async keepWorkflow({ workflow, version, source }: StoredWorkflow): Promise<void> {
    this.#read(() => {
      // Looked for first: an INSERT takes the lock even where it changes nothing.
      if (this.#sql.workflow.get(toText(version)) !== undefined) return;
      this.#sql.keepWorkflow.run(toText(version), toText(workflow), source);
    });
  }

  async workflow(version: string): Promise<StoredWorkflow | undefined> {
    return this.#read(() => {
      const row: unknown = this.#sql.workflow.get(toText(version));
      if (row === undefined) return undefined;
      const { workflow, source } = workflowRow.parse(row);
      return { workflow: fromText(workflow), version, source: source };
    });
  }

  async close(): Promise<void> {
    if (!this.#db.isOpen) return;
    this.#flush();
    try {
      // By hand: the driver does not finalize statements, so to SQLite the connection goes on, and the log would stay.
      this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // All that was kept is safe in the write-ahead log, and is read from there.
    }
    this.#db.close();
  }

  // ---- removing

  /** Deletes sessions in one transaction, in which they are picked. Gives the names of those that there were. */
  #delete(pick: () => readonly string[]): readonly string[] {
    // What was asked for before comes first.
    this.#flush();
    return this.#read(() => {
      if (identityOf(this.#file) !== this.#identity) throw gone(this.#file);
      this.#sql.begin.run();
      try {
        const there = pick().filter((name) => {
          this.#ids.delete(name);
          return this.#sql.remove.map((statement) => statement.run(name).changes).at(-1) === 1;
        });
        this.#sql.commit.run();
        this.#traces ||= there.length > 0;
        return there;
      } catch (error) {
        this.#rollBack();
        throw error;
      }
    });
  }

  /** Leaves nothing of what was deleted in the file or its log; in a large file only where that is asked for or worth it. */
  #clean(thorough: boolean): void {
    this.#read(() => {
      const rewrite = thorough || worthRewriting(this.#db);
      leaveNothing(this.#db, this.#file, rewrite);
      this.#traces = !rewrite;
    });
  }

  // ---- writing

  #flush(): void {
    const group = this.#queue;
    this.#queue = [];
    if (group.length > 0) this.#writeGroup(group);
  }

  /** Writes a group as one transaction; where one of them can't be kept, each as its own. */
  #writeGroup(group: readonly Pending[]): void {
    const conflicts = new Set<Pending>();
    try {
      // SQLite would go on writing to a file that nobody can open again.
      if (identityOf(this.#file) !== this.#identity) throw gone(this.#file);
      this.#sql.begin.run();
    } catch (error) {
      for (const { failed } of group) failed(toStoreError(this.#file, error));
      return;
    }
    try {
      for (const pending of group) if (!this.#write(pending)) conflicts.add(pending);
      this.#sql.commit.run();
    } catch (error) {
      this.#rollBack();
      if (group.length > 1) for (const pending of group) this.#writeGroup([pending]);
      else for (const { failed } of group) failed(toStoreError(this.#file, error));
      return;
    }
    for (const pending of group) {
      if (conflicts.has(pending)) pending.failed(new ConflictError(pending.session, pending.expects));
      else pending.kept();
    }
  }

  /** False, with nothing written, when the session is not where the commit expects it. */
  #write(pending: Pending): boolean {
    const { session, expects, ended, state, at, began, events, count, last, gapless, reply, set, cancelled } = pending;
    const name = toText(session);
    /** The number that the session must be at for these events to follow on; null where there are none. */
    const before = last === undefined ? null : last - count;
    const known = expects === 0 ? undefined : this.#idOf(name);
    const { changes } =
      expects === 0
        ? this.#sql.start.run(...state, name, at)
        : this.#sql.advance.run(...state, known ?? null, name, expects, before);
    // What was remembered may be a session of that name that was removed.
    if (expects === 0 || changes === 0) this.#ids.delete(name);
    const id = this.#idOf(name);
    if (changes === 0 && (id !== known || this.#revisionOf(id) !== expects)) return false;
    if (id === undefined || changes === 0 || !gapless || (expects === 0 && (before ?? 0) !== 0)) {
      const fix = 'Number them from the one after those that are kept, without a gap.';
      throw new StoreError('store/failed', 'The events of a commit are out of order.', fix, undefined);
    }
    if (events !== null || reply) {
      this.#sql.journal.run(id, last ?? 0, began, events, reply?.id ?? null, reply?.reply ?? null);
    }
    // A timer both set and cancelled was set first: a timer's id is used once.
    for (const { timer, due } of set) this.#sql.setTimer.run(id, timer, due);
    for (const timer of cancelled) this.#sql.cancelTimer.run(id, timer);
    if (ended) this.#sql.cancelAll.run(id);
    return true;
  }

  /** The row of a session. It is looked up once: that takes as long as to write the row. */
  #idOf(name: string): number | undefined {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const row: unknown = this.#sql.id.get(name);
    if (row === undefined) return undefined;
    const { id } = idRow.parse(row);
    this.#remember(name, id);
    return id;
  }

  #remember(name: string, id: number): void {
    if (this.#ids.size >= MOST_IDS) this.#ids.clear();
    this.#ids.set(name, id);
  }

  #revisionOf(id: number | undefined): number | undefined {
    return id === undefined ? undefined : revisionRow.parse(this.#sql.revision.get(id)).revision;
  }

  #rollBack(): void {
    // The rows of sessions that were begun are gone.
    this.#ids.clear();
    // SQLite has already rolled back some of its own failures, a full disk among them.
    if (!this.#db.isTransaction) return;
    try {
      this.#sql.rollback.run();
    } catch {
      // The failure that led here is the one to tell; if this one lasts, the next BEGIN tells of it.
    }
  }

  // ---- reading

  #read<T>(read: () => T): T {
    this.#assertOpen();
    try {
      return read();
    } catch (error) {
      // A row or text of a shape that is never written. The cause stays out: it may quote what it could not read.
      if (error instanceof z.ZodError || error instanceof SyntaxError) throw damaged(this.#file);
      throw toStoreError(this.#file, error);
    }
  }

  #session(row: unknown): StoredSession {
    const { id, ...read } = sessionRow.parse(row);
    // Anew each time: one of that name may have been removed and another begun.
    this.#remember(read.session, id);
    const session = fromText(read.session);
    return {
      ...read,
      session,
      workflow: fromText(read.workflow),
      version: fromText(read.version),
      working: read.working !== 0,
      snapshot: this.#decode(read.snapshot, places.snapshot(session)),
    };
  }

  #events(row: unknown, session: string): readonly JournalEvent[] {
    const { last, at, events } = journalRow.parse(row);
    const read = journalEvents.parse(JSON.parse(this.#decode(events, places.events(session))));
    const first = last - read.length + 1;
    return read.map(([after, type, data], index) => ({ seq: first + index, at: at + after, type, data }));
  }

  #encode(text: string, place: string): Kept {
    try {
      return this.#codec.encode(text, place);
    } catch (error) {
      if (error instanceof StoreError) throw error;
      const fix = 'The cause tells why the codec could not do it.';
      throw new StoreError('store/failed', 'A text could not be encoded.', fix, error);
    }
  }

  #decode(kept: Kept, place: string): string {
    try {
      return this.#codec.decode(kept, place);
    } catch (error) {
      throw error instanceof StoreError ? error : damaged(this.#file);
    }
  }

  #assertOpen(): void {
    if (this.#db.isOpen) return;
    throw new StoreError('store/failed', 'The store is closed.', 'Close it when nothing uses it any more.', undefined);
  }
}

/** What stays the same as long as a file is where it is. */
function identityOf(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino}`;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function statements(db: DatabaseSyncInstance) {
  const columns = 'id, session, workflow, version, status, seq, revision, startedAt, updatedAt, working, snapshot';
  const eventsOf = 'SELECT last, at, events FROM journal WHERE session = ? AND last > ? AND events IS NOT NULL';
  return {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    rollback: db.prepare('ROLLBACK'),
    start: db.prepare(`
      INSERT INTO sessions
        (workflow, version, status, working, seq, updatedAt, removeAt, snapshot, session, startedAt, revision)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) ON CONFLICT DO NOTHING`),
    advance: db.prepare(`
      UPDATE sessions SET
        workflow = ?, version = ?, status = ?, working = ?, seq = seq + ?, updatedAt = ?, removeAt = ?, snapshot = ?,
        revision = revision + 1
      WHERE id = ? AND session = ? AND revision = ? AND seq = coalesce(?, seq)`),
    journal: db.prepare('INSERT INTO journal (session, last, at, events, answers, reply) VALUES (?, ?, ?, ?, ?, ?)'),
    setTimer: db.prepare('INSERT OR REPLACE INTO timers (session, timer, due) VALUES (?, ?, ?)'),
    cancelTimer: db.prepare('DELETE FROM timers WHERE session = ? AND timer = ?'),
    cancelAll: db.prepare('DELETE FROM timers WHERE session = ?'),
    toRemove: db.prepare('SELECT session FROM sessions WHERE removeAt <= ? ORDER BY removeAt LIMIT ?'),
    remove: [
      'DELETE FROM journal WHERE session = (SELECT id FROM sessions WHERE session = ?)',
      'DELETE FROM timers WHERE session = (SELECT id FROM sessions WHERE session = ?)',
      'DELETE FROM sessions WHERE session = ?',
    ].map((sql) => db.prepare(sql)),
    id: db.prepare('SELECT id FROM sessions WHERE session = ?'),
    revision: db.prepare('SELECT revision FROM sessions WHERE id = ?'),
    session: db.prepare(`SELECT ${columns} FROM sessions WHERE session = ?`),
    newest: db.prepare(`SELECT ${columns} FROM sessions ORDER BY id DESC LIMIT 1`),
    reply: db.prepare('SELECT reply FROM journal WHERE session = ? AND answers = ? ORDER BY id DESC LIMIT 1'),
    events: db.prepare(`${eventsOf} ORDER BY last`),
    lastEvents: db.prepare(`${eventsOf} ORDER BY last DESC LIMIT ?`),
    dueTimers: db.prepare(`
      SELECT sessions.session, timer, due FROM timers JOIN sessions ON sessions.id = timers.session
      WHERE due <= ? ORDER BY due LIMIT ?`),
    nextTimer: db.prepare('SELECT min(due) AS due FROM timers'),
    working: db.prepare('SELECT session FROM sessions WHERE working ORDER BY id'),
    sessions: db.prepare(`
      SELECT ${columns} FROM sessions
      WHERE (?1 IS NULL OR workflow = ?1) AND (?2 IS NULL OR status = ?2)
      ORDER BY startedAt DESC, id DESC LIMIT ?3`),
    workflow: db.prepare('SELECT workflow, source FROM workflows WHERE version = ?'),
    keepWorkflow: db.prepare(
      'INSERT INTO workflows (version, workflow, source) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ),
  };
}
