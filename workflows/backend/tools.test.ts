import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type ToolContext, ToolError } from '@parley/engine';
import { z } from 'zod';
import { dateOf } from './calendar.ts';
import { type BackEnd, openDesk, type Place } from './desk.ts';
import { toolMakers } from './tools.ts';
import { SLOW } from './trouble.ts';

const NOW = Date.parse('2026-11-24T10:00:00Z');
const DAY = 86_400_000;

/** A library: a loan that is due in three days, and reminders that were sent an hour ago. */
const LIBRARY: BackEnd = {
  file: 'library.sqlite',
  tables: [
    'CREATE TABLE loans (id TEXT PRIMARY KEY, due_on INTEGER NOT NULL, renewed INTEGER NOT NULL) STRICT;',
    'CREATE TABLE reminders (loan TEXT NOT NULL, sent_at INTEGER NOT NULL) STRICT;',
  ],
  fill: (db, today) => {
    for (const id of ['L1', 'L2', 'L3', 'L4', 'L5']) db.run('INSERT INTO loans VALUES (?, ?, 0)', id, today + 3);
    db.run('INSERT INTO reminders VALUES (?, ?)', 'L1', today * DAY + 3_600_000);
  },
  days: { loans: ['due_on'] },
  moments: { reminders: ['sent_at'] },
};

const loan = z.strictObject({ loan: z.string() });

function open(place: Place = { today: '2026-11-24' }) {
  const { reads, writes } = toolMakers<'not_found' | 'renewed'>(openDesk(LIBRARY, place), {
    L2: 'hangs',
    L3: 'throws',
    L4: 'slow',
    L5: 'loses_reply',
  });
  const offered = {
    get: reads({
      about: 'When a loan is due, and when its last reminder was sent.',
      input: loan,
      output: z.object({ due: z.iso.date(), renewed: z.int(), reminded: z.string().optional() }),
      errors: ['not_found'],
      run: ({ db }, input) => {
        const Row = z.object({ due_on: z.int(), renewed: z.int() });
        const row = db.one(Row, 'SELECT due_on, renewed FROM loans WHERE id = ?', input.loan);
        if (!row) throw new ToolError('not_found', 'There is no such loan.');
        const sent = db.one(
          z.object({ at: z.int() }),
          'SELECT sent_at AS at FROM reminders WHERE loan = ?',
          input.loan,
        );
        const reminded = sent === undefined ? {} : { reminded: new Date(sent.at).toISOString() };
        return { due: dateOf(row.due_on), renewed: row.renewed, ...reminded };
      },
    }),
    renew: writes('renew', {
      about: 'Renews a loan, as often as one likes.',
      input: loan,
      output: z.object({ renewed: z.int() }),
      run: ({ db }, input) => {
        db.run('UPDATE loans SET renewed = renewed + 1 WHERE id = ?', input.loan);
        const row = db.one(z.object({ renewed: z.int() }), 'SELECT renewed FROM loans WHERE id = ?', input.loan);
        return { renewed: row?.renewed ?? 0 };
      },
    }),
  };
  let calls = 0;
  return (name: keyof typeof offered, id: string, given: Partial<ToolContext> = {}) => {
    calls += 1;
    const { signal } = new AbortController();
    const context = { session: 's1', idempotencyKey: `key ${calls}`, attempt: 1, signal, now: NOW, ...given };
    return offered[name].call({ loan: id }, context);
  };
}

describe('a tool', () => {
  it('does what it is for, and refuses in its own words', async () => {
    const call = open();
    expect(await call('get', 'L1')).toEqual({ due: '2026-11-27', renewed: 0, reminded: '2026-11-24T01:00:00.000Z' });
    await expect(call('get', 'L9')).rejects.toMatchObject({ code: 'not_found', message: 'There is no such loan.' });
  });

  it('that writes acts once for its key, and one that reads looks each time', async () => {
    const call = open();
    const same = { idempotencyKey: 'renew' };
    for (const attempt of [1, 2]) expect(await call('renew', 'L1', { ...same, attempt })).toEqual({ renewed: 1 });
    expect(await call('renew', 'L1')).toEqual({ renewed: 2 });
    expect(await call('get', 'L1', same)).toMatchObject({ renewed: 2 });
  });
});

describe('trouble on purpose', () => {
  it('hangs: nothing comes until the time is up', async () => {
    const time = new AbortController();
    const reason = new Error('time is up');
    const answer = open()('get', 'L2', { signal: time.signal });
    time.abort(reason);
    await expect(answer).rejects.toBe(reason);
  });

  it('throws: it breaks, which is no refusal, and has done nothing', async () => {
    const call = open();
    await expect(call('renew', 'L3')).rejects.not.toBeInstanceOf(ToolError);
  });

  it('loses_reply: a write is done, but its first answer is lost', async () => {
    const call = open();
    expect(await call('get', 'L5')).toMatchObject({ renewed: 0 });
    const same = { idempotencyKey: 'renew' };
    await expect(call('renew', 'L5', same)).rejects.not.toBeInstanceOf(ToolError);
    expect(await call('renew', 'L5', { ...same, attempt: 2 })).toEqual({ renewed: 1 });
  });

  describe('slow', () => {
    beforeEach(() => {
      jest.useFakeTimers();
    });
    afterEach(() => {
      jest.useRealTimers();
    });

    it('takes its time and then answers', async () => {
      let answered = false;
      const answer = open()('get', 'L4').finally(() => {
        answered = true;
      });
      await jest.advanceTimersByTimeAsync(SLOW - 1);
      expect(answered).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      expect(await answer).toMatchObject({ due: '2026-11-27' });
    });

    it('or stops when nobody waits any more', async () => {
      const time = new AbortController();
      const answer = open()('get', 'L4', { signal: time.signal });
      time.abort(new Error('time is up'));
      await expect(answer).rejects.toThrow('time is up');
    });
  });
});

describe('a back end in a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'backend-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('keeps what was done, and the answer to a key', async () => {
    const same = { idempotencyKey: 'renew' };
    const answer = await open({ folder, today: '2026-11-24' })('renew', 'L1', same);
    const after = open({ folder, today: '2026-11-24' });
    expect(await after('renew', 'L1', { ...same, attempt: 2 })).toEqual(answer);
    expect(await after('get', 'L1')).toMatchObject({ renewed: 1 });
  });

  it('is not made by looking at the tools', () => {
    open({ folder });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('stands later, or earlier, as it did: due in three days, reminded an hour after midnight', async () => {
    await open({ folder, today: '2026-11-24' })('get', 'L1');
    for (const [today, due] of [
      ['2027-11-24', '2027-11-27'],
      ['2026-02-27', '2026-03-02'],
    ] as const)
      expect(await open({ folder, today })('get', 'L1')).toEqual({
        due,
        renewed: 0,
        reminded: `${today}T01:00:00.000Z`,
      });
  });

  it('takes the day of the call where none is given', async () => {
    expect(await open({ folder })('get', 'L1', { now: NOW + DAY })).toMatchObject({ due: '2026-11-28' });
  });

  it('is refused on a day that is none', () => {
    expect(() => open({ today: '2026-02-30' })).toThrow(RangeError);
  });
});
