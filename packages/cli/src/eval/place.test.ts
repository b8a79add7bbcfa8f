import { beforeAll, describe, expect, it } from '@jest/globals';
import { createEngine, type Decider, manualClock, type Question } from '@parley/engine';
import { createMachine, type Machine } from '@parley/machine';
import { type Recording, recordingOf, writeRecording } from '@parley/replay';
import { memoryStore } from '@parley/stores';
import { compileWorkflow, sourceOf } from '@parley/workflow';
import { type Place, placesOf } from './place.ts';

const TEA = `workflow: tea
title: A tea house
guidance: Be brief.
otherwise: person
busy: One moment.
limits: { decide: 3s, turn: 2s }
variables:
  cups: { type: integer, ask: How many cups? }
  day: { type: date, ask: For which day? }
  table: { type: string, ask: At which table? }
steps:
  welcome: { say: Welcome., then: need }
  need:
    ask: Tea or coffee?
    fill: [cups]
    choices:
      tea: { when: wants tea, to: details }
      coffee: { when: wants coffee, to: need }
  details:
    form: [cups, day, table]
    then: thanks
  thanks: { say: Thank you., then: sort }
  sort:
    decide: Is it urgent?
    given: [cups]
    choices:
      urgent: { when: it is for today, to: milk }
      later: { when: it is not, to: milk }
    otherwise: done
  milk:
    decide: Is there milk?
    choices:
      is: { when: there is, to: done }
      none: { when: there is none, to: done }
    otherwise: done
  done: { end: { say: It is on its way. } }
  person: { transfer: { queue: counter } }
`;
const source = sourceOf(TEA);
const machineOf = (text: string): Machine => createMachine(compileWorkflow(sourceOf(text)));

/** What a decider was asked in a session, with what it could look back on. */
const asked: unknown[] = [];
let recording: Recording;

/** What of a question tells what is asked: all but the time there is for it. */
async function told({ transcript, due: _, deadline: __, signal: ___, ...question }: Question) {
  return { ...question, transcript: await transcript() };
}

beforeAll(async () => {
  const answers = [
    { choice: 'unclear', values: {} },
    { choice: 'tea', values: { cups: 'two' } },
    { choice: 'answered', values: { day: 'the first of December' } },
    { choice: 'answered', values: { table: 'five' } },
    { choice: 'later', values: {} },
    new Error('It is down.'),
  ].values();
  const decider: Decider = {
    name: 'scripted',
    async decide(question) {
      asked.push(await told(question));
      const answer = answers.next().value;
      if (answer === undefined || answer instanceof Error) throw answer;
      return { ...answer, confidence: 1 };
    },
  };
  const store = memoryStore();
  const clock = manualClock(Date.UTC(2026, 10, 25, 12));
  const engine = createEngine({ workflows: [source], store, decider, tools: {}, clock });
  const contact = { id: 'c1', channel: 'chat' } as const;
  await engine.turn({ session: 's1', id: 'e0', event: { type: 'session.started', workflow: 'tea', contact } });
  for (const text of ['hello', 'two teas please', 'the first of December', 'table five']) {
    await clock.advance(1_000);
    await engine.turn({ session: 's1', id: text, event: { type: 'caller.said', text } });
  }
  const found = await store.load('s1');
  if (!found) throw new Error('It was not kept.');
  const { workflow, version } = found;
  recording = recordingOf({ session: 's1', workflow, version }, await store.events('s1'));
  await engine.close();
});

const found = (machine = machineOf(TEA)) => placesOf(machine, recording, 'calls/s1.jsonl', writeRecording(recording));
const asking = { due: 1, deadline: 2, signal: new AbortController().signal };

describe('the places of a recording', () => {
  it('ask the very questions that were asked then', async () => {
    const { places, failed, diverged } = found();
    expect(failed).toBe(1);
    expect(diverged).toBe(false);
    expect(asked).toHaveLength(6);
    expect(await Promise.all(places.map((place) => told(place.question(asking))))).toEqual(asked.slice(0, 5));
    // What was said right before a decision without a caller is looked back on.
    expect(asked[4]).toMatchObject({ kind: 'decide', memory: { cups: 2 } });
    expect(JSON.stringify(asked[4])).toContain('Thank you.');
    expect(places[0]?.question(asking)).toMatchObject({ due: 1, deadline: 2 });
  });

  it('say what was picked, by whom, and where it stands', () => {
    const lines = writeRecording(recording).split('\n');
    const { places } = found();
    expect(places.map(({ step, choice, by, limit }) => [step, choice, by, limit])).toEqual([
      ['need', 'unclear', 'scripted', 3_000],
      ['need', 'tea', 'scripted', 3_000],
      ['details', 'answered', 'scripted', 3_000],
      ['details', 'answered', 'scripted', 3_000],
      ['sort', 'later', 'scripted', 3_000],
    ]);
    for (const { line, choice } of places) {
      expect(JSON.parse(lines[line - 1] ?? '')).toMatchObject({ type: 'model.decided', choice });
    }
  });

  it('read values as the machine does', () => {
    const [unclear, tea, details] = found().places;
    expect(unclear?.compare({})).toBe('none');
    // What is not valid is none.
    expect(unclear?.compare({ cups: 'a few' })).toBe('none');
    expect(tea?.compare({ cups: 2 })).toBe('same');
    expect(tea?.compare({ cups: 3 })).toBe('other');
    expect(tea?.compare({})).toBe('other');
    expect(details?.compare({ day: '2026-12-01' })).toBe('same');
    expect(details?.compare({ day: '2026-12-01', cups: 2 })).toBe('other');
  });

  it('are others where anything else would be asked, and the same where not', () => {
    const ids = (places: readonly Place[]) => places.map(({ id }) => id);
    const now = ids(found().places);
    expect(new Set(now).size).toBe(5);
    expect(ids(found().places)).toEqual(now);
    // Guidance is asked of every question: no decision is known to be the same.
    expect(ids(found(machineOf(TEA.replace('Be brief.', 'Be kind.'))).places)).toEqual([]);
    // What is said afterwards is asked of nobody; what is said before, is.
    const after = ids(found(machineOf(TEA.replace('say: It is on', 'say: All is on'))).places);
    expect(after).toEqual(now);
    const before = ids(found(machineOf(TEA.replace('Tea or coffee?', 'Coffee or tea?'))).places);
    expect(before).toHaveLength(5);
    expect(before.slice(0, 2)).not.toEqual(now.slice(0, 2));
  });

  it('are those before a recording goes differently', () => {
    // The caller who wanted tea has it at once now.
    const turned = TEA.replace('wants tea, to: details', 'wants tea, to: done').replace(
      'coffee, to: need',
      'coffee, to: details',
    );
    const { places, diverged } = found(machineOf(turned));
    expect(diverged).toBe(true);
    expect(places.map(({ choice }) => choice)).toEqual(['unclear', 'tea']);
  });
});
