import type { TurnRequest } from '@parley/engine';
import type { Random } from './random.ts';

type Event = TurnRequest['event'];

const WORDS: { readonly [step: string]: readonly string[] } = {
  need: ['look', 'order', 'order', 'both', 'later', 'guess', 'bye', 'human', 'hours', 'well'],
  which: ['item=book amount=3', 'item=lamp', 'amount=7', 'amount=500', 'item=table amount=1', 'human', 'what'],
  sure: ['yes', 'yes', 'yes', 'no', 'amount=5', 'yes amount=9', 'hours', 'hm'],
  pause: ['hello', 'are you there'],
  more: ['hello'],
};
const ALL = Object.values(WORDS).flat();
const KEYS = ['0', '1', '1', '2', '9'];

/** What a caller does next, at the step the session rests on. The words name the event they are, so that each is told from any other. */
export function drawEvent(random: Random, step: string | undefined, erratic: number, id: string): Event {
  const lost = random.chance(erratic);
  const roll = random.next();
  if (lost && roll < 0.08) return { type: 'caller.left' };
  if (roll < 0.06) return { type: 'caller.silent' };
  if (roll < 0.14) return { type: 'caller.pressed', keys: random.pick(KEYS) };
  if (step === 'pause' ? roll < 0.6 : lost && roll < 0.2)
    return { type: 'signal.received', name: random.chance(0.8) ? 'ready' : 'other', data: { id } };
  const words = (lost ? undefined : WORDS[step ?? '']) ?? ALL;
  return { type: 'caller.said', text: `${random.pick(words)} #${id}` };
}
