import type { Program, ToolSignatures } from '@parley/workflow';

/** What a function needs beside its work: to start, and to read and keep the session. Seconds. */
export const MARGIN = 10;
/** An Express execution may take so many seconds. */
export const EXPRESS = 300;

/** What is tried again: a function that throws, and what Lambda itself answers. A tool's own failures are no such thing. */
export const RETRY = {
  ErrorEquals: ['States.TaskFailed'],
  IntervalSeconds: 1,
  MaxAttempts: 3,
  BackoffRate: 2,
  MaxDelaySeconds: 8,
  JitterStrategy: 'FULL',
} as const;

/** How long *decide* may take, in seconds: a decision, and one more where the caller goes on speaking meanwhile. */
export const decideSeconds = ({ limits }: Program): number => Math.ceil((2 * limits.decide) / 1_000) + MARGIN;

/** How long *call* may take, in seconds: all attempts with the pauses between them, and what a guard needs for a look before and one after. */
export function callSeconds(tools: ToolSignatures, tool: string, retry: number): number {
  const timeout = Object.hasOwn(tools, tool) ? (tools[tool]?.timeout ?? 3_000) : 3_000;
  const pauses = 200 * (2 ** retry - 1);
  return Math.ceil(((retry + 3) * timeout + pauses) / 1_000) + MARGIN;
}

/**
 * The longest that an execution under way gives no sign, in seconds: each attempt at its longest task takes all the time it may,
 * and then each at *finish*. Express: no longer than any execution.
 */
export function patienceWith(program: Program, tools: ToolSignatures, express: boolean): number {
  const longest = [...program.steps.values()].flatMap((step) => {
    if (step.kind === 'call') return [callSeconds(tools, step.call.tool, step.failed.retry)];
    if (step.kind === 'parallel') return step.calls.map(({ tool }) => callSeconds(tools, tool, step.failed.retry));
    return [];
  });
  const most = attempts(Math.max(decideSeconds(program), ...longest)) + attempts(MARGIN);
  return express ? Math.min(most, EXPRESS) : most;
}

/** So many seconds all attempts at a task take that may take `seconds` each, with the longest pauses between them. */
function attempts(seconds: number): number {
  const { MaxAttempts, IntervalSeconds, BackoffRate, MaxDelaySeconds } = RETRY;
  let total = seconds;
  for (let k = 0; k < MaxAttempts; k++)
    total += seconds + Math.min(IntervalSeconds * BackoffRate ** k, MaxDelaySeconds);
  return total;
}
