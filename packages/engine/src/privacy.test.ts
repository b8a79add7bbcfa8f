import { describe, expect, it } from '@jest/globals';
import { compileWorkflow, type Json, sourceOf, type ToolSignatures } from '@parley/workflow';
import fc from 'fast-check';
import { Mask, maskEvents } from './privacy.ts';
import type { JournalEvent } from './store.ts';

const object = (properties: Json) => ({ type: 'object', properties });
const tools: ToolSignatures = {
  'records.get': {
    about: 'The record of a customer',
    effect: 'reads',
    input: object({ email: { type: 'string' } }),
    output: object({
      name: { type: 'string' },
      born: { type: 'string', format: 'date' },
      visits: { type: 'integer' },
      cards: { type: 'array', items: object({ number: { type: 'string' } }) },
    }),
    requires: { confirmation: false, identity: 'none' },
    grants: 'none',
    timeout: 1_000,
    errors: [],
    cleared: ['pii'],
  },
};

const program = compileWorkflow(
  sourceOf(`
workflow: clinic
title: A clinic
otherwise: person
busy: One moment.
variables:
  email: { type: email, sensitive: pii, ask: What is your e-mail address? }
  born: { type: date, sensitive: phi, ask: When were you born? }
  phone: { type: phone, sensitive: pii, ask: Your phone number? }
  zipCode: { type: string, pattern: '\\d{5}', spoken: digits, sensitive: pii, ask: Your ZIP code? }
  member: { type: string, pattern: '[A-Z]\\d{4}', spoken: characters, sensitive: phi, ask: Your number? }
  dose: { type: number, sensitive: phi, ask: How much do you take? }
  reason: { type: choice, values: [visit, refill], ask: What is it about? }
  record: { from: records.get, sensitive: phi }
interrupts:
  human: { when: asks for a person, to: person }
steps:
  need:
    ask: What can I do for you?
    fill: [zipCode]
    choices:
      visit: { when: wants to see a doctor, to: hello }
  hello:
    say: { compose: Say that it takes a moment., text: It takes a moment. }
    then: who
  who:
    form: [email, born, phone, zipCode, member, dose]
    then: what
  what:
    form: [reason]
    then: look
  look:
    call: records.get
    with: { email: =$email }
    save: record
    then: over
    failed: { to: person }
  over:
    end: Goodbye.
  person:
    transfer: { queue: people, say: Somebody will be with you. }
`),
  tools,
);

type Row = readonly [type: string, data: { readonly [key: string]: Json }];

/** A journal of made-up events, numbered. */
const journal = (events: readonly Row[]) =>
  events.map(([type, data], index): JournalEvent => ({ seq: index + 1, at: 1_000 * index, type, data }));

const decided = (
  choice: string,
  values: { readonly [name: string]: Json },
  more: { readonly [key: string]: Json } = {},
) => ['model.decided', { step: 'who', choice, values, ...more }] as const;

const masked = (...events: readonly Row[]) => maskEvents(program, journal(events)).map(({ data }) => data);

describe('a session as it may be shown', () => {
  it('hides the values that were given, and the whole line that gave them', () => {
    expect(
      masked(
        ['caller.said', { step: 'who', text: 'lin@example.com, I said, and quickly' }],
        decided('answered', { email: 'lin@example.com' }, { why: 'It holds lin@example.com.' }),
        ['tool.called', { step: 'look', call: 'c1', tool: 'records.get', input: { email: 'LIN@example.com' } }],
        ['agent.said', { step: 'over', text: 'I wrote to Lin@Example.com.' }],
      ),
    ).toEqual([
      { step: 'who', text: '[pii]' },
      { step: 'who', choice: 'answered', values: { email: '[pii]' }, why: 'It holds [pii].' },
      { step: 'look', call: 'c1', tool: 'records.get', input: { email: '[pii]' } },
      { step: 'over', text: 'I wrote to [pii].' },
    ]);
  });

  it.each([
    ['a date', { born: '1990-05-01' }, 'You were born on May 1, 1990, May 1st, 1990, that is 1990-05-01.', '[phi]'],
    [
      'a phone number',
      { phone: '+12025550143' },
      'I call (202) 555-0143, +12025550143, or 2 0 2, 5 5 5, 0 1 4 3.',
      '[pii]',
    ],
    ['digits, on the phone', { zipCode: '97205' }, 'So 9, 7, 2, 0, 5, or 97205.', '[pii]'],
    ['characters, on the phone', { member: 'B2417' }, 'So B, 2, 4, 1, 7, or b2417.', '[phi]'],
    ['a number', { dose: 12500 }, 'You take 12,500 (12500).', '[phi]'],
  ])('hides %s in each form it is said in', (_, values, text, kind) => {
    const [, said] = masked(decided('answered', values), ['agent.said', { step: 'what', text }]);
    const left = String(said?.['text']).replaceAll(/\[\w+\]/g, '');
    expect(left).not.toMatch(/\d/);
    expect(said?.['text']).toContain(kind);
  });

  it('hides what was said before it was known to be sensitive, too', () => {
    const [first] = masked(
      ['agent.said', { step: 'need', text: 'Is it B2417 as last time?' }],
      decided('answered', { member: 'B2417' }),
    );
    expect(first).toEqual({ step: 'need', text: 'Is it [phi] as last time?' });
  });

  it('hides what a tool returned into a sensitive variable, however deep', () => {
    const output = { name: 'Lin Mbeki', born: '1990-05-01', visits: 4117, cards: [{ number: '5500000000000004' }] };
    const [, returned, said, noted] = masked(
      ['tool.called', { step: 'look', call: 'c1', tool: 'records.get', input: {} }],
      ['tool.returned', { step: 'look', call: 'c1', output }],
      ['agent.said', { step: 'over', text: 'Thank you, lin mbeki.' }],
      ['signal.received', { step: 'over', name: 'ready', data: { about: ['Lin Mbeki', 4117] } }],
    );
    expect(returned).toEqual({
      step: 'look',
      call: 'c1',
      output: { name: '[phi]', born: '[phi]', visits: '[phi]', cards: [{ number: '[phi]' }] },
    });
    expect(said).toEqual({ step: 'over', text: 'Thank you, [phi].' });
    expect(noted).toEqual({ step: 'over', name: 'ready', data: { about: ['[phi]', '[phi]'] } });
  });

  it('hides the address of the contact', () => {
    expect(
      masked(
        ['session.started', { step: '(start)', contact: { id: 'c1', channel: 'voice', address: '+12025550143' } }],
        ['agent.said', { step: 'need', text: 'You call from +12025550143.' }],
      ),
    ).toEqual([
      { step: '(start)', contact: { id: 'c1', channel: 'voice', address: '[pii]' } },
      { step: 'need', text: 'You call from [pii].' },
    ]);
  });

  it('hides a line of which nothing was understood where a sensitive value was asked for', () => {
    expect(
      masked(['caller.said', { step: 'who', text: 'ell eye enn at example' }], decided('unclear', {})),
    ).toMatchObject([{ text: '[pii]' }, {}]);
    // Also where the decider failed, or the process did.
    expect(
      masked(['caller.said', { step: 'who', text: 'ell eye enn' }], ['model.failed', { step: 'who' }]),
    ).toMatchObject([{ text: '[pii]' }, {}]);
    expect(masked(['caller.said', { step: 'who', text: 'ell eye enn' }])).toMatchObject([{ text: '[pii]' }]);
  });

  it('hides a line that was said before the question for it, while words were composed that did not come', () => {
    expect(
      masked(
        ['caller.said', { step: 'hello', text: 'ell eye enn at example' }],
        ['model.failed', { step: 'hello', decision: 'd2', code: 'decider/no-words' }],
        ['model.decided', { step: 'who', choice: 'answered', values: { email: 'lin@example.com' } }],
        ['agent.said', { step: 'need', text: 'Thanks.' }],
      )[0],
    ).toEqual({ step: 'hello', text: '[pii]' });
  });

  it('hides what composed words quote of a line that is hidden', () => {
    const text = 'Sorry, wrenfield.';
    expect(
      masked(
        ['caller.said', { step: 'who', text: 'ell eye enn wrenfield' }],
        ['model.failed', { step: 'who' }],
        ['model.composed', { step: 'hello', decision: 'd2', text }],
        ['agent.said', { step: 'hello', text }],
      ).slice(2),
    ).toEqual([
      { step: 'hello', decision: 'd2', text: 'Sorry, […].' },
      { step: 'hello', text: 'Sorry, […].' },
    ]);
  });

  it('hides keys that were pressed where a sensitive value was asked for', () => {
    expect(masked(['caller.pressed', { step: 'who', keys: '97205' }], decided('unclear', {}))).toMatchObject([
      { keys: '[pii]' },
      {},
    ]);
    expect(masked(['caller.pressed', { step: 'what', keys: '1' }])).toEqual([{ step: 'what', keys: '1' }]);
  });

  it('leaves readable what is not sensitive', () => {
    const events = [
      ['caller.said', { step: 'need', text: 'I want to see a doctor' }],
      ['model.decided', { step: 'need', choice: 'visit', values: {}, confidence: 0.9, why: 'It fits.' }],
      ['caller.said', { step: 'what', text: 'a refill' }],
      ['model.decided', { step: 'what', choice: 'answered', values: { reason: 'refill' } }],
      ['tool.failed', { step: 'look', call: 'c1', code: 'timeout', attempts: 2 }],
      ['session.ended', { step: 'over', outcome: 'done', path: ['look', 'over'] }],
    ] as const;
    expect(masked(...events)).toEqual(events.map(([, data]) => data));
  });

  it('leaves a line that only picked a choice, though the step may fill a sensitive variable', () => {
    expect(
      masked(
        ['caller.said', { step: 'need', text: 'to a doctor please' }],
        ['model.decided', { step: 'need', choice: 'visit', values: {} }],
      )[0],
    ).toEqual({ step: 'need', text: 'to a doctor please' });
  });

  it('does not hide a value inside another word or number, nor one too short to tell', () => {
    const [, said] = masked(decided('answered', { zipCode: '97205', dose: 12 }), [
      'agent.said',
      { step: 'over', text: 'Order 1972053 of 12 pieces, ref A97205B.' },
    ]);
    expect(said).toEqual({ step: 'over', text: 'Order 1972053 of 12 pieces, ref A97205B.' });
  });

  it('hides values though letters change their length with their case', () => {
    const [, said] = masked(decided('answered', { email: 'lin@example.com' }), [
      'agent.said',
      { step: 'over', text: 'İzmir: lin@example.com' },
    ]);
    expect(JSON.stringify(said)).not.toContain('lin@example.com');
  });
});

describe('a session that goes on', () => {
  const events = journal([
    ['caller.said', { step: 'need', text: 'a visit, please' }],
    ['model.decided', { step: 'need', choice: 'visit', values: {} }],
    ['caller.said', { step: 'what', text: "it's Aurelia of Hill Farm" }],
    ['model.asked', { step: 'what', choices: ['answered'], fill: ['reason'] }],
    ['caller.pressed', { step: 'what', keys: '1' }],
  ]);
  const shown = (undecided: boolean) =>
    maskEvents(program, events, { undecided }).flatMap(({ data: { text, keys } }) => [text ?? keys ?? []].flat());

  it('hides what was said since the last decision while the next is under way, and shows it once there is none', () => {
    expect(shown(true)).toEqual(['a visit, please', '[…]', '[…]']);
    expect(shown(false)).toEqual(['a visit, please', "it's Aurelia of Hill Farm", '1']);
  });
});

describe('the mask of a running session', () => {
  it('shows a variable by its kind, others with what is sensitive in them hidden', () => {
    const mask = new Mask(program);
    expect(mask.show('email', 'lin@example.com')).toBe('[pii]');
    mask.value('email', 'lin@example.com');
    expect(mask.show('reason', 'from lin@example.com')).toBe('from [pii]');
    expect(mask.show('reason', 'refill')).toBe('refill');
  });

  it('knows which steps ask for something sensitive', () => {
    const mask = new Mask(program);
    expect(['need', 'who', 'what', 'look', 'nowhere'].map((step) => mask.asksFor(step))).toEqual([
      'pii',
      'pii',
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('whatever is sensitive', () => {
  // Values that stand as words of their own, and are none of the words of the journal itself.
  const word = fc
    .string({ unit: fc.constantFrom(...'qxzvkw7358-.@ '), minLength: 3, maxLength: 14 })
    .filter((text) => text.trim().length >= 3 && /^[qxzvkw7358].*[qxzvkw7358]$/.test(text.trim()));
  const email = word.map((text) => `${text.trim().replaceAll(' ', '')}@q.zz`);

  const around = fc.constantFrom('', 'He said: ', '(', '"', 'ÄÖ ', 'ok, ');
  const texts = (value: string) =>
    fc
      .tuple(around, fc.boolean())
      .map(([before, upper]) => `${before}${upper ? value.toUpperCase() : value}${before === '' ? '' : ', yes.'}`);
  const placed = (value: string): fc.Arbitrary<Json> =>
    fc.letrec<{ data: Json }>((tie) => ({
      data: fc.oneof(
        { maxDepth: 3 },
        texts(value),
        fc.array(tie('data'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'text'), tie('data'), { maxKeys: 3 }),
      ),
    })).data;

  const session = fc
    .record({ email, member: word, name: word, dose: fc.integer({ min: 100, max: 1e9 }) })
    .chain((values) => {
      const spread = fc.constantFrom(values.email, values.member, values.name, String(values.dose)).chain(placed);
      return fc
        .array(
          fc.oneof(
            spread.map((data) => ['signal.received', { step: 'who', name: 'x', data }] as const),
            spread.map((input) => ['tool.called', { step: 'what', call: 'c9', tool: 'other', input }] as const),
            spread.map((brief) => ['session.transferred', { step: 'person', queue: 'people', brief }] as const),
            texts(values.name).map((text) => ['agent.said', { step: 'over', text }] as const),
            fc.constant(['signal.received', { step: 'who', name: 'n', data: values.dose }] as const),
          ),
          { maxLength: 8 },
        )
        .map((others) => ({ values, others }));
    });

  it('is nowhere in what is shown', () => {
    fc.assert(
      fc.property(session, fc.nat(), ({ values, others }, at) => {
        const { name, ...given } = values;
        const giving = [
          ['caller.said', { step: 'who', text: `${values.email} ${values.member}` }],
          decided('answered', given),
          ['tool.called', { step: 'look', call: 'c1', tool: 'records.get', input: { email: values.email } }],
          ['tool.returned', { step: 'look', call: 'c1', output: { name, cards: [{ number: values.member }] } }],
        ] as const;
        const cut = at % (others.length + 1);
        const shown = JSON.stringify(masked(...others.slice(0, cut), ...giving, ...others.slice(cut))).toLowerCase();
        for (const value of Object.values(values))
          expect(shown).not.toContain(JSON.stringify(String(value).trim()).slice(1, -1));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a sensitive value', () => {
  const shown = (...events: readonly Row[]) => JSON.stringify(masked(...events));

  it('that holds another is hidden whole, whichever came first', () => {
    const text = shown(
      ['tool.called', { step: 'look', call: 'c1', tool: 'records.get', input: {} }],
      ['tool.returned', { step: 'look', call: 'c1', output: { name: 'maya' } }],
      decided('answered', { email: 'maya.chen@example.com' }),
      ['agent.said', { step: 'over', text: 'We write to maya.chen@example.com.' }],
    );
    expect(text).toContain('We write to [pii].');
  });

  it('is hidden where it is the name of a field', () => {
    const text = shown(decided('answered', { email: 'maya.chen@example.com' }), [
      'signal.received',
      { step: 'who', name: 'x', data: { 'maya.chen@example.com': 1 } },
    ]);
    expect(text).not.toContain('maya');
  });

  it('within another is hidden as it is said, too', () => {
    const text = shown(
      ['tool.called', { step: 'look', call: 'c1', tool: 'records.get', input: {} }],
      ['tool.returned', { step: 'look', call: 'c1', output: { born: '1990-05-01' } }],
      ['agent.said', { step: 'over', text: 'You were born on May 1, 1990.' }],
    );
    expect(text).toContain('You were born on [phi].');
  });
});

describe('what comes in by other ways', () => {
  const both = compileWorkflow(
    sourceOf(`
workflow: both
title: Both
otherwise: person
variables:
  pin: { type: string, pattern: '\\d{5}', spoken: digits, sensitive: pci, ask: Your PIN? }
  word: { type: string, sensitive: pii }
  open: { from: records.get }
  closed: { from: records.get, sensitive: phi }
steps:
  ask:
    form: [pin]
    then: both
  both:
    parallel:
      - { call: records.get, with: { email: a }, save: open }
      - { call: records.get, with: { email: b }, save: closed }
    then: wait
    failed: { to: person }
  wait:
    wait: { for: 1h, signal: word, save: word }
    then: unkept
  unkept:
    call: records.get
    with: { email: c }
    then: person
    failed: { to: person }
  person:
    transfer: { queue: people }
`),
    tools,
  );
  const seen = (...events: readonly Row[]) => maskEvents(both, journal(events)).map(({ data }) => data);

  it('keys that were pressed are hidden where they stand again', () => {
    const shown = seen(
      ['caller.pressed', { step: 'ask', keys: '58213#' }],
      ['tool.called', { step: 'both', call: 'c1', tool: 'records.get', input: { email: '58213' } }],
    );
    expect(JSON.stringify(shown)).not.toContain('58213');
  });

  it('of two calls of one tool at once, each output is hidden or shown by its own variable', () => {
    const call = (id: string) => ['tool.called', { step: 'both', call: id, tool: 'records.get', input: {} }] as const;
    const [, , open, closed] = seen(
      call('c1'),
      call('c2'),
      ['tool.returned', { step: 'both', call: 'c1', output: { name: 'Anna Open', visits: 7 } }],
      ['tool.returned', { step: 'both', call: 'c2', output: { name: 'Carl Closed', visits: 8 } }],
    );
    expect(open).toMatchObject({ output: { name: 'Anna Open', visits: 7 } });
    expect(closed).toMatchObject({ output: { name: '[phi]', visits: '[phi]' } });
  });

  it('the data of a signal is hidden by the variable that keeps it, and where none does', () => {
    const [kept, again, loose] = seen(
      ['signal.received', { step: 'wait', name: 'word', data: 'Hyacinth' }],
      ['agent.said', { step: 'person', text: 'So it is Hyacinth.' }],
      ['signal.received', { step: 'ask', name: 'word', data: { by: 'Barnaby', count: 3 } }],
    );
    expect(kept).toMatchObject({ data: '[pii]' });
    expect(again).toMatchObject({ text: 'So it is [pii].' });
    expect(loose).toMatchObject({ data: { by: '[pii]', count: '[pii]' } });
  });

  it('what no variable keeps, and what a tool says of its failure, is hidden', () => {
    const [, returned, failed] = seen(
      ['tool.called', { step: 'unkept', call: 'c5', tool: 'records.get', input: {} }],
      ['tool.returned', { step: 'unkept', call: 'c5', output: { name: 'Balthazar' } }],
      ['tool.failed', { step: 'unkept', call: 'c6', code: 'not_found', message: 'There is no Cressida.' }],
    );
    expect(returned).toMatchObject({ output: { name: '[pii]' } });
    expect(failed).toEqual({ step: 'unkept', call: 'c6', code: 'not_found', message: '[message]' });
  });

  it('the attributes of a contact, and a card number that no variable holds, are hidden', () => {
    const [started, said] = seen(
      [
        'session.started',
        { step: '(start)', contact: { id: 'c1', channel: 'chat', attributes: { account: 'Zebulon' } } },
      ],
      ['caller.said', { step: 'both', text: 'zebulon here, card 4111 1111 1111 1111' }],
    );
    expect(started).toEqual({
      step: '(start)',
      contact: { id: 'c1', channel: 'chat', attributes: { account: '[pii]' } },
    });
    expect(said).toEqual({ step: 'both', text: '[pii] here, card [pci]' });
  });

  it('what a decider quotes of a line that is hidden is hidden', () => {
    const [, decided] = seen(
      ['caller.said', { step: 'ask', text: 'wrenfield okonjo' }],
      ['model.decided', { step: 'ask', choice: 'unclear', values: {}, why: 'It may be Okonjo, or not.' }],
    );
    expect(decided).toMatchObject({ why: 'It may be […], or not.' });
  });
});
