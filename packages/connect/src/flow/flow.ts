import type { Place, Problem } from '@parley/workflow';
import { field, type Json, textOf } from './json.ts';

/** A contact flow as a file holds it, whoever wrote it: what is missing is left out, what is strange is kept. */
export interface ReadFlow {
  readonly format: 'flow language' | 'legacy';
  /** The actions to begin with: one, in a flow that can run. */
  readonly starts: readonly Target[];
  readonly actions: readonly FlowAction[];
  /** The type that the file says the flow is of, such as `customerQueue`, where it does. */
  readonly type: string | undefined;
  /** What is wrong with the file itself. */
  readonly problems: readonly Problem[];
  readonly at: Place;
}

export interface FlowAction {
  /** What it is called in transitions; undefined where it has no name. */
  readonly identifier: string | undefined;
  /** What the console shows, where that is something else. */
  readonly title: string | undefined;
  readonly type: string | undefined;
  readonly parameters: Json | undefined;
  readonly next: Target | undefined;
  readonly errors: readonly ErrorBranch[];
  readonly conditions: readonly ConditionBranch[];
  readonly at: Place;
}

/** Where a branch leads: `to` is empty where it is not connected, undefined where it is no name at all. */
export interface Target {
  readonly to: string | undefined;
  readonly at: Place;
}

export interface ErrorBranch extends Target {
  readonly error: string | undefined;
}

export interface ConditionBranch extends Target {
  readonly operator: string | undefined;
  readonly operands: readonly string[];
}

/** Where a branch leads, by the key that says it. */
export function target(branch: Json, key: string): Target {
  const to = field(branch, key);
  return { to: textOf(to), at: to?.at ?? branch.at };
}
