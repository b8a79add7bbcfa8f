import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Commit, JournalEvent, Store } from '@parley/engine';
import { ModelDynamo } from '../testing/model-dynamo.ts';
import { everyInterleaving, type Gate, type Runner, stopsAt } from '../testing/stepped.ts';
import { openDynamoStore } from './dynamo.ts';

let dynamo: ModelDynamo;
let anybody: DynamoDBClient;
/** Looks at the table as anybody else would. */
let other: Store;
beforeEach(async () => {
  dynamo = new ModelDynamo();
  anybody = dynamo.client();
  other = await open();
});

/** A process of its own. */
const open = (gate?: Gate) =>
  openDynamoStore({ table: 'parley', client: gate ? dynamo.client(gate) : anybody, ...sizes });

// Hundreds of orders: on a busy machine they take their time.
jest.setTimeout(300_000);

/** Too large for an item beside anything else, where only so many bytes are held within one. */
const LARGE = 'x'.repeat(2_000);
const sizes = { shards: 1, inline: 2_000 };
const event = (seq: number, text = ''): JournalEvent => ({ seq, at: 1000 + seq, type: 'caller.said', data: { text } });

function commit(session: string, expects: number, more: Partial<Commit> = {}): Commit {
  return {
    session,
    expects,
    workflow: 'support',
    version: 'v1',
    status: 'active',
    working: false,
    at: 1000 + expects,
    events: [event(expects + 1)],
    snapshot: `"snapshot ${expects + 1}"`,
    reply: { id: `r${expects + 1}`, reply: `"reply ${expects + 1}"` },
    timers: { set: [{ timer: `t${expects + 1}`, due: 100 + expects }], cancelled: [`t${expects}`] },
    ...more,
  };
}

/** All that anybody can see of a session, through a store that remembers nothing. */
async function seen(session: string) {
  const store = await open();
  const of = <T extends { readonly session: string }>(list: readonly T[]) =>
    list.filter((one) => one.session === session);
  const found = {
    load: await store.load(session),
    events: await store.events(session),
    last: await store.events(session, { last: 1 }),
    replies: await Promise.all(['r1', 'r2', 'r3', 'r4'].map((id) => store.reply(session, id))),
    timers: of(await store.dueTimers(1e15, 1e6)),
    working: (await store.working()).includes(session),
    listed: of(await store.sessions()),
  };
  await store.close();
  return found;
}

/** The items of a session that are in the table. */
const itemsOf = (session: string) => dynamo.of(`s ${session}`);

/** A thorough sweep, when what was written up to now is a quarter of an hour old. */
async function abandonedGo(): Promise<void> {
  const later = Date.now() + 900_001;
  const clock = jest.spyOn(Date, 'now').mockReturnValue(later);
  await other.sweep(0, true);
  clock.mockRestore();
}

let names = 0;
const newName = () => `session-${++names}`;

describe('a process that stops before any of its requests leaves the store as before or as after', () => {
  interface Case {
    /** What there was before. */
    readonly given: (session: string) => readonly Commit[];
    readonly work: (store: Store, session: string) => Promise<unknown>;
    /** How many requests it takes: worked out from the design in items.ts. */
    readonly requests: number;
  }
  const nothing = () => [];
  const two = (session: string) => [commit(session, 0), commit(session, 1, { working: true })];
  const large = (session: string) => [commit(session, 0, { events: [event(1, LARGE)], snapshot: `"${LARGE}"` })];
  const cases: Record<string, Case> = {
    // The head.
    'the first commit': { given: nothing, work: (store, session) => store.commit(commit(session, 0)), requests: 1 },
    // The parts, the head.
    'a first commit with large texts': {
      given: nothing,
      work: (store, session) => store.commit(large(session)[0] ?? commit(session, 0)),
      requests: 2,
    },
    // A look at the head, what the last commit keeps there, the head.
    'a further commit': { given: two, work: (store, session) => store.commit(commit(session, 2)), requests: 3 },
    // The parts of the last snapshot are deleted, too.
    'a commit after one with large texts': {
      given: large,
      work: (store, session) => store.commit(commit(session, 1)),
      requests: 4,
    },
    'a commit with large texts after another': {
      given: large,
      work: (store, session) => store.commit({ ...large(session)[0], ...commit(session, 1), snapshot: `"${LARGE}y"` }),
      requests: 4,
    },
    'a commit that replaces a reply': {
      given: two,
      work: (store, session) => store.commit(commit(session, 2, { reply: { id: 'r2', reply: '"later"' } })),
      requests: 3,
    },
    'the last commit': {
      given: two,
      work: (store, session) => store.commit(commit(session, 2, { status: 'ended', removeAt: 9_000 })),
      requests: 3,
    },
    // A look at the head, its replacement, what is beside it, the deletion of that, the head's.
    'a removal': { given: two, work: (store, session) => store.remove(session), requests: 5 },
    'a removal of large texts': { given: large, work: (store, session) => store.remove(session), requests: 5 },
    // The index, too.
    'a sweep': {
      given: (session) => [...two(session), commit(session, 2, { removeAt: 5_000 })],
      work: (store) => store.sweep(5_000),
      requests: 6,
    },
  };

  it.each(Object.entries(cases))('%s', async (_, { given, work, requests }) => {
    const reference = newName();
    for (const one of given(reference)) await other.commit(one);
    await work(other, reference);
    const end = JSON.stringify(await seen(reference));
    await other.remove(reference);

    const outcomes: string[] = [];
    for (let k = 0; ; k++) {
      const session = newName();
      for (const one of given(session)) await other.commit(one);
      const before = JSON.stringify(await seen(session));
      const after = end.replaceAll(reference, session);
      const { gate, stopped } = stopsAt(k);
      await work(await open(gate), session).catch(() => undefined);

      const now = JSON.stringify(await seen(session));
      expect([before, after]).toContain(now);
      outcomes.push(now === after ? 'after' : 'before');

      // Whoever asks again comes to the same end.
      await work(other, session).catch((error: unknown) => expect(error).toMatchObject({ code: 'store/conflict' }));
      expect(JSON.stringify(await seen(session))).toBe(after);
      if (JSON.parse(after).load === undefined) expect(itemsOf(session)).toStrictEqual([]);
      await other.remove(session);
      await abandonedGo();
      expect(itemsOf(session)).toStrictEqual([]);
      if (!stopped()) break;
    }
    expect(outcomes).toHaveLength(requests + 1);
    expect(outcomes[0]).toBe('before');
    expect(outcomes.at(-1)).toBe('after');
    // There is one request that makes the difference.
    expect(outcomes).toStrictEqual([...outcomes].sort((a, b) => (a === b ? 0 : a === 'before' ? -1 : 1)));
  });

  it('a large workflow', async () => {
    const source = JSON.stringify(LARGE.repeat(3));
    for (let k = 0; k <= 3; k++) {
      const version = `v-${k}`;
      const { gate, stopped } = stopsAt(k);
      const store = await open(gate);
      await store.keepWorkflow({ workflow: 'support', version, source }).catch(() => undefined);
      expect(stopped()).toBe(k < 3);
      expect((await other.workflow(version))?.source).toBe(k < 3 ? undefined : source);
      await other.keepWorkflow({ workflow: 'support', version, source });
      expect((await other.workflow(version))?.source).toBe(source);
    }
  });
});

describe('in whatever order the requests of two processes follow each other', () => {
  const conflict = { status: 'rejected', reason: { name: 'ConflictError', code: 'store/conflict' } };

  /** Runs what each process does in every order; `look` gets how each ended. */
  async function together(
    given: (session: string) => readonly Commit[],
    work: readonly ((store: Store, session: string) => Promise<unknown>)[],
    look: (session: string, outcomes: readonly PromiseSettledResult<unknown>[]) => Promise<void>,
    twice: readonly number[] = [],
  ): Promise<number> {
    // Clients take longer to make than to use.
    const gates: Gate[] = [];
    const clients = work.map((_, index) =>
      dynamo.client((operation) => gates[index]?.(operation), { twice: twice.includes(index) }),
    );
    return everyInterleaving(work.length, async (runners: readonly Runner[]) => {
      const session = newName();
      for (const one of given(session)) await other.commit(one);
      for (const [index, { gate }] of runners.entries()) gates[index] = gate;
      const stores = await Promise.all(clients.map((client) => openDynamoStore({ table: 'parley', client, ...sizes })));
      const outcomes = stores.map((store, index) => {
        const { promise, resolve } = withResolvers<unknown>();
        runners[index]?.run(async () =>
          resolve(await Promise.allSettled([work[index]?.(store, session)]).then(([one]) => one)),
        );
        return promise;
      });
      return async () => {
        const ends: unknown[] = await Promise.all(outcomes);
        await look(session, ends.filter(isOutcome));
        await other.remove(session);
        expect(itemsOf(session)).toStrictEqual([]);
      };
    });
  }
  const one = (session: string) => [commit(session, 0)];
  const texts = async (session: string) => (await other.events(session)).map(({ data }) => data['text']);
  const by = (who: string) => (expects: number) => (store: Store, session: string) =>
    store.commit(
      commit(session, expects, {
        events: [event(expects + 1, who)],
        snapshot: `"${who}"`,
        reply: { id: who, reply: `"to ${who}"` },
        timers: { set: [{ timer: who, due: 7 }], cancelled: [] },
      }),
    );

  it.each([
    ['first', 0, () => []],
    ['further', 1, one],
  ])('two %s commits: one is kept whole, the other is refused', async (_, expects, given) => {
    const winners: string[] = [];
    const orders = await together(given, [by('A')(expects), by('B')(expects)], async (session, outcomes) => {
      const [winner = ''] = ['A', 'B'].filter((_, index) => outcomes[index]?.status === 'fulfilled');
      winners.push(winner);
      expect(outcomes[winner === 'A' ? 1 : 0]).toMatchObject(conflict);
      expect(await other.load(session)).toMatchObject({
        revision: expects + 1,
        seq: expects + 1,
        snapshot: `"${winner}"`,
      });
      expect(await texts(session)).toStrictEqual([...(expects === 0 ? [] : ['']), winner]);
      expect(await other.reply(session, winner)).toBe(`"to ${winner}"`);
      expect(await other.reply(session, winner === 'A' ? 'B' : 'A')).toBeUndefined();
      if (expects === 1) expect(await other.reply(session, 'r1')).toBe('"reply 1"');
      const timers = (await other.dueTimers(1e15, 1e6)).filter((timer) => timer.session === session);
      expect(timers.map(({ timer }) => timer)).toStrictEqual(expects === 0 ? [winner] : [winner, 't1']);
    });
    expect(new Set(winners)).toStrictEqual(new Set(['A', 'B']));
    expect(orders).toBeGreaterThan(expects === 0 ? 1 : 10);
  });

  it('a commit whose answer is lost, and another process that goes on: it is kept just where it says so', async () => {
    const ends = new Set<string>();
    const goesOn = async (store: Store, session: string) => {
      const { revision = 0 } = (await store.load(session)) ?? {};
      await by('B')(revision)(store, session);
    };
    await together(
      one,
      [by('A')(1), goesOn],
      async (session, [a, b]) => {
        const kept = await texts(session);
        expect(kept.includes('A')).toBe(a?.status === 'fulfilled');
        expect(kept.includes('B')).toBe(b?.status === 'fulfilled');
        for (const end of [a, b]) if (end?.status === 'rejected') expect(end).toMatchObject(conflict);
        expect(await other.load(session)).toMatchObject({ revision: kept.length, seq: kept.length });
        ends.add(kept.join());
      },
      [0],
    );
    // B's look came after A, or before: then one of the two was first.
    expect(ends).toStrictEqual(new Set([',A,B', ',A', ',B']));
  });

  it('a commit and a removal: all of the session is gone, and nothing of it stays', async () => {
    const ends = new Set<string>();
    await together(one, [by('A')(1), (store, session) => store.remove(session)], async (session, [a, removed]) => {
      expect(removed).toStrictEqual({ status: 'fulfilled', value: 1 });
      if (a?.status === 'rejected') expect(a).toMatchObject(conflict);
      ends.add(a?.status ?? '');
      expect(await other.load(session)).toBeUndefined();
      expect(itemsOf(session)).toStrictEqual([]);
    });
    expect(ends).toStrictEqual(new Set(['fulfilled', 'rejected']));
  });

  it('two removals: one of them counts it', async () => {
    const remove = (store: Store, session: string) => store.remove(session);
    await together(one, [remove, remove], async (session, outcomes) => {
      const counts = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined));
      expect([...counts].sort()).toStrictEqual([0, 1]);
      expect(itemsOf(session)).toStrictEqual([]);
    });
  });

  it('a removal and a session that begins under the name: the new one is whole', async () => {
    const ends = new Set<string>();
    await together(
      (session) => [...one(session), commit(session, 1)],
      [
        (store, session) => store.remove(session),
        (store, session) => store.commit(commit(session, 0, { events: [event(1, LARGE)], snapshot: '"A"' })),
      ],
      async (session, [removed, a]) => {
        expect(removed).toStrictEqual({ status: 'fulfilled', value: 1 });
        ends.add(a?.status ?? '');
        if (a?.status === 'rejected') {
          expect(a).toMatchObject(conflict);
          expect(itemsOf(session)).toStrictEqual([]);
        } else {
          expect(await other.load(session)).toMatchObject({ revision: 1, seq: 1, snapshot: '"A"' });
          expect((await texts(session)).map((text) => text === LARGE)).toStrictEqual([true]);
          expect(await other.reply(session, 'r2')).toBeUndefined();
          // The head, and the part of its events.
          expect(itemsOf(session)).toHaveLength(2);
        }
      },
    );
    expect(ends).toStrictEqual(new Set(['fulfilled', 'rejected']));
  });

  it('a sweep and a commit that lets the session stay: it goes or it stays, whole', async () => {
    const ends = new Set<string>();
    await together(
      (session) => [commit(session, 0, { removeAt: 50, timers: { set: [], cancelled: [] } })],
      [(store) => store.sweep(50), by('A')(1)],
      async (session, [swept, a]) => {
        ends.add(a?.status ?? '');
        expect(swept).toStrictEqual({ status: 'fulfilled', value: a?.status === 'fulfilled' ? [] : [session] });
        if (a?.status === 'fulfilled') expect(await texts(session)).toStrictEqual(['', 'A']);
        else expect(itemsOf(session)).toStrictEqual([]);
      },
    );
    expect(ends).toStrictEqual(new Set(['fulfilled', 'rejected']));
  });

  const large = (session: string) => [
    commit(session, 0, { events: [event(1, LARGE)], snapshot: `"${LARGE}"`, reply: { id: 'r1', reply: `"${LARGE}"` } }),
    commit(session, 1, { snapshot: `"${LARGE}"` }),
  ];
  const works: Record<string, (store: Store, session: string) => Promise<unknown>> = {
    'a commit': (store, session) => store.commit(commit(session, 2)),
    'a removal': (store, session) => store.remove(session),
  };
  const reads: Record<string, { read: (store: Store, session: string) => Promise<unknown>; ends: readonly unknown[] }> =
    {
      load: {
        read: async (store, session) => (await store.load(session))?.snapshot.length,
        ends: [LARGE.length + 2, '"snapshot 3"'.length, undefined],
      },
      events: {
        read: async (store, session) => (await store.events(session)).map(({ seq }) => seq),
        ends: [[1, 2], [1, 2, 3], []],
      },
      'events, from the end': {
        read: async (store, session) => (await store.events(session, { last: 2 })).map(({ seq }) => seq),
        ends: [[1, 2], [2, 3], []],
      },
      reply: {
        read: async (store, session) => (await store.reply(session, 'r1'))?.length,
        ends: [LARGE.length + 2, LARGE.length + 2, undefined],
      },
    };
  it.each(Object.keys(reads).flatMap((read) => Object.keys(works).map((work) => [read, work])))(
    '%s and %s: what is read is as before or as after',
    async (reading, working) => {
      const { read, ends } = reads[reading] ?? { read: async () => undefined, ends: [] };
      const [before, committed, removed] = ends;
      const after = working === 'a commit' ? committed : removed;
      const found = new Set<string>();
      await together(large, [read, works[working] ?? read], async (_, [outcome]) => {
        if (outcome?.status !== 'fulfilled') throw new Error('It could not be read.', { cause: outcome?.reason });
        expect([before, after]).toContainEqual(outcome.value);
        found.add(JSON.stringify(outcome.value) ?? '');
      });
      expect(found).toContain(JSON.stringify(before));
      expect(found).toContain(JSON.stringify(after) ?? '');
    },
  );
});

function isOutcome(value: unknown): value is PromiseSettledResult<unknown> {
  return typeof value === 'object' && value !== null && 'status' in value;
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((r) => {
    resolve = r;
  });
  return { promise, resolve };
}
