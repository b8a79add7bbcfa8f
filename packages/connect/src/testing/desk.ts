import type { Reply, TurnRequest } from '@parley/engine';
import { compileWorkflow, type Program, sourceOf } from '@parley/workflow';
import type { FrontDoor } from '../front-door.ts';

/** A workflow with each kind of question there is to listen to. */
export const desk: Program = compileWorkflow(
  sourceOf(`
workflow: desk
title: Orders
limits: { silence: 6s, turn: 7s }
otherwise: person
variables:
  orderId: { type: string, pattern: 'W\\d{7}', spoken: characters, ask: What's the order number? }
  pin: { type: string, pattern: '\\d{6}', spoken: digits, ask: What's the code? }
  note: { type: string, spoken: words, ask: What is it about? }
  price: { type: money, ask: How much was it? }
  gift: { type: boolean, ask: Is it a gift? }
interrupts:
  human: { when: asks for a person, hears: [(person|agent)], press: '0', to: person }
steps:
  need:
    ask: What can I do for you?
    choices:
      track: { when: wants to know where an order is, press: '1', to: which }
    fill: [orderId]
  which:
    form: [orderId]
    then: code
  code:
    form: [pin]
    then: what
  what:
    form: [note]
    then: amount
  amount:
    form: [price]
    then: present
  present:
    form: [gift]
    then: sure
  sure:
    confirm: Shall I cancel order {{ $orderId }}?
    yes: bye
    no: need
  bye:
    end: Goodbye.
  person:
    transfer: { queue: people }
`),
);

const base = { session: 's1', seq: 3, step: 'need' };

export const asking = (step: string, more: Partial<Extract<Reply, { rest: 'caller' }>> = {}): Reply => ({
  ...base,
  step,
  say: ['What can I do for you?'],
  rest: 'caller',
  listen: { expects: [], silence: 6_000, keys: [] },
  ...more,
});

export const working: Reply = { ...base, say: ['One moment.'], rest: 'work' };
export const waiting: Reply = { ...base, say: [], rest: 'wait' };
export const ended: Reply = { ...base, step: 'bye', say: ['Goodbye.'], rest: 'end', end: { outcome: 'done' } };
export const transferred: Reply = {
  ...base,
  step: 'person',
  say: ["I'm putting you through."],
  rest: 'transfer',
  transfer: {
    queue: 'people',
    brief: {
      summary: 'Orders',
      from: 'need',
      identity: 'code',
      done: ['orders.cancel'],
      known: { orderId: 'W1000001', order: { status: 'sent' }, gift: true },
    },
  },
};

/** A front door that gives these replies one after the other, the last one over and over, and remembers what it was sent. */
export function door(...replies: (Reply | Error)[]): FrontDoor & { readonly sent: TurnRequest[] } {
  const sent: TurnRequest[] = [];
  const open = async (request: TurnRequest): Promise<Reply> => {
    sent.push(request);
    const reply = replies[Math.min(sent.length, replies.length) - 1];
    if (reply === undefined || reply instanceof Error) throw reply ?? new Error('The door has no reply.');
    return reply;
  };
  return Object.assign(open, { sent });
}
