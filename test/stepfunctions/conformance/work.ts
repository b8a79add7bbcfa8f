import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { recordedDecider } from '@parley/deciders';
import { signaturesOf, type Tools } from '@parley/engine';
import { createMachine, type Machine } from '@parley/machine';
import { type Recording, readRecording } from '@parley/replay';
import { compileWorkflow, loadWorkflow } from '@parley/workflow';
import healthcareTools from '../../../workflows/healthcare-intake/tools.ts';
import supplyTools from '../../../workflows/supply-chain/tools.ts';
import supportTools from '../../../workflows/support/tools.ts';
import { readChart } from '../../star/chart.ts';
import type { Data } from '../../star/format.ts';
import { machineOf, TOOLS as STAR_TOOLS } from '../../star/report.ts';
import { segmentsOf } from '../../star/segments.ts';
import { type Doing, doingsOf } from '../contact.ts';
import { madeOf } from '../generated.ts';
import type { Setting } from '../hosts.ts';
import { recordedTools } from '../recorded-tools.ts';

/** A session that is had on every host. */
export interface Case {
  readonly name: string;
  readonly doings: readonly Doing[];
  /** Anew for each host. */
  readonly setting: () => Setting;
}

/** A workflow, and sessions of it. */
export interface Work {
  readonly name: string;
  readonly machine: Machine;
  /** What its tools are like. */
  readonly tools: Tools;
  readonly cases: readonly Case[];
}

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../workflows');
const WORKFLOWS: readonly [string, Tools][] = [
  ['support', supportTools({})],
  ['supply-chain', supplyTools({})],
  ['healthcare-intake', healthcareTools({})],
];

const machines = new Map<string, Promise<Machine>>();

/** The machine of one of the three, made once. */
function recordedMachine(name: string, tools: Tools): Promise<Machine> {
  const known = machines.get(name);
  if (known) return known;
  const signatures = signaturesOf(tools);
  const made = loadWorkflow(path.join(folder, name, 'workflow.yaml'), `${name}/workflow.yaml`).then((source) =>
    createMachine(compileWorkflow(source, signatures), signatures),
  );
  machines.set(name, made);
  return made;
}

/** The recordings of the three workflows. `only`: those whose name, `WORKFLOW/FILE`, has this in it. */
export async function* recordedWork(only = ''): AsyncGenerator<Work> {
  for (const [name, tools] of WORKFLOWS) {
    const recordings = path.join(folder, name, 'recordings');
    const files = readdirSync(recordings).filter((file) => file.endsWith('.jsonl') && `${name}/${file}`.includes(only));
    if (files.length === 0) continue;
    const machine = await recordedMachine(name, tools);
    const cases = files.map((file) => {
      const recording = readRecording(readFileSync(path.join(recordings, file), 'utf8'), file);
      return recordedCase(`${name}/${file}`, recording, machine, tools);
    });
    yield { name, machine, tools, cases };
  }
}

/** The recorded human conversations, as the recordings that they are cut into. `most`: so many of each task, from all over it. */
export function* starWork(all: readonly Data[], only = '', most = Number.POSITIVE_INFINITY): Generator<Work> {
  const tools: Tools = Object.fromEntries(
    Object.entries(STAR_TOOLS).map(([name, signature]) => [name, { signature, call: async () => null }]),
  );
  for (const { task, dialogues } of all) {
    const chart = readChart(task);
    const machine = machineOf(task, chart);
    const recordings = dialogues.flatMap((dialogue) => segmentsOf(machine, chart, dialogue).recordings);
    const cases = recordings
      .map((recording) => recordedCase(`${task.name}/${recording.session}`, recording, machine, tools))
      .filter(({ name }) => name.includes(only))
      .filter((_, index, { length }) => index % Math.max(1, Math.ceil(length / most)) === 0);
    if (cases.length > 0) yield { name: task.name, machine, tools, cases };
  }
}

/** So many generated workflows, each with one session. `only`: of those with an index below `count`, whose name has this in it. */
export function* generatedWork(count: number, seed: number, only = ''): Generator<Work> {
  const nameOf = (index: number) => `generated-${index}`;
  // Making one takes a while, and whatever is under way stands still meanwhile: those that are not wanted are not made.
  const wanted =
    only === ''
      ? undefined
      : Array.from({ length: count }, (_, index) => index).filter((index) => nameOf(index).includes(only));
  let made = 0;
  for (const { index, machine, tools, doings, setting } of madeOf(seed, wanted)) {
    if (made++ === count) return;
    yield { name: nameOf(index), machine, tools, cases: [{ name: nameOf(index), doings, setting }] };
  }
}

function recordedCase(name: string, recording: Recording, machine: Machine, tools: Tools): Case {
  const { session, start } = recording;
  return {
    name,
    doings: doingsOf(recording),
    setting: () => ({
      machine,
      tools: recordedTools(recording, tools),
      decider: recordedDecider(recording),
      session,
      start,
    }),
  };
}
