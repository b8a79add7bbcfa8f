import { afterEach, describe, expect, it } from '@jest/globals';
import {
  createEngine,
  type Decision,
  type Engine,
  type EngineOptions,
  manualClock,
  type Reply,
  type Store,
  StoreError,
} from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { sourceOf } from '@parley/workflow';
import { desk, deskTools, gate, literalDecider, literally, said, started } from './desk.ts';

const START = Date.UTC(2026, 10, 24, 12);

let engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines) await engine.close();
  engines = [];
});

function setUp(options: Partial<EngineOptions> = {}) {
  const clock = manualClock(START);
  const store = memoryStore();
  const engine = createEngine({
    workflows: [desk],
    store,
    decider: literalDecider,
    tools: deskTools({}),
    clock,
    ...options,
  });
  engines.push(engine);
  let count = 0;
  const send = (event: Parameters<Engine['turn']>[0]['event'], id = `e${++count}`): Promise<Reply> =>
    engine.turn({ session: 's1', id, event });
  return { engine, store, clock, send };
}

const types = async (store: Store) => (await store.events('s1')).map(({ type }) => type);

describe('a turn', () => {
  it('runs to the next rest and says what is to be said and listened for', async () => {
    const { send } = setUp();
    expect(await send(started)).toEqual({
      session: 's1',
      seq: 3,
      step: 'need',
      say: ['Hello.', 'What can I do for you?'],
      rest: 'caller',
      listen: { expects: [], silence: 6000, keys: [] },
    });
    expect(await send(said('track'))).toMatchObject({
      step: 'which',
      say: ['What is the order number?'],
      listen: { expects: ['orderId'] },
    });
    expect(await send(said('orderId=W1234567'))).toMatchObject({
      step: 'need',
      say: ['It is shipped.', 'What can I do for you?'],
    });
    expect(await send(said('bye'))).toMatchObject({
      step: 'goodbye',
      say: ['Goodbye.'],
      rest: 'end',
      end: { outcome: 'done' },
    });
  });

  it('hands over to a person with a brief', async () => {
    const { send } = setUp();
    await send(started);
    expect(await send(said('human'))).toMatchObject({
      rest: 'transfer',
      say: ['I am putting you through.'],
      transfer: { queue: 'people', brief: { from: 'need', done: [] } },
    });
  });

  it('hands over no sensitive value, in what a tool returned either', async () => {
    const workflow = sourceOf(`
workflow: told
title: Told
busy: One moment.
otherwise: person
variables:
  email: { type: email, sensitive: pii, readback: true, ask: Your e-mail? }
  order: { from: orders.get }
  status: { type: string }
steps:
  who:
    form: [email]
    then: find
  find:
    call: orders.get
    with: { orderId: W1234567 }
    save: order
    then: [{ to: person, set: { status: =$order.status } }]
    failed: person
  person:
    transfer: { queue: people }
`);
    const { send } = setUp({
      workflows: [workflow],
      tools: deskTools({ get: async () => 'sent to jane@example.com' }),
    });
    await send({ ...started, workflow: 'told' });
    expect(await send(said('email=jane@example.com'))).toMatchObject({
      transfer: { brief: { known: { status: 'sent to [email]' } } },
    });
  });

  it('tells where values stand that are read aloud, with the reply of a session on voice, kept or not', async () => {
    const { send } = setUp();
    await send({ ...started, contact: { id: 'c1', channel: 'voice' } });
    await send(said('cancel'));
    const reply = await send(said('orderId=W1234567'), 'read back');
    expect(reply).toMatchObject({
      say: ['Cancel W, 1, 2, 3, 4, 5, 6, 7?'],
      spans: [{ text: 0, start: 7, end: 29, as: 'characters', value: 'W1234567' }],
    });
    expect(await send(said('orderId=W1234567'), 'read back')).toEqual(reply);
  });

  it('is answered with a filler where it is wanted sooner than the workflow says', async () => {
    const { opened } = gate();
    const { engine, clock, send } = setUp({ tools: deskTools({ get: async () => opened.then(() => 'late') }) });
    await send(started);
    await send(said('track'));
    const event = said('orderId=W1234567');
    const turn = engine.turn({ session: 's1', id: 'soon', event, within: 500 });
    await clock.advance(500);
    expect(await turn).toMatchObject({ rest: 'work', say: ['One moment, please.'] });
  });

  it('sent again gives the same reply and does nothing', async () => {
    const calls: string[] = [];
    const { send, store } = setUp({
      tools: deskTools({
        get: async (id) => {
          calls.push(id);
          return 'shipped';
        },
      }),
    });
    await send(started);
    await send(said('track'));
    const reply = await send(said('orderId=W1234567'), 'again');
    const journal = await store.events('s1');
    expect(await send(said('orderId=W1234567'), 'again')).toEqual(reply);
    expect(await store.events('s1')).toEqual(journal);
    expect(calls).toEqual(['W1234567']);
  });

  it('waits for the one before it', async () => {
    const { open, opened } = gate();
    const order: string[] = [];
    const decider = {
      name: 'slow',
      decide: async (question: Parameters<typeof literally>[0]) => {
        order.push(`begins ${question.heard}`);
        if (question.heard === 'track') await opened;
        order.push(`ends ${question.heard}`);
        return literally(question);
      },
    };
    const { send } = setUp({ decider });
    await send(started);
    const both = [send(said('track')), send(said('orderId=W1234567'))];
    open();
    const [first, second] = await Promise.all(both);
    expect(order).toEqual(['begins track', 'ends track', 'begins orderId=W1234567', 'ends orderId=W1234567']);
    expect(first).toMatchObject({ step: 'which' });
    expect(second).toMatchObject({ step: 'need', say: ['It is shipped.', 'What can I do for you?'] });
  });

  it('after the end says so and nothing else', async () => {
    const { send, store } = setUp();
    await send(started);
    await send(said('bye'));
    const journal = await types(store);
    expect(await send(said('hello?'))).toMatchObject({ say: [], rest: 'end', end: { outcome: 'done' } });
    expect(await store.load('s1')).toMatchObject({ status: 'ended', working: false });
    expect(await types(store)).toEqual(journal);
  });

  it('of a session or workflow that is not there is refused', async () => {
    const { send, engine } = setUp();
    await expect(send(said('hello'))).rejects.toMatchObject({ code: 'engine/unknown-session' });
    await expect(
      engine.turn({ session: 's1', id: '1', event: { ...started, workflow: 'other' } }),
    ).rejects.toMatchObject({ code: 'engine/unknown-workflow', fix: 'There is desk.' });
    await send(started);
    await expect(send(started)).rejects.toMatchObject({ code: 'engine/started-already' });
  });

  it('goes on from what the store holds', async () => {
    const { send, store, clock } = setUp();
    await send(started);
    await send(said('track'));
    const other = setUp({ store, clock });
    expect(await other.engine.turn({ session: 's1', id: 'x', event: said('orderId=W1234567') })).toMatchObject({
      say: ['It is shipped.', 'What can I do for you?'],
    });
  });

  it('that another process got ahead of is run again on what that one left', async () => {
    const { send, store, clock } = setUp();
    const other = setUp({ store, clock });
    await send(started);
    await send(said('track'));
    await other.engine.turn({ session: 's1', id: 'x', event: said('orderId=W1234567') });
    // This engine still has the session in memory as it was at `which`.
    expect(await send(said('bye'))).toMatchObject({ step: 'goodbye', rest: 'end' });
  });
});

describe('the journal', () => {
  it('holds every event in order, numbered from 1', async () => {
    const { send, store } = setUp();
    await send(started);
    await send(said('track'));
    const events = await store.events('s1');
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await types(store)).toEqual([
      'session.started',
      'agent.said',
      'agent.said',
      'caller.said',
      'model.asked',
      'model.decided',
      'agent.said',
    ]);
  });

  it('holds a write as begun before it begins', async () => {
    const seen: string[] = [];
    const { send, store } = setUp({
      tools: deskTools({
        cancel: async () => {
          seen.push(...(await types(store)).slice(-1));
          expect((await store.load('s1'))?.working).toBe(true);
        },
      }),
    });
    await send(started);
    await send(said('cancel'));
    await send(said('orderId=W1234567'));
    expect(await send(said('yes'))).toMatchObject({ say: ['It is cancelled.', 'What can I do for you?'] });
    expect(seen).toEqual(['tool.called']);
    expect((await store.load('s1'))?.working).toBe(false);
  });
});

describe('a decider', () => {
  it('that picks what was not offered, throws or is late leads to the door', async () => {
    const answers: (() => Promise<Decision>)[] = [
      async () => ({ choice: 'refund', values: {}, confidence: 1 }),
      async () => {
        throw new Error('throttled');
      },
    ];
    for (const decide of answers) {
      const { send, engine } = setUp({ decider: { name: 'bad', decide } });
      await send(started);
      expect(await send(said('track'))).toMatchObject({ rest: 'transfer', step: 'person' });
      await engine.close();
    }
    const { send, clock } = setUp({ decider: { name: 'late', decide: () => new Promise(() => undefined) } });
    await send(started);
    const reply = send(said('track'));
    await clock.advance(1_000);
    expect(await reply).toMatchObject({ rest: 'transfer', step: 'person' });
  });
});

describe('a turn that takes too long', () => {
  async function slow(options: Partial<EngineOptions> = {}) {
    const { open, opened } = gate();
    const set = setUp({
      tools: deskTools({ get: () => opened.then(() => 'shipped'), cancel: () => opened }),
      ...options,
    });
    await set.send(started);
    return { ...set, open };
  }

  it('gives a filler, and the next event fetches the result', async () => {
    const { send, clock, open, store } = await slow();
    await send(said('track'));
    const reply = send(said('orderId=W1234567'));
    await clock.advance(2_000);
    expect(await reply).toMatchObject({ rest: 'work', step: 'lookup', say: ['One moment, please.'] });
    open();
    await clock.advance(0);
    expect(await send({ type: 'caller.silent' })).toMatchObject({
      rest: 'caller',
      step: 'need',
      say: ['It is shipped.', 'What can I do for you?'],
    });
    // The silence was before the question could be heard: it is no attempt at it, and no event of the session.
    expect(await types(store)).not.toContain('caller.silent');
  });

  it('has words of its own where the step has', async () => {
    const { send, clock } = await slow();
    await send(said('cancel'));
    await send(said('orderId=W1234567'));
    const reply = send(said('yes'));
    await clock.advance(2_000);
    expect(await reply).toMatchObject({ rest: 'work', step: 'cancel', say: ['I am cancelling it.'] });
  });

  it('lets the caller speak meanwhile, and takes it as an answer to the question that follows', async () => {
    const { send, clock, open } = await slow();
    await send(said('track'));
    const first = send(said('orderId=W1234567'));
    await clock.advance(2_000);
    await first;
    const second = send(said('bye'));
    open();
    expect(await second).toMatchObject({ rest: 'end', say: ['It is shipped.', 'Goodbye.'] });
  });

  it('tries what was said after it was done, but before it was heard, without counting it as an attempt', async () => {
    const { send, clock, open } = await slow();
    await send(said('track'));
    const first = send(said('orderId=W1234567'));
    await clock.advance(2_000);
    await first;
    open();
    await clock.advance(0);
    expect(await send(said('are you there?'))).toMatchObject({
      rest: 'caller',
      say: ['It is shipped.', 'What can I do for you?'],
    });
  });

  it('is pushed where the channel can be pushed to', async () => {
    const pushed: Reply[] = [];
    const { send, clock, open } = await slow({ push: async (reply) => void pushed.push(reply) });
    await send(said('track'));
    const reply = send(said('orderId=W1234567'));
    await clock.advance(2_000);
    await reply;
    expect(pushed).toEqual([]);
    open();
    await clock.advance(0);
    expect(pushed).toMatchObject([{ rest: 'caller', say: ['It is shipped.', 'What can I do for you?'] }]);
    expect(await send(said('bye'))).toMatchObject({ say: ['Goodbye.'] });
  });

  it('waits for the next event where the channel of this caller can not be pushed to', async () => {
    const pushed: Reply[] = [];
    const { send, clock, open } = await slow({
      push: async (reply) => void pushed.push(reply),
      reaches: async (session) => session !== 's1',
    });
    await send(said('track'));
    const reply = send(said('orderId=W1234567'));
    await clock.advance(2_000);
    await reply;
    open();
    await clock.advance(0);
    expect(pushed).toEqual([]);
    expect(await send({ type: 'caller.silent' })).toMatchObject({ say: ['It is shipped.', 'What can I do for you?'] });
  });
});

describe('a wait', () => {
  it('ends when its time is up, in another process too', async () => {
    const { send, store, clock, engine } = setUp();
    await send(started);
    expect(await send(said('later'))).toMatchObject({ rest: 'wait', step: 'pause' });
    await engine.close();
    const pushed: Reply[] = [];
    const other = setUp({ store, clock, push: async (reply) => void pushed.push(reply) });
    await other.engine.start();
    await clock.advance(3_599_000);
    expect(pushed).toEqual([]);
    await clock.advance(1_000);
    expect(pushed).toMatchObject([{ say: ['Here we are again.', 'What can I do for you?'], rest: 'caller' }]);
    expect(await store.nextTimer()).toBeUndefined();
  });

  it('that was due while nothing ran ends at the start', async () => {
    const { send, store, clock, engine } = setUp();
    await send(started);
    await send(said('later'));
    await engine.close();
    await clock.advance(7_200_000);
    const pushed: Reply[] = [];
    const other = setUp({ store, clock, push: async (reply) => void pushed.push(reply) });
    await other.engine.start();
    await clock.advance(0);
    expect(pushed).toHaveLength(1);
  });

  it('ends early with its signal, and its timer means nothing any more', async () => {
    const pushed: Reply[] = [];
    const { send, clock, engine, store } = setUp({ push: async (reply) => void pushed.push(reply) });
    await engine.start();
    await send(started);
    await send(said('later'));
    expect(await send(said('hello?'))).toMatchObject({ rest: 'wait', say: ['We will get back to you.'] });
    expect(await send({ type: 'signal.received', name: 'ready', data: null })).toMatchObject({ step: 'need' });
    expect(await store.nextTimer()).toBeUndefined();
    await clock.advance(7_200_000);
    expect(pushed).toEqual([]);
  });
});

describe('what was under way when the process died', () => {
  it('is begun again with the same key, and the same event then gets its reply', async () => {
    const keys: string[] = [];
    const died = setUp({
      tools: deskTools({
        cancel: (_, key) => {
          keys.push(key);
          return new Promise(() => undefined);
        },
      }),
    });
    await died.send(started);
    await died.send(said('cancel'));
    await died.send(said('orderId=W1234567'));
    void died.send(said('yes'), 'the-yes').catch(() => undefined);
    await died.clock.advance(0);
    expect(keys).toEqual(['s1/c4']);

    const store = died.store;
    const next = setUp({ store, tools: deskTools({ cancel: async (_, key) => void keys.push(key) }) });
    await next.engine.start();
    await next.clock.advance(0);
    expect(keys).toEqual(['s1/c4', 's1/c4']);
    const reply = await next.engine.turn({ session: 's1', id: 'the-yes', event: said('yes') });
    expect(reply).toMatchObject({ rest: 'caller', say: ['It is cancelled.', 'What can I do for you?'] });
    const all = await types(store);
    expect(all.filter((type) => type === 'tool.called')).toHaveLength(1);
    // What was said before the crash is not said again by the event that is sent again.
    expect(all.filter((type) => type === 'caller.said')).toHaveLength(3);
  });
});

describe('a store that fails', () => {
  it('costs nothing but the turn: the same event again goes through', async () => {
    const store = memoryStore();
    let full = false;
    const failing: Store = {
      ...store,
      commit: async (commit) => {
        if (full) throw new StoreError('store/full', 'The disk is full.', 'Make room.', undefined);
        await store.commit(commit);
      },
    };
    const { send } = setUp({ store: failing });
    await send(started);
    full = true;
    const before = await store.events('s1');
    await expect(send(said('track'), 'e')).rejects.toMatchObject({ code: 'store/full' });
    expect(await store.events('s1')).toEqual(before);
    full = false;
    expect(await send(said('track'), 'e')).toMatchObject({ step: 'which' });
  });
});

describe('a session', () => {
  it('keeps the version it started on when the file is edited', async () => {
    const { send, store, clock } = setUp();
    await send(started);
    const edited = { ...desk, text: desk.text.replace('What is the order number?', 'Which order, please?') };
    const other = setUp({ store, clock, workflows: [edited] });
    expect(await other.engine.turn({ session: 's1', id: 'x', event: said('track') })).toMatchObject({
      say: ['What is the order number?'],
    });
    await other.engine.turn({ session: 's2', id: '1', event: started });
    expect(await other.engine.turn({ session: 's2', id: '2', event: said('track') })).toMatchObject({
      say: ['Which order, please?'],
    });
  });
});
