import { describe, expect, it } from '@jest/globals';
import { resolve } from '../resolve.ts';
import type { WorkflowSource } from '../program.ts';
import { describeChanges, diffWorkflows } from './diff.ts';

const FILE = `workflow: support
title: Orders and returns
models: { decide: model-a, fallback: [model-b], residency: us }
limits: { turns: 30, silence: 6s }
guidance: You answer for Acme.
otherwise: handoff
busy: One moment.

variables:
  email: { type: email, sensitive: pii, ask: What's the e-mail address on the order? }
  orderId: { type: string, pattern: 'W\\d{7}', spoken: characters, ask: And the order number? }
  goal: { type: choice, values: [track, return] }
  size: { type: choice, values: { small: [s, little], large: [] } }
  address: { type: object, fields: { city: { type: string }, zip: { type: string, pattern: '\\d{5}' } } }
  count: { type: integer, min: 1, check: $count < 10, initial: 1, invalid: 'That is no number., ' }
  customer: { from: customers.find }
  order: { from: orders.get }

interrupts:
  human: { when: asks for a person, to: handoff }
  hours: { when: asks when the shop is open, say: 'From nine to five.' }

steps:
  welcome:
    say: Thanks for calling Acme.
    then: need
  need:
    ask: What can I do for you?
    fill: [orderId]
    choices:
      track: { when: wants to know where an order is, examples: [where's my package], press: '1', to: identify }
      return: { when: wants to send something back, if: $exists($customer), to: identify, set: { goal: return } }
    unclear: I can look up an order, or take a return.
    guidance: Callers are often in a hurry.
  identify:
    form: [email, orderId]
    intro: Let me find your order.
    then: check
  check:
    use: identity
    with: { mail: =$email }
    save: { customer: found }
    outcomes: { known: lookup, unknown: handoff }
  lookup:
    call: orders.get
    with: { email: =$email, orderId: =$orderId }
    save: order
    then:
      - { if: $order.status = 'delivered' and $goal = 'return', to: confirm_return }
      - { if: $order.status = 'lost', to: handoff }
      - { to: tell_status }
    failed: { retry: 2, codes: { not_found: identify }, to: handoff }
    meanwhile: I'm looking it up.
  tell_status:
    say: 'Your order is {{ $order.status }}.'
    then: judge
  judge:
    decide: Whether the caller sounds upset.
    given: [order]
    choices:
      upset: { when: the caller is upset, to: handoff }
      calm: { when: the caller is calm, to: bye }
  confirm_return:
    confirm: 'You want to return {{ $order.name }}?'
    yes: { to: do_return, set: { goal: return } }
    no: need
  do_return:
    parallel:
      - { call: returns.create, with: { orderId: =$orderId } }
      - { call: labels.print, save: order }
    then: pause
  pause:
    wait: { for: 4h, signal: received, save: order }
    then: bye
    timeout: handoff
  handoff:
    transfer: { queue: tier2, say: I'll put you through., brief: true }
  bye:
    end: { say: Goodbye., outcome: solved, set: { goal: null } }
`;

const PART = `part: identity
outputs: [found]
inputs:
  mail: { type: email }
variables:
  found: { from: customers.find }
steps:
  find:
    call: customers.find
    with: { mail: =$mail }
    save: found
    then:
      - { if: $exists($found), to: yes_known }
      - { to: not_known }
  yes_known:
    end: { outcome: known }
  not_known:
    end: { outcome: unknown }
`;

const sourceOf = (text: string, part = PART): WorkflowSource => ({
  file: 'support/workflow.yaml',
  text,
  parts: { identity: { file: 'parts/identity.yaml', text: part }, other: { file: 'parts/other.yaml', text: part } },
});

const programOf = (text: string, part?: string) => {
  const { draft, problems } = resolve(sourceOf(text, part), undefined);
  return { draft, problems };
};

/** The file with one piece of its text replaced by another. */
function edited(file: string, [from, to]: readonly [string, string]): string {
  expect(file.split(from)).toHaveLength(2);
  return file.replace(from, () => to);
}

const sentences = (text: string, part?: string) =>
  diffWorkflows(programOf(FILE).draft, programOf(text, part).draft).map(({ sentence }) => sentence);

it('debug', () => { console.log(programOf(FILE).problems, sentences(FILE)); });
