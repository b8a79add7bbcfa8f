import { constants } from 'node:os';
import { StoreError } from '@parley/engine';

/** SQLite's primary result codes (https://sqlite.org/rescode.html) that have a remedy of their own. */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;
/** SQLite's texts for them. */
const codes = new Map([
  ['database is locked', BUSY],
  ['database table is locked', LOCKED],
  ['attempt to write a readonly database', READONLY],
  ['database disk image is malformed', CORRUPT],
  ['database or disk is full', FULL],
  ['unable to open database file', CANTOPEN],
  ['file is not a database', NOTADB],
]);

/** An error of the driver as a StoreError about `file`; one of the family stays as it is. */
export function toStoreError(file: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  switch (primaryCode(error)) {
    case BUSY:
    case LOCKED:
      return new StoreError(
        'store/locked',
        `Another process is writing to ${file}.`,
        'Let only one process run the sessions of a store, or give each a file of its own.',
        error,
      );
    case FULL:
      return new StoreError(
        'store/full',
        `There is no room left for ${file}.`,
        'Make room on the disk, then send the event again: what was kept before is whole.',
        error,
      );
    case CORRUPT:
    case NOTADB:
      return damaged(file, error);
    case READONLY:
      return new StoreError(
        'store/failed',
        `${file} can't be written to.`,
        'See that this user may write to it and to its folder, and that the disk takes writes.',
        error,
      );
    case CANTOPEN:
      return new StoreError(
        'store/failed',
        `${file} can't be opened.`,
        'See that its folder exists, and that this user may write there.',
        error,
      );
    default:
      return new StoreError(
        'store/failed',
        `SQLite could not do it on ${file}.`,
        'The cause tells its reason; what was kept before is whole.',
        error,
      );
  }
}

/** The file is no longer where it was opened: whatever is written to it now would be gone with the process. */
export function gone(file: string): StoreError {
  return new StoreError(
    'store/failed',
    `${file} was deleted or replaced while it was open.`,
    'Put the file or a backup of it in its place, and start again.',
    undefined,
  );
}

/** The file, or what is in it, can't be read. `cause` must hold nothing of a session. */
export function damaged(file: string, cause?: unknown): StoreError {
  return new StoreError(
    'store/damaged',
    `${file} is not a store of Parley, or is damaged.`,
    'Name another file, or put a backup in its place; keep a copy of the damaged one.',
    cause,
  );
}

/** The primary code of an error: the low byte; the rest says more of it. */
function primaryCode(error: unknown): number {
  const code = sqliteCode(error) & 0xff;
  // Where the index of the log can't grow, SQLite tells of a failure of the disk, and only the system why.
  return code === IOERR && systemCode(error) === constants.errno.ENOSPC ? FULL : code;
}

function systemCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'systemErrno' in error ? error.systemErrno : undefined;
}

function sqliteCode(error: unknown): number {
  // Not instanceof: the driver's errors may come from another realm.
  if (typeof error !== 'object' || error === null) return 0;
  if ('sqliteCode' in error && typeof error.sqliteCode === 'number') return error.sqliteCode;
  // `all()` throws errors that hold SQLite's text only.
  return 'message' in error && typeof error.message === 'string' ? (codes.get(error.message) ?? 0) : 0;
}
