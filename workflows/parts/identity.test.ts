import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { offlineDecider } from '@parley/deciders';
import {
  createEngine,
  defineTool,
  manualClock,
  type Reply,
  ToolError,
  type Tools,
  type TurnRequest,
} from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { checkWorkflow, loadWorkflow, type WorkflowSource } from '@parley/workflow';
import { type BackEnd, openDesk } from '@parley-workflows/backend/desk';
import {
  DEMO_VOUCHER,
  directoryOf,
  IDENTITY_TABLES,
  identityTools,
  mustBeVerified,
  type Person,
} from '@parley-workflows/backend/identity';
import { toolMakers } from '@parley-workflows/backend/tools';
import { z } from 'zod';

const PEOPLE: readonly Person[] = [
  {
    id: 'P1',
    name: 'Maya Chen',
    email: 'maya.chen@example.com',
    phone: '+15035550142',
    zip: '97201',
    born: '1984-03-04',
  },
  {
    id: 'P2',
    name: 'Peter Novak',
    email: 'peter@example.com',
    phone: '+16175550128',
    zip: '02139',
    born: '1961-07-09',
  },
  { id: 'P3', name: 'Peter Novak', email: 'pete@example.com', zip: '02140', born: '1961-07-09' },
  { id: 'P4', name: 'Ann Lee', email: null, phone: null, zip: '78704', born: '2001-12-24' },
  { id: 'P5', name: 'Ann Lee', email: 'ann2@example.com', phone: null, zip: '78704', born: '1930-02-02' },
];

const OFFICE: BackEnd = { file: 'office.sqlite', tables: [IDENTITY_TABLES], fill: () => undefined };

function officeTools(): Tools {
  const makers = toolMakers(openDesk(OFFICE, { today: '2026-11-24' }), {});
  return {
    ...identityTools(makers, () => directoryOf(PEOPLE)),
    'records.read': makers.reads({
      about: 'Whether there is anything new.',
      input: z.strictObject({ personId: z.string() }),
      output: z.object({ news: z.boolean() }),
      requires: { identity: 'looked_up' },
      run: () => ({ news: false }),
    }),
    'records.close': makers.writes('records.close', {
      about: 'Closes the record.',
      input: z.strictObject({ personId: z.string() }),
      output: z.object({ closed: z.literal(true) }),
      requires: { identity: 'code' },
      errors: ['not_verified'],
      run: (desk, { personId }) => {
        mustBeVerified(desk, personId);
        return { closed: true as const };
      },
    }),
  };
}

/** A workflow that does nothing but go through the part, twice where `again`, and then what it was for. */
const office = (by: 'email' | 'birth', level: 'looked_up' | 'code', again = false) => `
workflow: office
otherwise: person
busy: One moment, please.
variables:
  personId: { type: string, initial: '' }
steps:
  who:
    use: identity
    with: { by: ${by}, level: ${level} }
    save: { personId: personId }
    outcomes: { found: look, proved: close, unknown: unknown, not_proved: not_proved, failed: failed }
  look:
    call: records.read
    with: { personId: =$personId }
    then: ${again ? 'prove' : 'found'}
    failed: failed
${
  again
    ? `  prove:
    use: identity
    with: { by: ${by}, level: code, personId: =$personId }
    save: { personId: personId }
    outcomes: { found: failed, proved: close, unknown: unknown, not_proved: not_proved, failed: failed }
`
    : ''
}  close:
    call: records.close
    with: { personId: =$personId }
    then: proved
    failed: failed
${['found', 'proved', 'unknown', 'not_proved', 'failed']
  .filter((outcome) => outcome !== 'found' || !again)
  .map((outcome) => `  ${outcome}:\n    end: { outcome: ${outcome}, say: "For {{ $personId }}." }`)
  .join('\n')}
  person:
    transfer: { queue: people }
`;

const here = path.dirname(fileURLToPath(import.meta.url));

/** The part comes with a workflow that uses it. */
async function sourceOf(text: string): Promise<WorkflowSource> {
  const { parts } = await loadWorkflow(path.join(here, '..', 'support', 'workflow.yaml'));
  return { file: 'workflow.yaml', text, parts };
}

const vouched = (data: string) => ({ type: 'signal.received', name: 'vouched', data }) as const;

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

type Line = string | TurnRequest['event'] | { readonly pass: number };

/** Has a conversation: what was said by the workflow line by line, and where it came to. */
async function converse(text: string, lines: readonly Line[], tools = officeTools(), session = 's1') {
  let reply: Reply;
  const clock = manualClock(Date.UTC(2026, 10, 24, 15, 30));
  const engine = createEngine({
    workflows: [await sourceOf(text)],
    store: memoryStore(),
    decider: offlineDecider(),
    tools,
    clock,
    push: async (late) => {
      reply = late;
    },
  });
  close = () => engine.close();
  await engine.start();
  let count = 0;
  const send = (event: TurnRequest['event']) => engine.turn({ session, id: `e${++count}`, event });
  reply = await send({
    type: 'session.started',
    workflow: 'office',
    contact: { id: session, channel: 'chat' },
  });
  const said: string[][] = [[...reply.say]];
  for (const line of lines) {
    if (typeof line === 'object' && 'pass' in line) {
      await clock.advance(line.pass);
    } else reply = await send(typeof line === 'string' ? { type: 'caller.said', text: line } : line);
    said.push([...reply.say]);
  }
  const outcome = reply.rest === 'end' ? reply.end.outcome : `${reply.rest} at ${reply.step}`;
  return { said, outcome, last: said.at(-1) ?? [] };
}

const EMAIL = "What's the e-mail address we have on file for you?";
const SENT =
  "To be sure it's you, I've sent a six-digit code to the phone number ending in 4 2. It is good for 10 minutes.";
const CODE = "What's the six-digit code?";
const OFFER = 'I can ask a colleague to vouch for you instead. It may take three minutes. Shall I?';
const WAITING = "I'm asking a colleague. Please stay with me.";

describe('the part', () => {
  it.each([
    ['email', 'looked_up', false],
    ['email', 'code', false],
    ['birth', 'looked_up', false],
    ['birth', 'code', false],
    ['email', 'looked_up', true],
    ['birth', 'looked_up', true],
  ] as const)('has nothing wrong, by %s up to %s, and proves what it says', async (by, level, again) => {
    const tools = Object.fromEntries(Object.entries(officeTools()).map(([name, tool]) => [name, tool.signature]));
    expect(checkWorkflow(await sourceOf(office(by, level, again)), tools).problems).toEqual([]);
  });

  it.each([
    ['a wrong code that counts as a right one', 'wrong_code: wrong', 'wrong_code: proved', 'looked_up'],
    ['a colleague who does not come', 'timeout: nobody_vouched', 'timeout: proved', 'looked_up'],
    ['a caller who will not be proved', 'otherwise: not_proved', 'otherwise: proved', 'looked_up'],
    [
      'a record that is not found',
      'codes: { not_found: missed, ambiguous: missed }',
      'codes: { not_found: known, ambiguous: missed }',
      'none',
    ],
    ['a level that is not looked at', "$personId != '' and $identity in ['code', 'person']", "$personId = ''", 'none'],
  ])('is refused by the checker with %s', async (_, before, after, level) => {
    const source = await sourceOf(office('email', 'code'));
    const { identity } = source.parts;
    if (!identity?.text.includes(before)) throw new Error(`There is no ${before}.`);
    const parts = { identity: { ...identity, text: identity.text.replace(before, after) } };
    const tools = Object.fromEntries(Object.entries(officeTools()).map(([name, tool]) => [name, tool.signature]));
    const { problems } = checkWorkflow({ ...source, parts }, tools);
    expect(problems).toContainEqual(
      expect.objectContaining({ severity: 'error', message: expect.stringContaining(`here it may be \`${level}\``) }),
    );
  });
});

describe('who it is', () => {
  it('is found by e-mail', async () => {
    const { said, outcome, last } = await converse(office('email', 'looked_up'), ['maya.chen@example.com']);
    expect([said[0], last, outcome]).toEqual([[EMAIL], ['For P1.'], 'found']);
  });

  it('or by name and ZIP code', async () => {
    const { said, outcome, last } = await converse(office('email', 'looked_up'), [
      "I don't have an e-mail",
      'maya chen',
      '97201',
    ]);
    expect(said.slice(1, 3)).toEqual([['What first and last name is it under?'], ['And the five-digit ZIP code?']]);
    expect([last, outcome]).toEqual([['For P1.'], 'found']);
  });

  it('or by name and date of birth, in one breath or two', async () => {
    const asked = 'What is the first and last name of the patient?';
    const two = await converse(office('birth', 'looked_up'), ['Maya Chen', 'march 4th 1984']);
    expect([two.said, two.outcome]).toEqual([[[asked], ['And the date of birth?'], ['For P1.']], 'found']);
  });

  it('is told apart by e-mail where two have a name and a ZIP code', async () => {
    const { said, outcome, last } = await converse(office('email', 'looked_up'), [
      'no e-mail',
      'Ann Lee',
      '78704',
      'ann2@example.com',
    ]);
    expect(said[3]).toEqual(['More than one person has that name, so I do need the e-mail address.', EMAIL]);
    expect([last, outcome]).toEqual([['For P5.'], 'found']);
  });

  it('is told apart by ZIP code where two have a name and a birthday', async () => {
    const { said, outcome, last } = await converse(office('birth', 'looked_up'), [
      'Peter Novak',
      'july 9 1961',
      'oh two one four oh',
    ]);
    expect(said[2]).toEqual(['More than one person fits that.', 'And the five-digit ZIP code?']);
    expect([last, outcome]).toEqual([['For P3.'], 'found']);
  });

  it('is not known after three tries', async () => {
    const { said, outcome } = await converse(office('email', 'code'), ['a@b.com', 'c@d.com', 'e@f.com']);
    expect(said[1]).toEqual(["I can't find anybody with that.", EMAIL]);
    expect(outcome).toBe('unknown');
    const birth = await converse(office('birth', 'code'), [
      'Mary Byrne',
      'may 1 1990',
      'Marie Byrne',
      'may 2 1990',
      'Maria Byrne',
      'may 3 1990',
    ]);
    expect(birth.outcome).toBe('unknown');
  });
});

describe('a caller who does not know what is asked', () => {
  it.each([
    ['email', ["I don't have an e-mail", "I don't know"]],
    ['email', ["I don't have an e-mail", 'maya chen', "I don't know the ZIP code"]],
    ['birth', ["I'd rather not say"]],
    ['birth', ['Maya Chen', "I don't remember"]],
    ['birth', ['Peter Novak', 'july 9 1961', "I don't know it"]],
  ] as const)('is not held up, by %s: %j', async (by, lines) => {
    expect((await converse(office(by, 'looked_up'), lines)).outcome).toBe('unknown');
  });
});

describe('that it is really them', () => {
  const start = 'maya.chen@example.com';

  it('is proved by the code', async () => {
    const { said, outcome, last } = await converse(office('email', 'code'), [start, '111111', '424242']);
    expect(said[1]).toEqual([SENT, CODE]);
    expect(said[2]).toEqual(["That isn't the code I sent.", CODE]);
    expect([last, outcome]).toEqual([['For P1.'], 'proved']);
  });

  it('is proved later, without who it is being asked again', async () => {
    const { said, outcome } = await converse(office('email', 'looked_up', true), [start, '424242']);
    expect(said[1]).toEqual([SENT, CODE]);
    expect(outcome).toBe('proved');
  });

  it('by a code that comes by e-mail when the phone is not there', async () => {
    const { said, outcome } = await converse(office('email', 'code'), [start, "I don't have my phone", '424242']);
    expect(said[2]?.[0]).toContain('the e-mail address that begins with M');
    expect(outcome).toBe('proved');
  });

  it('by e-mail at once where there is no phone number', async () => {
    const { said } = await converse(office('email', 'code'), ['pete@example.com']);
    expect(said[1]?.[0]).toContain('the e-mail address that begins with P');
  });

  it('by a colleague where a code can not be sent at all', async () => {
    const { said, outcome } = await converse(office('birth', 'code'), [
      'Ann Lee',
      'december 24 2001',
      'yes please',
      vouched(DEMO_VOUCHER),
    ]);
    expect(said.slice(2, 4)).toEqual([[OFFER], [WAITING]]);
    expect(outcome).toBe('proved');
  });

  it('by a colleague after too many wrong codes; a caller who speaks meanwhile is answered', async () => {
    const { said, outcome } = await converse(office('email', 'code'), [
      start,
      '111111',
      '111111',
      '111111',
      'yes',
      'hello?',
      vouched(DEMO_VOUCHER),
    ]);
    expect(said.slice(4)).toEqual([
      ["I can't take any more codes for now.", OFFER],
      [WAITING],
      ["I'm still waiting for my colleague."],
      ['For P1.'],
    ]);
    expect(outcome).toBe('proved');
  });

  it.each([
    ['resend', 'the phone number ending in 4 2'],
    ['can you email it', 'the e-mail address that begins with M'],
    ['i changed my number', 'the e-mail address that begins with M'],
    ['my phone is dead', 'the e-mail address that begins with M'],
    ["i don't have a code", OFFER],
  ])('as callers say that it does not come: %s', async (words, heard) => {
    const { last } = await converse(office('email', 'code'), [start, words]);
    expect(last.join(' ')).toContain(heard);
    expect(last).not.toEqual([CODE]);
  });

  it.each([
    ['yeah okay', WAITING],
    ['um yes i guess', WAITING],
    ['that would be great', WAITING],
    ["no i can't wait", 'For P1.'],
    ['nah', 'For P1.'],
    ['not really', 'For P1.'],
  ])('as callers answer whether to ask a colleague: %s', async (words, heard) => {
    const { last } = await converse(office('email', 'code'), [start, "I don't want to give you a code", words]);
    expect(last).toEqual([heard]);
  });

  it('is not proved where the colleague does not come', async () => {
    const { said, outcome } = await converse(office('email', 'code'), [
      start,
      'can somebody vouch for me',
      { pass: 180_000 },
    ]);
    expect(said[2]).toEqual([WAITING]);
    expect(said[3]).toEqual(["I'm sorry, nobody could vouch for you.", 'For P1.']);
    expect(outcome).toBe('not_proved');
  });

  it.each([
    ['a voucher that is none', 'V1', 'not_proved'],
    ['something else than a voucher', '', 'failed'],
  ])('nor by %s', async (_, data, outcome) => {
    const lines = [start, 'can somebody vouch for me', vouched(data)];
    expect((await converse(office('email', 'code'), lines)).outcome).toBe(outcome);
  });

  it('nor where the caller wants neither a code nor a colleague', async () => {
    const lines = [start, "I don't want to give you a code", 'no thanks'];
    const { said, outcome } = await converse(office('email', 'code'), lines);
    expect(said[2]).toEqual([OFFER]);
    expect(outcome).toBe('not_proved');
  });

  it('with attempts that are counted over two sessions of one person', async () => {
    const tools = officeTools();
    const first = await converse(office('email', 'code'), [start, '111111', '111111', '111111', 'no'], tools, 's1');
    expect(first.outcome).toBe('not_proved');
    // Two are left of five: the second ends it.
    const second = await converse(office('email', 'code'), [start, '111111', '111111', 'no'], tools, 's2');
    expect(second.said[2]).toEqual(["That isn't the code I sent.", CODE]);
    expect(second.said[3]).toEqual(["I can't take any more codes for now.", OFFER]);
    // In the third no code is even sent; somebody else gets one.
    const third = await converse(office('email', 'code'), [start, 'no'], tools, 's3');
    expect(third.said[1]).toEqual(["I can't take any more codes for now.", OFFER]);
    const other = await converse(office('email', 'code'), ['peter@example.com', '424242'], tools, 's4');
    expect(other.outcome).toBe('proved');
  });

  it('has its door when the tools break', async () => {
    const broken = defineTool({
      about: 'Breaks.',
      effect: 'writes',
      input: z.object({ personId: z.string(), by: z.string() }),
      output: z.object({ hint: z.string(), minutes: z.int() }),
      requires: { identity: 'looked_up' },
      errors: ['not_found', 'too_many_codes'],
      run: () => Promise.reject(new ToolError('closed', 'The line is dead.')),
    });
    const tools = { ...officeTools(), 'identity.send_code': broken };
    expect((await converse(office('email', 'code'), [start], tools)).outcome).toBe('failed');
  });
});
