import type { Configuration } from '@parley/machine';
import { asks, isComposed, type Program } from '@parley/workflow';

/**
 * How a session can be at a step between two of a machine's moves. `asks`: the caller's turn, or the decider has the answer;
 * `waits`: for a timer or a signal; `decides`: a decider is asked without the caller; `calls`: tools are under way; `ends`.
 */
export type PlaceKind = 'asks' | 'waits' | 'decides' | 'calls' | 'ends';

/** Where a session can be between two of a machine's moves, and where it can be next. */
export interface Places {
  /** All that can be reached, each with its kind, in the order of the file. */
  readonly kinds: ReadonlyMap<string, PlaceKind>;
  /** The places a session can come to from each in one move, in the order of the file. The first of all is under `START`. */
  readonly onward: ReadonlyMap<string, readonly string[]>;
  /** The steps that are only passed on the way from each. */
  readonly passed: ReadonlyMap<string, readonly string[]>;
}

/** Where a session begins: the machine's own name for it. */
export const START = '(start)';

/**
 * Works out the places of a program from its machine's configuration, so that nothing here knows how steps are left:
 * what a machine can do is what its transitions say.
 */
export function placesOf(program: Program, { states }: Configuration): Places {
  const order = new Map(Object.keys(states).map((name, index) => [name, index]));
  const inOrder = (names: Iterable<string>) => [...names].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const kinds = new Map<string, PlaceKind>();
  const onward = new Map<string, readonly string[]>();
  const passed = new Map<string, readonly string[]>();
  const open = [START];
  for (const from of open) {
    const entered = new Set<string>();
    const state = states[from];
    const first = [...Object.values(state?.on ?? {}).flat(), ...(state?.always ?? [])];
    const next = first.flatMap(({ target }) => target ?? []);
    for (const name of next) {
      if (entered.has(name)) continue;
      entered.add(name);
      // What is entered can be left at once: a form with nothing missing, a call that is not allowed; but not by the ways
      // that are open when what is waited for has come.
      const waits = ['calls', 'waits'].includes(kindOf(program, name) ?? '');
      const open = (states[name]?.always ?? []).filter(({ guard }) => !(waits && guard?.type === 'leaving'));
      next.push(...open.flatMap(({ target }) => target ?? []));
    }
    const kind = kinds.get(from);
    const here = kind === 'asks' || kind === 'waits' ? [from] : [];
    const places = inOrder(new Set([...here, ...[...entered].filter((name) => kindOf(program, name) !== undefined)]));
    onward.set(from, places);
    passed.set(from, inOrder([...entered].filter((name) => kindOf(program, name) === undefined)));
    for (const name of places) {
      const found = kindOf(program, name);
      if (found === undefined || kinds.has(name)) continue;
      kinds.set(name, found);
      open.push(name);
    }
  }
  return { kinds: new Map(inOrder(kinds.keys()).map((name) => [name, kinds.get(name) ?? 'ends'])), onward, passed };
}

/** How a session can be at a step; undefined where it never stays. */
function kindOf(program: Program, name: string): PlaceKind | undefined {
  const step = program.steps.get(name);
  // The machine's own two ends: the caller left, and no way was left.
  if (!step) return 'ends';
  if (asks(step)) return 'asks';
  if (isComposed(step)) return 'decides';
  switch (step.kind) {
    case 'wait':
      return 'waits';
    case 'decide':
      return 'decides';
    case 'call':
    case 'parallel':
      return 'calls';
    case 'transfer':
      return 'ends';
    case 'end':
      return step.leave ? undefined : 'ends';
    case 'say':
    case 'branch':
    case 'use':
      return undefined;
  }
}
