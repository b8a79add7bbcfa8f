/** Characters that end a name in JSONata, besides white space. */
const STOPS: ReadonlySet<string> = new Set('.[]{}(),@#;:?+-*/%|=<>^!&~');
const SPACES: ReadonlySet<string> = new Set(' \t\n\r\v');

export interface Scan {
  /** Where each token starts, by where it ends. */
  readonly starts: ReadonlyMap<number, number>;
  /** How many characters are names of variables. */
  readonly variables: number;
  /** The deepest nesting of brackets. */
  readonly depth: number;
}

/** Finds the tokens of an expression without parsing it, so that it can be turned down before it is parsed. */
export function scan(source: string): Scan {
  const starts = new Map<number, number>();
  let variables = 0;
  let depth = 0;
  let deepest = 0;
  let at = 0;
  while (at < source.length) {
    const start = at;
    const character = source[at] ?? '';
    if (SPACES.has(character)) {
      at++;
      continue;
    }
    at = endOfToken(source, at);
    starts.set(at, start);
    if ('([{'.includes(character)) deepest = Math.max(deepest, ++depth);
    else if (')]}'.includes(character)) depth--;
    else if (character === '$') variables += at - start - 1;
  }
  return { starts, variables, depth: deepest };
}

/** Where the token that begins at `start` ends. A text that is not closed ends with the source. */
export function endOfToken(source: string, start: number): number {
  const character = source[start] ?? '';
  if (SPACES.has(character)) return start + 1;
  if (character === "'" || character === '"' || character === '`') return endOfQuoted(source, start, character);
  if (source.startsWith('/*', start)) {
    const end = source.indexOf('*/', start + 2);
    return end < 0 ? source.length : end + 2;
  }
  const two = source.slice(start, start + 2);
  if (['..', ':=', '!=', '>=', '<=', '**', '~>'].includes(two)) return start + 2;
  if (STOPS.has(character)) return start + 1;
  const number = /^(0|[1-9]\d*)(\.\d+)?(e[-+]?\d+)?/i.exec(source.slice(start, start + 400));
  if (number) return start + number[0].length;
  let at = start + 1;
  while (at < source.length && !STOPS.has(source[at] ?? '') && !SPACES.has(source[at] ?? '')) at++;
  return at;
}

function endOfQuoted(source: string, start: number, quote: string): number {
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === '\\' && quote !== '`') at++;
    else if (source[at] === quote) return at + 1;
  }
  return source.length;
}
