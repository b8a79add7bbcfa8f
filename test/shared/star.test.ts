import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { replay } from '@parley/replay';
import { readChart } from '../star/chart.ts';
import { readStar } from '../star/format.ts';
import { machineOf, problemsOf } from '../star/report.ts';
import { segmentsOf } from '../star/segments.ts';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'shared', 'star');

if (existsSync(folder)) {
  describe('the recorded human conversations in ../shared/star', () => {
    const { all, problems } = readStar(folder);

    it.each(all.map((data) => [data.task.name, data] as const))(
      '%s: becomes a workflow, and every dialogue recordings that replay',
      (name, data) => {
        expect(problemsOf(data.task).filter(({ severity }) => severity === 'error')).toEqual([]);
        const chart = readChart(data.task);
        const machine = machineOf(data.task, chart);
        const segments = data.dialogues.map((dialogue) => segmentsOf(machine, chart, dialogue));
        const outcomes = segments.flatMap(({ recordings }) => recordings.map((one) => replay(machine, one).outcome));
        expect(outcomes.filter((outcome) => outcome !== 'same')).toEqual([]);
        // Counted in the file's text, without any of our reading.
        const text = readFileSync(path.join(folder, 'dialogues', `${name}.jsonl`), 'utf8');
        expect(data.dialogues).toHaveLength(text.split('\n').filter((line) => line !== '').length);
        expect(segments.flatMap(({ decisions }) => decisions)).toHaveLength(text.split('"pick_suggestion"').length - 1);
      },
    );

    it('are all there', () => {
      expect(problems).toEqual([]);
      expect(all.map(({ task }) => `${task.name}.json`).sort()).toEqual(
        readdirSync(path.join(folder, 'tasks'))
          .filter((name) => !name.endsWith('.api.json'))
          .sort(),
      );
    });
  });
} else {
  const missing = `The recorded human conversations (STAR) are not at ${path.relative(process.cwd(), folder)}: tasks/TASK.json and dialogues/TASK.jsonl are needed there.`;
  console.warn(missing);
  it.skip(missing, () => undefined);
}
