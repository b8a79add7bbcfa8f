/** What a contact center feels of a deployment. `TurnLatency` is in milliseconds, the others are counts. */
export type Metric =
  | 'TurnLatency'
  | 'TurnsOverDeadline'
  | 'HandedToPerson'
  | 'HandedToPersonByFailure'
  | 'StuckSessions'
  | 'Throttled';

/** What an error or a warning is about: ids and codes, never what was said or what a variable holds. */
export interface Note {
  readonly level: 'error' | 'warn';
  readonly code: string;
  readonly function: string;
  readonly session?: string;
  /** Of a ParleyError, whose messages hold no value of a session. */
  readonly message?: string;
}

/** Writes lines for CloudWatch: metrics in its embedded metric format, and notes as JSON. */
export interface Lines {
  measure(values: { readonly [metric in Metric]?: number }, workflow?: string): void;
  note(note: Note): void;
}

/**
 * Lines with the metrics of a deployment, in the namespace `Parley`, by `Prefix` and, where the workflow is known, by `Prefix` and
 * `Workflow`. The format: "Embedded metric format specification" of the CloudWatch user guide.
 */
export function linesTo(write: (line: string) => void, prefix: string, now: () => number): Lines {
  return {
    measure(values, workflow) {
      const names = Object.keys(values);
      const Metrics = names.map((Name) => ({ Name, Unit: Name === 'TurnLatency' ? 'Milliseconds' : 'Count' }));
      const Dimensions = workflow === undefined ? [['Prefix']] : [['Prefix'], ['Prefix', 'Workflow']];
      const _aws = { Timestamp: now(), CloudWatchMetrics: [{ Namespace: 'Parley', Dimensions, Metrics }] };
      write(
        JSON.stringify({ _aws, Prefix: prefix, ...(workflow === undefined ? {} : { Workflow: workflow }), ...values }),
      );
    },
    note(note) {
      write(JSON.stringify(note));
    },
  };
}
