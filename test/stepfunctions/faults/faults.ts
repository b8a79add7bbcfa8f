/** The functions of a deployment: four that a state machine calls, the front door, and what goes by every minute. */
export const FUNCTIONS = ['ask', 'decide', 'call', 'finish', 'turn', 'tick'] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** One operation on a port by one run of a function, counted from 0 each: what a fault is about. */
export interface Step {
  readonly of: FunctionName;
  /** Which run of that function. */
  readonly run: number;
  /** Which operation of that run. */
  readonly step: number;
  /** Its name, as `store.commit`. */
  readonly what: string;
}

/** What can go wrong at a step. `before` and `after`: the operation was not done, or it was and nobody heard of it. */
export const STEP_FAULTS = [
  /** The process is gone, with all it had in memory, and Lambda says so. */
  'dies before',
  'dies after',
  /** The process stands still: whoever waits for it waits until somebody's time is up. */
  'hangs before',
  'hangs after',
  /** It takes longer than anybody waits for it, and then goes on though another run has been asked meanwhile. */
  'late before',
  'late after',
  /** The port refuses it (throttled), or its answer is lost; the process goes on. */
  'fails before',
  'fails after',
] as const;
/** A commit only: somebody else was first. */
const COMMIT_FAULTS = ['conflict'] as const;
/** What can go wrong with a run as a whole: Lambda takes no more, or it is asked twice at once, or once more later. */
export const RUN_FAULTS = ['throttled', 'throttled for good', 'twice', 'again', 'again much later'] as const;
/** From a step on, the table refuses all that anybody asks of it for so long. */
export const OUTAGES = ['table away for 4 s', 'table away for 40 s'] as const;

export type Kind =
  | (typeof STEP_FAULTS)[number]
  | (typeof COMMIT_FAULTS)[number]
  | (typeof RUN_FAULTS)[number]
  | (typeof OUTAGES)[number];

export interface Fault {
  readonly at: Step;
  readonly kind: Kind;
}

/** Every fault that the steps of an undisturbed conversation can have. */
export function faultsOf(steps: readonly Step[]): readonly Fault[] {
  return steps.flatMap((at): Fault[] => {
    const kinds: Kind[] = [...STEP_FAULTS];
    if (at.what === 'store.commit') kinds.push(...COMMIT_FAULTS);
    if (at.what.startsWith('store.')) kinds.push(...OUTAGES);
    if (at.step === 0) kinds.push(...RUN_FAULTS);
    return kinds.map((kind) => ({ at, kind }));
  });
}

export const describeFault = ({ at, kind }: Fault): string =>
  `${at.of} #${at.run + 1} ${kind} at step ${at.step + 1} (${at.what})`;
