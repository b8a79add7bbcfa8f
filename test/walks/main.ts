import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Figures, figuresOf, tableOf } from './report.ts';
import { KINDS } from './speech.ts';
import { lineOf, TRADES, walksOf } from './trades.ts';

/** npm run walks -- [--workflow NAME] [--kind KIND] [--goal NAME] [--seed 1] [--count 40] [--bad] [--verbose] */
const { values } = parseArgs({
  options: {
    workflow: { type: 'string' },
    kind: { type: 'string' },
    goal: { type: 'string' },
    seed: { type: 'string' },
    count: { type: 'string' },
    bad: { type: 'boolean' },
    verbose: { type: 'boolean' },
  },
});
const asked = z
  .object({
    workflow: z.enum(TRADES.map(({ workflow }) => workflow)).optional(),
    kind: z.enum(KINDS).optional(),
    seed: z.coerce.number().int().default(1),
    count: z.coerce.number().int().positive().default(40),
  })
  .parse(values);

const figures: Figures[] = [];
for (const trade of TRADES.filter(({ workflow }) => asked.workflow === undefined || asked.workflow === workflow)) {
  const line = await lineOf(trade);
  for (const kind of KINDS.filter((one) => asked.kind === undefined || asked.kind === one)) {
    const walks = await walksOf(line, kind, asked.seed, asked.count, values.goal);
    for (const { goal, seed, verdict, turns, repeats, unwanted, script } of walks) {
      const bad = !['contained', 'handed off'].includes(verdict) || repeats.some(({ how }) => how === 'again');
      if (!values.verbose && !(values.bad && bad)) continue;
      const asks = repeats.map(({ topic, how }) => `${how} ${topic}`).join(', ');
      console.log(
        `\n== ${trade.workflow} ${kind} ${goal.name}, seed ${seed}: ${verdict}, turns ${turns ?? '–'} (${goal.least})${asks && `; ${asks}`}`,
      );
      if (unwanted.length > 0) console.log(`not wanted: ${JSON.stringify(unwanted)}`);
      console.log(script.join('\n'));
    }
    figures.push(figuresOf(trade.workflow, kind, walks));
  }
}
console.log(`\nseed ${asked.seed}, ${asked.count} walks a workflow and kind\n\n${tableOf(figures)}`);
if (figures.some(({ verdicts, again }) => verdicts.stuck + verdicts.wrong + again > 0)) process.exitCode = 1;
