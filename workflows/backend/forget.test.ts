import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type BackEnd, openDesk } from './desk.ts';
import { forgetIn, IDS } from './forget.ts';
import { IDENTITY_TABLES } from './identity.ts';
import { toolMakers } from './tools.ts';

const READERS = `
CREATE TABLE readers (id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT, phone TEXT) STRICT;
CREATE TABLE loans (reader TEXT REFERENCES readers, book TEXT NOT NULL, note TEXT NOT NULL) STRICT;
CREATE TABLE letters (reader TEXT NOT NULL REFERENCES readers, text TEXT NOT NULL) STRICT;
`;
const LIBRARY: BackEnd = {
  file: 'library.sqlite',
  tables: [READERS, IDENTITY_TABLES],
  fill: (db) => {
    for (const reader of [
      ['R1', 'Ada Quill', 'ada@example.com', '+15035550142'],
      ['R2', 'Ben Quill', 'ben@example.com', '+16175550128'],
      ['R3', 'Cy Quill', null, '+16175550128'],
    ])
      db.run('INSERT INTO readers VALUES (?, ?, ?, ?)', ...reader);
    db.run("INSERT INTO letters VALUES ('R1', 'Dear Ada Quill')");
    db.run("INSERT INTO letters VALUES ('R2', 'Dear Ben Quill')");
  },
};
/** The library as its next version makes it. */
const NEXT: BackEnd = { ...LIBRARY, tables: [...LIBRARY.tables, 'CREATE TABLE fines (cents INTEGER) STRICT;'] };
const HOLDINGS = {
  people: 'readers',
  rows: [
    { table: 'letters', where: `reader IN ${IDS}` },
    { table: 'loans', where: `reader IN ${IDS}`, set: "reader = NULL, note = ''", what: 'loans that name them' },
  ],
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'parley-library-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Lends a book, by a tool that answers with the reader's note: so the answer that is kept holds words of theirs. */
async function lend(personId: string, note: string, backEnd = LIBRARY): Promise<void> {
  const deskOf = openDesk(backEnd, { folder });
  const { writes } = toolMakers(deskOf, {});
  const tool = writes('loans.make', {
    about: 'Lends a book.',
    input: z.strictObject({ personId: z.string(), note: z.string() }),
    output: z.object({ noted: z.string() }),
    run: ({ db }, input) => {
      db.run("INSERT INTO loans VALUES (?, 'Dune', ?)", input.personId, input.note);
      return { noted: input.note };
    },
  });
  const { signal } = new AbortController();
  const context = { session: 's1', idempotencyKey: note, attempt: 1, signal, now: Date.now() };
  await tool.call({ personId, note }, context).finally(() => deskOf(context).db.close());
}

const forget = (given: string, backEnd = LIBRARY) => forgetIn(backEnd, HOLDINGS, { folder }, given);
/** Which of some texts stand in the bytes of the folder's files. */
const inFiles = (...texts: readonly string[]) => {
  const bytes = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'latin1'));
  return texts.filter((text) => bytes.some((file) => file.includes(text)));
};

describe('who is forgotten', () => {
  it('goes with their rows, their calls\u2019 answers and their name in what stays, from the file too; nobody else', async () => {
    await lend('R1', 'a note of hers');
    await lend('R2', 'a note of his');
    const { found, names, remove } = forget('ADA@example.com');
    expect(found).toEqual({ letters: 1, 'loans that name them': 1, 'answers to calls': 1, readers: 1 });
    expect(names).toEqual(['R1', 'ada@example.com', '+15035550142']);
    expect(inFiles('a note of hers')).toHaveLength(1);
    remove();
    expect(inFiles('Ada Quill', 'ada@example.com', '5035550142', 'a note of hers')).toEqual([]);
    expect(forget('R1').found).toEqual({});
    expect(forget('R2').found).toEqual({ letters: 1, 'loans that name them': 1, 'answers to calls': 1, readers: 1 });
    const { db } = openDesk(LIBRARY, { folder })(CONTEXT);
    expect(db.all(z.unknown(), 'SELECT * FROM loans')).toEqual([
      { reader: null, book: 'Dune', note: '' },
      { reader: 'R2', book: 'Dune', note: 'a note of his' },
    ]);
    db.close();
  });

  it.each([
    ['r1', ['R1', 'ada@example.com', '+15035550142']],
    ['(503) 555-0142', ['R1', 'ada@example.com', '+15035550142']],
    ['+1 503 555 0142', ['R1', 'ada@example.com', '+15035550142']],
    // Two share it: it is no name of one of them, but it means both.
    ['ben@example.com', ['R2', 'ben@example.com']],
    ['617-555-0128', ['R2', 'ben@example.com', '+16175550128', 'R3', '+16175550128']],
    ['0142', []],
    ['Ada', []],
    ['', []],
  ])('by %j is known as %j', async (given, names) => {
    await lend('R2', 'a note');
    expect(forget(given).names).toEqual(names);
  });

  it('is told that traces stay where somebody else reads the file', async () => {
    await lend('R1', 'a note of hers');
    const { db } = openDesk(LIBRARY, { folder })(CONTEXT);
    const { remove } = forget('R1');
    db.run('BEGIN');
    db.all(z.unknown(), 'SELECT * FROM readers');
    expect(remove).toThrow('another process');
    expect(inFiles('a note of hers')).toHaveLength(1);
    db.run('COMMIT');
    db.close();
    expect(inFiles('a note of hers')).toEqual([]);
  });
});

describe('a file of another version', () => {
  beforeEach(async () => {
    await lend('R1', 'a note of hers');
    openDesk(NEXT, { folder })(CONTEXT).db.close();
    expect(existsSync(path.join(folder, 'library.sqlite.old'))).toBe(true);
  });

  it('is removed whole where it names them', async () => {
    const { found, remove } = forget('+1 (503) 555-0142', NEXT);
    expect(found).toEqual({ letters: 1, readers: 1, 'files of another version': 1 });
    remove();
    expect(readdirSync(folder).filter((file) => file.includes('.old'))).toEqual([]);
    expect(inFiles('a note of hers')).toEqual([]);
    expect(forget('ada@example.com', NEXT).found).toEqual({});
  });

  it.each(['dora@example.com', 'R4', '212 555 0199', 'da@example.com'])(
    'stays where %s is not named in it',
    (given) => {
      expect(forget(given, NEXT).found).toEqual({});
      forget(given, NEXT).remove();
      expect(existsSync(path.join(folder, 'library.sqlite.old'))).toBe(true);
    },
  );

  it('is looked through alone where there is no other, and none is made', () => {
    for (const end of ['', '-wal', '-shm']) rmSync(path.join(folder, `library.sqlite${end}`), { force: true });
    const { found, remove } = forget('ada@example.com', NEXT);
    expect(found).toEqual({ 'files of another version': 1 });
    remove();
    expect(readdirSync(folder)).toEqual([]);
  });
});

it('makes no file where there is none', () => {
  expect(forget('R1').found).toEqual({});
  expect(forgetIn(LIBRARY, HOLDINGS, {}, 'R1').found).toEqual({});
  expect(readdirSync(folder)).toEqual([]);
});

const CONTEXT = {
  session: 's2',
  idempotencyKey: 'k',
  attempt: 1,
  signal: new AbortController().signal,
  now: Date.now(),
};
