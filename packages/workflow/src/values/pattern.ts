/**
 * An operator's pattern, ready to be matched against whole values. JavaScript has no time limit for a regular
 * expression, so one that could run away (a repeat inside a repeat) is not compiled at all, and only short texts
 * are ever matched.
 */
export interface Pattern {
  /** Whether the whole of a text of at most 200 UTF-16 units matches. */
  matches(text: string): boolean;
}

/** What a pattern is matched against at most, in UTF-16 units. */
export const LONGEST_MATCHED = 200;

const compiled = new Map<string, Pattern | undefined>();

/** Compiles a pattern; undefined for one that `patternProblem` finds something wrong with. */
export function compilePattern(source: string): Pattern | undefined {
  if (compiled.has(source)) return compiled.get(source);
  const expression = patternProblem(source) === undefined ? regular(source) : undefined;
  const pattern = expression && {
    matches: (text: string) => text.length <= LONGEST_MATCHED && expression.test(text),
  };
  if (compiled.size > 1_000) compiled.clear();
  compiled.set(source, pattern);
  return pattern;
}

/** What is wrong with a pattern, in the operator's words; undefined for a good one. */
export function patternProblem(source: string): string | undefined {
  if (source.length > 500) return 'it is longer than 500 characters';
  if (!regular(source)) return 'it is not a regular expression';
  if (/\\[1-9]|\\k</.test(source)) return 'it refers back to what it matched before, which can take forever';
  return runsAway(source) ? 'it repeats something that already varies, which can take forever' : undefined;
}

function regular(source: string): RegExp | undefined {
  for (const flags of ['u', ''])
    try {
      return new RegExp(`^(?:${source})$`, flags);
    } catch {
      // An escape that Unicode mode refuses, such as \-, may still be a good pattern without it.
    }
  return undefined;
}

const QUANTIFIER = /^(?:[*+?]|\{(\d+)(,(\d*))?\})\??/;

/**
 * Whether a group that is repeated more than a few times holds something that can match in more than one way:
 * another repeat, an option, or alternatives that begin alike. All expressions that take exponential time have one.
 */
function runsAway(source: string): boolean {
  interface Group {
    varies: boolean;
    alternatives: number;
    readonly begins: string[];
    fresh: boolean;
  }
  const group = (): Group => ({ varies: false, alternatives: 1, begins: [], fresh: true });
  const open: Group[] = [group()];
  for (let at = 0; at < source.length; ) {
    const current = open.at(-1);
    if (!current) return true;
    let piece = source.charAt(at);
    let closed: Group | undefined;
    if (piece === '\\') piece = /^\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u.{4}|x..|.)/s.exec(source.slice(at))?.[0] ?? piece;
    else if (piece === '[') piece = /^\[(?:\\.|[^\]\\])*\]/s.exec(source.slice(at))?.[0] ?? piece;
    else if (piece === '(') {
      const head = /^\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?/.exec(source.slice(at))?.[0] ?? piece;
      if (current.fresh) current.begins.push('(');
      current.fresh = false;
      open.push(group());
      at += head.length;
      continue;
    } else if (piece === ')') {
      closed = open.pop();
      if (open.length === 0) return true;
    } else if (piece === '|') {
      current.alternatives++;
      current.fresh = true;
      at++;
      continue;
    }
    at += piece.length;
    const quantifier = QUANTIFIER.exec(source.slice(at));
    const outer = open.at(-1);
    if (!outer) return true;
    if (!closed) {
      if (outer.fresh) outer.begins.push(piece);
      outer.fresh = false;
    }
    if (quantifier) at += quantifier[0].length;
    const [all, least, comma, most] = quantifier ?? [];
    const varies = all !== undefined && (least === undefined || comma !== undefined) && least !== most;
    const times =
      all === undefined
        ? 1
        : /^[*+]/.test(all) || (comma !== undefined && most === '')
          ? 1e9
          : all.startsWith('?')
            ? 1
            : Number(most || least);
    const alike =
      closed !== undefined &&
      closed.alternatives > 1 &&
      (closed.begins.some((begin) => !/^[A-Za-z0-9 _-]$/.test(begin)) ||
        new Set(closed.begins).size < closed.alternatives);
    if (times > 5 && closed && (closed.varies || alike)) return true;
    if (varies || closed?.varies || alike) outer.varies = true;
  }
  return false;
}
