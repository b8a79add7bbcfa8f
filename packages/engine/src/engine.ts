import type { Machine } from '@parley/machine';
import { ParleyError, type WorkflowSource } from '@parley/workflow';
import { type Clock, sleep, systemClock } from './clock.ts';
import { contactEvent, limitOf, type ReadRequest, readRequest, type TurnRequest } from './contact.ts';
import type { Decider } from './decider.ts';
import { ConflictError, StoreError } from './errors.ts';
import type { Guard } from './guard.ts';
import { LiveSession, type Surroundings } from './live.ts';
import { Machines } from './machines.ts';
import { type Reply, readReply } from './reply.ts';
import { PENDING } from './session-state.ts';
import type { JournalEvent, Store, StoredSession } from './store.ts';
import type { Tools } from './tool.ts';

export interface EngineOptions {
  /** The workflows sessions can start on, as `loadWorkflow` reads them, or machines that were made of them with these tools. */
  readonly workflows: readonly (WorkflowSource | Machine)[];
  readonly store: Store;
  readonly decider: Decider;
  readonly tools: Tools;
  /**
   * Looks at what tools are given and return, for workflows that name a guardrail; `none`: nobody does, as in a terminal
   * or a test. Where a workflow names one, it is to be said which.
   */
  readonly guard?: Guard | 'none';
  /** The system's if left out. */
  readonly clock?: Clock;
  /** Told what goes wrong beside the turns, and of sessions whose time is up. No entry holds a caller's value. */
  readonly log?: (entry: LogEntry) => void;
  /**
   * Takes what a session has to say when no turn is waiting for it: a timer fired, or a turn that took too long is done.
   * It may get what was said already after a crash, or where another process goes on with the session while it is pushed:
   * what is under way counts as owed until a commit says that it was taken. Without it, the next event of the session fetches it.
   */
  readonly push?: (reply: Reply) => Promise<void>;
  /**
   * Whether `push` reaches a session's caller: it does not where the channel only answers, as a call through Lex. What such a
   * session owes is fetched by its next event. It reaches all, if left out.
   */
  readonly reaches?: (session: string) => Promise<boolean>;
  /**
   * Takes words as they come, for a channel that can say them before the reply: the sentences that a model has composed
   * so far, each checked, and what is to be said before them. They are kept before they are handed out, and stand in the
   * reply as well, which tells how many they are (`streamed`). After a crash, or in another process, that is not known:
   * words may be said twice, but are never lost.
   */
  readonly stream?: (session: string, words: string) => void;
  /** Told of every event of every session as it happens, with raw values: for a terminal, not for a log. */
  readonly watch?: (session: string, event: JournalEvent) => void;
}

export interface LogEntry {
  readonly level: 'info' | 'warn' | 'error';
  readonly code: string;
  readonly message: string;
  readonly session?: string;
}

export interface Engine {
  /**
   * Takes an event of a contact, runs to the next rest, commits, and returns what to say and what comes next.
   * The same `id` again gives the same reply and does nothing. Events of one session are taken one after the other.
   *
   * Throws ParleyError: `engine/bad-event`, `engine/unknown-workflow`, `engine/unknown-session`, `engine/started-already`,
   * `engine/version-lost`, `engine/damaged`, `engine/closed`; StoreError where it can't be kept. The session is then as it was before: send it again.
   */
  turn(request: TurnRequest): Promise<Reply>;
  /** Goes on with what a crash cut off, and from now on fires timers when they are due and removes sessions when their time is up. */
  start(): Promise<void>;
  /**
   * Calls off what is running: turns under way throw `engine/closed`, and the next engine goes on with their work.
   * The store stays open: it is the caller's.
   */
  close(): Promise<void>;
  /** The machine of a workflow, as new sessions use it. */
  machine(workflow: string): Machine;
}

/** Sessions at rest that are kept in memory, so that their next turn need not read them. */
const CACHED = 2_000;

/** How often a turn is tried again when another process has gone on with its session. */
const CONFLICTS = 3;

/** The longest the engine sleeps between two looks at the timers, and how long it first leaves a session alone that failed. Milliseconds. */
const LOOK = 60_000;
const PAUSE = 1_000;

/** How often sessions whose time is up are removed. Milliseconds. */
const SWEEP = 600_000;

/**
 * Makes an engine: the host that runs sessions in this process. Throws WorkflowError where a workflow has errors, and
 * ParleyError `engine/no-guard` where one names a guardrail and `guard` is left out.
 *
 * @example
 * const engine = createEngine({ workflows: [await loadWorkflow(file)], store, decider: offlineDecider(), tools });
 * const reply = await engine.turn({ session, id: 'e1', event: { type: 'caller.said', text: 'where is my parcel' } });
 */
export function createEngine(options: EngineOptions): Engine {
  const {
    store,
    decider,
    tools,
    guard,
    clock = systemClock,
    log = () => undefined,
    push,
    reaches = async () => true,
    stream,
    watch = () => undefined,
  } = options;
  const machines = new Machines(options.workflows, tools, store, guard);
  const lives = new Map<string, LiveSession>();
  const lanes = new Map<string, Promise<unknown>>();
  let closed = false;
  let wake = new AbortController();
  /** Sessions that are about to be gone on with after something failed, and what ends the pause before. */
  const mending = new Map<string, AbortController>();
  let timers: Promise<void> | undefined;
  let sweeps: Promise<void> | undefined;
  const stop = new AbortController();
  /** When the timer loop looks next, in milliseconds since the epoch. */
  let looks = Number.POSITIVE_INFINITY;

  const around: Surroundings = {
    store,
    decider,
    tools,
    guard,
    unseen: (session, message) => log({ level: 'error', code: 'engine/unseen', message, session }),
    clock,
    watch,
    stream:
      stream &&
      ((session, words) => {
        try {
          stream(session, words);
        } catch (error) {
          failed(session, error);
        }
      }),
    pushes: push !== undefined,
    scheduled: (due) => {
      if (due < looks) wake.abort();
    },
    rested: (live) => {
      if (live.dead) troubled(live.session, live.cause);
      else if (push) goOn(live.session).catch((error: unknown) => troubled(live.session, error));
    },
  };

  return {
    turn: (given) => {
      const request = readRequest(given);
      const { session } = request;
      return exclusive(session, () => turn(request));
    },
    async start() {
      for (const session of await store.working()) {
        await goOn(session).catch((error: unknown) => troubled(session, error));
      }
      timers ??= watchTimers();
      sweeps ??= sweepNowAndThen();
    },
    async close() {
      closed = true;
      for (const pause of mending.values()) pause.abort();
      wake.abort();
      stop.abort();
      // What is under way is called off, not waited for: it is kept as such, and begun again by the next engine.
      const shut = new ParleyError('engine/closed', 'The engine was closed.', { fix: 'Send the event again.' });
      for (const live of lives.values()) live.drop(shut);
      await timers;
      await sweeps;
      await Promise.all([...lanes.values()].map((lane) => lane.catch(() => undefined)));
      await Promise.all([...lives.values()].map((live) => live.settled()));
      lives.clear();
    },
    machine: (workflow) => machines.named(workflow),
  };

  // ---- turns

  /** Runs `work` when all that was asked of the session before is done. */
  function exclusive<T>(session: string, work: () => Promise<T>): Promise<T> {
    const before = lanes.get(session);
    const run = before ? before.then(work, work) : work();
    lanes.set(session, run);
    const leave = () => {
      if (lanes.get(session) === run) lanes.delete(session);
    };
    run.then(leave, leave);
    return run;
  }

  async function turn(request: ReadRequest): Promise<Reply> {
    for (let attempt = 1; ; attempt++) {
      if (closed) throw new ParleyError('engine/closed', 'The engine is closed.', { fix: 'Make another.' });
      try {
        return await attemptTurn(request);
      } catch (error) {
        if (!(error instanceof ConflictError) || attempt === CONFLICTS) {
          // Some of the turn may be kept: it is gone on with even if nobody asks again.
          if (passing(error)) mend(request.session);
          throw error;
        }
        log({ level: 'warn', code: error.code, message: error.message, session: request.session });
      }
    }
  }

  async function attemptTurn({ session, id, event, within }: ReadRequest): Promise<Reply> {
    // The session is read before the reply: the other way round, another process could take the event in between,
    // and here it would be taken again, on top of that.
    const known = alive(session);
    const stored = known ? undefined : await store.load(session);
    const answered = await store.reply(session, id);
    if (answered !== undefined && answered !== PENDING) return readReply(answered, session);
    if (known?.dead) throw known.cause;
    if ((known || stored) && answered === undefined && event.type === 'session.started') {
      throw new ParleyError('engine/started-already', `The session ${session} has started already.`, {
        fix: 'Give each contact a session of its own; the same event again carries the same id.',
      });
    }
    const live = known ?? (stored ? await resume(stored) : await begin(session, event));
    const limit = limitOf(live.machine, within);
    const reply = await live.run(id, answered === PENDING ? undefined : contactEvent(event, clock.now()), limit);
    keep(live);
    return reply;
  }

  async function begin(session: string, event: ReadRequest['event']): Promise<LiveSession> {
    if (event.type !== 'session.started') {
      throw new ParleyError('engine/unknown-session', `There is no session ${session}.`, {
        fix: 'Start it with session.started, which names the workflow and the contact.',
      });
    }
    const machine = await machines.start(event.workflow);
    const live = LiveSession.start(session, machine, around);
    lives.set(session, live);
    return live;
  }

  /** The session, from memory or the store. */
  async function find(session: string): Promise<LiveSession | undefined> {
    const live = alive(session);
    if (live) return live;
    const stored = await store.load(session);
    return stored ? resume(stored) : undefined;
  }

  function alive(session: string): LiveSession | undefined {
    const live = lives.get(session);
    if (live && !live.dead) return live;
    lives.delete(session);
    return undefined;
  }

  async function resume(stored: StoredSession): Promise<LiveSession> {
    const resumed = LiveSession.resume(stored, await machines.of(stored), around);
    lives.set(stored.session, resumed);
    return resumed;
  }

  /** Sessions at rest stay in memory, those used last the longest. */
  function keep(live: LiveSession): void {
    lives.delete(live.session);
    if (live.ended && !live.busy) return;
    lives.set(live.session, live);
    if (lives.size <= CACHED) return;
    for (const [session, oldest] of lives) {
      if (lives.size <= CACHED) break;
      if (!oldest.busy && !lanes.has(session)) lives.delete(session);
    }
  }

  // ---- beside the turns

  async function deliver(live: LiveSession): Promise<void> {
    if (live.dead) return;
    if (push && live.owes && (await reaches(live.session))) await live.deliver(push);
    keep(live);
  }

  /** Begins what is under way for a session, with the same keys as before, and delivers what it owes. */
  function goOn(session: string): Promise<void> {
    return exclusive(session, async () => {
      const live = closed ? undefined : await find(session);
      if (live && !live.busy) await deliver(live);
    });
  }

  /** Goes on with a session after a pause, from what the store holds of it, until that succeeds. */
  function mend(session: string, pause = PAUSE): void {
    if (closed || mending.has(session)) return;
    const over = new AbortController();
    mending.set(session, over);
    sleep(clock, pause, over.signal)
      .then(() => {
        mending.delete(session);
        return goOn(session);
      })
      .catch((error: unknown) => troubled(session, error, Math.min(2 * pause, LOOK)));
  }

  function troubled(session: string, error: unknown, pause?: number): void {
    failed(session, error);
    if (passing(error)) mend(session, pause);
  }

  async function watchTimers(): Promise<void> {
    /** Sessions whose timers could not be fired, and until when they are left alone. */
    const paused = new Map<string, number>();
    while (!closed) {
      try {
        const now = clock.now();
        // Whatever is set from here on may be missed by this look, so it asks for another.
        looks = Number.POSITIVE_INFINITY;
        for (const [session, until] of paused) if (until <= now) paused.delete(session);
        const due = (await store.dueTimers(now, 1_000)).filter(({ session }) => !paused.has(session));
        await Promise.all(
          due.map(({ session, timer }) =>
            exclusive(session, async () => {
              const live = await find(session);
              if (!live) return;
              await live.fire(timer, live.machine.program.limits.turn);
              await deliver(live);
            }).catch((error: unknown) => {
              paused.set(session, clock.now() + LOOK);
              troubled(session, error);
            }),
          ),
        );
        const next = await store.nextTimer();
        looks = Math.min(next ?? Number.POSITIVE_INFINITY, now + LOOK);
        if (paused.size > 0) looks = Math.max(looks, now + PAUSE);
      } catch (error) {
        failed(undefined, error);
        looks = clock.now() + PAUSE;
      }
      const wait = looks - clock.now();
      if (wait > 0 && !closed) await sleep(clock, wait, wake.signal);
      if (wake.signal.aborted && !closed) wake = new AbortController();
    }
  }

  async function sweepNowAndThen(): Promise<void> {
    while (!closed) {
      try {
        const removed = await store.sweep(clock.now());
        // Those that are under way find out when they are to be kept.
        for (const session of removed) if (!lives.get(session)?.busy && !lanes.has(session)) lives.delete(session);
        if (removed.length > 0)
          log({
            level: 'info',
            code: 'engine/removed',
            message: `Removed ${removed.length === 1 ? 'one session' : `${removed.length} sessions`} whose time was up.`,
          });
      } catch (error) {
        failed(undefined, error);
      }
      await sleep(clock, SWEEP, stop.signal);
    }
  }

  function failed(session: string | undefined, error: unknown): void {
    const about = error instanceof ParleyError ? { code: error.code, message: error.message } : unknownError(error);
    log({ level: 'error', ...about, ...(session === undefined ? {} : { session }) });
  }
}

/** Whether it may go better another time: a store or a channel that fails, and not a session that can't be read. */
const passing = (error: unknown) =>
  !(error instanceof ParleyError) || error instanceof StoreError || error instanceof ConflictError;

const unknownError = (error: unknown) => ({
  code: 'engine/failed',
  message: `It threw ${error instanceof Error ? error.name : typeof error}.`,
});
