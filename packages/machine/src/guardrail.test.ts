import { describe, expect, it } from '@jest/globals';
import { effect, line, path, tool } from './testing/line.ts';

const tools = {
  'orders.get': tool(),
  refund: tool({ effect: 'writes' }),
  'identity.find': tool({ grants: 'looked_up' }),
};

const GUARDED = `
workflow: guarded
models: { guardrail: { id: ymj6rhd0f2ow, version: 2, to: sorry } }
otherwise: handoff
busy: One moment.
variables:
  size: { type: string, ask: Which size? }
  order: { from: orders.get }
steps:
  need:
    ask: What is it?
    choices:
      size: { when: is about the size, to: which }
      money: { when: wants the money back, to: pay }
      both: { when: wants both, to: both }
    otherwise: lost
  which:
    form: [size]
    otherwise: lost
    then: sure
  sure:
    confirm: Is it {{ $size }}?
    yes: judge
    no: lost
    otherwise: lost
  judge:
    decide: Whether it is large.
    given: [size]
    choices:
      large: { when: it is large, to: pay }
      small: { when: it is small, to: lost }
    otherwise: lost
  pay:
    call: refund
    then: lost
    failed: { retry: 2, to: lost }
  both:
    parallel:
      - { call: refund }
      - { call: orders.get, save: order }
    then: lost
    failed: { codes: { guardrail: held }, to: lost }
  lost:
    transfer: { queue: lost }
  held:
    transfer: { queue: held }
  sorry:
    transfer: { queue: sorry }
  handoff:
    transfer: { queue: people }
`;

const WITHOUT_DOOR = GUARDED.replace(', to: sorry }', ' }').replace('  sorry:\n    transfer: { queue: sorry }\n', '');

/** A session that waits for the decision of one step, or for the calls. */
function at(step: 'need' | 'which' | 'sure' | 'judge' | 'pay' | 'both', text = GUARDED) {
  const session = line(text, { tools, unchecked: true });
  session.start();
  session.said('well');
  if (step === 'need') return session;
  session.decided(step === 'pay' ? 'money' : step === 'both' ? 'both' : 'size');
  if (step === 'pay' || step === 'both') return session;
  session.said('large');
  if (step === 'which') return session;
  session.decided('answered', { size: 'large' });
  session.said('yes');
  if (step === 'sure') return session;
  session.decided('yes');
  return session;
}

describe('a decision that the guardrail blocks', () => {
  it.each(['need', 'which', 'sure', 'judge'] as const)('at %s leads to the door of the guardrail', (step) => {
    const session = at(step);
    const result = session.blocked();
    expect(path(result)).toEqual(['sorry']);
    expect(result.moves[0]?.at).toEqual(session.machine.program.steps.get(step)?.at);
  });

  it.each(['need', 'which', 'sure', 'judge'] as const)(
    "at %s leads to the step's own door, where there is no other",
    (step) => {
      expect(path(at(step, WITHOUT_DOOR).blocked())).toEqual(['lost']);
    },
  );

  it('is another failure than one that is late, which leads to the door of the step', () => {
    expect(path(at('need').undecided())).toEqual(['lost']);
  });

  it('is ignored where another is waited for', () => {
    const session = at('need');
    const late = { type: 'model.failed', at: 0, decision: 'd9', code: 'decider/guardrail', message: '' } as const;
    expect(session.send(late).taken).toBe(false);
  });
});

describe('a call of which the guardrail blocks something', () => {
  it('leads to the door of the guardrail, and counts as not done', () => {
    const result = at('pay').failed('guardrail');
    expect(path(result)).toEqual(['sorry']);
    expect(effect(result, 'transfer').brief?.done).toEqual([]);
  });

  it('has been done where it wrote and only its result is withheld: the brief says so', () => {
    const result = at('pay').failed('guardrail', undefined, { done: true });
    expect(path(result)).toEqual(['sorry']);
    expect(effect(result, 'transfer').brief?.done).toEqual(['refund']);
  });

  it('has nothing done where it only reads', () => {
    const session = at('both');
    session.returned({}, 'refund');
    const result = session.failed('guardrail', 'orders.get', { done: true });
    expect(effect(result, 'transfer').brief?.done).toEqual(['refund']);
    expect(session.memory.vars).not.toHaveProperty('order');
  });

  it("leads where the step's own codes say, before all", () => {
    const session = at('both');
    session.returned({}, 'orders.get');
    expect(path(session.failed('guardrail', 'refund'))).toEqual(['held']);
  });

  it("leads to the step's own door, where the guardrail has none", () => {
    expect(path(at('pay', WITHOUT_DOOR).failed('guardrail'))).toEqual(['lost']);
  });

  it('is another failure than one of the tool', () => {
    expect(path(at('pay').failed('timeout'))).toEqual(['lost']);
  });

  it('proves nobody, where its result is withheld', () => {
    const text = GUARDED.replace('call: refund\n', 'call: identity.find\n');
    const session = at('pay', text);
    session.failed('guardrail', undefined, { done: true });
    expect(session.memory.identity).toBe('none');
  });
});

describe('the door of the guardrail', () => {
  const AGAIN = `
workflow: again
models: { guardrail: { id: ymj6rhd0f2ow, version: 2, to: again } }
otherwise: handoff
limits: { turns: 3 }
busy: One moment.
steps:
  again:
    ask: What else?
    choices:
      person: { when: wants a person, to: handoff }
  handoff:
    transfer: { queue: people }
`;

  it('may be a question, which is put anew; who is blocked again and again comes to the last door', () => {
    const session = line(AGAIN);
    session.start();
    for (let turn = 1; turn <= 3; turn++) {
      session.said('blocked');
      expect(path(session.blocked())).toEqual(['again']);
    }
    expect(path(session.said('blocked'))).toEqual(['handoff']);
  });
});
