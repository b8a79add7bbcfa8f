import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readStar } from './format.ts';
import { type Figures, figuresOf, problemsOf, sharesOf, totalOf } from './report.ts';
import { dialogue, finds, folderOf, looksUp, picks, says } from './testing/folder.ts';

const tiny = path.join(path.dirname(fileURLToPath(import.meta.url)), 'tiny');

async function figuresIn(folder: string): Promise<readonly Figures[]> {
  const { all, problems } = readStar(folder);
  expect(problems).toEqual([]);
  const figures: Figures[] = [];
  for (const data of all) {
    expect(problemsOf(data.task).filter(({ severity }) => severity === 'error')).toEqual([]);
    figures.push(await figuresOf(data));
  }
  return figures;
}

describe('the figures', () => {
  it('count what is there', async () => {
    const [library] = await figuresIn(tiny);
    expect(library).toMatchObject({
      task: 'library',
      dialogues: 2,
      recordings: 3,
      diverged: 0,
      decisions: 7,
      drawn: 2,
      allowed: 5,
      beyond: { unknownLabel: 1, afterFarewell: 0, back: 1, other: 0 },
      outside: { freeText: 1, unasked: 0 },
    });
    expect(library && sharesOf(library)).toMatchObject({ drawn: 2 / 7, allowed: 5 / 7 });
  });

  it('have no shares of nothing', async () => {
    const [empty] = await figuresIn(folderOf({ 'tasks/t.json': { replies: { hi: 'Hi' }, graph: {} } }));
    expect(empty).toMatchObject({ dialogues: 0, decisions: 0, allowed: 0 });
    expect(new Set(Object.values(empty ? sharesOf(empty) : {}))).toEqual(new Set([null]));
  });

  it('of all tasks are those of all decisions together', async () => {
    const [one] = await figuresIn(tiny);
    if (!one) throw new Error('The tiny folder has one task.');
    const other = { ...one, decisions: 100, allowed: 10, decider: 1 };
    expect(totalOf([one, other])).toMatchObject({ task: 'all', dialogues: 4, decisions: 107, allowed: 15 });
    expect(sharesOf(totalOf([one, other])).decider).toBe((one.decider + 1) / 15);
  });
});

describe('what is learnt', () => {
  const task = {
    replies: { hello: 'Hello?', ask_size: 'Which size?', left: 'Left.', right: 'Right.' },
    graph: { hello: ['left', 'right'] },
  };
  const of = (...said: readonly (readonly [text: string, label: string])[]) =>
    figuresIn(
      folderOf({
        'tasks/t.json': task,
        'dialogues/t.jsonl': said.map(([text, label], id) => dialogue(id, picks('hello'), says(text), picks(label))),
      }),
    );

  it('comes from the other half: what only the dialogue itself shows helps nobody', async () => {
    // Words that nothing else has, each in one dialogue: known to its own half only.
    const [alone] = await of(['zyxo', 'left'], ['qumba', 'right']);
    expect(alone).toMatchObject({ allowed: 4, described: 0, decider: 0 });
    // The same words in the other half are what it takes.
    const [taught] = await of(['zyxo', 'left'], ['zyxo', 'left'], ['qumba', 'right'], ['qumba', 'right']);
    expect(taught).toMatchObject({ allowed: 8, described: 0, decider: 4 });
  });

  it('holds for the yardsticks too', async () => {
    // In either half the other one's habit is the wrong one; only the greetings (2) come out right.
    const [crossed] = await of(['a', 'left'], ['b', 'right']);
    expect(crossed).toMatchObject({ usual: 2, frequent: 2 });
    const [alike] = await of(['a', 'left'], ['b', 'left']);
    expect(alike).toMatchObject({ usual: 4 });
  });
});

/** Names as they come, as they should not come, and such as every object has. */
const label = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('hello', 'ask_name', 'ask_day', 'inform', 'query', 'query_book', 'bye') },
  { weight: 3, arbitrary: fc.constantFrom('yes', 'no', 'available', 'unclear', 'start', 'person', 'constructor', '') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }).filter((name) => name !== '__proto__') },
);
const words = fc.oneof(
  fc.constantFrom('Hello, how can I help?', 'And {day:s}?', 'Yes', '{{ $x }}', 'my name is Ann', 'no', ''),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constant('{name:s} '.repeat(400)),
);
const event = fc.oneof(
  words.map(says),
  words.map(says),
  label.map(picks),
  label.map(picks),
  fc
    .array(fc.dictionary(fc.constantFrom('Name', 'RequestType'), fc.oneof(words, fc.integer())))
    .map((all) => looksUp(...all)),
  fc.jsonValue({ maxDepth: 2 }).map(finds),
  fc.constant(finds()),
  words.map((Text) => ({ Agent: 'Wizard', Action: 'utter', Text })),
  fc.constant({ Agent: 'Wizard', Action: 'request_suggestions', Text: '' }),
);
const made = fc.record({
  replies: fc.dictionary(label, fc.oneof(words, fc.constant(null))),
  graph: fc.dictionary(label, fc.oneof(label, fc.array(label, { maxLength: 4 }))),
  dialogues: fc.array(fc.array(event, { maxLength: 12 }), { maxLength: 4 }),
});

it('whatever the charts and dialogues are, the figures are those of the files', async () => {
  await fc.assert(
    fc.asyncProperty(made, async ({ replies, graph, dialogues }) => {
      const lines = dialogues.map((events, id) => dialogue(id, ...events));
      const [of] = await figuresIn(folderOf({ 'tasks/t.json': { replies, graph }, 'dialogues/t.jsonl': lines }));
      if (!of) throw new Error('There is one task.');
      // Counted in the events themselves, without any of our reading.
      const raw = dialogues.flat().map((one) => `${one.Agent}/${one.Action}`);
      const times = (kind: string) => raw.filter((one) => one === kind).length;
      expect(of).toMatchObject({
        dialogues: dialogues.length,
        decisions: times('Wizard/pick_suggestion'),
        diverged: 0,
      });
      expect(of.outside.freeText).toBe(times('Wizard/utter'));
      expect(of.outside.unasked).toBeLessThanOrEqual(times('Wizard/query'));
      const { unknownLabel, afterFarewell, back, other } = of.beyond;
      expect(of.allowed + unknownLabel + afterFarewell + back + other).toBe(of.decisions);
      expect(of.recordings).toBeGreaterThanOrEqual(of.dialogues);
      expect(of.recordings).toBeLessThanOrEqual(of.dialogues + afterFarewell + back + other + of.outside.unasked);
      for (const part of [of.decider, of.described, of.usual, of.frequent, of.random])
        expect(part).toBeLessThanOrEqual(of.allowed);
    }),
    { numRuns: 25 },
  );
});
