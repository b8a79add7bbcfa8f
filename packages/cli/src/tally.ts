import { costOf, type OwnRow, priceOf } from '@parley/deciders';
import type { Json } from '@parley/workflow';
import { z } from 'zod';
import { percentile } from './figures.ts';

/** What decisions can be added up by. */
export const DIMENSIONS = ['workflow', 'step', 'model', 'day'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** An event of a journal or a recording. */
export interface Told {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly type: string;
  readonly data: { readonly [key: string]: Json };
}

/** Which decisions count: from `since` on, before `until`, in milliseconds since the epoch. */
export interface Span {
  readonly since?: number;
  readonly until?: number;
}

/** Decisions added up. Tokens and cost are those of the attempts at the row's model, whoever answered in the end. */
export interface Row {
  readonly by: { readonly [dimension in Dimension]?: string };
  readonly sessions: number;
  /** Those that this model answered, or failed at last. */
  readonly decisions: number;
  readonly failed: number;
  readonly attempts: number;
  /** Attempts that came to nothing and told no tokens: what they cost is in no sum. */
  readonly untold: number;
  readonly tokens: { readonly [kind in Kind]: number };
  /** Milliseconds from being asked to the answer. */
  readonly latency: { readonly p50: number; readonly p95: number } | undefined;
  /** USD. `unknown`: attempts at models without a price, which are not in it. */
  readonly cost: { readonly usd: number; readonly unknown: number };
}

const KINDS = ['input', 'output', 'cacheRead', 'cacheWrite'] as const;
type Kind = (typeof KINDS)[number];

const count = z.number().min(0);
const tokens = z.object({
  input: count,
  output: count,
  cacheRead: count.default(0),
  cacheWrite: count.default(0),
});
/** What a decider says of its work, as far as it is added up. */
const work = z.object({
  decider: z.string().optional(),
  model: z.string().optional(),
  latency: count.optional(),
  tokens: tokens.optional(),
  cost: count.optional(),
  attempts: z.array(z.object({ model: z.string(), tokens: tokens.optional(), cost: count.optional() })).default([]),
});

interface Sum {
  readonly by: Row['by'];
  lastSession: string | undefined;
  sessions: number;
  decisions: number;
  failed: number;
  attempts: number;
  untold: number;
  tokens: { [kind in Kind]: number };
  latencies: number[];
  usd: number;
  unknown: number;
}

const ASKED = new Set(['model.asked', 'words.asked']);
const ANSWERS = new Set(['model.decided', 'model.failed', 'model.composed']);

/** Adds decisions up, one session after the other. It keeps a row a group, and of each decision only its latency. */
export class Tally {
  readonly #dimensions: readonly Dimension[];
  readonly #rows: readonly OwnRow[];
  readonly #span: Span;
  readonly #sums = new Map<string, Sum>();
  readonly #total = empty({});
  /** Models that tokens were spent at, and whose price is not known. */
  readonly #unpriced = new Set<string>();

  constructor(dimensions: readonly Dimension[], span: Span = {}, rows: readonly OwnRow[] = []) {
    this.#dimensions = dimensions;
    this.#span = span;
    this.#rows = rows;
  }

  /** Adds a session's decisions. Its events come in order; those that are no decisions are passed over. */
  async add(
    about: { readonly session: string; readonly workflow: string },
    events: AsyncIterable<Told> | Iterable<Told>,
  ): Promise<void> {
    const asked = new Map<string, number>();
    for await (const { at, type, data } of events) {
      const decision = String(data['decision']);
      if (ASKED.has(type)) asked.set(decision, at);
      // Words that come sentence by sentence are one answer, the last of which says what it took.
      if (!ANSWERS.has(type) || data['more'] === true) continue;
      const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = this.#span;
      if (at >= since && at < until) this.#count(about, at, type, data, asked.get(decision));
      asked.delete(decision);
    }
  }

  #count(
    { session, workflow }: { readonly session: string; readonly workflow: string },
    at: number,
    type: string,
    data: Told['data'],
    asked: number | undefined,
  ): void {
    const read = work.safeParse(data['by'] ?? {});
    const by = read.success ? read.data : work.parse({});
    const answered = by.model ?? by.attempts.at(-1)?.model ?? by.decider ?? NOT_TOLD;
    const day = new Date(at).toISOString().slice(0, 10);
    const sumsOf = (model: string) => {
      const values = { workflow, step: String(data['step'] ?? NOT_TOLD), model, day };
      const key = this.#dimensions.map((dimension) => values[dimension]);
      const id = JSON.stringify(key);
      const known =
        this.#sums.get(id) ?? empty(Object.fromEntries(this.#dimensions.map((name, at) => [name, key[at]])));
      this.#sums.set(id, known);
      return [known, this.#total].map((sum) => {
        if (sum.lastSession !== session) sum.sessions += 1;
        sum.lastSession = session;
        return sum;
      });
    };
    const latency = by.latency ?? (asked === undefined ? undefined : at - asked);
    // A decider that was not waited for tells nothing of what it spent.
    const late = type === 'model.failed' && by.attempts.length === 0 && data['code'] === 'timeout';
    for (const sum of sumsOf(answered)) {
      sum.decisions += 1;
      if (type === 'model.failed') sum.failed += 1;
      if (latency !== undefined) sum.latencies.push(latency);
      if (late) sum.untold += 1;
    }
    const whole = by.tokens ? [{ model: answered, tokens: by.tokens, cost: by.cost }] : [];
    for (const attempt of by.attempts.length > 0 ? by.attempts : whole) {
      const cost = attempt.cost ?? (attempt.tokens && costOf(attempt.tokens, priceOf(attempt.model, this.#rows)));
      if (attempt.tokens && cost === undefined) this.#unpriced.add(attempt.model);
      for (const sum of sumsOf(attempt.model)) {
        sum.attempts += 1;
        if (cost !== undefined) sum.usd += cost;
        else if (attempt.tokens) sum.unknown += 1;
        else sum.untold += 1;
        for (const kind of KINDS) sum.tokens[kind] += attempt.tokens?.[kind] ?? 0;
      }
    }
  }

  /** The sums, in the order of what they are by. */
  rows(): readonly Row[] {
    return [...this.#sums.values()].map(rowOf).toSorted((a, b) => {
      for (const dimension of this.#dimensions) {
        const [one = '', other = ''] = [a.by[dimension], b.by[dimension]];
        if (one !== other) return one < other ? -1 : 1;
      }
      return 0;
    });
  }

  total(): Row {
    return rowOf(this.#total);
  }

  get unpriced(): readonly string[] {
    return [...this.#unpriced].sort();
  }
}

const NOT_TOLD = '(not told)';

function empty(by: Row['by']): Sum {
  return {
    by,
    lastSession: undefined,
    sessions: 0,
    decisions: 0,
    failed: 0,
    attempts: 0,
    untold: 0,
    tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    latencies: [],
    usd: 0,
    unknown: 0,
  };
}

function rowOf({ lastSession: _, latencies, usd, unknown, tokens, ...sum }: Sum): Row {
  const [p50, p95] = [percentile(latencies, 0.5), percentile(latencies, 0.95)];
  return {
    ...sum,
    tokens: { ...tokens },
    latency: p50 === undefined || p95 === undefined ? undefined : { p50, p95 },
    cost: { usd: Math.round(usd * 1e9) / 1e9, unknown },
  };
}
