import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { aside, type Database, textsIn } from './database.ts';
import { type BackEnd, openDesk, type Place } from './desk.ts';
import { type Person, PersonRow } from './identity.ts';

/** Rows that are somebody's. */
export interface Rows {
  readonly table: string;
  /** Which rows, in SQL; IDS stands for the ids of those who are forgotten. */
  readonly where: string;
  /** Where the rows stay and only name nobody any more: what is set in them, in SQL. They are deleted if it is left out. */
  readonly set?: string;
  /** What they are called when they are counted; the table's name if left out. */
  readonly what?: string;
}

/** The ids of those who are forgotten, for `where`: `customer IN ${IDS}`. */
export const IDS = '(SELECT value FROM json_each(?1))';

/** What the tools of `identity.ts` keep of a person, and the answers to their calls, which are kept for calls that come again. */
const KEPT_BY_TOOLS: readonly Rows[] = [
  { table: 'wrong_codes', where: `code_id IN (SELECT id FROM codes WHERE person IN ${IDS})`, what: 'wrong codes' },
  { table: 'codes', where: `person IN ${IDS}` },
  { table: 'vouchers', where: `person IN ${IDS}` },
  { table: 'idempotency', where: `person IN ${IDS}`, what: 'answers to calls' },
];

/** What a back end holds of somebody, as `parley forget` takes it. */
export interface Holding {
  /** How many of each there are; what there is none of is left out. */
  readonly found: { readonly [what: string]: number };
  /** What else they are known by: ids, e-mail addresses, and phone numbers that nobody else has. */
  readonly names: readonly string[];
  /** Throws where another process is reading the file: then traces of what was removed stay until it has closed it. */
  readonly remove: () => void;
}

/**
 * What the back end in a folder holds of whoever has this e-mail address, phone number or id, for `parley forget`, and how
 * to remove it. Two who share a telephone are both meant by it.
 * `people`: where they are kept, a table of PersonRow; `rows`: what is theirs, in the order in which it can be removed.
 * A file that was set aside (FILE.old) is removed whole if anything in it names them: no version reads it any more.
 */
export function forgetIn(
  backEnd: BackEnd,
  { people, rows }: { readonly people: string; readonly rows: readonly Rows[] },
  place: Place,
  given: string,
): Holding {
  const theirs: readonly Rows[] = [...rows, ...KEPT_BY_TOOLS, { table: people, where: `id IN ${IDS}` }];
  const file = place.folder === undefined ? undefined : path.join(place.folder, backEnd.file);
  const found: { [what: string]: number } = {};
  let [ids, names]: [readonly string[], readonly string[]] = [[], []];
  if (file !== undefined && existsSync(file)) {
    opened(backEnd, place, (db) => {
      const all = db.all(PersonRow, `SELECT * FROM ${people} ORDER BY id`);
      const meant = all.filter(whoIs(given));
      ids = meant.map(({ id }) => id);
      names = namesOf(meant, all);
      for (const { table, where, what = table } of theirs) {
        const count = countOf(db, `SELECT count(*) AS count FROM ${table} WHERE ${where}`, ids);
        if (count > 0) found[what] = count;
      }
    });
  }
  // Looked at last: opening a file that another version has made sets it aside.
  const old = file !== undefined && existsSync(aside(file)) && isNamedIn(aside(file), [given, ...names]);
  if (old) found['files of another version'] = 1;
  return {
    found,
    names,
    remove() {
      if (ids.length > 0) opened(backEnd, place, (db) => removeFrom(db, theirs, ids));
      if (old) for (const suffix of ['', '-wal', '-shm']) rmSync(aside(file) + suffix, { force: true });
    },
  };
}

/** Does something with the database of a place, which is closed again. */
function opened(backEnd: BackEnd, place: Place, work: (db: Database) => void): void {
  const { signal } = new AbortController();
  const { db } = openDesk(backEnd, place)({ session: '', idempotencyKey: '', attempt: 1, signal, now: Date.now() });
  try {
    work(db);
  } finally {
    db.close();
  }
}

/** Overwritten where it stood, then the file is written anew, as SQLite may have moved a row before, and its log emptied. */
function removeFrom(db: Database, theirs: readonly Rows[], ids: readonly string[]): void {
  db.run('PRAGMA secure_delete = ON');
  db.transaction(() => {
    for (const { table, where, set } of theirs)
      db.run(
        set === undefined ? `DELETE FROM ${table} WHERE ${where}` : `UPDATE ${table} SET ${set} WHERE ${where}`,
        JSON.stringify(ids),
      );
  });
  db.run('VACUUM');
  const { busy } = db.one(z.object({ busy: z.int() }), 'PRAGMA wal_checkpoint(TRUNCATE)') ?? { busy: 0 };
  if (busy !== 0) throw new Error('It is removed, but traces stay in the file as long as another process has it open.');
}

const countOf = (db: Database, sql: string, ids: readonly string[]) =>
  db.one(z.object({ count: z.int() }), sql, JSON.stringify(ids))?.count ?? 0;

/** Whether a person is who is meant by an id, an e-mail address or a phone number, with its country before it or without. */
function whoIs(given: string): (person: Person) => boolean {
  const text = plain(given);
  const number = numberIn(given);
  return ({ id, email, phone }) =>
    plain(id) === text ||
    (email ? plain(email) === text : false) ||
    (number !== undefined && digits(phone ?? '').endsWith(number));
}

function namesOf(meant: readonly Person[], all: readonly Person[]): readonly string[] {
  const shared = (number: string) =>
    all.some((person) => !meant.includes(person) && digits(person.phone ?? '') === digits(number));
  return meant.flatMap(({ id, email, phone }) => [
    id,
    ...(email ? [email] : []),
    ...(phone && !shared(phone) ? [phone] : []),
  ]);
}

/** Whether a text of the file holds one of the names, as a word of its own, or a phone number in whatever form. */
function isNamedIn(file: string, names: readonly string[]): boolean {
  const words = names
    .filter((name) => name.trim() !== '')
    .map((name) => plain(name).replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const word = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join('|')})(?![\\p{L}\\p{N}])`, 'u');
  if (words.length === 0) return false;
  const numbers = names.map(numberIn).filter((number) => number !== undefined);
  return textsIn(file).some(
    (text) => word.test(plain(text)) || numbers.some((number) => digits(text).includes(number)),
  );
}

const plain = (text: string) => text.trim().toLowerCase();

const digits = (text: string) => text.replaceAll(/\D/g, '');

/** The digits of a phone number; undefined where it is none. */
const numberIn = (text: string): string | undefined =>
  /^[+(\d][\d\s().-]{8,}$/.test(text.trim()) && digits(text).length >= 10 ? digits(text).slice(-10) : undefined;
