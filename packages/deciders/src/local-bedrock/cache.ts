import { createHash } from 'node:crypto';
import type { CacheRules } from './models.ts';

/** How tokens are counted: the tokens of a text. */
export type CountTokens = (text: string) => number;

/** A rough estimate, four characters to a token: for figures that count, give the server the model's own tokeniser. */
export const estimateTokens: CountTokens = (text) => Math.ceil(text.length / 4);

export type Ttl = '5m' | '1h';

const LIFETIME: { readonly [ttl in Ttl]: number } = { '5m': 5 * 60_000, '1h': 60 * 60_000 };

/** A prompt in the order it is cached in, tools, system, messages: its blocks, and the cache points between them. */
export type Segment = { readonly type: 'block'; readonly text: string } | { readonly type: 'point'; readonly ttl: Ttl };

/** Where the tokens of a prompt came from. */
export interface InputTokens {
  /** Neither read from the cache nor written to it. */
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** A place in a prompt: everything before it as a hash, and its tokens. */
interface Mark {
  readonly hash: string;
  readonly tokens: number;
}

/**
 * The prompt cache, as the guide "Prompt caching" has it: what is cached is the prompt up to a cache point, where that is
 * at least the model's minimum; of the prefixes that are cached, the longest is read, and its time begins anew; the rest
 * up to the last cache point is written. With models that have a lookback, a prefix is also found that ends up to that
 * many blocks before the cache point. Each model id has a cache of its own.
 */
export class PromptCache {
  readonly #entries = new Map<string, { until: number; ttl: Ttl }>();
  readonly #count: CountTokens;
  readonly #now: () => number;

  constructor(count: CountTokens, now: () => number) {
    this.#count = count;
    this.#now = now;
  }

  /** Puts a prompt through the cache, and says what was read and written. Without rules nothing is cached. */
  use(model: string, prompt: readonly Segment[], rules: CacheRules | undefined): InputTokens {
    const { marks, points } = this.#measure(model, prompt);
    const total = marks.at(-1)?.tokens ?? 0;
    if (rules === undefined) return { input: total, cacheRead: 0, cacheWrite: 0 };
    const eligible = points.filter(({ at }) => (marks[at]?.tokens ?? 0) >= rules.min);
    const read = this.#longest(marks, eligible, rules.lookback);
    let written = read;
    for (const { at, ttl } of eligible) {
      const mark = marks[at];
      if (mark === undefined) continue;
      this.#entries.set(mark.hash, { until: this.#now() + LIFETIME[ttl], ttl });
      written = Math.max(written, mark.tokens);
    }
    return { input: total - written, cacheRead: read, cacheWrite: written - read };
  }

  /** A mark after each block (and one before the first), and for each cache point the mark it stands at. */
  #measure(model: string, prompt: readonly Segment[]) {
    const marks: Mark[] = [{ hash: hashOf(model), tokens: 0 }];
    const points: { readonly at: number; readonly ttl: Ttl }[] = [];
    for (const segment of prompt) {
      const last = marks.at(-1);
      if (segment.type === 'point') points.push({ at: marks.length - 1, ttl: segment.ttl });
      else if (last !== undefined) {
        marks.push({ hash: hashOf(last.hash, segment.text), tokens: last.tokens + this.#count(segment.text) });
      }
    }
    return { marks, points };
  }

  /** The tokens of the longest prefix that is cached and can be found from a cache point. */
  #longest(marks: readonly Mark[], points: readonly { readonly at: number }[], lookback: number): number {
    let longest = 0;
    for (const { at } of points) {
      for (let back = at; back >= Math.max(0, at - lookback); back -= 1) {
        const mark = marks[back];
        const entry = mark && this.#entries.get(mark.hash);
        if (mark === undefined || entry === undefined || entry.until <= this.#now()) continue;
        entry.until = this.#now() + LIFETIME[entry.ttl];
        longest = Math.max(longest, mark.tokens);
        break;
      }
    }
    return longest;
  }
}

const hashOf = (...parts: readonly string[]) => createHash('sha256').update(parts.join('\u0000')).digest('base64');
