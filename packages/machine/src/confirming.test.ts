import { describe, expect, it } from '@jest/globals';
import { effect, line, path, tool, words } from './testing/line.ts';

const tools = {
  'look.up': tool({ grants: 'looked_up' }),
  'send.code': tool({ grants: 'code' }),
  refund: tool({ effect: 'writes', requires: { confirmation: true, identity: 'none' } }),
  close: tool({ effect: 'writes', requires: { confirmation: false, identity: 'code' } }),
};

const REFUND = `
workflow: refunds
otherwise: handoff
variables:
  amount: { type: integer, initial: 5 }
  orderId: { type: string, initial: W1 }
  reason: { type: string, initial: none }
  result: { from: refund }
interrupts:
  hours: { when: asks when we are open, press: '9', say: From nine to five. }
steps:
  read_back:
    confirm: 'Refund {{ $amount }} for {{ $orderId }}?'
    yes: refund
    no: { to: why, set: { reason: changed_mind } }
    fill: [amount]
    choices:
      later: { when: wants to do it later, to: handoff }
    otherwise: sorry
  refund:
    call: refund
    with: { order: { id: =$orderId }, amounts: [=$amount] }
    save: result
    then: handoff
    failed: { to: sorry, codes: { not_allowed: refused } }
  why:
    ask: Why not?
    choices:
      back: { when: wants the refund after all, to: refund }
      readback: { when: wants to hear it again, to: read_back }
  refused:
    end: That is not possible.
  sorry:
    end: Sorry.
  handoff:
    transfer: { queue: people }
`;

function confirm(text = REFUND) {
  const session = line(text, { tools, unchecked: true });
  return { session, started: session.start() };
}

describe('a confirmation', () => {
  it('reads back and listens for a yes or a no', () => {
    const { session, started } = confirm();
    expect(started.effects).toEqual([
      { type: 'say', step: 'read_back', text: 'Refund 5 for W1?', asks: true },
      { type: 'listen', step: 'read_back', expects: ['amount'], silence: 6000, keys: ['9', '1', '2'] },
    ]);
    expect(effect(session.said('yes'), 'decide').choices).toEqual([
      'later',
      'yes',
      'no',
      'changed',
      'hours',
      'unclear',
    ]);
  });

  it('offers no correction where nothing can be corrected', () => {
    const { session } = confirm(REFUND.replace('    fill: [amount]\n', ''));
    expect(effect(session.said('yes'), 'decide').choices).not.toContain('changed');
  });

  it('takes a yes, by words or by key', () => {
    for (const yes of ['said', 'pressed'] as const) {
      const { session } = confirm();
      if (yes === 'said') session.said('yes');
      const result = yes === 'said' ? session.decided('yes') : session.pressed('1');
      expect(path(result)).toEqual(['refund']);
      expect(effect(result, 'call')).toEqual({
        type: 'call',
        step: 'refund',
        call: yes === 'said' ? 'c2' : 'c1',
        tool: 'refund',
        input: { order: { id: 'W1' }, amounts: [5] },
        retry: 0,
      });
    }
  });

  it('takes a no, by words or by key, and what it sets', () => {
    const { session } = confirm();
    session.said('no');
    expect(path(session.decided('no'))).toEqual(['why']);
    expect(session.memory.vars['reason']).toBe('changed_mind');
    expect(path(confirm().session.pressed('2'))).toEqual(['why']);
  });

  it('reads back again what was corrected, whatever came with it', () => {
    for (const choice of ['changed', 'yes', 'no']) {
      const { session } = confirm();
      session.said('no, seven');
      const result = session.decided(choice, { amount: 7 });
      expect(result.moves).toEqual([]);
      expect(words(result)).toEqual(['Refund 7 for W1?']);
      session.said('yes');
      expect(effect(session.decided('yes'), 'call').input).toEqual({ order: { id: 'W1' }, amounts: [7] });
    }
  });

  it('takes any number of corrections, and none in place of another choice', () => {
    const { session } = confirm();
    for (const amount of [6, 7, 8, 9]) {
      session.said('no, another amount');
      const corrected = session.decided('changed', { amount });
      expect([path(corrected), words(corrected)]).toEqual([[], [`Refund ${amount} for W1?`]]);
    }
    session.said('make it 10, but later');
    expect(path(session.decided('later', { amount: 10 }))).toEqual(['handoff']);
  });

  it('is a yes where the value is the one that was read back', () => {
    const { session } = confirm();
    session.said('yes, five');
    expect(path(session.decided('yes', { amount: 5 }))).toEqual(['refund']);
  });

  it('is not understood where something was corrected but nothing valid was given', () => {
    const { session } = confirm();
    session.said('not that');
    expect(words(session.decided('changed', { amount: 'lots' }))).toEqual(['Refund 5 for W1?']);
    expect(session.memory.tries).toBe(1);
    session.silent();
    session.said('hm');
    expect(path(session.decided('changed'))).toEqual(['sorry']);
  });

  it('takes no yes to what the caller has not heard yet', () => {
    const { session } = confirm();
    const { choices } = effect(session.saidBefore('yes yes'), 'decide');
    expect(choices).toEqual(['later', 'no', 'changed', 'hours', 'unclear']);
    expect(words(session.decided('unclear'))).toEqual(['Refund 5 for W1?']);
    expect(effect(session.said('yes'), 'decide').choices).toContain('yes');
  });

  it('takes no yes that was said while something was looked up', () => {
    const { session } = confirm(
      REFUND.replace('steps:', 'start: look\nsteps:\n  look:\n    call: look.up\n    then: read_back'),
    );
    session.said('yes please');
    expect(effect(session.returned({}), 'decide')).toMatchObject({
      heard: 'yes please',
      choices: ['later', 'no', 'changed', 'hours', 'unclear'],
    });
    expect(path(session.decided('yes'))).toEqual(['sorry']);
  });
});

describe('a tool that requires a confirmation', () => {
  it('is not called without one: the door not_allowed', () => {
    const { session } = confirm(REFUND.replace('steps:', 'start: refund\nsteps:'));
    expect(session.step).toBe('refused');
    expect(session.memory.ids).toBe(0);
  });

  it('is not called after the next question', () => {
    const { session } = confirm(REFUND.replace('    yes: refund', '    yes: why'));
    session.said('yes');
    session.decided('yes');
    session.said('go on then');
    const result = session.decided('back');
    expect(path(result)).toEqual(['refund', 'refused']);
    expect(result.effects.some(({ type }) => type === 'call')).toBe(false);
  });

  it('is not called after a no, nor after an interrupt', () => {
    const { session } = confirm();
    session.pressed('2');
    session.said('go on then');
    expect(path(session.decided('back'))).toEqual(['refund', 'refused']);
    const other = confirm().session;
    other.pressed('9');
    expect(path(other.pressed('1'))).toEqual(['refund']);
  });

  it('is not called with a variable that was set since, even deep in its input', () => {
    for (const [set, allowed] of [
      ['amount: 50', false],
      ['orderId: W2', false],
      ['orderId: null', false],
      ['reason: none', true],
    ] as const) {
      const { session } = confirm(
        REFUND.replace('yes: refund', `yes: { to: refund, set: { ${set} } }`).replace('[=$amount]', '[0, =$amount, 1]'),
      );
      session.said('yes');
      expect(path(session.decided('yes'))).toEqual(allowed ? ['refund'] : ['refund', 'refused']);
    }
  });

  it('is not called with a variable that was set since, whatever else is set after it', () => {
    const { session } = confirm(
      REFUND.replace('yes: refund', 'yes: { to: log, set: { amount: 50 } }').replace(
        '  refund:\n',
        '  log:\n    branch: [{ to: refund, set: { reason: agreed } }]\n  refund:\n',
      ),
    );
    session.said('yes');
    expect(path(session.decided('yes'))).toEqual(['log', 'refund', 'refused']);
  });

  it('is called after another call too, while what was read back is as it was', () => {
    const { session } = confirm(
      REFUND.replace('yes: refund', 'yes: look').replace(
        '  refund:\n',
        '  look:\n    call: look.up\n    save: reason\n    then: refund\n  refund:\n',
      ),
    );
    session.said('yes');
    session.decided('yes');
    expect(path(session.returned('W2'))).toEqual(['refund']);
    expect(session.memory.waiting.for).toBe('calls');
  });

  it('is not called with what a tool has returned since', () => {
    const { session } = confirm(
      REFUND.replace('yes: refund', 'yes: look').replace(
        '  refund:\n',
        '  look:\n    call: look.up\n    save: orderId\n    then: refund\n  refund:\n',
      ),
    );
    session.said('yes');
    session.decided('yes');
    expect(path(session.returned('W2'))).toEqual(['refund', 'refused']);
  });

  it('is called inside of a part with what was read back, and not with what was set since', () => {
    const part = `
part: refunding
inputs:
  order: { type: string }
  amount: { type: integer }
steps:
  pay:
    call: refund
    with: { order: { id: =$order }, amounts: [=$amount] }
    then: paid
    failed: { to: paid, codes: { not_allowed: refused } }
  paid:
    end: { outcome: paid }
  refused:
    end: { outcome: refused }
`;
    const use = `
  refund:
    use: refunding
    with: { order: =$orderId, amount: =$amount }
    outcomes: { paid: handoff, refused: refused }
  why:`;
    const text = REFUND.replace(/\n {2}refund:\n.*?\n {2}why:/s, use);
    for (const [yes, allowed] of [
      ['refund', true],
      ['{ to: refund, set: { amount: 50 } }', false],
      ['{ to: refund, set: { reason: none } }', true],
    ] as const) {
      const edited = text.replace('yes: refund', `yes: ${yes}`);
      const session = line(edited, { tools, parts: { refunding: part }, unchecked: true });
      session.start();
      session.said('yes');
      const result = session.decided('yes');
      expect(result.effects.some(({ type }) => type === 'call')).toBe(allowed);
      expect(path(result).includes('refund/refused')).toBe(!allowed);
    }
  });

  it('is called inside of a part that is given again what was read back', () => {
    const part = `
part: refunding
inputs:
  order: { type: string }
variables:
  found: { from: look.up }
steps:
  look:
    call: look.up
    save: found
    then: [{ if: $found = 'moved', to: again, set: { order: W9 } }, { to: pay }]
    failed: refused
  pay:
    call: refund
    with: { order: { id: =$order } }
    then: paid
    failed: refused
  paid:
    end: { outcome: paid }
  again:
    end: { outcome: again }
  refused:
    end: { outcome: refused }
`;
    const use = `
  refund:
    use: refunding
    with: { order: =$orderId }
    outcomes: { paid: handoff, again: refund, refused: refused }
  why:`;
    const text = REFUND.replace(/\n {2}refund:\n.*?\n {2}why:/s, use);
    const session = line(text, { tools, parts: { refunding: part }, unchecked: true });
    session.start();
    session.said('yes');
    session.decided('yes');
    expect(path(session.returned('moved'))).toEqual(['refund/again', 'refund', 'refund/look']);
    expect(effect(session.returned('there'), 'call')).toMatchObject({ tool: 'refund', input: { order: { id: 'W1' } } });
  });
});

describe('a tool that requires an identity', () => {
  const IDENTITY = `
workflow: accounts
otherwise: handoff
variables:
  level: { type: string }
steps:
  first:
    call: close
    then: handoff
    failed: look
  look:
    call: look.up
    then: second
  second:
    call: close
    then: handoff
    failed: code
  code:
    call: send.code
    then: third
    failed: second
  third:
    call: close
    then: [{ to: handoff, set: { level: =$identity } }]
  handoff:
    transfer: { queue: people }
`;

  it('is called only once calls have proved it', () => {
    const session = line(IDENTITY, { tools, unchecked: true });
    expect(path(session.start())).toEqual(['first', 'look']);
    expect(session.memory.identity).toBe('none');
    expect(path(session.returned({}))).toEqual(['second', 'code']);
    expect(session.memory.identity).toBe('looked_up');
    expect(path(session.returned({}))).toEqual(['third']);
    expect(session.memory.identity).toBe('code');
    const last = session.returned({});
    expect(session.memory.vars['level']).toBe('code');
    expect(effect(last, 'transfer').brief).toMatchObject({ identity: 'code', done: ['close'] });
  });

  it('is proved by no call that failed', () => {
    const session = line(IDENTITY, { tools, unchecked: true });
    session.start();
    session.returned({});
    const failed = session.failed('wrong_code');
    expect(path(failed)).toEqual(['second', 'code']);
    expect(session.memory.identity).toBe('looked_up');
  });

  it('is not lost to a call that proves less', () => {
    const session = line(IDENTITY.replace('third:\n    call: close', 'third:\n    call: look.up'), {
      tools,
      unchecked: true,
    });
    session.start();
    session.returned({});
    session.returned({});
    session.returned({});
    expect(session.memory.identity).toBe('code');
  });
});
