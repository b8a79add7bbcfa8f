import { describe, expect, it } from '@jest/globals';
import type { SeenEvent } from '../../src/desk/sessions-messages.ts';
import { isOf, knownAt, movesOf, walked, wayKey } from './path.ts';

const EVENTS: readonly SeenEvent[] = [
  { seq: 1, at: 0, type: 'session.started', data: { path: ['welcome', 'need'] }, step: 'need', changed: { goal: 'x' } },
  { seq: 2, at: 0, type: 'agent.said', data: { step: 'need', text: 'Hello.' }, step: 'need' },
  {
    seq: 3,
    at: 5,
    type: 'model.decided',
    data: { step: 'need', path: ['find'] },
    step: 'find',
    changed: { goal: 'y', email: '[pii]' },
  },
  {
    seq: 4,
    at: 6,
    type: 'tool.failed',
    data: { step: 'find', path: ['missed', 'need'] },
    step: 'need',
    changed: { email: null },
  },
  { seq: 5, at: 9, type: 'model.decided', data: { step: 'need', path: ['find'] }, step: 'find' },
];
const moves = movesOf(EVENTS);
const upTo = (seq: number) => walked(EVENTS, moves, seq);

describe('the path of a session', () => {
  it('goes from each step to the next', () => {
    expect(moves.map(({ from, to }) => `${from} ${to}`)).toEqual([
      '(start) welcome',
      'welcome need',
      'need find',
      'find missed',
      'missed need',
      'need find',
    ]);
  });

  it('knows which way was taken as something failed', () => {
    expect(moves.filter(({ failed }) => failed).map(({ to }) => to)).toEqual(['missed']);
  });

  it('is told up to an event: where it was, how often, in which order', () => {
    const { visits, order, ways, current } = upTo(4);
    expect(current).toBe('need');
    expect([...visits]).toEqual([
      ['welcome', 1],
      ['need', 2],
      ['find', 1],
      ['missed', 1],
    ]);
    expect([...order.keys()]).toEqual(['welcome', 'need', 'find', 'missed']);
    expect(ways.get(wayKey('need', 'find'))).toBe(1);
    expect(upTo(5).ways.get(wayKey('need', 'find'))).toBe(2);
    expect(upTo(2)).toMatchObject({ current: 'need', moves: { length: 2 } });
    expect(upTo(0)).toMatchObject({ current: undefined, moves: [] });
  });

  it('has the events of a step: those that happened there or led there', () => {
    expect(EVENTS.filter((event) => isOf(event, 'find')).map(({ seq }) => seq)).toEqual([3, 4, 5]);
  });
});

describe('what is known', () => {
  it('is what was set up to an event, and not taken back', () => {
    expect([...knownAt(EVENTS, 3).known]).toEqual([
      ['goal', 'y'],
      ['email', '[pii]'],
    ]);
    expect([...knownAt(EVENTS, 5).known]).toEqual([['goal', 'y']]);
    expect([...knownAt(EVENTS, 0).known]).toEqual([]);
  });

  it('tells what changed with that event alone', () => {
    expect([...knownAt(EVENTS, 3).fresh]).toEqual(['goal', 'email']);
    expect([...knownAt(EVENTS, 2).fresh]).toEqual([]);
  });
});
