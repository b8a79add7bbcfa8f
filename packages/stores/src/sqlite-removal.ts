import { setImmediate } from 'node:timers/promises';
import { StoreError } from '@parley/engine';
import type { DatabaseSyncInstance } from '@photostructure/sqlite';
import { z } from 'zod';

/** How many sessions are removed, or pages given back, before others may write again: some 20 ms of work each. */
export const SESSIONS_AT_ONCE = 100;
const PAGES_AT_ONCE = 500;

const INCREMENTAL = 2;
const number = z.object({ value: z.number() });
const checkpointRow = z.object({ busy: z.number() });

/**
 * Sees to it that a file holds nothing of what was deleted from it: what is deleted is overwritten (`secure_delete`), and
 * pages that are free can be given back bit by bit (`auto_vacuum`). A file made without these is written anew, once;
 * where that can't be done now, for want of room or as others are at it, the next opening does it.
 *
 * Measured: overwriting costs a commit nothing that shows, `auto_vacuum` a tenth where hundreds are written together.
 * VACUUM instead would hold up everybody for as long as the whole file takes.
 */
export function prepareRemoval(db: DatabaseSyncInstance): void {
  db.exec('PRAGMA secure_delete = ON');
  if (read(db, 'SELECT auto_vacuum AS value FROM pragma_auto_vacuum') === INCREMENTAL) return;
  db.exec(`PRAGMA auto_vacuum = ${INCREMENTAL}`);
  try {
    db.exec('VACUUM');
  } catch {
    // All is as it was; what is removed from it is overwritten all the same.
  }
}

/** Gives back the pages that are free, a few at a time. */
export async function giveBack(db: DatabaseSyncInstance): Promise<void> {
  const free = () => read(db, 'SELECT freelist_count AS value FROM pragma_freelist_count');
  for (let before = Number.POSITIVE_INFINITY, now = free(); now > 0 && now < before; before = now, now = free()) {
    db.exec(`PRAGMA incremental_vacuum(${PAGES_AT_ONCE})`);
    await setImmediate();
  }
}

/** Empties the write-ahead log, which holds pages as they were before. Throws StoreError `store/locked` where somebody still reads them. */
export function emptyLog(db: DatabaseSyncInstance, file: string): void {
  const { busy } = checkpointRow.parse(db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get());
  if (busy === 0) return;
  throw new StoreError(
    'store/locked',
    `What was removed is gone, but traces of it are still in ${file}-wal, as another process reads there.`,
    'They go with the next removal, or when the store is closed.',
    undefined,
  );
}

function read(db: DatabaseSyncInstance, sql: string): number {
  return number.parse(db.prepare(sql).get()).value;
}
