import { defineTool, type Reply, type Tools, type TurnRequest } from '@parley/engine';
import { sourceOf, type WorkflowSource } from '@parley/workflow';
import { z } from 'zod';

/** A small workflow with each kind of place that an execution can be at: questions, decisions, a write, two reads at once, a wait. */
export const errands: WorkflowSource = sourceOf(`
workflow: errands
title: Errands
busy: One moment, please.
otherwise: person
limits: { turn: 2s, decide: 1s, turns: 30 }

variables:
  orderId: { type: string, pattern: 'W\\d{7}', spoken: characters, ask: 'What is the order number?' }
  order: { from: orders.get }
  parcel: { from: parcels.get }

interrupts:
  human: { when: asks for a person, to: person }

steps:
  welcome:
    say: Hello.
    then: need
  need:
    ask: What can I do for you?
    choices:
      cancel: { when: wants to cancel an order, to: which }
      later: { when: wants to be called back, to: pause }
      look: { when: wants to know where things are, to: look }
      bye: { when: wants nothing more, to: goodbye }
  which:
    form: [orderId]
    then: sure
  sure:
    confirm: 'Cancel {{ $orderId }}?'
    yes: cancel
    no: need
  cancel:
    call: orders.cancel
    with: { orderId: =$orderId }
    then: cancelled
    meanwhile: I am cancelling it.
    failed: { retry: 1, to: person }
  cancelled:
    say: It is cancelled.
    then: need
  pause:
    wait: { for: 10m }
    meanwhile: We will get back to you.
    then: back
  back:
    say: Here we are again.
    then: need
  look:
    parallel:
      - { call: orders.get, with: { orderId: =$orderId }, save: order }
      - { call: parcels.get, with: { orderId: =$orderId }, save: parcel }
    then: tell
    failed: person
  tell:
    say: 'It is {{ $order.status }}, in {{ $parcel.place }}.'
    then: need
  goodbye:
    end: Goodbye.
  person:
    transfer: { queue: people, say: I am putting you through. }
`);

/** What the back end keeps: how often each order was cancelled, for each key that it was asked with. */
export class Ledger {
  readonly cancelled = new Map<string, number>();
  /** How often it was asked, all attempts included. */
  attempts = 0;

  cancel(key: string): void {
    this.attempts += 1;
    if (!this.cancelled.has(key)) this.cancelled.set(key, this.attempts);
  }
}

/** The tools, on a back end that does a thing once for a key. */
export function errandTools(ledger: Ledger): Tools {
  const input = z.object({ orderId: z.string().exactOptional() });
  return {
    'orders.get': defineTool({
      about: 'Looks an order up',
      effect: 'reads',
      input,
      output: z.object({ status: z.string() }),
      run: async () => ({ status: 'cancelled' }),
    }),
    'parcels.get': defineTool({
      about: 'Looks a parcel up',
      effect: 'reads',
      input,
      output: z.object({ place: z.string() }),
      run: async () => ({ place: 'Seattle' }),
    }),
    'orders.cancel': defineTool({
      about: 'Cancels an order',
      effect: 'writes',
      requires: { confirmation: true },
      input,
      output: z.object({ done: z.boolean() }),
      run: async (_, { idempotencyKey }) => {
        ledger.cancel(idempotencyKey);
        return { done: true };
      },
    }),
  };
}

type ContactEvent = TurnRequest['event'];

/**
 * What somebody has to say who wants an order cancelled, to be called back, to know where things are, and then nothing more:
 * by where the workflow is, so that it goes on from wherever a fault has led.
 */
export class Caller {
  readonly #wishes = ['cancel', 'later', 'look'];

  /** The answer to a question. */
  says({ step }: Reply): ContactEvent {
    const said = (text: string) => ({ type: 'caller.said', text }) as const;
    if (step === 'which') return said('orderId=W1234567');
    if (step === 'sure') return said('yes');
    return said(this.#wishes.shift() ?? 'bye');
  }
}

export const started: ContactEvent = {
  type: 'session.started',
  workflow: 'errands',
  contact: { id: 'c1', channel: 'chat' },
};
