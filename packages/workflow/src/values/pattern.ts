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
  const ways = waysIn(source);
  if (ways === undefined) return 'it repeats something that already varies, which can take forever';
  return ways > MOST_WAYS ? 'too much of it varies one after the other, which can take forever' : undefined;
}

/**
 * In how many ways the pieces of a pattern that vary one after the other may share a text between them: three repeats
 * without an end, say. All of them are tried before a text is found not to match.
 */
const MOST_WAYS = LONGEST_MATCHED ** 3;

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

interface Group {
  /** What stands in it: [piece, is it repeated]. A group inside counts as one piece. */
  readonly pieces: (readonly [string, boolean])[];
  /** It can match the same length of text in more than one way, or texts of several lengths. */
  varies: boolean;
  alternatives: number;
  /** The first piece of each alternative. */
  readonly begins: string[];
  fresh: boolean;
  /** The pieces that vary, since the last sign that none of them can match, and their ways. */
  run: readonly string[];
  ways: number;
  /** The most ways of a run so far. */
  most: number;
}

/**
 * In how many ways a text can be tried against a pattern; undefined where a group that is repeated more than a few times holds something that can match in more than one way: another
 * repeat, an option, or alternatives that begin alike. All expressions that take exponential time have one. A group
 * that a sign of its own sets apart from the next, as in `\d+(-\d+)*`, is none of them.
 */
function waysIn(source: string): number | undefined {
  const group = (): Group => ({
    pieces: [],
    varies: false,
    alternatives: 1,
    begins: [],
    fresh: true,
    run: [],
    ways: 1,
    most: 1,
  });
  const open: Group[] = [group()];
  for (let at = 0; at < source.length; ) {
    const current = open.at(-1);
    if (!current) return undefined;
    const rest = source.slice(at);
    const head = /^\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?/.exec(rest)?.[0];
    if (head !== undefined) {
      open.push(group());
      at += head.length;
      continue;
    }
    if (rest.startsWith('|')) {
      current.alternatives++;
      current.fresh = true;
      current.run = [];
      current.ways = 1;
      at++;
      continue;
    }
    const closed = rest.startsWith(')') ? open.pop() : undefined;
    const outer = open.at(-1);
    if (!outer) return undefined;
    const piece = PIECE.exec(rest)?.[0] ?? rest.charAt(0);
    at += piece.length;
    const quantifier = QUANTIFIER.exec(source.slice(at));
    at += quantifier?.[0].length ?? 0;
    const { varies, times, choices } = repeats(quantifier);
    const apart = closed === undefined ? piece : '(';
    if (outer.fresh) outer.begins.push(apart);
    outer.fresh = false;
    outer.pieces.push([apart, quantifier !== null]);
    const loose = closed !== undefined && (closed.varies || beginsAlike(closed));
    if (closed && times > 5 && loose && !setApart(closed)) return undefined;
    if (varies || loose) outer.varies = true;
    const sign = literalOf(apart);
    if (sign !== undefined && !varies && outer.run.every((one) => one !== '(' && !matchesSign(one, sign))) {
      outer.run = [];
      outer.ways = 1;
    }
    if (varies || loose) {
      // A group that is set apart from the next is come through in one way, however often.
      const inside = closed === undefined ? 1 : setApart(closed) ? closed.most : closed.most ** Math.min(times, 6);
      outer.run = [...outer.run, apart];
      outer.ways *= choices * inside;
      outer.most = Math.max(outer.most, outer.ways);
    }
  }
  return open[0]?.most;
}

const PIECE = /^(?:\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u.{4}|x..|.)|\[(?:\\.|[^\]\\])*\])/s;

/** `choices`: how many lengths it may have, in pieces. */
function repeats(quantifier: RegExpExecArray | null): {
  readonly varies: boolean;
  readonly times: number;
  readonly choices: number;
} {
  if (!quantifier) return { varies: false, times: 1, choices: 1 };
  const [all, least, comma, most] = quantifier;
  const endless = { varies: true, times: Number.POSITIVE_INFINITY, choices: LONGEST_MATCHED };
  if (least === undefined) return all.startsWith('?') ? { varies: true, times: 1, choices: 2 } : endless;
  if (comma === undefined) return { varies: false, times: Number(least), choices: 1 };
  if (!most) return endless;
  const choices = Math.min(LONGEST_MATCHED, Math.max(1, Number(most) - Number(least) + 1));
  return { varies: least !== most, times: Number(most), choices };
}

function beginsAlike({ alternatives, begins }: Group): boolean {
  if (alternatives === 1) return false;
  return begins.some((begin) => !/^[A-Za-z0-9 _-]$/.test(begin)) || new Set(begins).size < alternatives;
}

/** Whether a group begins or ends with a sign that nothing else in it can match. */
function setApart({ pieces, alternatives }: Group): boolean {
  if (alternatives > 1) return false;
  return [0, pieces.length - 1].some((at) => {
    const [piece = '', repeated] = pieces[at] ?? [];
    const literal = literalOf(piece);
    if (literal === undefined || repeated) return false;
    return pieces.every(([other], index) => index === at || (other !== '(' && !matchesSign(other, literal)));
  });
}

/** The one sign a piece stands for, if it does. */
function literalOf(piece: string): string | undefined {
  const sign = /^(?:\\([^A-Za-z0-9])|([^\\.[(]))$/.exec(piece);
  return sign?.[1] ?? sign?.[2];
}

function matchesSign(piece: string, sign: string): boolean {
  try {
    return new RegExp(`^${piece}$`, 'u').test(sign);
  } catch {
    return true;
  }
}
