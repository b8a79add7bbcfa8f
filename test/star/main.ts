import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ParleyError, WorkflowError } from '@parley/workflow';
import { readStar } from './format.ts';
import { type Figures, figuresOf, sharesOf, totalOf } from './report.ts';

/** npm run star -- FOLDER [--json]: people's recorded conversations through Parley, with figures. */
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

try {
  const { values, positionals } = given();
  const folder = path.resolve(positionals[0] ?? path.join(root, '..', 'shared', 'star'));
  const { all, problems } = readStar(folder);
  for (const problem of problems) complain(problem);
  const total = all.reduce((sum, { dialogues }) => sum + dialogues.length, 0);
  const shows = process.stderr.isTTY;
  let done = 0;
  const figures: Figures[] = [];
  for (const data of all) {
    figures.push(
      await figuresOf(data, () => {
        done += 1;
        if (shows) process.stderr.write(`\r${data.task.name} ${done}/${total}\u001b[K`);
      }),
    );
  }
  if (shows) process.stderr.write('\r\u001b[K');
  const shown = figures.length > 1 ? [...figures, totalOf(figures)] : figures;
  if (values.json)
    console.log(
      JSON.stringify(
        shown.map((of) => ({ ...of, shares: sharesOf(of) })),
        null,
        2,
      ),
    );
  else show(shown);
  if (problems.length > 0 || figures.some(({ diverged }) => diverged > 0)) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof ParleyError)) throw error;
  complain(error);
  process.exitCode = 2;
}

function given() {
  try {
    return parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
  } catch (cause) {
    throw new ParleyError('star/usage', 'There is no such option.', {
      fix: 'npm run star -- [FOLDER] [--json]',
      cause,
    });
  }
}

function complain(error: ParleyError): void {
  const { place, code, message, fix } = error;
  const where = place && !(error instanceof WorkflowError) ? `${place.file}:${place.line}  ` : '';
  console.error(`${where}${code}\n    ${message}${fix === undefined ? '' : `\n    ${fix}`}`);
}

function show(figures: readonly Figures[]): void {
  const percent = (share: number | null) => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);
  const head =
    'task,dialogues,decisions,drawn,allowed,decider,(unclear),described,usual,frequent,random,replayed/s'.split(',');
  const rows = figures.map((of) => {
    const shares = sharesOf(of);
    const { drawn, allowed, decider, unclear, described, usual, frequent, random, replayedPerSecond } = shares;
    return [
      of.task,
      String(of.dialogues),
      String(of.decisions),
      ...[drawn, allowed, decider, unclear, described, usual, frequent, random].map(percent),
      replayedPerSecond === null ? '–' : String(Math.round(replayedPerSecond)),
    ];
  });
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
decider    of the allowed ones, how often the offline decider picks what the human picked, with examples from the other half of the dialogues
(unclear)  how often it says that it can't tell
described  the same without examples: the choices are only described by what the agent says next
usual      always what the other half of the dialogues picks most often at this step
frequent   always what the other half picks most often at any step, of what is offered
random     expected of a guess among what is offered
replayed/s whole dialogues put through the machine again in a second, reading them not counted
`);
  for (const { task, recordings, diverged, decisions, allowed, beyond, outside } of figures) {
    console.log(
      `${task}: ${recordings} recordings, ${diverged} of them diverge. Not allowed: ${decisions - allowed} decisions (${beyond.unknownLabel} labels the task does not have, ${beyond.afterFarewell} after a farewell, ${beyond.back} back to an earlier label, ${beyond.other} others). Besides: ${outside.freeText} texts of the agent's own, ${outside.unasked} look-ups where the workflow offers none`,
    );
  }
}
