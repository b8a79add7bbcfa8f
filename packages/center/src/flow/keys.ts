import type { Clock } from '@parley/engine';
import type { Contact } from '../contact.ts';

/** How keys are taken together. Times in milliseconds. */
export interface KeySettings {
  readonly most: number;
  /** How long after a key no other must come for it to be the last. */
  readonly pause: number;
  /** The key that ends, and the one that takes back, what was pressed. */
  readonly end: string;
  readonly remove: string | undefined;
}

/** The keys that are pressed from the first one on, without the one that ends them. What is said meanwhile is not listened to. */
export async function gatherKeys(
  contact: Contact,
  clock: Clock,
  first: string,
  settings: KeySettings,
): Promise<string> {
  let keys = '';
  let key: string | undefined = first;
  while (key !== undefined && key !== settings.end) {
    keys = key === settings.remove ? '' : keys + key;
    if (keys.length >= settings.most) break;
    key = await nextKey(contact, clock, settings.pause);
  }
  return keys;
}

/** The next key within so many milliseconds; undefined for none, or for silence. */
export async function nextKey(contact: Contact, clock: Clock, within: number): Promise<string | undefined> {
  const due = clock.now() + within;
  for (;;) {
    const heard = await contact.next(Math.max(0, due - clock.now()));
    if (heard === undefined || heard.type === 'silent') return undefined;
    if (heard.type === 'pressed') return heard.key;
  }
}
