import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { JournalEvent } from '@parley/engine';
import { encryptingCodec, keysIn, openSqliteStore } from '@parley/stores';
import { BIN, folderWith, lines, ORDER, PATIENCE, parley, put, remove, startProcess, TEA } from './command.ts';
import { parleyHere } from './in-process.ts';

jest.setTimeout(PATIENCE);

let folder = '';
beforeAll(() => {
  folder = folderWith({
    'workflows/tea/workflow.yaml': TEA,
    'workflows/tea/recordings/readme.txt': '',
    '.parley/readme.txt': '',
  });
});
afterAll(() => remove(folder));

const DAY = Date.UTC(2026, 10, 25, 12);
const LUNA = 'global.openai.gpt-6-luna';

/** Journal rows of decisions by a model, 1,000 tokens in and 100 out each: two rows a decision. */
function decisions(count: number, by: JournalEvent['data']): readonly JournalEvent[] {
  return Array.from({ length: count }, (_, at): readonly JournalEvent[] => {
    const data = { decision: `d${at}`, step: at % 2 === 0 ? 'need' : 'details' };
    const asked = { ...data, question: '01234567', choices: ['tea', 'coffee'], fill: [] };
    return [
      { seq: at * 2 + 1, at: DAY + at * 2, type: 'model.asked', data: asked },
      { seq: at * 2 + 2, at: DAY + at * 2 + 1, type: 'model.decided', data: { ...data, choice: 'tea', by } },
    ];
  }).flat();
}

const work = (model: string) => {
  const tokens = { input: 1_000, output: 100, cacheRead: 0, cacheWrite: 0 };
  return {
    decider: 'bedrock',
    model,
    latency: 300,
    tokens,
    attempts: [{ model, strategy: 'strict', latency: 300, tokens }],
  };
};

/** Keeps sessions in a store of the command's. */
async function keep(name: string, sessions: { readonly [session: string]: readonly JournalEvent[] }): Promise<string> {
  const file = path.join(folder, '.parley', `${name}.sqlite`);
  const codec = encryptingCodec(keysIn({ file: path.join(folder, '.parley', 'key') }));
  const store = openSqliteStore(file, { codec });
  for (const [session, events] of Object.entries(sessions)) {
    const commits: Promise<void>[] = [];
    for (let from = 0; from < events.length; from += 100) {
      const some = events.slice(from, from + 100);
      commits.push(
        store.commit({
          session,
          expects: from / 100,
          workflow: 'tea',
          version: 'v1',
          status: 'active',
          working: false,
          at: some.at(-1)?.at ?? DAY,
          events: some,
          snapshot: '{}',
          timers: { set: [], cancelled: [] },
        }),
      );
    }
    await Promise.all(commits);
  }
  await store.close();
  return file;
}

describe('cost', () => {
  it('adds up a store by workflow, step and model, and says what is in no sum', async () => {
    const store = await keep('some', {
      one: decisions(3, work(LUNA)),
      two: [...decisions(1, work('vendor.unheard-of'))],
    });
    const { code, out, err } = await parley(['cost', '--store', store], folder);
    expect(err).toBe('');
    expect(code).toBe(0);
    const cells = out.split('\n').map((line) => line.split(/ {2,}/));
    // 1,000 × 0.1 + 100 × 0.5 = 150 millionths of a dollar each.
    expect(cells[1]).toEqual([
      'tea',
      'details',
      LUNA,
      '1',
      '0',
      '1',
      '1,000',
      '100',
      '0',
      '0',
      '300',
      '300',
      '$0.00015',
      '$0.00015',
    ]);
    expect(cells[2]).toEqual([
      'tea',
      'need',
      LUNA,
      '2',
      '0',
      '2',
      '2,000',
      '200',
      '0',
      '0',
      '300',
      '300',
      '$0.0003',
      '$0.0003',
    ]);
    expect(cells[3]).toEqual([
      'tea',
      'need',
      'vendor.unheard-of',
      '1',
      '0',
      '1',
      '1,000',
      '100',
      '0',
      '0',
      '300',
      '300',
      '$0 ?',
      '$0 ?',
    ]);
    expect(cells[4]?.slice(0, 4)).toEqual(['all', '4', '0', '4']);
    expect(out).toMatch(/^\? 1 attempts are not in the cost, as no price is known of vendor\.unheard-of: /m);
  });

  it('takes prices of one’s own, and gives JSON', async () => {
    const store = await keep('own', { one: decisions(1, work('vendor.unheard-of')) });
    put(folder, 'workflows/models.json', '[{ "model": "vendor.unheard-of", "price": { "input": 5, "output": 50 } }]');
    const { out, code } = await parleyHere(['cost', '--store', store, '--by', 'model', '--json'], folder);
    remove(path.join(folder, 'workflows/models.json'));
    expect(code).toBe(0);
    // 1,000 × 5 + 100 × 50.
    expect(JSON.parse(out)).toMatchObject({
      by: ['model'],
      rows: [{ by: { model: 'vendor.unheard-of' }, decisions: 1, sessions: 1, cost: { usd: 0.01, unknown: 0 } }],
      unpriced: [],
    });
  });

  it('counts only what is asked for', async () => {
    const store = await keep('spans', { one: decisions(3, work(LUNA)) });
    const counted = async (...args: readonly string[]) =>
      JSON.parse((await parleyHere(['cost', '--store', store, '--json', ...args], folder)).out).total.decisions;
    expect(await counted()).toBe(3);
    expect(await counted('--since', '2026-11-26')).toBe(0);
    expect(await counted('--until', '2026-11-26')).toBe(3);
    expect(await counted('--until', '2026-11-25')).toBe(0);
    // The second was taken 3 ms past noon.
    expect(await counted('--since', '2026-11-25T12:00:00.003Z')).toBe(2);
    expect(await counted('--until', '2026-11-25T12:00:00.003Z')).toBe(1);
    expect(await counted('--workflow', 'coffee')).toBe(0);
  });

  it('holds no more than a page of a session of 100,000 events at once', async () => {
    // 50 MB of it are words that nothing is made of.
    const events = decisions(50_000, { ...work(LUNA), words: 'la '.repeat(333) });
    const store = await keep('large', { one: events });
    const { ended } = startProcess(
      process.execPath,
      ['--max-old-space-size=64', BIN, 'cost', '--store', store],
      folder,
    );
    const { code, out, err } = await ended;
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/^all +50,000 +0 +50,000 +50,000,000 +5,000,000 /m);
  });

  it('adds up recordings too, and says nothing that a caller said', async () => {
    await parley(['talk', 'tea', '--session', 'order'], folder, lines(ORDER));
    await parley(['record', 'order', '-o', 'workflows/tea/recordings/order.jsonl'], folder);
    put(folder, 'workflows/tea/recordings/broken.jsonl', '{"parley":1}\n');
    const { code, out, err } = await parley(['cost', 'workflows/tea/recordings'], folder);
    expect(code).toBe(2);
    expect(err).toMatch(/broken\.jsonl:1:1 {2}recording\/not-a-recording/);
    // A decision at need, two at details, one at sure: by a decider that costs nothing.
    expect(out).toMatch(/^tea +need +offline +1 +0 +0 .*– +–$/m);
    expect(out).toMatch(/^tea +details +offline +2 /m);
    expect(out).toMatch(/^all +4 /m);
    expect(out).not.toContain('@');
  });

  it.each([
    ['a day that is none', ['--since', 'yesterday'], /2026-11-25/],
    ['what can not be added up by', ['--by', 'step,mood'], /workflow, step, model, day/],
    ['a store that is not there', ['--store', 'nowhere.sqlite'], /There is no store at nowhere\.sqlite/],
  ])('refuses %s', async (_, args, message) => {
    const { code, err } = await parleyHere(['cost', ...args], folder);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});
