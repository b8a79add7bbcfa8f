import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { OPENING, readChart } from './convert.ts';
import { readStar } from './format.ts';
import { figuresOf, machineOf, problemsOf } from './report.ts';
import { segmentsOf } from './segments.ts';

const tiny = path.join(path.dirname(fileURLToPath(import.meta.url)), 'tiny');
const scratch = mkdtempSync(path.join(tmpdir(), 'parley-star-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const [library] = readStar(tiny);
if (!library) throw new Error('The tiny folder has one task.');
const chart = readChart(library.task);

describe('a flow chart', () => {
  it('is read as what it means: words for the caller, calls, and conditions that are neither', () => {
    expect(chart.labels).toEqual(['hello', 'ask_card', 'ask_title', 'inform_due', 'inform_unknown', 'out_of_scope']);
    expect(chart.calls).toEqual(['query']);
    expect(chart.anywhere).toEqual(['out_of_scope']);
  });

  it('allows what its arrows lead to, and what lies behind questions that may be answered already', () => {
    expect(chart.drawn(OPENING)).toEqual(['hello']);
    expect(chart.next(OPENING)).toEqual(['hello', 'ask_card', 'ask_title', 'query']);
    expect(chart.next('ask_card')).toEqual(['ask_title', 'query']);
    expect(chart.next('query')).toEqual(['inform_due', 'inform_unknown']);
    expect(chart.next('inform_unknown')).toEqual(['ask_title', 'query']);
  });

  it('becomes a workflow that nothing is wrong with', () => {
    expect(problemsOf(library).filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

describe('dialogues', () => {
  const [first, second] = library.dialogues.map((dialogue) => segmentsOf(machineOf(library, chart), chart, dialogue));

  it('that keep to the workflow are one recording', () => {
    expect(first?.recordings).toHaveLength(1);
    expect(first?.decisions).toMatchObject([
      // The greeting was skipped: no arrow leads there, but the workflow allows it.
      { label: 'ask_card', drawn: false, offered: true },
      { label: 'inform_due', drawn: false, offered: true },
    ]);
    const path = first?.recordings[0]?.events.flatMap((event) => ('path' in event ? (event.path ?? []) : []));
    expect(path).toEqual(['start', 'opening', 'ask_card', 'query', 'after_query', 'inform_due']);
  });

  it('that leave it are cut there, and go on from what the human picked', () => {
    expect(second?.decisions.map(({ label, drawn, offered }) => [label, drawn, offered])).toEqual([
      ['hello', true, true],
      ['out_of_scope', false, true],
      ['inform_unknown', true, true],
      // No label of the chart.
      ['custom', false, false],
      // Not where the chart is then: the rest is a recording of its own.
      ['hello', false, false],
    ]);
    expect(second?.recordings.map(({ events }) => events[0])).toMatchObject([
      { contact: { id: 'two' } },
      { contact: { attributes: { at: 'hello' } } },
    ]);
    expect(second?.outside).toEqual({ freeText: 1, unknownLabel: 1, unasked: 0 });
  });
});

it('the figures count what is there', async () => {
  const figures = await figuresOf(library);
  expect(figures).toMatchObject({
    task: 'library',
    dialogues: 2,
    segments: 3,
    decisions: 7,
    drawn: 2 / 7,
    allowed: 5 / 7,
    diverged: 0,
    outside: { freeText: 1, unknownLabel: 1, unasked: 0 },
  });
});

describe('a folder that is not as it should be', () => {
  const folder = (name: string, files: { readonly [file: string]: string }) => {
    const made = path.join(scratch, name);
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(made, file)), { recursive: true });
      writeFileSync(path.join(made, file), text);
    }
    return made;
  };

  it('is refused with the file and the line', () => {
    expect(() => readStar(path.join(scratch, 'none'))).toThrow('There is no folder');
    const broken = folder('broken', {
      'tasks/t.json': '{"replies": {}, "graph": {}}',
      'dialogues/t.jsonl': '{"DialogueID": 1, "Events": []}\n{"DialogueID": 1, "Events": [{"Agent": 3}]}\n',
    });
    expect(() => readStar(broken)).toThrow(
      expect.objectContaining({ code: 'star/unfit', place: expect.objectContaining({ line: 2 }) }),
    );
  });

  it('with a task of nothing at all gives figures of nothing', async () => {
    const empty = folder('empty', {
      'tasks/t.json': '{"replies": {"hi": "Hi"}, "graph": {}}',
      'dialogues/t.jsonl': '',
    });
    const [data] = readStar(empty);
    expect(data && (await figuresOf(data))).toMatchObject({ dialogues: 0, decisions: 0, allowed: 0 });
  });
});
