import { availableParallelism, cpus } from 'node:os';
import { bench as bedrock } from './bedrock/overhead.ts';
import { bench as tokens } from './bedrock/tokens.ts';
import { bench as center } from './center/bench.ts';
import { bench as cold } from './cold.ts';
import { bench as coldLambda } from './cold-lambda.ts';
import { bench as disk } from './disk.ts';
import { bench as expressions } from './expressions.ts';
import { bench as growth } from './growth.ts';
import { bench as replays } from './replays.ts';
import { met, print, type Result } from './report.ts';
import { bench as stepfunctions } from './stepfunctions.ts';
import { bench as turns } from './turns.ts';

const benches: ReadonlyMap<string, () => Promise<readonly Result[]>> = new Map([
  ['turns', turns],
  ['growth', growth],
  ['cold', cold],
  ['cold-lambda', coldLambda],
  ['disk', disk],
  ['replays', replays],
  ['expressions', expressions],
  ['bedrock', bedrock],
  ['tokens', tokens],
  ['stepfunctions', stepfunctions],
  ['center', center],
]);

/** npm run bench [-- NAME… --json]: figures are medians of interleaved rounds; trust the ratios. */
const given = process.argv.slice(2);
const json = given.includes('--json');
const names = given.filter((name) => name !== '--json');
const unknown = names.find((name) => !benches.has(name));
if (unknown !== undefined) {
  console.error(`There is no benchmark ${unknown}. There are ${[...benches.keys()].join(', ')}.`);
  process.exit(1);
}

const machine = `Node ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`;
if (!json) console.log(`${machine}\n`);
const results: Result[] = [];
for (const [name, bench] of benches) {
  if (names.length > 0 && !names.includes(name)) continue;
  for (const result of await bench()) {
    results.push(result);
    if (!json) print(result);
  }
}
if (json) console.log(JSON.stringify({ machine, results: results.map(judged) }, undefined, 2));

function judged({ rows, ...result }: Result) {
  return {
    ...result,
    rows: rows.map(({ targets, ...row }) => ({
      ...row,
      ...(targets ? { targets: targets.map((target) => ({ ...target, met: met(target) })) } : {}),
    })),
  };
}
