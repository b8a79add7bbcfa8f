import { createMachine, type Machine } from '@parley/machine';
import { replay } from '@parley/replay';
import { checkWorkflow, compileWorkflow, sourceOf, type ToolSignatures } from '@parley/workflow';
import { type Chart, readChart } from './chart.ts';
import { type Examples, workflowOf } from './convert.ts';
import type { Data, Task } from './format.ts';
import { decided, lessonOf, mostPicked } from './judge.ts';
import { type Beyond, type Judged, segmentsOf } from './segments.ts';

/** What was counted of a task. */
export interface Figures {
  readonly task: string;
  readonly dialogues: number;
  /** What the dialogues were cut into. */
  readonly recordings: number;
  /** Recordings that did not replay as they were made: none, or something is wrong. */
  readonly diverged: number;
  /** What human agents picked. */
  readonly decisions: number;
  /** Of the decisions: an arrow of the chart leads there. */
  readonly drawn: number;
  /** Of the decisions: the converted workflow allows it. All that follow are of these. */
  readonly allowed: number;
  /** The offline decider picks the same, with examples from the other half of the dialogues. */
  readonly decider: number;
  /** It says that it can't tell. */
  readonly unclear: number;
  /** It picks the same without examples: the choices are only described. */
  readonly described: number;
  /** Always what the other half picks most often at the same step, of what is offered. */
  readonly usual: number;
  /** Always what the other half picks most often, of what is offered. */
  readonly frequent: number;
  /** A guess among what is offered: how many are expected to be the same. */
  readonly random: number;
  /** Of the decisions that are not allowed: why not. */
  readonly beyond: { readonly [why in Beyond]: number };
  /** What human agents did besides: wrote in their own words, looked something up where the workflow does not. */
  readonly outside: { readonly freeText: number; readonly unasked: number };
  /** How long it took to replay all, in seconds. */
  readonly seconds: number;
}

/** What a conversation is given besides the words: the tool of every converted chart. */
export const TOOLS: ToolSignatures = {
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

/** The machine of a task. Throws WorkflowError where the workflow that was made has an error. */
export function machineOf(task: Task, chart: Chart, examples?: Examples): Machine {
  const source = sourceOf(workflowOf(task, chart, examples), `${task.name}.yaml`);
  return createMachine(compileWorkflow(source, TOOLS), TOOLS);
}

/** What the checker says of the workflow a task is made into. */
export function problemsOf(task: Task) {
  return checkWorkflow(sourceOf(workflowOf(task, readChart(task)), `${task.name}.yaml`), TOOLS).problems;
}

/** Works out the figures of a task. `progress` is told after each dialogue. */
export async function figuresOf({ task, dialogues }: Data, progress: () => void = () => undefined): Promise<Figures> {
  const chart = readChart(task);
  const machine = machineOf(task, chart);
  const all = dialogues.map((dialogue) => segmentsOf(machine, chart, dialogue));
  const decisions = all.flatMap((one) => one.decisions);
  const recordings = all.flatMap((one) => one.recordings);
  const started = process.hrtime.bigint();
  const diverged = recordings.filter((recording) => replay(machine, recording).outcome !== 'same').length;
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const count = (of: (one: Judged) => boolean) => decisions.filter(of).length;
  const beyond = (why: Beyond) => count((one) => one.beyond === why);
  const same = { decider: 0, unclear: 0, described: 0, usual: 0, frequent: 0, random: 0 };
  const add = (to: keyof typeof same, one: boolean) => {
    if (one) same[to] += 1;
  };

  // Each half is decided with what the other half teaches.
  for (const half of [0, 1]) {
    const decisionsOf = (which: number) =>
      all.filter((_, index) => index % 2 === which).flatMap((one) => one.decisions);
    const lesson = lessonOf(decisionsOf(1 - half));
    const taught = machineOf(task, chart, lesson.examples);
    for (const one of all.filter((_, index) => index % 2 === half)) {
      for (const { asked } of one.decisions) {
        if (asked === undefined) continue;
        const { choices, picked, snapshot } = asked;
        const pick = await decided(machine, taught, asked);
        add('decider', pick === picked);
        add('unclear', pick === 'unclear');
        add('described', (await decided(machine, machine, asked)) === picked);
        add('usual', mostPicked(choices, lesson.picksAt.get(snapshot.step), lesson.picks) === picked);
        add('frequent', mostPicked(choices, lesson.picks) === picked);
        same.random += 1 / choices.length;
      }
      progress();
    }
  }
  return {
    task: task.name,
    dialogues: dialogues.length,
    recordings: recordings.length,
    diverged,
    decisions: decisions.length,
    drawn: count(({ drawn }) => drawn),
    allowed: count(({ asked }) => asked !== undefined),
    ...same,
    beyond: {
      unknownLabel: beyond('unknownLabel'),
      afterFarewell: beyond('afterFarewell'),
      back: beyond('back'),
      other: beyond('other'),
    },
    outside: {
      freeText: all.reduce((sum, { outside }) => sum + outside.freeText, 0),
      unasked: all.reduce((sum, { outside }) => sum + outside.unasked, 0),
    },
    seconds,
  };
}

/** All tasks as one. */
export function totalOf(figures: readonly Figures[]): Figures {
  const sum = (of: (one: Figures) => number) => figures.reduce((total, one) => total + of(one), 0);
  return {
    task: 'all',
    dialogues: sum((one) => one.dialogues),
    recordings: sum((one) => one.recordings),
    diverged: sum((one) => one.diverged),
    decisions: sum((one) => one.decisions),
    drawn: sum((one) => one.drawn),
    allowed: sum((one) => one.allowed),
    decider: sum((one) => one.decider),
    unclear: sum((one) => one.unclear),
    described: sum((one) => one.described),
    usual: sum((one) => one.usual),
    frequent: sum((one) => one.frequent),
    random: sum((one) => one.random),
    beyond: {
      unknownLabel: sum((one) => one.beyond.unknownLabel),
      afterFarewell: sum((one) => one.beyond.afterFarewell),
      back: sum((one) => one.beyond.back),
      other: sum((one) => one.beyond.other),
    },
    outside: { freeText: sum((one) => one.outside.freeText), unasked: sum((one) => one.outside.unasked) },
    seconds: sum((one) => one.seconds),
  };
}

/** Shares from 0 to 1, null of nothing: what is drawn and allowed of the decisions, the rest of the allowed ones. */
export interface Shares {
  readonly drawn: number | null;
  readonly allowed: number | null;
  readonly decider: number | null;
  readonly unclear: number | null;
  readonly described: number | null;
  readonly usual: number | null;
  readonly frequent: number | null;
  readonly random: number | null;
  /** Whole dialogues put through the machine again in a second. */
  readonly replayedPerSecond: number | null;
}

export function sharesOf(of: Figures): Shares {
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return {
    drawn: share(of.drawn, of.decisions),
    allowed: share(of.allowed, of.decisions),
    decider: share(of.decider, of.allowed),
    unclear: share(of.unclear, of.allowed),
    described: share(of.described, of.allowed),
    usual: share(of.usual, of.allowed),
    frequent: share(of.frequent, of.allowed),
    random: share(of.random, of.allowed),
    replayedPerSecond: of.dialogues === 0 ? null : share(of.dialogues, of.seconds),
  };
}
