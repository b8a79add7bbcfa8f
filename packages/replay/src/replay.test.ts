import { describe, expect, it } from '@jest/globals';
import { createMachine, type Machine, type SessionEvent, type Snapshot } from '@parley/machine';
import { compileWorkflow, sourceOf } from '@parley/workflow';
import { recordable } from './recordable.ts';
import type { RecordedEvent } from './recorded.ts';
import type { Recording } from './recording.ts';
import { replay } from './replay.ts';

const YAML = `workflow: shop
title: A shop
otherwise: handoff
variables:
  orderId: { type: string, ask: And the order number? }
  order: { from: orders.get }
interrupts:
  human: { when: asks for a person, to: handoff }
steps:
  welcome:
    say: Thanks for calling.
    then: need
  need:
    ask: What can I do for you?
    choices:
      track: { when: wants to know where an order is, to: identify }
      bye: { when: needs nothing more, to: done }
    unclear: I can look up an order.
    otherwise: handoff
  identify:
    form: [orderId]
    then: lookup
  lookup:
    call: orders.get
    with: { id: =$orderId }
    save: order
    then: tell
    failed: { retry: 1, to: handoff }
  tell:
    say: It is on its way.
    then: need
  handoff:
    transfer: { queue: tier2, brief: true }
  done:
    end: { say: Goodbye., outcome: solved }
`;

const machine = (text: string): Machine => createMachine(compileWorkflow(sourceOf(text)));

describe('smoke', () => {
  it('runs', () => {
    const m = machine(YAML);
    const events: RecordedEvent[] = [];
    let snapshot: Snapshot = m.initial;
    const feed = (event: SessionEvent) => {
      const result = m.step(snapshot, event);
      snapshot = result.snapshot;
      events.push(...recordable(event, result));
    };
    const at = 1000;
    feed({ type: 'session.started', at, contact: { id: 'c', channel: 'chat' } });
    feed({ type: 'caller.said', at, text: 'where is it' });
    const r: Recording = {
      session: 's',
      workflow: 'shop',
      version: m.program.version,
      channel: 'chat',
      start: at,
      events,
    };
    expect(replay(m, r)).toEqual({ outcome: 'same', inputs: 2 });
  });
});
