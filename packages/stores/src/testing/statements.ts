import type { Store } from '@parley/engine';
import { DatabaseSync } from '@photostructure/sqlite';
import { z } from 'zod';
import { plainCodec } from '../codec.ts';
import { storeOn } from '../sqlite.ts';

/** Opens a store that tells of every SQL statement, before it is run and after: for a test that strikes between two. */
export function openWatched(file: string, told: (when: 'before' | 'after', sql: string) => void): Store {
  const db = new DatabaseSync(file, { timeout: 5_000, enableForeignKeyConstraints: false });
  // The driver's classes can't be changed, but each of their objects can.
  const watch = (object: object, method: string, sqlOf: (argument: unknown) => string) => {
    const original: unknown = Reflect.get(object, method);
    if (typeof original !== 'function') throw new TypeError(`There is no ${method} to watch.`);
    Object.defineProperty(object, method, {
      value: (...given: readonly unknown[]) => {
        const sql = sqlOf(given[0]).trim();
        told('before', sql);
        const result: unknown = Reflect.apply(original, object, given);
        told('after', sql);
        return result;
      },
    });
  };
  const prepare = db.prepare.bind(db);
  Object.defineProperty(db, 'prepare', {
    value: (sql: string) => {
      const statement = prepare(sql);
      for (const method of ['run', 'get', 'all']) watch(statement, method, () => sql);
      return statement;
    },
  });
  watch(db, 'exec', String);
  return storeOn(db, file, plainCodec);
}

/** What SQLite's own check says of a file: 'ok' where it is whole. */
export function integrity(file: string): string {
  const db = new DatabaseSync(file);
  try {
    const row: unknown = db.prepare('SELECT integrity_check AS said FROM pragma_integrity_check').get();
    return z.object({ said: z.string() }).parse(row).said;
  } finally {
    db.close();
  }
}
