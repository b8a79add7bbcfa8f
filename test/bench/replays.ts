import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createMachine } from '@parley/machine';
import { readRecording, replay } from '@parley/replay';
import { compileWorkflow, loadWorkflow } from '@parley/workflow';
import supportTools from '../../workflows/support/tools.ts';
import { measure, table } from './measure.ts';

const FOLDER = 'workflows/support';

/** What it costs to replay the support workflow's recordings, against reading them as JSON, which nothing could do without. */
export async function bench(): Promise<void> {
  const tools = Object.entries(supportTools({})).map(([name, { signature }]) => [name, signature] as const);
  const signatures = Object.fromEntries(tools);
  const source = await loadWorkflow(path.join(FOLDER, 'workflow.yaml'));
  const machine = createMachine(compileWorkflow(source, signatures), signatures);
  const folder = path.join(FOLDER, 'recordings');
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => readFileSync(path.join(folder, name), 'utf8'));
  const recordings = texts.map((text) => readRecording(text, 'bench'));
  const events = recordings.reduce((sum, recording) => sum + recording.events.length, 0) / recordings.length;
  const each = (work: (index: number) => void) => (count: number) => {
    for (let i = 0; i < count; i++) work(i % recordings.length);
  };
  const results = await measure(
    [
      {
        name: 'JSON.parse of each line',
        run: each((index) =>
          texts[index]
            ?.trim()
            .split('\n')
            .map((line) => JSON.parse(line)),
        ),
      },
      {
        name: 'replay',
        run: each((index) => {
          const recording = recordings[index];
          if (recording && replay(machine, recording).outcome !== 'same') throw new Error('A recording diverges.');
        }),
      },
    ],
    recordings.length * 20,
  );
  table(`A recording of ${events.toFixed(0)} events on average`, results, 'JSON.parse of each line');
  const time = results.get('replay') ?? Number.NaN;
  console.log(`  ${Math.round(1e9 / time)} sessions a second`);
}
