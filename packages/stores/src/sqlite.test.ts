import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Commit } from '@parley/engine';
import { DatabaseSync } from '@photostructure/sqlite';
import { type Codec, plainCodec } from './codec.ts';
import { storeConformance } from './conformance.ts';
import { encryptingCodec } from './encryption.ts';
import { keysIn } from './keys.ts';
import { openSqliteStore, storeOn } from './sqlite.ts';
import { migrations, prepareSchema } from './sqlite-schema.ts';
import { integrity } from './testing/statements.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'parley-stores-'));
afterAll(() => rmSync(folder, { recursive: true }));
const encrypted = encryptingCodec(keysIn({ file: path.join(folder, 'key') }));
let files = 0;
const newFile = () => path.join(folder, `${++files}.db`);

storeConformance('the SQLite store', {
  open: async () => openSqliteStore(newFile()),
  reopen: async () => openSqliteStore(path.join(folder, `${files}.db`)),
});
storeConformance('the SQLite store, encrypted', {
  open: async () => openSqliteStore(newFile(), { codec: encrypted }),
  reopen: async () => openSqliteStore(path.join(folder, `${files}.db`), { codec: encrypted }),
});
storeConformance('the SQLite store in memory', { open: async () => openSqliteStore(':memory:') });

describe('a group of commits', () => {
  it('asked for at once is one transaction; one after the other, one each', async () => {
    const file = newFile();
    const store = openSqliteStore(file);
    const before = transactions(file);
    await Promise.all(Array.from({ length: 50 }, (_, index) => store.commit(first(`s${index}`))));
    expect(transactions(file) - before).toBe(1);
    for (let index = 50; index < 53; index++) await store.commit(first(`s${index}`));
    expect(transactions(file) - before).toBe(4);
    await store.close();
  });

  it('is written in the order it was asked for', async () => {
    const store = openSqliteStore(':memory:');
    const outcomes = await Promise.allSettled([
      store.commit(first('a')),
      store.commit({ ...first('a'), expects: 1, events: [event(2)] }),
      store.commit({ ...first('a'), expects: 2, events: [event(3)] }),
    ]);
    expect(outcomes.map(({ status }) => status)).toStrictEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(await store.load('a')).toMatchObject({ seq: 3 });
    await store.close();
  });

  it('is kept but for the one that breaks a rule of the tables', async () => {
    const store = openSqliteStore(':memory:');
    await store.commit(first('b'));
    const before = await store.load('b');
    const outcomes = await Promise.allSettled([
      store.commit(first('a')),
      store.commit({ ...first('b'), expects: 1, events: [event(2), event(2)], snapshot: 'wrong' }),
      store.commit(first('c')),
      store.commit({ ...first('b'), expects: 9 }),
    ]);
    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'store/failed' } },
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'store/conflict' } },
    ]);
    expect(await store.load('b')).toStrictEqual(before);
    expect(await store.events('b')).toStrictEqual([event(1)]);
    expect((await store.sessions()).map(({ session }) => session).sort()).toStrictEqual(['a', 'b', 'c']);
    await store.close();
  });
});

it('a closed store is whole in its one file', async () => {
  const file = newFile();
  const store = openSqliteStore(file);
  await store.commit(first('a'));
  await store.close();
  const copied = newFile();
  copyFileSync(file, copied);
  const copy = openSqliteStore(copied);
  expect(await copy.load('a')).toMatchObject({ seq: 1 });
  await copy.close();
});

it('events that do not follow on from those that are kept are refused, after a conflict is', async () => {
  const store = openSqliteStore(':memory:');
  await store.commit(first('a'));
  await store.commit({ ...first('a'), expects: 1, events: [] });
  const before = await store.load('a');
  for (const seqs of [[1], [3], [2, 4], [3, 2]]) {
    const events = seqs.map(event);
    await expect(store.commit({ ...first('a'), expects: 2, events })).rejects.toMatchObject({ code: 'store/failed' });
    await expect(store.commit({ ...first('a'), expects: 1, events })).rejects.toMatchObject({ code: 'store/conflict' });
  }
  await expect(store.commit({ ...first('b'), events: [event(2)] })).rejects.toMatchObject({ code: 'store/failed' });
  expect(await store.load('a')).toStrictEqual(before);
  expect(await store.events('a')).toStrictEqual([event(1)]);
  await store.commit({ ...first('a'), expects: 2, events: [event(2)] });
  expect(await store.load('a')).toMatchObject({ seq: 2, revision: 3 });
  await store.close();
});

describe('a process killed while it commits', () => {
  it('leaves all that was acknowledged, and nothing by halves', async () => {
    const file = newFile();
    const acknowledged = await killedAfter(300, file);
    expect(acknowledged.size).toBe(10);

    expect(integrity(file)).toBe('ok');
    const store = openSqliteStore(file);
    for (const [session, seq] of acknowledged) {
      const kept = (await store.load(session))?.seq ?? 0;
      // A last commit may have been written without its acknowledgement being heard.
      expect([seq, seq + 2]).toContain(kept);
      expect((await store.load(session))?.snapshot).toContain(`{"seq":${kept},`);
      const all = Array.from({ length: kept }, (_, index) => index + 1);
      expect((await store.events(session)).map(({ data }) => data['seq'])).toStrictEqual(all);
      for (let turn = 2; turn <= kept; turn += 2) expect(await store.reply(session, `${turn}`)).toBe(`${turn}`);
      const timers = (await store.dueTimers(1e9, 1e9)).filter((timer) => timer.session === session);
      expect(timers).toStrictEqual([{ session, timer: `${kept}`, due: kept }]);
      await store.commit({ ...first(session), expects: kept / 2, events: [event(kept + 1)] });
    }
    await store.close();
  }, 30_000);
});

describe('a file that another process is writing', () => {
  it('refuses commits as store/locked, changes nothing, and goes on when it is free', async () => {
    const file = newFile();
    const store = openSqliteStore(file, { busyTimeout: 20 });
    await store.commit(first('a'));
    const other = new DatabaseSync(file);
    other.exec('BEGIN EXCLUSIVE');
    const outcomes = await Promise.allSettled([
      store.commit({ ...first('a'), expects: 1, events: [event(2)] }),
      store.commit(first('b')),
      store.keepWorkflow({ workflow: 'support', version: 'v1', source: 'files' }),
    ]);
    const locked = { status: 'rejected', reason: { name: 'StoreError', code: 'store/locked' } };
    expect(outcomes).toMatchObject([locked, locked, locked]);
    // Readers are not in its way.
    expect(await store.load('a')).toMatchObject({ seq: 1 });
    other.exec('ROLLBACK');
    other.close();

    expect(await store.load('b')).toBeUndefined();
    await store.commit({ ...first('a'), expects: 1, events: [event(2)] });
    expect(await store.load('a')).toMatchObject({ seq: 2 });
    await store.close();
  });

  it('can not be made into a store meanwhile', () => {
    const file = newFile();
    const other = new DatabaseSync(file);
    other.exec('BEGIN EXCLUSIVE');
    expect(refusal(() => openSqliteStore(file, { busyTimeout: 20 }))).toMatchObject({ code: 'store/locked' });
    other.exec('ROLLBACK');
    other.close();
    void openSqliteStore(file).close();
  });

  it('is waited for', async () => {
    const file = newFile();
    const store = openSqliteStore(file);
    await store.commit(first('a'));
    // Another process, as this one stands still while it waits.
    const script = `
      import { DatabaseSync } from '@photostructure/sqlite';
      const db = new DatabaseSync(process.argv[1]);
      db.exec('BEGIN EXCLUSIVE');
      console.log('locked');
      process.stdin.once('data', () => setTimeout(() => db.exec('ROLLBACK'), 100));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, file], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const locked = new DatabaseSync(file);
    expect(() => locked.exec('BEGIN IMMEDIATE')).toThrow('database is locked');
    locked.close();
    child.stdin.end('It may end soon.');
    await store.commit(first('b'));
    expect(await store.load('b')).toMatchObject({ seq: 1 });
    await store.close();
  });

  it('may be another store: each sees what the other has kept', async () => {
    const file = newFile();
    const one = openSqliteStore(file);
    const two = openSqliteStore(file);
    const outcomes = await Promise.allSettled([one.commit(first('a')), two.commit(first('a')), two.commit(first('b'))]);
    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'store/conflict' } },
      { status: 'fulfilled' },
    ]);
    expect(await one.load('b')).toStrictEqual(await two.load('b'));
    await one.close();
    await two.close();
  });
});

describe('a full disk', () => {
  it('refuses what has no room as store/full, keeps the rest, and goes on when there is room', async () => {
    const file = newFile();
    const db = new DatabaseSync(file);
    const store = storeOn(db, file, plainCodec);
    await store.commit(first('a'));
    const large: Commit = { ...first('a'), expects: 1, events: [event(2)], snapshot: 'x'.repeat(100_000) };
    // SQLite takes the pages there are as the least it may be limited to.
    db.exec('PRAGMA max_page_count = 1');
    const before = await store.load('a');

    const outcomes = await Promise.allSettled([
      store.commit(first('b')),
      store.commit(large),
      store.commit(first('c')),
    ]);
    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { name: 'StoreError', code: 'store/full' } },
      { status: 'fulfilled' },
    ]);
    expect(await store.load('a')).toStrictEqual(before);
    expect(await store.events('a')).toStrictEqual([event(1)]);
    await expect(store.commit(large)).rejects.toMatchObject({ code: 'store/full' });

    db.exec('PRAGMA max_page_count = 1000000');
    await store.commit(large);
    expect(await store.load('a')).toMatchObject({ seq: 2 });
    await store.close();
    expect(integrity(file)).toBe('ok');
  });
});

describe('a file that can not be a store', () => {
  it('is refused as damaged when it is no database, and stays as it is', () => {
    const file = newFile();
    const text = 'My shopping list.\n'.repeat(500);
    writeFileSync(file, text);
    expect(refusal(() => openSqliteStore(file))).toMatchObject({ name: 'StoreError', code: 'store/damaged' });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('is refused when a newer Parley wrote it, and stays as it is', async () => {
    const file = newFile();
    await openSqliteStore(file).close();
    withDatabase(file, (db) => db.exec('PRAGMA user_version = 99'));
    const bytes = readFileSync(file);
    expect(refusal(() => openSqliteStore(file))).toMatchObject({
      name: 'StoreError',
      code: 'store/newer',
      fix: 'Update Parley, or name another file.',
    });
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it('is refused when it is of another program, and stays as it is', () => {
    const file = newFile();
    withDatabase(file, (db) => db.exec('CREATE TABLE sessions (theirs)'));
    const bytes = readFileSync(file);
    expect(refusal(() => openSqliteStore(file))).toMatchObject({ code: 'store/failed' });
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it('is refused when it takes no writes', async () => {
    const file = newFile();
    await openSqliteStore(file).close();
    const db = new DatabaseSync(file, { readOnly: true });
    const store = storeOn(db, file, plainCodec);
    await expect(store.commit(first('a'))).rejects.toMatchObject({
      code: 'store/failed',
      message: `${file} can't be written to.`,
    });
    await store.close();
  });

  it('is refused when it is a folder, or has none', () => {
    expect(refusal(() => openSqliteStore(folder))).toMatchObject({ code: 'store/failed' });
    expect(refusal(() => openSqliteStore(path.join(folder, 'none', 'x.db')))).toMatchObject({ code: 'store/failed' });
  });
});

describe('a file that is deleted or replaced while it is open', () => {
  it.each(['deleted', 'replaced'])('refuses what would be lost with it: %s', async (how) => {
    const file = newFile();
    const store = openSqliteStore(file);
    await store.commit(first('a'));
    renameSync(file, `${file}.moved`);
    if (how === 'replaced') writeFileSync(file, '');
    await expect(store.commit(first('b'))).rejects.toMatchObject({
      name: 'StoreError',
      code: 'store/failed',
      message: `${file} was deleted or replaced while it was open.`,
    });
    expect(await store.load('b')).toBeUndefined();
    // Back in its place it is gone on with.
    renameSync(`${file}.moved`, file);
    await store.commit(first('b'));
    expect(await store.load('b')).toMatchObject({ seq: 1 });
    await store.close();
  });
});

describe('a store that was damaged', () => {
  it('says so when pages of the file are overwritten', async () => {
    const file = newFile();
    const store = openSqliteStore(file);
    await store.commit(first('a'));
    await store.close();
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0xff, 4096));
    const damaged = openSqliteStore(file);
    const refused = { name: 'StoreError', code: 'store/damaged' };
    await expect(damaged.load('a')).rejects.toMatchObject(refused);
    await expect(damaged.events('a')).rejects.toMatchObject(refused);
    await expect(damaged.commit(first('b'))).rejects.toMatchObject(refused);
    await damaged.close();
  });

  it.each([
    ['a snapshot', 'UPDATE sessions SET snapshot = 7'],
    ['an event', "UPDATE journal SET events = 'secret'"],
    ['an event that is none', 'UPDATE journal SET events = \'[[0,"caller.said","secret"]]\''],
    ['events that are no list', 'UPDATE journal SET events = \'"secret"\''],
    ['a status', "UPDATE sessions SET status = 'secret'"],
    ['a name', "UPDATE sessions SET workflow = 'secret\\'"],
    ['a type of value', "UPDATE sessions SET snapshot = 7, working = 'secret'; UPDATE journal SET events = 7"],
  ])('says so when %s can not be read, without its text', async (_, sql) => {
    const file = newFile();
    const store = openSqliteStore(file);
    await store.commit(first('a'));
    withDatabase(file, (db) => db.exec(sql));
    const [loaded, read] = await Promise.allSettled([store.load('a'), store.events('a')]);
    const refused = [loaded, read].flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(refused).not.toHaveLength(0);
    for (const error of refused) {
      expect(error).toMatchObject({ name: 'StoreError', code: 'store/damaged' });
      expect(String(error.stack) + String(error.cause)).not.toContain('secret');
    }
    await store.close();
  });
});

describe('a codec', () => {
  const backwards: Codec = {
    encode: (text) => Buffer.from(text).reverse(),
    decode(kept) {
      if (typeof kept === 'string') throw new TypeError('Text where bytes were kept.');
      return Buffer.from(kept).reverse().toString();
    },
  };
  const secret = '{"name":"Rumpelstiltskin"}';

  it('stands between every value and the file', async () => {
    const file = newFile();
    const store = openSqliteStore(file, { codec: backwards });
    await store.commit({
      ...first('a'),
      events: [{ seq: 1, at: 1, type: 'caller.said', data: { secret } }],
      snapshot: secret,
      reply: { id: 'r', reply: secret },
    });
    await store.close();
    const bytes = readFileSync(file);
    expect(bytes.includes('Rumpelstiltskin')).toBe(false);
    expect(bytes.toString('latin1').match(/nikstlitslepmuR/g)).toHaveLength(3);

    const again = openSqliteStore(file, { codec: backwards });
    expect((await again.load('a'))?.snapshot).toStrictEqual(secret);
    expect((await again.events('a'))[0]?.data).toStrictEqual({ secret });
    expect(await again.reply('a', 'r')).toStrictEqual(secret);
    await again.close();
  });

  it('refuses what another one has kept', async () => {
    const file = newFile();
    const store = openSqliteStore(file, { codec: backwards });
    await store.commit(first('a'));
    await store.close();
    expect(refusal(() => openSqliteStore(file))).toMatchObject({ name: 'StoreError', code: 'store/key' });
    const again = openSqliteStore(file, { codec: backwards });
    expect(await again.load('a')).toMatchObject({ seq: 1 });
    await again.close();
  });

  it('that fails, fails the one commit', async () => {
    const codec: Codec = {
      ...plainCodec,
      encode(text, place) {
        if (text === 'no key') throw new Error('There is no key.');
        return plainCodec.encode(text, place);
      },
    };
    const store = openSqliteStore(':memory:', { codec });
    const outcomes = await Promise.allSettled([
      store.commit(first('a')),
      store.commit({ ...first('b'), snapshot: 'no key' }),
    ]);
    expect(outcomes).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'store/failed', message: 'A text could not be encoded.' } },
    ]);
    expect(await store.load('b')).toBeUndefined();
    await store.close();
  });
});

describe('encryption', () => {
  const secret = '{"name":"Rumpelstiltskin"}';
  const said: Commit = {
    ...first('a'),
    events: [{ seq: 1, at: 1, type: 'caller.said', data: { secret } }],
    snapshot: secret,
    reply: { id: 'r', reply: secret },
  };
  const codecOf = (name: string) => encryptingCodec(keysIn({ file: path.join(folder, name) }));

  it('leaves nothing of what was said in the file', async () => {
    const file = newFile();
    const store = openSqliteStore(file, { codec: encrypted });
    await store.commit(said);
    const log = readFileSync(`${file}-wal`);
    await store.close();
    for (const bytes of [log, readFileSync(file)]) expect(bytes.includes('Rumpel')).toBe(false);
  });

  it('goes on with a store that had no key', async () => {
    const file = newFile();
    const before = openSqliteStore(file);
    await before.commit(said);
    await before.close();
    const store = openSqliteStore(file, { codec: encrypted });
    await store.commit({ ...said, expects: 1, events: [event(2)], reply: { id: 's', reply: secret } });
    expect(await store.events('a')).toHaveLength(2);
    expect(await store.reply('a', 'r')).toBe(secret);
    expect(await store.reply('a', 's')).toBe(secret);
    await store.close();
  });

  it('with another key, or none, is refused before anything is written, and nothing is lost', async () => {
    const file = newFile();
    const store = openSqliteStore(file, { codec: codecOf('right') });
    await store.commit(said);
    await store.close();
    const bytes = readFileSync(file);
    for (const codec of [codecOf('wrong'), plainCodec]) {
      expect(refusal(() => openSqliteStore(file, { codec }))).toMatchObject({ name: 'StoreError', code: 'store/key' });
    }
    expect(existsSync(path.join(folder, 'wrong'))).toBe(false);
    expect(readFileSync(file).equals(bytes)).toBe(true);
    const again = openSqliteStore(file, { codec: codecOf('right') });
    expect((await again.load('a'))?.snapshot).toBe(secret);
    await again.close();
  });

  it('tells a text that was put where another was', async () => {
    const file = newFile();
    const store = openSqliteStore(file, { codec: encrypted });
    await store.commit(said);
    await store.commit({ ...said, session: 'b' });
    withDatabase(file, (db) =>
      db.exec(`
        UPDATE sessions SET snapshot = (SELECT snapshot FROM sessions WHERE session = 'a') WHERE session = 'b';
        UPDATE journal SET reply = events`),
    );
    await expect(store.load('b')).rejects.toMatchObject({ code: 'store/damaged' });
    await expect(store.reply('a', 'r')).rejects.toMatchObject({ code: 'store/damaged' });
    expect(await store.load('a')).toMatchObject({ snapshot: secret });
    await store.close();
  });
});

describe('what was removed', () => {
  /** Texts of all lengths, over and under a page, so that pages are split, joined and given back. */
  const marked = (random: (most: number) => number, mark: string, turn: number): Commit => {
    const text = () => `${mark} `.repeat(random(random(4) === 0 ? 900 : 40) + 1);
    return {
      ...first(mark),
      expects: turn,
      events: Array.from({ length: random(4) + 1 }, (_, index) => ({
        ...event(0),
        seq: index + 1,
        data: { text: text() },
      })),
      snapshot: text(),
      reply: { id: `${mark} ${turn}`, reply: text() },
      timers: { set: [{ timer: `${mark} ${turn}`, due: 1e15 }], cancelled: [] },
    };
  };

  it.each([1, 2, 10, 13])('is in none of the files, however it was written (seed %i)', async (seed) => {
    const random = randomOf(seed);
    const file = newFile();
    const store = openSqliteStore(file);
    const names = Array.from({ length: 60 }, (_, index) => `mark${String(index).padStart(3, '0')}.`);
    const seqs = new Map<string, number>();
    for (let turn = 0; turn < 6; turn++) {
      await Promise.all(
        names.map((name) => {
          const before = seqs.get(name) ?? 0;
          const commit = marked(random, name, turn);
          seqs.set(name, before + commit.events.length);
          return store.commit({ ...commit, events: commit.events.map((one) => ({ ...one, seq: one.seq + before })) });
        }),
      );
    }
    const removed = names.filter(() => random(3) > 0);
    const kept = names.filter((name) => !removed.includes(name));
    expect(names.filter((name) => !holds(file, name))).toStrictEqual([]);
    for (const name of removed.slice(0, 5)) await store.remove(name);
    expect(removed.slice(0, 5).filter((name) => holds(file, name))).toStrictEqual([]);
    for (const name of removed.slice(5)) {
      const { seq = 0 } = (await store.load(name)) ?? {};
      await store.commit({ ...marked(random, name, 6), events: [event(seq + 1)], removeAt: 5000 });
    }
    expect([...(await store.sweep(5000))].sort()).toStrictEqual(removed.slice(5));
    expect(removed.filter((name) => holds(file, name))).toStrictEqual([]);
    for (const name of kept) expect(await store.events(name)).toHaveLength(seqs.get(name) ?? 0);
    await store.close();
    expect(removed.filter((name) => holds(file, name))).toStrictEqual([]);
    expect(integrity(file)).toBe('ok');
  });

  it('makes the file smaller', async () => {
    const file = newFile();
    const store = openSqliteStore(file);
    for (let n = 0; n < 40; n++) await store.commit({ ...first(`s${n}`), snapshot: 'x'.repeat(50_000), removeAt: n });
    await store.close();
    const before = statSync(file).size;
    const again = openSqliteStore(file);
    expect(await again.sweep(29)).toHaveLength(30);
    expect(statSync(file).size).toBeLessThan(before * 0.3);
    await again.close();
  });

  it('is overwritten in a large file, which is written anew when that is worth it or asked for', async () => {
    const file = newFile();
    const store = openSqliteStore(file);
    const large = (session: string, removeAt: number) =>
      store.commit({ ...first(session), snapshot: `${session} `.repeat(300_000), removeAt });
    for (let n = 100; n < 150; n++) await large(`large${n}`, n);
    await store.close();
    const before = statSync(file).size;
    expect(before).toBeGreaterThan(100_000_000);
    const again = openSqliteStore(file);
    expect(await again.sweep(104)).toHaveLength(5);
    expect(statSync(file).size).toBe(before);
    expect(holds(file, 'large104')).toBe(false);
    expect(holds(file, 'large105')).toBe(true);
    expect(await again.sweep(104, true)).toHaveLength(0);
    expect(statSync(file).size).toBeLessThan(before * 0.92);
    expect(await again.sweep(114)).toHaveLength(10);
    expect(await again.sweep(119)).toHaveLength(5);
    expect(statSync(file).size).toBeLessThan(before * 0.7);
    await again.close();
  });

  it('is told of while another process still reads it, and goes with the next', async () => {
    const file = newFile();
    const store = openSqliteStore(file, { busyTimeout: 20 });
    await store.commit({ ...first('a'), snapshot: 'Rumpelstiltskin' });
    const other = new DatabaseSync(file);
    other.exec('BEGIN; SELECT count(*) FROM sessions');
    await expect(store.remove('a')).rejects.toMatchObject({ code: 'store/locked' });
    expect(await store.load('a')).toBeUndefined();
    expect(holds(file, 'Rumpel')).toBe(true);
    other.exec('COMMIT');
    other.close();
    expect(await store.sweep(0)).toStrictEqual([]);
    expect(holds(file, 'Rumpel')).toBe(false);
    await store.close();
  });

  it('is not where another process remembers it: neither it nor what took its name', async () => {
    const file = newFile();
    const one = openSqliteStore(file);
    const two = openSqliteStore(file);
    await one.commit({ ...first('a'), reply: { id: 'r', reply: 'old' } });
    await one.commit({ ...first('a'), expects: 1, events: [event(2)] });
    expect(await two.remove('a')).toBe(1);
    await two.commit(first('b'));
    expect(await one.events('a')).toStrictEqual([]);
    expect(await one.reply('a', 'r')).toBeUndefined();
    // As far as the one that was removed had come: whoever holds that may not go on with this one.
    await two.commit({ ...first('a'), reply: { id: 'r', reply: 'new' } });
    await two.commit({ ...first('a'), expects: 1, events: [event(2)] });
    const late = { ...first('a'), expects: 2, events: [event(3)] };
    await expect(one.commit(late)).rejects.toMatchObject({ code: 'store/conflict' });
    expect(await one.load('a')).toMatchObject({ seq: 2, revision: 2 });
    expect(await one.reply('a', 'r')).toBe('new');
    await one.commit(late);
    await one.close();
    await two.close();
  });
});

describe('a store that was made before sessions could be removed', () => {
  it('is gone on with, whole, and what is removed from it is gone', async () => {
    const file = newFile();
    withDatabase(file, (db) => {
      prepareSchema(db, file, migrations.slice(0, 1));
      db.exec(`
        PRAGMA journal_mode = WAL;
        INSERT INTO sessions VALUES (3, 'a', 'support', 'v1', 'active', 2, 1, 1000, 2000, 1, '"Rumpelstiltskin"');
        INSERT INTO sessions VALUES (7, 'b', 'support', 'v1', 'ended', 1, 4, 1500, 1600, 0, '"of b"');
        INSERT INTO journal VALUES (1, 3, 2, 1000, '[[0,"caller.said",{"seq":1}],[5,"caller.said",{"seq":2}]]', 'r', '"said"');
        INSERT INTO journal VALUES (2, 7, 1, 1500, '[[0,"caller.said",{"seq":1}]]', NULL, NULL);
        INSERT INTO timers VALUES (3, 't', 9000)`);
      // Something that was said and is in no row any more.
      db.exec(`
        CREATE TABLE said (text);
        INSERT INTO said VALUES ('${'Rapunzel '.repeat(2000)}');
        DROP TABLE said`);
    });
    expect(holds(file, 'Rapunzel')).toBe(true);
    const store = openSqliteStore(file);
    expect(await store.load('a')).toStrictEqual({
      session: 'a',
      workflow: 'support',
      version: 'v1',
      status: 'active',
      seq: 2,
      revision: 1,
      startedAt: 1000,
      updatedAt: 2000,
      working: true,
      snapshot: '"Rumpelstiltskin"',
    });
    expect(await store.events('a')).toMatchObject([
      { seq: 1, at: 1000 },
      { seq: 2, at: 1005 },
    ]);
    expect(await store.reply('a', 'r')).toBe('"said"');
    expect(await store.dueTimers(9000, 9)).toStrictEqual([{ session: 'a', timer: 't', due: 9000 }]);
    expect((await store.sessions()).map(({ session }) => session)).toStrictEqual(['b', 'a']);
    expect(await store.events('b')).toHaveLength(1);
    await store.commit({ ...first('a'), expects: 1, events: [event(3)] });
    await store.remove('a');
    expect(['Rapunzel', 'Rumpel'].filter((mark) => holds(file, mark))).toStrictEqual([]);
    await store.close();
  });
});

function first(session: string): Commit {
  return {
    session,
    expects: 0,
    workflow: 'support',
    version: 'v1',
    status: 'active',
    working: false,
    at: 1000,
    events: [event(1)],
    snapshot: '{}',
    timers: { set: [], cancelled: [] },
  };
}

function event(seq: number) {
  return { seq, at: 1000 + seq, type: 'caller.said', data: { seq } };
}

/** Whole numbers below `most`, the same for a seed: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function randomOf(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

function refusal(open: () => unknown): unknown {
  try {
    open();
  } catch (error) {
    return error;
  }
  throw new Error('It was not refused.');
}

/** Whether a text stands anywhere in the files of a store. */
function holds(file: string, mark: string): boolean {
  return ['', '-wal', '-shm'].some((end) => existsSync(file + end) && readFileSync(file + end).includes(mark));
}

function withDatabase<T>(file: string, use: (db: InstanceType<typeof DatabaseSync>) => T): T {
  const db = new DatabaseSync(file);
  try {
    return use(db);
  } finally {
    db.close();
  }
}

/** How many transactions the write-ahead log holds: https://sqlite.org/fileformat2.html#wal_file_format */
function transactions(file: string): number {
  if (!existsSync(`${file}-wal`)) return 0;
  const wal = readFileSync(`${file}-wal`);
  let count = 0;
  for (let frame = 32; frame < wal.length; frame += 24 + 4096) if (wal.readUInt32BE(frame + 4) !== 0) count++;
  return count;
}

/** Runs a process that commits to `file`, kills it after so many commits; the last number acknowledged of each session. */
async function killedAfter(commits: number, file: string): Promise<Map<string, number>> {
  const testing = fileURLToPath(new URL('./testing/', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', path.join(testing, 'commit-forever.ts'), file], {
    cwd: testing,
    env: { ...process.env, TSX_TSCONFIG_PATH: path.join(testing, 'tsconfig.json') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged = new Map<string, number>();
  let heard = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [session = '', seq] = line.split(' ');
    acknowledged.set(session, Number(seq));
    if (++heard === commits) child.kill('SIGKILL');
  }
  return acknowledged;
}
