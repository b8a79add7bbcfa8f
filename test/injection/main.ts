import { loadAttempts } from './attempts.ts';
import { harmIn } from './harm.ts';
import { loadLines } from './line.ts';
import { openField } from './play.ts';
import { count, type Row, table } from './report.ts';

/** npm run injection: every attempt at every place of every workflow. Exit code 1 where harm is done. */
const rows = new Map<string, Row>();
let seed = 0;
for (const line of await loadLines()) {
  const field = await openField(line);
  for (const attempt of loadAttempts()) {
    for (const place of line.places) {
      const session = await field.play(attempt, place, seed++);
      const harm = harmIn(session);
      count(rows, attempt, session, harm);
      for (const one of harm)
        console.error(`${line.workflow}, ${attempt.family} ${attempt.number} at ${place.step}: ${one}`);
    }
  }
  await field.close();
}
console.log(table(rows));
process.exitCode = [...rows.values()].some(({ harm }) => harm.length > 0) ? 1 : 0;
