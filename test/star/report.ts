import { offlineDecider } from '@parley/deciders';
import type { Question } from '@parley/engine';
import { createMachine, type Machine, offered } from '@parley/machine';
import { replay } from '@parley/replay';
import { checkWorkflow, compileWorkflow, sourceOf, type ToolSignatures } from '@parley/workflow';
import { type Chart, type Examples, readChart, workflowOf } from './convert.ts';
import type { Data, Dialogue } from './format.ts';
import { type Asked, type Judged, segmentsOf } from './segments.ts';

/** The figures of a task. Shares are from 0 to 1. */
export interface Figures {
  readonly task: string;
  readonly dialogues: number;
  readonly segments: number;
  /** What human agents picked. */
  readonly decisions: number;
  /** Of all decisions: an arrow of the chart leads there. */
  readonly drawn: number;
  /** Of all decisions: the converted workflow allows it. */
  readonly allowed: number;
  /** Of the allowed ones: what is picked when the choices know examples from the other half of the dialogues. */
  readonly decider: Picks;
  /** The same without examples: the choices are only described. */
  readonly plain: Picks;
  /** Of the allowed ones, expected. */
  readonly random: number;
  /** Of the allowed ones: always what the other half picks most often, of what is offered. */
  readonly mostFrequent: number;
  readonly replayedPerSecond: number;
  /** Recordings that did not replay as they were made: none, or something is wrong. */
  readonly diverged: number;
  readonly outside: { readonly freeText: number; readonly unknownLabel: number; readonly unasked: number };
}

export interface Picks {
  readonly same: number;
  readonly unclear: number;
}

/** What a conversation is given besides the words: the tool of every converted chart. */
const TOOLS: ToolSignatures = {
  'star.query': {
    about: 'Asks the back end',
    effect: 'reads',
    input: {
      type: 'object',
      properties: { node: { type: 'string' }, wanted: { type: 'string' } },
      required: ['node'],
    },
    output: {},
    requires: { confirmation: false, identity: 'none' },
    grants: 'none',
    timeout: 3000,
    errors: [],
    cleared: [],
  },
};

/** How many examples a choice is given. */
const EXAMPLES = 12;

/** The machine of a task. Throws WorkflowError where the workflow that was made has an error. */
export function machineOf({ task }: Data, chart: Chart, examples?: Examples): Machine {
  const source = sourceOf(workflowOf(task, chart, examples), `${task.name}.yaml`);
  return createMachine(compileWorkflow(source, TOOLS), TOOLS);
}

/** What the checker says of the workflow a task is made into. */
export function problemsOf({ task }: Data) {
  return checkWorkflow(sourceOf(workflowOf(task, readChart(task)), `${task.name}.yaml`), TOOLS).problems;
}

/** Works out the figures of a task. `progress` is told after each dialogue. */
export async function figuresOf(data: Data, progress: () => void = () => undefined): Promise<Figures> {
  const { task, dialogues } = data;
  const chart = readChart(task);
  const machine = machineOf(data, chart);
  const all = dialogues.map((dialogue) => {
    progress();
    return segmentsOf(machine, chart, dialogue);
  });
  const decisions = all.flatMap((one) => one.decisions);
  const recordings = all.flatMap((one) => one.recordings);
  const started = process.hrtime.bigint();
  const diverged = recordings.filter((recording) => replay(machine, recording).outcome !== 'same').length;
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const count = (of: (one: Judged) => boolean) => decisions.filter(of).length;
  const allowed = count(({ offered: one }) => one);
  const sum = (key: 'freeText' | 'unknownLabel' | 'unasked') =>
    all.reduce((total, { outside }) => total + outside[key], 0);

  // Each half is decided with what the other half teaches.
  const halves = [0, 1].map((half) => all.filter((_, index) => index % 2 === half).flatMap((one) => one.decisions));
  const taught = [0, 1].map((half) => {
    const other = halves[1 - half] ?? [];
    return { examples: examplesOf(other), frequent: frequencies(other) };
  });
  let same = 0;
  let unclear = 0;
  let plainSame = 0;
  let plainUnclear = 0;
  let frequent = 0;
  let random = 0;
  for (const [half, judged] of halves.entries()) {
    const lesson = taught[half];
    if (!lesson) continue;
    const taughtMachine = machineOf(data, chart, lesson.examples);
    for (const { asked, label } of judged) {
      if (!asked) continue;
      const options = asked.choices;
      random += options.length === 0 ? 0 : 1 / options.length;
      if (mostFrequent(chart, lesson.frequent, options) === label) frequent += 1;
      const picked = await decided(taughtMachine, asked);
      if (picked === asked.picked) same += 1;
      if (picked === 'unclear') unclear += 1;
      const plain = await decided(machine, asked);
      if (plain === asked.picked) plainSame += 1;
      if (plain === 'unclear') plainUnclear += 1;
    }
  }
  const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
  return {
    task: task.name,
    dialogues: dialogues.length,
    segments: recordings.length,
    decisions: decisions.length,
    drawn: share(
      count(({ drawn }) => drawn),
      decisions.length,
    ),
    allowed: share(allowed, decisions.length),
    decider: { same: share(same, allowed), unclear: share(unclear, allowed) },
    plain: { same: share(plainSame, allowed), unclear: share(plainUnclear, allowed) },
    random: share(random, allowed),
    mostFrequent: share(frequent, allowed),
    replayedPerSecond: share(dialogues.length, seconds),
    diverged,
    outside: { freeText: sum('freeText'), unknownLabel: sum('unknownLabel'), unasked: sum('unasked') },
  };
}

const decider = offlineDecider();

/** What the offline decider picks; `unclear` too where it can't decide. */
async function decided(machine: Machine, { snapshot, heard, choices, lines }: Asked): Promise<string> {
  const plan = machine.questions.get(snapshot.step);
  if (!plan) return 'unclear';
  const { vars, identity, at } = snapshot.memory;
  const question: Question = {
    session: 'star',
    workflow: machine.program.name,
    step: snapshot.step,
    kind: plan.step.kind,
    instructions: '',
    asked: machine.words(snapshot).asked,
    ...(heard === undefined ? {} : { heard }),
    choices: offered(plan, { ...vars, identity })
      .filter(({ name }) => choices.includes(name))
      .map(({ name, when, examples }) => ({ name, when, examples })),
    fill: [],
    memory: vars,
    transcript: async () => lines,
    moment: { now: at, timezone: 'UTC' },
    deadline: at + 5_000,
    signal: new AbortController().signal,
  };
  // In a decision without a caller it throws where nothing speaks for a choice.
  return decider.decide(question).then(
    ({ choice }) => choice,
    () => 'unclear',
  );
}

/** What callers said before each label was picked: those sayings that came up most, then the first. */
function examplesOf(judged: readonly Judged[]): Examples {
  const heard = new Map<string, Map<string, number>>();
  for (const { label, asked } of judged) {
    const said = asked?.heard?.replace(/\s+/g, ' ').trim().slice(0, 120);
    if (said === undefined || said === '(nothing)') continue;
    const of = heard.get(label) ?? new Map<string, number>();
    of.set(said, (of.get(said) ?? 0) + 1);
    heard.set(label, of);
  }
  const taken = new Set<string>();
  return new Map(
    [...heard].map(([label, of]) => {
      const best = [...of].sort(([, a], [, b]) => b - a).map(([said]) => said);
      // The same example under two choices tells nothing, and the checker says so.
      const own = best.filter((said) => plainly(said) !== '' && !taken.has(plainly(said))).slice(0, EXAMPLES);
      for (const said of own) taken.add(plainly(said));
      return [label, own];
    }),
  );
}

/** A saying without what tells nothing apart: case, punctuation. */
const plainly = (said: string) =>
  said
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

function frequencies(judged: readonly Judged[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { label } of judged) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

/** The label picked most often of those offered. */
function mostFrequent(
  { names }: Chart,
  counts: ReadonlyMap<string, number>,
  options: readonly string[],
): string | undefined {
  let best: string | undefined;
  for (const [label, name] of names) {
    if (options.includes(name) && (best === undefined || (counts.get(label) ?? 0) > (counts.get(best) ?? 0)))
      best = label;
  }
  return best;
}

/** All tasks as one: shares are those of all decisions together. */
export function totalOf(figures: readonly Figures[]): Figures {
  const sum = (of: (one: Figures) => number) => figures.reduce((total, one) => total + of(one), 0);
  const decisions = sum((one) => one.decisions);
  const mean = (of: (one: Figures) => number, weight: (one: Figures) => number) => {
    const whole = sum(weight);
    return whole === 0 ? 0 : sum((one) => of(one) * weight(one)) / whole;
  };
  const ofAll = (of: (one: Figures) => number) => mean(of, (one) => one.decisions);
  const ofAllowed = (of: (one: Figures) => number) => mean(of, (one) => one.decisions * one.allowed);
  const picks = (of: (one: Figures) => Picks): Picks => ({
    same: ofAllowed((one) => of(one).same),
    unclear: ofAllowed((one) => of(one).unclear),
  });
  const seconds = sum((one) => (one.replayedPerSecond === 0 ? 0 : one.dialogues / one.replayedPerSecond));
  return {
    task: 'all',
    dialogues: sum((one) => one.dialogues),
    segments: sum((one) => one.segments),
    decisions,
    drawn: ofAll((one) => one.drawn),
    allowed: ofAll((one) => one.allowed),
    decider: picks((one) => one.decider),
    plain: picks((one) => one.plain),
    random: ofAllowed((one) => one.random),
    mostFrequent: ofAllowed((one) => one.mostFrequent),
    replayedPerSecond: seconds === 0 ? 0 : sum((one) => one.dialogues) / seconds,
    diverged: sum((one) => one.diverged),
    outside: {
      freeText: sum((one) => one.outside.freeText),
      unknownLabel: sum((one) => one.outside.unknownLabel),
      unasked: sum((one) => one.outside.unasked),
    },
  };
}

export const dialoguesIn = (all: readonly { readonly dialogues: readonly Dialogue[] }[]) =>
  all.reduce((sum, { dialogues }) => sum + dialogues.length, 0);
