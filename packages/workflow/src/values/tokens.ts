/** A word, a run of digits or a single other sign of an utterance. */
export interface Token {
  readonly kind: 'word' | 'digits' | 'mark';
  /** In lower case, with a straight apostrophe. */
  readonly text: string;
  /** As it was written. */
  readonly raw: string;
  readonly start: number;
  readonly end: number;
  /** Nothing stands between it and the token before it. */
  readonly glued: boolean;
}

/** What is read of an utterance at most, in UTF-16 units: nobody says more in a turn, and a pasted book must not cost. */
export const LONGEST_UTTERANCE = 2_000;

const TOKEN = /[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*|[0-9]+|[^\s\p{L}\p{M}0-9]/gu;

/** The tokens of an utterance, of its first 2,000 UTF-16 units. */
export function tokenise(utterance: string): readonly Token[] {
  const tokens: Token[] = [];
  let end = -1;
  for (const match of utterance.slice(0, LONGEST_UTTERANCE).matchAll(TOKEN)) {
    const [raw] = match;
    const kind = /^[0-9]/.test(raw) ? 'digits' : /^[\p{L}\p{M}]/u.test(raw) ? 'word' : 'mark';
    tokens.push({
      kind,
      text: raw.toLowerCase().replaceAll('’', "'"),
      raw,
      start: match.index,
      end: match.index + raw.length,
      glued: match.index === end,
    });
    end = match.index + raw.length;
  }
  return tokens;
}

/** The text of a token in lower case; empty past the ends. */
export function textAt(tokens: readonly Token[], index: number): string {
  return tokens[index]?.text ?? '';
}

/** Where words of a phrase stand one after another, marks but hyphens not skipped: the index past it, or undefined. */
export function phraseAt(tokens: readonly Token[], index: number, ...words: readonly string[]): number | undefined {
  return words.every((word, offset) => textAt(tokens, index + offset) === word) ? index + words.length : undefined;
}

/** Past a hyphen that ties two words together (twenty-three). */
export function skipHyphen(tokens: readonly Token[], index: number): number {
  const next = tokens[index + 1];
  return textAt(tokens, index) === '-' && tokens[index]?.glued && next?.glued && next.kind === 'word'
    ? index + 1
    : index;
}
