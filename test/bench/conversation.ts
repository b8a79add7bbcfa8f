import { createEngine, type Decider, type Engine, type Store } from '@parley/engine';
import { sourceOf, type WorkflowSource } from '@parley/workflow';

/**
 * The work that is measured. A turn: load the session, take what the caller said, one decision that is answered at once,
 * three moves (a branch, a text, the question again), commit, reply.
 */
export const workflow: WorkflowSource = sourceOf(`
workflow: parcels
title: Where is my parcel?
guidance: You answer for Acme.
busy: One moment, please.
otherwise: person
limits: { turns: 500 }

variables:
  topic: { type: string }

interrupts:
  human: { when: asks for a person, to: person }

steps:
  need:
    ask: What else can I do for you?
    choices:
      parcel: { when: wants to know where a parcel is, to: sort, set: { topic: parcel } }
      other: { when: wants to know anything else, to: sort, set: { topic: other } }
      bye: { when: wants nothing more, to: goodbye }
  sort:
    branch:
      - { if: $topic = 'parcel', to: tell }
      - { to: other }
  tell:
    say: Your parcel is on its way.
    then: need
  other:
    say: I can look that up.
    then: need
  goodbye:
    end: Goodbye.
  person:
    transfer: { queue: people }
`);

/** The most turns a session may have. */
export const TURNS = 500;

const decider: Decider = {
  name: 'at once',
  decide: async ({ heard = '' }) => ({
    choice: heard.includes('parcel') ? 'parcel' : 'other',
    values: {},
    confidence: 1,
  }),
};

export const HEARD = 'where is my parcel';

export function engineOn(store: Store): Engine {
  return createEngine({ workflows: [workflow], store, decider, tools: {} });
}

export async function begin(engine: Engine, session: string): Promise<void> {
  const contact = { id: session, channel: 'chat' } as const;
  await engine.turn({ session, id: 'start', event: { type: 'session.started', workflow: 'parcels', contact } });
}

/** One turn; `id` is the event's. Gives the milliseconds that it took. */
export async function turn(engine: Engine, session: string, id: string): Promise<number> {
  const started = performance.now();
  const { step, say } = await engine.turn({ session, id, event: { type: 'caller.said', text: HEARD } });
  const took = performance.now() - started;
  if (step !== 'need' || say.length !== 2) throw new Error('The benchmark has lost its way.');
  return took;
}
