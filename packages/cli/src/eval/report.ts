import { percentile, type Share, shareOf, table, usd, whole } from '../figures.ts';
import { type Candidate, keyOf } from './ask.ts';
import type { Place } from './place.ts';
import type { Result, Results } from './results.ts';

/** What was recorded and what was answered instead, how often, and where for the first time. */
export interface Confusion {
  readonly recorded: string;
  readonly answered: string;
  readonly step: string;
  readonly count: number;
  readonly example: string;
}

/** How one model did. */
export interface Figures {
  readonly model: string;
  readonly strategy: string;
  /** Decisions it was asked for, of all there are. */
  readonly asked: number;
  readonly of: number;
  /** Choices that are those recorded; of all that were asked, what failed among them. */
  readonly choices: Share;
  /** Of answers where the recording or the model has values: all of them the same, as the machine reads them. */
  readonly values: Share;
  /** Answers that came after the workflow's `limits.decide`. */
  readonly late: number;
  /** How often it failed, by code. */
  readonly failed: { readonly [code: string]: number };
  /** Milliseconds. */
  readonly latency: { readonly p50: number; readonly p95: number } | undefined;
  readonly tokens: {
    readonly input: number;
    readonly output: number;
    readonly cacheRead: number;
    readonly cacheWrite: number;
  };
  /** USD of those whose cost is known; `unknown`: of how many it is not. */
  readonly cost: { readonly usd: number; readonly unknown: number; readonly perThousand: number | undefined };
  readonly steps: readonly { readonly workflow: string; readonly step: string; readonly choices: Share }[];
  readonly confusions: readonly Confusion[];
}

/** Works out how a model did, from its results at these places. */
export function figuresOf(
  places: readonly Place[],
  candidate: Pick<Candidate, 'model' | 'strategy'>,
  results: Pick<Results, 'get'>,
): Figures {
  const asked = places.flatMap((place) => {
    const result = results.get(keyOf(place, candidate));
    return result === undefined ? [] : [{ place, result }];
  });
  const agreeing = asked.filter(({ place, result }) => result.choice === place.choice);
  const valued = asked.filter(({ result }) => result.values === 'same' || result.values === 'other');
  const latencies = asked.map(({ result }) => result.latency);
  const [p50, p95] = [percentile(latencies, 0.5), percentile(latencies, 0.95)];
  const priced = asked.filter(({ result }) => result.cost !== undefined || result.tokens === undefined);
  const paid = priced.reduce((sum, { result }) => sum + (result.cost ?? 0), 0);
  const tokens = (kind: keyof Figures['tokens']) =>
    asked.reduce((sum, { result }) => sum + (result.tokens?.[kind] ?? 0), 0);
  return {
    model: candidate.model,
    strategy: candidate.strategy,
    asked: asked.length,
    of: places.length,
    choices: shareOf(agreeing.length, asked.length),
    values: shareOf(valued.filter(({ result }) => result.values === 'same').length, valued.length),
    late: asked.filter(({ place, result }) => result.failed === undefined && result.latency > place.limit).length,
    failed: Object.fromEntries(counted(asked.flatMap(({ result }) => result.failed ?? []))),
    latency: p50 === undefined || p95 === undefined ? undefined : { p50, p95 },
    tokens: {
      input: tokens('input'),
      output: tokens('output'),
      cacheRead: tokens('cacheRead'),
      cacheWrite: tokens('cacheWrite'),
    },
    cost: {
      usd: paid,
      unknown: asked.length - priced.length,
      perThousand: priced.length === 0 ? undefined : (paid / priced.length) * 1_000,
    },
    steps: stepsOf(asked),
    confusions: confusionsOf(asked),
  };
}

type Outcome = { readonly place: Place; readonly result: Result };

function stepsOf(asked: readonly Outcome[]): Figures['steps'] {
  const steps = new Map<string, { workflow: string; step: string; agreeing: number; of: number }>();
  for (const { place, result } of asked) {
    const { workflow, step } = place;
    const key = JSON.stringify([workflow, step]);
    const known = steps.get(key) ?? { workflow, step, agreeing: 0, of: 0 };
    known.of += 1;
    if (result.choice === place.choice) known.agreeing += 1;
    steps.set(key, known);
  }
  return [...steps]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { workflow, step, agreeing, of }]) => ({ workflow, step, choices: shareOf(agreeing, of) }));
}

function confusionsOf(asked: readonly Outcome[]): readonly Confusion[] {
  const confusions = new Map<string, { -readonly [key in keyof Confusion]: Confusion[key] }>();
  for (const { place, result } of asked) {
    if (result.choice === undefined || result.choice === place.choice) continue;
    const { step, choice: recorded, file, line } = place;
    const key = JSON.stringify([step, recorded, result.choice]);
    const known = confusions.get(key) ?? {
      recorded,
      answered: result.choice,
      step,
      count: 0,
      example: `${file}:${line}`,
    };
    known.count += 1;
    confusions.set(key, known);
  }
  return [...confusions.values()].toSorted((a, b) => b.count - a.count);
}

/** How often each is there, the most frequent first. */
export function counted(names: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a);
}

/** How many confusions are told of each model. */
const MOST = 10;

/** The models side by side, as lines. */
export function described(models: readonly Figures[]): readonly string[] {
  const row = (name: string, cell: (figures: Figures) => string) => [name, ...models.map(cell)];
  const failures = [...new Set(models.flatMap(({ failed }) => Object.keys(failed)))].sort();
  const rows = [
    row('', ({ model }) => model),
    ...(models.some(({ strategy }) => strategy !== 'auto') ? [row('strategy', ({ strategy }) => strategy)] : []),
    row('decisions', ({ asked, of }) => (asked === of ? whole(asked) : `${whole(asked)} of ${whole(of)}`)),
    row('same choice', ({ choices }) => percent(choices)),
    row('  95 % interval', ({ choices }) => interval(choices)),
    row('same values', ({ values }) => percent(values)),
    row('  95 % interval', ({ values }) => interval(values)),
    row('late', ({ late }) => whole(late)),
    ...failures.map((code) => row(`failed: ${code}`, ({ failed }) => whole(failed[code] ?? 0))),
    row('latency p50', ({ latency }) => (latency ? `${whole(latency.p50)} ms` : '–')),
    row('latency p95', ({ latency }) => (latency ? `${whole(latency.p95)} ms` : '–')),
    row('tokens in', ({ tokens }) => whole(tokens.input)),
    row('tokens out', ({ tokens }) => whole(tokens.output)),
    row('cache read', ({ tokens }) => whole(tokens.cacheRead)),
    row('cache write', ({ tokens }) => whole(tokens.cacheWrite)),
    row('cost', ({ cost }) => money(cost, cost.usd)),
    row('cost of 1,000', ({ cost }) => money(cost, cost.perThousand)),
  ];
  const steps = [
    ...new Map(
      models.flatMap(({ steps }) => steps.map((one) => [JSON.stringify([one.workflow, one.step]), one] as const)),
    ),
  ]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { workflow, step }]) => [
      workflow,
      step,
      ...models.map(({ steps }) => {
        const found = steps.find((one) => one.workflow === workflow && one.step === step);
        return found ? `${found.choices.count} of ${found.choices.of}` : '–';
      }),
    ]);
  const many = new Set(steps.map(([workflow]) => workflow)).size > 1;
  const byStep = [['', '', ...models.map(({ model }) => model)], ...steps].map(([workflow = '', ...rest]) =>
    many ? [workflow, ...rest] : rest,
  );
  return [
    ...table(rows, 1),
    ...(models.some(({ cost }) => cost.unknown > 0)
      ? ['? No price is known of this model, or not of all that it did: docs/models.md says how to add one.']
      : []),
    '',
    'Same choice, by step:',
    ...table(byStep, many ? 2 : 1),
    ...models.flatMap(({ model, confusions }) => [
      '',
      confusions.length === 0
        ? `${model} picked nothing else than what was recorded.`
        : `${model} picked something else (recorded → answered):`,
      ...table(
        confusions
          .slice(0, MOST)
          .map(({ recorded, answered, step, count, example }) => [
            `  ${whole(count)} ×`,
            `${recorded} → ${answered}`,
            `at ${step},`,
            `as in ${example}`,
          ]),
        4,
      ),
      ...(confusions.length > MOST ? [`  and ${confusions.length - MOST} kinds more`] : []),
    ]),
  ];
}

const percent = ({ count, of }: Share) => (of === 0 ? '–' : `${((count / of) * 100).toFixed(1)} %`);

const interval = ({ of, low, high }: Share) =>
  of === 0 ? '–' : `${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)} %`;

function money({ unknown }: Figures['cost'], amount: number | undefined): string {
  if (amount === undefined) return unknown > 0 ? '?' : '–';
  return unknown > 0 ? `${usd(amount)} ?` : usd(amount);
}
