import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { replay } from '@parley/replay';
import { readChart } from './chart.ts';
import { readStar } from './format.ts';
import { machineOf } from './report.ts';
import { segmentsOf } from './segments.ts';
import { dialogue, finds, folderOf, looksUp, picks, says } from './testing/folder.ts';

const tiny = path.join(path.dirname(fileURLToPath(import.meta.url)), 'tiny');

function put(folder: string) {
  const [data] = readStar(folder).all;
  if (!data) throw new Error('There is a task in it.');
  const chart = readChart(data.task);
  const machine = machineOf(data.task, chart);
  const all = data.dialogues.map((one) => segmentsOf(machine, chart, one));
  for (const { recordings } of all)
    for (const recording of recordings) expect(replay(machine, recording)).toMatchObject({ outcome: 'same' });
  return all;
}
const pathOf = (recording: { readonly events: readonly object[] } | undefined) =>
  recording?.events.flatMap((event) => ('path' in event && Array.isArray(event.path) ? event.path : []));

describe('dialogues', () => {
  const [first, second] = put(tiny);

  it('that keep to the workflow are one recording', () => {
    expect(first?.recordings).toHaveLength(1);
    expect(first?.decisions).toMatchObject([
      // The greeting was skipped: no arrow leads there, but the workflow allows it.
      { label: 'ask_card', drawn: false, beyond: undefined },
      { label: 'inform_due', drawn: false, beyond: undefined },
    ]);
    expect(pathOf(first?.recordings[0])).toEqual([
      'start',
      'begin',
      'opening',
      'ask_card',
      'query',
      'after_query',
      'inform_due',
    ]);
  });

  it('know what was answered by the time of a decision, and not what was said since', () => {
    const [asked, informed] = first?.decisions ?? [];
    expect(asked?.asked).toMatchObject({ heard: 'When is my book due?' });
    expect(Object.keys(asked?.asked?.snapshot.memory.vars ?? {})).toEqual(['contact']);
    expect(informed?.asked?.heard).toBeUndefined();
    expect(informed?.asked?.snapshot.memory.vars).toMatchObject({
      said_opening: 'When is my book due?',
      said_ask_card: "12, and it's Emma",
      wanted: 'Emma',
      result: { Due: 'May 1' },
    });
  });

  it('that leave it are cut there, and go on from what the human picked', () => {
    expect(second?.decisions.map(({ label, drawn, beyond }) => [label, drawn, beyond])).toEqual([
      ['hello', true, undefined],
      ['out_of_scope', false, undefined],
      ['inform_unknown', true, undefined],
      // No label of the chart.
      ['custom', false, 'unknownLabel'],
      // Not where the chart is then: the rest is a recording of its own.
      ['hello', false, 'back'],
    ]);
    expect(second?.recordings.map(({ events }) => events[0])).toMatchObject([
      { contact: { id: 'two' } },
      { contact: { attributes: { at: 'hello', said_inform_unknown: "it's Persuasion" } } },
    ]);
    expect(second?.outside).toEqual({ freeText: 1, unasked: 0 });
  });
});

const gym = {
  replies: { hello: 'Hello?', gym_bye: 'Bye.', yes: 'Yes', gym_offer: 'There is a place. Shall I book it?' },
  graph: {
    hello: 'gym_ask_day',
    gym_ask_day: 'query_check',
    available: 'gym_offer',
    yes: 'query_book',
    query_book: 'gym_booked',
    gym_booked: 'gym_bye',
  },
};
const gymOf = (...events: readonly unknown[]) =>
  put(folderOf({ 'tasks/gym.json': gym, 'dialogues/gym.jsonl': [dialogue(1, ...events)] }))[0];

describe('what a dialogue may hold', () => {
  it('two calls: which is meant stands in what was asked for', () => {
    const gone = gymOf(
      says('a place on Monday'),
      looksUp({ Day: '"Mon"' }, { RequestType: '"Check"' }),
      finds({ Message: 'Available' }),
      picks('gym_offer'),
      says('yes please'),
      looksUp({ Day: '"Mon"' }, { RequestType: '"Book"' }),
      finds({ Message: 'Done', Places: [{ Row: 1 }] }),
      picks('gym_booked'),
      picks('gym_bye'),
    );
    expect(gone?.recordings.map(pathOf)).toEqual([
      [
        ...['start', 'begin', 'opening', 'query_check', 'after_query_check', 'gym_offer'],
        ...['query_book', 'after_query_book', 'gym_booked', 'gym_bye'],
      ],
    ]);
    expect(gone?.decisions.map(({ beyond }) => beyond)).toEqual([undefined, undefined, undefined]);
  });

  it('a look-up without a result, a result without a look-up, words without an answer, an answer without words', () => {
    const gone = gymOf(
      finds({ A: 1 }),
      looksUp(),
      says('hello?'),
      says('anyone?'),
      picks('gym_ask_day'),
      picks('hello'),
    );
    expect(gone?.decisions.map(({ label, beyond }) => [label, beyond])).toEqual([
      ['gym_ask_day', 'other'],
      ['hello', 'back'],
    ]);
  });

  it('the same label again, which is the question put once more', () => {
    const gone = gymOf(says('a place'), picks('gym_ask_day'), says('what?'), picks('gym_ask_day'));
    expect(gone?.decisions[1]).toMatchObject({ label: 'gym_ask_day', asked: { picked: 'unclear' } });
    // It was no answer.
    expect(gone?.recordings).toHaveLength(1);
    expect(gone?.recordings[0]?.events.map((event) => ('values' in event ? event.values : {}))).not.toContainEqual(
      expect.objectContaining({ said_gym_ask_day: 'what?' }),
    );
  });

  it('more after a farewell, by whatever name the farewell goes', () => {
    const gone = gymOf(says('hi'), picks('goodbye_1'), says('wait'), picks('hello'));
    expect(gone?.decisions.map(({ label, beyond }) => [label, beyond])).toEqual([
      ['gym_bye', 'other'],
      ['hello', 'afterFarewell'],
    ]);
  });

  it('look-ups where there is nothing to look up', () => {
    const files = {
      'tasks/t.json': { graph: { hello: 'bye' } },
      'dialogues/t.jsonl': [dialogue(1, looksUp(), finds())],
    };
    expect(put(folderOf(files))[0]).toMatchObject({ outside: { unasked: 1 }, decisions: [] });
  });

  it('nothing', () => {
    expect(gymOf()).toMatchObject({ decisions: [], outside: { freeText: 0, unasked: 0 } });
  });
});
