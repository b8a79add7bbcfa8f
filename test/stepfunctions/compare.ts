import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { JournalEvent, Reply } from '@parley/engine';
import type { Json } from '@parley/workflow';
import type { Executed, Gone, Variables } from './hosts.ts';

/**
 * How a session on Step Functions went otherwise than in the embedded engine, and how its execution tells another story than
 * its journal: both paths side by side. Nothing where all is the same.
 */
export function differences(engine: Gone, gone: Gone & Executed): readonly string[] {
  const sides = (what: string, one: readonly string[], name: string, other: readonly string[]) => {
    const parted = divergence({ name: what, lines: one }, { name, lines: other });
    return parted === undefined ? [] : [parted];
  };
  const functionsFailed = gone.asked.includes('(finish)') || gone.failed.length > 0;
  const { status = 'never started' } = gone;
  const steps = stays(gone.journal);
  return [
    ...sides('embedded', linesOf(engine.journal), 'Step Functions', linesOf(gone.journal)),
    ...sides('replies of the embedded engine', told(engine.replies), 'of Step Functions', told(gone.replies)),
    ...sides('variables of the embedded engine', listed(engine.vars), 'of Step Functions', listed(gone.vars)),
    ...(functionsFailed ? [`functions failed: ${gone.failed.join('; ') || 'without a word, or late'}`] : []),
    ...(gone.history === undefined
      ? sides('work, by the journal', visits(gone.journal.flatMap(workAt)), 'by functions', visits(gone.asked))
      : sides('steps, by the journal', steps, 'states of the execution', stepsEntered(gone.history))),
    ...(gone.history !== undefined && gone.ended && status !== 'SUCCEEDED' ? [`the execution is ${status}`] : []),
    ...sides('variables that may be seen', listed(engine.open), 'of Step Functions', listed(gone.open)),
    ...[
      { seen: variablesOf(gone.history ?? []), vars: engine.vars, open: engine.open },
      ...gone.ends.map(({ output, vars, open }) => ({ seen: outputOf(output), vars, open })),
    ].flatMap(({ seen, vars, open }) => {
      const known = Object.entries(seen).map(([name, value]): [string, Json] => [
        name,
        mirrors(value, vars[name] ?? null) ? value : (open[name] ?? null),
      ]);
      return sides('variables that may be seen', listed(Object.fromEntries(known)), 'of the execution', listed(seen));
    }),
  ];
}

/** The variables that an execution tells of: those it assigned, and those it gives at its end. */
export const tellsVariables = ({ history = [], ends }: Executed): boolean =>
  [variablesOf(history), ...ends.map(({ output }) => outputOf(output))].some((vars) => Object.keys(vars).length > 0);

const told = (replies: readonly Reply[]) => replies.map((reply) => JSON.stringify(reply));

const listed = (vars: Variables) =>
  Object.entries(vars)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => `${name} = ${canonical(value)}`);

/** JSON with the fields in one order: an engine may have another. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join()}}`;
}

/** Where something was to be done, by the journal. */
const workAt = ({ type, data }: JournalEvent): string[] =>
  ['model.asked', 'words.asked', 'tool.called'].includes(type) ? [String(data['step'])] : [];

/** One event of a journal in a line, without its instant. */
function linesOf(journal: readonly JournalEvent[]): readonly string[] {
  const lines: string[] = [];
  /** Calls of a parallel step are answered in any order: the way on is told with the last. */
  let calls: { id: string; line: string }[] = [];
  let path: Json | undefined;
  const flush = () => {
    lines.push(...calls.toSorted((a, b) => a.id.localeCompare(b.id)).map(({ line }) => line));
    if (path !== undefined) lines.push(`  → ${JSON.stringify(path)}`);
    calls = [];
    path = undefined;
  };
  for (const { type, data } of journal) {
    const { path: entered, ...rest } = data;
    const line = `${type} ${JSON.stringify(rest)}`;
    if (type === 'tool.returned' || type === 'tool.failed') {
      calls.push({ id: String(rest['call']), line });
      if (entered !== undefined) path = entered;
      continue;
    }
    flush();
    lines.push(line);
    if (entered !== undefined) lines.push(`  → ${JSON.stringify(entered)}`);
  }
  flush();
  return lines;
}

/** Both paths side by side from a little before they part; undefined where they are the same. */
function divergence(
  one: { readonly name: string; readonly lines: readonly string[] },
  other: { readonly name: string; readonly lines: readonly string[] },
): string | undefined {
  const length = Math.max(one.lines.length, other.lines.length);
  let at = 0;
  while (at < length && one.lines[at] === other.lines[at]) at++;
  if (at === length) return undefined;
  const wide = 90;
  const cell = (text: string) => (text.length > wide ? `${text.slice(0, wide - 1)}…` : text.padEnd(wide));
  const rows = [`  ${cell(one.name)} | ${other.name}`];
  for (let row = Math.max(0, at - 4); row < Math.min(length, at + 6); row++) {
    const [left = '', right = ''] = [one.lines[row], other.lines[row]];
    rows.push(`${left === right ? ' ' : '≠'} ${cell(left)} | ${cell(right)}`.trimEnd());
  }
  return rows.join('\n');
}

/** Steps in order, each as often as a session came to it from elsewhere. */
const visits = (steps: readonly string[]): readonly string[] =>
  steps.filter((step, index) => step !== steps[index - 1]);

/** The steps where a session stayed, by its journal: the last of each move. */
function stays(journal: readonly JournalEvent[]): readonly string[] {
  return visits(
    journal.flatMap(({ type, data }) => {
      if (type === 'session.ended' && data['outcome'] === 'left') return ['(left)'];
      const path = data['path'];
      const last = Array.isArray(path) ? path.at(-1) : undefined;
      return typeof last === 'string' ? [last] : [];
    }),
  );
}

/** The names of the states that an execution entered, in order. */
export const entered = (history: readonly HistoryEvent[]): readonly string[] =>
  history.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);

/** The steps of the states that an execution entered: what comes after the colon is what a state is for. */
const stepsEntered = (history: readonly HistoryEvent[]): readonly string[] =>
  visits(
    entered(history)
      .map((name) => name.split(': ')[0] ?? name)
      .filter((name) => name !== 'Start'),
  );

/** The variables of an execution as its history tells them. */
export function variablesOf(history: readonly HistoryEvent[]): Variables {
  const vars = new Map<string, Json>();
  for (const { stateExitedEventDetails } of history) {
    for (const [name, value] of Object.entries(stateExitedEventDetails?.assignedVariables ?? {})) {
      const json: Json = JSON.parse(value);
      if (name !== 'parley') vars.set(name, json);
    }
  }
  return Object.fromEntries(vars);
}

/** The variables that an execution gives at its end. */
export function outputOf(output: Json | undefined): Variables {
  const vars = isObject(output) ? output['vars'] : undefined;
  return isObject(vars) ? vars : {};
}

/**
 * Whether an execution's variable is the session's. A value too large to be told is told of by where it is. Names of sensitive
 * variables stand for values that these had when it was told: they may have others by now, so that any value may be behind one.
 */
export function mirrors(seen: Json, value: Json): boolean {
  if (canonical(seen) === canonical(value)) return true;
  if (typeof seen === 'string') {
    const around = seen.split(NAME).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const whole = typeof value === 'string' ? value : JSON.stringify(value);
    return around.length > 1 && new RegExp(`^${around.join('[^]*')}$`).test(whole);
  }
  if (Array.isArray(seen)) {
    return (
      Array.isArray(value) && seen.length === value.length && seen.every((one, i) => mirrors(one, value[i] ?? null))
    );
  }
  if (!isObject(seen)) return false;
  const names = Object.keys(seen).toSorted();
  if (names.join() === 'bytes,kept') return Number(seen['bytes']) > 0;
  if (!isObject(value) || names.join() !== Object.keys(value).toSorted().join()) return false;
  return names.every((name) => mirrors(seen[name] ?? null, value[name] ?? null));
}

/** What stands in the place of a sensitive value. */
const NAME = /\[\w+\]/;

export const isObject = (value: Json | undefined): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** How many states were entered in each turn, from one question to the next, and how many tools were called in it. */
export function turnsOf(
  history: readonly HistoryEvent[],
): readonly { readonly transitions: number; readonly tools: number }[] {
  const turns: { transitions: number; tools: number }[] = [];
  let turn: { transitions: number; tools: number } | undefined;
  for (const { type, stateEnteredEventDetails, taskScheduledEventDetails } of history) {
    if (stateEnteredEventDetails && turn) turn.transitions += 1;
    if (!taskScheduledEventDetails) continue;
    if (taskScheduledEventDetails.resource?.endsWith('waitForTaskToken')) {
      if (turn) turns.push(turn);
      turn = { transitions: 0, tools: 0 };
    } else if (turn && type === 'TaskScheduled' && calls(taskScheduledEventDetails.parameters)) turn.tools += 1;
  }
  if (turn && turn.transitions > 0) turns.push(turn);
  return turns;
}

const calls = (parameters: string | undefined): boolean => /"FunctionName":"[^"]*-call"/.test(parameters ?? '');
