import type { Machine, SessionEvent } from '@parley/machine';
import type { Clock } from './clock.ts';
import type { Decider } from './decider.ts';
import type { Guard } from './guard.ts';
import type { Reply } from './reply.ts';
import { Sentences } from './sentences.ts';
import { type Applied, PENDING, SessionState, type Work, workId } from './session-state.ts';
import type { JournalEvent, Store, StoredSession } from './store.ts';
import type { Tools } from './tool.ts';
import { Undertaking } from './undertaking.ts';
import { type Answer, type Bounds, call, compose, decide, guardingOf } from './work.ts';

/** What a session needs of its engine. */
export interface Surroundings {
  readonly store: Store;
  readonly decider: Decider;
  readonly tools: Tools;
  /** Looks at what tools are given and return, where the workflow names a guardrail; `none`: nobody does. */
  readonly guard: Guard | 'none' | undefined;
  readonly clock: Clock;
  /** Told of what a guard could not look at. */
  readonly unseen: (session: string, message: string) => void;
  /** Told of every event of the journal as it happens. */
  readonly watch: (session: string, event: JournalEvent) => void;
  /** What is owed can be pushed: it is delivered after a crash too. */
  readonly pushes: boolean;
  /** Takes words of a session as they come, where its channel can say them before the reply. */
  readonly stream: ((session: string, words: string) => void) | undefined;
  /** A timer was set: the engine may have to wake earlier. */
  readonly scheduled: (due: number) => void;
  /** Work went on after its turn was answered, and has now come to rest (or died): the engine delivers or mends. */
  readonly rested: (live: LiveSession) => void;
}

type Composing = Extract<Work, { type: 'compose' }>;

/**
 * A session in memory: its state, and the work under way for it. Everything it does is unsaved until a commit has kept it.
 * One that failed to be kept is `dead`: it is dropped, and the store's last state is gone on with.
 */
export class LiveSession {
  readonly session: string;
  readonly machine: Machine;
  readonly #around: Surroundings;
  readonly #state: SessionState;
  /** Who does the work under way, by its id. */
  readonly #undertakings = new Map<string, Undertaking>();
  /** When the turn under way is to be answered, in milliseconds since the epoch. */
  #due = 0;
  /** The id of the contact event whose turn is being run. */
  #turn: string | undefined;
  #dirty = false;
  #committing: Promise<void> = Promise.resolve();
  #waiting: (() => void)[] = [];
  #dead: unknown;

  private constructor(session: string, machine: Machine, around: Surroundings, from: StoredSession | undefined) {
    this.session = session;
    this.machine = machine;
    this.#around = around;
    this.#state = new SessionState(session, machine, from, (event) => around.watch(session, event));
    for (const effect of this.#state.work.values()) this.#begin(effect);
  }

  static start(session: string, machine: Machine, around: Surroundings): LiveSession {
    return new LiveSession(session, machine, around, undefined);
  }

  /** Goes on with a session that was kept; work that was under way then is begun again, with the same keys. */
  static resume(kept: StoredSession, machine: Machine, around: Surroundings): LiveSession {
    return new LiveSession(kept.session, machine, around, kept);
  }

  get ended(): boolean {
    return this.#state.snapshot.ended;
  }

  get dead(): boolean {
    return this.#dead !== undefined;
  }

  /** Why it died. */
  get cause(): unknown {
    return this.#dead;
  }

  get busy(): boolean {
    return this.#state.work.size > 0;
  }

  get owes(): boolean {
    return this.#state.owed.length > 0;
  }

  /**
   * Applies an event from outside and runs to the next rest, or until `limit` milliseconds are over.
   * All of it is committed, with the reply under `id`, before the reply is returned.
   * Without an event it waits for the work under way.
   */
  async run(id: string, event: SessionEvent | undefined, limit: number): Promise<Reply> {
    this.#turn = id;
    this.#due = this.#around.clock.now() + limit;
    try {
      if (event) this.#follow(this.#state.hear(event));
      await this.#rest(limit);
      await this.#allKept();
      if (this.#dead) throw this.#dead;
      const rests = !this.busy;
      const reply = rests ? this.#reply() : this.#filler();
      await this.#commit(reply);
      this.#turn = undefined;
      // Work that was done while its filler was being kept is no turn's any more.
      if (!rests && !this.busy) this.#restAlone();
      return reply;
    } finally {
      this.#turn = undefined;
    }
  }

  /** Applies a timer that fired; what comes of it is owed to the caller. */
  async fire(timer: string, limit: number): Promise<void> {
    const now = this.#around.clock.now();
    this.#dirty = true;
    this.#due = now + limit;
    this.#follow(this.#state.fire(timer, now));
    await this.#rest(limit);
    if (this.#dead) throw this.#dead;
    await this.#commit();
  }

  /** Waits until nothing of it is being kept any more. */
  async settled(): Promise<void> {
    await this.#committing.catch(() => undefined);
  }

  /**
   * Hands what is owed to `push` and forgets it. It is kept as owed until `push` has taken it: after a crash, or where
   * another process goes on with the session meanwhile, it may be said twice, but is never lost.
   */
  async deliver(push: (reply: Reply) => Promise<void>): Promise<void> {
    // While work is under way there is more to come: it is told together, once that is done.
    if (this.busy || !this.owes) return;
    // Kept even where nothing is new: a process that does not know what another has said meanwhile is refused here,
    // and of two that are about to push the same, one.
    this.#dirty = true;
    await this.#commit();
    if (this.#dead) throw this.#dead;
    const { length } = this.#state.owed;
    await push(this.#state.reply());
    this.#state.told(length);
    this.#dirty = true;
    await this.#commit();
  }

  /** Lets go of it: work under way is called off, and nothing it still answers counts. */
  drop(cause: unknown): void {
    this.#dead ??= cause;
    for (const [id, undertaking] of this.#undertakings) {
      undertaking.end();
      this.#state.settle(id);
    }
    this.#undertakings.clear();
    this.#wake();
  }

  // ---- events and effects

  /** Has done what came of an event. */
  #follow({ begun, dropped }: Applied): void {
    for (const effect of begun) this.#begin(effect);
    for (const id of dropped) {
      this.#undertakings.get(id)?.end();
      this.#undertakings.delete(id);
    }
  }

  #begin(effect: Work): void {
    const undertaking = new Undertaking();
    this.#undertakings.set(workId(effect), undertaking);
    void this.#carryOut(effect, undertaking).then(
      (answer) => this.#answered(effect, answer),
      (error: unknown) => this.#fail(error),
    );
  }

  async #carryOut(effect: Work, undertaking: Undertaking): Promise<Answer> {
    const { decider, tools, clock } = this.#around;
    const bounds = { clock, undertaking };
    if (effect.type === 'decide') {
      const ask = (deadline: number, attempt: Undertaking) =>
        this.#state.question(effect, this.#around.store, this.#asking(deadline, attempt));
      return decide(decider, effect.decision, ask, this.machine.program.limits.decide, bounds);
    }
    if (effect.type === 'compose') return this.#compose(effect, bounds);
    const tool = Object.hasOwn(tools, effect.tool) ? tools[effect.tool] : undefined;
    // A write is kept as begun before it begins: after a crash it is repeated with the same key, never forgotten.
    if (tool?.signature.effect === 'writes') {
      await Promise.resolve();
      await this.#commit();
    }
    const { guard, unseen } = this.#around;
    const guarding = guardingOf(this.machine.program, guard, {
      unseen: (message) => unseen(this.session, message),
      begins: () => {
        // Looking takes time: kept even where nothing is new, as a process that was overtaken is refused then.
        this.#dirty = true;
        return this.#commit();
      },
    });
    return call(tool, { session: this.session, ...effect }, bounds, guarding);
  }

  async #compose(effect: Composing, bounds: Bounds): Promise<Answer> {
    // What is written at once must not come in the midst of the event that asked for it.
    await Promise.resolve();
    const { decision } = effect;
    const { waiting } = this.#state.snapshot.memory;
    // Nobody knows how it would have gone on: what follows is the written text.
    if (waiting.for === 'words' && waiting.said !== undefined)
      return {
        type: 'model.failed',
        decision,
        code: 'decider/cut-off',
        message: 'It was cut off while it was being said.',
      };
    const sentences = new Sentences();
    const onText = (soFar: string) => {
      const words = sentences.take(soFar);
      if (words !== '') this.#wrote(effect, words);
    };
    const { store, stream } = this.#around;
    const ask = (deadline: number, attempt: Undertaking) =>
      this.#state.composition(effect, store, this.#asking(deadline, attempt), stream ? onText : undefined);
    const answer = await compose(this.#around.decider, decision, ask, this.machine.program.limits.decide, bounds);
    if (answer.type !== 'model.composed') return answer;
    const text = sentences.rest(answer.text);
    if (text !== undefined) return { ...answer, text };
    const message = 'What was composed does not go on as it began.';
    return {
      type: 'model.failed',
      decision,
      code: 'decider/outside',
      message,
      ...(answer.by ? { by: answer.by } : {}),
    };
  }

  /** Whole sentences came, and there may be more: those that pass are said at once, after what is to be said before them. */
  #wrote(effect: Composing, text: string): void {
    if (this.#dead || !this.#state.work.has(workId(effect))) return;
    const { decision } = effect;
    try {
      this.#follow(
        this.#state.apply({ type: 'model.composed', at: this.#around.clock.now(), decision, text, more: true }),
      );
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.#state.work.has(workId(effect))) this.#stream();
    else this.#done();
  }

  /** Hands out what is to be said, once it is kept. */
  #stream(): void {
    const { stream } = this.#around;
    if (!stream) return;
    const words = this.#state.stream();
    this.#commit().then(
      () => {
        for (const text of words) stream(this.session, text);
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #asking(deadline: number, attempt: Undertaking) {
    return {
      due: this.#due,
      deadline,
      get signal() {
        return attempt.signal;
      },
    };
  }

  #answered(effect: Work, answer: Answer): void {
    if (this.#dead || !this.#state.settle(workId(effect))) return;
    this.#undertakings.delete(workId(effect));
    try {
      this.#follow(this.#state.apply({ ...answer, at: this.#around.clock.now() }));
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#done();
  }

  /** Something under way is done: so may be all that is waited for. */
  #done(): void {
    if (this.busy) return;
    this.#wake();
    if (this.#turn === undefined) this.#restAlone();
  }

  /** It came to rest with no turn waiting for it: what came of it is kept, and the engine told. */
  #restAlone(): void {
    this.#dirty = true;
    void this.#commit().then(
      () => this.#around.rested(this),
      () => this.#around.rested(this),
    );
  }

  #fail(error: unknown): void {
    this.drop(error);
    if (this.#turn === undefined) this.#around.rested(this);
  }

  // ---- resting, replying, keeping

  /** Resolves to true when no work is under way, to false when `limit` milliseconds went by first. */
  async #rest(limit: number): Promise<boolean> {
    if (!this.busy || this.#dead) return true;
    return new Promise((resolve) => {
      const late = () => resolve(!this.busy || this.dead);
      const forget = this.#around.clock.after(limit, late);
      this.#waiting.push(() => {
        forget();
        resolve(true);
      });
    });
  }

  /**
   * Waits for the commits that were asked for. What a reply takes along is no longer owed, so none may come between it and
   * its own commit: after a crash there the words would be lost.
   */
  async #allKept(): Promise<void> {
    for (let last: unknown; last !== this.#committing; ) {
      last = this.#committing;
      await this.#committing;
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** What is owed, as a reply; nothing is owed after it. */
  #reply(): Reply {
    const reply = this.#state.reply();
    this.#state.told();
    this.#dirty = true;
    return reply;
  }

  /** What can be said so far, and words for who has to wait. */
  #filler(): Reply {
    const reply = this.#state.filler(this.#around.clock.now());
    this.#state.told();
    this.#dirty = true;
    return reply;
  }

  /** Keeps all that has happened since the last commit. Commits of a session follow each other. */
  #commit(reply?: Reply): Promise<void> {
    const next = this.#committing.then(() => this.#keep(reply));
    // Whoever waits for this one hears of its failure; the next finds the session dead.
    this.#committing = next.catch(() => undefined);
    return next;
  }

  async #keep(reply: Reply | undefined): Promise<void> {
    if (this.#dead) throw this.#dead;
    if (!this.#state.unsaved && !this.#dirty && !reply) return;
    const { store, clock } = this.#around;
    const id = this.#turn;
    const under = id === undefined ? undefined : { id, reply: PENDING };
    const answer = reply ? { id: id ?? '', reply: JSON.stringify(reply) } : under;
    this.#dirty = false;
    try {
      const working = this.busy || (this.#around.pushes && this.owes);
      const set = await this.#state.keep(store, clock.now(), working, answer);
      for (const { due } of set) this.#around.scheduled(due);
    } catch (error) {
      this.drop(error);
      throw error;
    }
  }
}
