import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { isMap } from '../definition.ts';
import type { WorkflowSource } from '../program.ts';
import { resolve } from '../resolve.ts';
import type { Json } from '../type.ts';
import { describeChanges, diffWorkflows } from './diff.ts';

const FILE = `workflow: support
title: Orders and returns
models: { decide: acme.model-a, fallback: [acme.model-b], residency: us }
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
  quantity: { type: integer, min: 1, check: $quantity < 10, initial: 1, invalid: That is no number }
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
  worded:
    say: { compose: Say how it stands., facts: { status: =$order.status }, longest: 200, text: It is on its way. }
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

const BEFORE = programOf(FILE).draft;
const sentences = (text: string, part?: string) =>
  diffWorkflows(BEFORE, programOf(text, part).draft).map(({ sentence }) => sentence);

it('is made with a file that is right', () => {
  expect(programOf(FILE).problems).toEqual([]);
});

describe('an edit, in the sentences of an operator', () => {
  it.each<readonly [string, readonly [string, string], readonly string[]]>([
    // The workflow
    ['title', ['Orders and returns', 'Orders'], ['The title is now “Orders” instead of “Orders and returns”.']],
    ['name', ['workflow: support', 'workflow: shop'], ['The workflow is now called `shop` instead of `support`.']],
    ['start', ['busy:', 'start: need\nbusy:'], ['A session now starts at `need` instead of `welcome`.']],
    [
      'guidance',
      ['You answer for Acme.', 'Be brief.'],
      ['At every decision, the model is now told “Be brief.” instead of “You answer for Acme.”'],
    ],
    [
      'model',
      ['decide: acme.model-a', 'decide: acme.model-c'],
      ['Decisions are now made by the model `acme.model-c` instead of `acme.model-a`.'],
    ],
    ['no model', ['decide: acme.model-a, ', ''], ['Decisions are no longer made by the model `acme.model-a`.']],
    [
      'fallback',
      ['[acme.model-b]', '[acme.model-b, acme.model-c]'],
      ['When the model fails, decisions now go to `acme.model-b`, then `acme.model-c` instead of `acme.model-b`.'],
    ],
    ['residency', ['residency: us', 'residency: eu'], ['Data now stays in eu instead of us.']],
    [
      'a guardrail',
      ['residency: us', "residency: us, guardrail: { id: abc123, version: '2', to: need }"],
      [
        'The guardrail that looks at decisions, and at what tools are given and return, is now `abc123` (version 2).',
        'When the guardrail steps in, the caller now goes to `need`.',
      ],
    ],
    ['keep', ['turns: 30', 'turns: 30, keep: 30d'], ['After its last event, a session is now kept for 30d.']],
    ['record', ['turns: 30', 'turns: 30, record: $goal = 1'], ['A session may now be recorded only if $goal = 1.']],
    ['turns', ['turns: 30', 'turns: 50'], ['The most turns a session may have are now 50 instead of 30.']],
    ['silence', ['silence: 6s', 'silence: 1.5s'], ['A caller may now be silent for 1.5s instead of 6s.']],
    [
      'a limit of its own and of every question: told once',
      ['silence: 6s', 'silence: 6s, reprompts: 3'],
      ['A question may now be put again 3 times instead of twice.'],
    ],
    ['turn', ['silence: 6s', 'silence: 6s, turn: 5s'], ['A turn may now take 5s instead of 7s.']],
    [
      'decide',
      ['silence: 6s', 'silence: 6s, decide: 500ms'],
      ['A decision of the model may now take 500ms instead of 5s.'],
    ],
    [
      'confidence',
      ['silence: 6s', 'silence: 6s, confidence: 0.4'],
      ['The least confidence a choice needs is now 0.4 instead of 0.'],
    ],
    [
      'timezone',
      ['busy:', 'timezone: America/New_York\nbusy:'],
      ['Dates and times are now meant in America/New_York instead of UTC.'],
    ],
    [
      'the door of last resort, told once',
      ['otherwise: handoff', 'otherwise: bye'],
      ['The door of last resort now leads to `bye` instead of `handoff`.'],
    ],
    [
      'no door of last resort',
      ['otherwise: handoff\n', ''],
      ['The door of last resort, which led to `handoff`, is gone.'],
    ],
    [
      'busy',
      ['busy: One moment.', 'busy: Please hold.'],
      ['When a turn takes too long, the caller now hears “Please hold.” instead of “One moment.”'],
    ],
    // Words of the model's
    [
      'what is composed',
      ['Say how it stands.', 'Be brief.'],
      ['At `worded`, the model now words “Be brief.” instead of “Say how it stands.”'],
    ],
    [
      'facts',
      ['{ status: =$order.status }', '{ state: =$order.status, due: =$order.due }'],
      [
        'At `worded`, the model may now say `state`, “{{ $order.status }}”.',
        'At `worded`, the model may now say `due`, “{{ $order.due }}”.',
        'At `worded`, the model may no longer say `status`, “{{ $order.status }}”.',
      ],
    ],
    [
      'a fact, for spaces and for good',
      ['=$order.status }, l', '= $order.state }, l'],
      ['At `worded`, the model may now say `status`, “{{ $order.state }}” instead of “{{ $order.status }}”.'],
    ],
    ['spaces in a fact', ['=$order.status }, l', '=  $order . status }, l'], []],
    [
      'longest',
      ['longest: 200', 'longest: 300'],
      ['At `worded`, the model now has at most 300 characters instead of 200 characters.'],
    ],
    [
      'the written text',
      ['text: It is on its way.', 'text: It is coming.'],
      ['At `worded`, the caller now hears “It is coming.” instead of “It is on its way.”'],
    ],
    [
      'no words of the model any more',
      [
        'say: { compose: Say how it stands., facts: { status: =$order.status }, longest: 200, text: It is on its way. }',
        'say: It is on its way.',
      ],
      [
        'At `worded`, the model no longer words what is said.',
        'At `worded`, the model may no longer say `status`, “{{ $order.status }}”.',
        'At `worded`, the model no longer has at most 200 characters.',
      ],
    ],
    // Variables
    [
      'a new variable',
      ['  order: {', '  note: { type: string }\n  order: {'],
      ['The variable `note` is new: a string.'],
    ],
    [
      'a variable that is gone',
      ['  goal: { type: choice, values: [track, return] }\n', ''],
      ['The variable `goal` is gone.'],
    ],
    [
      'type',
      ['quantity: { type: integer', 'quantity: { type: number'],
      ['The variable `quantity` is now a number instead of an integer.'],
    ],
    ['pattern', ["'W\\d{7}'", "'W\\d{8}'"], ['The variable `orderId` now has the pattern W\\d{8} instead of W\\d{7}.']],
    ['spoken form', [', spoken: characters', ''], ['The variable `orderId` no longer has the spoken form characters.']],
    [
      'question',
      ['ask: And the order number?', 'ask: What is the order number?'],
      ['For `orderId`, the caller is now asked “What is the order number?” instead of “And the order number?”'],
    ],
    ['sensitive', ['sensitive: pii', 'sensitive: pci'], ['The variable `email` is now sensitive: pci instead of pii.']],
    ['not sensitive', ['sensitive: pii, ', ''], ['The variable `email` is no longer sensitive: pii.']],
    [
      'readback',
      ['sensitive: pii', 'sensitive: pii, readback: true'],
      ['The variable `email` may now be read back to the caller.'],
    ],
    [
      'description',
      ['type: email, sensitive', 'type: email, about: of the order, sensitive'],
      ['The variable `email` is now described as “of the order”.'],
    ],
    ['a value more', ['[track, return]', '[track, return, cancel]'], ["The variable `goal` can now be 'cancel'."]],
    [
      'a variable to fill once more',
      ['fill: [orderId]', 'fill: [orderId, orderId]'],
      ['At `need`, `orderId` may now be filled too.'],
    ],
    ['a value once more', ['[track, return]', '[track, return, track]'], ["The variable `goal` can now be 'track'."]],
    ['a value less', ['[track, return]', '[return]'], ["The variable `goal` can no longer be 'track'."]],
    [
      'other words for a value',
      ['[s, little]', '[little]'],
      ["The variable `size` is now understood as 'small' from 'little' instead of 'little' and 's'."],
    ],
    [
      'a field',
      ['city: { type: string }', 'city: { type: string }, country: { type: string }'],
      ['The variable `address`, in `country`, now holds a string.'],
    ],
    [
      'the bounds of a field',
      ["'\\d{5}'", "'\\d{4}'"],
      ['The variable `address`, in `zip`, now has the pattern \\d{4} instead of \\d{5}.'],
    ],
    ['least', ['min: 1', 'min: 2'], ['The variable `quantity` now has the least value 2 instead of 1.']],
    [
      'check',
      ['$quantity < 10', '$quantity < 20'],
      ['The variable `quantity` must now meet $quantity < 20 instead of $quantity < 10.'],
    ],
    ['initial', ['initial: 1', 'initial: 2'], ['The variable `quantity` now begins as 2 instead of 1.']],
    [
      'invalid',
      ['That is no number', 'A number please'],
      ['For a `quantity` that is not valid, the caller now hears “A number please” instead of “That is no number”.'],
    ],
    [
      'tool of a variable',
      ['order: { from: orders.get }', 'order: { from: orders.find }'],
      ['The variable `order` is now the output of `orders.find` instead of the output of `orders.get`.'],
    ],
    // Interrupts
    [
      'a new interrupt',
      ['  hours:', '  stop: { when: wants to stop, to: bye }\n  hours:'],
      ['There is a new interrupt `stop`: “wants to stop”, which leads to `bye`.'],
    ],
    [
      'an interrupt',
      ['From nine to five.', 'From ten to four.'],
      ['The interrupt `hours` now says “From ten to four.” instead of “From nine to five.”'],
    ],
    [
      'where an interrupt leads',
      ["say: 'From nine to five.' }", "say: 'From nine to five.', to: bye }"],
      ['The interrupt `hours` now leads to `bye` instead of the question that was open.'],
    ],
    [
      'order of interrupts',
      [
        "  human: { when: asks for a person, to: handoff }\n  hours: { when: asks when the shop is open, say: 'From nine to five.' }\n",
        "  hours: { when: asks when the shop is open, say: 'From nine to five.' }\n  human: { when: asks for a person, to: handoff }\n",
      ],
      ['The interrupts are now offered in the order `hours`, `human`.'],
    ],
    // Steps
    [
      'a new step',
      ['  need:\n', '  more: { say: Anything else?, then: need }\n  need:\n'],
      ['The step `more` is new: it says “Anything else?”'],
    ],
    [
      'a step that is gone',
      ['  welcome:\n    say: Thanks for calling Acme.\n    then: need\n', ''],
      ['A session now starts at `need` instead of `welcome`.', 'The step `welcome` is gone.'],
    ],
    [
      'kind',
      ["say: 'Your order is {{ $order.status }}.'\n    then: judge", 'branch: [{ to: judge }]'],
      ['The step `tell_status` is now of the kind branch instead of say: it goes on to `judge`.'],
    ],
    [
      'what is said',
      ['say: Thanks for calling Acme.', 'say: Hello!'],
      ['At `welcome`, the caller now hears “Hello!” instead of “Thanks for calling Acme.”'],
    ],
    [
      'what is asked',
      ['What can I do for you?', 'How can I help?'],
      ['At `need`, the caller now hears “How can I help?” instead of “What can I do for you?”'],
    ],
    [
      'a hole of a text',
      ['{{ $order.status }}', '{{ $order.state }}'],
      [
        'At `tell_status`, the caller now hears “Your order is {{ $order.state }}.” instead of “Your order is {{ $order.status }}.”',
      ],
    ],
    [
      'unclear',
      ['    unclear: I can look up an order, or take a return.\n', ''],
      ['At `need`, an answer that is not understood no longer gets “I can look up an order, or take a return.”'],
    ],
    [
      'silent',
      ['    guidance: Callers', '    silent: Are you there?\n    guidance: Callers'],
      ['At `need`, a caller who says nothing now hears “Are you there?”'],
    ],
    [
      'guidance of a step',
      ['Callers are often in a hurry.', 'Be patient.'],
      ['At `need`, the model is now told “Be patient.” instead of “Callers are often in a hurry.”'],
    ],
    [
      'reprompts of a step',
      ['    guidance: Callers', '    reprompts: 1\n    guidance: Callers'],
      ['At `need`, the question may now be put again once instead of twice.'],
    ],
    [
      'door of a step',
      ['    guidance: Callers', '    otherwise: bye\n    guidance: Callers'],
      ['At `need`, the door now leads to `bye` instead of `handoff`.'],
    ],
    ['fill', ['fill: [orderId]', 'fill: [orderId, email]'], ['At `need`, `email` may now be filled too.']],
    // Choices
    [
      'a new choice',
      ['      return: {', '      cancel: { when: wants to cancel, to: handoff }\n      return: {'],
      ['At `need`, there is a new choice `cancel`: “wants to cancel”, which leads to `handoff`.'],
    ],
    [
      'a choice that is gone',
      ['      calm: { when: the caller is calm, to: bye }\n', ''],
      ['At `judge`, the choice `calm` is gone.'],
    ],
    ['a choice renamed', ['      calm:', '      content:'], ['At `judge`, the choice `calm` is now called `content`.']],
    [
      'meaning',
      ['when: wants to know where an order is', 'when: asks where an order is'],
      [
        'At `need`, the choice `track` now means “asks where an order is” instead of “wants to know where an order is”.',
      ],
    ],
    [
      'examples',
      ["[where's my package]", '[where is it?]'],
      [
        'At `need`, the choice `track` has a new example: “where is it?”',
        "At `need`, the choice `track` no longer has the example “where's my package”.",
      ],
    ],
    [
      'an example once more',
      ["[where's my package]", "[where's my package, where's my package]"],
      ["At `need`, the choice `track` has a new example: “where's my package”."],
    ],
    [
      'key',
      ["press: '1'", "press: '2'"],
      ['At `need`, the choice `track` is now picked by the key 2 instead of the key 1.'],
    ],
    [
      'condition of a choice',
      ['$exists($customer)', '$exists($order)'],
      ['At `need`, the choice `return` is now only offered if $exists($order) instead of $exists($customer).'],
    ],
    [
      'no condition of a choice',
      [' if: $exists($customer),', ''],
      ['At `need`, the choice `return` is now always offered, not only if $exists($customer).'],
    ],
    [
      'what a choice sets',
      ['to: identify, set: { goal: return } }', 'to: identify, set: { goal: track } }'],
      ["At `need`, the choice `return` now sets `goal` to 'track' instead of 'return'."],
    ],
    [
      'where a choice leads',
      ["press: '1', to: identify", "press: '1', to: lookup"],
      ['At `need`, the choice `track` now leads to `lookup` instead of `identify`.'],
    ],
    [
      'order of choices',
      [
        '      upset: { when: the caller is upset, to: handoff }\n      calm: { when: the caller is calm, to: bye }\n',
        '      calm: { when: the caller is calm, to: bye }\n      upset: { when: the caller is upset, to: handoff }\n',
      ],
      ['At `judge`, the choices are now offered in the order `calm`, `upset`.'],
    ],
    // Forms
    [
      'form, more',
      ['form: [email, orderId]', 'form: [email, orderId, size]'],
      ['At `identify`, the form now asks for `size` too.'],
    ],
    [
      'form, less',
      ['form: [email, orderId]', 'form: [email]'],
      ['At `identify`, the form no longer asks for `orderId`.'],
    ],
    [
      'form, order',
      ['form: [email, orderId]', 'form: [orderId, email]'],
      ['At `identify`, the form now asks in the order `orderId`, `email`.'],
    ],
    [
      'form, again',
      ['    intro:', '    again: true\n    intro:'],
      ['At `identify`, the form now asks for what is known already, too.'],
    ],
    [
      'form, intro',
      ['    intro: Let me find your order.\n', ''],
      ['At `identify`, the caller no longer first hears “Let me find your order.”'],
    ],
    // Ways on
    [
      'where a step leads',
      ['    say: Thanks for calling Acme.\n    then: need', '    say: Thanks for calling Acme.\n    then: identify'],
      ['After `welcome`, the caller now goes to `identify` instead of `need`.'],
    ],
    [
      'a condition',
      ["$order.status = 'lost'", "$order.status = 'missing'"],
      [
        "After `lookup`, the caller now goes to `handoff` if $order.status = 'missing' instead of if $order.status = 'lost'.",
      ],
    ],
    [
      'where a condition leads',
      ["'lost', to: handoff", "'lost', to: bye"],
      ["After `lookup`, if $order.status = 'lost', the caller now goes to `bye` instead of `handoff`."],
    ],
    [
      'a way less',
      ["      - { if: $order.status = 'lost', to: handoff }\n", ''],
      ["After `lookup`, the caller no longer goes to `handoff` if $order.status = 'lost'."],
    ],
    [
      'a way more',
      ['      - { to: tell_status }', '      - { if: $order.total > 100, to: bye }\n      - { to: tell_status }'],
      ['After `lookup`, the caller now goes to `bye` if $order.total > 100.'],
    ],
    [
      'order of ways',
      [
        "      - { if: $order.status = 'delivered' and $goal = 'return', to: confirm_return }\n      - { if: $order.status = 'lost', to: handoff }\n",
        "      - { if: $order.status = 'lost', to: handoff }\n      - { if: $order.status = 'delivered' and $goal = 'return', to: confirm_return }\n",
      ],
      ['After `lookup`, the ways on are now tried in the order `handoff`, `confirm_return`, `tell_status`.'],
    ],
    [
      'what a way sets',
      ['- { to: tell_status }', '- { to: tell_status, set: { goal: null } }'],
      ['After `lookup`, in all other cases, the way on now sets `goal` to nothing.'],
    ],
    // Calls
    [
      'tool',
      ['    call: orders.get', '    call: orders.find'],
      ['At `lookup`, the tool called is now `orders.find` instead of `orders.get`.'],
    ],
    [
      'input',
      ['with: { email: =$email, orderId: =$orderId }', 'with: { email: =$email, orderId: =$order.id }'],
      ['At `lookup`, `orders.get` is now given `orderId` as =$order.id instead of =$orderId.'],
    ],
    [
      'no input',
      ['with: { email: =$email, orderId: =$orderId }', 'with: { orderId: =$orderId }'],
      ['At `lookup`, `orders.get` is no longer given `email` as =$email.'],
    ],
    [
      'save',
      ['    save: order\n    then:', '    save: customer\n    then:'],
      ['At `lookup`, what `orders.get` returns is now saved in `customer` instead of `order`.'],
    ],
    ['retry', ['retry: 2', 'retry: 1'], ['At `lookup`, what fails is now tried again once instead of twice.']],
    ['no retry', ['retry: 2, ', ''], ['At `lookup`, what fails is no longer tried again.']],
    [
      'a failure',
      ['not_found: identify', 'not_found: need'],
      ['At `lookup`, the failure `not_found` now leads to `need` instead of `identify`.'],
    ],
    [
      'another failure',
      ['not_found: identify', 'not_found: identify, too_old: bye'],
      ['At `lookup`, the failure `too_old` now leads to `bye`.'],
    ],
    [
      'every other failure',
      ['codes: { not_found: identify }, to: handoff', 'codes: { not_found: identify }, to: bye'],
      ['At `lookup`, a failure now leads to `bye` instead of `handoff`.'],
    ],
    [
      'meanwhile',
      ["meanwhile: I'm looking it up.", 'meanwhile: Just a second.'],
      ["At `lookup`, a caller who waits now hears “Just a second.” instead of “I'm looking it up.”"],
    ],
    [
      'parallel',
      ['      - { call: labels.print, save: order }', '      - { call: labels.print }\n      - { call: mails.send }'],
      [
        'At `do_return`, `mails.send` is now called too.',
        'At `do_return`, what `labels.print` returns is no longer saved in `order`.',
      ],
    ],
    // Decisions
    [
      'instructions',
      ['Whether the caller sounds upset.', 'Is the caller upset?'],
      ['At `judge`, the model now decides “Is the caller upset?” instead of “Whether the caller sounds upset.”'],
    ],
    ['given', ['given: [order]', 'given: [order, goal]'], ['At `judge`, the model is now told `goal`.']],
    // Confirmations
    [
      'yes',
      ['yes: { to: do_return', 'yes: { to: bye'],
      ['At `confirm_return`, a yes now leads to `bye` instead of `do_return`.'],
    ],
    ['no', ['no: need', 'no: bye'], ['At `confirm_return`, a no now leads to `bye` instead of `need`.']],
    [
      'what a yes sets',
      ['do_return, set: { goal: return }', 'do_return'],
      ["At `confirm_return`, a yes no longer sets `goal` to 'return'."],
    ],
    // Waits
    ['for', ['for: 4h', 'for: 90m'], ['At `pause`, the wait is now 90m instead of 4h.']],
    [
      'signal',
      ['signal: received', 'signal: arrived'],
      ['At `pause`, the wait now ends at the signal `arrived` instead of `received`.'],
    ],
    [
      'timeout',
      ['    timeout: handoff', '    timeout: bye'],
      ['At `pause`, the end of the time now leads to `bye` instead of `handoff`.'],
    ],
    // Ends
    [
      'queue',
      ['queue: tier2', 'queue: tier1'],
      ['At `handoff`, the caller now goes to the queue `tier1` instead of `tier2`.'],
    ],
    [
      'brief',
      ['brief: true', 'brief: "About {{ $order.id }}"'],
      ['At `handoff`, the person is now told “About {{ $order.id }}” instead of all that is known and not sensitive.'],
    ],
    [
      'outcome',
      ['outcome: solved', 'outcome: done'],
      ['At `bye`, the session now ends as `done` instead of `solved`.'],
    ],
    [
      'set at the end',
      ['set: { goal: null }', 'set: { goal: track }'],
      ["At `bye`, the end now sets `goal` to 'track' instead of nothing."],
    ],
    // Parts
    [
      'outcome of a part',
      ['known: lookup', 'known: need'],
      ['At `check`, the outcome `known` now leads to `need` instead of `lookup`.'],
    ],
    [
      'input of a part',
      ['{ mail: =$email', '{ mail: =$order.email'],
      ['At `check`, the part is now given `mail` as =$order.email instead of =$email.'],
    ],
    [
      'output of a part',
      ['{ customer: found }', '{ order: found }'],
      [
        "At `check`, `order` now takes the part's `found`.",
        "At `check`, `customer` no longer takes the part's `found`.",
      ],
    ],
    [
      'part',
      ['use: identity', 'use: other'],
      ['At `check`, the part gone through is now `other` instead of `identity`.'],
    ],
  ])('%s', (_, edit, expected) => {
    expect(sentences(edited(FILE, edit))).toEqual(expected);
  });
});

describe('an edit of the guardrail', () => {
  const guarded = FILE.replace('residency: us', 'residency: us, guardrail: { id: def456, version: 1, to: handoff }');

  it.each<readonly [string, readonly [string, string], readonly string[]]>([
    [
      'a version of the guardrail',
      ['version: 1', 'version: 2'],
      [
        'The guardrail that looks at decisions, and at what tools are given and return, is now `def456` (version 2) instead of `def456` (version 1).',
      ],
    ],
    [
      'the door of the guardrail',
      ['version: 1, to: handoff }', 'version: 1 }'],
      ['When the guardrail steps in, the caller now goes to the door of the step, and no longer to `handoff`.'],
    ],
    [
      'no guardrail',
      [', guardrail: { id: def456, version: 1, to: handoff }', ''],
      [
        'No guardrail looks at decisions any more, nor at what tools are given and return; it was `def456` (version 1).',
        'No guardrail steps in any more, which led to `handoff`.',
      ],
    ],
  ])('%s', (_, edit, expected) => {
    const [before, after] = [programOf(guarded), programOf(edited(guarded, edit))];
    expect(before.problems).toEqual([]);
    expect(diffWorkflows(before.draft, after.draft).map(({ sentence }) => sentence)).toEqual(expected);
  });
});

describe('an edit of a part', () => {
  it.each<readonly [string, readonly [string, string], readonly string[]]>([
    [
      'a tool',
      ['call: customers.find', 'call: customers.search'],
      ['At `check/find`, the tool called is now `customers.search` instead of `customers.find`.'],
    ],
    [
      'a condition',
      ['if: $exists($found)', 'if: $found.id > 0'],
      [
        'After `check/find`, the caller now goes to `check/yes_known` if $check__found.id > 0 instead of if $exists($check__found).',
      ],
    ],
    [
      'a step renamed',
      ['  not_known:\n', '  stranger:\n'],
      ['The step `check/not_known` is now called `check/stranger`.'],
    ],
    [
      'a new first step',
      ['steps:', 'start: yes_known\nsteps:'],
      ['At `check`, the part now begins at `yes_known` instead of `find`.'],
    ],
    [
      'a variable more',
      ['steps:', '  tries: { type: integer }\nsteps:'],
      ['The variable `check__tries` is new: an integer.'],
    ],
  ])('%s', (name, edit, expected) => {
    const part = edited(PART, edit);
    const all = name === 'a step renamed' ? part.replace('to: not_known', 'to: stranger') : part;
    expect(sentences(FILE, all)).toEqual(expected);
  });

  it('tells nothing of what a new step brings along', () => {
    const without = FILE.replace(/ {2}check:\n(?: {4}.*\n)+/, '').replace('then: check', 'then: lookup');
    const change = diffWorkflows(programOf(without).draft, programOf(FILE).draft).map(({ sentence }) => sentence);
    expect(change).toEqual([
      'After `identify`, the caller now goes to `check` instead of `lookup`.',
      'The step `check` is new: it goes through the part `identity`.',
    ]);
    const back = diffWorkflows(BEFORE, programOf(without).draft).map(({ sentence }) => sentence);
    expect(back).toEqual([
      'After `identify`, the caller now goes to `lookup` instead of `check`.',
      'The step `check` is gone.',
    ]);
  });
});

describe('what is no change', () => {
  it('is a form that names a variable twice', () => {
    const twice = programOf(FILE.replace('form: [email, orderId]', 'form: [email, orderId, email]')).draft;
    expect(diffWorkflows(twice, twice)).toEqual([]);
  });

  it.each<readonly [string, (text: string) => string]>([
    ['nothing', (text) => text],
    ['a comment', (text) => `# Hello\n${text}`],
    ['quotes', (text) => text.replace('title: Orders and returns', 'title: "Orders and returns"')],
    [
      'keys in another order',
      (text) => text.replace('when: asks for a person, to: handoff', 'to: handoff, when: asks for a person'),
    ],
    [
      'inputs in another order',
      (text) => text.replace('{ email: =$email, orderId: =$orderId }', '{ orderId: =$orderId, email: =$email }'),
    ],
    ['a default that is written out', (text) => text.replace('silence: 6s', 'silence: 6s, turn: 7s, reprompts: 2')],
    ['another unit', (text) => text.replace('for: 4h', 'for: 240m')],
    [
      'spaces in an expression',
      (text) => text.replace('$quantity < 10', '$quantity<10').replace('{{ $order.status }}', '{{$order.status}}'),
    ],
    ['a step in another place', (text) => text.replace(/( {2}handoff:\n.*\n)( {2}bye:\n.*\n)/, '$2$1')],
    ['a way on as a list', (text) => text.replace('then: check', 'then: [{ to: check }]')],
    [
      'an end as it is meant',
      (text) => text.replace('email: { type: email, sensitive: pii', 'email: { sensitive: pii, type: email'),
    ],
  ])('%s', (_, edit) => {
    const text = edit(FILE);
    expect(_ === 'nothing' || text !== FILE).toBe(true);
    expect(programOf(text).problems).toEqual([]);
    expect(sentences(text)).toEqual([]);
  });
});

describe('a rename', () => {
  const STEPS = [
    ...['welcome', 'need', 'identify', 'check', 'lookup', 'tell_status', 'judge', 'confirm_return', 'do_return'],
    ...['pause', 'handoff', 'bye'],
  ];
  const renamed = (text: string, from: string, to: string) =>
    text
      .replace(new RegExp(`^  ${from}:$`, 'm'), `  ${to}:`)
      .replace(new RegExp(`(?<=\\b(?:to|then|yes|no|timeout|otherwise|known|unknown|not_found): )${from}\\b`, 'g'), to);

  it.each(STEPS)('of the step %s everywhere is one change', (name) => {
    const text = renamed(FILE, name, 'other_name');
    expect(programOf(text).problems).toEqual([]);
    expect(sentences(text)).toEqual([`The step \`${name}\` is now called \`other_name\`.`]);
  });

  it.each(['email', 'orderId', 'goal', 'size', 'address', 'quantity', 'customer', 'order'])(
    'of the variable %s everywhere is one change',
    (name) => {
      const at = (pattern: string, flags = 'g') => new RegExp(pattern.replaceAll('NAME', name), flags);
      const text = FILE.replace(at('\\$NAME\\b'), '$$other')
        .replace(at('^ {2}NAME:', 'gm'), '  other:')
        .replace(at('(?<=(?:fill|form|given): \\[[^\\]]*)\\bNAME\\b'), 'other')
        .replace(at('(?<=save: |save: \\{ |set: \\{ )NAME\\b'), 'other');
      expect(programOf(text).problems).toEqual([]);
      expect(sentences(text)).toEqual([`The variable \`${name}\` is now called \`other\`.`]);
    },
  );

  it('with an edit is both', () => {
    const text = FILE.replaceAll('tell_status', 'say_status').replace('Your order is', 'Your order is now');
    expect(sentences(text)).toEqual([
      'The step `tell_status` is now called `say_status`.',
      'At `say_status`, the caller now hears “Your order is now {{ $order.status }}.” instead of “Your order is {{ $order.status }}.”',
    ]);
  });

  it('is not seen where another step took the place', () => {
    const text = FILE.replaceAll('tell_status', 'say_status').replace(
      'Your order is {{ $order.status }}.',
      'Wait for our letter!',
    );
    expect(sentences(text)).toEqual([
      'After `lookup`, in all other cases, the caller now goes to `say_status` instead of `tell_status`.',
      'The step `tell_status` is gone.',
      'The step `say_status` is new: it says “Wait for our letter!”',
    ]);
  });

  it('of all steps at once, in another order and two of them alike, is one change for each', () => {
    const before = `workflow: x
steps:
  a: { ask: Which?, choices: { l: { when: left, to: b }, r: { when: right, to: c } } }
  b: { say: Fine., then: d }
  c: { say: Fine., then: a }
  d: { end: Bye. }
`;
    const after = `workflow: x
start: q
steps:
  s: { say: Fine., then: q }
  r: { say: Fine., then: t }
  q: { ask: Which?, choices: { l: { when: left, to: r }, r: { when: right, to: s } } }
  t: { end: Bye. }
`;
    const changes = diffWorkflows(programOf(before).draft, programOf(after).draft);
    expect(changes.map(({ sentence }) => sentence)).toEqual([
      'The step `c` is now called `s`.',
      'The step `b` is now called `r`.',
      'The step `a` is now called `q`.',
      'The step `d` is now called `t`.',
    ]);
  });
});

describe('a change', () => {
  it('says what it is about, before and after, and where it stands in the newer file', () => {
    const text = edited(`# one line more\n${FILE}`, ['What can I do for you?', 'How can I help?']);
    expect(diffWorkflows(BEFORE, programOf(text).draft)).toEqual([
      {
        kind: 'changed',
        subject: { kind: 'step', name: 'need' },
        aspect: 'text',
        before: 'What can I do for you?',
        after: 'How can I help?',
        sentence: 'At `need`, the caller now hears “How can I help?” instead of “What can I do for you?”',
        at: { file: 'support/workflow.yaml', line: 29, column: 10 },
      },
    ]);
  });

  it('shows of long texts where they differ', () => {
    const long = (word: string) =>
      `Before you go on, ${'please listen to all of this carefully '.repeat(6)}and press ${word} ${'when you have understood every word of it '.repeat(6)}at last.`;
    const file = (word: string) => `workflow: x\nsteps:\n  a: { say: "${long(word)}", then: b }\n  b: { end: Bye. }\n`;
    const [change] = diffWorkflows(programOf(file('one')).draft, programOf(file('two')).draft);
    expect(change?.sentence).toBe(
      'At `a`, the caller now hears “…listen to all of this carefully and press two when you have understood every word of it…” instead of “…listen to all of this carefully and press one when you have understood every word of it…”',
    );
  });

  it('of a step that can no longer be read is told', () => {
    const text = edited(FILE, ['    transfer: { queue', '    transfer: { kew']);
    expect(sentences(text)).toEqual(["The step `handoff` can't be read any more."]);
  });
});

describe('describeChanges', () => {
  it('keeps what is said of a step together', () => {
    const text = edited(
      edited(edited(FILE, ['turns: 30', 'turns: 50']), [
        '    guidance: Callers',
        '    reprompts: 1\n    guidance: Callers',
      ]),
      ["press: '1'", "press: '2'"],
    );
    expect(describeChanges(diffWorkflows(BEFORE, programOf(text).draft))).toBe(
      [
        'The most turns a session may have are now 50 instead of 30.',
        '',
        'At `need`, the question may now be put again once instead of twice.',
        'At `need`, the choice `track` is now picked by the key 2 instead of the key 1.',
      ].join('\n'),
    );
  });

  it('says so when nothing changed', () => {
    expect(describeChanges([])).toBe('Nothing has changed.');
  });
});

describe('an edit at random', () => {
  /** Without what is a default anyway: to remove it means nothing. */
  const content: Json = parse(FILE.replace('brief: true', 'brief: false').replace('silence: 6s', 'silence: 8s'));
  const before = programOf(stringify(content)).draft;

  const strings = (value: Json): readonly string[] => {
    if (typeof value === 'string') return [value];
    if (isMap(value)) return Object.values(value).flatMap(strings);
    return isList(value) ? value.flatMap(strings) : [];
  };
  const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
  const paths = (value: Json): readonly (readonly (string | number)[])[] => {
    const entries: readonly (readonly [string | number, Json])[] = isMap(value)
      ? Object.entries(value)
      : isList(value)
        ? value.map((one, index) => [index, one] as const)
        : [];
    return entries.flatMap(([key, one]) => [[key], ...paths(one).map((path) => [key, ...path])]);
  };
  const change = (value: Json, path: readonly (string | number)[], to: (old: Json) => Json | undefined): Json => {
    const [key, ...rest] = path;
    const one = (old: Json) => (rest.length === 0 ? to(old) : change(old, rest, to));
    const kept = <K>(key: K, value: Json | undefined): [K, Json][] => (value === undefined ? [] : [[key, value]]);
    if (isList(value)) return value.flatMap((old, i) => kept(i, i === key ? one(old) : old).map(([, item]) => item));
    if (!isMap(value)) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, old]) => kept(name, name === key ? one(old) : old)),
    );
  };
  const pool = [...new Set(strings(content))];
  const edit = fc.record({
    path: fc.constantFrom(...paths(content)),
    how: fc.oneof(
      fc.constant((): Json | undefined => undefined),
      fc.constantFrom(...pool).map(
        (text) =>
          (old: Json): Json =>
            typeof old === 'number' ? old + 1 : typeof old === 'boolean' ? !old : text,
      ),
      fc.constant((old: Json): Json => (typeof old === 'string' ? `${old}x` : old)),
      fc.constantFrom(...pool).map(
        (text) =>
          (old: Json): Json =>
            isList(old) ? [...old, text] : old,
      ),
    ),
  });

  it('that gives another version is told of', () => {
    let told = 0;
    fc.assert(
      fc.property(edit, ({ path, how }) => {
        const { draft, problems } = programOf(stringify(change(content, path, how)));
        if (problems.length > 0 || draft.version === before.version) return;
        told++;
        expect(diffWorkflows(before, draft)).not.toEqual([]);
        expect(diffWorkflows(draft, before)).not.toEqual([]);
        expect(diffWorkflows(draft, draft)).toEqual([]);
      }),
      { numRuns: 150 },
    );
    expect(told).toBeGreaterThan(15);
  });

  it('of any kind, right or wrong, is compared without an error', () => {
    fc.assert(
      fc.property(edit, edit, (a, b) => {
        const one = programOf(stringify(change(content, a.path, a.how))).draft;
        const other = programOf(stringify(change(content, b.path, b.how))).draft;
        for (const { sentence } of diffWorkflows(one, other)) expect(sentence).toMatch(/^[A-Z].*[.?!…]”?$|^`/s);
        expect(diffWorkflows(one, one)).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
