import type { FlowAction, ReadFlow } from './flow.ts';

/** A flow's actions and the ways between them. Transitions that lead nowhere are left out. */
export interface Graph {
  /** By identifier; the first, where one stands twice. */
  readonly actions: ReadonlyMap<string, FlowAction>;
  readonly ways: ReadonlyMap<string, readonly string[]>;
  /** Those with a transition to something that isn't there. */
  readonly broken: ReadonlySet<string>;
  /** What can be come to from where the flow begins. */
  readonly reachable: ReadonlySet<string>;
}

export function graphOf(flow: ReadFlow): Graph {
  const actions = new Map<string, FlowAction>();
  for (const action of flow.actions) {
    if (action.identifier !== undefined && !actions.has(action.identifier)) actions.set(action.identifier, action);
  }
  const ways = new Map<string, readonly string[]>();
  const broken = new Set<string>();
  for (const [identifier, { next, errors, conditions }] of actions) {
    const targets = [...(next ? [next] : []), ...errors, ...conditions].map(({ to }) => to);
    const there = targets.filter((to): to is string => to !== undefined && actions.has(to));
    if (there.length < targets.length) broken.add(identifier);
    ways.set(identifier, [...new Set(there)]);
  }
  const starts = flow.starts.flatMap(({ to }) => (to !== undefined && actions.has(to) ? [to] : []));
  return { actions, ways, broken, reachable: follow(starts, (from) => ways.get(from) ?? []) };
}

/** Everything that can be come to from some actions, themselves included. */
export function follow(from: Iterable<string>, ways: (from: string) => readonly string[]): ReadonlySet<string> {
  const found = new Set(from);
  // A set goes on with what is added while it is gone through.
  for (const one of found) for (const to of ways(one)) found.add(to);
  return found;
}

/** The ways, the other way round. */
export function backwards({ ways }: Graph): ReadonlyMap<string, readonly string[]> {
  const back = new Map<string, string[]>();
  for (const [from, targets] of ways) {
    for (const to of targets) {
      const before = back.get(to);
      if (before) before.push(from);
      else back.set(to, [from]);
    }
  }
  return back;
}

/**
 * The circles among some actions: each a group in which every action leads to every other, in the order of `among`.
 * An action alone is one if it leads to itself. Tarjan's algorithm, without recursion: a flow may be one long chain.
 */
export function circles(
  among: readonly string[],
  ways: (from: string) => readonly string[],
): readonly (readonly string[])[] {
  const inside = new Set(among);
  const next = (from: string) => ways(from).filter((to) => inside.has(to));
  const numbers = new Map<string, { index: number; low: number; open: boolean }>();
  const open: string[] = [];
  const found: string[][] = [];
  for (const root of among) {
    if (numbers.has(root)) continue;
    const work: { readonly at: string; readonly targets: readonly string[]; done: number }[] = [];
    const enter = (at: string) => {
      numbers.set(at, { index: numbers.size, low: numbers.size, open: true });
      open.push(at);
      work.push({ at, targets: next(at), done: 0 });
    };
    enter(root);
    for (let step = work.at(-1); step; step = work.at(-1)) {
      const own = numbers.get(step.at);
      const to = step.targets[step.done++];
      if (to !== undefined) {
        const other = numbers.get(to);
        if (!other) enter(to);
        else if (own && other.open) own.low = Math.min(own.low, other.index);
        continue;
      }
      work.pop();
      const parent = numbers.get(work.at(-1)?.at ?? '');
      if (own && parent) parent.low = Math.min(parent.low, own.low);
      if (own && own.low === own.index) found.push(group(step.at));
    }
  }
  const order = new Map(among.map((name, index) => [name, index]));
  return found
    .filter(([first, second]) => first !== undefined && (second !== undefined || next(first).includes(first)))
    .map((names) => names.sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)));

  function group(last: string): string[] {
    const names = open.splice(open.lastIndexOf(last));
    for (const name of names) {
      const number = numbers.get(name);
      if (number) number.open = false;
    }
    return names;
  }
}
