import type { ChatStore } from '../record.ts';

/** A function as Lambda starts one, which may die: from the so manieth thing on that it does (`dies`), it does nothing any more. */
export interface Mortal {
  /** Does something, and resolves if it is still alive then. */
  alive<T>(work: () => Promise<T>): Promise<T>;
  /** These chats, as it reaches them. */
  reached(chats: ChatStore): ChatStore;
}

export function mortal(dies = Number.POSITIVE_INFINITY): Mortal {
  let doings = 0;
  const alive: Mortal['alive'] = async (work) => {
    if (++doings >= dies) return new Promise<never>(() => undefined);
    const done = await work();
    return doings >= dies ? new Promise<never>(() => undefined) : done;
  };
  return {
    alive,
    reached: (chats) => ({
      load: (chat) => alive(() => chats.load(chat)),
      keep: (...given) => alive(() => chats.keep(...given)),
    }),
  };
}
