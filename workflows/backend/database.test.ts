import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ToolError } from '@parley/engine';
import { z } from 'zod';
import { Database } from './database.ts';

const nothing = () => undefined;
const Answer = z.object({ note: z.int() });
const NOTES = 'CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;';

const open = (file?: string, fill: (db: Database) => void = nothing) => new Database({ file, tables: [NOTES], fill });
const write = (db: Database) => db.run("INSERT INTO notes (text) VALUES ('a note')");
const notes = (db: Database) => db.one(z.object({ n: z.int() }), 'SELECT count(*) AS n FROM notes')?.n;

describe('an act', () => {
  it('is done once for a key', () => {
    const db = open();
    const act = () => ({ note: write(db) });
    expect([1, 2, 3].map(() => db.once('k', 'r', Answer, act))).toEqual([{ note: 1 }, { note: 1 }, { note: 1 }]);
    expect(db.once('another', 'r', Answer, act)).toEqual({ note: 2 });
    expect(notes(db)).toBe(2);
  });

  it('that breaks leaves nothing, and its key may be tried again', () => {
    const db = open();
    const breaks = () => {
      write(db);
      throw new Error('The disk is on fire.');
    };
    expect(() => db.once('k', 'r', Answer, breaks)).toThrow('The disk is on fire.');
    expect(notes(db)).toBe(0);
    expect(db.once('k', 'r', Answer, () => ({ note: write(db) }))).toEqual({ note: 1 });
  });

  it('that refuses is refused again with what it left', () => {
    const db = open();
    const refuses = () => {
      write(db);
      throw new ToolError('wrong_code', 'The code is not the one that was sent.');
    };
    for (const _ of [1, 2]) {
      const refused = { code: 'wrong_code', message: 'The code is not the one that was sent.' };
      expect(() => db.once('k', 'r', Answer, refuses)).toThrow(expect.objectContaining(refused));
    }
    expect(notes(db)).toBe(1);
  });

  it('is not answered with the answer to another request', () => {
    const db = open();
    db.once('k', { item: 1 }, Answer, () => ({ note: write(db) }));
    expect(() => db.once('k', { item: 2 }, Answer, () => ({ note: write(db) }))).toThrow('another request');
    expect(notes(db)).toBe(1);
  });
});

describe('a file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'backend-'));
    file = path.join(folder, 'deeper', 'notes.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is acted on once by two processes', () => {
    const [one, other] = [open(file), open(file)];
    expect(one.once('k', 'r', Answer, () => ({ note: write(one) }))).toEqual({ note: 1 });
    expect(other.once('k', 'r', Answer, () => ({ note: write(other) }))).toEqual({ note: 1 });
    expect(notes(one)).toBe(1);
  });

  it('is filled once, when it is new', () => {
    for (const _ of [1, 2]) open(file, write);
    expect(notes(open(file))).toBe(1);
  });

  it('that could not be filled is filled the next time', () => {
    const breaks = () => {
      throw new Error('The power is off.');
    };
    expect(() => open(file, breaks)).toThrow('The power is off.');
    expect(notes(open(file, write))).toBe(1);
  });

  it('that was made with other tables is set aside, and a new one made', () => {
    open(file, write);
    const other = { file, tables: [`${NOTES} CREATE TABLE tags (id INTEGER PRIMARY KEY) STRICT;`], fill: nothing };
    expect(notes(new Database(other))).toBe(0);
    expect(notes(new Database(other))).toBe(0);
    expect(notes(open(`${file}.old`))).toBe(1);
  });
});
