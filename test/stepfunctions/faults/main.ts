import { parseArgs } from 'node:util';
import { describeScenario, type Finding, random, SCENARIOS, second, single, skewed, sweep } from './sweep.ts';

/**
 * npm run faults [-- --only single|second|skewed|random] [--shape per-turn] [--seed N] [--count N]: every fault at every step,
 * every fault at each step of what is done about one, clocks apart, and faults drawn at random.
 */
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    shape: { type: 'string' },
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1000' },
  },
});
const seeds = Array.from({ length: Number(values.count) }, (_, index) => Number(values.seed) + index);
const kinds = new Map([
  ['single', single],
  ['skewed', skewed],
  ['second', second],
  ['random', (scenario: (typeof SCENARIOS)[number]) => random(scenario, seeds)],
]);

let wrong = 0;
for (const [name, plansOf] of kinds) {
  if (values.only !== undefined && values.only !== name) continue;
  for (const scenario of SCENARIOS) {
    if (values.shape !== undefined && values.shape !== scenario.shape) continue;
    const { runs, people, unanswered, stalled, findings } = await sweep(await plansOf(scenario));
    wrong += findings.length;
    const drawn = name === 'random' ? ` (seeds ${seeds[0]} to ${seeds.at(-1)})` : '';
    console.log(
      `${name}${drawn}, ${describeScenario(scenario)}: ${runs} contacts, ${people} put through, ${unanswered} by the contact flow, ${stalled} s the longest stall; ${findings.length} where something did not hold.`,
    );
    report(findings);
  }
}
process.exitCode = wrong > 0 ? 1 : 0;

/** What did not hold, each with how often, and the first ones. */
function report(findings: readonly Finding[]): void {
  const by = new Map<string, Finding[]>();
  for (const finding of findings) {
    for (const wrong of finding.wrong) by.set(wrong, [...(by.get(wrong) ?? []), finding]);
  }
  for (const [wrong, found] of by) {
    console.log(`  ${wrong} ${found.length} times:`);
    for (const { faults } of found.slice(0, 6)) console.log(`    ${faults.join('; ')}`);
  }
}
