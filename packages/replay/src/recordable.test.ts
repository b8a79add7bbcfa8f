import { describe, expect, it } from '@jest/globals';
import { createMachine, type SessionEvent } from '@parley/machine';
import { compileWorkflow, sourceOf } from '@parley/workflow';
import { recordable, sessionEventOf } from './recordable.ts';

const machine = createMachine(
  compileWorkflow(
    sourceOf(`workflow: w
title: W
otherwise: bye
steps:
  hello:
    say: Hello.
    then: need
  need:
    ask: And now?
    choices:
      later: { when: wants to wait, to: pause }
      stop: { when: wants to stop, to: bye }
    unclear: What?
    otherwise: bye
  pause:
    wait: { for: 1m, signal: go }
    then: bye
  bye:
    transfer: { queue: q, brief: false }
`),
  ),
);

const start: SessionEvent = { type: 'session.started', at: 5, contact: { id: 'c', channel: 'chat' } };

describe('what is kept of a step', () => {
  it('is the event with the steps it led through, then what was asked of the world', () => {
    const begun = machine.step(machine.initial, start);
    expect(recordable(start, begun)).toEqual([
      { ...start, step: '(start)', path: ['hello', 'need'] },
      { type: 'agent.said', at: 5, step: 'hello', text: 'Hello.' },
      { type: 'agent.said', at: 5, step: 'need', text: 'And now?' },
    ]);
    const said: SessionEvent = { type: 'caller.said', at: 6, text: 'later' };
    const heard = machine.step(begun.snapshot, said);
    expect(recordable(said, heard)).toMatchObject([
      { type: 'caller.said', at: 6, text: 'later', step: 'need' },
      { type: 'model.asked', at: 6, step: 'need', decision: 'd1', choices: ['later', 'stop', 'unclear'], fill: [] },
    ]);
    const decided: SessionEvent = {
      type: 'model.decided',
      at: 7,
      decision: 'd1',
      choice: 'later',
      values: {},
      confidence: 1,
    };
    const waits = machine.step(heard.snapshot, decided);
    expect(recordable(decided, waits)).toEqual([
      { ...decided, step: 'need', path: ['pause'] },
      { type: 'timer.set', at: 7, step: 'pause', timer: 't2', due: 60_007 },
    ]);
    const signal: SessionEvent = { type: 'signal.received', at: 8, name: 'go', data: null };
    expect(recordable(signal, machine.step(waits.snapshot, signal))).toEqual([
      { ...signal, step: 'pause', path: ['bye'] },
      { type: 'timer.cancelled', at: 8, step: 'pause', timer: 't2' },
      { type: 'session.transferred', at: 8, step: 'bye', queue: 'q' },
    ]);
  });

  it('of a caller who left has no path', () => {
    const begun = machine.step(machine.initial, start);
    const left: SessionEvent = { type: 'caller.left', at: 9 };
    expect(recordable(left, machine.step(begun.snapshot, left))).toEqual([
      { type: 'caller.left', at: 9 },
      { type: 'session.ended', at: 9, step: 'need', outcome: 'left' },
    ]);
  });

  it('gives the event back, and none for what the machine asked', () => {
    const begun = machine.step(machine.initial, start);
    const [input, output] = recordable(start, begun).map(sessionEventOf);
    expect(input).toMatchObject(start);
    expect(output).toBeUndefined();
  });
});
