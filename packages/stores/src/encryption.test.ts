import { createDecipheriv, hkdfSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encryptingCodec, type Keys, nameOfKey } from './encryption.ts';

const key = (byte: number) => new Uint8Array(32).fill(byte);
const with_ = (...all: Uint8Array[]): Keys => ({ all: () => all, first: () => all[0] ?? key(0) });
const bytesOf = (kept: string | Uint8Array): Buffer => {
  if (typeof kept === 'string') throw new TypeError('It is not encrypted.');
  return Buffer.from(kept);
};
const keyMissing = expect.objectContaining({ name: 'StoreError', code: 'store/key' });

describe('the encrypting codec', () => {
  const codec = encryptingCodec(with_(key(7)));

  it('gives any JSON text back, at its place', () => {
    fc.assert(
      fc.property(fc.json(), fc.string(), (text, place) => {
        expect(codec.decode(codec.encode(text, place), place)).toBe(text);
      }),
    );
  });

  it('makes AES-256-GCM with a derived key, 32 bytes longer than the text', () => {
    const text = '{"name":"Rumpelstiltskin"}';
    const kept = bytesOf(codec.encode(text, 'snapshot a'));
    expect(kept).toHaveLength(text.length + 32);
    expect(kept.includes('Rumpel')).toBe(false);
    // By hand, from the format that the docs give.
    expect(kept[0]).toBe(1);
    const derived = Buffer.from(hkdfSync('sha256', key(7), '', 'parley store aes-256-gcm', 32));
    const gcm = createDecipheriv('aes-256-gcm', derived, kept.subarray(4, 16))
      .setAAD(Buffer.from('snapshot a'))
      .setAuthTag(kept.subarray(-16));
    expect(Buffer.concat([gcm.update(kept.subarray(16, -16)), gcm.final()]).toString()).toBe(text);
  });

  it('never takes a nonce twice', () => {
    const other = encryptingCodec(with_(key(7)));
    const nonces = Array.from({ length: 5000 }, (_, index) =>
      bytesOf((index % 2 ? codec : other).encode('{}', 'p')).toString('hex', 4, 16),
    );
    expect(new Set(nonces).size).toBe(5000);
  });

  it('refuses what was changed, wherever, or cut short', () => {
    const kept = bytesOf(codec.encode('{"a":1}', 'p'));
    for (let at = 0; at < kept.length; at++) {
      const changed = Buffer.from(kept);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => codec.decode(changed, 'p')).toThrow();
    }
    for (let length = 0; length < kept.length; length++) {
      expect(() => codec.decode(kept.subarray(0, length), 'p')).toThrow();
    }
  });

  it('refuses what was put where another was', () => {
    const kept = codec.encode('{"a":1}', 'snapshot a');
    expect(() => codec.decode(kept, 'snapshot b')).toThrow();
    expect(() => codec.decode(kept, 'reply a')).toThrow();
  });

  it('reads what was kept before there was a key', () => {
    expect(codec.decode('{"a":1}', 'p')).toBe('{"a":1}');
  });

  it('writes with the first key and reads with all', () => {
    const kept = codec.encode('{"a":1}', 'p');
    const rotated = encryptingCodec(with_(key(9), key(7)));
    expect(rotated.decode(kept, 'p')).toBe('{"a":1}');
    const later = rotated.encode('{"a":2}', 'p');
    expect(encryptingCodec(with_(key(9))).decode(later, 'p')).toBe('{"a":2}');
    expect(() => codec.decode(later, 'p')).toThrow(keyMissing);
  });

  it('tells of a key that is not there, and looks whether it was added meanwhile', () => {
    const kept = codec.encode('{"a":1}', 'p');
    const wrong = encryptingCodec(with_(key(8)));
    expect(() => wrong.decode(kept, 'p')).toThrow(keyMissing);
    const asked: boolean[] = [];
    const added = encryptingCodec({
      all: (again = false) => {
        asked.push(again);
        return again ? [key(8), key(7)] : [key(8)];
      },
      first: () => key(8),
    });
    expect(added.decode(kept, 'p')).toBe('{"a":1}');
    expect(asked).toEqual([false, true]);
  });
});

it('a key has a name that is not part of it', () => {
  expect(nameOfKey(key(7))).toMatch(/^[0-9a-f]{6}$/);
  expect(nameOfKey(key(7))).not.toBe('070707');
  expect(nameOfKey(key(7))).not.toBe(nameOfKey(key(8)));
});
