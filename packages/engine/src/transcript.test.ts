import { describe, expect, it } from '@jest/globals';
import { compileWorkflow, sourceOf } from '@parley/workflow';
import { type Happened, transcriptOf } from './transcript.ts';

const program = compileWorkflow(
  sourceOf(`
workflow: tea
title: A tea house
otherwise: person
variables:
  email: { type: email, sensitive: pii, readback: true, ask: What's your e-mail address? }
  name: { type: string, sensitive: pii, readback: true, maxLength: 100, ask: And your name? }
  born: { type: date, sensitive: phi, prefer: past, ask: When were you born? }
  allergic: { type: boolean, sensitive: phi, ask: Any allergies? }
  cups: { type: integer, ask: How many cups? }
steps:
  order:
    form: [email, name, born, allergic, cups]
    then: done
  done: { end: Goodbye. }
  person: { transfer: { queue: counter } }
`),
);

const at = Date.UTC(2026, 10, 24);
const caller = (text: string): Happened => ({ type: 'caller.said', at, text });
const agent = (text: string): Happened => ({ type: 'agent.said', at, text });
const decided = (values: Happened['values']): Happened => ({ type: 'model.decided', at, values });
const failed: Happened = { type: 'model.failed', at };

const texts = (events: readonly Happened[], vars = {}) => transcriptOf(program, vars, events).map(({ text }) => text);

describe('what was sensitive in earlier lines', () => {
  it('has the name of its variable, in every form it is said in', () => {
    expect(
      texts([
        caller('Lin.Wu@example.com, and I was born on March 4th, 1962'),
        decided({ email: 'lin.wu@example.com', born: '1962-03-04' }),
        agent('lin.wu@example.com, born March 4, 1962. And your name?'),
        caller('Lin Wu'),
        decided({ name: 'Lin Wu' }),
        caller('this is lin wu again, 3/4/1962'),
        decided({}),
      ]),
    ).toEqual([
      '[email], and I was born on [born]',
      '[email], born [born]. And your name?',
      '[name]',
      'this is [name] again, [born]',
    ]);
  });

  it('takes the whole line with it where it was said in a way that is not found', () => {
    expect(
      texts([
        caller('L as in Lima, I N at example dot com'),
        decided({ email: 'lin@example.com' }),
        caller('yes, to nuts'),
        decided({ allergic: true, cups: 2 }),
      ]),
    ).toEqual(['[email]', '[allergic]']);
  });

  it('is as it was said until a decision is made on it', () => {
    const said = [caller('lin@example.com'), agent('One moment.'), caller('that is lin@example.com')];
    expect(texts(said, { email: 'lin@example.com' })).toEqual([
      'lin@example.com',
      'One moment.',
      'that is lin@example.com',
    ]);
    expect(texts([...said, failed], { email: 'lin@example.com' })).toEqual([
      '[email]',
      'One moment.',
      'that is [email]',
    ]);
  });

  it('is known from what is known, where it was given long ago', () => {
    expect(texts([agent('Is Lin Wu right?')], { name: 'Lin Wu' })).toEqual(['Is [name] right?']);
  });

  it('has its kind where no variable holds it', () => {
    expect(texts([caller('take my card, 4242 4242 4242 4242'), decided({})])).toEqual(['take my card, [pci]']);
  });

  it('is not looked for inside of other words', () => {
    expect(texts([caller('Wu Lan'), decided({ name: 'Lan' }), agent('The plan stands, Lan.')])).toEqual([
      'Wu [name]',
      'The plan stands, [name].',
    ]);
  });
});

it('what is not sensitive stays', () => {
  expect(texts([caller('two cups, order W1234567'), decided({ cups: 2 })])).toEqual(['two cups, order W1234567']);
});

it('the last twenty lines are looked back on', () => {
  const said = Array.from({ length: 30 }, (_, n) => caller(`line ${n}`));
  const lines = transcriptOf(program, {}, [
    ...said,
    { type: 'filler.said', at, text: 'One moment.' },
    { type: 'model.asked', at },
  ]);
  expect(lines).toHaveLength(20);
  expect(lines[0]).toEqual({ who: 'caller', text: 'line 11' });
  expect(lines.at(-1)).toEqual({ who: 'agent', text: 'One moment.' });
});
