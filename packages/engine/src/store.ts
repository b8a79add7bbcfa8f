import type { Json } from '@parley/workflow';

/** One row of the journal: an event as it was, with its number in the session, from 1 without a gap. */
export interface JournalEvent {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly type: string;
  /** Everything else of the event. */
  readonly data: { readonly [key: string]: Json };
}

/** A session as the store holds it. `snapshot` and replies are JSON texts that only the engine understands. */
export interface StoredSession {
  readonly session: string;
  readonly workflow: string;
  readonly version: string;
  readonly status: 'active' | 'ended';
  /** The number of the last event; 0 where there is none. */
  readonly seq: number;
  /** How many commits it has had, those without events among them. */
  readonly revision: number;
  readonly startedAt: number;
  readonly updatedAt: number;
  /** True while effects of the last commit are still to be answered: such a session is gone on with after a crash. */
  readonly working: boolean;
  readonly snapshot: string;
}

/** All that one commit changes, of one session, at once or not at all. */
export interface Commit {
  readonly session: string;
  /** The `revision` the session must have now; 0 for a session that must not exist yet. Else ConflictError. */
  readonly expects: number;
  readonly workflow: string;
  readonly version: string;
  readonly status: 'active' | 'ended';
  readonly working: boolean;
  readonly at: number;
  /** They follow on from those that are kept: the first has the session's `seq` and one more. There may be none. */
  readonly events: readonly JournalEvent[];
  readonly snapshot: string;
  /** The answer to a contact event, kept under the event's id. */
  readonly reply?: { readonly id: string; readonly reply: string };
  readonly timers: {
    readonly set: readonly { readonly timer: string; readonly due: number }[];
    readonly cancelled: readonly string[];
  };
  /**
   * From when on the session may be removed, in milliseconds since the epoch; left out: it stays. Each commit says it
   * anew. None of a session that waits for a timer has one.
   */
  readonly removeAt?: number;
}

export interface DueTimer {
  readonly session: string;
  readonly timer: string;
  readonly due: number;
}

/** A workflow as it was when a session started on it: the files, so that an old session can go on. */
export interface StoredWorkflow {
  readonly workflow: string;
  readonly version: string;
  /** A JSON text. */
  readonly source: string;
}

/**
 * The port to whatever keeps sessions. Every implementation passes the conformance suite
 * (`packages/stores/src/conformance.ts`). A commit is durable when its promise resolves.
 * Sessions' names, ids and timers are opaque strings of at most 256 characters.
 */
export interface Store {
  /** The session, or undefined. */
  load(session: string): Promise<StoredSession | undefined>;
  /** The reply that was kept for this contact event, or undefined. */
  reply(session: string, id: string): Promise<string | undefined>;
  /**
   * Atomic and durable. Raises the session's revision by one, whether there are events or not: so processes that go on
   * with one session always see each other. Throws ConflictError when its revision is not the one that the commit
   * expects; StoreError when it can't be kept.
   */
  commit(commit: Commit): Promise<void>;
  /** The journal, in order, from `after` (exclusive, 0 if left out), at most `limit`; `last: n` gives the last n instead. */
  events(
    session: string,
    range?: { readonly after?: number; readonly limit?: number; readonly last?: number },
  ): Promise<readonly JournalEvent[]>;
  /** Timers due at or before `now`, earliest first, of active sessions. A timer stays until a commit cancels it. */
  dueTimers(now: number, limit: number): Promise<readonly DueTimer[]>;
  /** When the next timer is due, or undefined. */
  nextTimer(): Promise<number | undefined>;
  /** Sessions whose last commit left work under way. */
  working(): Promise<readonly string[]>;
  /** Sessions, newest first. */
  sessions(filter?: {
    readonly workflow?: string;
    readonly status?: 'active' | 'ended';
    readonly limit?: number;
  }): Promise<readonly StoredSession[]>;
  /**
   * Removes all that is kept of these sessions, work and timers under way too: when the promise resolves, nothing of them
   * can be found where the store keeps things, though nobody can commit for as long as that takes. Gives how many there
   * were. Whoever still holds one gets a ConflictError. Throws StoreError, `store/locked` where they are gone but others
   * read, so that traces are still there.
   */
  remove(...sessions: readonly string[]): Promise<number>;
  /**
   * Removes in this way each session whose last commit said `removeAt: now` or earlier, unless the store does that by
   * itself. Gives the names of those that this call removed. Commits go on meanwhile, but for a moment; traces may stay for a
   * while where it would be longer. `thorough`: none stay, though nobody can commit for as long as that takes.
   */
  sweep(now: number, thorough?: boolean): Promise<readonly string[]>;
  /** Keeps a workflow's source under its version. Keeping it again changes nothing. */
  keepWorkflow(workflow: StoredWorkflow): Promise<void>;
  workflow(version: string): Promise<StoredWorkflow | undefined>;
  close(): Promise<void>;
}
