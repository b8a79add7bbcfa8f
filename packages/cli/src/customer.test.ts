import { describe, expect, it } from '@jest/globals';
import type { JournalEvent } from '@parley/engine';
import { compileWorkflow, type Json, sourceOf } from '@parley/workflow';
import { customerOf } from './customer.ts';

const program = compileWorkflow(
  sourceOf(`
workflow: tea
otherwise: person
variables:
  name: { type: string, sensitive: pii, ask: What's your name? }
  email: { type: email, sensitive: pii, ask: What's your e-mail address? }
  phone: { type: phone, sensitive: pii, ask: What's your number? }
  kind: { type: string, ask: Which tea? }
steps:
  need: { form: [name, email, phone, kind], then: person }
  person: { transfer: { queue: counter, say: 'One {{ $kind }}.' } }
`),
);

const event = (type: string, data: { readonly [key: string]: Json }): JournalEvent => ({ seq: 1, at: 0, type, data });
const session = (events: readonly JournalEvent[], vars: { readonly [name: string]: Json } = {}) => ({
  session: 's1',
  program,
  known: { vars, identity: 'none' as const },
  events,
});
const said = (text: string) => session([event('caller.said', { text })]);
const decided = (values: { readonly [name: string]: Json }) => session([event('model.decided', { values })]);
const returned = (output: Json) => session([event('tool.returned', { call: 'c1', output })]);

describe('a customer', () => {
  it.each([
    ['s1', session([]), 'its name'],
    [
      '+15551234567',
      session([event('session.started', { contact: { id: 'c', address: '+15551234567' } })]),
      'its contact',
    ],
    ['(555) 123-4567', session([event('session.started', { contact: { address: '+15551234567' } })]), 'its contact'],
    ['c-77', session([event('session.started', { contact: { id: 'c-77' } })]), 'its contact'],
    ['Maya@Example.com ', decided({ email: 'maya@example.com' }), 'a sensitive value'],
    ['555 123 4567', decided({ phone: '+15551234567' }), 'a sensitive value'],
    ['maya chen', decided({ name: 'Maya Chen' }), 'a sensitive value'],
    ['maya@example.com', session([], { email: 'maya@example.com' }), 'a sensitive value'],
    ['P100', session([], { customerId: 'P100' }), "a person's id"],
    ['P100', session([], { who__personId: 'P100' }), "a person's id"],
    ['p100', returned({ customer: { id: 'P100' } }), "a person's id"],
    ['100', returned([{ patient: { id: 100 } }]), "a person's id"],
    ['maya@example.com', said("It's maya@example.com, I think."), 'what was said or looked up'],
    ['maya@example.com', returned({ found: [{ mail: 'MAYA@example.com' }] }), 'what was said or looked up'],
    ['555-123-4567', returned({ text: 'Call +15551234567.' }), 'what was said or looked up'],
  ])('%s is found: %#', (given, where, by) => {
    expect(customerOf(given).findIn(where)).toBe(by);
  });

  it.each([
    ['s', session([])],
    ['maya@example.com', said("It's amaya@example.com, or maya@example.community.")],
    ['maya@example.com', decided({ email: 'maya@example.org' })],
    ['maya', decided({ name: 'Maya Chen' })],
    // A word of the workflow, an order's id, a product's: nobody's.
    ['green', session([], { kind: 'green' })],
    ['W1000001', returned({ order: { id: 'W1000001' }, orderId: 'W1000001' })],
    ['1008292230', returned({ product: { id: '1008292230' } })],
    ['delivered', returned({ customer: { status: 'delivered' } })],
    ['(555) 123-4567', said('+155512345678')],
  ])('%s is not found where it is somebody or something else: %#', (given, where) => {
    expect(customerOf(given).findIn(where)).toBeUndefined();
  });

  it('is found where it can not be told what is sensitive, but by what only one person has', () => {
    const lost = { ...decided({ email: 'maya@example.com', name: 'Maya Chen' }), program: undefined, known: undefined };
    expect(customerOf('maya@example.com').findIn(lost)).toBe('what was said or looked up');
    expect(customerOf('Maya Chen').findIn(lost)).toBeUndefined();
  });
});
