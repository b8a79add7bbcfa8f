import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { JournalEvent } from '@parley/engine';
import type { Json } from '@parley/workflow';

/** One event of a journal in a line, without its instant. */
export function linesOf(journal: readonly JournalEvent[]): readonly string[] {
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
export function divergence(
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
    rows.push(`${left === right ? ' ' : '≠'} ${cell(left)} | ${cell(right)}`);
  }
  return rows.join('\n');
}

/** Steps in order, each as often as a session came to it from elsewhere. */
export const visits = (steps: readonly string[]): readonly string[] =>
  steps.filter((step, index) => step !== steps[index - 1]);

/** The steps where a session stayed, by its journal: the last of each move. */
export function stays(journal: readonly JournalEvent[]): readonly string[] {
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
export const stepsEntered = (history: readonly HistoryEvent[]): readonly string[] =>
  visits(
    entered(history)
      .map((name) => name.split(': ')[0] ?? name)
      .filter((name) => name !== 'Start'),
  );

/** The variables of an execution at its end. */
export function variablesOf(history: readonly HistoryEvent[]): { readonly [name: string]: Json } {
  const vars = new Map<string, Json>();
  for (const { stateExitedEventDetails } of history) {
    for (const [name, value] of Object.entries(stateExitedEventDetails?.assignedVariables ?? {})) {
      const json: Json = JSON.parse(value);
      vars.set(name, json);
    }
  }
  return Object.fromEntries(vars);
}

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

const calls = (parameters: string | undefined): boolean => /"FunctionName":"call"/.test(parameters ?? '');
