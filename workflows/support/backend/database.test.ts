import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Database } from './database.ts';
import { refuse } from './refusal.ts';

const nothing = () => undefined;
const Answer = z.object({ note: z.int() });

const write = (db: Database) =>
  db.run("INSERT INTO cases (topic, text, session, made_at) VALUES ('other', 'a note', 's1', 1)");
const notes = (db: Database) => db.one(z.object({ n: z.int() }), 'SELECT count(*) AS n FROM cases')?.n;

describe('an act', () => {
  it('is done once for a key', () => {
    const db = new Database(undefined, nothing);
    const act = () => ({ note: write(db) });
    expect([1, 2, 3].map(() => db.once('k', 'r', Answer, act))).toEqual([{ note: 1 }, { note: 1 }, { note: 1 }]);
    expect(db.once('another', 'r', Answer, act)).toEqual({ note: 2 });
    expect(notes(db)).toBe(2);
  });

  it('that breaks leaves nothing, and its key may be tried again', () => {
    const db = new Database(undefined, nothing);
    const breaks = () => {
      write(db);
      throw new Error('The disk is on fire.');
    };
    expect(() => db.once('k', 'r', Answer, breaks)).toThrow('The disk is on fire.');
    expect(notes(db)).toBe(0);
    expect(db.once('k', 'r', Answer, () => ({ note: write(db) }))).toEqual({ note: 1 });
  });

  it('that refuses is refused again with what it left', () => {
    const db = new Database(undefined, nothing);
    const refuses = () => {
      write(db);
      return refuse('wrong_code');
    };
    for (const _ of [1, 2])
      expect(() => db.once('k', 'r', Answer, refuses)).toThrow(expect.objectContaining({ code: 'wrong_code' }));
    expect(notes(db)).toBe(1);
  });

  it('is not answered with the answer to another request', () => {
    const db = new Database(undefined, nothing);
    db.once('k', { item: 1 }, Answer, () => ({ note: write(db) }));
    expect(() => db.once('k', { item: 2 }, Answer, () => ({ note: write(db) }))).toThrow('another request');
    expect(notes(db)).toBe(1);
  });

  it('is done once by two processes on one file', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'shop-'));
    try {
      const [one, other] = [new Database(folder, nothing), new Database(folder, nothing)];
      expect(one.once('k', 'r', Answer, () => ({ note: write(one) }))).toEqual({ note: 1 });
      expect(other.once('k', 'r', Answer, () => ({ note: write(other) }))).toEqual({ note: 1 });
      expect(notes(one)).toBe(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('fills a new file once', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'shop-'));
    try {
      for (const _ of [1, 2]) new Database(folder, write);
      expect(notes(new Database(folder, nothing))).toBe(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
