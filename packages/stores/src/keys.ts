import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { StoreError } from '@parley/engine';
import { KEY, type Keys } from './encryption.ts';

/** Where an installation's keys are. */
export interface KeyPlaces {
  /**
   * A file of keys: one a line, in base64, 32 bytes each; the first writes, all read; lines that begin with # are for people.
   * It is made, for its owner alone (mode 0600), when something is to be written and there is no key.
   */
  readonly file: string;
  /** A key in base64, such as the value of PARLEY_KEY: it writes, and those of the file go on reading. More, with spaces between, read too. */
  readonly given?: string | undefined;
}

/** The keys of these places. Throws StoreError: `store/key` where one can't be read; what a new file can't be written for. */
export function keysIn({ file, given }: KeyPlaces): Keys {
  const own = (given ?? '').split(/\s+/).filter((text) => text !== '');
  const ours = own.map((text) => keyOf(text, 'PARLEY_KEY'));
  let all: readonly Uint8Array[] | undefined;
  const look = () => [...ours, ...inFile(file)];
  return {
    all(again = false) {
      all = again ? look() : (all ?? look());
      return all;
    },
    first() {
      all ??= look();
      const [first] = all;
      if (first) return first;
      makeFile(file);
      all = look();
      return all[0] ?? unreadable(file);
    },
  };
}

/** Puts a new key before those of a file: it writes from now on, where a program opens the file anew. */
export function addKey(file: string): Uint8Array {
  const before = textOf(file) ?? HEAD;
  inFile(file);
  const key = randomBytes(KEY);
  const text = `${key.toString('base64')}\n${before}`;
  withCopy(file, text, (copy) => renameSync(copy, file));
  return key;
}

const HEAD =
  '# Keys of Parley. The first writes, all read. Whoever has them can read the sessions; without them nobody can.\n';

function makeFile(file: string): void {
  withCopy(file, `${HEAD}${randomBytes(KEY).toString('base64')}\n`, (copy) => {
    try {
      // Whole or not at all, and never in the place of another's.
      linkSync(copy, file);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    } finally {
      rmSync(copy);
    }
  });
}

/** Puts a text into a new file beside `file`, safe on the disk before `place` puts it where it belongs. */
function withCopy(file: string, text: string, place: (copy: string) => void): void {
  const folder = path.dirname(file);
  const copy = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(copy, text, { mode: 0o600, flag: 'wx', flush: true });
    place(copy);
    flushFolder(folder);
  } catch (cause) {
    rmSync(copy, { force: true });
    const full = codeOf(cause) === 'ENOSPC';
    throw new StoreError(
      full ? 'store/full' : 'store/failed',
      full ? `There is no room left for ${file}.` : `The key file ${file} can't be written (${codeOf(cause)}).`,
      'A key must be safe before anything is encrypted with it. Make room and see that this user may write there, or set PARLEY_KEY.',
      cause,
    );
  }
}

function flushFolder(folder: string): void {
  // Windows keeps its folders by itself, and opens none.
  if (process.platform === 'win32') return;
  const opened = openSync(folder, 'r');
  fsyncSync(opened);
  closeSync(opened);
}

function inFile(file: string): readonly Uint8Array[] {
  const lines = (textOf(file) ?? '').split(/\r?\n/).map((line) => line.trim());
  return lines.flatMap((line, index) =>
    line === '' || line.startsWith('#') ? [] : [keyOf(line, `${file}:${index + 1}`)],
  );
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    return unreadable(file, error);
  }
}

/** `where`: what is named where it is none, as the text itself must not be. */
function keyOf(text: string, where: string): Uint8Array {
  const key = Buffer.from(text, 'base64');
  if (key.length === KEY && /^[\w+/-]{43}=?$/.test(text)) return key;
  throw new StoreError(
    'store/key',
    `${where} holds no key.`,
    'A key is 32 random bytes in base64: `openssl rand -base64 32` makes one.',
    undefined,
  );
}

function unreadable(file: string, cause?: unknown): never {
  throw new StoreError('store/key', `The key file ${file} can't be read.`, 'See that this user may read it.', cause);
}

function codeOf(error: unknown): string {
  // Not instanceof: it may come from another realm.
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
}
