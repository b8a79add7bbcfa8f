import { describe, expect, it } from '@jest/globals';
import { createMachine } from './machine.ts';
import type { QuestionPlan } from './question.ts';
import { programOf } from './testing/line.ts';

const BOOKING = `
workflow: booking
guidance: Be brief.
otherwise: person
variables:
  guests: { type: integer, min: 1, ask: How many?, invalid: A number! }
  day: { type: date, ask: Which day? }
steps:
  need:
    ask: What can I do for you?
    guidance: Ask one thing.
    fill: [guests]
    choices:
      book: { when: wants a table, examples: [a table], to: details }
  details:
    form: [guests, day]
    then: sure
  sure:
    confirm: '{{ $guests }} on {{ $day }}?'
    fill: [guests]
    yes: person
    no: plain
  plain:
    confirm: Nothing then?
    yes: person
    no: need
  person:
    transfer: { queue: people }
`;

function plan(step: string, text = BOOKING): QuestionPlan {
  const found = createMachine(programOf(text)).questions.get(step);
  if (!found) throw new Error(`Nothing is asked at ${step}.`);
  return found;
}

const offers = (step: string) => plan(step).offers.map(({ name, when, examples }) => [name, when, ...examples]);
const UNCLEAR = ['unclear', 'the answer fits none of these, or could mean several'];

describe('a question', () => {
  it('has its own choices, those of its kind, and that it was not clear', () => {
    expect(offers('need')).toEqual([['book', 'wants a table', 'a table'], UNCLEAR]);
    expect(offers('details')).toEqual([['answered', 'gives what was asked for, or part of it'], UNCLEAR]);
    const yes = ['yes', 'agrees', 'yes', "that's right", 'go ahead'];
    const no = ['no', 'does not agree', 'no', "that's wrong", "don't"];
    expect(offers('sure')).toEqual([yes, no, ['changed', 'corrects something in what was read back'], UNCLEAR]);
    expect(offers('plain')).toEqual([yes, no, UNCLEAR]);
  });

  it.each([
    ['what all decisions are told', 'Be brief.', 'Be kind.'],
    ['what its own are told', 'Ask one thing.', 'Ask two things.'],
    ['when a choice is meant', 'wants a table', 'wants to eat'],
    ['an example', 'a table]', 'two seats]'],
    ['what a value may be', 'min: 1', 'min: 2'],
  ])('is another one with %s', (_, from, to) => {
    expect(plan('need', BOOKING.replace(from, to)).hash).not.toBe(plan('need').hash);
  });

  it.each([
    ['the words it is put in', 'What can I do for you?', 'Yes?'],
    ['a value is asked for with', 'How many?', 'How many guests?'],
    ['is said of a value that is none', 'A number!', 'Sorry?'],
    ['a choice says', 'to: details', 'to: details, say: Fine.'],
  ])('is the same whatever %s', (_, from, to) => {
    expect(plan('need', BOOKING.replace(from, to)).hash).toBe(plan('need').hash);
  });
});
