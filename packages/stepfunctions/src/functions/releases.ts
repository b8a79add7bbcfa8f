/** A version of a workflow, and the version of a state machine that was made from it. */
export interface Release {
  readonly workflow: string;
  readonly version: string;
  /** The ARN of the state machine's version. */
  readonly stateMachine: string;
}

/** The releases that new sessions start on. A session keeps its own, whatever is released after it. */
export interface Releases {
  /**
   * Which one this session starts on, where two share the sessions by their weights: as long as these are the same, so is it.
   * Throws ParleyError `engine/unknown-workflow` where there is none.
   */
  of(workflow: string, session: string): Promise<Release>;
}
