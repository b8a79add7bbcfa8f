import { type Decider, type Decision, defineTool, type Question, type Tools } from '@parley/engine';
import { type Json, sourceOf, type WorkflowSource } from '@parley/workflow';
import { z } from 'zod';

/** A small workflow for the tests of the engine: looks orders up, cancels them, waits for a call back. */
export const desk: WorkflowSource = sourceOf(`
workflow: desk
title: Orders
busy: One moment, please.
otherwise: person
limits: { turn: 2s, decide: 1s, turns: 20 }

variables:
  orderId: { type: string, pattern: 'W\\d{7}', spoken: characters, ask: 'What is the order number?' }
  order: { from: orders.get }

interrupts:
  human: { when: asks for a person, to: person }

steps:
  welcome:
    say: Hello.
    then: need
  need:
    ask: What can I do for you?
    choices:
      track: { when: wants to know where an order is, to: which, set: { } }
      cancel: { when: wants to cancel an order, to: which_to_cancel }
      later: { when: wants to be called back, to: pause }
      bye: { when: wants nothing more, to: goodbye }
  which:
    form: [orderId]
    then: lookup
  lookup:
    call: orders.get
    with: { orderId: =$orderId }
    save: order
    then: tell
    failed: { to: person }
  tell:
    say: 'It is {{ $order.status }}.'
    then: need
  which_to_cancel:
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
    wait: { for: 1h, signal: ready }
    meanwhile: We will get back to you.
    then: back
  back:
    say: Here we are again.
    then: need
  goodbye:
    end: Goodbye.
  person:
    transfer: { queue: people, say: I am putting you through. }
`);

/** How a contact of the desk begins, and what its caller says. */
export const started = { type: 'session.started', workflow: 'desk', contact: { id: 'c1', channel: 'chat' } } as const;
export const said = (text: string) => ({ type: 'caller.said', text }) as const;

/** Takes words literally: the name of a choice picks it, and `name=value` fills a variable. */
export const literalDecider: Decider = { name: 'literal', decide: async (question) => literally(question) };

export function literally({ heard = '', choices }: Question): Decision {
  const values: [string, Json][] = [...heard.matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
  const words = heard.split(/\s+/);
  const named = choices.find(({ name }) => words.includes(name))?.name;
  const fallback = values.length > 0 && choices.some(({ name }) => name === 'answered') ? 'answered' : 'unclear';
  return { choice: named ?? fallback, values: Object.fromEntries(values), confidence: 1 };
}

/** The tools of the desk, each doing what it is told. */
export function deskTools(run: {
  get?: (orderId: string) => Promise<string>;
  cancel?: (orderId: string, key: string) => Promise<void>;
}): Tools {
  return {
    'orders.get': defineTool({
      about: 'Looks an order up',
      effect: 'reads',
      input: z.object({ orderId: z.string() }),
      output: z.object({ status: z.string() }),
      timeout: '5s',
      run: async ({ orderId }) => ({ status: (await run.get?.(orderId)) ?? 'shipped' }),
    }),
    'orders.cancel': defineTool({
      about: 'Cancels an order',
      effect: 'writes',
      requires: { confirmation: true },
      input: z.object({ orderId: z.string() }),
      output: z.object({ done: z.boolean() }),
      timeout: '5s',
      run: async ({ orderId }, { idempotencyKey }) => {
        await run.cancel?.(orderId, idempotencyKey);
        return { done: true };
      },
    }),
  };
}

/** A promise that is kept when somebody says so. */
export function gate(): { readonly open: () => void; readonly opened: Promise<void> } {
  let open = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = () => {
      resolve();
      return undefined;
    };
  });
  return { open: () => open(), opened };
}
