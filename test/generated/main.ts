import { parseArgs } from 'node:util';
import { RULES, STEP_KINDS } from '@parley/workflow';
import { Random } from '../../packages/workflow/src/expression/testing/generate.ts';
import { examine, type Specimen } from './examine.ts';
import { shrink } from './shrink.ts';
import { specimenOf } from './specimen.ts';

/** npm run generated -- [--count N] [--seed N] [--only INDEX]: generated workflows, with figures. */
const { values } = parseArgs({
  options: { count: { type: 'string', default: '1000' }, seed: { type: 'string' }, only: { type: 'string' } },
});
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
const only = values.only === undefined ? undefined : Number(values.only);
const count = only === undefined ? Number(values.count) : 1;
console.log(`Seed ${seed}`);

let valid = 0;
let events = 0;
let failed = 0;
const rules = new Map<string, number>();
const kinds = new Map<string, number>();
const visits = new Map<string, number>();
const ends = new Map<string, number>();
const add = (to: Map<string, number>, key: string) => to.set(key, (to.get(key) ?? 0) + 1);

for (let index = only ?? 0; index < (only ?? 0) + count; index++) {
  const { one, whole, random } = specimenOf(seed, index);
  const { problems, program, journeys, wrong } = examine(one, whole.source, random);
  for (const code of new Set(problems.map(({ code }) => code))) add(rules, code);
  if (program) {
    valid += 1;
    for (const { kind } of program.steps.values()) add(kinds, kind);
  }
  for (const { visited, events: taken, end } of journeys) {
    events += taken;
    add(ends, end ?? 'none');
    for (const name of visited) add(visits, program?.steps.get(name)?.kind ?? name);
  }
  if (index > 0 && index % 1_000 === 0) console.log(`${index} done, ${failed} went wrong`);
  if (wrong.length > 0) {
    failed += 1;
    console.log(
      `\n${index} (--seed ${seed} --only ${index} shows the smallest file):\n${wrong.slice(0, 3).join('\n')}`,
    );
    if (only !== undefined) {
      // The same session cannot be had with another file: several are tried.
      const isWrong = (smaller: Specimen) =>
        [1, 2, 3, 4].some((seed) => examine(smaller, whole.source, new Random(seed)).wrong.length > 0);
      const { source } = shrink(one, isWrong);
      for (const { file, text } of [source, ...Object.values(source.parts)]) console.log(`\n# ${file}\n${text}`);
    }
  }
}

const shown = (map: ReadonlyMap<string, number>) =>
  [...map]
    .sort(([, a], [, b]) => b - a)
    .map(([key, n]) => `${key} ${n}`)
    .join(', ');
console.log(`
${count} workflows: ${valid} valid (${((100 * valid) / count).toFixed(1)} %), ${count - valid} broken; ${failed} went wrong.
Steps of the valid ones: ${shown(kinds)}
  never: ${STEP_KINDS.filter((kind) => !kinds.has(kind)).join(', ') || 'none'}
Sessions: ${[...ends.values()].reduce((sum, n) => sum + n, 0)} with ${events} events; they ended by ${shown(ends)}
Steps visited: ${shown(visits)}
  never: ${STEP_KINDS.filter((kind) => !visits.has(kind)).join(', ') || 'none'}
Rules: ${shown(rules)}
  never: ${
    Object.keys(RULES)
      .filter((rule) => !rules.has(rule))
      .join(', ') || 'none'
  }`);
if (failed > 0) process.exitCode = 1;
