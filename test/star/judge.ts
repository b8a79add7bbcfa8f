import { offlineDecider } from '@parley/deciders';
import { type Question, questionOf } from '@parley/engine';
import type { Machine } from '@parley/machine';
import type { Json } from '@parley/workflow';
import type { Examples } from './convert.ts';
import { type Asked, type Judged, NOTHING } from './segments.ts';

/** What can be learnt from decisions of human agents. */
export interface Lesson {
  readonly examples: Examples;
  /** How often each was picked. */
  readonly picks: ReadonlyMap<string, number>;
  /** The same of each step. */
  readonly picksAt: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** How many examples a choice is given, and how long they may be. */
const EXAMPLES = 12;
const LONGEST = 120;

export function lessonOf(judged: readonly Judged[]): Lesson {
  const all = judged.flatMap(({ asked }) => (asked ? [asked] : []));
  const steps = new Map<string, Asked[]>();
  for (const one of all) steps.set(one.snapshot.step, [...(steps.get(one.snapshot.step) ?? []), one]);
  return {
    examples: new Map([...steps].map(([step, asked]) => [step, examplesOf(asked)])),
    picks: countsOf(all.map(({ picked }) => picked)),
    picksAt: new Map([...steps].map(([step, asked]) => [step, countsOf(asked.map(({ picked }) => picked))])),
  };
}

/** What went before each pick at a step: what came up most, then what came first. */
function examplesOf(asked: readonly Asked[]): ReadonlyMap<string, readonly string[]> {
  const before = new Map<string, Map<string, { text: string; times: number }>>();
  for (const one of asked) {
    const text = groundsOf(one).replace(/\s+/g, ' ').trim().slice(0, LONGEST);
    if (plainly(text) === '' || text === NOTHING) continue;
    const of = before.get(one.picked) ?? new Map<string, { text: string; times: number }>();
    of.set(plainly(text), {
      text: of.get(plainly(text))?.text ?? text,
      times: (of.get(plainly(text))?.times ?? 0) + 1,
    });
    before.set(one.picked, of);
  }
  // The same example under two choices tells nothing, and the checker says so: it is the one's that has it most often.
  const most = (plain: string) => Math.max(...[...before.values()].map((of) => of.get(plain)?.times ?? 0));
  const taken = new Set<string>();
  return new Map(
    [...before].map(([picked, of]) => {
      const own = [...of]
        .filter(([plain, { times }]) => times === most(plain) && !taken.has(plain))
        .sort(([, a], [, b]) => b.times - a.times)
        .slice(0, EXAMPLES);
      for (const [plain] of own) taken.add(plain);
      return [picked, own.map(([, { text }]) => text)];
    }),
  );
}

/** What a decision rests on: what the caller said, or what was found. */
function groundsOf({ heard, snapshot }: Asked): string {
  return heard ?? wordsOf(snapshot.memory.vars.result ?? null);
}

function wordsOf(value: Json): string {
  if (value === null) return '';
  return typeof value === 'object' ? Object.values(value).map(wordsOf).join(', ') : String(value);
}

/** A saying without what tells nothing apart: case, punctuation. */
const plainly = (said: string) =>
  said
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

function countsOf(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Of what is offered, what was picked most often; of those picked as often, by the next counts, then the first offered. */
export function mostPicked(
  choices: readonly string[],
  ...counts: readonly (ReadonlyMap<string, number> | undefined)[]
): string | undefined {
  const more = (a: string, b: string) => {
    for (const of of counts) {
      const by = (of?.get(b) ?? 0) - (of?.get(a) ?? 0);
      if (by !== 0) return by;
    }
    return 0;
  };
  return [...choices].sort(more)[0];
}

const decider = offlineDecider();

/**
 * What the offline decider picks, asked as the engine asks: the name of the choice; where it says that the question was
 * answered, the choice that leads where the workflow goes then. `unclear` too where it can't decide. `machine` is the
 * one that the decision was put to, `taught` the same workflow with examples.
 */
export async function decided(machine: Machine, taught: Machine, asked: Asked): Promise<string> {
  const { snapshot } = asked;
  const { waiting } = snapshot.memory;
  if (waiting.for !== 'decision') return 'unclear';
  // In a decision without a caller it throws where nothing speaks for a choice.
  const decision = await decider.decide(questionTo(taught, asked)).catch(() => undefined);
  if (decision?.choice !== 'answered') return decision?.choice ?? 'unclear';
  const { at } = snapshot.memory;
  const { choice, values, confidence } = decision;
  const after = machine.step(snapshot, {
    type: 'model.decided',
    at,
    decision: waiting.decision,
    choice,
    values,
    confidence,
  });
  return after.snapshot.step === snapshot.step ? 'unclear' : after.snapshot.step;
}

/** The question as the engine would put it to a decider. */
function questionTo(machine: Machine, { snapshot, heard, choices, lines }: Asked): Question {
  const { step, memory } = snapshot;
  const fill = machine.questions.get(step)?.fill ?? [];
  return questionOf(machine, snapshot, heard === undefined ? { step, choices, fill } : { step, choices, fill, heard }, {
    session: 'star',
    transcript: async () => lines,
    due: memory.at + 7_000,
    deadline: memory.at + 5_000,
    signal: new AbortController().signal,
  });
}
