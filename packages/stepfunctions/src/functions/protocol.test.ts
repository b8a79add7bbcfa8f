import { describe, expect, it, jest } from '@jest/globals';
import { explore } from './testing/exploration.ts';
import { modelOf } from './testing/model.ts';
import { sabotaged } from './testing/sabotage.ts';
import { LARGER, SABOTAGES, SCENARIOS } from './testing/scenarios.ts';

const all = process.env['PARLEY_PROTOCOL'] === 'all';
/** More states than any scenario has. */
const MOST = 3_000_000;

jest.setTimeout(all ? 3_600_000 : 300_000);

describe('whatever order things happen in, all that must hold does', () => {
  it.each(Object.entries({ ...SCENARIOS, ...(all ? LARGER : {}) }))('%s', async (name, scenario) => {
    const begun = Date.now();
    const { violation, states, schedules, ends } = await explore(modelOf(scenario), MOST);
    const seconds = ((Date.now() - begun) / 1_000).toFixed(1);
    if (all) console.info(`${name}: ${states} states, ${schedules} schedules, ${seconds} s`);
    expect(violation === undefined ? '' : [violation.message, ...violation.path].join('\n')).toBe('');
    expect(ends).toBeGreaterThan(0);
  });
});

describe('what is broken on purpose is found', () => {
  it.each(SABOTAGES)('$name', async (sabotage) => {
    const scenario = { ...SCENARIOS, ...LARGER }[sabotage.scenario];
    if (!scenario) throw new Error(`There is no scenario ${sabotage.scenario}.`);
    const { functions, undo } = await sabotaged(sabotage);
    try {
      const { violation } = await explore(modelOf(scenario, functions), MOST);
      expect(violation?.message).toMatch(sabotage.breaks);
    } finally {
      await undo();
    }
  });
});
