import type { SeenEvent } from '../../src/desk/sessions-messages.ts';

/** One move of a session, from a step to the next. */
export interface Move {
  readonly from: string;
  readonly to: string;
  /** The event that brought it about. */
  readonly seq: number;
  readonly at: number;
  /** Counted from 1. */
  readonly number: number;
  /** Something had failed. */
  readonly failed: boolean;
}

/** What a session went through up to an event. */
export interface Walked {
  readonly moves: readonly Move[];
  /** How often each step was entered. */
  readonly visits: ReadonlyMap<string, number>;
  /** When each step was first entered, counted from 1. */
  readonly order: ReadonlyMap<string, number>;
  /** How often each way was gone, by `wayKey`. */
  readonly ways: ReadonlyMap<string, number>;
  /** The step it is on. */
  readonly current: string | undefined;
}

export const wayKey = (from: string, to: string): string => JSON.stringify([from, to]);

/** Where a session was before its first step. */
export const OUTSIDE = '(start)';

/** The moves of events, in order. */
export function movesOf(events: readonly SeenEvent[]): readonly Move[] {
  const moves: Move[] = [];
  let from = OUTSIDE;
  for (const { seq, at, type, data } of events) {
    const path: unknown = data['path'];
    if (!Array.isArray(path)) continue;
    let failed = type.endsWith('.failed');
    for (const to of path) {
      if (typeof to !== 'string') continue;
      moves.push({ from, to, seq, at, failed, number: moves.length + 1 });
      from = to;
      // Only the first way is taken because of it.
      failed = false;
    }
  }
  return moves;
}

/** What was gone through up to the event with this number, that among them. */
export function walked(events: readonly SeenEvent[], moves: readonly Move[], seq: number): Walked {
  const gone = moves.filter((move) => move.seq <= seq);
  const visits = new Map<string, number>();
  const order = new Map<string, number>();
  const ways = new Map<string, number>();
  for (const { from, to } of gone) {
    if (!order.has(to)) order.set(to, order.size + 1);
    visits.set(to, (visits.get(to) ?? 0) + 1);
    const key = wayKey(from, to);
    ways.set(key, (ways.get(key) ?? 0) + 1);
  }
  return { moves: gone, visits, order, ways, current: events.findLast((event) => event.seq <= seq)?.step };
}

/** Whether an event has to do with a step: it happened there, or led there. */
export function isOf({ data }: SeenEvent, step: string): boolean {
  const path: unknown = data['path'];
  return data['step'] === step || (Array.isArray(path) && path.includes(step));
}

/** What is known of a session after an event, by name; and what changed with it. */
export function knownAt(
  events: readonly SeenEvent[],
  seq: number,
): {
  readonly known: ReadonlyMap<string, NonNullable<SeenEvent['changed']>[string]>;
  readonly fresh: ReadonlySet<string>;
} {
  const known = new Map<string, NonNullable<SeenEvent['changed']>[string]>();
  let fresh: ReadonlySet<string> = new Set();
  for (const event of events) {
    if (event.seq > seq) break;
    const changed = Object.entries(event.changed ?? {});
    for (const [name, value] of changed) {
      if (value === null) known.delete(name);
      else known.set(name, value);
    }
    fresh = event.seq === seq ? new Set(changed.map(([name]) => name)) : fresh;
  }
  return { known, fresh };
}
