import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readRecording } from '@parley/replay';
import { ROOT } from '../cli/command.ts';
import { build, campaign, undisturbed } from './campaign.ts';
import { difference, type Outcome } from './compare.ts';
import { ALONE } from './contact.ts';

// Each life takes a second of a processor, which a busy machine has to find first.
jest.setTimeout(600_000);

it('sessions whose process is killed at random points end as undisturbed ones do', async () => {
  const { struck, failures } = await campaign({ points: 25, seed: 3, lanes: 2 });
  expect(failures).toEqual([]);
  const total = [...struck.values()].reduce((sum, count) => sum + count, 0);
  expect(total).toBeGreaterThanOrEqual(25);
  // From inside as from outside.
  expect(struck.get('from outside')).toBeGreaterThan(0);
  expect(struck.get('from outside')).toBeLessThan(total);
});

/** The fields of events that tell which way a session went. */
const WAY = 'step path decision question choices choice fill call tool code attempts timer queue outcome'.split(' ');

describe('what the killed are compared with', () => {
  let outcomes: ReadonlyMap<string, Outcome>;
  beforeAll(async () => {
    build();
    ({ outcomes } = await undisturbed());
  });

  it('is what was recorded', () => {
    expect([...outcomes.keys()].sort()).toEqual(ALONE.map(({ name }) => name).sort());
    const recorded = ALONE.filter((one) => one.recorded !== false).map(({ name }) => name);
    for (const [session, { journal, status }] of outcomes) {
      if (!recorded.includes(session)) continue;
      const file = path.join(ROOT, 'workflows', 'support', 'recordings', `${session}.jsonl`);
      const { events } = readRecording(readFileSync(file, 'utf8'), file);
      // The recording has other values, and was made at another time.
      const went = (type: string, data: Partial<Record<string, unknown>>) => ({
        type,
        data: Object.fromEntries(WAY.map((field) => [field, data[field]])),
      });
      expect(journal.map(({ type, data }) => went(type, data))).toEqual(
        events.map(({ type, ...data }) => went(type, data)),
      );
      expect(status).toBe('ended');
    }
  });

  it.each<[string, (whole: Outcome) => Outcome, RegExp]>([
    [
      'an event that is lost',
      (whole) => ({ ...whole, journal: whole.journal.slice(0, -1) }),
      /^refund-lost: its journal/,
    ],
    [
      'an event too many',
      (whole) => ({ ...whole, journal: [...whole.journal, ...whole.journal] }),
      /^refund-lost: event \d+/,
    ],
    [
      'a reply that is lost',
      (whole) => ({ ...whole, replies: whole.replies.slice(0, -1) }),
      /^refund-lost: .* replies/,
    ],
    ['another reply', (whole) => ({ ...whole, replies: whole.replies.map(() => 'Hello?') }), /^refund-lost: reply 1 /],
    ['a session that is not over', (whole) => ({ ...whole, status: 'active' }), /^refund-lost: it is active/],
    [
      'a refund paid twice',
      (whole) => ({
        ...whole,
        shop: { ...whole.shop, refunds: (whole.shop['refunds'] ?? []).flatMap((row) => [row, row]) },
      }),
      /^refund-lost: the shop's refunds/,
    ],
  ])('differs from %s', (_, change, said) => {
    const whole = outcomes.get('refund-lost');
    if (!whole) throw new Error('The conversation is gone.');
    expect(whole.shop['refunds']).not.toHaveLength(0);
    expect(difference(outcomes, outcomes)).toBeUndefined();
    expect(difference(new Map([...outcomes, ['refund-lost', change(whole)]]), outcomes)).toMatch(said);
  });
});
