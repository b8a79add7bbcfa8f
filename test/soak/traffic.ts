import { type Engine, type Reply, sleep, type TurnRequest } from '@parley/engine';
import { sourceOf, type WorkflowSource } from '@parley/workflow';
import { desk as small } from '../engine/desk.ts';
import type { IdleClock } from '../idle-clock.ts';
import type { Random } from '../simulation/random.ts';

/** The desk of the engine's tests, for longer conversations and shorter waits. */
export const desk: WorkflowSource = sourceOf(
  small.text.replace('turns: 20', 'turns: 60').replace('{ for: 1h, signal: ready }', '{ for: 2m, signal: ready }'),
);

/** Turns of a conversation, and milliseconds a caller takes for the next. */
const LENGTH = { from: 10, to: 20 };
const THINKING = { from: 5_000, to: 20_000 };

export interface Counts {
  started: number;
  ended: number;
  /** Events that were answered. */
  turns: number;
  pushed: number;
  readonly ends: Map<string, number>;
}

/** What is pushed to sessions, for whoever waits for it. */
export class Pushes {
  readonly #waiting = new Map<string, (reply: Reply) => void>();
  readonly #early = new Map<string, Reply>();

  async take(reply: Reply): Promise<void> {
    const waiting = this.#waiting.get(reply.session);
    if (waiting === undefined) this.#early.set(reply.session, reply);
    else {
      this.#waiting.delete(reply.session);
      waiting(reply);
    }
  }

  next(session: string): Promise<Reply> {
    const early = this.#early.get(session);
    this.#early.delete(session);
    if (early) return Promise.resolve(early);
    return new Promise((resolve) => this.#waiting.set(session, resolve));
  }

  /** Sessions that wait for something, or that something came for which nobody has asked for. */
  get open(): number {
    return this.#waiting.size + this.#early.size;
  }
}

/** One caller from start to end: says what fits the step, is silent now and then, waits, hangs up, asks for a person. */
export async function call(
  session: string,
  {
    engine,
    clock,
    random,
    pushes,
    counts,
  }: {
    readonly engine: Engine;
    readonly clock: IdleClock;
    readonly random: Random;
    readonly pushes: Pushes;
    readonly counts: Counts;
  },
): Promise<void> {
  let sent = 0;
  const send = async (event: TurnRequest['event']): Promise<Reply> => {
    sent += 1;
    const reply = await engine.turn({ session, id: `e${sent}`, event });
    counts.turns += 1;
    return reply;
  };
  counts.started += 1;
  const length = random.int(LENGTH.from, LENGTH.to);
  const contact = { id: session, channel: 'voice' } as const;
  let reply = await send({ type: 'session.started', workflow: 'desk', contact });
  for (;;) {
    switch (reply.rest) {
      case 'caller':
        await sleep(clock, random.int(THINKING.from, THINKING.to));
        reply = await send(answer(reply.step, sent >= length, random));
        continue;
      case 'wait':
        // Half of those who wait for the call back have what they wait for before its time.
        if (random.chance(0.5)) {
          await sleep(clock, random.int(THINKING.from, THINKING.to));
          reply = await send({ type: 'signal.received', name: 'ready', data: null });
          continue;
        }
        reply = await pushes.next(session);
        counts.pushed += 1;
        continue;
      case 'work':
        reply = await pushes.next(session);
        counts.pushed += 1;
        continue;
      case 'transfer':
      case 'end': {
        const how = reply.rest === 'end' ? reply.end.outcome : `put through to ${reply.transfer.queue}`;
        counts.ends.set(how, (counts.ends.get(how) ?? 0) + 1);
        counts.ended += 1;
        return;
      }
    }
  }
}

/** What a caller does at a step. */
function answer(step: string, last: boolean, random: Random): TurnRequest['event'] {
  const said = (text: string) => ({ type: 'caller.said', text }) as const;
  const chance = random.next();
  if (chance < 0.005) return { type: 'caller.left' };
  if (chance < 0.05) return { type: 'caller.silent' };
  if (chance < 0.1) return said('um, let me think');
  switch (step) {
    case 'which':
    case 'which_to_cancel':
      return said(`orderId=W${random.int(1_000_000, 9_999_999)}`);
    case 'sure':
      return said(random.chance(0.7) ? 'yes' : 'no');
    default:
      if (!last) return said(random.pick(['track', 'track', 'track', 'cancel', 'cancel', 'later']));
      return random.pick([said('bye'), said('bye'), said('human'), { type: 'caller.left' } as const]);
  }
}
