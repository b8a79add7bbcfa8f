import { describe, expect, it } from '@jest/globals';
import { createMachine, type Machine, type SessionEvent } from '@parley/machine';
import { compileWorkflow, type Json, ParleyError, sourceOf, type ToolSignatures } from '@parley/workflow';
import { recordable } from '../recordable.ts';
import type { RecordedEvent } from '../recorded.ts';
import { type Recording, readRecording, writeRecording } from '../recording.ts';
import { replay } from '../replay.ts';
import { redact, scrub } from './redact.ts';

const AT = Date.UTC(2026, 0, 5, 15);

const tools: ToolSignatures = {
  'records.get': {
    about: 'The record of a patient',
    effect: 'reads',
    input: { type: 'object', properties: { email: { type: 'string' } } },
    output: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        status: { type: 'string', enum: ['active', 'closed'] },
        born: { type: 'string', format: 'date' },
        visits: { type: 'integer' },
        smokes: { type: 'boolean' },
      },
    },
    requires: { confirmation: false, identity: 'none' },
    grants: 'none',
    timeout: 1_000,
    errors: ['not_found'],
    cleared: ['pii', 'phi'],
  },
};

const clinic = (conditions: string, interrupts = '') => `
workflow: clinic
title: A clinic
otherwise: person
variables:
  name: { type: string, sensitive: pii, readback: true, ask: What is your name? }
  email: { type: email, sensitive: pii, readback: true, ask: What is your e-mail address? }
  born: { type: date, prefer: past, sensitive: phi, ask: When were you born? }
  phone: { type: phone, sensitive: pii, ask: Your phone number? }
  zipCode: { type: string, pattern: '\\d{5}', spoken: digits, sensitive: pii, ask: Your ZIP code? }
  member: { type: string, pattern: '[A-Z]\\d{4}', spoken: characters, sensitive: phi, ask: Your member number? }
  dose: { type: number, min: 1, max: 900, sensitive: phi, ask: How much do you take? }
  smokes: { type: boolean, sensitive: phi, ask: Do you smoke? }
  record: { from: records.get, sensitive: phi }
  note: { type: string, ask: Anything else? }
interrupts:
  human: { when: asks for a person, to: person }
  young: { when: says that they are young, to: young }
  old: { when: says that they are old, to: old }
  urgent: { when: says that it is urgent, to: urgent }
${interrupts}
steps:
  who:
    form: [name, email, born, phone, zipCode, member, dose, smokes]
    then: look
  look:
    call: records.get
    with: { email: =$email }
    save: record
    then: read_back
    failed: { to: person }
  read_back:
    say: 'Thank you, {{ $name }}, we write to {{ $email }}.'
    then: which
  which:
    branch:
${conditions}
  young:
    say: You are young.
    then: over
  old:
    say: You have been with us for long.
    then: over
  over:
    end: Goodbye.
  person:
    transfer: { queue: people, say: Somebody will be with you. }
  urgent:
    transfer: { queue: urgent, say: Help is on its way. }
`;

const machineOf = (conditions: string, interrupts?: string) =>
  createMachine(compileWorkflow(sourceOf(clinic(conditions, interrupts)), tools), tools);

const plain = machineOf('      - { to: over }');

const GIVEN = {
  name: 'Maya Chen',
  email: 'maya.chen@gmail.com',
  born: '1962-03-04',
  phone: '+15035550143',
  zipCode: '97205',
  member: 'B2417',
  dose: 125,
  smokes: true,
};
const RECORD = { name: 'Maya Chen', status: 'active', born: '1962-03-04', visits: 41, smokes: true };

/** Events of a session, a second apart. */
type Happens = SessionEvent extends infer E ? (E extends SessionEvent ? Omit<E, 'at'> : never) : never;

function record(machine: Machine, happens: readonly Happens[], contact: { address?: string } = {}): Recording {
  const events: RecordedEvent[] = [];
  let snapshot = machine.initial;
  const start: Happens = { type: 'session.started', contact: { id: 'c', channel: 'voice', ...contact } };
  for (const [index, happened] of [start, ...happens].entries()) {
    const event: SessionEvent = { ...happened, at: AT + 1_000 * index };
    const result = machine.step(snapshot, event);
    if (!result.taken) throw new Error(`${event.type} was not taken.`);
    snapshot = result.snapshot;
    events.push(...recordable(event, result));
  }
  const { name: workflow, version } = machine.program;
  return { session: 's1', workflow, version, channel: 'voice', start: AT, events };
}

const said = (text: string): Happens => ({ type: 'caller.said', text });
const decided = (number: number, values: { [name: string]: Json }, choice = 'answered', why?: string): Happens => ({
  type: 'model.decided',
  decision: `d${number}`,
  choice,
  values,
  confidence: 1,
  ...(why === undefined ? {} : { why }),
});
const returned = (number: number, output: Json): Happens => ({ type: 'tool.returned', call: `c${number}`, output });

/** A call in which everything is said at once. */
const whole = (text: string, given: { [name: string]: Json } = GIVEN, output: Json = RECORD) => [
  said(text),
  decided(1, given),
  returned(2, output),
];

/** What stands for each value that was given. */
function valuesOf({ events }: Recording) {
  const decision = events.find((event) => event.type === 'model.decided');
  return decision?.type === 'model.decided' ? decision.values : {};
}
const wordsOf = ({ events }: Recording) =>
  events.flatMap((event) => (event.type === 'caller.said' ? [event.text] : []));
const outputOf = ({ events }: Recording) =>
  events.flatMap((event) => (event.type === 'tool.returned' ? [event.output] : []))[0];

describe('a redacted recording', () => {
  const words =
    "I'm Maya Chen, maya dot chen at gmail dot com, born March 4th, 1962, call me on five oh three five five five oh one four three, zip nine seven two oh five, member B 2 4 1 7, and I take 125 and yes I smoke";
  const recording = record(plain, whole(words), { address: '+15035550143' });
  const { recording: redacted, replaced } = redact(plain, recording, { key: 'k' });
  const values = valuesOf(redacted);

  it('replays to the same path', () => {
    expect(replay(plain, redacted)).toEqual({ outcome: 'same', inputs: 4 });
    const went = ({ events }: Recording) => events.map((event) => [event.type, 'path' in event ? event.path : []]);
    expect(went(redacted)).toEqual(went(recording));
    expect(redacted).toMatchObject({ session: 's1', redacted: true });
    // Seven values, of which the record has the name and the date again, and visits besides.
    expect(replaced).toEqual({ values: 8, lines: 1 });
  });

  it('keeps what guards said, but no value that one of them should not have quoted', () => {
    const quoted = { matched: ['maya.chen@gmail.com', 'Maya Chen'], latency: 12 };
    const checks = [
      { what: 'input' as const, passed: true, by: { latency: 9 } },
      { what: 'output' as const, passed: false, code: 'timeout', by: quoted },
    ];
    const failed: Happens = { type: 'tool.failed', call: 'c2', code: 'guardrail', message: 'Maya', done: true, checks };
    for (const last of [{ ...returned(2, RECORD), checks }, failed]) {
      const { recording: safe } = redact(plain, record(plain, [said(words), decided(1, GIVEN), last]), { key: 'k' });
      const kept = safe.events.flatMap((event) => ('checks' in event && event.checks ? event.checks : []));
      expect(kept).toMatchObject([checks[0], { what: 'output', passed: false, code: 'timeout', by: { latency: 12 } }]);
      expect(JSON.stringify(safe)).not.toMatch(/maya|chen/i);
      expect(safe.events.some((event) => 'done' in event && event.done === true)).toBe(last === failed);
    }
  });

  it('holds no value in any form', () => {
    const text = writeRecording(redacted).toLowerCase();
    for (const form of [
      'maya',
      'chen',
      'gmail',
      '1962',
      'march 4th',
      '5035550143',
      'five oh three',
      '97205',
      'nine seven two oh five',
      'b2417',
      'b 2 4 1 7',
      '125',
      ':41',
    ])
      expect({ form, there: text.includes(form) }).toEqual({ form, there: false });
  });

  it('has values of the same form', () => {
    expect(values).toMatchObject({
      name: expect.stringMatching(/^[A-Z][a-z]{3} [A-Z][a-z]{3}$/),
      email: expect.stringMatching(/^[a-z]{4}\.[a-z]{4}@example\.(com|org)$/),
      born: expect.stringMatching(/^(19|20)\d\d-\d\d-\d\d$/),
      phone: expect.stringMatching(/^\+1\d{3}55501\d\d$/),
      zipCode: expect.stringMatching(/^\d{5}$/),
      member: expect.stringMatching(/^[A-Z]\d{4}$/),
    });
    expect(Number(values['dose'])).toBeGreaterThanOrEqual(100);
    expect(Number(values['dose'])).toBeLessThanOrEqual(900);
    expect(String(values['born']) < '2026-01-05').toBe(true);
  });

  it('has the same pseudonym wherever a value stands, and in the manner it stands there', () => {
    expect(outputOf(redacted)).toMatchObject({
      name: values['name'],
      born: values['born'],
      status: 'active',
      smokes: true,
    });
    expect(redacted.events[0]).toMatchObject({ contact: { address: values['phone'] } });
    const [line = ''] = wordsOf(redacted);
    const [name, domain = ''] = String(values['email']).split('@');
    expect(line).toContain(
      `I'm ${values['name']}, ${name?.replace('.', ' dot ')} at ${domain.replace('.', ' dot ')}, born`,
    );
    expect(line).toMatch(/, and I take \d{3} and yes I smoke$/);
    expect(redacted.events).toContainEqual(
      expect.objectContaining({
        text: `Thank you, ${values['name']}, we write to ${String(values['email']).replace('@', ' at ').replaceAll('.', ' dot ')}.`,
      }),
    );
  });

  it('is the same with the same key, and another with another or in another session', () => {
    expect(redact(plain, recording, { key: 'k' }).recording).toEqual(redacted);
    expect(valuesOf(redact(plain, recording, { key: 'other' }).recording)).not.toEqual(values);
    expect(valuesOf(redact(plain, { ...recording, session: 's2' }, { key: 'k' }).recording)).not.toEqual(values);
    expect(valuesOf(redact(plain, recording).recording)).not.toEqual(valuesOf(redact(plain, recording).recording));
  });

  it('is read as it was written, and redacted again stays as good', () => {
    expect(readRecording(writeRecording(redacted), 'r.jsonl')).toEqual(redacted);
    expect(replay(plain, redact(plain, redacted).recording).outcome).toBe('same');
  });
});

describe('where a condition depends on a value', () => {
  it.each<[string, string]>([
    ['a comparison', "- { if: $born < '1990-01-01', to: old }\n      - { to: young }"],
    ['a year', '- { if: "$substring($born, 0, 4) = \'1962\'", to: old }\n      - { to: young }'],
    ['a year and month', '- { if: "$substring($born, 0, 7) = \'1962-03\'", to: old }\n      - { to: young }'],
    ['a beginning', '- { if: "$substring($zipCode, 0, 3) = \'972\'", to: old }\n      - { to: young }'],
    ['a letter', '- { if: "$substring($member, 0, 1) = \'B\'", to: old }\n      - { to: young }'],
    ['an amount', '- { if: $dose > 120 and $dose < 130, to: old }\n      - { to: young }'],
    ['a count', '- { if: $record.visits >= 40, to: old }\n      - { to: young }'],
    ['two values', '- { if: $record.name = $name, to: old }\n      - { to: young }'],
    ['a length', '- { if: $length($name) = 9, to: old }\n      - { to: young }'],
  ])('another is found with which it leads the same way: %s', (_, conditions) => {
    const machine = machineOf(`      ${conditions}`);
    const recording = record(machine, whole('that is all of it'));
    const { recording: redacted } = redact(machine, recording, { key: 'k' });
    expect(replay(machine, redacted).outcome).toBe('same');
    expect(redacted.events).toContainEqual(expect.objectContaining({ text: 'You have been with us for long.' }));
    for (const [name, value] of Object.entries(GIVEN))
      if (name !== 'smokes') expect(valuesOf(redacted)).not.toMatchObject({ [name]: value });
  });

  it('what only the value itself fulfils is told, and nothing is given', () => {
    const machine = machineOf('      - { if: $dose * 2 = 250, to: old }\n      - { to: young }');
    let told: unknown;
    try {
      redact(machine, record(machine, whole('that is all')));
    } catch (error) {
      told = error;
    }
    expect(told).toBeInstanceOf(ParleyError);
    expect(told).toMatchObject({
      code: 'recording/no-pseudonym',
      message: 'No value but its own has dose lead the same way at step which.',
      // The way of `$dose * 2 = 250`.
      place: { file: 'workflow.yaml', line: 37 },
    });
    expect(String(told)).not.toContain('125');
  });

  it('a check that a value passes or fails is passed or failed again', () => {
    const source = clinic('      - { to: over }').replace('max: 900,', 'max: 900, check: $dose < 200, ');
    const machine = createMachine(compileWorkflow(sourceOf(source), tools), tools);
    for (const dose of [125, 640]) {
      const recording = record(machine, [said('it is this'), decided(1, { ...GIVEN, dose })]);
      expect(replay(machine, redact(machine, recording, { key: 'k' }).recording).outcome).toBe('same');
    }
  });

  it('what is not valid is not valid again', () => {
    const recording = record(plain, [
      said('it is 12'),
      decided(1, { zipCode: '12', email: 'nobody', born: 'the day after' }),
    ]);
    const redacted = redact(plain, recording, { key: 'k' }).recording;
    expect(replay(plain, redacted).outcome).toBe('same');
    expect(JSON.stringify(redacted)).not.toContain('nobody');
  });
});

describe('what a variable holds that is not sensitive', () => {
  const source = `
workflow: visits
title: Visits
otherwise: person
variables:
  doctor: { type: choice, values: { hart: [doctor hart], lind: [] }, ask: Whom do you want to see? }
  since: { type: date, prefer: past, ask: Since when? }
steps:
  who:
    form: [doctor, since]
    then:
      - { if: "$doctor = 'hart' and $since = '1990-05-01'", to: known }
      - { to: over }
  known:
    say: Welcome back.
    then: over
  over:
    end: Goodbye.
  person:
    transfer: { queue: people }
`;
  it('stays as it is where the way depends on it, whatever it looks like', () => {
    const machine = createMachine(compileWorkflow(sourceOf(source)));
    const recording = record(machine, [
      said('my name is aaliyah brooks and i see doctor hart since may 1st 1990'),
      decided(1, { doctor: 'hart', since: '1990-05-01' }),
    ]);
    const { recording: redacted } = redact(machine, recording, { key: 'k' });
    expect(replay(machine, redacted).outcome).toBe('same');
    expect(valuesOf(redacted)).toEqual({ doctor: 'hart', since: '1990-05-01' });
    const [line = ''] = wordsOf(redacted);
    expect(line).toMatch(/^my name is (?!aaliyah)\w{7} (?!brooks)\w{6} and i see doctor hart since /);
  });
});

describe("a caller's words", () => {
  const lines = (...happens: readonly Happens[]) =>
    wordsOf(redact(plain, record(plain, happens), { key: 'k' }).recording);

  it('go whole where nothing was understood of an answer', () => {
    const [line = ''] = lines(said('em ay why ay shen'), decided(1, {}, 'unclear'));
    expect(line).toMatch(/^\w\w \w\w \w\w\w \w\w \w{4}$/);
    expect(line).not.toMatch(/em|ay|why|shen/);
  });

  it('go whole where what was understood is not to be found in them', () => {
    const [line = ''] = lines(said('the usual one you know it'), decided(1, { email: 'maya.chen@gmail.com' }));
    expect(line).not.toMatch(/usual|know/);
  });

  it('stay where they only picked a choice', () => {
    expect(lines(said('let me talk to a human being'), decided(1, {}, 'human'))).toEqual([
      'let me talk to a human being',
    ]);
  });

  it('of several lines that were decided on together all are looked through', () => {
    const all = lines(said('i am maya'), said('chen that is'), decided(2, { name: 'Maya Chen' }));
    expect(all.join(' ')).not.toMatch(/maya|chen/i);
  });

  it('lose what no variable holds', () => {
    const [line] = lines(said('my card is 4111 1111 1111 1111, get me a person'), decided(1, {}, 'human'));
    expect(line).toMatch(/^my card is 4\d{3} \d{4} \d{4} \d{4}, get me a person$/);
    expect(line).not.toContain('1111 1111');
  });

  it('lose a value that comes later or came before', () => {
    const all = lines(
      said('get maya chen please'),
      decided(1, { name: 'Maya Chen' }),
      said("it's chen, and maya.chen@gmail.com"),
      decided(2, { email: 'maya.chen@gmail.com' }),
    );
    expect(all.join(' ')).not.toMatch(/maya|chen|gmail/i);
  });

  it('are heard as before', () => {
    const machine = machineOf(
      '      - { to: over }',
      "  chest: { when: has a heart attack, hears: [chest pain*, can't breathe], to: urgent }\n",
    );
    const heard = record(machine, [said('maria here i have chest pains and my number is 503 555 0143')]);
    const redacted = redact(machine, heard, { key: 'k' }).recording;
    expect(wordsOf(redacted)[0]).toMatch(/chest pains/);
    expect(JSON.stringify(redacted)).not.toMatch(/maria|0143/);
    const denied = record(machine, [said('lin chu no chest pain at all years ago'), decided(1, {}, 'unclear')]);
    expect(replay(machine, redact(machine, denied, { key: 'k' }).recording).outcome).toBe('same');
  });
});

describe('what stands beside', () => {
  it('is looked through: reasons, failures, briefs', () => {
    const recording = record(plain, [
      said('maya.chen@gmail.com'),
      decided(1, { ...GIVEN, note: 'call maya' }, 'answered', 'She said maya.chen@gmail.com and 4111111111111111.'),
      { type: 'tool.failed', call: 'c2', code: 'not_found', message: 'Nobody has Quentin Marchbanks.' },
    ]);
    const text = JSON.stringify(redact(plain, recording, { key: 'k' }).recording);
    expect(text).not.toMatch(/maya|chen|4111|Quentin|Marchbanks/i);
    expect(text).toContain('"code":"not_found"');
  });

  it('keys that were pressed are others that are read as the pseudonym', () => {
    const recording = record(plain, [
      said('maya chen'),
      decided(1, { name: 'Maya Chen', email: 'maya.chen@gmail.com' }),
      { type: 'caller.pressed', keys: '03041962#' },
      said('my phone is 503-555-0143'),
      decided(2, { phone: '+15035550143' }),
      { type: 'caller.pressed', keys: '97205' },
    ]);
    const redacted = redact(plain, recording, { key: 'k' }).recording;
    expect(replay(plain, redacted).outcome).toBe('same');
    const keys = redacted.events.flatMap((event) => (event.type === 'caller.pressed' ? [event.keys] : []));
    expect(keys).toEqual([expect.stringMatching(/^\d{8}#$/), expect.stringMatching(/^\d{5}$/)]);
    expect(keys).not.toContain('03041962#');
    expect(keys).not.toContain('97205');
  });

  it('is refused where the recording is of another workflow, or does not replay', () => {
    const recording = record(plain, whole('all of it'));
    const other = machineOf('      - { to: person }');
    expect(() => redact(other, recording)).toThrow(expect.objectContaining({ code: 'recording/other-version' }));
    const unlike = { ...recording, events: recording.events.filter(({ type }) => type !== 'agent.said') };
    expect(() => redact(plain, unlike)).toThrow(expect.objectContaining({ code: 'recording/unlike' }));
  });
});

describe('an imported conversation', () => {
  it('is scrubbed by what its words look like', () => {
    const events: RecordedEvent[] = [
      { type: 'person.said', at: AT, who: 'agent', text: 'Hello, what is your e-mail address?' },
      { type: 'caller.said', at: AT, text: 'maya.chen@gmail.com, and my order W1000001 is late' },
      { type: 'person.said', at: AT, who: 'agent', text: 'So maya.chen@gmail.com it is.' },
    ];
    const { recording, replaced } = scrub(
      { session: 's', channel: 'voice', start: AT, imported: 'contact-lens', events },
      { key: 'k' },
    );
    const texts = recording.events.map((event) => 'text' in event && event.text);
    expect(texts[0]).toBe('Hello, what is your e-mail address?');
    const [address = ''] = /\S+@example\.(com|org)/.exec(String(texts[1])) ?? [];
    expect(texts[1]).toBe(
      `${address} and my order W1000001 is late`.replace(address, address.endsWith(',') ? address : `${address},`),
    );
    expect(texts[2]).toContain(address.replace(',', ''));
    expect(JSON.stringify(texts)).not.toMatch(/maya|chen|gmail/);
    expect(recording).toMatchObject({ redacted: true, imported: 'contact-lens' });
    expect(replaced).toEqual({ values: 1, lines: 2 });
  });
});
