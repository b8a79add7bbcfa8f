import { describe, expect, it } from '@jest/globals';
import type { BoardMessage, Row } from '../../src/desk/sessions-messages.ts';
import { applied, matching, standing } from './rows.ts';

const row = (session: string, startedAt: number, more: Partial<Row> = {}): Row => ({
  workflow: 'support',
  session,
  version: 'v1',
  startedAt,
  updatedAt: startedAt,
  step: 'need',
  state: 'caller',
  turns: 1,
  ...more,
});
const message = (more: Partial<BoardMessage>): BoardMessage => ({
  all: false,
  rows: [],
  changed: [],
  gone: [],
  more: false,
  ...more,
});
const names = (rows: readonly Row[]) => rows.map(({ session }) => session);

describe('the list of sessions', () => {
  const first = applied([], message({ all: true, rows: [row('a', 1), row('c', 3), row('b', 2)] }));

  it('has the newest first, later ones among them', () => {
    expect(names(first)).toEqual(['c', 'b', 'a']);
    expect(names(applied(first, message({ rows: [row('d', 4)] })))).toEqual(['d', 'c', 'b', 'a']);
  });

  it('changes the rows that changed, and leaves the others the same objects', () => {
    const changed = { workflow: 'support', session: 'b', step: 'over', state: 'ended', result: 'served' } as const;
    const next = applied(first, message({ changed: [changed] }));
    expect(next[1]).toEqual({ ...row('b', 2), step: 'over', state: 'ended', result: 'served' });
    expect([next[0] === first[0], next[2] === first[2]]).toEqual([true, true]);
  });

  it('forgets what is gone, and all of it where all comes anew', () => {
    expect(names(applied(first, message({ gone: [{ workflow: 'support', session: 'b' }] })))).toEqual(['c', 'a']);
    expect(names(applied(first, message({ all: true, rows: [row('x', 9)] })))).toEqual(['x']);
  });

  it('takes sessions of one name in two workflows for two', () => {
    const both = applied(first, message({ rows: [row('a', 0, { workflow: 'freight' })] }));
    expect(both).toHaveLength(4);
  });

  it('ignores a change of what it does not have', () => {
    expect(applied(first, message({ changed: [{ workflow: 'support', session: 'z', turns: 2 }] }))).toEqual(first);
  });

  it('is filtered by workflow and state, and searched by id and step', () => {
    const rows = [row('Abc', 1), row('x', 2, { step: 'identify/by_email' }), row('y', 3, { state: 'ended' })];
    expect(names(matching(rows, { find: ' aB' }))).toEqual(['Abc']);
    expect(names(matching(rows, { find: 'EMAIL' }))).toEqual(['x']);
    expect(names(matching(rows, { state: 'ended' }))).toEqual(['y']);
    expect(names(matching(rows, { workflow: 'freight' }))).toEqual([]);
    expect(matching(rows, {})).toEqual(rows);
  });

  it('says how a session stands', () => {
    expect(standing({ state: 'caller' })).toBe("Caller's turn");
    expect(standing({ state: 'person', result: 'tier2' })).toBe('With a person: tier2');
  });
});
