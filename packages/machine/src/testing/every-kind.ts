import { tool } from './line.ts';

/** A workflow with a step of every kind, in which every event means something somewhere. */
export const EVERY_KIND = `
workflow: every-kind
title: A step of every kind
otherwise: handoff
limits: { turns: 30, reprompts: 2, confidence: 0.4 }
busy: One moment.
variables:
  email: { type: email, sensitive: pii, ask: Which address?, invalid: That is none. }
  quantity: { type: integer, ask: How many?, check: $quantity > 0, invalid: At least one. }
  name: { type: string, initial: Jane }
  box: { type: object, fields: { w: { type: integer }, h: { type: integer } }, initial: { w: 1, h: 2 } }
  order: { from: get }
  stock: { from: stock }
  parcel: { type: integer }
  customer: { from: get }
interrupts:
  human: { when: asks for a person, press: '0', to: handoff }
  hours: { when: asks when we are open, press: '9', say: From nine to five., set: { box: { w: 3, h: =$quantity } } }
steps:
  welcome:
    say: Hello {{ $name }}.
    then: need
  need:
    ask: What can I do for you?
    fill: [quantity, box, name]
    choices:
      order: { when: wants to order, press: '1', to: details, set: { quantity: null } }
      check: { when: wants to know who we think they are, press: '2', to: identify }
      parcel: { when: waits for a parcel, press: '3', if: $exists($quantity), to: hold, say: I see. }
    unclear: I can take an order.
    silent: Are you there?
  details:
    form: [email, quantity]
    intro: I need two things.
    choices:
      none: { when: has no address, press: '*', to: sort }
    then: both
  both:
    parallel:
      - { call: get, with: { id: =$email }, save: order }
      - { call: stock, with: { n: =$quantity }, save: stock }
    then: size
    failed: { retry: 1, codes: { gone: need }, to: sort }
  size:
    branch:
      - { if: $quantity > 3, to: sort }
      - { to: read_back }
  sort:
    decide: Is this a big order?
    given: [quantity]
    fill: [name]
    choices:
      big: { when: it is, to: identify }
      small: { when: it is not, to: read_back }
  identify:
    use: identity
    with: { who: =$name }
    save: { customer: found }
    outcomes: { known: read_back, unknown: handoff }
  read_back:
    confirm: '{{ $quantity }} to {{ $email }}?'
    fill: [quantity]
    yes: place
    no: need
  place:
    call: place
    with: { n: =$quantity }
    then: placed
    failed: { codes: { not_allowed: read_back }, to: handoff }
  placed:
    say: { compose: Say that it is ordered., facts: { quantity: =$quantity }, longest: 60, text: It is ordered. }
    then: hold
  hold:
    wait: { for: 1m, signal: arrived, save: parcel }
    meanwhile: It is on its way.
    then: [{ to: goodbye, set: { quantity: null } }]
    timeout: need
  goodbye:
    end: { say: Goodbye., outcome: placed }
  handoff:
    transfer: { queue: people, say: One moment. }
`;

export const parts = {
  identity: `
part: identity
inputs: { who: { type: string } }
outputs: [found]
variables:
  found: { from: get }
  code: { type: string, pattern: '\\d{4}', ask: And the code? }
steps:
  look:
    call: get
    with: { who: =$who }
    save: found
    then: code
    failed: no
  code:
    form: [code]
    then: yes
    otherwise: no
  yes:
    end: { outcome: known }
  no:
    end: { say: Sorry., outcome: unknown }
`,
};

export const tools = {
  get: tool({ grants: 'looked_up', errors: ['gone'] }),
  stock: tool(),
  place: tool({ effect: 'writes', requires: { confirmation: true, identity: 'looked_up' } }),
};
