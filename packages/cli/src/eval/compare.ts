import { percentile, type Share, shareOf } from '../figures.ts';
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
  /** Milliseconds, of answers. */
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
  const latencies = asked.flatMap(({ result }) => (result.failed === undefined ? [result.latency] : []));
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
