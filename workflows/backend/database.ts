import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { ToolError } from '@parley/engine';
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { z } from 'zod';

const IDEMPOTENCY = `
CREATE TABLE idempotency (
  key TEXT PRIMARY KEY, request TEXT NOT NULL, outcome TEXT NOT NULL, person TEXT
) STRICT, WITHOUT ROWID;
`;

const Outcome = z.union([
  z.strictObject({ value: z.json() }),
  z.strictObject({ refused: z.strictObject({ code: z.string(), message: z.string() }) }),
]);

type Value = string | number | null;

export interface DatabaseOptions {
  /** Its path; in memory if left out. The folder is made where it isn't there. */
  readonly file?: string | undefined;
  /** What makes its tables, in SQL. */
  readonly tables: readonly string[];
  /** Fills a new one, in the transaction that makes its tables. */
  readonly fill: (database: Database) => void;
}

/** A back end's database: every row it gives has been read through a zod schema. */
export class Database {
  readonly #db: DatabaseSyncInstance;
  readonly #statements = new Map<string, StatementSyncInstance>();

  /** Opens a database, or makes and fills a new one: also where the file was made with other tables, which is kept as FILE.old (`aside`). */
  constructor({ file, tables, fill }: DatabaseOptions) {
    const sql = [IDEMPOTENCY, ...tables].join('\n');
    // Which tables a file was made with: a number that SQLite keeps in its header.
    const form = createHash('sha256').update(sql).digest().readInt32BE();
    if (file !== undefined) {
      mkdirSync(path.dirname(file), { recursive: true });
      setAside(file, form);
    }
    this.#db = open(file);
    this.transaction(() => {
      if (!isNew(this.#db)) return;
      this.#db.exec(`${sql}; PRAGMA user_version = ${form};`);
      fill(this);
    });
  }

  one<T>(schema: z.ZodType<T>, sql: string, ...values: Value[]): T | undefined {
    const row: unknown = this.#prepare(sql).get(...values);
    return row === undefined ? undefined : schema.parse(row);
  }

  all<T>(schema: z.ZodType<T>, sql: string, ...values: Value[]): T[] {
    const rows: unknown[] = this.#prepare(sql).all(...values);
    return rows.map((row) => schema.parse(row));
  }

  /** Returns the row id of the last row put in. */
  run(sql: string, ...values: Value[]): number {
    return Number(this.#prepare(sql).run(...values).lastInsertRowid);
  }

  /** Closes the file; nothing can be asked after. */
  close(): void {
    this.#statements.clear();
    // By hand: the driver finalizes no statements, so to SQLite the connection goes on, and the log would stay.
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#db.close();
  }

  /** Runs `work` whole or not at all. */
  transaction<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  /**
   * Acts once for a key: what `act` writes and its answer are kept in one transaction, and the same key gets the same
   * answer again, a refusal (ToolError) included. What an act wrote before it refused is kept as well: an act
   * refuses before it writes, except where the refusal itself leaves something, such as a wrong code counted.
   * `personOf` says whose call it was, by its answer (undefined where it was refused), so that the answer goes when they are
   * forgotten. Throws where a key comes again with another request.
   */
  once<T>(
    key: string,
    request: unknown,
    answer: z.ZodType<T>,
    act: () => T,
    personOf: (answer: T | undefined) => string | undefined = () => undefined,
  ): T {
    const hash = createHash('sha256').update(JSON.stringify(request)).digest('hex');
    const outcome = this.transaction(() => {
      const known = this.one(
        z.object({ request: z.string(), outcome: z.string() }),
        'SELECT request, outcome FROM idempotency WHERE key = ?',
        key,
      );
      if (known !== undefined) {
        if (known.request !== hash) throw new Error('This idempotency key was used for another request.');
        return known.outcome;
      }
      const fresh = outcomeOf(act);
      const text = JSON.stringify(fresh);
      const person = personOf('value' in fresh ? fresh.value : undefined);
      this.run('INSERT INTO idempotency VALUES (?, ?, ?, ?)', key, hash, text, person ?? null);
      return text;
    });
    const read = Outcome.parse(JSON.parse(outcome));
    if ('refused' in read) throw new ToolError(read.refused.code, read.refused.message);
    return answer.parse(read.value);
  }

  #prepare(sql: string): StatementSyncInstance {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function outcomeOf<T>(act: () => T): { value: T } | { refused: { code: string; message: string } } {
  try {
    return { value: act() };
  } catch (error) {
    if (error instanceof ToolError) return { refused: { code: error.code, message: error.message } };
    throw error;
  }
}

function open(file: string | undefined): DatabaseSyncInstance {
  const db = new DatabaseSync(file ?? ':memory:');
  // Below a tool's time limit, so that a locked database is an accident of that tool.
  db.exec('PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;');
  return db;
}

const isNew = (db: DatabaseSyncInstance): boolean => db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;

/** Renames a file that was made with other tables, as another version of a back end leaves one. */
function setAside(file: string, form: number): void {
  if (!existsSync(file)) return;
  const db = open(file);
  const { user_version: made } = z.object({ user_version: z.int() }).parse(db.prepare('PRAGMA user_version').get());
  const stale = !isNew(db) && made !== form;
  db.close();
  if (!stale) return;
  // Whoever has it open still has the other two.
  for (const suffix of ['', '-wal', '-shm'])
    if (existsSync(file + suffix)) renameSync(file + suffix, aside(file) + suffix);
}

/** Where a file is put that was made with other tables. */
export const aside = (file: string): string => `${file}.old`;

/** Every text in any SQLite file, whatever its tables. */
export function textsIn(file: string): readonly string[] {
  const db = open(file);
  try {
    const tables = z
      .array(z.object({ name: z.string() }))
      .parse(db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all());
    return tables.flatMap(({ name }) =>
      z
        .array(z.record(z.string(), z.unknown()))
        .parse(db.prepare(`SELECT * FROM "${name.replaceAll('"', '""')}"`).all())
        .flatMap((row) => Object.values(row).filter((value) => typeof value === 'string')),
    );
  } finally {
    db.close();
  }
}
