import { ParleyError } from '@parley/workflow';
import { z } from 'zod';
import type { StoredSession } from './store.ts';

/** Where a session stands, as far as anybody may know: nothing of it is a caller's. */
export type Standing = {
  /** The step it is on; one in parentheses before the first and where it left the file. */
  readonly step: string;
  readonly channel: 'voice' | 'chat';
  /** How often the caller had a turn. */
  readonly turns: number;
  /** The caller said something that no decision has been made on yet. */
  readonly undecided: boolean;
} & (
  | {
      /** The caller's turn; a decision or a tool is under way; a timer or a signal is waited for. */
      readonly state: 'caller' | 'working' | 'waiting';
    }
  | { readonly state: 'person'; readonly queue: string }
  | { readonly state: 'ended'; readonly outcome: string }
);

const kept = z.object({
  machine: z.object({
    step: z.string(),
    ended: z.boolean(),
    memory: z.object({
      channel: z.enum(['voice', 'chat']),
      turns: z.number(),
      waiting: z.object({ for: z.string() }),
      early: z.string().exactOptional(),
    }),
  }),
  resting: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('listen') }),
      z.object({ type: z.literal('transfer'), queue: z.string() }),
      z.object({ type: z.literal('end'), outcome: z.string() }),
    ])
    .exactOptional(),
});

/** Where a session of the store stands, without its journal. Throws ParleyError `engine/damaged` where that can't be read. */
export function standingOf({ session, snapshot }: Pick<StoredSession, 'session' | 'snapshot'>): Standing {
  const read = kept.safeParse(parse(snapshot));
  if (!read.success) {
    throw new ParleyError('engine/damaged', `What is kept of session ${session} can't be read.`, {
      fix: 'Its journal may be whole: `parley sessions` shows it.',
    });
  }
  const {
    machine: {
      step,
      ended,
      memory: { channel, turns, waiting, early },
    },
    resting,
  } = read.data;
  if (ended) {
    const known = { step, channel, turns, undecided: false };
    if (resting?.type === 'transfer') return { ...known, state: 'person', queue: resting.queue };
    return { ...known, state: 'ended', outcome: resting?.type === 'end' ? resting.outcome : 'done' };
  }
  const state = waiting.for === 'caller' ? 'caller' : waiting.for === 'timer' ? 'waiting' : 'working';
  return { step, channel, turns, state, undecided: state === 'working' || early !== undefined };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
