import type { Memory, Snapshot } from '@parley/machine';
import { IDENTITY_LEVELS, type IdentityLevel, type Json, ParleyError, type Program } from '@parley/workflow';
import { z } from 'zod';
import type { StoredSession } from './store.ts';

/** How long a session stays that may not be recorded, after its end: a call that is sent again is still answered. Milliseconds. */
const UNRECORDED = 3_600_000;

/** What a session knows. */
export interface Known {
  readonly vars: { readonly [variable: string]: Json };
  readonly identity: IdentityLevel;
}

/** When a session that rests like this is to be removed, by its workflow's `limits.keep` and `limits.record`; undefined: it stays. */
export function removalOf(
  program: Program,
  { ended, memory }: Pick<Snapshot, 'ended' | 'memory'>,
  at: number,
): number | undefined {
  if (pendingTimer(memory)) return undefined;
  const { keep = Number.POSITIVE_INFINITY } = program.limits;
  const stays = ended && !mayRecord(program, memory) ? Math.min(keep, UNRECORDED) : keep;
  return Number.isFinite(stays) ? at + stays : undefined;
}

/** Whether a session may be recorded: its workflow's `limits.record` holds, or there is none. */
export function mayRecord({ limits }: Program, { vars, identity }: Known): boolean {
  return limits.record === undefined || limits.record.expression.evaluate({ ...vars, identity }) === true;
}

const pendingTimer = ({ waiting }: Memory) => waiting.for === 'timer';

const kept = z.object({
  machine: z.object({
    memory: z.object({ vars: z.record(z.string(), z.json()), identity: z.enum(IDENTITY_LEVELS) }),
  }),
});

/** What a session of the store knows. Throws ParleyError `engine/damaged` where that can't be read. */
export function knownOf({ session, snapshot }: StoredSession): Known {
  const read = kept.safeParse(parse(snapshot));
  if (read.success) return read.data.machine.memory;
  throw new ParleyError('engine/damaged', `What is kept of session ${session} can't be read.`, {
    fix: 'Its journal may be whole: `parley sessions` shows it.',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
