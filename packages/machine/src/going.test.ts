import { describe, expect, it } from '@jest/globals';
import { effect, line, path, tool, words } from './testing/line.ts';

const DOORS = `
  sorry:
    end: { say: Sorry., outcome: failed }
  handoff:
    transfer: { queue: people }
`;

const branch = (vars: string, routes: string) => {
  const session = line(
    `
workflow: branches
otherwise: handoff
variables: { a: ${vars}, b: { type: integer }, c: { type: list, of: { type: integer }, initial: [] } }
steps:
  which:
    branch:
${routes}
  yes:
    end: ''
  no:
    end: ''
${DOORS}`,
    { unchecked: true },
  );
  return { session, went: path(session.start()).at(-1) };
};

describe('a branch', () => {
  it('goes where the first condition leads that is true, and only where it is exactly true', () => {
    for (const [condition, to] of [
      ['$a = 1', 'yes'],
      ['$a = 2', 'no'],
      ['$a', 'no'],
      ['$contact', 'no'],
      ['$b', 'no'],
      ['$b = 1', 'no'],
      ['$b != 1', 'no'],
      ['$c', 'no'],
      ["'true'", 'no'],
      ['$boolean($a)', 'yes'],
    ] as const) {
      const { went } = branch(
        '{ type: integer, initial: 1 }',
        `      - { if: "${condition}", to: yes }\n      - { to: no }`,
      );
      expect([condition, went]).toEqual([condition, to]);
    }
  });

  it('goes through the last door where none holds', () => {
    const { went } = branch(
      '{ type: integer, initial: 1 }',
      '      - { if: $a = 2, to: yes }\n      - { if: $a = 3, to: no }',
    );
    expect(went).toBe('handoff');
  });
});

describe('what is set on the way', () => {
  const set = (assignments: string) => {
    const { session } = branch('{ type: integer, initial: 1 }', `      - { to: yes, set: ${assignments} }`);
    return session.memory.vars;
  };

  it('is worked out before any of it is set', () => {
    expect(set('{ a: =$a + 1, b: =$a }')).toMatchObject({ a: 2, b: 1 });
    expect(set('{ b: =$a, a: 7 }')).toMatchObject({ a: 7, b: 1 });
  });

  it('clears a variable with null, and with what has no value', () => {
    expect(set('{ a: null }')).not.toHaveProperty('a');
    expect(set('{ a: =$b }')).not.toHaveProperty('a');
  });

  it('can be data with expressions anywhere in it', () => {
    expect(set('{ c: [=$a, 2, =$b] }')).toMatchObject({ c: [1, 2] });
  });
});

describe('going round and round', () => {
  const round = (steps: string, otherwise = 'otherwise: handoff') =>
    line(
      `\nworkflow: round\n${otherwise}\nvariables: { n: { type: integer, initial: 0 }, m: { type: integer } }\nsteps:\n${steps}${DOORS}`,
      {
        unchecked: true,
        tools: { poll: tool(), refund: tool({ requires: { confirmation: true, identity: 'none' } }) },
      },
    );
  const A_AND_B = '  a:\n    branch: [{ to: b }]\n  b:\n    say: Round.\n    then: [{ to: a, set: { n: =$n + 1 } }]\n';

  it('ends at the last door', () => {
    const session = round(A_AND_B);
    const { moves } = session.start();
    expect(session.step).toBe('handoff');
    // Twice as many steps as there are, and 20: 28, and the one that is too many; then the door.
    expect(moves).toHaveLength(30);
    expect(session.memory.vars['n']).toBe(14);
  });

  it('ends at a last door that takes some steps to lead out', () => {
    const session = round(`${A_AND_B}  calm:\n    say: Hold on.\n    then: handoff\n`, 'otherwise: calm');
    expect(path(session.start()).slice(-2)).toEqual(['calm', 'handoff']);
  });

  it('ends where there is no door, and where that only leads back into it', () => {
    for (const otherwise of ['title: Round', 'otherwise: b']) {
      const session = round(A_AND_B, otherwise);
      const { effects } = session.start();
      expect(session.snapshot).toMatchObject({ step: '(stuck)', ended: true });
      expect(effects.slice(-2)).toEqual([
        {
          type: 'say',
          step: 'a',
          text: 'I am sorry, something went wrong on our side. Please contact us again.',
        },
        { type: 'end', step: 'a', outcome: 'stuck' },
      ]);
    }
  });

  it('ends over calls too, however long each took, and begins no call that nobody waits for', () => {
    const session = round('  a:\n    call: poll\n    then: a\n');
    let calls = 0;
    let result = session.start();
    while (!session.snapshot.ended && calls < 100) {
      calls += result.effects.filter(({ type }) => type === 'call').length;
      result = session.returned({});
    }
    expect(session.step).toBe('handoff');
    // Twice the 3 steps, and 20: 26 calls, and the one that is too many, which is waited for all the same.
    expect(calls).toBe(27);
    expect(effect(result, 'transfer').queue).toBe('people');
  });

  it('ends over calls that may not be made', () => {
    const session = round(
      '  a:\n    call: refund\n    then: a\n    failed: b\n  b:\n    call: refund\n    then: a\n    failed: a\n',
    );
    expect(path(session.start()).at(-1)).toBe('handoff');
  });

  it('ends over decisions of the model', () => {
    const session = round('  a:\n    decide: Which?\n    choices: { on: { when: always, to: a } }\n');
    session.start();
    let decisions = 1;
    while (!session.snapshot.ended && decisions < 100) {
      session.decided('on');
      if (!session.snapshot.ended) decisions++;
    }
    expect(session.step).toBe('handoff');
    expect(decisions).toBe(27);
  });

  it('does not count what the caller has a say in', () => {
    const session = round(
      "  a:\n    ask: Again?\n    choices: { on: { when: yes, press: '1', to: b } }\n  b:\n    branch: [{ to: a }]\n",
    );
    session.start();
    for (let turn = 0; turn < 40; turn++) session.pressed('1');
    expect(session.step).toBe('a');
    expect(path(session.pressed('1'))).toEqual(['handoff']);
  });

  it('puts a form all the same that is reached late', () => {
    // With its 4 steps it may enter 28 in a row; the form is the 29th.
    const session = round(
      '  a:\n    branch: [{ if: $n = 27, to: b }, { to: a, set: { n: =$n + 1 } }]\n  b:\n    form: [m]\n    then: sorry\n',
    );
    expect(session.start().effects.at(-1)).toMatchObject({ type: 'listen', step: 'b' });
    expect(session.step).toBe('b');
  });
});

describe('a decision of the model alone', () => {
  const DECIDE = `
workflow: decides
otherwise: handoff
variables:
  topic: { type: choice, values: [billing, delivery] }
  vip: { type: boolean, initial: false }
steps:
  sort:
    decide: What is it about?
    given: [vip]
    choices:
      bill: { when: it is about money, to: billing, set: { vip: true }, say: 'About {{ $topic }}.' }
      best: { when: it is somebody important, if: $vip = true, to: billing }
      other: { when: it is about something else, press: '1', to: handoff }
    fill: [topic]
    otherwise: sorry
  billing:
    end: ''
${DOORS}`;
  const decide = () => {
    const session = line(DECIDE, { unchecked: true });
    return { session, started: session.start() };
  };

  it('is asked for with the choices that hold, and puts no question', () => {
    const { session, started } = decide();
    expect(started.effects).toEqual([
      {
        type: 'decide',
        step: 'sort',
        decision: 'd1',
        question: session.machine.questions.get('sort')?.hash,
        choices: ['bill', 'other'],
        fill: ['topic'],
      },
    ]);
    expect(session.machine.words(session.snapshot).asked).toBe('What is it about?');
  });

  it('takes values, says, sets and goes', () => {
    const { session } = decide();
    const result = session.decided('bill', { topic: 'billing' });
    expect(words(result)).toEqual(['About billing.']);
    expect(path(result)).toEqual(['billing']);
    expect(session.memory.vars).toMatchObject({ topic: 'billing', vip: true });
  });

  it('goes through its door when it fails or is none of them', () => {
    expect(path(decide().session.undecided())).toEqual(['sorry']);
    expect(path(decide().session.decided('best'))).toEqual(['sorry']);
    expect(path(decide().session.decided('unclear'))).toEqual(['sorry']);
  });

  it('is not disturbed by keys or silence, and ends with the caller', () => {
    const { session } = decide();
    const { snapshot } = session;
    expect(session.pressed('1').snapshot).toBe(snapshot);
    expect(session.pressed('5').snapshot).toBe(snapshot);
    expect(session.silent().snapshot).toBe(snapshot);
    session.left();
    expect(session.step).toBe('(left)');
  });
});

describe('a part', () => {
  const parts = {
    inner: `
part: inner
inputs:
  factor: { type: integer }
outputs: [product]
variables:
  product: { type: integer, initial: 1 }
  scratch: { type: integer }
steps:
  work:
    branch:
      - { if: $factor > 9, to: big }
      - { to: small, set: { product: =$product * $factor, scratch: 1 } }
  small:
    end: { say: 'That is {{ $product }}.', outcome: worked, set: { product: =$product + $scratch } }
  big:
    end: { outcome: refused }
`,
  };
  const USE = `
workflow: uses
otherwise: handoff
variables:
  n: { type: integer, initial: 3 }
  result: { type: integer }
steps:
  times:
    use: inner
    with: { factor: =$n }
    save: { result: product }
    outcomes: { worked: again, refused: handoff }
  again:
    branch:
      - { if: $n = 3, to: times, set: { n: 5 } }
      - { if: $n = 5, to: times, set: { n: 10 } }
      - { to: handoff }
${DOORS}`;

  it('begins with its inputs and afresh each time, and leaves by its outcome with its outputs', () => {
    const session = line(USE, { parts, unchecked: true });
    const result = session.start();
    expect(path(result)).toEqual([
      ...['times', 'times/work', 'times/small', 'again'],
      ...['times', 'times/work', 'times/small', 'again'],
      ...['times', 'times/work', 'times/big', 'handoff'],
    ]);
    expect(words(result)).toEqual(['That is 4.', 'That is 6.']);
    expect(result.effects.filter(({ type }) => type === 'end')).toEqual([]);
    // The third time it begins afresh, at 1, and refuses.
    expect(session.memory.vars).toMatchObject({ result: 1, times__factor: 10, times__product: 1 });
    expect(session.memory.vars).not.toHaveProperty('times__scratch');
  });

  it('forgets what an earlier pass left in an input that it is not given', () => {
    const session = line(
      `
workflow: uses
otherwise: handoff
variables:
  n: { type: integer, initial: 1 }
  result: { type: integer, initial: 0 }
steps:
  count:
    use: inner
    with: { given: =$n }
    save: { result: total }
    outcomes: { counted: again }
  again:
    branch:
      - { if: $n = 1, to: count, set: { n: 2 } }
      - { to: handoff }
${DOORS}`,
      {
        parts: {
          inner: `
part: inner
inputs:
  given: { type: integer }
  left: { type: integer, initial: 10 }
  bare: { type: integer, initial: null }
outputs: [total]
variables:
  total: { type: integer, initial: 0 }
steps:
  add:
    branch:
      - { if: $exists($bare), to: counted }
      - { to: counted, set: { left: =$left + 1, bare: 1, total: =$left + $given } }
  counted:
    end: { outcome: counted }
`,
        },
        unchecked: true,
      },
    );
    session.start();
    // The second time: 10 and 2, not 11 and 2, and not 0, as where what was left in `bare` is still there.
    expect(session.memory.vars).toMatchObject({ result: 12, count__left: 11, count__bare: 1 });
  });

  it('gives what its end has set', () => {
    const session = line(USE.replace('- { if: $n = 3, to: times, set: { n: 5 } }', '- { if: $n = 3, to: handoff }'), {
      parts,
      unchecked: true,
    });
    session.start();
    // 1 × 3, and 1 more.
    expect(session.memory.vars['result']).toBe(4);
  });
});

describe('the end', () => {
  it('sets, says goodbye and tells what came of it', () => {
    const session = line(
      `
workflow: ends
otherwise: over
variables: { n: { type: integer, initial: 1 } }
steps:
  over:
    end: { say: 'Bye {{ $n }}.', outcome: solved, set: { n: =$n + 1 } }
`,
      { unchecked: true },
    );
    expect(session.start().effects).toEqual([
      { type: 'say', step: 'over', text: 'Bye 2.' },
      { type: 'end', step: 'over', outcome: 'solved' },
    ]);
    expect(session.snapshot.ended).toBe(true);
    expect(session.said('hello?').taken).toBe(false);
  });
});

describe('a transfer', () => {
  const TRANSFER = `
workflow: transfers
title: Orders
otherwise: handoff
variables:
  name: { type: string, sensitive: pii, initial: Jane }
  card: { type: string, sensitive: pci }
  order: { from: get }
  goal: { type: string }
  kept: { type: string, initial: as it was }
  box: { type: object, fields: { n: { type: integer } }, initial: { n: 1 } }
  notes: { type: string, initial: none }
steps:
  need:
    ask: What is it?
    choices:
      pay: { when: wants to pay, to: get }
    fill: [name, card, goal]
  get:
    call: get
    save: order
    then: [{ to: handoff, set: { notes: 'two' } }]
  handoff:
    transfer: { queue: people, say: 'One moment, {{ $goal }}.' }
`;
  const transfer = (text = TRANSFER) => {
    const session = line(text, { unchecked: true, tools: { get: tool({ effect: 'writes' }) } });
    session.start();
    session.said('pay, I am June, 4111111111111111');
    session.decided('pay', { name: 'June', card: '4111111111111111', goal: 'pay' });
    return { session, result: session.returned({ secret: 'June' }) };
  };

  it('tells who takes over what was done and what is known, and nothing sensitive', () => {
    const { session, result } = transfer();
    expect(result.effects).toEqual([
      { type: 'say', step: 'handoff', text: 'One moment, pay.' },
      {
        type: 'transfer',
        step: 'handoff',
        queue: 'people',
        brief: {
          summary: 'Orders',
          from: 'need',
          identity: 'none',
          done: ['get'],
          known: { goal: 'pay', notes: 'two' },
        },
      },
    ]);
    expect(session.snapshot.ended).toBe(true);
    expect(JSON.stringify(effect(result, 'transfer'))).not.toMatch(/June|Jane|4111/);
  });

  it('tells nothing of what a part was given and keeps to itself', () => {
    const text = `
workflow: parts
otherwise: handoff
variables:
  goal: { type: string, initial: '' }
  way: { type: string, initial: '' }
steps:
  first:
    use: help
    with: { level: high }
    save: { way: found }
    outcomes: { done: handoff }
  handoff:
    transfer: { queue: people }
`;
    const part = `
part: help
inputs: { level: { type: string } }
outputs: [found]
variables: { found: { type: string, initial: '' }, tries: { type: integer, initial: 0 } }
steps:
  look: { branch: [{ to: done, set: { found: by mail, tries: 2 } }] }
  done: { end: { outcome: done } }
`;
    const session = line(text, { unchecked: true, parts: { help: part } });
    expect(effect(session.start(), 'transfer').brief?.known).toEqual({ way: 'by mail' });
  });

  it('tells it in words of its own, or not at all', () => {
    const own = transfer(TRANSFER.replace("say: 'One moment, {{ $goal }}.'", "brief: 'Wants to {{ $goal }}.'"));
    expect(effect(own.result, 'transfer').brief).toMatchObject({ summary: 'Wants to pay.', known: { goal: 'pay' } });
    const none = transfer(TRANSFER.replace("say: 'One moment, {{ $goal }}.'", 'brief: false'));
    expect(none.result.effects).toEqual([{ type: 'transfer', step: 'handoff', queue: 'people' }]);
  });

  it('tells the same of a session that was kept as JSON in between', () => {
    const live = transfer().result;
    const session = line(TRANSFER, { unchecked: true, tools: { get: tool({ effect: 'writes' }) } });
    session.start();
    session.said('pay');
    session.decided('pay', { name: 'June', card: '4111111111111111', goal: 'pay' });
    const kept = JSON.parse(JSON.stringify(session.snapshot));
    const { effects } = session.machine.step(kept, { type: 'tool.returned', at: 0, call: 'c2', output: {} });
    expect(effect({ effects }, 'transfer')).toEqual(effect(live, 'transfer'));
  });
});
