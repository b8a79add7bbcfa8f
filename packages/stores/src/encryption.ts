import { createCipheriv, createDecipheriv, hkdfSync, randomFillSync } from 'node:crypto';
import { StoreError } from '@parley/engine';
import { type Codec, plainCodec } from './codec.ts';

/** Bytes of a key. */
export const KEY = 32;
const FORMAT = 1;
const ID = 3;
const NONCE = 12;
const TAG = 16;
const HEAD = 1 + ID + NONCE;

/** The keys of an installation, of 32 bytes each: the first writes, all read. */
export interface Keys {
  /** All there are; `again`: looked for anew, as one may have been added. Throws StoreError `store/key`. */
  all(again?: boolean): readonly Uint8Array[];
  /** The one that writes, which is made where there is none. Throws StoreError. */
  first(): Uint8Array;
}

/**
 * Encrypts with AES-256-GCM (NIST SP 800-38D). A text becomes 32 bytes longer: the format's number (1 byte), which key (3),
 * a nonce (12), the text, a tag (16). The place it is kept at is authenticated with it: a text that was changed, or put
 * where another was, is refused. Plain texts of a store that had no key are read as they are.
 *
 * What encrypts is derived (HKDF-SHA-256) from the key given, and each nonce is 96 random bits: there is no count that a
 * crash, an older copy of the file or another process could set back. NIST's bound for such nonces is 2^32 texts a key, then
 * a new key is due: at three a turn, after a billion turns. How long a text is, is not hidden, nor that an older state of
 * the whole file was put back.
 */
export function encryptingCodec(keys: Keys): Codec {
  const derived = new WeakMap<Uint8Array, Derived>();
  const derive = (key: Uint8Array): Derived => {
    const known = derived.get(key) ?? derivedFrom(key);
    derived.set(key, known);
    return known;
  };
  const nonce = nonces();
  return {
    encode(text, place) {
      const { id, cipher } = derive(keys.first());
      const iv = nonce();
      const gcm = createCipheriv('aes-256-gcm', cipher, iv).setAAD(Buffer.from(place));
      const body = gcm.update(text, 'utf8');
      gcm.final();
      return Buffer.concat([Buffer.of(FORMAT), id, iv, body, gcm.getAuthTag()]);
    },
    decode(kept, place) {
      if (typeof kept === 'string') return plainCodec.decode(kept, place);
      if (kept[0] !== FORMAT || kept.length < HEAD + TAG) throw new TypeError('Not what this codec makes.');
      const bytes = Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength);
      // More than one key may have this id: one in sixteen million.
      const fits = ({ id }: Derived) => id.equals(bytes.subarray(1, 1 + ID));
      const known = keys.all().map(derive).filter(fits);
      const right = known.length > 0 ? known : keys.all(true).map(derive).filter(fits);
      for (const [index, { cipher }] of right.entries()) {
        try {
          return open(bytes, place, cipher);
        } catch (error) {
          if (index === right.length - 1) throw error;
        }
      }
      throw keyMissing();
    },
  };
}

interface Derived {
  /** Tells keys apart, and nothing of them. */
  readonly id: Buffer;
  readonly cipher: Buffer;
}

function derivedFrom(key: Uint8Array): Derived {
  const of = (use: string, length: number) => Buffer.from(hkdfSync('sha256', key, '', `parley store ${use}`, length));
  return { id: of('key id', ID), cipher: of('aes-256-gcm', KEY) };
}

/** How a key is called where people see it: six hexadecimal digits that say nothing of it. */
export function nameOfKey(key: Uint8Array): string {
  return derivedFrom(key).id.toString('hex');
}

function open(bytes: Buffer, place: string, cipher: Buffer): string {
  const iv = bytes.subarray(1 + ID, HEAD);
  const gcm = createDecipheriv('aes-256-gcm', cipher, iv, { authTagLength: TAG })
    .setAAD(Buffer.from(place))
    .setAuthTag(bytes.subarray(-TAG));
  const body = gcm.update(bytes.subarray(HEAD, -TAG));
  gcm.final();
  return body.toString('utf8');
}

/** Random bits, fetched for many texts at once: one at a time they take as long as the text does. */
function nonces(): () => Buffer {
  const pool = Buffer.alloc(NONCE * 64);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += NONCE;
    return pool.subarray(used - NONCE, used);
  };
}

function keyMissing(): StoreError {
  return new StoreError(
    'store/key',
    'What is kept here was encrypted with a key that is not here.',
    'Put that key back: into PARLEY_KEY, or as a further line into the key file. Nothing was lost or changed.',
    undefined,
  );
}
