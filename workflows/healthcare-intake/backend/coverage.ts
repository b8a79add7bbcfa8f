import type { Desk } from '@parley-workflows/backend/desk';
import { z } from 'zod';

export const COVERAGE_VERDICTS = ['active', 'ended', 'unknown_member', 'not_accepted'] as const;

/** Whether an insurer pays for a visit. A member ID tells nothing of whose it is. */
export function checkCoverage(
  { db }: Desk,
  insurer: string,
  memberId: string | undefined,
): { verdict: (typeof COVERAGE_VERDICTS)[number]; name: string } {
  const known = db.one(
    z.object({ name: z.string(), accepted: z.int() }),
    'SELECT name, accepted FROM insurers WHERE id = ?',
    insurer,
  );
  if (known === undefined || known.accepted === 0)
    return { verdict: 'not_accepted', name: known?.name ?? 'that insurer' };
  if (memberId === undefined) return { verdict: 'unknown_member', name: known.name };
  const member = db.one(
    z.object({ active: z.int() }),
    'SELECT active FROM members WHERE insurer = ? AND member_id = ?',
    insurer,
    memberId.toUpperCase(),
  );
  if (member === undefined) return { verdict: 'unknown_member', name: known.name };
  return { verdict: member.active === 1 ? 'active' : 'ended', name: known.name };
}
