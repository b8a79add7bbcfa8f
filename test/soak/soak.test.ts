import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { JournalEvent, Store } from '@parley/engine';
import { openSqliteStore } from '@parley/stores';
import { type Sample, type Soak, soak } from './soak.ts';
import { growth, verdicts } from './verdict.ts';

jest.setTimeout(120_000);

describe('five minutes of 50 callers at once', () => {
  let folder = '';
  let done: Soak;
  let store: Store;
  let journals: readonly (readonly JournalEvent[])[];
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'parley-soak-'));
    done = await soak({ folder, minutes: 5, sessions: 50, seed: 1 });
    store = openSqliteStore(path.join(folder, 'sessions.sqlite'));
    const all = await store.sessions();
    journals = await Promise.all(all.map(({ session }) => store.events(session)));
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are 50 at every time', () => {
    expect(done.samples.map(({ live }) => live)).toEqual([50, 50, 50, 50, 50]);
  });

  it('come to an end in every way there is, all of them', async () => {
    const { started, ended, ends } = done.counts;
    expect(ended).toBe(started);
    expect(started).toBeGreaterThan(50);
    expect([...ends.keys()].sort()).toEqual(['done', 'left', 'put through to people']);
    expect(await store.sessions({ status: 'ended' })).toHaveLength(started);
    expect(await store.sessions({ status: 'active' })).toHaveLength(0);
  });

  it('leave nothing behind: no timer, no work, nothing to be pushed, no complaint', async () => {
    expect(done.counts.pushed).toBeGreaterThan(0);
    expect(await store.nextTimer()).toBeUndefined();
    expect(await store.working()).toEqual([]);
    expect(done.open).toBe(0);
    expect(done.complaints).toEqual([]);
  });

  it('are kept whole: every event once, every order cancelled as often as it was asked for', () => {
    for (const events of journals) expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    const all = journals.flat();
    const calls = all.filter(({ type, data }) => type === 'tool.called' && data['tool'] === 'orders.cancel');
    expect(calls.length).toBeGreaterThan(0);
    expect(done.cancelled).toBe(calls.length);
    // What came from outside and was answered stands in the journal: a turn that changed nothing leaves no row.
    const inputs = all.filter(({ type }) => /^(session\.started|caller\.|signal\.)/.test(type));
    expect(inputs).toHaveLength(done.counts.turns);
  });
});

describe('the verdict', () => {
  const flat: readonly Sample[] = Array.from({ length: 40 }, (_, index) => ({
    minute: index + 1,
    turns: 100,
    seconds: 1,
    live: 50,
    // A saw, as a collector of garbage leaves it.
    heap: 1000 + (index % 3),
    rss: 5000 - (index % 2),
    database: 1000 * index,
    log: 4096,
    handles: 1,
  }));
  const failing = (change: (sample: Sample) => Partial<Sample>) =>
    verdicts(flat.map((sample) => ({ ...sample, ...change(sample) })))
      .filter(({ holds }) => !holds)
      .map(({ of }) => of);

  it('finds nothing where all is flat', () => {
    expect(failing(() => ({}))).toEqual([]);
  });

  it('does not look at the warm-up', () => {
    expect(failing(({ minute }) => (minute <= 10 ? { heap: 1, rss: 1 } : {}))).toEqual([]);
  });

  it.each<[string, (sample: Sample) => Partial<Sample>]>([
    ['growth of the heap', ({ minute }) => ({ heap: 1000 + 5 * minute })],
    ['growth of the memory of the process', ({ minute }) => ({ rss: 5000 + 25 * minute })],
    ['the largest write-ahead log', ({ minute }) => ({ log: minute === 30 ? 9 * 2 ** 20 : 4096 })],
    ['change of the bytes a turn', ({ minute }) => ({ database: 10 * minute ** 2 })],
    ['open handles at the end', ({ minute }) => ({ handles: minute })],
  ])('finds %s', (of, change) => {
    expect(failing(change)).toEqual([of]);
  });

  it('measures growth along a straight line', () => {
    // From 90 to 110 about a mean of 100.
    expect(growth([90, 100, 110])).toBeCloseTo(0.2);
    expect(growth([100, 100, 100, 100])).toBe(0);
  });
});
