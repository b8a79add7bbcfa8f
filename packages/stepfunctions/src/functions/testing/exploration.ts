/** A step that can be taken from a state. */
export interface Way<S> {
  readonly name: string;
  readonly to: S;
  /** It need not happen: where nothing else can, it may end here. */
  readonly fault: boolean;
}

/** What can happen. A state is plain data; `key` is the same for states from which the same can happen. */
export interface Model<S> {
  readonly initial: () => Promise<S>;
  readonly key: (state: S) => string;
  /** The steps that can be taken, all of them. Throws where something does not hold that always must. */
  readonly ways: (state: S) => Promise<readonly Way<S>[]>;
  /** Looked at where no step is left but faults. Throws where it must not end like that. */
  readonly end: (state: S) => void;
}

/** What was found. */
export interface Explored {
  readonly states: number;
  readonly steps: number;
  readonly ends: number;
  /** How many different sequences of steps there are from the beginning to an end; Infinity where some go round. */
  readonly schedules: number;
  /** What does not hold, and the steps that lead there. */
  readonly violation?: { readonly message: string; readonly path: readonly string[] };
}

interface Seen<S> {
  readonly state: S;
  readonly from: number;
  readonly name: string;
  readonly to: number[];
}

/**
 * Goes through every state that can be reached, each once, the nearest first; so what is found has the shortest way there. Then makes sure
 * that from each an end can be reached: nothing goes round for ever.
 */
export async function explore<S>(model: Model<S>, most: number): Promise<Explored> {
  const known = new Map<string, number>();
  const seen: Seen<S>[] = [];
  let steps = 0;
  const ends: number[] = [];
  const add = (state: S, from: number, name: string): number => {
    const key = model.key(state);
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, seen.length);
    seen.push({ state, from, name, to: [] });
    return seen.length - 1;
  };
  const result = (at?: number, message?: string): Explored => ({
    states: seen.length,
    steps,
    ends: ends.length,
    schedules: at === undefined ? schedulesOf(seen, new Set(ends)) : 0,
    ...(at === undefined ? {} : { violation: { message: message ?? '', path: pathTo(seen, at) } }),
  });
  add(await model.initial(), -1, '');
  for (let at = 0; at < seen.length; at++) {
    const one = seen[at];
    if (!one) break;
    if (at > most) throw new Error(`There are more than ${most} states.`);
    try {
      const ways = await model.ways(one.state);
      steps += ways.length;
      for (const { name, to } of ways) one.to.push(add(to, at, name));
      if (ways.some(({ fault }) => !fault)) continue;
      model.end(one.state);
      ends.push(at);
    } catch (error) {
      return result(at, error instanceof Error ? error.message : String(error));
    }
  }
  const stuck = neverEnds(seen, ends);
  return stuck === undefined ? result() : result(stuck, 'From here no end can be reached.');
}

/** The first state from which no end can be reached. */
function neverEnds<S>(seen: readonly Seen<S>[], ends: readonly number[]): number | undefined {
  const before: number[][] = seen.map(() => []);
  for (const [at, { to }] of seen.entries()) for (const next of to) before[next]?.push(at);
  const ending = new Set(ends);
  for (const at of ending) for (const one of before[at] ?? []) ending.add(one);
  const first = seen.findIndex((_, at) => !ending.has(at));
  return first < 0 ? undefined : first;
}

function pathTo<S>(seen: readonly Seen<S>[], at: number): string[] {
  const path: string[] = [];
  for (let one = seen[at]; one && one.from >= 0; one = seen[one.from]) path.unshift(one.name);
  return path;
}

/** From the last to the first: how many ways there are to an end from each. */
function schedulesOf<S>(seen: readonly Seen<S>[], ending: ReadonlySet<number>): number {
  const counts = new Float64Array(seen.length).fill(-1);
  const open = new Uint8Array(seen.length);
  const stack = [0];
  while (stack.length > 0) {
    const at = stack.at(-1) ?? 0;
    const to = seen[at]?.to ?? [];
    if (open[at] === 0) {
      open[at] = 1;
      for (const next of to) {
        if (open[next] === 1) return Number.POSITIVE_INFINITY;
        if (counts[next] === -1) stack.push(next);
      }
      continue;
    }
    stack.pop();
    open[at] = 2;
    counts[at] = to.reduce((sum, next) => sum + (counts[next] ?? 0), ending.has(at) ? 1 : 0);
  }
  return counts[0] ?? 0;
}
