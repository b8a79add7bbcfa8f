import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SeenEvent } from '../../src/desk/sessions-messages.ts';
import { duration, turnsOf } from './timing.ts';

const event = (at: number, type: string, data: SeenEvent['data'] = {}): SeenEvent => ({
  seq: 0,
  at,
  type,
  data,
  step: 's',
});

describe('the turns of a session', () => {
  it('begin with what comes from outside', () => {
    const turns = turnsOf([
      event(0, 'session.started'),
      event(0, 'agent.said'),
      event(9, 'caller.said'),
      event(9, 'model.asked', { decision: 'd1' }),
      event(10, 'timer.fired'),
    ]);
    expect(turns.map(({ events }) => events.length)).toEqual([2, 2, 1]);
  });

  it('are taken apart into deciders, tools and the rest', () => {
    const [turn] = turnsOf([
      event(1_000, 'caller.said'),
      event(1_010, 'model.asked', { decision: 'd1' }),
      event(1_810, 'model.decided', { decision: 'd1' }),
      event(1_810, 'tool.called', { call: 'c1', tool: 'orders.get' }),
      event(2_010, 'tool.returned', { call: 'c1' }),
      event(2_040, 'agent.said'),
    ]);
    expect(turn).toMatchObject({
      took: 1_040,
      parts: [
        { kind: 'decider', name: 'Deciding', took: 800 },
        { kind: 'tool', name: 'orders.get', took: 200 },
        { kind: 'own', name: 'Parley', took: 40 },
      ],
    });
  });

  it('count what ran at once for whoever began first', () => {
    const [turn] = turnsOf([
      event(0, 'caller.said'),
      event(0, 'tool.called', { call: 'a', tool: 'one' }),
      event(0, 'tool.called', { call: 'b', tool: 'two' }),
      event(30, 'tool.returned', { call: 'a' }),
      event(50, 'tool.failed', { call: 'b' }),
    ]);
    expect(turn?.parts).toMatchObject([
      { kind: 'tool', name: 'one', took: 30 },
      { kind: 'tool', name: 'two', took: 20 },
    ]);
  });

  it('have parts that make up the whole, whatever ran when', () => {
    const work = fc.record({ from: fc.nat(100), took: fc.nat(100) });
    fc.assert(
      fc.property(fc.array(work, { maxLength: 8 }), fc.nat(300), (all, last) => {
        const events = all.flatMap(({ from, took }, index) => [
          event(from, 'tool.called', { call: `c${index}`, tool: 't' }),
          event(from + took, 'tool.returned', { call: `c${index}` }),
        ]);
        const sorted = events.sort((a, b) => a.at - b.at);
        const [turn] = turnsOf([
          event(0, 'caller.said'),
          ...sorted,
          event(Math.max(last, sorted.at(-1)?.at ?? 0), 'agent.said'),
        ]);
        const sum = turn?.parts.reduce((total, { took }) => total + took, 0);
        expect(sum).toBe(turn?.took);
        for (const { took } of turn?.parts ?? []) expect(took).toBeGreaterThan(0);
      }),
    );
  });
});

it.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_240, '1.2 s'],
  [59_949, '59.9 s'],
  [59_950, '1 min 0 s'],
  [200_000, '3 min 20 s'],
  [3_900_000, '1 h 5 min'],
])('%d milliseconds are %s', (ms, words) => expect(duration(ms)).toBe(words));
