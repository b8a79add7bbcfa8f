import type { Program, Step } from '@parley/workflow';
import type { PlaceKind, Places } from './places.ts';

/** The events of an execution's history may be so many. */
export const MOST_EVENTS = 25_000;

/** What the machine gives a caller beyond `limits.turns` behind the door of last resort. */
const MORE_TURNS = 10;

/** A function that is called: entered, scheduled, started, succeeded, exited; and the Choice after it: entered, exited. */
const TASK = 5;
const CHOICE = 2;
/** A task that waits for its token is told of as submitted too; what came is then taken by another. */
const REST = TASK + 1 + TASK + CHOICE;
/** One retry of a task in each turn: failed, scheduled, started. */
const RETRY = 3;

/** How many events the history of one execution can come to, and the step whose turn can be the longest. */
export interface Length {
  readonly events: number;
  readonly step: string;
}

/**
 * How long a session can become, where each place is passed at most once in a turn, waits included: what goes round without
 * the caller is cut off by the machine, or warned of by the checker where a wait drives it.
 */
export function lengthOf({ steps, limits }: Program, { kinds, onward }: Places): Length {
  const known = new Map<string, number>();
  /** The most events from a place on to the next rest, the places before it left out. */
  const from = (name: string, before: ReadonlySet<string>): number => {
    const kind = kinds.get(name);
    if (before.has(name) || kind === undefined || kind === 'asks' || kind === 'ends') return 0;
    const length = known.get(name);
    if (length !== undefined) return length;
    const passed = new Set([...before, name]);
    let longest = 0;
    for (const next of onward.get(name) ?? []) longest = Math.max(longest, from(next, passed));
    const own = eventsOf(kind, steps.get(name)) + longest;
    known.set(name, own);
    return own;
  };
  let longest: Length = { events: 0, step: '' };
  for (const [name, kind] of kinds) {
    if (kind !== 'asks' && kind !== 'waits') continue;
    let events = 0;
    for (const next of onward.get(name) ?? []) events = Math.max(events, from(next, new Set()));
    const turn = REST + RETRY + events;
    if (turn > longest.events) longest = { events: turn, step: name };
  }
  return { events: (limits.turns + MORE_TURNS) * longest.events, step: longest.step };
}

function eventsOf(kind: PlaceKind, step: Step | undefined): number {
  if (kind === 'waits') return REST;
  const calls = kind === 'calls' && step?.kind === 'parallel' ? step.calls.length : 1;
  return calls === 1 ? TASK + CHOICE : 4 + calls * TASK + CHOICE;
}
