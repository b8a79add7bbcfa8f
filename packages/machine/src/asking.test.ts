import { describe, expect, it } from '@jest/globals';
import { effect, line, NOON, path, words } from './testing/line.ts';

const DESK = `
workflow: desk
limits: { reprompts: 2, silence: 4s }
otherwise: handoff
variables:
  orderId: { type: string, pattern: 'W\\d{7}' }
  goal: { type: string, initial: none }
  vip: { type: boolean }
interrupts:
  human: { when: asks for a person, press: '0', say: Right away., to: handoff }
  hours: { when: asks when we are open, press: '9', say: We are open from nine to five., set: { goal: hours } }
steps:
  welcome:
    say: Hello.
    then: need
  need:
    ask: What can I do for you?
    choices:
      track: { when: wants to know where an order is, press: '1', to: tracked, say: 'Let me {{ $goal }} it.', set: { goal: track } }
      lounge: { when: asks for the lounge, press: '2', if: $vip = true, to: lounge }
    fill: [orderId, vip]
    unclear: I can look up an order.
    silent: Are you there?
    otherwise: sorry
  tracked:
    ask: 'Order {{ $orderId }}, {{ $goal }}. Anything else?'
    choices:
      more: { when: wants something else, to: need }
  lounge:
    end: Welcome to the lounge.
  sorry:
    say: I am sorry.
    then: handoff
  handoff:
    transfer: { queue: people }
`;

function asked(text = DESK) {
  const session = line(text, { unchecked: true });
  session.start();
  return session;
}

describe('say and ask', () => {
  it('says, asks and listens', () => {
    const session = line(DESK);
    const { effects, moves, taken } = session.start();
    expect(effects).toEqual([
      { type: 'say', step: 'welcome', text: 'Hello.' },
      { type: 'say', step: 'need', text: 'What can I do for you?', asks: true },
      { type: 'listen', step: 'need', expects: ['orderId', 'vip'], silence: 4000, keys: ['1', '0', '9'] },
    ]);
    expect(moves.map(({ from, to, at }) => [from, to, at?.line])).toEqual([
      ['(start)', 'welcome', 1],
      ['welcome', 'need', 15],
    ]);
    expect(taken).toBe(true);
    expect(session.snapshot).toMatchObject({ parley: 1, workflow: 'desk', step: 'need', ended: false });
    expect(session.memory).toMatchObject({
      vars: { goal: 'none', contact: { id: 'c1', channel: 'chat', date: '2026-11-24', time: '12:00' } },
      identity: 'none',
      waiting: { for: 'caller' },
      asked: 'need',
      turns: 0,
      at: NOON,
    });
  });

  it('asks the decider what was meant, of the choices whose condition holds', () => {
    const session = asked();
    const { effects } = session.said('where is it');
    expect(effects).toEqual([
      {
        type: 'decide',
        step: 'need',
        decision: 'd1',
        question: session.machine.questions.get('need')?.hash,
        choices: ['track', 'human', 'hours', 'unclear'],
        fill: ['orderId', 'vip'],
        heard: 'where is it',
      },
    ]);
    expect(session.memory).toMatchObject({ turns: 1, waiting: { for: 'decision', decision: 'd1' } });
    session.decided('unclear', { vip: true });
    expect(effect(session.said('the lounge'), 'decide').choices).toContain('lounge');
  });

  it('takes the values that come along with a choice before it sets, says and asks', () => {
    const session = asked();
    session.said('where is w1234567');
    const result = session.decided('track', { orderId: 'w1234567' });
    expect(words(result)).toEqual(['Let me track it.', 'Order W1234567, track. Anything else?']);
    expect(path(result)).toEqual(['tracked']);
    expect(session.memory.vars).toMatchObject({ orderId: 'W1234567', goal: 'track' });
  });

  it('takes no value that is not valid or not wanted', () => {
    const session = asked();
    session.said('where is it');
    session.decided('track', { orderId: 'nonsense', goal: 'mischief', contact: 'mischief' });
    expect(session.memory.vars).toEqual({
      goal: 'track',
      contact: { id: 'c1', channel: 'chat', date: '2026-11-24', time: '12:00' },
    });
  });

  it('never takes a choice that was not offered: that is the door', () => {
    for (const choice of ['lounge', 'tracked', 'yes', '', 'constructor', '__proto__']) {
      const session = asked();
      session.said('let me in');
      expect(path(session.decided(choice))).toEqual(['sorry', 'handoff']);
    }
  });

  it('goes through the door when the model fails', () => {
    const session = asked();
    session.said('where is it');
    expect(path(session.undecided())).toEqual(['sorry', 'handoff']);
  });

  it('counts a choice of too little confidence as unclear', () => {
    const session = asked(DESK.replace('silence: 4s', 'silence: 4s, confidence: 0.5'));
    session.said('hm');
    expect(words(session.decided('track', {}, 0.49))).toEqual(['I can look up an order.']);
    session.said('track');
    expect(path(session.decided('track', {}, 0.5))).toEqual(['tracked']);
  });
});

describe('an answer that is not understood', () => {
  it('is asked for again as often as the limit says, then the door', () => {
    const session = asked();
    for (const _ of [1, 2]) {
      session.said('hm');
      const { effects, moves } = session.decided('unclear');
      expect(effects).toEqual([
        { type: 'say', step: 'need', text: 'I can look up an order.' },
        { type: 'listen', step: 'need', expects: ['orderId', 'vip'], silence: 4000, keys: ['1', '0', '9'] },
      ]);
      expect(moves).toEqual([]);
    }
    session.said('hm');
    expect(path(session.decided('unclear'))).toEqual(['sorry', 'handoff']);
  });

  it('is asked for with the question itself where no other words are given', () => {
    const session = asked();
    session.pressed('1');
    session.said('hm');
    expect(session.decided('unclear').effects[0]).toEqual({
      type: 'say',
      step: 'tracked',
      text: 'Order, track. Anything else?',
      asks: true,
    });
  });

  it('leaves what was given along with it', () => {
    const session = asked();
    session.said('W1234567');
    session.decided('unclear', { orderId: 'W1234567' });
    expect(session.memory.vars['orderId']).toBe('W1234567');
  });

  it('has a limit of its own where the question has one', () => {
    const session = asked(DESK.replace('unclear: I can', 'reprompts: 0\n    unclear: I can'));
    session.said('hm');
    expect(path(session.decided('unclear'))).toEqual(['sorry', 'handoff']);
  });

  it('is forgotten at the next question', () => {
    const session = asked();
    session.silent();
    session.silent();
    expect(session.memory.tries).toBe(2);
    session.pressed('1');
    expect(session.memory.tries).toBe(0);
    expect(path(session.silent())).toEqual([]);
  });
});

describe('silence', () => {
  it('is asked into, then the door', () => {
    const session = asked();
    expect(words(session.silent())).toEqual(['Are you there?']);
    expect(words(session.silent())).toEqual(['Are you there?']);
    expect(path(session.silent())).toEqual(['sorry', 'handoff']);
  });

  it('counts together with what was not understood', () => {
    const session = asked();
    session.silent();
    session.said('hm');
    session.decided('unclear');
    expect(path(session.silent())).toEqual(['sorry', 'handoff']);
  });

  it('while an answer is on its way is patience', () => {
    const session = asked();
    session.said('where is it');
    const before = session.snapshot;
    const result = session.silent();
    expect(result).toEqual({ snapshot: before, effects: [], moves: [], taken: false });
    expect(result.snapshot).toBe(before);
  });
});

describe('keys', () => {
  it('pick a choice without the model', () => {
    const session = asked();
    const result = session.pressed('1');
    expect(path(result)).toEqual(['tracked']);
    expect(words(result)[0]).toBe('Let me track it.');
    expect(session.memory).toMatchObject({ turns: 1, vars: { goal: 'track' } });
  });

  it('of a choice whose condition does not hold mean nothing', () => {
    const session = asked();
    const refused = session.pressed('2');
    expect(words(refused)).toEqual(['I can look up an order.']);
    session.said('I am a VIP');
    const { keys } = effect(session.decided('unclear', { vip: true }), 'listen');
    expect(keys).toEqual(['1', '2', '0', '9']);
    expect(path(session.pressed('2'))).toEqual(['lounge']);
  });

  it('that mean nothing count as an attempt', () => {
    const session = asked();
    session.pressed('5');
    session.pressed('5');
    expect(path(session.pressed('5'))).toEqual(['sorry', 'handoff']);
  });

  it('of an interrupt interrupt', () => {
    expect(path(asked().pressed('0'))).toEqual(['handoff']);
    expect(words(asked().pressed('9'))[0]).toBe('We are open from nine to five.');
  });
});

describe('interrupts', () => {
  it('lead on from any question', () => {
    const session = asked();
    session.said('a person');
    const result = session.decided('human');
    expect(path(result)).toEqual(['handoff']);
    expect(words(result)).toEqual(['Right away.']);
    expect(session.snapshot.ended).toBe(true);
  });

  it('without a step to go to are answered, and the question put again', () => {
    const session = asked();
    session.silent();
    session.said('when are you open');
    const { effects, moves } = session.decided('hours', { orderId: 'W1234567' });
    expect(effects).toEqual([
      { type: 'say', step: 'need', text: 'We are open from nine to five.' },
      { type: 'say', step: 'need', text: 'What can I do for you?', asks: true },
      { type: 'listen', step: 'need', expects: ['orderId', 'vip'], silence: 4000, keys: ['1', '0', '9'] },
    ]);
    expect(moves).toEqual([]);
    expect(session.memory).toMatchObject({ tries: 1, vars: { goal: 'hours', orderId: 'W1234567' } });
  });

  it('give way to a choice of the same name', () => {
    const session = asked(DESK.replace('more: {', 'human: {'));
    session.pressed('1');
    session.said('a person');
    expect(path(session.decided('human'))).toEqual(['need']);
  });
});

describe('a caller who goes on speaking', () => {
  it('is heard as a whole, and the answer to the first half is stale', () => {
    const session = asked();
    session.said('where is');
    const first = session.memory.waiting;
    expect(effect(session.said('my parcel'), 'decide')).toMatchObject({ decision: 'd2', heard: 'where is my parcel' });
    const before = session.snapshot;
    const late = session.send({
      type: 'model.decided',
      at: NOON,
      decision: first.for === 'decision' ? first.decision : '',
      choice: 'human',
      values: { vip: true },
      confidence: 1,
    });
    expect(late.taken).toBe(false);
    expect(late.snapshot).toBe(before);
    expect(path(session.decided('track'))).toEqual(['tracked']);
  });
});

describe('what comes before the caller could hear the question', () => {
  it('is tried as its answer', () => {
    const session = asked();
    session.saidBefore('where is it');
    expect(path(session.decided('track'))).toEqual(['tracked']);
  });

  it('is no attempt where it does not answer it: the question is put', () => {
    const session = asked();
    session.silent();
    session.silent();
    session.saidBefore('hm');
    expect(words(session.decided('unclear'))).toEqual(['What can I do for you?']);
    expect(session.memory.tries).toBe(2);
  });

  it('means nothing where it is a key or silence', () => {
    const session = asked();
    const before = session.snapshot;
    expect(session.send({ type: 'caller.pressed', at: NOON, keys: '1', before: true }).snapshot).toBe(before);
    expect(session.send({ type: 'caller.silent', at: NOON, before: true }).snapshot).toBe(before);
  });

  it('means nothing where it is a key while earlier words are still being tried: the question was not heard', () => {
    const session = asked();
    session.saidBefore('hm');
    expect(session.pressed('1').taken).toBe(false);
    expect(words(session.decided('unclear'))).toEqual(['What can I do for you?']);
    expect(session.pressed('1').taken).toBe(true);
  });
});

describe('turns', () => {
  it('have a limit, beyond which is the last door', () => {
    const session = asked(DESK.replace('reprompts: 2', 'turns: 3, reprompts: 2'));
    for (const _ of [1, 2, 3]) {
      session.pressed('9');
      expect(session.step).toBe('need');
    }
    expect(path(session.said('and now?'))).toEqual(['handoff']);
    expect(session.snapshot.ended).toBe(true);
  });

  it('are counted for words, keys and silence alike', () => {
    for (const last of ['said', 'pressed', 'silent'] as const) {
      const session = asked(DESK.replace('reprompts: 2', 'turns: 2, reprompts: 2'));
      session.silent();
      session.pressed('9');
      const result = last === 'silent' ? session.silent() : session[last]('9');
      expect(path(result)).toEqual(['handoff']);
    }
  });
});

describe('the last door, where it asks', () => {
  const OUT_OF_HOURS = `
workflow: hours
otherwise: callback
limits: { turns: 2, reprompts: 0 }
steps:
  need:
    ask: What can I do for you?
    choices:
      more: { when: wants something, to: need }
      bye: { when: wants nothing more, to: bye }
  callback:
    ask: Shall we call you back?
    choices:
      agree: { when: would like that, to: bye }
      other: { when: has another question, to: need }
    otherwise: handoff
  bye: { end: Goodbye. }
  handoff: { transfer: { queue: people } }
`;
  const overdrawn = () => {
    const session = line(OUT_OF_HOURS, { unchecked: true });
    session.start();
    for (const _ of [1, 2]) {
      session.said('hm');
      session.decided('more');
    }
    expect(path(session.said('and?'))).toEqual(['callback']);
    return session;
  };

  it('takes an answer of a caller who has had all turns', () => {
    const session = overdrawn();
    session.said('yes please');
    expect(path(session.decided('agree'))).toEqual(['bye']);
  });

  it('is come to again from a question that is not behind it, and left by its own door after ten turns more', () => {
    const session = overdrawn();
    // A turn at each of the two questions: eleven so far, with the three before.
    for (const _ of [1, 2, 3, 4]) {
      session.said('something else');
      expect(path(session.decided('other'))).toEqual(['need']);
      expect(path(session.said('well'))).toEqual(['callback']);
    }
    session.said('something else');
    session.decided('other');
    expect(session.memory.turns).toBe(12);
    expect(path(session.said('well'))).toEqual(['callback']);
    expect(path(session.said('something else'))).toEqual(['handoff']);
    expect(session.snapshot.ended).toBe(true);
  });
});

describe('the caller leaving', () => {
  it('ends the session at a question and while a decision is made', () => {
    for (const deciding of [false, true]) {
      const session = asked();
      if (deciding) session.said('hm');
      expect(session.left().effects).toEqual([{ type: 'end', step: 'need', outcome: 'left' }]);
      expect(session.snapshot).toMatchObject({ step: '(left)', ended: true });
    }
  });

  it('is the end: whatever comes after is ignored', () => {
    const session = asked();
    session.said('hm');
    session.left();
    const { snapshot } = session;
    for (const result of [
      session.left(),
      session.said('hello?'),
      session.start(),
      session.send({ type: 'model.decided', at: NOON, decision: 'd1', choice: 'track', values: {}, confidence: 1 }),
    ]) {
      expect(result).toEqual({ snapshot, effects: [], moves: [], taken: false });
      expect(result.snapshot).toBe(snapshot);
    }
  });
});

describe('the words of a snapshot', () => {
  it('are those of the open question', () => {
    const session = asked();
    expect(session.machine.words(session.snapshot)).toEqual({ asked: 'What can I do for you?', meanwhile: '' });
  });
});
