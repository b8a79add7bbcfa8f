import { explore } from './packages/stepfunctions/src/functions/testing/exploration.ts';
import { modelOf } from './packages/stepfunctions/src/functions/testing/model.ts';
import { LARGER, SCENARIOS } from './packages/stepfunctions/src/functions/testing/scenarios.ts';
for (const [name, scenario] of Object.entries({ ...SCENARIOS, ...(process.argv[2] ? LARGER : {}) })) {
  if (!scenario.pushes && !name.includes('a wait')) continue;
  if (process.argv[2] ? !name.includes(process.argv[2]) : false) continue; const begun = Date.now();
  try {
    const { violation, states, schedules, ends } = await explore(modelOf(scenario), 3_000_000);
    console.log(name, states, schedules.toExponential(1), ends, Date.now() - begun, violation ? [violation.message, ...violation.path].join('\n') : '');
  } catch (e) { console.log(name, String(e), Date.now() - begun); }
}
