import { StoreError } from '@parley/engine';

/**
 * How what a session holds (events, snapshots, replies: all of it JSON texts) is written into a store and read back. All of
 * it goes through here, so here it is encrypted (`encryptingCodec`). What the store looks things up by does not: names of
 * sessions, ids of events, versions, times and timers; nor do workflows, in which nothing is a caller's.
 */
export interface Codec {
  /** What is kept at a place of the store. A string must not hold U+0000: SQLite ends a text there. No JSON text does. */
  encode(text: string, place: string): Kept;
  /**
   * The text again. Throws when `kept` is not what `encode` made for this place; StoreError `store/key` where it takes
   * a key that is not here.
   */
  decode(kept: Kept, place: string): string;
}

/** The same for a store that can wait, as where a key is fetched first (`kmsCodec`). Every `Codec` is one. */
export interface AsyncCodec {
  encode(text: string, place: string): Kept | Promise<Kept>;
  decode(kept: Kept, place: string): string | Promise<string>;
}

/** A text as it is kept. */
export type Kept = string | Uint8Array;

/** The text as it is. */
export const plainCodec: Codec = {
  encode: (text) => text,
  decode(kept) {
    if (typeof kept === 'string') return kept;
    throw new StoreError(
      'store/key',
      'What is kept here is encrypted, and no key was given.',
      'Open the store with the key it was made with.',
      undefined,
    );
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
