import type { TurnRequest } from '@parley/engine';

/** Time in which nobody says anything and no contact event comes: milliseconds. */
export interface Pause {
  readonly pause: number;
}

/** A conversation to have with a workflow: what the caller says, or does, line by line, until it is over. */
export interface Conversation {
  readonly name: string;
  readonly about: string;
  readonly channel: 'voice' | 'chat';
  readonly lines: readonly (string | TurnRequest['event'] | Pause)[];
  /** `down`: the model can't be reached. */
  readonly decider?: 'offline' | 'down';
  /** The conversation before it, in whose back end it is: ten minutes later, in a session of its own. Otherwise it has one of its own. */
  readonly after?: string;
  /** False: it may not be recorded (`limits.record`). It is had in `not-recorded.test.ts`. */
  readonly recorded?: false;
}
