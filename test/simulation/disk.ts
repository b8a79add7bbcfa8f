import type { Commit, DueTimer, JournalEvent, StoredSession, StoredWorkflow } from '@parley/engine';

/** What of one session is on the disk. */
export interface Kept {
  readonly session: StoredSession;
  readonly events: readonly JournalEvent[];
  readonly replies: ReadonlyMap<string, string>;
  readonly timers: ReadonlyMap<string, number>;
  readonly removeAt: number | undefined;
}

/** What outlives every process: rows, without any waiting or failing. */
export class Disk {
  readonly sessions = new Map<string, Kept>();
  readonly workflows = new Map<string, StoredWorkflow>();

  /** False, and nothing changes, where the session has had other than `expects` commits. */
  commit(commit: Commit): boolean {
    const { session, expects, workflow, version, status, working, at, reply, snapshot, events } = commit;
    const before = this.sessions.get(session);
    if ((before?.session.revision ?? 0) !== expects) return false;
    const timers = new Map(before?.timers);
    for (const { timer, due } of commit.timers.set) timers.set(timer, due);
    for (const timer of commit.timers.cancelled) timers.delete(timer);
    const replies = new Map(before?.replies);
    if (reply) replies.set(reply.id, reply.reply);
    this.sessions.set(session, {
      session: {
        session,
        workflow,
        version,
        status,
        seq: events.at(-1)?.seq ?? before?.session.seq ?? 0,
        revision: expects + 1,
        startedAt: before?.session.startedAt ?? at,
        updatedAt: at,
        working,
        snapshot,
      },
      events: [...(before?.events ?? []), ...events],
      replies,
      timers: status === 'ended' ? new Map() : timers,
      removeAt: commit.removeAt,
    });
    return true;
  }

  remove(sessions: readonly string[]): number {
    return sessions.filter((session) => this.sessions.delete(session)).length;
  }

  sweep(now: number): string[] {
    const due = [...this.sessions].filter(([, { removeAt }]) => removeAt !== undefined && removeAt <= now);
    const names = due.map(([session]) => session);
    this.remove(names);
    return names;
  }

  timers(): DueTimer[] {
    return [...this.sessions].flatMap(([session, { timers }]) =>
      [...timers].map(([timer, due]) => ({ session, timer, due })),
    );
  }

  working(): string[] {
    return [...this.sessions.values()].filter(({ session }) => session.working).map(({ session }) => session.session);
  }
}
