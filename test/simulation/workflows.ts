import { sourceOf, type WorkflowSource } from '@parley/workflow';

/** A part that proves who is calling: the tool grants it. */
const prove = `
part: prove
outputs: [found]
variables:
  found: { from: callers.prove }
steps:
  begin:
    branch:
      - { if: "$identity in ['code', 'person']", to: proved }
      - { to: check }
  check:
    call: callers.prove
    save: found
    then: proved
    failed: { retry: 1, codes: { unknown: refused }, to: refused }
  proved:
    end: { outcome: proved }
  refused:
    end: { outcome: refused }
`;

const shop = (greeting: string, extra: string) => `
workflow: shop
title: The shop
busy: One moment, please.
otherwise: person
models: { guardrail: { id: ymj6rhd0f2ow, version: 1, to: withheld } }
limits: { turn: 3s, decide: 4s, turns: 14, reprompts: 1, silence: 6s, confidence: 0.3 }

variables:
  item: { type: string, pattern: '[a-z]{2,8}', ask: 'Which item?' }
  amount: { type: integer, min: 1, max: 99, ask: 'How many?', invalid: 'From one to ninety-nine.' }
  goal: { type: string }
  stock: { from: stock.get }
  found: { from: callers.prove }
  receipt: { from: orders.place }

interrupts:
  human: { when: asks for a person, press: '0', to: person }
  hours: { when: asks when the shop is open, say: From nine to five. }

steps:
  welcome:
    say: ${greeting}
    then: need
  need:
    ask: What can I do for you?
    choices:
      look: { when: asks for an item, press: '1', to: which, set: { goal: look } }
      order: { when: wants to order, press: '2', to: which, set: { goal: order } }
      both: { when: leaves a note and asks, to: which, set: { goal: both } }
      later: { when: wants to be called back, to: pause }
      guess: { when: does not know, to: judge }
      bye: { when: wants nothing more, to: goodbye }
    unclear: I can look, order, or call you back.
  which:
    form: [item, amount]
    intro: Let me see.
    again: true
    then:
      - { if: $goal = 'order', to: who }
      - { if: $goal = 'both', to: both }
      - { to: lookup }
  lookup:
    call: stock.get
    with: { item: =$item }
    save: stock
    then:
      - { if: $stock.left > 0, to: tell }
      - { to: sorry }
    failed: { retry: 1, codes: { gone: sorry }, to: person }
    meanwhile: I am looking.
  tell:
    say:
      compose: Say how many there are, and of what.
      facts: { left: =$stock.left, item: =$item }
      longest: 90
      text: 'There are {{ $stock.left }}.'
    then: need
  sorry:
    say: There is none left.
    then: need
  who:
    use: prove
    save: { found: found }
    outcomes: { proved: sure, refused: sorry }
  sure:
    confirm: 'Order {{ $amount }} of {{ $item }}?'
    fill: [amount]
    yes: place
    no: need
  place:
    call: orders.place
    with: { item: =$item, amount: =$amount }
    save: receipt
    then: placed
    failed: { retry: 2, codes: { sold_out: sorry, guardrail: person }, to: person }
    meanwhile: I am ordering it.
  placed:
    say: 'It is ordered: {{ $receipt.number }}.'
    then: need
  both:
    parallel:
      - { call: stock.get, with: { item: =$item }, save: stock }
      - { call: notes.add, with: { text: =$item } }
      - { call: stock.near, with: { item: =$item } }
    then: tell
    failed: { retry: 1, to: need }
  pause:
    wait: { for: 20s, signal: ready }
    meanwhile: We will get back to you.
    then: back
    timeout: remind
  remind:
    call: notes.add
    with: { text: waited }
    then: back
    failed: { retry: 1, to: back }
  back:
    say: Here we are again.
    then: ${extra === '' ? 'need' : 'more'}
${extra}  judge:
    decide: Whether the caller is in a hurry.
    choices:
      hurry: { when: is in a hurry, to: pause }
      calm: { when: is not, to: need }
    fill: [goal]
    otherwise: person
  withheld:
    say: I may not go into that.
    then: need
  goodbye:
    end: Goodbye.
  person:
    transfer: { queue: people, say: I am putting you through. }
`;

const more = `  more:
    wait: 5s
    then: need
`;

const withPart = (text: string): WorkflowSource => ({
  ...sourceOf(text),
  parts: { prove: { file: 'parts/prove.yaml', text: prove } },
});

/** The versions of the workflow the simulated sessions go through: an engine that starts later may have a later one. */
export const VERSIONS: readonly [WorkflowSource, ...WorkflowSource[]] = [
  withPart(shop('Hello.', '')),
  withPart(shop('Good day.', more)),
];

/** What the confirmations of the workflow guard, written down apart from the tools that say so. */
export const REQUIRED: { readonly [tool: string]: { readonly confirmedAt: string; readonly provedBy: string } } = {
  'orders.place': { confirmedAt: 'sure', provedBy: 'callers.prove' },
};

export const QUESTIONS: ReadonlySet<string> = new Set(['need', 'which', 'sure']);
