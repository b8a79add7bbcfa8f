import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Commit, JournalEvent, Store, StoredSession, StoredWorkflow } from '@parley/engine';

type Json = JournalEvent['data'][string];

/** A kind of store, for the conformance suite. */
export interface StoreUnderTest {
  /** A new store with nothing in it. */
  open(): Promise<Store>;
  /** Opens anew what a store had kept, and that was closed: left out for a store that keeps nothing. */
  reopen?(store: Store): Promise<Store>;
}

/**
 * Declares the Jest tests that every implementation of the port passes: each sentence of it, and what is meant by
 * "opaque", "JSON" and "at once". Call it at the top of a test file.
 *
 * A -0 in a value may come back as 0: JSON texts rarely tell them apart.
 */
export function storeConformance(name: string, { open, reopen }: StoreUnderTest): void {
  describe(`${name} is a store`, () => {
    let store: ValueStore;
    beforeEach(async () => {
      store = holding(await open());
    });
    afterEach(async () => {
      await store.close();
    });

    describe('a session', () => {
      it('is not there before its first commit', async () => {
        expect(await store.load('a')).toBeUndefined();
        expect(await store.reply('a', 'r')).toBeUndefined();
        expect(await store.events('a')).toStrictEqual([]);
        expect(await store.events('a', { last: 3 })).toStrictEqual([]);
        expect(await store.sessions()).toStrictEqual([]);
        expect(await store.working()).toStrictEqual([]);
        expect(await store.dueTimers(1e15, 10)).toStrictEqual([]);
        expect(await store.nextTimer()).toBeUndefined();
      });

      it('is loaded as its first commit left it', async () => {
        await store.commit(
          change('a', 0, { at: 1_785_000_000_123, events: rows(1, 3), working: true, snapshot: { step: 'welcome' } }),
        );
        expect(await store.load('a')).toStrictEqual({
          session: 'a',
          workflow: 'support',
          version: 'v1',
          status: 'active',
          seq: 3,
          revision: 1,
          startedAt: 1_785_000_000_123,
          updatedAt: 1_785_000_000_123,
          working: true,
          snapshot: { step: 'welcome' },
        });
      });

      it('is loaded as its last commit left it, and keeps its start', async () => {
        await store.commit(change('a', 0, { at: 1000, events: rows(1, 2), working: true }));
        await store.commit(
          change('a', 1, {
            at: 2000,
            workflow: 'returns',
            version: 'v2',
            status: 'ended',
            events: rows(3, 3),
            snapshot: 'over',
          }),
        );
        expect(await store.load('a')).toStrictEqual({
          session: 'a',
          workflow: 'returns',
          version: 'v2',
          status: 'ended',
          seq: 3,
          revision: 2,
          startedAt: 1000,
          updatedAt: 2000,
          working: false,
          snapshot: 'over',
        });
      });

      it('keeps its number when a commit has no events', async () => {
        await store.commit(change('a', 0, { events: rows(1, 2) }));
        await store.commit(change('a', 1, { at: 9000, snapshot: 'delivered' }));
        expect(await store.load('a')).toMatchObject({ seq: 2, updatedAt: 9000, snapshot: 'delivered' });
        await store.commit(change('a', 2, { events: rows(3, 3) }));
        expect(await seqs(store, 'a')).toStrictEqual([1, 2, 3]);
      });

      it('has a revision, which each commit raises by one, whatever events it has', async () => {
        const revisions: unknown[] = [];
        const commits = [rows(1, 5), [], [], rows(6, 6), rows(7, 9), []];
        for (const [index, events] of commits.entries()) {
          await store.commit(change('a', index, { events }));
          const { seq, revision } = (await store.load('a')) ?? {};
          revisions.push([seq, revision]);
        }
        expect(revisions).toStrictEqual([
          [5, 1],
          [5, 2],
          [5, 3],
          [6, 4],
          [9, 5],
          [9, 6],
        ]);
      });

      it('may begin with no event', async () => {
        await store.commit(change('a', 0, { snapshot: 'begun' }));
        expect(await store.load('a')).toMatchObject({ seq: 0, revision: 1, snapshot: 'begun' });
        await expect(store.commit(change('a', 0, {}))).rejects.toMatchObject({ code: 'store/conflict' });
        await store.commit(change('a', 1, { events: rows(1, 2) }));
        expect(await seqs(store, 'a')).toStrictEqual([1, 2]);
      });

      it('is apart from every other', async () => {
        await store.commit(change('a', 0, { events: rows(1, 2), snapshot: 'of a' }));
        await store.commit(change('b', 0, { events: rows(1, 1), snapshot: 'of b' }));
        await store.commit(change('a', 1, { events: rows(3, 3), snapshot: 'of a, later' }));
        expect(await store.load('b')).toMatchObject({ seq: 1, snapshot: 'of b' });
        expect(await seqs(store, 'b')).toStrictEqual([1]);
      });
    });

    describe('a commit that expects the wrong revision', () => {
      const wrong = (session: string, expects: number, events: readonly JournalEvent[]): ValueCommit =>
        change(session, expects, {
          at: 7000,
          workflow: 'other',
          version: 'v9',
          status: 'ended',
          working: true,
          events,
          snapshot: 'wrong',
          reply: { id: 'r', reply: 'wrong' },
          timers: { set: [{ timer: 'late', due: 1 }], cancelled: ['t'] },
        });

      it.each([
        ['a session that exists, taken for new', 0, rows(1, 2)],
        ['a session that exists, taken for new, without events', 0, []],
        ['a session that has gone on', 1, rows(3, 4)],
        ['a session that has gone on, with events that would follow', 1, rows(4, 5)],
        ['a session that has gone on, without events', 1, []],
        ['a session that is not that far', 3, rows(4, 5)],
        ['a session that is not that far, without events', 3, []],
      ])('is refused and changes nothing: %s', async (_, expects, events) => {
        await store.commit(change('a', 0, { events: rows(1, 2) }));
        await store.commit(
          change('a', 1, {
            events: rows(3, 3),
            reply: { id: 'r', reply: 'right' },
            timers: { set: [{ timer: 't', due: 5000 }], cancelled: [] },
          }),
        );
        const before = await store.load('a');

        await expect(store.commit(wrong('a', expects, events))).rejects.toMatchObject({ code: 'store/conflict' });

        expect(await store.load('a')).toStrictEqual(before);
        expect(await store.events('a')).toStrictEqual(rows(1, 3));
        expect(await store.reply('a', 'r')).toBe('right');
        expect(await store.dueTimers(1e15, 10)).toStrictEqual([{ session: 'a', timer: 't', due: 5000 }]);
        expect(await store.working()).toStrictEqual([]);
        await store.commit(change('a', 2, { events: rows(4, 4) }));
        expect(await seqs(store, 'a')).toStrictEqual([1, 2, 3, 4]);
      });

      it('is refused where there is no session, and makes none', async () => {
        await expect(store.commit(wrong('a', 4, rows(5, 6)))).rejects.toMatchObject({ code: 'store/conflict' });
        expect(await store.load('a')).toBeUndefined();
        expect(await store.events('a')).toStrictEqual([]);
        expect(await store.reply('a', 'r')).toBeUndefined();
        expect(await store.nextTimer()).toBeUndefined();
        expect(await store.sessions()).toStrictEqual([]);
      });

      it('leaves the commits that are under way with it alone', async () => {
        await store.commit(change('a', 0, { events: rows(1, 1) }));
        const outcomes = await Promise.allSettled([
          store.commit(change('b', 0, { events: rows(1, 2) })),
          store.commit(wrong('a', 5, rows(2, 3))),
          store.commit(change('c', 0, { events: rows(1, 3) })),
        ]);
        expect(outcomes.map(({ status }) => status)).toStrictEqual(['fulfilled', 'rejected', 'fulfilled']);
        expect(await seqs(store, 'a')).toStrictEqual([1]);
        expect(await seqs(store, 'b')).toStrictEqual([1, 2]);
        expect(await seqs(store, 'c')).toStrictEqual([1, 2, 3]);
      });
    });

    describe('commits at once', () => {
      it('of one session that expect the same revision: one is kept', async () => {
        const outcomes = await Promise.allSettled(
          [1, 2, 3, 4, 5].map((n) => store.commit(change('a', 0, { events: rows(1, n), snapshot: n }))),
        );
        const winners = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [index + 1] : []));
        expect(winners).toHaveLength(1);
        const [winner = 0] = winners;
        expect(await store.load('a')).toMatchObject({ seq: winner, snapshot: winner });
        expect(await store.events('a')).toStrictEqual(rows(1, winner));
      });

      it('without events, of one session that expect the same revision: one is kept, with its reply', async () => {
        await store.commit(change('a', 0, { events: rows(1, 2) }));
        const outcomes = await Promise.allSettled(
          ['first', 'second'].map((n) => store.commit(change('a', 1, { snapshot: n, reply: { id: 'r', reply: n } }))),
        );
        const winners = ['first', 'second'].filter((_, index) => outcomes[index]?.status === 'fulfilled');
        expect(winners).toHaveLength(1);
        expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
          reason: { code: 'store/conflict' },
        });
        expect(await store.reply('a', 'r')).toBe(winners[0]);
        expect(await store.load('a')).toMatchObject({ seq: 2, revision: 2, snapshot: winners[0] });
      });

      it('200 of 50 sessions: all are kept', async () => {
        const sessions = Array.from({ length: 50 }, (_, index) => `session ${index}`);
        await Promise.all(
          sessions.map(async (session) => {
            for (let turn = 0; turn < 4; turn++) {
              await store.commit(
                change(session, turn, {
                  events: rows(turn * 2 + 1, turn * 2 + 2),
                  snapshot: { session, turn },
                  reply: { id: `${turn}`, reply: `${session}, ${turn}` },
                }),
              );
            }
          }),
        );
        for (const session of sessions) {
          expect(await store.load(session)).toMatchObject({ seq: 8, snapshot: { session, turn: 3 } });
          expect(await store.events(session)).toStrictEqual(rows(1, 8));
          for (let turn = 0; turn < 4; turn++) {
            expect(await store.reply(session, `${turn}`)).toBe(`${session}, ${turn}`);
          }
        }
        expect(await store.sessions()).toHaveLength(50);
      });
    });

    describe('the journal', () => {
      beforeEach(async () => {
        await store.commit(change('a', 0, { events: rows(1, 7) }));
        await store.commit(change('b', 0, { events: rows(1, 4) }));
        await store.commit(change('a', 1, { events: rows(8, 12) }));
      });

      it('gives back events as they were, in order', async () => {
        expect(await store.events('a')).toStrictEqual(rows(1, 12));
      });

      it.each([
        ['after: exclusive', { after: 9 }, [10, 11, 12]],
        ['after the last', { after: 12 }, []],
        ['after 0: all', { after: 0, limit: 100 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
        ['limit: the first', { limit: 2 }, [1, 2]],
        ['limit 0: none', { limit: 0 }, []],
        ['after and limit', { after: 6, limit: 3 }, [7, 8, 9]],
        ['last: still in order', { last: 3 }, [10, 11, 12]],
        ['last 0: none', { last: 0 }, []],
        ['last of more than there are', { last: 50 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
        ['last of those after', { after: 10, last: 5 }, [11, 12]],
      ])('gives a part: %s', async (_, range, expected) => {
        expect(await seqs(store, 'a', range)).toStrictEqual(expected);
      });

      it('keeps the order of thousands of events', async () => {
        await store.commit(change('long', 0, { events: rows(1, 1000) }));
        for (let commits = 1; commits < 5; commits++) {
          const seq = 500 + commits * 500;
          await store.commit(change('long', commits, { events: rows(seq + 1, seq + 500) }));
        }
        const all = Array.from({ length: 3000 }, (_, index) => index + 1);
        expect(await seqs(store, 'long')).toStrictEqual(all);
        expect(await seqs(store, 'long', { last: 2000 })).toStrictEqual(all.slice(1000));
      });
    });

    describe('a reply', () => {
      it('is found under its own id and session only', async () => {
        await store.commit(change('a', 0, { events: rows(1, 1), reply: { id: 'r1', reply: { say: ['Hello.'] } } }));
        await store.commit(change('b', 0, { events: rows(1, 1), reply: { id: 'r2', reply: 'of b' } }));
        expect(await store.reply('a', 'r1')).toStrictEqual({ say: ['Hello.'] });
        expect(await store.reply('a', 'r2')).toBeUndefined();
        expect(await store.reply('b', 'r1')).toBeUndefined();
        expect(await store.reply('b', 'r2')).toBe('of b');
      });

      it('stays, however many follow', async () => {
        for (let turn = 0; turn < 300; turn++) {
          await store.commit(
            change('a', turn, { events: rows(turn + 1, turn + 1), reply: { id: `r${turn}`, reply: turn } }),
          );
        }
        expect(await store.reply('a', 'r0')).toBe(0);
        expect(await store.reply('a', 'r150')).toBe(150);
        expect(await store.reply('a', 'r299')).toBe(299);
      });

      it('is replaced by a later one under the same id', async () => {
        await store.commit(change('a', 0, { events: rows(1, 1), reply: { id: 'r', reply: 'pending' } }));
        await store.commit(change('a', 1, { reply: { id: 'r', reply: { say: ['Done.'] } } }));
        expect(await store.reply('a', 'r')).toStrictEqual({ say: ['Done.'] });
      });

      it('may be null, or kept under an empty id', async () => {
        await store.commit(change('a', 0, { events: rows(1, 1), reply: { id: '', reply: null } }));
        expect(await store.reply('a', '')).toBeNull();
      });
    });

    describe('timers', () => {
      const timed = (session: string, expects: number, set: Commit['timers']['set'], cancelled: string[] = []) =>
        store.commit(change(session, expects, { events: rows(expects + 1, expects + 1), timers: { set, cancelled } }));
      const due = async (now: number, limit = 100) =>
        (await store.dueTimers(now, limit)).map(({ session, timer, due }) => `${session}/${timer}@${due}`);

      it('are due at their time, earliest first, of all sessions', async () => {
        await timed('a', 0, [
          { timer: 'x', due: 3_000_000_000_300 },
          { timer: 'y', due: 3_000_000_000_100 },
        ]);
        await timed('b', 0, [{ timer: 'x', due: 3_000_000_000_200 }]);
        expect(await due(3_000_000_000_099)).toStrictEqual([]);
        expect(await due(3_000_000_000_100)).toStrictEqual(['a/y@3000000000100']);
        expect(await due(3_000_000_000_300)).toStrictEqual([
          'a/y@3000000000100',
          'b/x@3000000000200',
          'a/x@3000000000300',
        ]);
        expect(await due(3_000_000_000_300, 2)).toStrictEqual(['a/y@3000000000100', 'b/x@3000000000200']);
        expect(await due(3_000_000_000_300, 0)).toStrictEqual([]);
        expect(await store.nextTimer()).toBe(3_000_000_000_100);
      });

      it('stay until a commit cancels them', async () => {
        await timed('a', 0, [
          { timer: 'x', due: 100 },
          { timer: 'y', due: 200 },
        ]);
        await timed('b', 0, [{ timer: 'x', due: 300 }]);
        expect(await due(1000)).toStrictEqual(await due(1000));
        await timed('a', 1, [], ['x', 'never set']);
        expect(await due(1000)).toStrictEqual(['a/y@200', 'b/x@300']);
        expect(await store.nextTimer()).toBe(200);
        await timed('a', 2, [], ['y']);
        await timed('b', 1, [], ['x']);
        expect(await due(1000)).toStrictEqual([]);
        expect(await store.nextTimer()).toBeUndefined();
      });

      it('set again, are due at the new time', async () => {
        await timed('a', 0, [{ timer: 'x', due: 100 }]);
        await timed('a', 1, [{ timer: 'x', due: 400 }]);
        expect(await due(1000)).toStrictEqual(['a/x@400']);
        expect(await store.nextTimer()).toBe(400);
      });

      it('set and cancelled by the same commit, are cancelled', async () => {
        await timed(
          'a',
          0,
          [
            { timer: 'x', due: 100 },
            { timer: 'y', due: 200 },
          ],
          ['x'],
        );
        expect(await due(1000)).toStrictEqual(['a/y@200']);
      });

      it('of an ended session are never due', async () => {
        await timed('a', 0, [{ timer: 'x', due: 100 }]);
        await timed('b', 0, [{ timer: 'x', due: 500 }]);
        await store.commit(
          change('a', 1, {
            status: 'ended',
            events: rows(2, 2),
            timers: { set: [{ timer: 'y', due: 200 }], cancelled: [] },
          }),
        );
        expect(await due(1000)).toStrictEqual(['b/x@500']);
        expect(await store.nextTimer()).toBe(500);
      });
    });

    it('names the sessions whose last commit left work under way', async () => {
      await store.commit(change('a', 0, { events: rows(1, 1), working: true }));
      await store.commit(change('b', 0, { events: rows(1, 1), working: true }));
      await store.commit(change('c', 0, { events: rows(1, 1) }));
      expect([...(await store.working())].sort()).toStrictEqual(['a', 'b']);
      await store.commit(change('a', 1, { events: rows(2, 2) }));
      await store.commit(change('c', 1, { events: rows(2, 2), working: true }));
      expect([...(await store.working())].sort()).toStrictEqual(['b', 'c']);
    });

    describe('the list of sessions', () => {
      beforeEach(async () => {
        await store.commit(change('second', 0, { at: 2000, events: rows(1, 1), snapshot: 'two' }));
        await store.commit(change('third', 0, { at: 3000, events: rows(1, 1), workflow: 'returns' }));
        await store.commit(change('first', 0, { at: 1000, events: rows(1, 1), workflow: 'returns' }));
        await store.commit(change('fourth', 0, { at: 4000, events: rows(1, 1), status: 'ended' }));
        // Going on does not make a session newer.
        await store.commit(change('first', 1, { at: 9000, events: rows(2, 2), workflow: 'returns', status: 'ended' }));
      });
      const names = async (filter?: Parameters<Store['sessions']>[0]) =>
        (await store.sessions(filter)).map(({ session }) => session);

      it('is newest first', async () => {
        expect(await names()).toStrictEqual(['fourth', 'third', 'second', 'first']);
        expect(await names({})).toStrictEqual(['fourth', 'third', 'second', 'first']);
      });

      it('holds whole sessions', async () => {
        expect((await store.sessions())[2]).toStrictEqual(await store.load('second'));
      });

      it('is filtered, and cut after that', async () => {
        expect(await names({ workflow: 'returns' })).toStrictEqual(['third', 'first']);
        expect(await names({ workflow: 'nothing' })).toStrictEqual([]);
        expect(await names({ status: 'ended' })).toStrictEqual(['fourth', 'first']);
        expect(await names({ status: 'active' })).toStrictEqual(['third', 'second']);
        expect(await names({ workflow: 'returns', status: 'ended' })).toStrictEqual(['first']);
        expect(await names({ limit: 2 })).toStrictEqual(['fourth', 'third']);
        expect(await names({ status: 'active', limit: 1 })).toStrictEqual(['third']);
        expect(await names({ workflow: 'support', limit: 9 })).toStrictEqual(['fourth', 'second']);
      });
    });

    describe('a workflow', () => {
      it('is found under its version', async () => {
        await store.keepWorkflow({ workflow: 'support', version: 'v1', source: { files: ['one'] } });
        await store.keepWorkflow({ workflow: 'support', version: 'v2', source: null });
        expect(await store.workflow('v1')).toStrictEqual({
          workflow: 'support',
          version: 'v1',
          source: { files: ['one'] },
        });
        expect(await store.workflow('v2')).toStrictEqual({ workflow: 'support', version: 'v2', source: null });
        expect(await store.workflow('v3')).toBeUndefined();
      });

      it('stays as it was first kept', async () => {
        await store.keepWorkflow({ workflow: 'support', version: 'v1', source: 'first' });
        await store.keepWorkflow({ workflow: 'support', version: 'v1', source: 'again' });
        expect(await store.workflow('v1')).toMatchObject({ source: 'first' });
      });

      it('may be kept by many at once', async () => {
        await Promise.all(
          Array.from({ length: 20 }, () =>
            store.keepWorkflow({ workflow: 'support', version: 'v1', source: 'the same' }),
          ),
        );
        expect(await store.workflow('v1')).toMatchObject({ source: 'the same' });
      });
    });

    describe('removing', () => {
      const full = (session: string, more: Partial<ValueCommit> = {}) =>
        store.commit(
          change(session, 0, {
            working: true,
            events: rows(1, 3),
            snapshot: `of ${session}`,
            reply: { id: 'r', reply: `to ${session}` },
            timers: { set: [{ timer: 't', due: 500 }], cancelled: [] },
            ...more,
          }),
        );
      const gone = async (session: string) => {
        expect(await store.load(session)).toBeUndefined();
        expect(await store.reply(session, 'r')).toBeUndefined();
        expect(await store.events(session)).toStrictEqual([]);
        expect(await store.events(session, { last: 5 })).toStrictEqual([]);
        expect(await store.working()).not.toContain(session);
        expect((await store.dueTimers(1e15, 100)).map((timer) => timer.session)).not.toContain(session);
        expect((await store.sessions()).map((one) => one.session)).not.toContain(session);
      };
      const whole = async (session: string) => {
        expect(await store.load(session)).toMatchObject({ seq: 3, working: true, snapshot: `of ${session}` });
        expect(await store.reply(session, 'r')).toBe(`to ${session}`);
        expect(await store.events(session)).toStrictEqual(rows(1, 3));
        expect(await store.working()).toContain(session);
        expect(await store.dueTimers(1e15, 100)).toContainEqual({ session, timer: 't', due: 500 });
      };

      it('takes all of a session, and nothing of another', async () => {
        await full('a');
        await full('b');
        await full('c');
        await store.keepWorkflow({ workflow: 'support', version: 'v1', source: 'files' });
        expect(await store.remove('b')).toBe(1);
        await gone('b');
        await whole('a');
        await whole('c');
        expect(await store.workflow('v1')).toMatchObject({ source: 'files' });
      });

      it('of what is not there takes nothing', async () => {
        await full('a');
        expect(await store.remove()).toBe(0);
        expect(await store.remove('b')).toBe(0);
        expect(await store.remove('b', 'a', 'a')).toBe(1);
        expect(await store.remove('a')).toBe(0);
        expect(await store.nextTimer()).toBeUndefined();
      });

      it('leaves nothing that whoever still holds the session could go on with', async () => {
        await full('a');
        await store.remove('a');
        for (const events of [rows(4, 4), []]) {
          await expect(store.commit(change('a', 1, { events }))).rejects.toMatchObject({ code: 'store/conflict' });
        }
        await gone('a');
      });

      it('leaves the name free, for a session that has nothing of the one before', async () => {
        await full('a');
        await store.commit(change('a', 1, { events: rows(4, 6), reply: { id: 's', reply: 'before' } }));
        await store.remove('a');
        await store.commit(change('a', 0, { events: rows(1, 2), snapshot: 'new' }));
        expect(await store.load('a')).toMatchObject({ seq: 2, revision: 1, snapshot: 'new', working: false });
        expect(await seqs(store, 'a')).toStrictEqual([1, 2]);
        expect(await store.reply('a', 'r')).toBeUndefined();
        expect(await store.reply('a', 's')).toBeUndefined();
        expect(await store.nextTimer()).toBeUndefined();
        await store.commit(change('a', 1, { events: rows(3, 3) }));
        expect(await seqs(store, 'a')).toStrictEqual([1, 2, 3]);
      });

      it('may be asked for of many together, and twice at once', async () => {
        const names = Array.from({ length: 250 }, (_, index) => `s${index}`);
        await Promise.all(names.map((name) => full(name)));
        const outcomes = await Promise.all([
          store.remove(...names.slice(0, 210)),
          store.remove('s3', 's210'),
          store.remove('s3'),
        ]);
        expect(outcomes.reduce((sum, count) => sum + count)).toBe(211);
        for (const name of ['s0', 's3', 's209', 's210']) await gone(name);
        expect(await store.sessions()).toHaveLength(39);
        await whole('s211');
      });

      // A store may also remove them by itself, at any time after: then the sweep names fewer.
      it('by a sweep takes the sessions that are to go by then, and no other', async () => {
        await full('early', { removeAt: 3_000_000_000_100 });
        await full('then', { removeAt: 3_000_000_000_200 });
        await full('later', { removeAt: 3_000_000_000_201 });
        await full('never');
        const swept = await store.sweep(3_000_000_000_200);
        expect(['early', 'then']).toStrictEqual(expect.arrayContaining([...swept]));
        await gone('early');
        await gone('then');
        await whole('later');
        await whole('never');
        expect(await store.sweep(3_000_000_000_200, true)).toStrictEqual([]);
      });

      it('by a sweep goes by what the last commit said', async () => {
        await full('stays', { removeAt: 3_000_000_000_100 });
        await full('waits', { removeAt: 3_000_000_000_100 });
        await full('goes');
        await store.commit(change('stays', 1, {}));
        await store.commit(change('waits', 1, { removeAt: 3_000_000_000_900 }));
        await store.commit(change('goes', 1, { removeAt: 3_000_000_000_050 }));
        await store.sweep(3_000_000_000_100);
        const names = async () => (await store.sessions()).map(({ session }) => session).sort();
        expect(await names()).toStrictEqual(['stays', 'waits']);
        await store.sweep(3_000_000_000_900);
        expect(await names()).toStrictEqual(['stays']);
      });

      it('of hundreds lets commits go on', async () => {
        const names = Array.from({ length: 350 }, (_, index) => `s${index}`);
        await Promise.all(names.map((name) => full(name, { removeAt: 3_000_000_000_000 })));
        await store.commit(change('b', 0, { events: rows(1, 1) }));
        const swept = store.sweep(3_000_000_000_000);
        for (let turn = 1; turn < 20; turn++) {
          await store.commit(change('b', turn, { events: rows(turn + 1, turn + 1) }));
        }
        await swept;
        expect((await store.sessions()).map(({ session }) => session)).toStrictEqual(['b']);
        expect(await seqs(store, 'b')).toHaveLength(20);
      });
    });

    describe('names', () => {
      // Pairs that a careless key would take for one, and what could mean something to a database or an object.
      const ids = [
        '__proto__',
        'constructor',
        'a',
        'A',
        'a ',
        ' a',
        'a\u0000b',
        'a\u0000',
        'é',
        'e\u0301',
        '😀',
        '\ud83d',
        '\ude00',
        '\ufffd',
        "'; DROP TABLE sessions; --",
        '"quoted"',
        'a\\u0000b',
        'back\\slash',
        '%',
        '_',
        '#',
        'a#b',
        '1',
        '01',
        '1.0',
        'new\nline',
        'x'.repeat(256),
        `${'x'.repeat(255)}y`,
        '字'.repeat(256),
      ];

      it('of sessions are opaque', async () => {
        for (const id of ids) await store.commit(change(id, 0, { events: rows(1, 1), snapshot: id, working: true }));
        for (const id of ids) {
          expect(await store.load(id)).toMatchObject({ session: id, snapshot: id });
          expect(await seqs(store, id)).toStrictEqual([1]);
        }
        expect([...(await store.working())].sort()).toStrictEqual([...ids].sort());
        expect((await store.sessions()).map(({ session }) => session).sort()).toStrictEqual([...ids].sort());
      });

      it('of sessions are opaque to what removes them', async () => {
        for (const id of ids) await store.commit(change(id, 0, { events: rows(1, 1), removeAt: 3_000_000_000_000 }));
        const [kept = '', ...removed] = ids;
        for (const id of removed) expect(await store.remove(id)).toBe(1);
        expect((await store.sessions()).map(({ session }) => session)).toStrictEqual([kept]);
        for (const id of removed) {
          await store.commit(change(id, 0, { events: rows(1, 1), removeAt: 3_000_000_000_000 }));
        }
        const swept = await store.sweep(3_000_000_000_000);
        expect(ids).toStrictEqual(expect.arrayContaining([...swept]));
        expect(await store.sessions()).toStrictEqual([]);
      });

      it('of replies are opaque', async () => {
        for (const [index, id] of ids.entries()) {
          await store.commit(
            change('a', index, { events: rows(index + 1, index + 1), reply: { id, reply: `to ${id}` } }),
          );
        }
        for (const id of ids) expect(await store.reply('a', id)).toBe(`to ${id}`);
      });

      it('of timers are opaque', async () => {
        const set = ids.map((timer, index) => ({ timer, due: index + 1 }));
        await store.commit(change('__proto__', 0, { events: rows(1, 1), timers: { set, cancelled: [] } }));
        expect(await store.dueTimers(1000, 1000)).toStrictEqual(
          set.map(({ timer, due }) => ({ session: '__proto__', timer, due })),
        );
        await store.commit(change('__proto__', 1, { timers: { set: [], cancelled: ids.slice(1) } }));
        expect(await store.dueTimers(1000, 1000)).toStrictEqual([{ session: '__proto__', timer: '__proto__', due: 1 }]);
      });
    });

    describe('values', () => {
      const values: readonly (readonly [string, Json])[] = [
        ['null', null],
        ['truth', [true, false]],
        ['numbers', [0, -1, 1.5, 0.1 + 0.2, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 9007199254740991]],
        ['texts', ['', ' ', 'né', '😀', '\u0000', 'a\u0000b', '\ud83d', '\u2028', '"\\/', '\r\n\t', '\ufeff']],
        ['empty things', [[], {}, [[]], [{}], { '': '' }]],
        ['nested things', { list: [{ of: [{ things: [[[1]]] }] }], 'a.b': { $ref: '#' }, '😀': 'é' }],
        ['keys like numbers', { '10': 'a', '2': 'b' }],
      ];

      it.each(values)('come back as they were: %s', async (_, value) => {
        const events = [{ seq: 1, at: 1, type: 'tool.returned', data: { value } }];
        await store.commit(change('a', 0, { events, snapshot: value, reply: { id: 'r', reply: value } }));
        await store.keepWorkflow({ workflow: 'support', version: 'v1', source: value });
        expect((await store.load('a'))?.snapshot).toStrictEqual(value);
        expect(await store.events('a')).toStrictEqual(events);
        expect(await store.reply('a', 'r')).toStrictEqual(value);
        expect((await store.workflow('v1'))?.source).toStrictEqual(value);
      });

      it('may have keys that mean something to objects', async () => {
        const text = '{"__proto__":{"admin":true},"constructor":1,"toString":null,"hasOwnProperty":"x"}';
        const value: Json = JSON.parse(text);
        await store.commit(
          change('a', 0, {
            events: [{ seq: 1, at: 1, type: 'tool.returned', data: { value } }],
            snapshot: value,
            reply: { id: 'r', reply: value },
          }),
        );
        const [event] = await store.events('a');
        expect(JSON.stringify((await store.load('a'))?.snapshot)).toBe(text);
        expect(JSON.stringify(event?.data['value'])).toBe(text);
        expect(JSON.stringify(await store.reply('a', 'r'))).toBe(text);
        expect(Reflect.get({}, 'admin')).toBeUndefined();
      });

      it('may be 1 MB long', async () => {
        const value = { text: 'né😀'.repeat(131_072) };
        const events = [{ seq: 1, at: 1, type: 'tool.returned', data: value }];
        await store.commit(change('a', 0, { events, snapshot: value, reply: { id: 'r', reply: value } }));
        await store.keepWorkflow({ workflow: 'support', version: 'v1', source: value });
        const texts = [
          (await store.load('a'))?.snapshot,
          (await store.events('a'))[0]?.data,
          await store.reply('a', 'r'),
          (await store.workflow('v1'))?.source,
        ].map((kept) => JSON.stringify(kept));
        expect(texts.map((text) => text === JSON.stringify(value))).toStrictEqual([true, true, true, true]);
      });

      it('are not shared with who gave them', async () => {
        const data = { list: [1] };
        const snapshot = { list: [1] };
        const reply = { list: [1] };
        const source = { list: [1] };
        const events = [{ seq: 1, at: 1, type: 'tool.returned', data }];
        const set = [{ timer: 't', due: 5 }];
        const committed = store.commit(
          change('a', 0, { events, snapshot, reply: { id: 'r', reply }, timers: { set, cancelled: [] } }),
        );
        const kept = store.keepWorkflow({ workflow: 'support', version: 'v1', source });
        for (const { list } of [data, snapshot, reply, source]) list.push(2);
        events.push({ seq: 2, at: 2, type: 'late', data });
        set.push({ timer: 'late', due: 6 });
        await committed;
        await kept;
        expect(await store.load('a')).toMatchObject({ seq: 1, snapshot: { list: [1] } });
        expect(await store.events('a')).toStrictEqual([{ seq: 1, at: 1, type: 'tool.returned', data: { list: [1] } }]);
        expect(await store.reply('a', 'r')).toStrictEqual({ list: [1] });
        expect(await store.workflow('v1')).toMatchObject({ source: { list: [1] } });
        expect(await store.dueTimers(10, 10)).toStrictEqual([{ session: 'a', timer: 't', due: 5 }]);
      });

      it('are not shared with who read them', async () => {
        const value = { list: [1] };
        const events = [{ seq: 1, at: 1, type: 'tool.returned', data: value }];
        await store.commit(change('a', 0, { events, snapshot: value, reply: { id: 'r', reply: value } }));
        await store.keepWorkflow({ workflow: 'support', version: 'v1', source: value });
        const read = async () => [
          (await store.load('a'))?.snapshot,
          (await store.sessions())[0]?.snapshot,
          (await store.events('a'))[0]?.data,
          await store.reply('a', 'r'),
          (await store.workflow('v1'))?.source,
        ];
        for (const kept of await read()) expect(Reflect.set(Object(kept), 'list', 'changed')).toBe(true);
        expect(await read()).toStrictEqual([value, value, value, value, value]);
      });
    });

    describe('closing', () => {
      it('keeps what was under way, and refuses what comes after', async () => {
        const committed = store.commit(change('a', 0, { events: rows(1, 1) }));
        await store.close();
        await expect(committed).resolves.toBeUndefined();
        await store.close();
        const refused = { code: 'store/failed' };
        await expect(store.load('a')).rejects.toMatchObject(refused);
        await expect(store.commit(change('a', 1, {}))).rejects.toMatchObject(refused);
        await expect(store.events('a')).rejects.toMatchObject(refused);
        await expect(store.remove('a')).rejects.toMatchObject(refused);
        await expect(store.sweep(1e15)).rejects.toMatchObject(refused);
        await expect(store.keepWorkflow({ workflow: 'w', version: 'v', source: 1 })).rejects.toMatchObject(refused);
      });

      if (!reopen) return;

      it('loses nothing', async () => {
        await store.commit(
          change('a', 0, {
            events: rows(1, 3),
            working: true,
            reply: { id: 'r', reply: 'kept' },
            timers: {
              set: [
                { timer: 't', due: 5 },
                { timer: 'u', due: 6 },
              ],
              cancelled: ['u'],
            },
          }),
        );
        await store.keepWorkflow({ workflow: 'support', version: 'v1', source: 'files' });
        const last = store.commit(change('b', 0, { at: 99_000, status: 'ended', events: rows(1, 1) }));
        const [a] = await store.sessions({ status: 'active' });
        await store.close();
        await last;
        store = holding(await reopen(store.store));
        expect(await store.load('a')).toStrictEqual(a);
        expect(await store.events('a')).toStrictEqual(rows(1, 3));
        expect(await store.reply('a', 'r')).toBe('kept');
        expect(await store.dueTimers(10, 10)).toStrictEqual([{ session: 'a', timer: 't', due: 5 }]);
        expect(await store.working()).toStrictEqual(['a']);
        expect(await store.workflow('v1')).toMatchObject({ source: 'files' });
        expect((await store.sessions()).map(({ session }) => session)).toStrictEqual(['b', 'a']);
        await store.commit(change('a', 1, { events: rows(4, 4) }));
        expect(await seqs(store, 'a')).toStrictEqual([1, 2, 3, 4]);
      });
    });
  });
}

function change(session: string, expects: number, more: Partial<ValueCommit>): ValueCommit {
  return {
    session,
    expects,
    workflow: 'support',
    version: 'v1',
    status: 'active',
    working: false,
    at: 1000 + expects,
    events: [],
    snapshot: {},
    timers: { set: [], cancelled: [] },
    ...more,
  };
}

function rows(from: number, to: number): JournalEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const seq = from + index;
    return { seq, at: 1_785_000_000_000 + seq, type: `kind.${seq % 3}`, data: { text: `number ${seq}`, seq } };
  });
}

async function seqs(store: ValueStore, session: string, range?: Parameters<Store['events']>[1]): Promise<number[]> {
  return (await store.events(session, range)).map(({ seq }) => seq);
}

/** A store that holds values where the port has JSON texts. */
type ValueStore = Omit<Store, 'load' | 'reply' | 'commit' | 'sessions' | 'keepWorkflow' | 'workflow'> & {
  readonly store: Store;
  load(session: string): Promise<Valued<StoredSession, 'snapshot'> | undefined>;
  reply(session: string, id: string): Promise<Json | undefined>;
  commit(commit: ValueCommit): Promise<void>;
  sessions(filter?: Parameters<Store['sessions']>[0]): Promise<readonly Valued<StoredSession, 'snapshot'>[]>;
  keepWorkflow(workflow: Valued<StoredWorkflow, 'source'>): Promise<void>;
  workflow(version: string): Promise<Valued<StoredWorkflow, 'source'> | undefined>;
};
type Valued<T, K extends keyof T> = Omit<T, K> & { readonly [P in K]: Json };
type ValueCommit = Omit<Commit, 'snapshot' | 'reply'> & {
  readonly snapshot: Json;
  readonly reply?: { readonly id: string; readonly reply: Json };
};

function holding(store: Store): ValueStore {
  const value = (text: string): Json => JSON.parse(text);
  const session = ({ snapshot, ...rest }: StoredSession) => ({ ...rest, snapshot: value(snapshot) });
  return {
    store,
    events: (session, range) => store.events(session, range),
    dueTimers: (now, limit) => store.dueTimers(now, limit),
    nextTimer: () => store.nextTimer(),
    working: () => store.working(),
    remove: (...sessions) => store.remove(...sessions),
    sweep: (now, thorough) => store.sweep(now, thorough),
    close: () => store.close(),
    async load(name) {
      const stored = await store.load(name);
      return stored && session(stored);
    },
    async reply(session, id) {
      const text = await store.reply(session, id);
      return text === undefined ? undefined : value(text);
    },
    commit: ({ snapshot, reply, ...rest }) =>
      store.commit({
        ...rest,
        snapshot: JSON.stringify(snapshot),
        ...(reply ? { reply: { id: reply.id, reply: JSON.stringify(reply.reply) } } : {}),
      }),
    sessions: async (filter) => (await store.sessions(filter)).map(session),
    keepWorkflow: ({ source, ...rest }) => store.keepWorkflow({ ...rest, source: JSON.stringify(source) }),
    async workflow(version) {
      const stored = await store.workflow(version);
      return stored && { ...stored, source: value(stored.source) };
    },
  };
}
