import { describe, expect, it } from '@jest/globals';
import { effect, line, path, tool, words } from './testing/line.ts';

const FORM = `
workflow: shipping
otherwise: handoff
variables:
  email: { type: email, ask: What is your e-mail address?, invalid: That is no address. }
  from: { type: integer, ask: From which floor? }
  to: { type: integer, ask: To which floor?, check: $to > $from, invalid: That is not above it. }
  note: { type: string }
  known: { type: string }
interrupts:
  human: { when: asks for a person, to: handoff }
  hours: { when: asks when we are open, say: From nine to five. }
steps:
  details:
    form: [email, from, to]
    intro: I need a few things.
    fill: [note]
    choices:
      none: { when: has no e-mail address, press: '*', to: handoff }
    unclear: Sorry?
    silent: Still there?
    then: done
  done:
    ask: 'Up to {{ $to }}. Anything else?'
    choices:
      again: { when: wants another one, to: details }
  handoff:
    transfer: { queue: people, brief: false }
`;

function form(text = FORM) {
  const session = line(text, { unchecked: true });
  return { session, started: session.start() };
}

describe('a form', () => {
  it('says its intro and asks for the first thing that is missing', () => {
    const { session, started } = form();
    expect(started.effects).toEqual([
      { type: 'say', step: 'details', text: 'I need a few things.' },
      { type: 'say', step: 'details', text: 'What is your e-mail address?', asks: true },
      { type: 'listen', step: 'details', expects: ['email'], silence: 6000, keys: ['*'] },
    ]);
    expect(effect(session.said('jane@example.com'), 'decide')).toMatchObject({
      choices: ['none', 'answered', 'human', 'hours', 'unclear'],
      fill: ['email', 'from', 'to', 'note'],
    });
    const next = session.decided('answered', { email: 'Jane@Example.com' });
    expect(next.effects).toEqual([
      { type: 'say', step: 'details', text: 'From which floor?', asks: true },
      { type: 'listen', step: 'details', expects: ['from'], silence: 6000, keys: ['*'] },
    ]);
    expect(session.memory.vars['email']).toBe('jane@example.com');
  });

  it('takes several at once, in any order, and what may be filled besides', () => {
    const { session } = form();
    session.said('from two to seven, and mind the dog');
    const next = session.decided('answered', { to: 7, from: 2, note: 'mind the dog' });
    expect(words(next)).toEqual(['What is your e-mail address?']);
    session.said('jane@example.com');
    const last = session.decided('answered', { email: 'jane@example.com' });
    expect(path(last)).toEqual(['done']);
    expect(session.memory.vars).toMatchObject({ email: 'jane@example.com', from: 2, to: 7, note: 'mind the dog' });
  });

  it('says what is wrong with a value that is not valid, and asks for it again', () => {
    const { session } = form();
    session.said('jane at');
    expect(words(session.decided('answered', { email: 'jane' }))).toEqual([
      'That is no address.',
      'What is your e-mail address?',
    ]);
    expect(session.memory.tries).toBe(1);
    expect(session.memory.vars).not.toHaveProperty('email');
  });

  it('says so too where something else came that is valid', () => {
    const { session } = form();
    session.said('jane at, from two');
    expect(words(session.decided('answered', { email: 'jane', from: 2 }))).toEqual([
      'That is no address.',
      'What is your e-mail address?',
    ]);
    expect(session.memory).toMatchObject({ tries: 0, vars: { from: 2 } });
  });

  it('holds a value against its check, with what came along in the same answer', () => {
    const { session } = form();
    session.said('jane@example.com, from 2 to 1');
    expect(words(session.decided('answered', { email: 'jane@example.com', from: 2, to: 1 }))).toEqual([
      'That is not above it.',
      'To which floor?',
    ]);
    session.said('from 3 to 4');
    expect(path(session.decided('answered', { to: 4, from: 3 }))).toEqual(['done']);
  });

  it('takes a correction of what was given before', () => {
    const { session } = form();
    session.said('jane@example.com');
    session.decided('answered', { email: 'jane@example.com' });
    session.said('no, june@example.com');
    expect(words(session.decided('answered', { email: 'june@example.com' }))).toEqual(['From which floor?']);
    expect(session.memory).toMatchObject({ tries: 0, vars: { email: 'june@example.com' } });
  });

  it('takes keys for what it asks for', () => {
    const { session } = form();
    session.said('jane@example.com');
    session.decided('answered', { email: 'jane@example.com' });
    expect(words(session.pressed('3'))).toEqual(['To which floor?']);
    expect(words(session.pressed('2'))).toEqual(['That is not above it.', 'To which floor?']);
    expect(path(session.pressed('5'))).toEqual(['done']);
    expect(session.memory.vars).toMatchObject({ from: 3, to: 5 });
  });

  it('takes the key of a choice first', () => {
    expect(path(form().session.pressed('*'))).toEqual(['handoff']);
  });

  it('asks for nothing that is known', () => {
    const { session, started } = form(FORM.replace('type: email,', 'type: email, initial: jane@example.com,'));
    expect(words(started)).toEqual(['I need a few things.', 'From which floor?']);
    session.said('1 to 2');
    session.decided('answered', { from: 1, to: 2 });
    session.said('again');
    const round = session.decided('again');
    expect(path(round)).toEqual(['details', 'done']);
    expect(words(round)).toEqual(['Up to 2. Anything else?']);
  });

  it('asks again for what is known where it says so', () => {
    const { session } = form(FORM.replace('then: done', 'again: true\n    then: done'));
    session.said('all');
    session.decided('answered', { email: 'jane@example.com', from: 1, to: 2, note: 'mind the dog' });
    session.said('again');
    const round = session.decided('again');
    expect(words(round)).toEqual(['I need a few things.', 'What is your e-mail address?']);
    expect(session.memory.vars).toMatchObject({ note: 'mind the dog' });
    for (const name of ['email', 'from', 'to']) expect(session.memory.vars).not.toHaveProperty(name);
  });

  it('asks again after nothing new, then the door', () => {
    const { session } = form();
    expect(words(session.silent())).toEqual(['Still there?', 'What is your e-mail address?']);
    session.said('hm');
    expect(words(session.decided('unclear'))).toEqual(['Sorry?', 'What is your e-mail address?']);
    session.said('hm');
    expect(path(session.decided('answered'))).toEqual(['handoff']);
  });

  it('does not go through the door with an answer that brings something', () => {
    const { session } = form();
    session.silent();
    session.silent();
    session.said('from two');
    expect(words(session.decided('unclear', { from: 2 }))).toEqual(['What is your e-mail address?']);
    expect(session.memory.tries).toBe(0);
  });

  it('answers an interrupt and goes on where it was', () => {
    const { session } = form();
    session.said('when are you open? from floor 2');
    expect(words(session.decided('hours', { from: 2 }))).toEqual([
      'From nine to five.',
      'What is your e-mail address?',
    ]);
    session.said('a person');
    expect(path(session.decided('human'))).toEqual(['handoff']);
  });
});

describe('what a caller says while the session is busy', () => {
  const BUSY = FORM.replace('steps:', 'steps:\n  look:\n    call: look.up\n    then: details').replace(
    'otherwise: handoff',
    'start: look\notherwise: handoff',
  );
  const busy = (text = BUSY) => {
    const session = line(text, { unchecked: true, tools: { 'look.up': tool() } });
    session.start();
    return session;
  };

  it('is tried as the answer to the next question', () => {
    const session = busy();
    const heard = session.said("it's jane@example.com");
    expect(heard).toMatchObject({ effects: [], moves: [], taken: true });
    session.said('and from two');
    const returned = session.returned({});
    expect(returned.effects).toEqual([
      expect.objectContaining({ type: 'decide', step: 'details', heard: "it's jane@example.com and from two" }),
    ]);
    expect(session.memory.early).toBeUndefined();
    const next = session.decided('answered', { email: 'jane@example.com', from: 2 });
    expect(words(next)).toEqual(['To which floor?']);
  });

  it('is no attempt where it does not answer it: the question is put in full', () => {
    const session = busy();
    session.said('hurry up');
    session.returned({});
    expect(words(session.decided('unclear'))).toEqual(['I need a few things.', 'What is your e-mail address?']);
    expect(session.memory.tries).toBe(0);
  });

  it('is kept across a decision of the model alone', () => {
    const session = busy(
      BUSY.replace(
        'then: details\n',
        'then: think\n  think:\n    decide: Which one?\n    choices:\n      one: { when: one, to: details }\n',
      ),
    );
    session.said("it's jane@example.com");
    const thinking = session.returned({});
    expect(effect(thinking, 'decide')).not.toHaveProperty('heard');
    expect(session.said('yes').taken).toBe(true);
    expect(effect(session.decided('one'), 'decide')).toMatchObject({
      step: 'details',
      heard: "it's jane@example.com yes",
    });
  });

  it('is nothing where it is blank', () => {
    const session = busy();
    session.said('  ');
    expect(words(session.returned({}))).toEqual(['I need a few things.', 'What is your e-mail address?']);
  });
});
