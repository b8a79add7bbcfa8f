import type { JournalEvent, Reply, TurnRequest } from '@parley/engine';
import { z } from 'zod';
import { turn } from '../functions/turn.ts';
import type { World } from '../functions/world.ts';
import type { Place } from './handler.ts';
import { lookingAgain } from './news.ts';

/** What an event is in all is for the engine to say, which names what is wrong with it. */
const request = z.custom<TurnRequest>();

/** Takes an event of a contact, gives the reply, and measures the turn as the contact felt it. */
export async function front({ world, lines }: Place, event: unknown): Promise<Reply> {
  const { clock, store, machines } = world;
  const began = clock.now();
  let workflow: string | undefined;
  let limit = Number.POSITIVE_INFINITY;
  const noted = async (making: ReturnType<World['machines']['of']>) => {
    const { program } = await making;
    workflow = program.name;
    limit = program.limits.turn;
    return making;
  };
  const reply = await turn(
    {
      ...world,
      news: lookingAgain(clock),
      machines: {
        start: (...given) => noted(machines.start(...given)),
        of: (...given) => noted(machines.of(...given)),
      },
    },
    request.parse(event),
  );
  const latency = clock.now() - began;
  const handed = reply.rest === 'transfer';
  // Looked for once a contact, when it leaves.
  const failed = handed && endsInFailure(await store.events(reply.session, { last: LAST }));
  lines.measure(
    {
      TurnLatency: latency,
      TurnsOverDeadline: Number(reply.rest === 'work' || latency > limit),
      HandedToPerson: Number(handed),
      HandedToPersonByFailure: Number(failed),
    },
    workflow,
  );
  return reply;
}

/** So many events a last turn has at the most that are looked at. */
const LAST = 20;

const FAILURES = new Set(['tool.failed', 'model.failed']);
const ANSWERS = new Set([...FAILURES, 'tool.returned', 'model.decided']);

/**
 * Whether what led to a person was a failure: the last answer of a tool or a decider was one. That there are no words of a
 * model's own (`decider/no-words`) is none: the written text is said.
 */
export function endsInFailure(events: readonly Pick<JournalEvent, 'type' | 'data'>[]): boolean {
  const answers = events.filter(({ type, data }) => ANSWERS.has(type) && data['code'] !== 'decider/no-words');
  return FAILURES.has(answers.at(-1)?.type ?? '');
}
