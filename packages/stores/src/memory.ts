import {
  ConflictError,
  type DueTimer,
  type JournalEvent,
  type Store,
  type StoredSession,
  type StoredWorkflow,
  StoreError,
} from '@parley/engine';

interface Rows {
  session: StoredSession;
  removeAt: number | undefined;
  readonly events: JournalEvent[];
  readonly replies: Map<string, string>;
  readonly timers: Map<string, number>;
}

/**
 * A store that is gone with its process: for tests, and for trying something out. It keeps what the others keep, and
 * copies what goes in and out, so nothing in it can be changed but by a commit.
 */
export function memoryStore(): Store {
  const all = new Map<string, Rows>();
  const workflows = new Map<string, StoredWorkflow>();
  let closed = false;

  const open = () => {
    if (!closed) return;
    throw new StoreError('store/failed', 'The store is closed.', 'Close it when nothing uses it any more.', undefined);
  };
  const timers = (): DueTimer[] =>
    [...all].flatMap(([session, rows]) => [...rows.timers].map(([timer, due]) => ({ session, timer, due })));

  return {
    async load(session) {
      open();
      return copy(all.get(session)?.session);
    },

    async reply(session, id) {
      open();
      return all.get(session)?.replies.get(id);
    },

    async commit(commit) {
      open();
      const { session, expects, workflow, version, status, working, at, reply } = commit;
      const rows = all.get(session);
      if ((rows?.session.revision ?? 0) !== expects) throw new ConflictError(session, expects);
      const stored: StoredSession = {
        session,
        workflow,
        version,
        status,
        seq: commit.events.at(-1)?.seq ?? rows?.session.seq ?? 0,
        revision: expects + 1,
        startedAt: rows?.session.startedAt ?? at,
        updatedAt: at,
        working,
        snapshot: commit.snapshot,
      };
      const fresh = { session: stored, removeAt: undefined, events: [], replies: new Map(), timers: new Map() };
      const kept: Rows = rows ?? fresh;
      const { events, replies, timers } = kept;
      kept.session = stored;
      kept.removeAt = commit.removeAt;
      all.set(session, kept);
      events.push(...copy(commit.events));
      if (reply) replies.set(reply.id, reply.reply);
      // A timer both set and cancelled was set first: a timer's id is used once.
      for (const { timer, due } of commit.timers.set) timers.set(timer, due);
      for (const timer of commit.timers.cancelled) timers.delete(timer);
      if (status === 'ended') timers.clear();
    },

    async events(session, range = {}) {
      open();
      const { after = 0, limit, last } = range;
      const later = (all.get(session)?.events ?? []).filter(({ seq }) => seq > after);
      if (last !== undefined) return copy(later.slice(Math.max(0, later.length - last)));
      return copy(later.slice(0, limit));
    },

    async dueTimers(now, limit) {
      open();
      const due = timers().filter((timer) => timer.due <= now);
      return due.sort((a, b) => a.due - b.due).slice(0, limit);
    },

    async nextTimer() {
      open();
      return timers().reduce<number | undefined>((next, { due }) => Math.min(next ?? due, due), undefined);
    },

    async working() {
      open();
      return [...all.values()].filter(({ session }) => session.working).map(({ session }) => session.session);
    },

    async sessions({ workflow, status, limit } = {}) {
      open();
      const found = [...all.values()]
        .map(({ session }) => session)
        .filter((session) => workflow === undefined || session.workflow === workflow)
        .filter((session) => status === undefined || session.status === status)
        .reverse()
        .sort((a, b) => b.startedAt - a.startedAt);
      return copy(found.slice(0, limit));
    },

    async remove(...sessions) {
      open();
      return sessions.filter((session) => all.delete(session)).length;
    },

    async sweep(now) {
      open();
      const due = [...all].flatMap(([session, { removeAt }]) =>
        removeAt !== undefined && removeAt <= now ? [session] : [],
      );
      for (const session of due) all.delete(session);
      return due;
    },

    async keepWorkflow(workflow) {
      open();
      if (!workflows.has(workflow.version)) workflows.set(workflow.version, copy(workflow));
    },

    async workflow(version) {
      open();
      return copy(workflows.get(version));
    },

    async close() {
      closed = true;
    },
  };
}

/** The same data, shared with nobody. */
function copy<T extends object | undefined>(value: T): T {
  return value === undefined ? value : JSON.parse(JSON.stringify(value));
}
