import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ParleyError, WorkflowError } from '@parley/workflow';
import { readStar } from './format.ts';
import { dialoguesIn, type Figures, figuresOf, totalOf } from './report.ts';

/** npm run star -- FOLDER [--json]: people's recorded conversations through Parley, with figures. */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const folder = path.resolve(positionals[0] ?? path.join(root, '..', 'shared', 'star'));

try {
  const all = readStar(folder);
  const total = dialoguesIn(all);
  let done = 0;
  const figures: Figures[] = [];
  for (const data of all) {
    figures.push(
      await figuresOf(data, () => {
        done += 1;
        if (process.stderr.isTTY) process.stderr.write(`\r${data.task.name} ${done}/${total}\u001b[K`);
      }),
    );
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  const shown = figures.length > 1 ? [...figures, totalOf(figures)] : figures;
  if (values.json) console.log(JSON.stringify(shown, null, 2));
  else show(shown);
  if (figures.some(({ diverged }) => diverged > 0)) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof ParleyError)) throw error;
  const { place, code, message, fix } = error;
  const where = place && !(error instanceof WorkflowError) ? `${place.file}:${place.line}  ` : '';
  console.error(`${where}${code}\n    ${message}${fix === undefined ? '' : `\n    ${fix}`}`);
  process.exitCode = 2;
}

function show(figures: readonly Figures[]): void {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  const head = [
    'task',
    'dialogues',
    'decisions',
    'drawn',
    'allowed',
    'decider',
    '(unclear)',
    'described',
    'frequent',
    'random',
    'replayed/s',
  ];
  const rows = figures.map((of) => [
    of.task,
    String(of.dialogues),
    String(of.decisions),
    percent(of.drawn),
    percent(of.allowed),
    percent(of.decider.same),
    percent(of.decider.unclear),
    percent(of.plain.same),
    percent(of.mostFrequent),
    percent(of.random),
    String(Math.round(of.replayedPerSecond)),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of [head, ...rows]) {
    console.log(
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    );
  }
  console.log(`
drawn      of the human agents' decisions, those an arrow of the flow chart leads to
allowed    those the workflow made of it allows: questions answered already may be skipped
decider    of the allowed ones, how often the offline decider picks what the human picked, knowing examples from the other half
(unclear)  how often it says that it can't tell
described  the same without examples: the choices are only described by what the agent says next
frequent   always what the other half of the dialogues picks most often, of what is offered
random     expected of a guess among what is offered
replayed/s whole dialogues put through the machine again in a second, reading them not counted`);
  for (const { task, segments, diverged, outside } of figures) {
    const { freeText, unknownLabel, unasked } = outside;
    console.log(
      `${task}: ${segments} recordings, ${diverged} of them diverge; outside the chart: ${freeText} texts of the agent's own, ${unknownLabel} picks of labels it does not have, ${unasked} look-ups where it draws none`,
    );
  }
}
