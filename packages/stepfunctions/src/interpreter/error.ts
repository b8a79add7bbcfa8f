/** How a state of Step Functions fails: by a name that `Retry` and `Catch` match, and a cause in words. */
export class StatesError extends Error {
  /** The error's name, such as `States.Timeout`, or what a function threw. */
  readonly error: string | undefined;
  readonly reason: string | undefined;
  /** Further names that match it: an overdue heartbeat is a `States.Timeout` and a `States.HeartbeatTimeout`. */
  readonly aliases: readonly string[];
  /** The field whose expression failed; set where it has yet to be told in the history. */
  location: string | undefined;

  constructor(
    error: string | undefined,
    reason: string | undefined,
    more: { location?: string; aliases?: readonly string[] } = {},
  ) {
    super(`${error ?? 'An error without a name'}: ${reason ?? 'without a cause'}`);
    this.name = 'StatesError';
    this.error = error;
    this.reason = reason;
    this.aliases = more.aliases ?? [];
    this.location = more.location;
  }
}

/** The execution is over, or what went on beside this has failed: everything that still waits is let go. */
export class Halted extends Error {
  constructor() {
    super('Halted');
    this.name = 'Halted';
  }
}

/** What no wildcard of `Retry` or `Catch` matches (developer guide, "Error names"). */
const TERMINAL = new Set(['States.DataLimitExceeded', 'States.Runtime']);

/**
 * Whether an `ErrorEquals` matches an error. `States.ALL` matches all but the terminal ones, `States.TaskFailed` all but
 * timeouts of those; `States.Runtime` is matched by nothing.
 */
export function matches(equals: readonly string[], { error, aliases }: StatesError): boolean {
  if (error === 'States.Runtime') return false;
  const names = new Set([error, ...aliases]);
  if (equals.some((one) => names.has(one))) return true;
  if (error !== undefined && TERMINAL.has(error)) return false;
  return equals.includes('States.ALL') || (equals.includes('States.TaskFailed') && !names.has('States.Timeout'));
}
