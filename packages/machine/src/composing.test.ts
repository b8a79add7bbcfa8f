import { describe, expect, it } from '@jest/globals';
import { createMachine } from './machine.ts';
import { restoreSnapshot } from './restore.ts';
import { effect, line, path, programOf, tool, words } from './testing/line.ts';

const TOOLS = {
  find: tool({
    output: {
      type: 'object',
      properties: {
        status: { type: 'string' },
        due: { type: 'string', format: 'date' },
        total: { type: 'number', format: 'money' },
        note: { type: 'string' },
      },
      required: ['status', 'due', 'total'],
    },
  }),
};

const FILE = `
workflow: shop
otherwise: handoff
busy: One moment.
guidance: You answer for Acme.
variables:
  email: { type: email, sensitive: pii, ask: What is your e-mail address? }
  order: { from: find }
interrupts:
  help: { when: needs a doctor, hears: [doctor], to: handoff }
  quiet: { when: asks us to speak up, hears: [speak up], say: I will. }
steps:
  who:
    form: [email]
    then: look
  look:
    call: find
    save: order
    then: tell
    failed: handoff
  tell:
    say:
      compose: Tell the caller where the order is.
      facts: { status: =$order.status, due: =$order.due, total: =$order.total, note: =$order.note, shop: Acme }
      longest: 120
      text: 'Your order is {{ $order.status }}.'
    then:
      - { if: $order.status = 'lost', to: handoff }
      - { to: more }
  more:
    ask: Anything else?
    choices:
      again: { when: wants to hear it again, to: tell }
      no: { when: wants nothing more, to: bye }
  bye:
    end: Goodbye.
  handoff:
    transfer: { queue: people }
`;

const ORDER = { status: 'in transit', due: '2026-10-20', total: 49.99 };

/** A session that has come to the words. */
function telling(order: typeof ORDER & { note?: string } = ORDER, file = FILE, more: { unchecked?: true } = {}) {
  const session = line(file, { tools: TOOLS, ...more });
  session.start();
  session.said('jane@example.com');
  session.decided('answered', { email: 'jane@example.com' });
  return { session, asked: session.returned(order) };
}

describe('words that the model finds', () => {
  it('are asked for with what they may hold, as it is said, and nothing else', () => {
    const { session, asked } = telling();
    expect(effect(asked, 'compose')).toEqual({
      type: 'compose',
      step: 'tell',
      decision: 'd3',
      instructions: 'Tell the caller where the order is.',
      facts: { status: 'in transit', due: 'October 20, 2026', total: '$49.99', shop: 'Acme' },
      longest: 120,
    });
    expect(words(asked)).toEqual([]);
    expect(session.step).toBe('tell');
  });

  it('are said where they hold no more, and the session goes on', () => {
    const { session } = telling();
    const told = session.composed('Your order is in transit and comes on Tuesday, October 20th.');
    expect(words(told)).toEqual(['Your order is in transit and comes on Tuesday, October 20th.', 'Anything else?']);
    expect(path(told)).toEqual(['more']);
  });

  it.each([
    ['date', 'It comes on October 21.'],
    ['name', 'It comes with FedEx.'],
    ['sensitive', 'We write to jane@example.com.'],
    ['markup', 'It is *in transit*.'],
    ['length', `It is in transit${', really'.repeat(20)}.`],
    ['empty', ''],
  ])('give way to the written text where they must not be said: %s', (why, text) => {
    const { session } = telling();
    const told = session.composed(text);
    expect(told.effects[0]).toEqual({ type: 'say', step: 'tell', text: 'Your order is in transit.', instead: why });
    expect(path(told)).toEqual(['more']);
  });

  it('that are not found give way to the written text, and its ways on', () => {
    const { session } = telling({ ...ORDER, status: 'lost' });
    const told = session.undecided();
    expect(told.effects[0]).toEqual({ type: 'say', step: 'tell', text: 'Your order is lost.' });
    expect(path(told)).toEqual(['handoff']);
  });

  it.each([
    ['is too long to be told', 'so '.repeat(400)],
    ['holds something sensitive all the same', 'It is for jane@example.com.'],
    ['holds it as it is said', 'It is for jane at example dot com.'],
  ])('are not asked for where a fact %s', (_, note) => {
    const { asked } = telling({ ...ORDER, note });
    expect(words(asked)).toEqual(['Your order is in transit.', 'Anything else?']);
    expect(asked.effects.map(({ type }) => type)).not.toContain('compose');
  });

  it('that come for what is not waited for any more mean nothing', () => {
    const { session } = telling();
    const stale = { at: 0, decision: 'd2', text: 'It is in transit.' };
    expect(session.send({ type: 'model.composed', ...stale }).taken).toBe(false);
    expect(session.send({ type: 'model.failed', at: 0, decision: 'd2', code: 'timeout', message: '' }).taken).toBe(
      false,
    );
    session.composed('It is in transit.');
    expect(session.send({ type: 'model.composed', ...stale, decision: 'd3' }).taken).toBe(false);
    expect(session.step).toBe('more');
  });

  it('are held against what the model was told, whatever is known since', () => {
    const noting = FILE.replace('say: I will.', "say: I will., set: { email: 'x@example.com' }");
    const { session } = telling(ORDER, noting);
    session.said('speak up');
    expect(words(session.composed('It comes on October 20.'))[0]).toBe('It comes on October 20.');
  });

  it('wait in a snapshot that is kept', () => {
    const { session } = telling();
    session.composed('It is in transit.', true);
    const machine = createMachine(programOf(FILE, { tools: TOOLS }), TOOLS);
    const restored = restoreSnapshot(machine, JSON.parse(JSON.stringify(session.snapshot)));
    expect(restored).toEqual(session.snapshot);
    expect(restored.memory.waiting).toMatchObject({ for: 'words', decision: 'd3', said: 'It is in transit.' });
  });
});

describe('sentences that come one by one', () => {
  it('are said as they come, and what is left at the end', () => {
    const { session } = telling();
    expect(words(session.composed('Good news.', true))).toEqual(['Good news.']);
    expect(words(session.composed('It is in transit.', true))).toEqual(['It is in transit.']);
    expect(words(session.composed('It comes on October 20.'))).toEqual(['It comes on October 20.', 'Anything else?']);
  });

  it('may all have been said when it ends', () => {
    const { session } = telling();
    session.composed('It is in transit.', true);
    expect(words(session.composed(''))).toEqual(['Anything else?']);
  });

  it('are followed by the written text where one must not be said, or no more come', () => {
    const one = telling().session;
    one.composed('Good news.', true);
    expect(words(one.composed('It comes on October 21.', true))).toEqual([
      'Your order is in transit.',
      'Anything else?',
    ]);
    const other = telling().session;
    other.composed('Good news.', true);
    expect(words(other.undecided())).toEqual(['Your order is in transit.', 'Anything else?']);
  });

  it('are together no longer than the step allows', () => {
    const { session } = telling();
    session.composed(`It is in transit${', really'.repeat(10)}.`, true);
    expect(session.composed('And it is, as we said, in transit.').effects[0]).toMatchObject({ instead: 'length' });
  });
});

describe('a caller who speaks before the words are found', () => {
  it('is heard at the next question', () => {
    const { session } = telling();
    expect(session.said('no thanks').effects).toEqual([]);
    const told = session.composed('It is in transit.');
    expect(words(told)).toEqual(['It is in transit.']);
    expect(effect(told, 'decide')).toMatchObject({ step: 'more', heard: 'no thanks' });
  });

  it('and says what is always heard goes there, and the words come too late', () => {
    const { session } = telling();
    const heard = session.said('I need a doctor');
    expect(path(heard)).toEqual(['handoff']);
    expect(session.send({ type: 'model.composed', at: 0, decision: 'd3', text: 'It is in transit.' }).taken).toBe(
      false,
    );
  });

  it('may leave', () => {
    const { session } = telling();
    expect(effect(session.left(), 'end')).toMatchObject({ outcome: 'left' });
  });
});

it('what is composed counts towards the end of what goes round for ever', () => {
  const { session } = telling(ORDER, FILE.replace('{ to: more }', '{ to: tell }'), { unchecked: true });
  let answers = 0;
  while (session.step === 'tell' && answers < 100) {
    session.composed('It is in transit.');
    answers += 1;
  }
  expect(session.step).toBe('handoff');
  expect(answers).toBeLessThan(100);
});

it('words that the guardrail blocks lead to its door, or give way to the written text', () => {
  const guarded = `${FILE}models: { guardrail: { id: gr1, version: '1', to: bye } }\n`;
  const blocked = { type: 'model.failed', at: 0, decision: 'd3', code: 'decider/guardrail', message: '' } as const;
  expect(path(telling(ORDER, guarded).session.send(blocked))).toEqual(['bye']);
  expect(words(telling().session.send(blocked))[0]).toBe('Your order is in transit.');
});
