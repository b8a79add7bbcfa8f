import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createMachine, type Machine } from '@parley/machine';
import { isInput, type Recording, readRecording, recordingOf, replay, writeRecording } from '@parley/replay';
import { memoryStore } from '@parley/stores';
import { compileWorkflow, loadWorkflow } from '@parley/workflow';
import supportTools from '../../workflows/support/tools.ts';
import { begin, engineOn, HEARD, turn } from './conversation.ts';
import { measure, nanos } from './measure.ts';
import { type Result, rowsOf } from './report.ts';
import { newActor, say } from './yardsticks/bare-xstate.ts';

const TURNS = 20;
const PARSE = 'JSON.parse of each line';

/** What it costs to replay sessions of 20 turns, and the support workflow's recordings. */
export async function bench(): Promise<readonly Result[]> {
  return [await ofTwentyTurns(), await ofSupport()];
}

async function ofTwentyTurns(): Promise<Result> {
  const store = memoryStore();
  const engine = engineOn(store);
  const machine = engine.machine('parcels');
  const recordings: Recording[] = [];
  for (let index = 0; index < 50; index++) {
    const session = `s${index}`;
    await begin(engine, session);
    for (let number = 0; number < TURNS; number++) await turn(engine, session, `e${number}`);
    const { name: workflow, version } = machine.program;
    recordings.push(recordingOf({ session, workflow, version }, await store.events(session)));
  }
  await engine.close();
  const inputs = recordings[0]?.events.filter(isInput).length;
  const bare = 'a bare XState actor, the same turns';
  const timings = await measure([
    ...subjects(machine, recordings, 1_000),
    {
      name: bare,
      count: 1_000,
      run(count) {
        for (let i = 0; i < count; i++) {
          const actor = newActor();
          for (let number = 0; number < TURNS; number++) say(actor, HEARD);
        }
      },
    },
  ]);
  const rows = rowsOf(timings, bare).map((row) =>
    row.name === 'replay' ? { ...row, targets: [perSecond(nanos(timings, 'replay'))] } : row,
  );
  return { title: `Replaying a session of ${TURNS} turns, ${inputs} events`, yardstick: bare, rows };
}

const perSecond = (time: number) =>
  ({ of: 'the sessions replayed in a second', value: 1e9 / time, limit: 3_000, bound: 'at least' }) as const;

async function ofSupport(): Promise<Result> {
  const folder = 'workflows/support';
  const tools = Object.entries(supportTools({})).map(([name, { signature }]) => [name, signature] as const);
  const signatures = Object.fromEntries(tools);
  const source = await loadWorkflow(path.join(folder, 'workflow.yaml'));
  const machine = createMachine(compileWorkflow(source, signatures), signatures);
  const recordings = readdirSync(path.join(folder, 'recordings'))
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => readRecording(readFileSync(path.join(folder, 'recordings', name), 'utf8'), name));
  const events = recordings.flatMap(({ events }) => events.filter(isInput)).length / recordings.length;
  const timings = await measure(subjects(machine, recordings, recordings.length * 20));
  return {
    title: `Replaying a recording of the support workflow, ${events.toFixed(0)} events on average`,
    yardstick: PARSE,
    rows: rowsOf(timings, PARSE),
  };
}

function subjects(machine: Machine, recordings: readonly Recording[], count: number) {
  const texts = recordings.map(writeRecording);
  const each = (work: (index: number) => void) => (count: number) => {
    for (let i = 0; i < count; i++) work(i % recordings.length);
  };
  const again = (recording: Recording | undefined) => {
    if (recording && replay(machine, recording).outcome !== 'same') throw new Error('A recording diverges.');
  };
  return [
    {
      name: PARSE,
      count,
      run: each((index) =>
        texts[index]
          ?.trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ),
    },
    { name: 'replay', count, run: each((index) => again(recordings[index])) },
    {
      name: 'reading and replay',
      count,
      run: each((index) => again(readRecording(texts[index] ?? '', 'bench'))),
    },
  ];
}
