import { type Commit, ConflictError, type JournalEvent, type StoredSession } from '@parley/engine';

/** What a store keeps of the one session that there is: plain data, changed by nothing but the next commit. */
export interface Kept {
  /** The same for the same content. */
  readonly id: number;
  readonly session?: StoredSession;
  readonly events: readonly JournalEvent[];
  readonly replies: { readonly [id: string]: string };
  readonly timers: { readonly [timer: string]: number };
}

/** Every content that has been come to, once. */
export class Contents {
  readonly #known = new Map<string, Kept>();

  of(content: Omit<Kept, 'id'>): Kept {
    const key = JSON.stringify(content);
    const kept = this.#known.get(key) ?? { ...content, id: this.#known.size };
    this.#known.set(key, kept);
    return kept;
  }

  /** Throws ConflictError as a store does. */
  commit(kept: Kept, commit: Commit): Kept {
    const { session, expects, workflow, version, status, working, at, snapshot, events, reply, timers } = commit;
    if ((kept.session?.revision ?? 0) !== expects) throw new ConflictError(session, expects);
    const stored: StoredSession = {
      session,
      workflow,
      version,
      status,
      working,
      snapshot,
      seq: events.at(-1)?.seq ?? kept.session?.seq ?? 0,
      revision: expects + 1,
      startedAt: kept.session?.startedAt ?? at,
      updatedAt: at,
    };
    const set = timers.set.map(({ timer, due }): [string, number] => [timer, due]);
    const left = [...Object.entries(kept.timers), ...set].filter(
      ([timer]) => status === 'active' && !timers.cancelled.includes(timer),
    );
    return this.of({
      session: stored,
      events: [...kept.events, ...events],
      replies: reply ? { ...kept.replies, [reply.id]: reply.reply } : kept.replies,
      timers: Object.fromEntries(left),
    });
  }
}
