import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addKey, keysIn } from './keys.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-keys-'));
  file = path.join(folder, 'new', 'key');
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const bytes = (...all: number[]) => all.map((byte) => Buffer.alloc(32, byte));

describe('a key file', () => {
  it('is made when something is to be written, for its owner alone', () => {
    const keys = keysIn({ file });
    expect(keys.all()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    const key = keys.first();
    expect(key).toHaveLength(32);
    expect(readdirSync(path.join(folder, 'new'))).toEqual(['key']);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(keys.all()).toEqual([key]);
    expect(keysIn({ file }).first()).toEqual(key);
    expect(keysIn({ file: path.join(folder, 'other') }).first()).not.toEqual(key);
  });

  it('is made once, where two look for it at the same time', () => {
    const [one, other] = [keysIn({ file }), keysIn({ file })];
    expect([...one.all(), ...other.all()]).toEqual([]);
    expect(one.first()).toEqual(other.first());
  });

  it('holds several keys, the first of which writes, and what people note', () => {
    mkdirSync(path.dirname(file));
    writeFileSync(file, `# of this year\n${text(2)}\r\n\n  ${text(1)}\n`);
    expect(keysIn({ file }).all()).toEqual(bytes(2, 1));
    expect(keysIn({ file }).first()).toEqual(Buffer.alloc(32, 2));
  });

  it('gets a new key before those it has', () => {
    const first = keysIn({ file }).first();
    const second = addKey(file);
    expect(keysIn({ file }).all()).toEqual([second, first]);
    expect(keysIn({ file }).first()).toEqual(second);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(path.dirname(file))).toEqual(['key']);
  });

  it('is looked at again when that is asked for', () => {
    const keys = keysIn({ file });
    const first = keys.first();
    const second = addKey(file);
    expect(keys.all()).toEqual([first]);
    expect(keys.all(true)).toEqual([second, first]);
  });

  it.each([
    ['too short', Buffer.alloc(16, 1).toString('base64')],
    ['too long', Buffer.alloc(33, 1).toString('base64')],
    ['no base64', `${'a!'.repeat(21)}a=`],
  ])('that holds no key is refused, where it stands, without its text: %s', (_, line) => {
    mkdirSync(path.dirname(file));
    writeFileSync(file, `${text(1)}\n${line}\n`);
    expect(() => keysIn({ file }).first()).toThrow(
      expect.objectContaining({ name: 'StoreError', code: 'store/key', message: `${file}:2 holds no key.` }),
    );
    expect(() => addKey(file)).toThrow('holds no key.');
    expect(readFileSync(file, 'utf8')).toBe(`${text(1)}\n${line}\n`);
  });

  it('that can not be made is told of', () => {
    writeFileSync(path.join(folder, 'new'), 'in the way');
    expect(() => keysIn({ file: path.join(folder, 'new', 'key') }).first()).toThrow(
      expect.objectContaining({ name: 'StoreError' }),
    );
  });
});

describe('a key that is given', () => {
  it('writes, and no file is made', () => {
    const keys = keysIn({ file, given: text(5) });
    expect(keys.first()).toEqual(Buffer.alloc(32, 5));
    expect(readdirSync(folder)).toEqual([]);
  });

  it('comes before those of a file, which go on reading', () => {
    mkdirSync(path.dirname(file));
    writeFileSync(file, text(1));
    expect(keysIn({ file, given: `${text(6)} ${text(5)}` }).all()).toEqual(bytes(6, 5, 1));
    expect(keysIn({ file, given: '' }).all()).toEqual(bytes(1));
  });

  it('that is none is refused', () => {
    expect(() => keysIn({ file, given: 'secret' })).toThrow('PARLEY_KEY holds no key.');
  });
});
