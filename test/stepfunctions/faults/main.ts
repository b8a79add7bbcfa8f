import { type Finding, SCENARIOS, describeScenario, second, single, sweep } from './sweep.ts';

/** npm run faults [-- single|second] [-- per-turn]: every fault at every step, for both shapes, and every fault at each step of what is done about one. */
const given = process.argv.slice(2);
const kinds = new Map([
  ['single', single],
  ['second', second],
]);

const all: Finding[] = [];
for (const [name, plansOf] of kinds) {
  if (given.some((one) => kinds.has(one)) && !given.includes(name)) continue;
  for (const scenario of SCENARIOS) {
    if (given.some((one) => one.startsWith('per-')) && !given.includes(scenario.shape)) continue;
    const plans = await plansOf(scenario);
    const { runs, people, unanswered, findings } = await sweep(scenario, plans);
    all.push(...findings);
    console.log(
      `${name}, ${describeScenario(scenario)}: ${runs} contacts, ${people} put through, ${unanswered} by the contact flow; ${findings.length} where something did not hold.`,
    );
    report(findings);
  }
}
process.exitCode = all.length > 0 ? 1 : 0;

/** What did not hold, each with how often, and the first three. */
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
