import { signaturesOf, sleep } from '@parley/engine';
import { compileWorkflow } from '@parley/workflow';
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
/** A contact that lasts longer than this, in milliseconds, comes to no end. */
const ENDLESS = 2 * 3_600_000;

/** A call, or a chat, that goes through the generated flow: its function and the hook of Lex are called as Connect calls them on a bad day. */
export async function throughLex(
  parts: Parts,
  random: Random,
  channel: 'VOICE' | 'CHAT',
  figures: Figures,
): Promise<Came> {
  const { connect, center } = parts;
  const clock = idleClock(START);
  const host = hostOf(clock, random, { fails: 0.05, slowest: 6_000 });
  const options = { door: host.door, workflow: program, clock };
  const often = random.pick([0.1, 0.3, 0.5]);
  const mishaps = {
    clock,
    random,
    met: figures.met,
    mishap: () => (random.chance(often) ? random.pick(MISHAPS) : undefined),
  };
  const block = unreliable(connect.flowBlock(options), mishaps);
  const hook = unreliable(connect.lexHook(options), mishaps);

  const { flow } = connect.generateFlow(program);
  const queues = new center.Queues(clock);
  const queue = queues.add('people');
  const filled = JSON.stringify(flow).replaceAll(/\$\{(\w+)\}/g, (_, name: string) =>
    name.startsWith('Queue') ? queue.arn : name,
  );
  const contact = new center.Contact(
    { channel, initiation: channel === 'CHAT' ? 'API' : 'INBOUND', address: '+12025550123' },
    clock,
  );
  const customer = { id: 'customer', role: 'CUSTOMER', name: 'Customer' } as const;
  contact.join(customer);
  const caller = new Caller(linesOf(random, random.int(1, 6)));
  const phone = center.phoneOf(contact);
  const say = (text: string) => {
    if (channel === 'VOICE') return phone.say(text);
    contact.say(customer, text);
    contact.hear({ type: 'said', text });
  };

  /** Does what the caller does when it is their turn. */
  let turn: Promise<void> = Promise.resolve();
  const takeTurn = async () => {
    await sleep(clock, random.int(1, 5_000));
    const taken = takenIn(await host.journal(contact.id)).length;
    if (contact.ended || contact.stage !== 'flow') return;
    if (caller.stuck) return phone.hangUp();
    const words = caller.says(taken);
    if (words !== undefined) say(words);
    else if (channel === 'VOICE') phone.silent();
    else chatTurn();
  };
  const chatTurn = () => {
    turn = turn.then(takeTurn);
  };
  phone.hear((sound) => {
    if (sound.type === 'words') {
      caller.hear(sound.content);
      if (channel === 'CHAT' && /What shall I note\?|Note N\d{3}\?|final\?|say it again/.test(sound.content))
        chatTurn();
    }
    if (sound.type === 'listening') turn = turn.then(takeTurn);
  });

  const instance = {
    clock,
    queues,
    lambda: () => block,
    bot: () => ({ name: 'notes', intents: connect.intentsOf(program), hook }),
    flow: () => undefined,
    createTask: () => false,
  };
  const over = new Promise<'over'>((resolve) => void contact.watch({ over: () => resolve('over') }));
  const queued = new Promise<'person'>((resolve) => void queues.watch(() => resolve('person')));
  const endless = sleep(clock, ENDLESS).then(() => 'stuck' as const);
  void center.runFlow(center.readFlow('notes', JSON.parse(filled)), contact, instance);
  const end = await clock.during(Promise.race([over, queued, endless]));
  // What comes late comes now.
  await clock.during(sleep(clock, 120_000));
  await clock.during(turn);
  const journal = await host.journal(contact.id);
  const ended = journal.some(({ type }) => type === 'session.ended');
  await clock.during(host.engine.close());
  const { said } = caller;
  return {
    caller,
    said,
    journal,
    ledger: host.ledger,
    end: end === 'over' && !ended ? (caller.stuck ? 'stuck' : 'person') : end,
    wrong: [],
  };
}
