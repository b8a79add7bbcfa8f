import { expect, it } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import { migrations, prepareSchema } from './sqlite-schema.ts';

const open = () => new DatabaseSync(':memory:');
const version = (db: ReturnType<typeof open>): unknown => db.prepare('PRAGMA user_version').get();

it('makes the newest schema in an empty file, once', () => {
  const db = open();
  prepareSchema(db, 'file');
  prepareSchema(db, 'file');
  expect(version(db)).toEqual({ user_version: migrations.length });
  expect(db.prepare('SELECT count(*) AS sessions FROM sessions').get()).toEqual({ sessions: 0 });
});

it('leads an older file forward by the steps it has not seen, and keeps what is in it', () => {
  const db = open();
  const first = 'CREATE TABLE t (a); INSERT INTO t VALUES (1)';
  prepareSchema(db, 'file', [first]);
  prepareSchema(db, 'file', [first, 'ALTER TABLE t ADD b DEFAULT 2', 'UPDATE t SET a = a + 10']);
  expect(version(db)).toEqual({ user_version: 3 });
  expect(db.prepare('SELECT a, b FROM t').all()).toEqual([{ a: 11, b: 2 }]);
});

it('leaves a file as it was when a step fails', () => {
  const db = open();
  prepareSchema(db, 'file', ['CREATE TABLE t (a)']);
  const steps = ['CREATE TABLE t (a)', 'ALTER TABLE t ADD b', 'ALTER TABLE none ADD c'];
  expect(() => prepareSchema(db, 'file', steps)).toThrow('none');
  expect(version(db)).toEqual({ user_version: 1 });
  expect(db.prepare('SELECT name FROM pragma_table_info(?)').all('t')).toEqual([{ name: 'a' }]);
});

it('refuses a file of a newer version, and says which it knows', () => {
  const db = open();
  prepareSchema(db, 'calls.db', ['CREATE TABLE t (a)', 'CREATE TABLE u (a)']);
  expect(() => prepareSchema(db, 'calls.db', ['CREATE TABLE t (a)'])).toThrow(
    'calls.db was written by a newer Parley: its schema is 2, and this one knows up to 1.',
  );
});

it.each([
  ['tables', 'CREATE TABLE theirs (a)'],
  ['a version', 'PRAGMA user_version = 1'],
  ['an application id', 'PRAGMA application_id = 252006673'],
])('refuses a database of another program, known by %s', (_, sql) => {
  const db = open();
  db.exec(sql);
  expect(() => prepareSchema(db, 'calls.db')).toThrow('calls.db is a database of another program.');
});
