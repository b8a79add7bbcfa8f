import { expect, it } from '@jest/globals';
import { memoryStore } from '@parley/stores';
import { sourceOf } from '@parley/workflow';
import { embed } from '../embed.ts';
import { Board } from './board.ts';
import type { Peer } from './listener.ts';
import type { BoardMessage } from './sessions-messages.ts';

const source = sourceOf(`
workflow: desk
title: A desk
otherwise: person
steps:
  need:
    ask: What can I do for you?
    choices:
      bye: { when: wants nothing, press: "1", to: bye }
  bye: { end: { say: Goodbye., outcome: served } }
  person: { transfer: { queue: people } }
`);

/** A page that watches: what it is told, as it comes. `buffered`: what is on its way to it. */
function page() {
  const told: BoardMessage[] = [];
  const waiting: (() => void)[] = [];
  const peer = {
    buffered: 0,
    send: (message: object) => {
      // It is what a board sends.
      told.push({ all: false, rows: [], changed: [], gone: [], more: false, ...message });
      for (const look of waiting.splice(0)) look();
    },
    close: () => undefined,
  } satisfies Peer;
  return {
    peer,
    told,
    async until(isSo: (message: BoardMessage) => boolean): Promise<BoardMessage> {
      for (;;) {
        const found = told.find(isSo);
        if (found) return found;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
  };
}

/** A workflow whose store is out of reach while `away`; `tried`: resolves once it was asked for something then. */
function made() {
  const kept = memoryStore();
  let away = false;
  let tried: () => void = () => undefined;
  const there = <T>(work: () => Promise<T>): Promise<T> => {
    if (!away) return work();
    tried();
    return Promise.reject(new Error('away'));
  };
  const store = {
    ...kept,
    load: (session: string) => there(() => kept.load(session)),
    sessions: (filter?: Parameters<typeof kept.sessions>[0]) => there(() => kept.sessions(filter)),
  };
  const { workflow } = embed({ name: 'desk', source, tools: {}, store });
  const { sessions, door } = workflow;
  if (!sessions) throw new Error('It has sessions.');
  let commits = 0;
  return {
    board: new Board(new Map([['desk', sessions]])),
    begin: (session: string) =>
      door({
        session,
        id: 'begin',
        event: { type: 'session.started', workflow: 'desk', contact: { id: session, channel: 'voice' } },
      }),
    end: (session: string) => door({ session, id: `end-${commits++}`, event: { type: 'caller.pressed', keys: '1' } }),
    /** Out of reach until something was asked of it. */
    async awayOnce(): Promise<void> {
      away = true;
      await new Promise<void>((resolve) => {
        tried = resolve;
      });
      away = false;
    },
    watched: sessions,
  };
}

it('lists what there is once its store can be read, and then what changes', async () => {
  const { board, begin, end, awayOnce } = made();
  await begin('one');
  const { peer, until } = page();
  const away = awayOnce();
  const forget = board.watch(peer);
  await away;
  expect((await until(({ rows }) => rows.length > 0)).rows).toMatchObject([{ session: 'one', state: 'caller' }]);
  await end('one');
  expect((await until(({ changed }) => changed.length > 0)).changed).toMatchObject([
    { session: 'one', state: 'ended', result: 'served' },
  ]);
  forget();
});

it('reads again what could not be read when it changed', async () => {
  const { board, begin, awayOnce, watched } = made();
  const { peer, told, until } = page();
  const forget = board.watch(peer);
  await until(({ all }) => all);
  // Committed, and out of reach right after: for whoever looks, not for whoever runs it.
  const away = new Promise<void>((resolve) => {
    const unwatch = watched.watch(() => {
      unwatch();
      resolve(awayOnce());
    });
  });
  await begin('two');
  await away;
  await until(({ rows }) => rows.some(({ session }) => session === 'two'));
  expect(told.filter(({ all }) => all)).toHaveLength(1);
  forget();
});

it('waits for a page that is behind, and then tells it all', async () => {
  const { board, begin } = made();
  const [slow, quick] = [page(), page()];
  slow.peer.buffered = 2_000_000;
  const forget = [board.watch(slow.peer), board.watch(quick.peer)];
  await quick.until(({ all }) => all);
  await begin('one');
  await quick.until(({ rows }) => rows.length > 0);
  expect(slow.told).toEqual([]);
  slow.peer.buffered = 0;
  expect(await slow.until(() => true)).toMatchObject({ all: true, rows: [{ session: 'one' }] });
  for (const end of forget) end();
});

it('reads nothing while nobody watches', async () => {
  const { board, begin, watched } = made();
  let looked = 0;
  const { store } = watched;
  const counted = {
    ...watched,
    store: {
      ...store,
      load: (session: string) => {
        looked += 1;
        return store.load(session);
      },
    },
  };
  const again = new Board(new Map([['desk', counted]]));
  const first = page();
  const forget = again.watch(first.peer);
  await first.until(({ all }) => all);
  forget();
  await begin('one');
  // Who comes later is told of it, from the list.
  const [second, other] = [page(), page()];
  again.watch(second.peer);
  board.watch(other.peer);
  expect((await second.until(({ all }) => all)).rows).toMatchObject([{ session: 'one' }]);
  expect((await other.until(({ all }) => all)).rows).toMatchObject([{ session: 'one' }]);
  expect(looked).toBe(0);
});
