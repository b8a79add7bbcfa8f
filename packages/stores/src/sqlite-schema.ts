import { StoreError } from '@parley/engine';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { z } from 'zod';

/** Marks a file as ours (https://sqlite.org/pragma.html#pragma_application_id): 'PRLY'. */
const APPLICATION = 0x50524c59;

/**
 * What leads from each version of the schema to the next: a file's version (`PRAGMA user_version`) is how many of these
 * it has seen. Only ever add to the end.
 *
 * The tables that grow are appended to in the order of time and have integer keys: measured against WITHOUT ROWID and
 * against a rowid made of session and seq, that took three quarters of the time, in the same space. A commit is
 * one row of the journal: its events as `[milliseconds after \`at\`, type, data]`, under the number of the last, and the
 * reply with the id of the event it answers, of which the last counts. A row for each event took twice the time of a
 * commit, and a third more space; a table of the replies' own was one page more to write.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE workflows (
    version TEXT PRIMARY KEY,
    workflow TEXT NOT NULL,
    source NOT NULL
  );
  CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    session TEXT NOT NULL UNIQUE,
    workflow TEXT NOT NULL,
    version TEXT NOT NULL,
    status TEXT NOT NULL,
    seq INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    startedAt INTEGER NOT NULL,
    updatedAt INTEGER NOT NULL,
    working INTEGER NOT NULL,
    snapshot NOT NULL
  );
  CREATE INDEX sessionsByStart ON sessions (startedAt);
  CREATE INDEX sessionsWorking ON sessions (id) WHERE working;
  CREATE TABLE journal (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL,
    last INTEGER NOT NULL,
    at INTEGER NOT NULL,
    events,
    answers TEXT,
    reply
  );
  CREATE INDEX journalBySession ON journal (session, last);
  CREATE INDEX journalByAnswered ON journal (session, answers) WHERE answers IS NOT NULL;
  CREATE TABLE timers (
    session INTEGER NOT NULL,
    timer TEXT NOT NULL,
    due INTEGER NOT NULL,
    PRIMARY KEY (session, timer)
  ) WITHOUT ROWID;
  CREATE INDEX timersByDue ON timers (due);
  `,
  // AUTOINCREMENT: the id of a session that was removed is never that of another, whoever still remembers it.
  `
  ALTER TABLE sessions RENAME TO before;
  DROP INDEX sessionsByStart;
  DROP INDEX sessionsWorking;
  CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session TEXT NOT NULL UNIQUE,
    workflow TEXT NOT NULL,
    version TEXT NOT NULL,
    status TEXT NOT NULL,
    seq INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    startedAt INTEGER NOT NULL,
    updatedAt INTEGER NOT NULL,
    working INTEGER NOT NULL,
    removeAt INTEGER,
    snapshot NOT NULL
  );
  INSERT INTO sessions
    SELECT id, session, workflow, version, status, seq, revision, startedAt, updatedAt, working, NULL, snapshot
    FROM before ORDER BY id;
  DROP TABLE before;
  CREATE INDEX sessionsByStart ON sessions (startedAt);
  CREATE INDEX sessionsWorking ON sessions (id) WHERE working;
  CREATE INDEX sessionsToRemove ON sessions (removeAt) WHERE removeAt IS NOT NULL;
  `,
];

const number = z.object({ value: z.number() });

/**
 * Brings the file to the newest schema, or makes it there in an empty one. Throws StoreError, with the file untouched,
 * when it belongs to another program or was written by a newer Parley; the driver's errors pass through.
 */
export function prepareSchema(db: DatabaseSyncInstance, file: string, steps = migrations): void {
  if (versionOf(db, file, steps.length) === steps.length) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    // Again, now that nobody else can be at it.
    for (const step of steps.slice(versionOf(db, file, steps.length))) db.exec(step);
    db.exec(`PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${steps.length}; COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(db: DatabaseSyncInstance, file: string, newest: number): number {
  const read = (sql: string) => number.parse(db.prepare(sql).get()).value;
  const application = read('SELECT application_id AS value FROM pragma_application_id');
  const version = read('SELECT user_version AS value FROM pragma_user_version');
  const tables = read('SELECT count(*) AS value FROM sqlite_schema');
  if (application !== APPLICATION && (application !== 0 || version !== 0 || tables !== 0)) {
    throw new StoreError(
      'store/failed',
      `${file} is a database of another program.`,
      'Name another file: Parley makes it where there is none.',
      undefined,
    );
  }
  if (version > newest) {
    throw new StoreError(
      'store/newer',
      `${file} was written by a newer Parley: its schema is ${version}, and this one knows up to ${newest}.`,
      'Update Parley, or name another file.',
      undefined,
    );
  }
  return version;
}
