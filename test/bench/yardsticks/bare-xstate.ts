import { type Actor, assign, createActor, setup } from 'xstate';
import type { Peer } from '../peer.ts';

type Event = { readonly type: 'said'; readonly text: string } | { readonly type: 'decided'; readonly topic: string };
interface Context {
  readonly topic: string;
  readonly say: readonly string[];
}

const INITIAL: Context = { topic: '', say: [] };
const said = (text: string): Event => ({ type: 'said', text });

/** The conversation written by hand in XState. */
const machine = setup({ types: { context: INITIAL, events: said('') } }).createMachine({
  context: INITIAL,
  initial: 'need',
  states: {
    need: { on: { said: 'deciding' } },
    deciding: { on: { decided: { target: 'sort', actions: assign({ topic: ({ event }) => event.topic }) } } },
    sort: { always: [{ guard: ({ context }) => context.topic === 'parcel', target: 'tell' }, { target: 'other' }] },
    tell: { entry: assign({ say: ['Your parcel is on its way.', 'What else can I do for you?'] }), always: 'need' },
    other: { entry: assign({ say: ['I can look that up.', 'What else can I do for you?'] }), always: 'need' },
  },
});

/** A turn of a live actor: nothing is checked, stored or remembered. */
export function say(actor: Actor<typeof machine>, text: string): readonly string[] {
  actor.send(said(text));
  actor.send({ type: 'decided', topic: text.includes('parcel') ? 'parcel' : 'other' });
  return actor.getSnapshot().context.say;
}

export const newActor = () => createActor(machine).start();

export function bareXState(text: string): Peer {
  let actors: Actor<typeof machine>[] = [];
  return {
    name: 'a bare XState actor, in memory',
    async start(count) {
      actors = Array.from({ length: count }, newActor);
    },
    async turns(count) {
      const took: number[] = [];
      for (let i = 0; i < count; i++) {
        for (const actor of actors) {
          const started = performance.now();
          if (say(actor, text).length !== 2) throw new Error('XState has lost its way.');
          took.push(performance.now() - started);
        }
      }
      return took;
    },
    close: async () => undefined,
  };
}
