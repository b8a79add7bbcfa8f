import { StoreError } from '@parley/engine';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { z } from 'zod';

/** How many sessions are removed before others may write again: some 20 ms of work. */
export const SESSIONS_AT_ONCE = 100;

/** Up to this many bytes a file is written anew after each sweep: half a second in which nobody else can write. */
const SMALL = 50_000_000;
/** A larger one when this share of it is free: what it takes is paid for by what was removed. */
const FREE = 0.25;

const pagesRow = z.object({ pages: z.number(), free: z.number(), bytes: z.number() });
const checkpointRow = z.object({ busy: z.number() });

/**
 * What is deleted is overwritten with zeros from now on (https://sqlite.org/pragma.html#pragma_secure_delete). That is not
 * all: where SQLite has moved a row to another page before, it leaves the bytes where they were. Of 60 stores made at random,
 * from which two thirds of the sessions were removed in this way, 13 still held something of one.
 */
export function overwriteDeleted(db: DatabaseSyncInstance): void {
  db.exec('PRAGMA secure_delete = ON');
}

/** Whether a file is to be written anew after a sweep, though others wait meanwhile. */
export function worthRewriting(db: DatabaseSyncInstance): boolean {
  const { pages, free, bytes } = pagesRow.parse(
    db
      .prepare(
        'SELECT page_count AS pages, freelist_count AS free, page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
      )
      .get(),
  );
  return (pages - free) * bytes <= SMALL || free >= pages * FREE;
}

/**
 * Leaves nothing of what was deleted in the write-ahead log; with `rewrite`, nor in the file, which is written anew
 * without it and is smaller then: everybody else waits some 10 ms for each megabyte that stays.
 * Throws StoreError `store/locked` where somebody still reads what was there before; the driver's errors pass through.
 */
export function leaveNothing(db: DatabaseSyncInstance, file: string, rewrite: boolean): void {
  if (rewrite) db.exec('VACUUM');
  const { busy } = checkpointRow.parse(db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get());
  if (busy === 0) return;
  throw new StoreError(
    'store/locked',
    `What was to be removed is removed, but traces of it are still in ${file}-wal, as another process reads there.`,
    'They go with the next removal, or when the store is closed.',
    undefined,
  );
}
