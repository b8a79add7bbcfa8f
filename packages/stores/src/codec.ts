import type { StoredSession } from '@parley/engine';

/** What a store keeps without understanding it. */
export type Json = StoredSession['snapshot'];

/**
 * How the values of a session (events' data, snapshots, replies, workflows) are written into a store and read back.
 * This is the one place where they are turned into bytes, so the one where they can be encrypted.
 */
export interface Codec {
  /** What is kept. A string must not hold U+0000: SQLite ends a text there. */
  encode(value: Json): string | Uint8Array;
  /** The value again. Throws when `kept` is not what `encode` made. */
  decode(kept: string | Uint8Array): Json;
}

/** Plain JSON text. */
export const jsonCodec: Codec = {
  encode: (value) => JSON.stringify(value),
  decode(kept) {
    if (typeof kept !== 'string') throw new TypeError('Bytes where text was kept.');
    const value: Json = JSON.parse(kept);
    return value;
  },
};

/**
 * A name or id as a text that SQLite holds unchanged: U+0000 and lone halves of characters escaped, as within JSON's
 * quotes. Ordinary names stay as they are; different names stay different.
 */
export function toText(name: string): string {
  return JSON.stringify(name).slice(1, -1);
}

/** The inverse of `toText`. Throws when `text` is not what it made. */
export function fromText(text: string): string {
  if (!text.includes('\\')) return text;
  const name: unknown = JSON.parse(`"${text}"`);
  if (typeof name !== 'string') throw new TypeError('Not a name.');
  return name;
}
