import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createEngine, type Reply, type Store, type TurnRequest } from '@parley/engine';
import { memoryStore, openSqliteStore } from '@parley/stores';
import { DatabaseSync } from '@photostructure/sqlite';
import { plainCodec } from '../../packages/stores/src/codec.ts';
import { storeOn } from '../../packages/stores/src/sqlite.ts';
import { desk, deskTools, literalDecider } from '../engine/desk.ts';
import { smallDisk } from './small-disk.ts';

const said = (text: string): TurnRequest['event'] => ({ type: 'caller.said', text });
const EVENTS: readonly TurnRequest['event'][] = [
  { type: 'session.started', workflow: 'desk', contact: { id: 'c1', channel: 'chat' } },
  said('cancel'),
  said('orderId=W1234567'),
  said('yes'),
  // More than fits in what SQLite has set aside already.
  said(`track ${'and so on, '.repeat(900)}`),
  said('bye'),
];
/** The turn in which the order is cancelled. */
const WRITE = 3;

/** Something that keeps a store from writing, for a time. */
interface Trouble {
  readonly store: Store;
  readonly code: string;
  begin(): void;
  end(): void;
  clear(): void;
}

let folder = '';
let troubles: Trouble[] = [];
afterEach(async () => {
  for (const { store, clear } of troubles) {
    await store.close();
    clear();
  }
  troubles = [];
  rmSync(folder, { recursive: true, force: true });
});

const KINDS: { readonly [name: string]: (folder: string) => Trouble | undefined } = {
  'a disk that is full'(folder) {
    const disk = smallDisk(folder, 1024 * 1024);
    if (!disk) return undefined;
    const store = openSqliteStore(path.join(folder, 'sessions.sqlite'));
    return { store, code: 'store/full', begin: disk.fill, end: disk.free, clear: disk.remove };
  },
  'a file that may not grow'(folder) {
    const file = path.join(folder, 'sessions.sqlite');
    const db = new DatabaseSync(file);
    const store = storeOn(db, file, plainCodec);
    // SQLite takes the pages there are as the least it may be limited to.
    const limit = (pages: number) => () => db.exec(`PRAGMA max_page_count = ${pages}`);
    return { store, code: 'store/full', begin: limit(1), end: limit(1_000_000), clear: () => undefined };
  },
  'another process that is writing'(folder) {
    const file = path.join(folder, 'sessions.sqlite');
    const store = openSqliteStore(file, { busyTimeout: 10 });
    const other = new DatabaseSync(file);
    const begin = () => other.exec('BEGIN IMMEDIATE');
    return { store, code: 'store/locked', begin, end: () => other.exec('ROLLBACK'), clear: () => other.close() };
  },
  'a file that somebody has moved'(folder) {
    const file = path.join(folder, 'sessions.sqlite');
    const store = openSqliteStore(file);
    const begin = () => renameSync(file, `${file}.moved`);
    const end = () => renameSync(`${file}.moved`, file);
    return { store, code: 'store/failed', begin, end, clear: () => undefined };
  },
};

/** A conversation; `before` is told of each turn, `cancel` of each attempt to cancel. */
async function converse(
  store: Store,
  turnOf: (turn: () => Promise<Reply>, number: number) => Promise<Reply>,
  cancel: (key: string) => void = () => undefined,
) {
  const engine = createEngine({
    workflows: [desk],
    store,
    decider: literalDecider,
    tools: deskTools({ cancel: async (_, key) => cancel(key) }),
  });
  const replies: Reply[] = [];
  for (const [number, event] of EVENTS.entries()) {
    replies.push(await turnOf(() => engine.turn({ session: 's1', id: `e${number}`, event }), number));
  }
  await engine.close();
  const journal = (await store.events('s1')).map(({ seq, type, data }) => ({ seq, type, data }));
  return { replies, journal, timer: await store.nextTimer(), working: await store.working() };
}

const undisturbed = () => converse(memoryStore(), (turn) => turn());

function open(kind: string): Trouble | undefined {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-disk-'));
  mkdirSync(path.join(folder, 'disk'));
  const trouble = KINDS[kind]?.(path.join(folder, 'disk'));
  if (trouble) troubles.push(trouble);
  // A disk of its own takes root: there the other kinds must do.
  else if (kind === 'a disk that is full') console.warn('No file system can be mounted here: a full one is not tried.');
  return trouble;
}

describe.each(Object.keys(KINDS))('%s', (kind) => {
  it('fails the turn with a clear error; the event sent again is answered as if nothing had been', async () => {
    const trouble = open(kind);
    if (!trouble) return;
    const { store, code, begin, end } = trouble;
    let refused = 0;
    const disturbed = await converse(store, async (turn, number) => {
      begin();
      const first = await turn().catch((error: unknown) => error);
      if (first instanceof Error) {
        refused += 1;
        expect(first).toMatchObject({ name: 'StoreError', code, fix: expect.any(String) });
        // As often as it likes.
        await expect(turn()).rejects.toMatchObject({ code });
      } else {
        // There was room for a small one still.
        expect([kind, number]).not.toContain('another process that is writing');
      }
      end();
      return turn();
    });
    expect(disturbed).toEqual(await undisturbed());
    expect(refused).toBeGreaterThan(0);
    if (code !== 'store/full') expect(refused).toBe(EVENTS.length);
  });

  it('in the middle of a write: it is done again with the same key, and only there', async () => {
    const trouble = open(kind);
    if (!trouble) return;
    const { store, code, begin, end } = trouble;
    const keys: string[] = [];
    let refused = 0;
    const disturbed = await converse(
      store,
      async (turn, number) => {
        if (number !== WRITE) return turn();
        const first = await turn().catch((error: unknown) => error);
        end();
        if (!(first instanceof Error)) return turn();
        refused += 1;
        expect(first).toMatchObject({ code });
        return turn();
      },
      (key) => {
        keys.push(key);
        if (keys.length === 1) begin();
      },
    );
    expect(disturbed).toEqual(await undisturbed());
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(1 + refused);
  });
});

it('a folder that is not there is named, and not made', () => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-disk-'));
  const file = path.join(folder, 'none', 'sessions.sqlite');
  expect(() => openSqliteStore(file)).toThrow(
    expect.objectContaining({ code: 'store/failed', message: `${file} can't be opened.` }),
  );
  expect(existsSync(path.dirname(file))).toBe(false);
});
