import { setTimeout as sleep } from 'node:timers/promises';
import { type Decider, DeciderError, type Question, validateDecision } from '@parley/engine';
import { ParleyError } from '@parley/workflow';
import { z } from 'zod';
import { Budget } from './budget.ts';
import type { Place } from './place.ts';
import type { Result, Results } from './results.ts';

/** A model that is compared. */
export interface Candidate {
  readonly model: string;
  readonly decider: Decider;
  /** The strategy that is asked for, or `auto`. */
  readonly strategy: string;
  /** What a decision may cost at most, in USD. */
  readonly most: (question: Question) => Promise<number>;
}

export interface Run {
  readonly places: readonly Place[];
  readonly candidates: readonly Candidate[];
  readonly results: Results;
  /** USD that all of it may cost, with what earlier runs spent. */
  readonly cap?: number;
  readonly concurrency: number;
  /** Aborted when nothing more is to be asked. */
  readonly signal: AbortSignal;
  /** Told of every result, and of what has been spent. */
  readonly done: (spent: number) => void;
  /** Pauses before a model that is busy is asked again, in milliseconds. */
  readonly pauses?: readonly number[];
}

/** How a run ended. `dropped`: models that could not be asked, with the code that says why. */
export interface Ended {
  readonly by: 'end' | 'cap' | 'signal';
  /** Where the cap ended it: what the next could have cost, in USD. */
  readonly next?: number;
  readonly dropped: ReadonlyMap<string, string>;
  readonly spent: number;
}

/** The model is busy, or was for a moment: it is asked again. */
const BUSY = new Set(['decider/throttled', 'decider/unavailable', 'decider/open']);
/** It was not the answer that was at fault: another run asks again, and a model that has no other answer is dropped. */
const NOT_ASKED = new Set([
  ...BUSY,
  'decider/access',
  'decider/quota',
  'decider/refused',
  'decider/residency',
  'decider/no-model',
  'decider/called-off',
  // Something else than a decider's own error: the network, say.
  'error',
]);
/** After so many of them in a row, without an answer before. */
const DROP_AFTER = 5;
/** How long an answer is waited for, though it is late by then: as many of the workflow's own limits, or this, in milliseconds. */
const PATIENCE = { limits: 4, least: 60_000 };

export const keyOf = (place: Place, { model, strategy }: Pick<Candidate, 'model' | 'strategy'>): string =>
  `${place.id} ${model} ${strategy}`;

/** Whether a result counts, or the model is to be asked again. */
export function isFinal(result: Result | undefined): result is Result {
  return result !== undefined && (result.failed === undefined || !NOT_ASKED.has(result.failed));
}

/** Puts each place to each candidate that has no result there yet. Every result is kept as it comes. */
export async function ask({ places, candidates, results, cap, signal, done, pauses, ...run }: Run): Promise<Ended> {
  const tasks = places.flatMap((place) => candidates.map((candidate) => ({ place, candidate })));
  const before = tasks.map(({ place, candidate }) => results.get(keyOf(place, candidate))?.spent ?? 0);
  const budget = new Budget(
    cap,
    before.reduce((sum, spent) => sum + spent, 0),
  );
  const failures = new Map<string, number>();
  const dropped = new Map<string, string>();
  let ended: Ended['by'] = 'end';
  let next: number | undefined;
  const open = tasks.filter(({ place, candidate }) => !isFinal(results.get(keyOf(place, candidate)))).values();

  const worker = async (): Promise<void> => {
    for (const { place, candidate } of open) {
      if (ended !== 'end') return;
      const { model } = candidate;
      if (dropped.has(model)) continue;
      const most = await candidate.most(place.question(within(place, signal)));
      if (!(await budget.take(most))) {
        ended = 'cap';
        next = most;
        return;
      }
      if (signal.aborted) ended = 'signal';
      const result = ended === 'end' ? await answered(place, candidate, most, signal, pauses ?? PAUSES) : undefined;
      budget.settle(most, result?.spent ?? 0);
      if (result === undefined) {
        ended = signal.aborted ? 'signal' : ended;
        return;
      }
      const earlier = results.get(result.key)?.spent ?? 0;
      results.add({ ...result, spent: result.spent + earlier });
      done(budget.spent);
      if (isFinal(result)) failures.set(model, Number.NEGATIVE_INFINITY);
      else failures.set(model, (failures.get(model) ?? 0) + 1);
      if ((failures.get(model) ?? 0) >= DROP_AFTER) dropped.set(model, result.failed ?? '');
    }
  };
  await Promise.all(Array.from({ length: run.concurrency }, worker));
  return { by: ended, ...(next === undefined ? {} : { next }), dropped, spent: budget.spent };
}

const PAUSES = [1_000, 4_000, 15_000];

/** What is said of the time: eval waits longer than a caller would, to tell how late an answer is. */
function within({ limit }: Place, signal: AbortSignal) {
  const deadline = Date.now() + Math.max(PATIENCE.least, limit * PATIENCE.limits);
  return { due: deadline, deadline, signal };
}

const work = z.object({
  latency: z.number().min(0).optional(),
  tokens: z
    .object({
      input: z.number().min(0),
      output: z.number().min(0),
      cacheRead: z.number().min(0),
      cacheWrite: z.number().min(0),
    })
    .optional(),
  cost: z.number().min(0).optional(),
});

/** Undefined where it was called off. */
async function answered(
  place: Place,
  candidate: Candidate,
  most: number,
  signal: AbortSignal,
  pauses: readonly number[],
): Promise<Result | undefined> {
  const { model, decider } = candidate;
  const about = {
    key: keyOf(place, candidate),
    place: `${place.file}:${place.line}`,
    step: place.step,
    model,
  };
  let spent = 0;
  for (let attempt = 0; ; attempt++) {
    const { deadline } = within(place, signal);
    const called = AbortSignal.any([signal, AbortSignal.timeout(deadline - Date.now())]);
    const question = place.question({ due: deadline, deadline, signal: called });
    const begun = performance.now();
    const outcome = await settled(decider, question, called);
    const took = Math.round(performance.now() - begun);
    if (signal.aborted) return undefined;
    const read = work.safeParse(outcome.by ?? {});
    const { latency = took, tokens, cost } = read.success ? read.data : {};
    const untold = outcome.failed === 'timeout' || (tokens !== undefined && cost === undefined);
    spent += cost ?? (untold ? most : 0);
    const told = { latency, ...(tokens ? { tokens } : {}), ...(cost === undefined ? {} : { cost }), spent };
    if (outcome.failed === undefined) {
      return { ...about, choice: outcome.choice, values: place.compare(outcome.values), ...told };
    }
    const pause = pauses[attempt];
    if (!BUSY.has(outcome.failed) || pause === undefined) return { ...about, failed: outcome.failed, ...told };
    await sleep(pause, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return undefined;
  }
}

async function settled(decider: Decider, question: Question, called: AbortSignal) {
  const over = new Promise<never>((_, reject) => {
    called.addEventListener('abort', () => reject(new ParleyError('timeout', 'It was not waited for any longer.')), {
      once: true,
    });
  });
  try {
    const { choice, values, by } = validateDecision(question, await Promise.race([decider.decide(question), over]));
    return { failed: undefined, choice, values, by };
  } catch (error) {
    const by = error instanceof DeciderError ? error.by : undefined;
    return { failed: error instanceof ParleyError ? error.code : 'error', by };
  }
}
