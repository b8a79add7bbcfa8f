import type { Problem } from '@parley/workflow';
import type { FlowAction } from './flow.ts';

/** Something wrong with a flow, or risky about it. An error keeps it from running or leaves a caller stuck. */
export interface FlowProblem extends Problem {
  /** The Identifier of the action it is about. */
  readonly action?: string;
  /** What the console shows for it, where that is something else. */
  readonly title?: string;
}

/** An action as a message names it: what the console shows, else its identifier, and its type. */
export function called({ identifier, title, type }: FlowAction): string {
  const name = title ?? identifier;
  const kind = type === undefined || type === name ? '' : ` (${type})`;
  return name === undefined ? (type ?? 'An action') : `"${name}"${kind}`;
}
