import { expect, it } from '@jest/globals';
import { createEngine, type Decider, type Line, manualClock, type Question } from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { sourceOf } from '@parley/workflow';
import { gate } from './desk.ts';

const START = Date.UTC(2026, 10, 24, 12);

const clinic = sourceOf(`
workflow: clinic
title: Appointments
guidance: You answer for the clinic.
timezone: America/New_York
otherwise: person
busy: One moment, please.
limits: { turns: 60, decide: 3s, turn: 2s }

variables:
  name: { type: string, sensitive: pii, ask: Who is it? }
  town: { type: string, ask: Which town? }
  visits: { type: integer, initial: 2 }
  colour: { type: string, initial: red }

interrupts:
  human: { when: asks for a person, examples: [operator], hears: [get me a person], to: person }

steps:
  need:
    ask: What can I do for you?
    guidance: Ask one thing only.
    fill: [town]
    unclear: Sorry?
    choices:
      again: { when: says hello, examples: [hello], to: need }
      book: { when: wants to come, to: details }
      often: { when: is here again, if: $visits > 5, to: need }
  details:
    form: [name, town]
    fill: [visits]
    then: sort
  sort:
    decide: Is it urgent?
    given: [visits]
    choices:
      urgent: { when: it is, to: person }
      later: { when: it is not, to: need }
  person:
    transfer: { queue: people }
`);

/** An engine whose decider remembers what it was asked, and picks what the caller named. */
async function asked() {
  const questions: Question[] = [];
  const transcripts: (readonly Line[])[] = [];
  const decider: Decider = {
    name: 'listener',
    async decide(question) {
      questions.push(question);
      transcripts.push(await question.transcript());
      const [choice = 'unclear', ...values] = (question.heard ?? 'later').split(' ');
      const pairs = values.map((pair) => pair.split('=')).map(([name = '', value = '']) => [name, value] as const);
      return { choice, values: Object.fromEntries(pairs), confidence: 1 };
    },
  };
  const clock = manualClock(START);
  const store = memoryStore();
  const engine = createEngine({ workflows: [clinic], store, decider, tools: {}, clock });
  let count = 0;
  const turn = (event: Parameters<typeof engine.turn>[0]['event']) =>
    engine.turn({ session: 's1', id: `e${++count}`, event });
  await turn({ type: 'session.started', workflow: 'clinic', contact: { id: 'c1', channel: 'chat' } });
  return { questions, transcripts, clock, engine, said: (text: string) => turn({ type: 'caller.said', text }) };
}

it('a decider is asked with the words, the choices that are open and what may be known', async () => {
  const { questions, clock, engine, said } = await asked();
  await clock.advance(1_000);
  await said('again town=Rome');
  const [first] = questions;
  if (!first) throw new Error('Nothing was asked.');
  const { transcript: _, signal, ...question } = first;
  expect(question).toEqual({
    session: 's1',
    workflow: 'clinic',
    step: 'need',
    kind: 'ask',
    instructions: 'You answer for the clinic.\nAsk one thing only.',
    asked: 'What can I do for you?',
    heard: 'again town=Rome',
    // `often` is not open, as there were two visits.
    choices: [
      { name: 'again', when: 'says hello', examples: ['hello'] },
      { name: 'book', when: 'wants to come', examples: [] },
      { name: 'human', when: 'asks for a person', examples: ['operator'], unheard: true },
      { name: 'unclear', when: 'the answer fits none of these, or could mean several', examples: [] },
    ],
    fill: [{ name: 'town', variable: expect.objectContaining({ type: 'string' }), wanted: false }],
    // What is so from the start, and who the contact is, is not told.
    memory: {},
    moment: { now: START + 1_000, timezone: 'America/New_York' },
    models: { decide: undefined, fallback: [], residency: undefined },
    due: START + 3_000,
    deadline: START + 4_000,
  });
  expect(signal.aborted).toBe(true);
  await engine.close();
});

it('a form tells which variables it still wants, and a sensitive one is never told', async () => {
  const { questions, engine, said } = await asked();
  await said('book town=Rome');
  await said('answered name=Jane');
  const [, form, decide] = questions;
  expect(form).toMatchObject({ step: 'details', kind: 'form', instructions: 'You answer for the clinic.' });
  expect(form?.fill.map(({ name, wanted }) => [name, wanted])).toEqual([
    ['name', true],
    ['town', false],
    ['visits', false],
  ]);
  // A decide step is told just what it names.
  expect(decide).toMatchObject({ step: 'sort', kind: 'decide', asked: 'Is it urgent?', memory: { visits: 2 } });
  expect(Object.keys(decide?.memory ?? {})).toEqual(['visits']);
  expect(decide).not.toHaveProperty('heard');
  await engine.close();
});

it('a decider may look back on the last twenty lines, this turn’s among them', async () => {
  const { transcripts, engine, said } = await asked();
  await said('unclear');
  expect(transcripts[0]).toEqual([
    { who: 'agent', text: 'What can I do for you?' },
    { who: 'caller', text: 'unclear' },
  ]);
  for (let turn = 1; turn <= 11; turn++) await said(`again town=T${turn}`);
  const last = transcripts.at(-1) ?? [];
  expect(last).toHaveLength(20);
  expect(last.slice(-3)).toEqual([
    { who: 'caller', text: 'again town=T10' },
    { who: 'agent', text: 'What can I do for you?' },
    { who: 'caller', text: 'again town=T11' },
  ]);
  await engine.close();
});

it('a line that is kept while a decider looks back is there once', async () => {
  const { open, opened } = gate();
  const store = memoryStore();
  const lines: Line[] = [];
  const clock = manualClock(START);
  const engine = createEngine({
    workflows: [clinic],
    store: {
      ...store,
      events: async (session, range) => {
        await opened;
        return store.events(session, range);
      },
    },
    decider: {
      name: 'slow reader',
      async decide({ transcript }) {
        lines.push(...(await transcript()));
        return { choice: 'unclear', values: {}, confidence: 1 };
      },
    },
    tools: {},
    clock,
  });
  const contact = { id: 'c1', channel: 'chat' } as const;
  await engine.turn({ session: 's1', id: 'e1', event: { type: 'session.started', workflow: 'clinic', contact } });
  const turn = engine.turn({ session: 's1', id: 'e2', event: { type: 'caller.said', text: 'good morning' } });
  await clock.advance(2_000);
  expect(await turn).toMatchObject({ rest: 'work', say: ['One moment, please.'] });
  open();
  await clock.advance(0);
  expect(lines).toEqual([
    { who: 'agent', text: 'What can I do for you?' },
    { who: 'caller', text: 'good morning' },
  ]);
  // What was said to bridge the wait is a line, too.
  lines.length = 0;
  await engine.turn({ session: 's1', id: 'e3', event: { type: 'caller.said', text: 'hello?' } });
  expect(lines).toContainEqual({ who: 'agent', text: 'One moment, please.' });
  expect((await store.events('s1')).map(({ type }) => type)).toContain('filler.said');
  await engine.close();
});
