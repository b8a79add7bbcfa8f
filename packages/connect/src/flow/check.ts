import { ParleyError, type Problem } from '@parley/workflow';
import { checkActions } from './check-action.ts';
import { checkRisks } from './check-risks.ts';
import { checkWays } from './check-ways.ts';
import type { ReadFlow } from './flow.ts';
import { graphOf } from './graph.ts';
import type { FlowProblem } from './problem.ts';
import { readFlow } from './read.ts';

/** What a check comes to. `actions` is how many the flow has; undefined where the file holds none. */
export interface CheckedFlow {
  readonly format: ReadFlow['format'] | undefined;
  readonly actions: number | undefined;
  /** In the order of the file. */
  readonly problems: readonly FlowProblem[];
}

/**
 * Reads any exported contact flow and tells what is wrong or risky about it. `file` is its name in messages.
 * Never throws: a file that holds no flow has one problem.
 */
export function checkFlow(text: string, file: string): CheckedFlow {
  let flow: ReadFlow;
  try {
    flow = readFlow(text, file);
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    const { code, message, fix, place } = error;
    const problem: Problem = {
      ...(place ?? { file, line: 1, column: 1 }),
      code,
      severity: 'error',
      message,
      fix: fix ?? '',
    };
    return { format: undefined, actions: undefined, problems: [problem] };
  }
  const graph = graphOf(flow);
  const problems: readonly FlowProblem[] = [
    ...flow.problems,
    ...checkActions(flow),
    ...checkWays(flow, graph),
    ...checkRisks(flow, graph),
  ];
  return { format: flow.format, actions: flow.actions.length, problems: inOrder(problems) };
}

const inOrder = (problems: readonly FlowProblem[]) =>
  problems.toSorted(
    (a, b) => a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0),
  );
