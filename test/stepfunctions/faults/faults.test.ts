import { describe, expect, it, jest } from '@jest/globals';
import { broken } from './check.ts';
import { contact } from './deployment.ts';
import { describeScenario, random, SCENARIOS, second, share, single, skewed, sweep } from './sweep.ts';

// Some hundred contacts each: a busy machine takes its time.
jest.setTimeout(600_000);

/** `npm run faults` runs all of what is tried here in part. */
const SEEDS = Array.from({ length: 20 }, (_, index) => 1 + index);

describe.each(SCENARIOS.map((scenario) => [describeScenario(scenario), scenario] as const))('%s', (_, scenario) => {
  // What the chat leaves out, the call has.
  const part = scenario.channel === 'chat' ? 0 : 1;

  it('a contact with which nothing goes wrong ends as it should', async () => {
    const outcome = await contact(scenario);
    expect(await broken(outcome)).toEqual([]);
    expect(outcome).toMatchObject({ last: { rest: 'end', step: 'goodbye' }, stalled: 0 });
    expect(outcome.ledger.cancelled.size).toBe(1);
  });

  it('each operation of each function may go wrong in each way: nobody is stuck, nothing is done twice', async () => {
    const { runs, people, unanswered, findings } = await sweep(share(await single(scenario), part));
    expect(findings).toEqual([]);
    expect(runs).toBeGreaterThan(70);
    expect(unanswered).toBe(0);
    expect(people).toBeLessThan(runs / 2);
  });

  it('and so may each of what is done about it', async () => {
    const plans = (await second(scenario)).filter(({ faults: [, next] }) => next?.at.of === 'finish');
    const { runs, findings } = await sweep([...share(plans, 0), ...share(plans, 1)]);
    expect(findings).toEqual([]);
    expect(runs).toBeGreaterThan(20);
  });

  it('clocks may be apart', async () => {
    expect((await sweep(await skewed(scenario))).findings).toEqual([]);
  });

  it('two or three faults, drawn at random', async () => {
    expect((await sweep(await random(scenario, SEEDS))).findings).toEqual([]);
  });
});
