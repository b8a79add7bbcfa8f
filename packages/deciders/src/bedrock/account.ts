import type { Clock } from '@parley/engine';
import type { Json } from '@parley/workflow';
import type { Tokens } from './call.ts';
import type { Code } from './failure.ts';
import type { OwnRow, Strategy } from './models.ts';
import { costOf, priceOf } from './price.ts';

/** How a decision was asked for, or a composition. */
export type Way = Strategy | 'text';

interface Attempt {
  readonly model: string;
  readonly strategy: Way;
  readonly begun: number;
  latency?: number;
  tokens?: Tokens;
  failed?: Code;
}

/** The attempts that are told, the last ones: an engine takes no more than 8,000 characters. */
const MOST = 25;

/** Keeps account of what is done for one decision: who was asked, what came of it, what it cost. */
export class Account {
  readonly #attempts: Attempt[] = [];
  readonly #begun: number;
  readonly #clock: Clock;
  readonly #rows: readonly OwnRow[];

  constructor(clock: Clock, rows: readonly OwnRow[]) {
    this.#clock = clock;
    this.#rows = rows;
    this.#begun = clock.now();
  }

  /** A model is asked. What is returned is to be told of its end: tokens, where it answered, and why it failed, if it did. */
  begin(model: string, strategy: Way): (end: { tokens?: Tokens; failed?: Code }) => void {
    const attempt: Attempt = { model, strategy, begun: this.#clock.now() };
    this.#attempts.push(attempt);
    return ({ tokens, failed }) => {
      attempt.latency ??= this.#clock.now() - attempt.begun;
      if (tokens) attempt.tokens = tokens;
      if (failed) attempt.failed = failed;
    };
  }

  /** `by`, as it is recorded. Whoever has not ended yet is called off. `won`: the model that answered. */
  by(won?: string): { readonly [key: string]: Json } {
    const now = this.#clock.now();
    const attempts = this.#attempts.map(({ model, strategy, begun, latency, tokens, failed }) => {
      const cost = tokens && costOf(tokens, priceOf(model, this.#rows));
      const code = failed ?? (latency === undefined ? 'decider/called-off' : undefined);
      return {
        model,
        strategy,
        latency: latency ?? now - begun,
        ...(tokens ? { tokens: { ...tokens } } : {}),
        ...(cost === undefined ? {} : { cost }),
        ...(code === undefined ? {} : { failed: code }),
      };
    });
    const spent = attempts.filter(({ tokens }) => tokens !== undefined);
    const sum = (of: keyof Tokens) => spent.reduce((all, { tokens }) => all + (tokens?.[of] ?? 0), 0);
    const known = spent.every(({ cost }) => cost !== undefined);
    const last = attempts.filter(({ model }) => won === undefined || model === won).at(-1);
    return {
      ...(won === undefined ? {} : { model: won }),
      ...(last ? { strategy: last.strategy } : {}),
      latency: now - this.#begun,
      tokens: {
        input: sum('input'),
        output: sum('output'),
        cacheRead: sum('cacheRead'),
        cacheWrite: sum('cacheWrite'),
      },
      ...(known ? { cost: Math.round(spent.reduce((all, { cost }) => all + (cost ?? 0), 0) * 1e9) / 1e9 } : {}),
      attempts: attempts.slice(-MOST),
    };
  }
}
