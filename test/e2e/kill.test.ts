import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { openSqliteStore } from '@parley/stores';
import { z } from 'zod';
import { Database } from '../../workflows/support/backend/database.ts';
import { folderWith, type Outcome, PATIENCE, ROOT, remove, startProcess } from '../cli/command.ts';

jest.setTimeout(PATIENCE);

const contact = (folder: string, kill = ''): Promise<Outcome> =>
  startProcess(process.execPath, ['scripts/run-ts.mjs', 'test/e2e/contact.ts', folder, kill], ROOT).ended;

const replies = ({ out }: Outcome): readonly unknown[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const events = async (folder: string) => {
  const store = openSqliteStore(path.join(folder, 'sessions.sqlite'));
  const all = await store.events('s1');
  await store.close();
  return all.map(({ seq, type, data: { step, text, tool, path } }) => ({ seq, type, step, text, tool, path }));
};

/** The refunds that the shop has made for the order. */
const refunds = (folder: string) =>
  new Database(folder, () => undefined).all(
    z.object({ amount: z.int() }),
    "SELECT amount FROM refunds WHERE order_id = 'W1000001'",
  );

/*
 * The commits of the conversation: 1 the greeting; 2 that a code is being sent, 3 what came of it; 4 that the code is
 * being verified, 5 what came of it; 6 that the order is being cancelled, 7 what came of it; 8 the end.
 * Before an even one nothing has been written yet, before an odd one it has, but it is not kept that it was.
 */
const COMMITS = 8;
const POINTS = [
  'after 2',
  'before 3',
  'after 3',
  'before 5',
  'after 5',
  'before 6',
  'after 6',
  'before 7',
  'after 7',
  'before 8',
];

describe('a session whose process is killed', () => {
  let undisturbed = '';
  let expected: readonly unknown[] = [];
  beforeAll(async () => {
    undisturbed = folderWith();
    const outcome = await contact(undisturbed);
    expect(outcome).toMatchObject({ code: 0, err: `${COMMITS} commits\n` });
    expected = replies(outcome);
    expect(expected).toHaveLength(5);
    expect(expected[3]).toMatchObject({
      say: [expect.stringMatching(/^It's cancelled\. \$152\.95/), expect.any(String)],
    });
    expect(expected[4]).toMatchObject({ rest: 'end', end: { outcome: 'served' } });
    expect(refunds(undisturbed)).toEqual([{ amount: 15295 }]);
  });
  afterAll(() => remove(undisturbed));

  it.each(POINTS)('%s goes on, and ends as an undisturbed one does', async (kill) => {
    const folder = folderWith();
    const killed = await contact(folder, kill);
    // It was killed, and had not said yet what it had not kept.
    expect(killed.code).toBeNull();
    const again = await contact(folder);
    expect(again.err).toMatch(/^\d+ commits\n$/);
    expect(replies(again)).toEqual(expected);
    expect(await events(folder)).toEqual(await events(undisturbed));
    expect(refunds(folder)).toEqual([{ amount: 15295 }]);
    remove(folder);
  });

  it('has given the caller no reply that the next process takes back', async () => {
    const folder = folderWith();
    const killed = await contact(folder, 'before 7');
    const said = replies(killed);
    expect(said).toEqual(expected.slice(0, 3));
    remove(folder);
  });
});
