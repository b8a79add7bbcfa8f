import type { Json } from '../type.ts';

/** A value heard in an utterance. */
export interface Found {
  readonly value: Json;
  /** Offsets into the utterance, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** 0 to 1: how sure it is that the caller meant this. */
  readonly confidence: number;
}

/** A value in its one canonical form, or why what was given is none; the reason never holds what was given. */
export type Read = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: string };

/** The best of those that share ground: the surest first, then the longest, then the earliest. */
export function bestApart(found: readonly Found[]): readonly Found[] {
  const ranked = [...found].sort(
    (a, b) => b.confidence - a.confidence || b.end - b.start - (a.end - a.start) || a.start - b.start,
  );
  const kept: Found[] = [];
  for (const one of ranked) if (!kept.some((other) => one.start < other.end && other.start < one.end)) kept.push(one);
  return kept;
}
