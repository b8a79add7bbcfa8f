import type { SeenEvent } from '../../src/desk/sessions-messages.ts';

/** What a part of a turn was spent on: a decider, a tool, or what Parley does itself. */
export interface Part {
  /** Of the call or decision. */
  readonly id: string;
  readonly kind: 'decider' | 'tool' | 'own';
  readonly name: string;
  /** Milliseconds. */
  readonly took: number;
}

/** What happened from one thing that came from outside up to the next. */
export interface Turn {
  readonly events: readonly SeenEvent[];
  /** Milliseconds from what came to the last that became of it. */
  readonly took: number;
  /** In the order in which they began. What ran at once counts for whoever began first. Together they are `took`. */
  readonly parts: readonly Part[];
}

/** What comes from outside, and begins a turn. */
const BEGINS = /^(?:session\.started|caller\.\w+|signal\.received|timer\.fired|person\.said)$/;

/** A session in turns. */
export function turnsOf(events: readonly SeenEvent[]): readonly Turn[] {
  const turns: SeenEvent[][] = [];
  for (const event of events) {
    const turn = turns.at(-1);
    if (turn === undefined || BEGINS.test(event.type)) turns.push([event]);
    else turn.push(event);
  }
  return turns.map((turn) => {
    const took = (turn.at(-1)?.at ?? 0) - (turn[0]?.at ?? 0);
    return { events: turn, took, parts: partsOf(turn, took) };
  });
}

interface Work extends Omit<Part, 'took'> {
  readonly from: number;
  until: number;
}

function partsOf(events: readonly SeenEvent[], took: number): readonly Part[] {
  const work: Work[] = [];
  for (const { type, at, data } of events) {
    const id = String(data['decision'] ?? data['call']);
    if (type === 'model.asked') work.push({ kind: 'decider', name: 'Deciding', id, from: at, until: at });
    if (type === 'words.asked') work.push({ kind: 'decider', name: 'Finding words', id, from: at, until: at });
    if (type === 'tool.called') work.push({ kind: 'tool', name: String(data['tool']), id, from: at, until: at });
    const done = work.find((one) => one.id === id);
    if (done) done.until = at;
  }
  const parts: Part[] = [];
  let until = events[0]?.at ?? 0;
  for (const { id, kind, name, from, until: end } of work.sort((a, b) => a.from - b.from)) {
    const spent = end - Math.max(from, until);
    if (spent <= 0) continue;
    parts.push({ id, kind, name, took: spent });
    until = end;
  }
  const own = took - parts.reduce((sum, part) => sum + part.took, 0);
  return own > 0 ? [...parts, { id: 'own', kind: 'own', name: 'Parley', took: own }] : parts;
}

/** A time that something took, for reading: `240 ms`, `1.2 s`, `3 min 20 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
