import { signaturesOf, sleep } from '@parley/engine';
import { compileWorkflow } from '@parley/workflow';
import { CONTACT, flowEvent } from '../../packages/connect/src/block/testing/events.ts';
import { idleClock } from '../idle-clock.ts';
import type { Random } from '../simulation/random.ts';
import { Caller, linesOf } from './caller.ts';
import { type Came, takenIn } from './came.ts';
import type { Figures } from './figures.ts';
import { MISHAPS, unreliable } from './functions.ts';
import { hostOf } from './host.ts';
import { Ledger, notes, noteTools } from './notes.ts';
import type { Parts } from './parts.ts';

const START = Date.UTC(2026, 10, 24, 12);
const program = compileWorkflow(notes, signaturesOf(noteTools(new Ledger())));
/** What the block waits, in milliseconds, and how often the flow goes to it again where it failed. */
const LIMIT = 8_000;
const AGAIN = 3;

/** A contact whose flow has nothing but its Lambda block: each thing the caller says is a call of the function, as Connect makes it on a bad day. */
export async function throughBlock(parts: Parts, random: Random, figures: Figures): Promise<Came> {
  const clock = idleClock(START);
  const host = hostOf(clock, random, { fails: 0.05, slowest: 6_000 });
  const often = random.pick([0.1, 0.3, 0.5]);
  const block = unreliable(parts.connect.flowBlock({ door: host.door, workflow: program, clock }), {
    clock,
    random,
    met: figures.met,
    mishap: () => (random.chance(often) ? random.pick(MISHAPS) : undefined),
  });
  const caller = new Caller(linesOf(random, random.int(1, 6)));

  /** The block: undefined where it takes its way for errors. */
  const call = async (parameters: {
    readonly [name: string]: string;
  }): Promise<ReadonlyMap<string, string> | undefined> => {
    const answered = await parts.center.invoke(block, flowEvent(parameters), { limit: LIMIT, clock });
    if (typeof answered?.value !== 'object' || answered.value === null) return undefined;
    const told = new Map(Object.entries(answered.value));
    for (const [key, text] of told) if (/^parley_say/.test(key)) caller.hear(text);
    return told;
  };
  const talk = async (): Promise<Came['end']> => {
    let told: ReadonlyMap<string, string> | undefined;
    let turn: string | undefined;
    let parameters: { readonly [name: string]: string } = { event: 'start' };
    for (let failures = 0; ; ) {
      told = await call(parameters);
      if (!told) {
        failures += 1;
        if (failures > AGAIN) return 'person';
        caller.hear('Sorry, that was a problem on our side.');
        parameters = turn === undefined ? { event: 'start' } : { event: 'silent', turn };
        continue;
      }
      failures = 0;
      turn = told.get('parley_turn') ?? '';
      const rest = told.get('parley_rest');
      // As the generated flow does.
      if (rest === 'end' && !told.has('parley_say')) caller.hear('Goodbye.');
      if (rest === 'end') return 'over';
      if (rest === 'failed' || rest === 'transfer') return 'person';
      await sleep(clock, random.int(1, 3_000));
      const words = rest === 'caller' ? caller.says(takenIn(await host.journal(CONTACT)).length) : undefined;
      if (caller.stuck) return 'stuck';
      parameters = words === undefined ? { event: 'silent', turn } : { text: words, turn };
    }
  };
  const end = await clock.during(talk());
  // What comes late comes now.
  await clock.during(sleep(clock, 120_000));
  const journal = await host.journal(CONTACT);
  await clock.during(host.engine.close());
  return { caller, said: caller.said, journal, ledger: host.ledger, end, wrong: [] };
}
