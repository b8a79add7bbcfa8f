import { describe, expect, it } from '@jest/globals';
import { line, NOON, path, tool, words } from './testing/line.ts';

const WAIT = `
workflow: waits
otherwise: handoff
variables:
  visits: { type: integer, initial: 0 }
  parcel: { type: integer }
steps:
  hold:
    wait: { for: 2m, signal: arrived, save: parcel }
    meanwhile: Still waiting, {{ $visits }}.
    then: [{ to: here, set: { visits: =$visits + 1 } }]
    timeout: late
  here:
    ask: It is here. Again?
    choices:
      again: { when: yes, press: '1', to: hold }
  late:
    say: It is late.
    then: pause
  pause:
    wait: 30s
    then: over
  over:
    end: Goodbye.
  handoff:
    transfer: { queue: people }
`;

function wait(text = WAIT) {
  const session = line(text, { unchecked: true });
  return { session, started: session.start() };
}

describe('a wait', () => {
  it('schedules its end', () => {
    const { session, started } = wait();
    expect(started.effects).toEqual([{ type: 'schedule', step: 'hold', timer: 't1', due: NOON + 120_000 }]);
    expect(session.memory.waiting).toEqual({ for: 'timer', timer: 't1', due: NOON + 120_000 });
  });

  it('goes on by its timeout when the time is up; one without, by its way on', () => {
    const { session } = wait();
    const late = session.fired();
    expect(path(late)).toEqual(['late', 'pause']);
    expect(late.effects).toEqual([
      { type: 'say', step: 'late', text: 'It is late.' },
      { type: 'schedule', step: 'pause', timer: 't2', due: NOON + 150_000 },
    ]);
    expect(path(session.fired())).toEqual(['over']);
    expect(session.snapshot.ended).toBe(true);
  });

  it('goes on as soon as its signal comes, and needs no timer any more', () => {
    const { session } = wait();
    const arrived = session.signal('arrived', 12);
    expect(arrived.effects[0]).toEqual({ type: 'cancel', step: 'hold', timer: 't1' });
    expect(path(arrived)).toEqual(['here']);
    expect(session.memory.vars).toMatchObject({ parcel: 12, visits: 1 });
  });

  it('goes on without the data of a signal that does not fit', () => {
    const { session } = wait();
    expect(path(session.signal('arrived', { box: 1 }))).toEqual(['here']);
    expect(session.memory.vars).not.toHaveProperty('parcel');
  });

  it('ignores a signal of another name, and one that nothing waits for', () => {
    const { session } = wait();
    const { snapshot } = session;
    expect(session.signal('left', 12).snapshot).toBe(snapshot);
    session.signal('arrived', 12);
    const asked = session.snapshot;
    expect(session.signal('arrived', 13).snapshot).toBe(asked);
  });

  it('ignores a timer of a wait that is over, even at the same step again', () => {
    const { session } = wait();
    session.signal('arrived', 12);
    const asked = session.snapshot;
    expect(session.send({ type: 'timer.fired', at: NOON + 120_000, timer: 't1' })).toMatchObject({ taken: false });
    expect(session.snapshot).toBe(asked);
    session.pressed('1');
    expect(session.memory.waiting).toMatchObject({ for: 'timer', timer: 't2' });
    const again = session.snapshot;
    expect(session.send({ type: 'timer.fired', at: NOON + 120_000, timer: 't1' }).taken).toBe(false);
    expect(session.snapshot).toBe(again);
    expect(path(session.fired())).toEqual(['late', 'pause']);
  });

  it('answers a caller who speaks or presses a key, and goes on waiting', () => {
    const { session } = wait();
    const timer = session.memory.waiting;
    expect(words(session.said('hello?'))).toEqual(['Still waiting, 0.']);
    expect(words(session.pressed('1'))).toEqual(['Still waiting, 0.']);
    expect(session.silent().taken).toBe(false);
    expect(session.memory).toMatchObject({ turns: 2, waiting: timer });
  });

  it('goes on when the caller hangs up: who waits for a call back has', () => {
    const { session } = wait();
    expect(session.left().taken).toBe(false);
    expect(path(session.fired())).toEqual(['late', 'pause']);
  });
});

describe('a loop that waits and looks again', () => {
  const POLL = `
workflow: poll
otherwise: sorry
busy: One moment, please.
variables: { parcel: { from: look } }
steps:
  look:
    call: look
    save: parcel
    then: [{ if: $parcel.here = true, to: bye }, { to: pause }]
    failed: pause
  pause: { wait: 1m, then: look }
  bye: { end: Goodbye. }
  sorry: { wait: 1m, then: handoff }
  handoff: { transfer: { queue: people } }
`;

  it('goes on for days, and then to the last door, which it is not sent to again', () => {
    const session = line(POLL, { tools: { look: tool() } });
    session.start();
    const round = () => {
      session.returned({ here: false });
      return path(session.fired());
    };
    for (let rounds = 0; rounds < 4_999; rounds++) round();
    expect(session.memory.ids).toBe(9_999);
    expect(round()).toEqual(['look']);
    // The call and the wait after it are more than ten thousand.
    expect(path(session.returned({ here: false }))).toEqual(['sorry']);
    expect(path(session.fired())).toEqual(['handoff']);
    expect(session.snapshot.ended).toBe(true);
  });
});
