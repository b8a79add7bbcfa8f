import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { campaign } from './campaign.ts';

/** npm run kill -- [--points 1000] [--seed N] [--round R] [--lanes L]: kills the engine at so many points of running conversations. */
const { values } = parseArgs({
  options: {
    points: { type: 'string' },
    seed: { type: 'string' },
    round: { type: 'string' },
    lanes: { type: 'string' },
  },
});
const whole = z.coerce.number().int().min(0);
const seed = values.seed === undefined ? Date.now() % 1_000_000 : whole.parse(values.seed);
const round = values.round === undefined ? undefined : whole.parse(values.round);
const points = round === undefined ? whole.parse(values.points ?? 1_000) : Number.POSITIVE_INFINITY;

console.log(`seed ${seed}`);
const start = performance.now();
const { struck, rounds, failures } = await campaign({
  points,
  seed,
  ...(round === undefined ? {} : { only: round }),
  lanes: whole.parse(values.lanes ?? Math.min(availableParallelism(), 4)),
  struck: (count) => {
    if (process.stderr.isTTY) process.stderr.write(`\rkilled ${count}/${points}\u001b[K`);
  },
});
if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
let total = 0;
for (const [place, count] of struck) {
  total += count;
  console.log(`${String(count).padStart(6)}  ${place}`);
}
const seconds = ((performance.now() - start) / 1000).toFixed(0);
console.log(`${total} kills in ${rounds} rounds, ${seconds} s, ${failures.length} failures`);
for (const failure of failures) console.log(failure);
if (failures.length > 0) process.exitCode = 1;
