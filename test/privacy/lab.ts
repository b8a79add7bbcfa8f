import {
  type Composition,
  type Decider,
  type Decision,
  defineTool,
  type Question,
  ToolError,
  type Tools,
} from '@parley/engine';
import { z } from 'zod';
import { MARKS } from './marks.ts';

/** A workflow through which a marked value comes in on every channel there is. */
export const LAB = `workflow: lab
title: A laboratory
otherwise: person
limits: { reprompts: 5 }
busy: One moment, please.

variables:
  name: { type: string, sensitive: pii, readback: true, ask: What is your name? }
  email: { type: email, sensitive: pii, readback: true, ask: What is your e-mail address? }
  born: { type: date, prefer: past, sensitive: phi, ask: When were you born? }
  pin: { type: string, pattern: '\\d{5}', spoken: digits, sensitive: pci, ask: And your PIN? }
  record: { from: records.get, sensitive: phi }
  visit: { from: visits.get }
  result: { type: string, sensitive: phi }

interrupts:
  human: { when: asks for a person, examples: [let me talk to a person], to: person }

steps:
  need:
    ask: What can I do for you?
    choices:
      results: { when: asks for a result, examples: [my results please, what are my results], to: who }
      nothing: { when: wants nothing more, to: over }
  who:
    form: [name, email, born, pin]
    then: look
  look:
    call: records.get
    with: { name: =$name, email: =$email, born: =$born, pin: =$pin }
    save: record
    then: note
    failed: { to: person }
  note:
    call: audit.note
    with: { who: =$name }
    then: named
    failed: { to: person }
  named:
    call: broken.names
    with: { who: =$name }
    then: threw
    failed: { to: threw }
  threw:
    call: broken.throws
    with: { who: =$name }
    then: invalid
    failed: { retry: 1, to: invalid }
  invalid:
    call: broken.returns
    with: { who: =$name }
    then: visit
    failed: { to: visit }
  visit:
    call: visits.get
    with: { who: =$name }
    save: visit
    then: counted
    failed: { to: person }
  counted:
    say:
      compose: Say how many visits there are.
      facts: { count: =$visit.count }
      text: 'Visits: {{ $visit.count }}.'
    then: about
  about:
    say:
      compose: Say what the visits are about.
      facts: { about: =$visit.about, count: =$visit.count }
      text: There are some visits.
    then: pause
  pause:
    wait: { for: 1h, signal: result, save: result }
    meanwhile: We write to {{ $email }} when it is there.
    then: unkept
  unkept:
    wait: { for: 1h, signal: result }
    then: sure
  sure:
    confirm: So it is {{ $name }}, at {{ $email }}?
    fill: [email]
    yes: person
    no: need
  over:
    end: Goodbye.
  person:
    transfer: { queue: people, say: Somebody will be with you. }
`;

const BAD = MARKS['what a tool returned that is not valid'];
const who = z.object({ who: z.string() });
const cleared = ['pii', 'phi', 'pci'] as const;
const reads = { about: 'Something of the laboratory', effect: 'reads', cleared: [...cleared] } as const;

/** The tools of the laboratory. */
export function labTools(): Tools {
  return {
    'records.get': defineTool({
      ...reads,
      input: z.object({ name: z.string(), email: z.string(), born: z.string(), pin: z.string() }),
      output: z.object({ doctor: z.string(), number: z.number(), about: z.string() }),
      run: ({ name }) => ({
        doctor: MARKS['what a tool returned'],
        number: Number(MARKS['a number that a tool returned']),
        about: `The record of ${name}`,
      }),
    }),
    'audit.note': defineTool({
      ...reads,
      input: who,
      output: z.object({ clerk: z.string() }),
      run: () => ({ clerk: MARKS['what a tool returned and nothing keeps'] }),
    }),
    'broken.names': defineTool({
      ...reads,
      input: who,
      output: z.object({}),
      errors: ['not_found'],
      run: ({ who }) => {
        throw new ToolError('not_found', `There is no ${MARKS['a failure that a tool names']} and no ${who}.`);
      },
    }),
    'broken.throws': defineTool({
      ...reads,
      input: who,
      output: z.object({}),
      run: ({ who }) => {
        throw errorWith(MARKS['an error that a tool throws'], who);
      },
    }),
    'broken.returns': defineTool({
      ...reads,
      input: who,
      output: z.object({ answer: z.number(), by: z.enum(['nobody']) }),
      run: () => JSON.parse(JSON.stringify({ answer: BAD, by: BAD })),
    }),
    'visits.get': defineTool({
      ...reads,
      input: who,
      output: z.object({ about: z.string(), count: z.number() }),
      run: ({ who }) => ({ about: `For ${who}, of ${encodeURIComponent(who)}`, count: 2 }),
    }),
  };
}

/** An error that tells all it knows: in its message, its stack, its cause and beside them. */
export function errorWith(...values: readonly string[]): Error {
  const told = values.join(' and ');
  const error = new Error(`It failed for ${told}.`, { cause: new Error(`Because of ${told}.`) });
  return Object.assign(error, { value: told });
}

/** What the laboratory had a model word, by the step. */
export const composed: Composition[] = [];

/** Answers what the laboratory asks, by the words that were heard, and tells more than it should. */
export const labDecider: Decider = {
  name: 'lab',
  compose: async (composition) => {
    composed.push(composition);
    const heard = (await composition.transcript()).map(({ text }) => text).join(' ');
    return {
      text: `There are two visits of ${MARKS['a name that was decided on']}.`,
      by: { model: 'lab', words: [heard] },
    };
  },
  decide: async (question) => {
    const { heard = '', choices } = question;
    const may = (choice: string) => choices.some(({ name }) => name === choice);
    const { name, email, date, invalid, correction } = {
      name: MARKS['a name that was decided on'],
      email: MARKS['an e-mail address that was said'],
      date: MARKS['a date that was said'],
      invalid: MARKS['an answer that is not valid'],
      correction: MARKS['a correction'],
    };
    const telling = {
      why: `The caller said: ${heard}`,
      say: `You said ${heard}.`,
      by: { model: 'lab', words: [heard] },
    };
    const decision = (choice: string, values: Decision['values'] = {}): Decision => ({
      choice,
      values,
      confidence: 1,
      ...telling,
    });
    if (/throw/.test(heard)) throw errorWith(MARKS['an error that the decider throws'], heard);
    if (may('results') && /result/.test(heard)) return decision('results');
    if (may('yes')) return /^yes/.test(heard) ? decision('yes') : decision('no', { email: correction });
    if (/nowhereland/.test(heard)) return decision('answered', { email: invalid });
    if (heard.startsWith(name)) return decision('answered', { name, email, born: date });
    return decision(unclear(question));
  },
};

const unclear = ({ choices }: Question) => (choices.some(({ name }) => name === 'unclear') ? 'unclear' : 'human');
