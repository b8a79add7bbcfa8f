import type { Store } from '@parley/engine';
import type { Process, World } from './world.ts';

/** The store as one process sees it: each operation waits for its turn, and may fail before or after it has done its work. */
export function simulatedStore(world: World, process: Process): Store {
  const { random, scheduler, profile, disk, observer, module } = world;
  const { ConflictError, StoreError } = module;

  const chance = (probability: number) => !world.calm && random.chance(probability);
  const failure = () => {
    observer.disturbed();
    return random.chance(0.5)
      ? new StoreError('store/full', 'The disk is full.', 'Make room.', undefined)
      : new StoreError('store/locked', 'The database is locked.', 'Try again.', undefined);
  };

  function operation<T>(name: string, session: string | undefined, work: () => T): Promise<T> {
    const takes = () => (!world.calm && random.chance(0.3) ? random.int(0, profile.storeTakes) : 0);
    const done = observer.waits(process, session);
    const label = `${process.name} ${name}${session === undefined ? '' : ` ${session}`}`;
    return new Promise((resolve, reject) => {
      scheduler.park(process, takes(), label, () => {
        const settle = attempt(work, resolve, reject);
        const answer = () => {
          done();
          settle();
        };
        // It is done, and whoever asked for it may never hear of that.
        if (world.calm || random.chance(0.6)) answer();
        else scheduler.park(process, takes(), `${label}: answered`, answer);
      });
    });
  }

  /** Does the work now, and returns how to tell what came of it. */
  function attempt<T>(work: () => T, resolve: (value: T) => void, reject: (error: unknown) => void): () => void {
    try {
      if (chance(profile.storeFails)) throw failure();
      const value = work();
      return () => resolve(value);
    } catch (error) {
      scheduler.trace(() => '  it fails');
      return () => reject(error);
    }
  }

  return {
    load: (session) => operation('loads', session, () => disk.sessions.get(session)?.session),
    reply: (session, id) => {
      observer.turnBegan(process, session, id);
      return operation(`looks for the reply to ${id} of`, session, () => disk.sessions.get(session)?.replies.get(id));
    },
    commit: (given) => {
      const commit: typeof given = JSON.parse(JSON.stringify(given));
      const types = commit.events.map(({ type }) => type).join(', ') || 'no event';
      const name = `commits after ${commit.expects} (${types}${commit.reply ? `; reply to ${commit.reply.id}` : ''})`;
      const kept = observer.committing(process, commit);
      const work = () => {
        if (!disk.commit(commit)) {
          observer.conflicted();
          throw new ConflictError(commit.session, commit.expects);
        }
        kept();
        if (!chance(profile.commitUnknown)) return;
        scheduler.trace(() => '  it is kept, but the answer is lost');
        observer.disturbed();
        throw new StoreError('store/failed', 'The connection was lost.', 'Try again.', undefined);
      };
      return operation(name, commit.session, work).then(() => observer.committed(process, commit.session));
    },
    events: (session, { after = 0, limit, last } = {}) =>
      operation('reads the journal of', session, () => {
        const later = (disk.sessions.get(session)?.events ?? []).filter(({ seq }) => seq > after);
        return last === undefined ? later.slice(0, limit) : later.slice(Math.max(0, later.length - last));
      }),
    dueTimers: (now, limit) =>
      operation('looks for timers', undefined, () =>
        disk
          .timers()
          .filter(({ due }) => due <= now)
          .sort((a, b) => a.due - b.due)
          .slice(0, limit),
      ),
    nextTimer: () =>
      operation('looks for the next timer', undefined, () => {
        const due = disk.timers().map((timer) => timer.due);
        return due.length === 0 ? undefined : Math.min(...due);
      }),
    working: () => operation('looks for work', undefined, () => disk.working()),
    sessions: () => operation('lists', undefined, () => [...disk.sessions.values()].map(({ session }) => session)),
    remove: (...sessions) => operation('removes', undefined, () => disk.remove(sessions)),
    sweep: (now) => operation('sweeps', undefined, () => disk.sweep(now)),
    keepWorkflow: (workflow) =>
      operation('keeps a workflow', undefined, () => {
        if (!disk.workflows.has(workflow.version)) disk.workflows.set(workflow.version, workflow);
      }),
    workflow: (version) => operation('reads a workflow', undefined, () => disk.workflows.get(version)),
    close: () => Promise.resolve(),
  };
}
