import { describe, expect, it } from '@jest/globals';
import { type Json, ParleyError } from '@parley/workflow';
import fc from 'fast-check';
import type { SessionEvent } from './event.ts';
import { createMachine, type Snapshot } from './machine.ts';
import { restoreSnapshot } from './restore.ts';
import { EVERY_KIND, parts, tools } from './testing/every-kind.ts';
import { line, lineOf, NOON, programOf } from './testing/line.ts';

const machine = createMachine(programOf(EVERY_KIND, { parts, tools, unchecked: true }), tools);
const other = createMachine(
  programOf(EVERY_KIND.replace('Goodbye.', 'Bye.'), { parts, tools, unchecked: true }),
  tools,
);

const kept = (snapshot: Snapshot): Json => JSON.parse(JSON.stringify(snapshot));

/** What is thrown, as its code. */
function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ParleyError) {
      expect(error.fix).toMatch(/\w/);
      return error.code;
    }
    throw error;
  }
  return 'nothing';
}

/** What the world might do next. Ids are picked from those waited for, mostly; a stale one now and then. */
interface Deed {
  readonly type: SessionEvent['type'];
  readonly stale: boolean;
  readonly before: boolean;
  readonly pick: number;
  readonly text: string;
  readonly values: { readonly [variable: string]: Json };
  readonly confidence: number;
}

const oftenAnswers: readonly SessionEvent['type'][] = [
  'model.decided',
  'model.decided',
  'tool.returned',
  'tool.returned',
];
const deed: fc.Arbitrary<Deed> = fc.record({
  type: fc.constantFrom<SessionEvent['type']>(
    ...oftenAnswers,
    'caller.said',
    'caller.said',
    'caller.pressed',
    'caller.pressed',
    'caller.silent',
    'signal.received',
    'timer.fired',
    'model.failed',
    'tool.failed',
    'session.started',
    'caller.left',
  ),
  stale: fc.nat(7).map((one) => one === 0),
  before: fc.nat(3).map((one) => one === 0),
  pick: fc.nat(1000),
  text: fc.constantFrom('hello', '', 'jane@example.com', '__proto__'),
  values: fc.record(
    {
      email: fc.constantFrom<Json>('jane@example.com', 'june@example.com', 'nonsense', null),
      quantity: fc.constantFrom<Json>(1, 2, 5, 'two', 0, [1]),
      name: fc.constantFrom<Json>('June', { a: 1 }),
      box: fc.constantFrom<Json>({ w: 5 }, 'big'),
      identify__code: fc.constantFrom<Json>('1234', 'x'),
      order: fc.constant<Json>('mischief'),
    },
    { requiredKeys: [] },
  ),
  confidence: fc.constantFrom(0.39, 0.4, 0.8, 1),
});

/** A deed at a snapshot. Where what it answers isn't waited for, most become what is. */
function eventOf(deed: Deed, { memory: { waiting } }: Snapshot, index: number): SessionEvent {
  const { type: drawn, stale, before, pick, text, values, confidence } = deed;
  const at = NOON + index * 1000;
  const type = index === 0 ? 'session.started' : stale ? drawn : fitting(drawn, waiting.for);
  const one = <T>(all: readonly T[], otherwise: T): T => all[pick % all.length] ?? otherwise;
  const early = before ? ({ before } as const) : {};
  switch (type) {
    case 'session.started':
      return {
        type,
        at,
        contact: { id: 'c1', channel: pick % 2 === 0 ? 'voice' : 'chat', attributes: { lang: 'en' } },
      };
    case 'caller.said':
      return { type, at, text, ...early };
    case 'caller.pressed':
      return { type, at, keys: one(['1', '2', '3', '0', '9', '*', '7', '1234'], '1'), ...early };
    case 'caller.silent':
      return { type, at, ...early };
    case 'caller.left':
      return { type, at };
    case 'signal.received':
      return {
        type,
        at,
        name: one(['arrived', 'arrived', 'other'], 'other'),
        data: one<Json>([12, 'x', { a: [1] }], 1),
      };
    case 'timer.fired':
      return { type, at, timer: waiting.for === 'timer' && !stale ? waiting.timer : 't1' };
    case 'model.decided': {
      const offered = waiting.for === 'decision' ? waiting.choices : ['yes'];
      // Most callers go on for a while before they ask for a person.
      const choices = pick % 7 === 0 ? offered : offered.filter((choice) => choice !== 'human');
      const decision = waiting.for === 'decision' && !stale ? waiting.decision : 'd1';
      return { type, at, decision, choice: pick % 23 === 0 ? 'nonsense' : one(choices, 'yes'), values, confidence };
    }
    case 'model.failed':
      return {
        type,
        at,
        decision: waiting.for === 'decision' || waiting.for === 'words' ? waiting.decision : 'd1',
        code: 'timeout',
        message: 'm',
      };
    case 'model.composed': {
      const decision = waiting.for === 'words' && !stale ? waiting.decision : 'd1';
      const more = pick % 3 === 0 ? ({ more: true } as const) : {};
      return { type, at, decision, text: one(['It is ordered.', 'It is 77.', ''], ''), ...more };
    }
    case 'tool.returned':
    case 'tool.failed': {
      const call = waiting.for === 'calls' && !stale ? one(Object.keys(waiting.calls), 'c1') : 'c1';
      if (type === 'tool.failed') return { type, at, call, code: one(['gone', 'timeout'], 'timeout'), message: 'm' };
      return { type, at, call, output: one<Json>([{ id: 1, list: [1, { b: null }] }, 7, null, 'x'], 7) };
    }
  }
}

function fitting(type: SessionEvent['type'], waiting: Snapshot['memory']['waiting']['for']): SessionEvent['type'] {
  if (type === 'caller.left') return 'caller.said';
  if (waiting === 'decision' && type.startsWith('tool.')) return 'model.decided';
  if (waiting === 'words' && (type.startsWith('tool.') || type === 'model.decided')) return 'model.composed';
  if (waiting === 'calls' && type.startsWith('model.')) return 'tool.returned';
  if (waiting === 'caller' && (type.startsWith('tool.') || type.startsWith('model.'))) return 'caller.said';
  if (waiting === 'timer' && (type.startsWith('tool.') || type.startsWith('model.'))) return 'signal.received';
  return type;
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

const deeds = fc.array(deed, { minLength: 1, maxLength: 60, size: 'max' });

describe('any events in any order', () => {
  // One seed that reaches everything, and one that is new each time.
  it.each([1, undefined])(
    'go the same way live and through JSON at every event, and change nothing (seed %s)',
    (seed) => {
      const visited = new Set<string>();
      const waited = new Set<string>();
      fc.assert(
        fc.property(deeds, (all) => {
          let live = machine.initial;
          let stored: Snapshot = machine.initial;
          for (const [index, one] of all.entries()) {
            const event = freeze(eventOf(one, live, index));
            const before = JSON.stringify(live);
            const result = machine.step(freeze(live), event);
            const again = machine.step(live, event);
            const other = machine.step(stored, event);
            expect(JSON.stringify(live)).toBe(before);
            expect(again).toEqual(result);
            expect({ ...other, snapshot: kept(other.snapshot) }).toEqual({
              ...result,
              snapshot: kept(result.snapshot),
            });
            if (!result.taken) expect(result.snapshot).toBe(live);
            if (live.ended) expect(result.taken).toBe(false);
            visited.add(result.snapshot.step);
            for (const { to } of result.moves) visited.add(to);
            waited.add(result.snapshot.memory.waiting.for);
            live = result.snapshot;
            stored = restoreSnapshot(machine, kept(other.snapshot));
            expect(stored).toEqual({ ...live });
          }
        }),
        { numRuns: 120, ...(seed === undefined ? {} : { seed }) },
      );
      if (seed === undefined) return;
      for (const step of machine.program.steps.keys()) expect(visited).toContain(step);
      expect([...waited].sort()).toEqual(['caller', 'calls', 'decision', 'nothing', 'timer', 'words']);
    },
  );

  it('end with the caller leaving, at every step but a wait', () => {
    fc.assert(
      fc.property(deeds, (all) => {
        let snapshot = machine.initial;
        for (const [index, one] of all.entries())
          snapshot = machine.step(snapshot, eventOf(one, snapshot, index)).snapshot;
        const { snapshot: after, effects, taken } = machine.step(snapshot, { type: 'caller.left', at: 0 });
        const goesOn = snapshot.ended || snapshot.memory.waiting.for === 'timer';
        expect(taken).toBe(!goesOn);
        if (!goesOn) expect(after).toMatchObject({ step: '(left)', ended: true });
        if (!goesOn) expect(effects).toEqual([expect.objectContaining({ type: 'end', outcome: 'left' })]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('an event', () => {
  it('that is not one of a session is refused, whatever it is called', () => {
    const session = lineOf(machine);
    session.start();
    for (const type of [
      'xstate.init',
      'xstate.done.state.x',
      'xstate.stop',
      'xstate.error.x',
      'caller',
      '',
      '*',
      'constructor',
    ]) {
      for (const snapshot of [machine.initial, session.snapshot]) {
        // What comes from outside is JSON, whatever the compiler knows of it.
        const event = JSON.parse(JSON.stringify({ type, at: 0 }));
        expect([type, codeOf(() => machine.step(snapshot, event))]).toEqual([type, 'machine/unknown-event']);
      }
    }
  });

  it('before the start means nothing', () => {
    expect(machine.step(machine.initial, { type: 'caller.said', at: 0, text: 'hello' })).toEqual({
      snapshot: machine.initial,
      effects: [],
      moves: [],
      taken: false,
    });
  });

  it('that starts what has started means nothing', () => {
    const session = lineOf(machine);
    session.start();
    const { snapshot } = session;
    expect(session.start().snapshot).toBe(snapshot);
  });
});

describe('a snapshot', () => {
  const started = () => {
    const session = lineOf(machine);
    session.start();
    return session.snapshot;
  };

  it('of another version is refused', () => {
    const snapshot = started();
    expect(codeOf(() => other.step(snapshot, { type: 'caller.silent', at: 0 }))).toBe('machine/other-version');
    expect(codeOf(() => restoreSnapshot(other, kept(snapshot)))).toBe('machine/other-version');
    expect(restoreSnapshot(machine, kept(snapshot))).toEqual({ ...snapshot });
  });

  it('of another version is refused as that, even where its step is gone', () => {
    const session = line(EVERY_KIND.replaceAll('need', 'wish'), { parts, tools, unchecked: true });
    session.start();
    expect(session.step).toBe('wish');
    expect(codeOf(() => restoreSnapshot(machine, kept(session.snapshot)))).toBe('machine/other-version');
  });

  it('of another version of a part is refused', () => {
    const changed = { identity: parts.identity.replace('And the code?', 'The code?') };
    const session = line(EVERY_KIND, { parts: changed, tools, unchecked: true });
    session.start();
    expect(codeOf(() => machine.step(session.snapshot, { type: 'caller.silent', at: 0 }))).toBe(
      'machine/other-version',
    );
  });

  it('that is damaged is refused, and the error holds none of it', () => {
    const whole = { ...started() };
    const { version, ...without } = whole;
    const damaged = [
      null,
      'snapshot',
      [],
      {},
      without,
      { ...whole, step: 'nowhere' },
      { ...whole, step: '(nowhere)' },
      { ...whole, ended: 'no' },
      { ...whole, parley: 2 },
      { ...whole, memory: { ...whole.memory, identity: 'king' } },
      { ...whole, memory: { ...whole.memory, waiting: { for: 'Jane' } } },
    ];
    for (const one of damaged) {
      const json: Json = JSON.parse(JSON.stringify(one));
      expect([one, codeOf(() => restoreSnapshot(machine, json))]).toEqual([one, 'machine/damaged']);
    }
    expect(() => restoreSnapshot(machine, 'Jane')).toThrow('This is not a snapshot of a session of every-kind.');
    expect(version).toMatch(/^[0-9a-f]{64}$/);
  });

  it('before the start, after a hang-up and where it is stuck can be restored', () => {
    const session = lineOf(machine);
    expect(restoreSnapshot(machine, kept(session.snapshot)).step).toBe('(start)');
    session.start();
    session.left();
    expect(restoreSnapshot(machine, kept(session.snapshot)).step).toBe('(left)');
    const stuck = line('\nworkflow: stuck\nsteps:\n  a:\n    branch: [{ if: 1 = 2, to: a }]\n', { unchecked: true });
    stuck.start();
    expect(restoreSnapshot(stuck.machine, kept(stuck.snapshot)).step).toBe('(stuck)');
  });

  it('is as large after 200 turns as after 2', () => {
    const session = line(
      `
workflow: long
limits: { turns: 500 }
otherwise: over
variables: { note: { type: string }, seen: { type: string } }
steps:
  need:
    ask: And now?
    fill: [note]
    choices:
      more: { when: wants more, to: look }
  look:
    call: look.up
    with: { note: =$note }
    save: seen
    then: need
  over:
    end: Goodbye.
`,
      { unchecked: true },
    );
    session.start();
    const turn = () => {
      session.said('the words of a caller, which are in the journal and not here');
      session.decided('more', { note: 'a note' });
      session.returned('what was found');
      return JSON.stringify(session.snapshot).length;
    };
    const sizes = Array.from({ length: 200 }, turn);
    // Two digits more in each of the counts of ids and turns, and in the instant none.
    expect((sizes[199] ?? 0) - (sizes[1] ?? 0)).toBeLessThanOrEqual(4);
    expect(session.memory.turns).toBe(200);
    expect(JSON.stringify(session.snapshot)).not.toContain('journal');
  });
});
