import { Random } from '../../../packages/workflow/src/expression/testing/generate.ts';
import { broken } from './check.ts';
import { contact, type Scenario } from './deployment.ts';
import { describeFault, type Fault, FUNCTIONS, type FunctionName, faultsOf, RUN_FAULTS, type Step } from './faults.ts';

/** Both shapes, each with a chat whose caller is ahead of the execution and a voice call whose caller takes their time. */
export const SCENARIOS: readonly Scenario[] = (['per-contact', 'per-turn'] as const).flatMap((shape) => [
  { shape, channel: 'chat', thinks: 0 },
  { shape, channel: 'voice', thinks: 5_000 },
]);

export const describeScenario = ({ shape, channel }: Scenario): string => `${shape}, ${channel}`;

/** What did not hold, with all it takes to see it again. */
export interface Finding {
  readonly scenario: string;
  readonly faults: readonly string[];
  readonly wrong: readonly string[];
}

/** What came of many contacts. */
export interface Sweep {
  readonly runs: number;
  /** How many were put through to a person, or by the contact flow as nothing answered. */
  readonly people: number;
  readonly unanswered: number;
  /** The longest that a contact was only told to wait, in seconds. */
  readonly stalled: number;
  readonly findings: readonly Finding[];
}

/** What is to go wrong with a contact. */
export interface Plan {
  readonly scenario: Scenario;
  readonly faults: readonly Fault[];
  /** What it was drawn with. */
  readonly seed?: number;
  /** It may lead to a person though each fault by itself is one that is mended. */
  readonly grave?: boolean;
}

/** Runs a contact for each plan. */
export async function sweep(plans: readonly Plan[]): Promise<Sweep> {
  const findings: Finding[] = [];
  let people = 0;
  let unanswered = 0;
  let stalled = 0;
  for (const { scenario, faults, seed, grave = false } of plans) {
    const outcome = await contact(scenario, faults);
    const wrong = [...(await broken(outcome))];
    stalled = Math.max(stalled, outcome.stalled / 1_000);
    if (!outcome.last) unanswered += 1;
    else if (outcome.last.rest === 'transfer') people += 1;
    if (!grave && faults.every(isMended) && outcome.last?.rest !== 'end') {
      wrong.push('What is tried again, or asked twice, led to a person.');
    }
    const [first] = faults;
    if (seed === undefined && first && outcome.missed.includes(first)) wrong.push('The fault did not come about.');
    if (wrong.length > 0) {
      const drawn = seed === undefined ? [] : [`seed ${seed}`];
      findings.push({
        scenario: describeScenario(scenario),
        faults: [...drawn, ...(scenario.skewed ? [scenario.skewed] : []), ...faults.map(describeFault)],
        wrong,
      });
    }
  }
  return { runs: plans.length, people, unanswered, stalled, findings };
}

/** A fault that a caller is to notice nothing of, but that it takes longer: it is tried again, or comes to nothing. */
function isMended({ at, kind }: Fault): boolean {
  if (kind === 'throttled for good' || kind.startsWith('hangs') || kind.startsWith('late')) return false;
  if (kind.startsWith('table')) return false;
  return !(kind.startsWith('fails') && (at.what.startsWith('decider.') || at.what.startsWith('tool.')));
}

/** What a *tick* asks for that finds nothing to do: which timers are due, and who is at work. */
const LOOKS = 2;

/** The steps of a contact where nothing goes wrong but `faults`: those of a run that only looks whether there is something to do are left out. */
export async function stepsOf(scenario: Scenario, faults: readonly Fault[] = []): Promise<readonly Step[]> {
  const { steps } = await contact(scenario, faults);
  const count = new Map<string, number>();
  const run = ({ of, run }: Step) => `${of} ${run}`;
  for (const step of steps) count.set(run(step), (count.get(run(step)) ?? 0) + 1);
  return steps.filter((step) => step.of !== 'tick' || (count.get(run(step)) ?? 0) > LOOKS);
}

/** Each fault at each step of an undisturbed contact. */
export async function single(scenario: Scenario): Promise<readonly Plan[]> {
  return faultsOf(await stepsOf(scenario)).map((fault) => ({ scenario, faults: [fault] }));
}

/**
 * Each fault at each step of what is done about a first one: *finish*, the filler, and what comes to look after it. A function
 * stands still for each first one: a decision, a write, and one of two reads at once.
 */
export async function second(scenario: Scenario): Promise<readonly Plan[]> {
  const undisturbed = await stepsOf(scenario);
  const firsts: [FunctionName, number][] = [
    ['decide', 1],
    ['call', 0],
    ['call', 1],
  ];
  const plans: Plan[] = [];
  for (const [of, run] of firsts) {
    const at = undisturbed.find((step) => step.of === of && step.run === run && step.step === 1);
    if (!at) throw new Error(`There is no ${of} #${run + 1}.`);
    const first: Fault = { at, kind: 'hangs before' };
    const steps = await stepsOf(scenario, [first]);
    const begins = steps.findIndex((step) => step.of === of && step.run === run && step.step === 1);
    for (const fault of faultsOf(steps.slice(begins + 1)))
      plans.push({ scenario, faults: [first, fault], grave: true });
  }
  return plans;
}

const SKEWS = [-300_000, -5_000, 5_000, 300_000];

/**
 * Each function's clock ahead of the others, and behind them. To a clock that is ahead by more than an execution can take, one
 * that has just begun is overdue: what it does then counts as failed.
 */
export async function skewed(scenario: Scenario): Promise<readonly Plan[]> {
  return FUNCTIONS.flatMap((one) =>
    SKEWS.map((by) => ({
      scenario: { ...scenario, skew: (of: FunctionName) => (of === one ? by : 0), skewed: `${one} is ${by} ms ahead` },
      faults: [],
      grave: Math.abs(by) > 60_000,
    })),
  );
}

/** Two or three faults at any steps, with all clocks apart: a plan for each seed. */
export async function random(scenario: Scenario, seeds: readonly number[]): Promise<readonly Plan[]> {
  const faults = faultsOf(await stepsOf(scenario));
  return seeds.map((seed) => {
    const random = new Random(seed);
    const picked = Array.from({ length: 2 + random.below(2) }, () => faults[random.below(faults.length)]).flatMap(
      (one) => one ?? [],
    );
    const most = random.pick([0, 5_000, 300_000]);
    const salt = random.below(1_000_000);
    const skew = (of: FunctionName, run: number) => {
      const drawn = new Random(salt + 7_919 * run + FUNCTIONS.indexOf(of));
      return drawn.below(2 * most + 1) - most;
    };
    return {
      scenario: { ...scenario, skew, skewed: `clocks up to ${most} ms apart` },
      faults: picked,
      seed,
      grave: true,
    };
  });
}

/** Of many plans one for each kind of fault at each operation of each function; of these, every second one from `part` on. */
export function share(plans: readonly Plan[], part: 0 | 1): readonly Plan[] {
  // The last of each: a contact's first steps leave nothing under way.
  const last = new Map<string, Plan>();
  for (const plan of plans) {
    const fault = plan.faults.at(-1);
    if (!fault) continue;
    const { at, kind } = fault;
    const runs: readonly string[] = RUN_FAULTS;
    const key = `${at.of} ${runs.includes(kind) ? '' : at.what} ${kind}`;
    last.set(key, plan);
  }
  return [...last.values()].filter((_, index) => index % 2 === part);
}
