import { afterEach, describe, expect, it } from '@jest/globals';
import {
  type Composed,
  type Composition,
  createEngine,
  type Decider,
  DeciderError,
  type Engine,
  type EngineOptions,
  manualClock,
  type Store,
  StoreError,
} from '@parley/engine';
import { createMachine } from '@parley/machine';
import { recordingOf, replay } from '@parley/replay';
import { memoryStore } from '@parley/stores';
import { compileWorkflow, sourceOf, type WorkflowSource } from '@parley/workflow';
import { gate, literally } from './desk.ts';

const START = Date.UTC(2026, 10, 24, 12);

const shop: WorkflowSource = sourceOf(`
workflow: shop
otherwise: person
busy: One moment, please.
guidance: You answer for Acme.
limits: { turn: 2s, decide: 1s }
models: { decide: us.amazon.nova-2-lite-v1:0, residency: us }
variables:
  days: { type: integer, initial: 3 }
  email: { type: email, sensitive: pii, ask: What is your e-mail address? }
interrupts:
  human: { when: asks for a person, hears: [a person], to: person }
steps:
  welcome:
    say: Hello.
    then: tell
  tell:
    say:
      compose: Say how late the order is.
      facts: { daysLate: =$days }
      longest: 200
      text: 'It is {{ $days }} days late.'
    then: need
  need:
    ask: Anything else?
    choices:
      again: { when: wants to hear it again, to: tell }
      mail: { when: wants it in writing, to: which }
      no: { when: wants nothing more, to: bye }
  which:
    form: [email]
    then: tell
  bye:
    end: Goodbye.
  person:
    transfer: { queue: people, say: I am putting you through. }
`);

const started = { type: 'session.started', workflow: 'shop', contact: { id: 'c1', channel: 'chat' } } as const;
const said = (text: string) => ({ type: 'caller.said', text }) as const;

let engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines) await engine.close();
  engines = [];
});

const composing = (compose: (composition: Composition) => Promise<Composed>): Decider => ({
  name: 'poet',
  decide: async (question) => literally(question),
  compose,
});

function setUp(decider: Decider, options: Partial<EngineOptions> = {}) {
  const clock = manualClock(START);
  const store = memoryStore();
  const engine = createEngine({ workflows: [shop], store, decider, tools: {}, clock, ...options });
  engines.push(engine);
  let count = 0;
  const send = (event: Parameters<Engine['turn']>[0]['event'], id = `e${++count}`) =>
    engine.turn({ session: 's1', id, event });
  return { engine, store, clock, send };
}

const outOf = async (store: Store, ...types: string[]) =>
  (await store.events('s1')).filter(({ type }) => types.includes(type)).map(({ type, data }) => ({ type, ...data }));

/** That what the store holds of the session replays to the same. */
async function replays(store: Store) {
  const kept = await store.load('s1');
  if (!kept) throw new Error('There is no session.');
  const machine = createMachine(compileWorkflow(shop));
  expect(replay(machine, recordingOf(kept, await store.events('s1')))).toMatchObject({ outcome: 'same' });
}

describe('a composition', () => {
  it('is all that the words may be made of', async () => {
    const seen: Composition[] = [];
    const { send } = setUp(
      composing(async (composition) => {
        seen.push(composition);
        return { text: "I'm sorry, it is 3 days late." };
      }),
    );
    expect(await send(started)).toMatchObject({ say: ['Hello.', "I'm sorry, it is 3 days late.", 'Anything else?'] });
    const [one] = seen;
    expect({ ...one, transcript: undefined, signal: undefined }).toEqual({
      session: 's1',
      workflow: 'shop',
      step: 'tell',
      guidance: 'You answer for Acme.',
      instructions: 'Say how late the order is.',
      facts: { daysLate: '3' },
      longest: 200,
      models: { decide: 'us.amazon.nova-2-lite-v1:0', fallback: [], residency: 'us' },
      due: START + 2_000,
      deadline: START + 1_000,
      transcript: undefined,
      signal: undefined,
    });
    expect(await one?.transcript()).toContainEqual({ who: 'agent', text: 'Hello.' });
  });

  it('is kept with what the decider says of its work, and replays to the same', async () => {
    const { send, store } = setUp(composing(async () => ({ text: 'It is three days late.', by: { model: 'm1' } })));
    await send(started);
    expect(await outOf(store, 'words.asked', 'model.composed', 'agent.said')).toEqual([
      { type: 'agent.said', step: 'welcome', text: 'Hello.' },
      {
        type: 'words.asked',
        step: 'tell',
        decision: 'd1',
        instructions: 'Say how late the order is.',
        facts: { daysLate: '3' },
        longest: 200,
      },
      {
        type: 'model.composed',
        step: 'tell',
        decision: 'd1',
        text: 'It is three days late.',
        by: { decider: 'poet', model: 'm1' },
        path: ['need'],
      },
      { type: 'agent.said', step: 'tell', text: 'It is three days late.' },
      { type: 'agent.said', step: 'need', text: 'Anything else?' },
    ]);
    await replays(store);
  });

  it.each<readonly [string, () => Promise<Composed>, object]>([
    ['words that must not be said', async () => ({ text: 'It is 4 days late.' }), { type: 'model.composed' }],
    ['an error', async () => Promise.reject(new Error('card 4111')), { type: 'model.failed', code: 'error' }],
    [
      'a failure with what it cost',
      async () => Promise.reject(new DeciderError('decider/throttled', 'Too much.', { cost: 1 })),
      { type: 'model.failed', code: 'decider/throttled', by: { decider: 'poet', cost: 1 } },
    ],
    ['endless words', async () => ({ text: 'so '.repeat(9_999) }), { type: 'model.failed', code: 'decider/outside' }],
  ])('that comes to %s gives way to the written text', async (_, compose, event) => {
    const { send, store } = setUp(composing(compose));
    expect(await send(started)).toMatchObject({ say: ['Hello.', 'It is 3 days late.', 'Anything else?'] });
    expect((await outOf(store, 'model.composed', 'model.failed'))[0]).toMatchObject(event);
    await replays(store);
  });

  it('of a decider without words of its own is the written text, at once', async () => {
    const { send, store } = setUp({ name: 'plain', decide: async (question) => literally(question) });
    expect(await send(started)).toMatchObject({ say: ['Hello.', 'It is 3 days late.', 'Anything else?'] });
    expect(await outOf(store, 'model.failed')).toMatchObject([{ code: 'decider/no-words' }]);
  });

  it('that takes too long is given up at its deadline, and the words that come then are too late', async () => {
    const { open, opened } = gate();
    let signal: AbortSignal | undefined;
    const { send, store, clock } = setUp(
      composing(async (composition) => {
        signal = composition.signal;
        await opened;
        return { text: 'It is three days late.' };
      }),
    );
    const reply = send(started);
    await clock.advance(1_000);
    expect(await reply).toMatchObject({ say: ['Hello.', 'It is 3 days late.', 'Anything else?'] });
    expect(signal?.aborted).toBe(true);
    open();
    await send(said('no'));
    expect(await outOf(store, 'model.composed', 'model.failed')).toMatchObject([
      { type: 'model.failed', code: 'timeout' },
    ]);
  });

  it('is called off when the session goes elsewhere', async () => {
    let signal: AbortSignal | undefined;
    const { send, clock, store } = setUp(
      composing((composition) => {
        signal = composition.signal;
        return new Promise(() => undefined);
      }),
      { workflows: [{ ...shop, text: shop.text.replace('turn: 2s', 'turn: 500ms') }] },
    );
    const reply = send(started);
    await clock.advance(500);
    expect(await reply).toMatchObject({ say: ['Hello.', 'One moment, please.'], rest: 'work' });
    expect(await send(said('I want a person'))).toMatchObject({ rest: 'transfer' });
    expect(signal?.aborted).toBe(true);
    expect(await outOf(store, 'model.composed', 'model.failed')).toEqual([]);
  });

  it('is begun again after a crash', async () => {
    const first = setUp(
      composing(() => new Promise(() => undefined)),
      {
        workflows: [{ ...shop, text: shop.text.replace('decide: 1s', 'decide: 9s') }],
      },
    );
    const reply = first.send(started);
    await first.clock.advance(2_000);
    expect(await reply).toMatchObject({ rest: 'work' });
    await first.engine.close();
    const second = setUp(
      composing(async () => ({ text: 'It is three days late.' })),
      {
        store: first.store,
        clock: first.clock,
      },
    );
    expect(await second.engine.turn({ session: 's1', id: 'e2', event: said('again') })).toMatchObject({
      say: ['It is three days late.', 'It is three days late.', 'Anything else?'],
    });
  });
});

describe('words that are streamed', () => {
  const TEXT = "I'm sorry. It is three days late. Bear with us.";
  /** Writes a text word by word. */
  const writing = (text: string, end = text): Decider =>
    composing(async ({ onText }) => {
      const words = text.split(/(?<= )/);
      for (const [at] of words.entries()) {
        onText?.(words.slice(0, at + 1).join(''));
        await Promise.resolve();
      }
      return { text: end };
    });

  it('are handed out sentence by sentence, after what is to be said before them, and stand in the reply', async () => {
    const streamed: string[] = [];
    const { send, store } = setUp(writing(TEXT), { stream: (session, words) => streamed.push(`${session} ${words}`) });
    const reply = await send(started);
    expect(streamed).toEqual(['s1 Hello.', "s1 I'm sorry.", 's1 It is three days late.']);
    expect(reply).toMatchObject({
      say: ['Hello.', "I'm sorry.", 'It is three days late.', 'Bear with us.', 'Anything else?'],
      streamed: 3,
    });
    expect(await outOf(store, 'model.composed')).toMatchObject([
      { text: "I'm sorry.", more: true },
      { text: 'It is three days late.', more: true },
      { text: 'Bear with us.', path: ['need'] },
    ]);
    expect(await send(started, 'e1')).toEqual(reply);
    await replays(store);
  });

  it('are not written as they come where nobody takes them', async () => {
    const { send, store } = setUp(writing(TEXT));
    const reply = await send(started);
    expect(reply).toMatchObject({ say: ['Hello.', TEXT, 'Anything else?'] });
    expect(reply).not.toHaveProperty('streamed');
    expect(await outOf(store, 'model.composed')).toMatchObject([{ text: TEXT }]);
  });

  it.each([
    ['a sentence that must not be said', "I'm sorry. It is 4 days late. Bear with us. Bye."],
    ['an end that is another', "I'm sorry. It is", 'It is three days late.'],
  ])('and then %s: the written text follows', async (_, text, end = text) => {
    const streamed: string[] = [];
    const { send, store } = setUp(writing(text, end), { stream: (__, words) => streamed.push(words) });
    expect(await send(started)).toMatchObject({
      say: ['Hello.', "I'm sorry.", 'It is 3 days late.', 'Anything else?'],
      streamed: 2,
    });
    expect(streamed).toEqual(['Hello.', "I'm sorry."]);
    await replays(store);
  });

  it('are kept before they are handed out', async () => {
    const store = memoryStore();
    const kept: number[] = [];
    const streamed: number[] = [];
    const commit: typeof store.commit = async (commit) => {
      await store.commit(commit);
      kept.push(commit.events.length);
    };
    const { send } = setUp(writing(TEXT), { store: { ...store, commit }, stream: () => streamed.push(kept.length) });
    await send(started);
    // "Hello." and the first sentence are kept by the first commit, the second sentence by the next.
    expect(streamed).toEqual([1, 1, 2]);
  });

  it('that could not be kept are not handed out, and the turn fails', async () => {
    const store = memoryStore();
    const commit: typeof store.commit = async () => {
      throw new StoreError('store/failed', 'The disk is gone.', 'Try again.', undefined);
    };
    const streamed: string[] = [];
    const { send } = setUp(writing(TEXT), { store: { ...store, commit }, stream: (_, words) => streamed.push(words) });
    await expect(send(started)).rejects.toMatchObject({ code: 'store/failed' });
    expect(streamed).toEqual([]);
  });

  it('that were cut off by a crash are followed by the written text', async () => {
    const streamed: string[] = [];
    const stuck = composing(async ({ onText }) => {
      onText?.("I'm sorry. It");
      return new Promise(() => undefined);
    });
    const first = setUp(stuck, { stream: (_, words) => streamed.push(words) });
    const cut = first.send(started);
    cut.catch(() => undefined);
    await first.clock.advance(10);
    expect(streamed).toEqual(['Hello.', "I'm sorry."]);
    await first.engine.close();
    const second = setUp(writing(TEXT), { store: first.store, clock: first.clock });
    const reply = await second.engine.turn({ session: 's1', id: 'e1', event: started });
    // Whether they were heard nobody knows any more.
    expect(reply.say).toEqual(['Hello.', "I'm sorry.", 'It is 3 days late.', 'Anything else?']);
    expect(reply).not.toHaveProperty('streamed');
    await replays(first.store);
  });

  it('to a channel that fails come with the reply as they would, and the log tells', async () => {
    const log: string[] = [];
    const { send } = setUp(writing(TEXT), {
      stream: () => {
        throw new Error('The line is gone.');
      },
      log: ({ code }) => log.push(code),
    });
    expect(await send(started)).toMatchObject({ say: expect.arrayContaining(['It is three days late.']) });
    expect(log).toContain('engine/failed');
  });
});
