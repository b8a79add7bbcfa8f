import { describe, expect, it } from '@jest/globals';
import { line, NOON, path, tool, words } from './testing/line.ts';

const CLINIC = `
workflow: clinic
limits: { turns: 3 }
otherwise: desk
busy: One moment, please.
variables:
  name: { type: string, ask: What is your name? }
  sign: { type: string, initial: none }
  found: { from: patients.find }
  booked: { from: visits.book }
  called: { type: string }
interrupts:
  crisis: { when: wants to die, hears: [want to die], set: { sign: crisis }, to: crisis }
  emergency:
    when: describes an emergency
    hears: [chest pain, can't breathe]
    if: $sign = 'none'
    set: { sign: emergency }
    say: This sounds serious.
    to: emergency
steps:
  who:
    form: [name]
    then: look
  look:
    call: patients.find
    with: { name: =$name }
    save: found
    then: judge
    failed: desk
  judge:
    decide: Whether the visit is for a child.
    choices:
      child: { when: it is for a child, to: sure }
      grown: { when: it is for a grown-up, to: sure }
    otherwise: sure
  sure:
    confirm: Shall I book it?
    yes: book
    no: hold
  book:
    call: visits.book
    with: { name: =$name }
    save: booked
    then: hold
    failed: desk
  hold:
    wait: { for: 1h, signal: nurse, save: called }
    meanwhile: The nurse is told.
    then: goodbye
    timeout: desk
  goodbye:
    end: Goodbye.
  emergency:
    ask: Call 911 now. Are you alone?
    choices:
      alone: { when: is alone, press: '1', to: desk }
      other: { when: somebody is there, to: desk }
    otherwise: desk
  crisis:
    say: You can call or text 988 at any time.
    then: desk
  desk:
    transfer: { queue: nurses, brief: 'Sign: {{ $sign }}' }
`;

const TOOLS = {
  'patients.find': tool(),
  'visits.book': tool({ effect: 'writes', requires: { confirmation: true, identity: 'none' } }),
};

function clinic() {
  const session = line(CLINIC, { tools: TOOLS, unchecked: true });
  session.start();
  return session;
}

/** The session at each of its steps where the caller may speak. */
const RESTS: { readonly [step: string]: () => ReturnType<typeof clinic> } = {
  who: clinic,
  look: () => {
    const session = RESTS['who']?.() ?? clinic();
    session.said('Ann Lee');
    session.decided('answered', { name: 'Ann Lee' });
    return session;
  },
  judge: () => {
    const session = RESTS['look']?.() ?? clinic();
    session.returned({});
    return session;
  },
  sure: () => {
    const session = RESTS['judge']?.() ?? clinic();
    session.decided('grown');
    return session;
  },
  book: () => {
    const session = RESTS['sure']?.() ?? clinic();
    session.said('yes');
    session.decided('yes');
    return session;
  },
  hold: () => {
    const session = RESTS['book']?.() ?? clinic();
    session.returned({});
    return session;
  },
};

describe('an interrupt that is heard', () => {
  it.each(Object.keys(RESTS))('is taken at %s, and no decider is asked', (step) => {
    const session = RESTS[step]?.() ?? clinic();
    expect(session.step).toBe(step);
    const heard = session.said('wait, I have chest pain');
    expect(path(heard)).toEqual(['emergency']);
    expect(words(heard)).toEqual(['This sounds serious.', 'Call 911 now. Are you alone?']);
    expect(heard.effects.map(({ type }) => type).filter((type) => type !== 'cancel')).toEqual(['say', 'say', 'listen']);
    expect(session.memory.vars['sign']).toBe('emergency');
    expect(heard.moves[0]?.at).toMatchObject({ line: 14 });
  });

  it('cancels the timer of a wait', () => {
    const session = RESTS['hold']?.() ?? clinic();
    const { waiting } = session.memory;
    const timer = waiting.for === 'timer' ? waiting.timer : '';
    const heard = session.said("I can't breathe");
    expect(heard.effects[0]).toEqual({ type: 'cancel', step: 'hold', timer });
    expect(session.send({ type: 'timer.fired', at: NOON, timer }).taken).toBe(false);
  });

  it('leaves nothing of what was going on: an answer that comes later counts no more', () => {
    const session = RESTS['book']?.() ?? clinic();
    const { waiting } = session.memory;
    const [call = ''] = waiting.for === 'calls' ? Object.keys(waiting.calls) : [];
    session.said('and now?');
    expect(session.memory.early).toBe('and now?');
    expect(session.memory.confirmed).toEqual([]);
    const heard = session.said('i cant breathe');
    expect(heard.effects.some(({ type }) => type === 'decide')).toBe(false);
    expect(session.memory).toMatchObject({ early: undefined, confirmed: undefined, done: [] });
    expect(session.send({ type: 'tool.returned', at: NOON, call, output: {} }).taken).toBe(false);
  });

  it('is the first of the file, and only where its condition holds', () => {
    const session = clinic();
    expect(path(session.said('chest pain, I want to die'))).toEqual(['crisis', 'desk']);
    const again = clinic();
    again.said('chest pain');
    expect(path(again.said('my chest pain is worse'))).toEqual([]);
    expect(again.memory.waiting).toMatchObject({ for: 'decision', heard: 'my chest pain is worse' });
  });

  it('is not taken where it is denied', () => {
    const session = clinic();
    expect(path(session.said('Ann Lee, no chest pain'))).toEqual([]);
    expect(session.memory.waiting.for).toBe('decision');
  });

  it('is found in what is said in pieces', () => {
    const session = clinic();
    session.said('I have such a chest');
    expect(path(session.said('pain'))).toEqual(['emergency']);
    const early = RESTS['look']?.() ?? clinic();
    early.said('I want to');
    expect(path(early.said('die'))).toEqual(['crisis', 'desk']);
  });

  it('goes before the limit of turns, but not for ever', () => {
    const session = line(CLINIC.replace("    if: $sign = 'none'\n", ''), { tools: TOOLS, unchecked: true });
    session.start();
    let turns = 0;
    while (!session.snapshot.ended && turns < 50) {
      session.said('chest pain');
      turns += 1;
    }
    expect(turns).toBe(14);
    expect(session.step).toBe('desk');
  });

  it('may lead nowhere: it sets and says, and what was said goes on to the decider', () => {
    const text = CLINIC.replace(
      'interrupts:\n',
      "interrupts:\n  off: { when: objects, hears: [do not record], if: $called = 'on', say: I won't., set: { called: off } }\n",
    ).replace('called: { type: string }', 'called: { type: string, initial: "on" }');
    const session = line(text, { tools: TOOLS, unchecked: true });
    session.start();
    const heard = session.said("don't record me, I am Ann Lee");
    expect(words(heard)).toEqual(["I won't."]);
    expect(session.memory.vars['called']).toBe('off');
    expect(session.memory.waiting).toMatchObject({ for: 'decision', heard: 'me, I am Ann Lee' });
    expect(path(session.decided('answered', { name: 'Ann Lee' }))).toEqual(['look']);
    // While a tool is under way it is set and said at once, and only once.
    const busy = line(text, { tools: TOOLS, unchecked: true });
    busy.start();
    busy.said('Ann Lee');
    busy.decided('answered', { name: 'Ann Lee' });
    expect(words(busy.said('do not record me'))).toEqual(["I won't."]);
    expect(words(busy.said('do not record me'))).toEqual([]);
    // What holds nothing else is no attempt at the question.
    const alone = line(text, { tools: TOOLS, unchecked: true });
    alone.start();
    for (let time = 0; time < 3; time++) {
      alone.said(time === 0 ? 'do not record me' : 'hm');
      expect(words(alone.decided('unclear'))).toEqual(['What is your name?']);
      expect(alone.memory.tries).toBe(time);
    }
    const only = line(text, { tools: TOOLS, unchecked: true });
    only.start();
    const objected = only.said('Do not record!');
    expect(words(objected)).toEqual(["I won't.", 'What is your name?']);
    expect(objected.effects.map(({ type }) => type)).toEqual(['say', 'say', 'listen']);
  });

  it('is offered to the decider as well', () => {
    const session = clinic();
    session.said('something is not right with me');
    expect(path(session.decided('emergency'))).toEqual(['emergency']);
  });
});
