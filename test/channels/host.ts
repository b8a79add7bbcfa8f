import type { FrontDoor } from '@parley/connect';
import { type Clock, createEngine, type Engine, type JournalEvent, sleep } from '@parley/engine';
import { memoryStore } from '@parley/stores';
import type { Random } from '../simulation/random.ts';
import { Ledger, notes, noteTools, slowDecider } from './notes.ts';

export interface Host {
  readonly engine: Engine;
  readonly ledger: Ledger;
  /** To the host over a network that fails now and then, before or after the host has done what it was asked. */
  readonly door: FrontDoor;
  journal(session: string): Promise<readonly JournalEvent[]>;
}

export interface Troubles {
  /** How often a request to the host fails. */
  readonly fails: number;
  /** The longest that a decision and a tool take, in milliseconds; a turn has 2 s. */
  readonly slowest: number;
}

/** An engine of its own, which notes down what it is told. */
export function hostOf(clock: Clock, random: Random, { fails, slowest }: Troubles): Host {
  const ledger = new Ledger();
  const store = memoryStore();
  const slow = async () => {
    if (slowest > 0 && random.chance(0.3)) await sleep(clock, random.int(1, slowest));
  };
  const engine = createEngine({
    workflows: [notes],
    store,
    decider: slowDecider(async () => {
      if (slowest > 0) await sleep(clock, random.int(0, 900));
    }),
    tools: noteTools(ledger, slow),
    clock,
  });
  return {
    engine,
    ledger,
    journal: (session) => store.events(session),
    door: async (request) => {
      if (random.chance(fails)) throw new Error('It did not come to the host.');
      const reply = await engine.turn(request);
      if (random.chance(fails)) throw new Error('The answer of the host did not come.');
      return reply;
    },
  };
}
