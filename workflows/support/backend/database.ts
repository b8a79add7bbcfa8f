import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { ToolError } from '@parley/engine';
import { DatabaseSync, type DatabaseSyncInstance, type StatementSyncInstance } from '@photostructure/sqlite';
import { z } from 'zod';
import { refuseAgain } from './refusal.ts';

// Days are whole days since 1970-01-01 (calendar.ts), amounts are cents, moments are milliseconds since the epoch.
const SCHEMA = `
CREATE TABLE shop (seeded_on INTEGER NOT NULL) STRICT;
CREATE TABLE customers (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, phone TEXT NOT NULL, zip TEXT NOT NULL,
  gift_card TEXT
) STRICT;
CREATE TABLE products (sku TEXT PRIMARY KEY, name TEXT NOT NULL, size TEXT, stock INTEGER NOT NULL) STRICT;
CREATE TABLE orders (
  id TEXT PRIMARY KEY, customer TEXT NOT NULL REFERENCES customers, status TEXT NOT NULL,
  placed_on INTEGER NOT NULL, promised_on INTEGER NOT NULL, shipping INTEGER NOT NULL,
  paid_by TEXT NOT NULL, paid_label TEXT NOT NULL, gift INTEGER NOT NULL,
  addressee TEXT NOT NULL, street TEXT NOT NULL, state TEXT NOT NULL, zip TEXT NOT NULL
) STRICT;
CREATE TABLE items (
  order_id TEXT NOT NULL REFERENCES orders, line INTEGER NOT NULL, sku TEXT NOT NULL REFERENCES products,
  price INTEGER NOT NULL, final_sale INTEGER NOT NULL, state TEXT NOT NULL,
  PRIMARY KEY (order_id, line)
) STRICT;
CREATE TABLE shipments (
  order_id TEXT PRIMARY KEY REFERENCES orders, carrier TEXT NOT NULL, tracking TEXT NOT NULL, state TEXT NOT NULL,
  shipped_on INTEGER NOT NULL, delivered_on INTEGER, left_at TEXT
) STRICT;
CREATE TABLE returns (
  id INTEGER PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders, kind TEXT NOT NULL, lines TEXT NOT NULL,
  why TEXT NOT NULL, amount INTEGER NOT NULL, method TEXT NOT NULL, state TEXT NOT NULL,
  opened_on INTEGER NOT NULL, send_by INTEGER NOT NULL
) STRICT;
CREATE TABLE refunds (
  id INTEGER PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders, reason TEXT NOT NULL, amount INTEGER NOT NULL,
  method TEXT NOT NULL, state TEXT NOT NULL, made_on INTEGER NOT NULL, expected_on INTEGER NOT NULL
) STRICT;
CREATE TABLE warranties (
  order_id TEXT NOT NULL, line INTEGER NOT NULL, ends_on INTEGER NOT NULL, claim INTEGER, fault TEXT, remedy TEXT,
  PRIMARY KEY (order_id, line), FOREIGN KEY (order_id, line) REFERENCES items
) STRICT;
CREATE TABLE codes (
  id INTEGER PRIMARY KEY, session TEXT NOT NULL, customer TEXT NOT NULL REFERENCES customers, code TEXT NOT NULL,
  sent_at INTEGER NOT NULL, wrong INTEGER NOT NULL DEFAULT 0, verified INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE cases (
  id INTEGER PRIMARY KEY, topic TEXT NOT NULL, text TEXT NOT NULL, customer TEXT, order_id TEXT,
  session TEXT NOT NULL, made_at INTEGER NOT NULL
) STRICT;
CREATE TABLE idempotency (key TEXT PRIMARY KEY, request TEXT NOT NULL, outcome TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX orders_of_customer ON orders (customer);
`;

const Outcome = z.union([z.strictObject({ value: z.json() }), z.strictObject({ refused: z.string() })]);

type Value = string | number | null;

/** The shop's database: every row it gives has been read through a zod schema. */
export class Database {
  readonly #db: DatabaseSyncInstance;
  readonly #statements = new Map<string, StatementSyncInstance>();

  /** Opens `shop.sqlite` in a folder, or a database in memory; a new one is filled by `fill`. */
  constructor(folder: string | undefined, fill: (database: Database) => void) {
    if (folder !== undefined) mkdirSync(folder, { recursive: true });
    this.#db = new DatabaseSync(folder === undefined ? ':memory:' : path.join(folder, 'shop.sqlite'));
    // Below a tool's time limit, so that a locked database is an accident of that tool.
    this.#db.exec('PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;');
    this.transaction(() => {
      if (this.one(z.unknown(), "SELECT 1 FROM sqlite_schema WHERE name = 'shop'") !== undefined) return;
      this.#db.exec(SCHEMA);
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
   * Throws where a key comes again with another request.
   */
  once<T>(key: string, request: unknown, answer: z.ZodType<T>, act: () => T): T {
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
      const fresh = JSON.stringify(outcomeOf(act));
      this.run('INSERT INTO idempotency (key, request, outcome) VALUES (?, ?, ?)', key, hash, fresh);
      return fresh;
    });
    const read = Outcome.parse(JSON.parse(outcome));
    return 'refused' in read ? refuseAgain(read.refused) : answer.parse(read.value);
  }

  #prepare(sql: string): StatementSyncInstance {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function outcomeOf<T>(act: () => T): { value: T } | { refused: string } {
  try {
    return { value: act() };
  } catch (error) {
    if (error instanceof ToolError) return { refused: error.code };
    throw error;
  }
}
