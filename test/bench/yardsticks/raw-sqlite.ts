import { memoryStore } from '@parley/stores';
import { DatabaseSync } from '@photostructure/sqlite';
import { begin, engineOn, HEARD, turn } from '../conversation.ts';
import type { Peer } from '../peer.ts';

/** What a turn keeps, as JSON: just what Parley keeps of one, in two rows of the journal. */
export interface Payload {
  readonly snapshot: string;
  readonly events: readonly [string, string];
  readonly reply: string;
}

/** Looks what Parley keeps of a turn. */
export async function payload(): Promise<Payload> {
  const store = memoryStore();
  const engine = engineOn(store);
  await begin(engine, 's');
  await turn(engine, 's', 'e1');
  const before = (await store.load('s'))?.seq ?? 0;
  await turn(engine, 's', 'e2');
  const events = await store.events('s', { after: before });
  const snapshot = (await store.load('s'))?.snapshot;
  const reply = await store.reply('s', 'e2');
  await engine.close();
  const decided = events.findIndex(({ type }) => type === 'model.decided');
  const text = (rows: typeof events) => rows.map(({ type, data }) => type + JSON.stringify(data)).join();
  const kept = {
    snapshot: String(snapshot),
    events: [text(events.slice(0, decided)), text(events.slice(decided))] as const,
    reply: String(reply),
  };
  if (decided < 1 || !kept.events[0].includes(HEARD) || kept.reply.length < 50) throw new Error('Nothing was kept.');
  return kept;
}

/**
 * The statements of a store that somebody would write by hand for this conversation, without an engine: select the
 * session, insert two events and the reply, update the session. One commit a turn, or one for a turn of every session.
 */
export function rawSqlite(name: string, file: string, payload: Payload, commits: 'each' | 'grouped'): Peer {
  const db = new DatabaseSync(file);
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE sessions (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, updatedAt INTEGER NOT NULL, snapshot NOT NULL);
    CREATE TABLE events (id INTEGER PRIMARY KEY, session INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, data NOT NULL);
    CREATE TABLE replies (id INTEGER PRIMARY KEY, session INTEGER NOT NULL, event TEXT NOT NULL, reply NOT NULL);
  `);
  const sql = {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    start: db.prepare('INSERT INTO sessions (seq, updatedAt, snapshot) VALUES (0, ?, ?)'),
    load: db.prepare('SELECT seq, snapshot FROM sessions WHERE id = ?'),
    event: db.prepare('INSERT INTO events (session, seq, at, data) VALUES (?, ?, ?, ?)'),
    reply: db.prepare('INSERT INTO replies (session, event, reply) VALUES (?, ?, ?)'),
    update: db.prepare('UPDATE sessions SET seq = ?, updatedAt = ?, snapshot = ? WHERE id = ?'),
  };
  let sessions: number[] = [];
  let seq = 0;

  const write = (session: number) => {
    const now = Date.now();
    if (sql.load.get(session) === undefined) throw new Error('The session is gone.');
    sql.event.run(session, seq + 1, now, payload.events[0]);
    sql.event.run(session, seq + 2, now, payload.events[1]);
    sql.reply.run(session, `e${seq}`, payload.reply);
    sql.update.run(seq + 2, now, payload.snapshot, session);
  };
  const transaction = (work: () => void) => {
    const started = performance.now();
    sql.begin.run();
    work();
    sql.commit.run();
    return performance.now() - started;
  };

  return {
    name,
    async start(count) {
      sessions = [];
      transaction(() => {
        for (let i = 0; i < count; i++) {
          sessions.push(Number(sql.start.run(Date.now(), payload.snapshot).lastInsertRowid));
        }
      });
    },
    async turns(count) {
      const took: number[] = [];
      for (let i = 0; i < count; i++) {
        if (commits === 'grouped') {
          const time = transaction(() => sessions.forEach(write));
          took.push(...sessions.map(() => time));
        } else {
          for (const session of sessions) took.push(transaction(() => write(session)));
        }
        seq += 2;
      }
      return took;
    },
    async close() {
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      db.close();
    },
  };
}
