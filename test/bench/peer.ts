import type { Engine } from '@parley/engine';
import { begin, turn } from './conversation.ts';

/** Something that can hold the conversations of `conversation.ts`. */
export interface Peer {
  readonly name: string;
  /** Begins so many new conversations; those before are let be. */
  readonly start: (sessions: number) => Promise<void>;
  /** Takes each of them so many turns on, all at once where it can. Gives the milliseconds of each turn. */
  readonly turns: (count: number) => Promise<readonly number[]>;
  readonly close: () => Promise<void>;
}

export function parley(name: string, engine: Engine, close: () => Promise<void>): Peer {
  let sessions: string[] = [];
  let round = 0;
  let number = 0;
  const go = async (session: string, from: number, count: number) => {
    const took: number[] = [];
    for (let i = 0; i < count; i++) took.push(await turn(engine, session, `e${from + i}`));
    return took;
  };
  return {
    name,
    async start(count) {
      round += 1;
      number = 0;
      sessions = Array.from({ length: count }, (_, index) => `session-${round}-${index}`);
      await Promise.all(sessions.map((session) => begin(engine, session)));
    },
    async turns(count) {
      const took = await Promise.all(sessions.map((session) => go(session, number, count)));
      number += count;
      return took.flat();
    },
    async close() {
      await engine.close();
      await close();
    },
  };
}
