import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Commit } from '@parley/engine';
import { DatabaseSync } from '@photostructure/sqlite';
import { type Codec, plainCodec } from './codec.ts';
import { storeConformance } from './conformance.ts';
import { openSqliteStore, storeOn } from './sqlite.ts';
import { integrity } from './testing/statements.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'parley-stores-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = () => path.join(folder, `${++files}.db`);

storeConformance('the SQLite store', {
  open: async () => openSqliteStore(newFile()),
  reopen: async () => openSqliteStore(path.join(folder, `${files}.db`)),
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
      return plainCodec.decode(Buffer.from(kept).reverse().toString());
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
    await store.keepWorkflow({ workflow: 'support', version: 'v1', source: secret });
    await store.close();
    const bytes = readFileSync(file);
    expect(bytes.includes('Rumpelstiltskin')).toBe(false);
    expect(bytes.toString('latin1').match(/nikstlitslepmuR/g)).toHaveLength(4);

    const again = openSqliteStore(file, { codec: backwards });
    expect((await again.load('a'))?.snapshot).toStrictEqual(secret);
    expect((await again.events('a'))[0]?.data).toStrictEqual({ secret });
    expect(await again.reply('a', 'r')).toStrictEqual(secret);
    expect((await again.workflow('v1'))?.source).toStrictEqual(secret);
    await again.close();
  });

  it('refuses what another one has kept', async () => {
    const file = newFile();
    const store = openSqliteStore(file, { codec: backwards });
    await store.commit(first('a'));
    await store.close();
    const other = openSqliteStore(file);
    await expect(other.load('a')).rejects.toMatchObject({ code: 'store/damaged' });
    await other.close();
  });

  it('that fails, fails the one commit', async () => {
    const codec: Codec = {
      ...plainCodec,
      encode(text) {
        if (text === 'no key') throw new Error('There is no key.');
        return plainCodec.encode(text);
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

function refusal(open: () => unknown): unknown {
  try {
    open();
  } catch (error) {
    return error;
  }
  throw new Error('It was not refused.');
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
