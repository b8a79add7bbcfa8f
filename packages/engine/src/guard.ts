import type { Json, Models } from '@parley/workflow';

/** What is looked at: a tool's arguments before it is called (`input`), or its result before it is used (`output`). */
export interface Inspection {
  readonly session: string;
  readonly workflow: string;
  /** The workflow's, its guardrail among them, and where its data may go. */
  readonly models: Models;
  readonly what: 'input' | 'output';
  readonly tool: string;
  readonly data: Json;
  /** Aborted when the answer is no longer wanted. */
  readonly signal: AbortSignal;
}

export interface Verdict {
  readonly passed: boolean;
  /** What the guard says of its work: latency, which of its policies. Recorded: never the text it looked at. */
  readonly by?: { readonly [key: string]: Json };
}

/**
 * Looks at what tools are given and return, for workflows that name a guardrail. Where it throws or takes longer than
 * the tool itself may, what it was asked about counts as blocked: nothing that was to be looked at is used unseen.
 */
export interface Guard {
  check(inspection: Inspection): Promise<Verdict>;
}
