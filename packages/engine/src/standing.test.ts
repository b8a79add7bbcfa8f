import { describe, expect, it } from '@jest/globals';
import { standingOf } from './standing.ts';

const kept = (machine: object, resting?: object) =>
  standingOf({
    session: 's',
    snapshot: JSON.stringify({
      machine: { step: 'need', ended: false, ...machine },
      owed: [],
      work: [],
      ...(resting ? { resting } : {}),
    }),
  });
const memory = (waiting: string, more: object = {}) => ({
  memory: { channel: 'chat', turns: 2, waiting: { for: waiting }, vars: { email: 'maya@example.com' }, ...more },
});

describe('where a session stands', () => {
  it.each([
    ['caller', 'caller', false],
    ['timer', 'waiting', false],
    ['decision', 'working', true],
    ['calls', 'working', true],
    ['words', 'working', true],
  ])('while it waits for %s: %s', (waiting, state, undecided) => {
    expect(kept(memory(waiting))).toEqual({ step: 'need', channel: 'chat', turns: 2, state, undecided });
  });

  it('knows that something was said which is still to be decided on', () => {
    expect(kept(memory('timer', { early: 'mine is maya@example.com' }))).toEqual({
      step: 'need',
      channel: 'chat',
      turns: 2,
      state: 'waiting',
      undecided: true,
    });
  });

  it('tells how it ended', () => {
    const ended = { ended: true, ...memory('nothing') };
    expect(kept(ended, { type: 'transfer', step: 'x', queue: 'tier2', brief: {} })).toEqual({
      step: 'need',
      channel: 'chat',
      turns: 2,
      undecided: false,
      state: 'person',
      queue: 'tier2',
    });
    expect(kept(ended, { type: 'end', step: 'x', outcome: 'served' })).toMatchObject({
      state: 'ended',
      outcome: 'served',
    });
    expect(kept(ended)).toMatchObject({ state: 'ended', outcome: 'done' });
  });

  it('says of what it cannot read only which session it is', () => {
    expect(() => standingOf({ session: 's', snapshot: '{"email":"maya@example.com"' })).toThrow(
      expect.objectContaining({ code: 'engine/damaged', message: expect.not.stringContaining('maya') }),
    );
  });
});
