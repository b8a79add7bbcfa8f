import { type Effect, type Machine, restoreSnapshot, type SessionEvent, type Snapshot } from '@parley/machine';
import { recordable } from '@parley/replay';
import { type Json, ParleyError } from '@parley/workflow';
import { z } from 'zod';
import type { Clock } from './clock.ts';
import type { Composition, Decider, Line, Question } from './decider.ts';
import type { Guard } from './guard.ts';
import { removalOf } from './keeping.ts';
import { questionOf } from './question.ts';
import {
  type Output,
  outputSchema,
  type Reply,
  type Resting,
  restingSchema,
  split,
  streamedOf,
  wordsOf,
} from './reply.ts';
import { Sentences } from './sentences.ts';
import type { Commit, JournalEvent, Store, StoredSession } from './store.ts';
import type { Tools } from './tool.ts';
import { TRANSCRIPT, transcriptOf } from './transcript.ts';
import { Undertaking } from './undertaking.ts';
import { type Answer, type Bounds, call, compose, decide, type Guarding } from './work.ts';

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

/** Work that was under way when the session was last kept. */
type Work = Extract<Effect, { type: 'decide' | 'compose' | 'call' }>;

type Composing = Extract<Work, { type: 'compose' }>;

const stored = z.object({
  machine: z.json(),
  owed: z.array(outputSchema),
  resting: restingSchema.exactOptional(),
  work: z.array(
    z.discriminatedUnion('type', [
      z.object({
        type: z.literal('decide'),
        step: z.string(),
        decision: z.string(),
        question: z.string(),
        choices: z.array(z.string()),
        fill: z.array(z.string()),
        heard: z.string().exactOptional(),
      }),
      z.object({
        type: z.literal('compose'),
        step: z.string(),
        decision: z.string(),
        instructions: z.string(),
        facts: z.record(z.string(), z.string()),
        longest: z.number(),
      }),
      z.object({
        type: z.literal('call'),
        step: z.string(),
        call: z.string(),
        tool: z.string(),
        input: z.record(z.string(), z.json()),
        retry: z.number(),
      }),
    ]),
  ),
});

/**
 * A session in memory: the machine's snapshot, what it still owes the caller, and the work under way for it.
 * Everything it does shows in `#unsaved` until a commit has kept it. One that failed to be kept is `dead`:
 * it is dropped, and the store's last state is gone on with.
 */
export class LiveSession {
  readonly session: string;
  readonly machine: Machine;
  readonly #around: Surroundings;
  #snapshot: Snapshot;
  #seq: number;
  /** How many of its commits are kept. */
  #kept: number;
  #unsaved: JournalEvent[] = [];
  #set: { timer: string; due: number }[] = [];
  #cancelled: string[] = [];
  /** What the caller has not been told yet. */
  #owed: Output[];
  /** What it rests on: the open question, or how it ended. */
  #resting: Resting | undefined;
  /** Work under way, by the id of the effect. */
  readonly #work = new Map<string, { readonly effect: Work; readonly undertaking: Undertaking }>();
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
    this.#seq = from?.seq ?? 0;
    this.#kept = from?.revision ?? 0;
    this.#snapshot = machine.initial;
    this.#owed = [];
    if (!from) return;
    const read = stored.safeParse(parse(from.snapshot));
    if (!read.success) {
      throw new ParleyError('engine/damaged', `What is kept of session ${session} can't be read.`, {
        fix: 'Its journal may be whole: make a recording of it and replay that.',
      });
    }
    this.#snapshot = restoreSnapshot(machine, read.data.machine);
    this.#owed = read.data.owed;
    this.#resting = read.data.resting;
    for (const effect of read.data.work) this.#begin(effect);
  }

  static start(session: string, machine: Machine, around: Surroundings): LiveSession {
    return new LiveSession(session, machine, around, undefined);
  }

  /** Goes on with a session that was kept; work that was under way then is begun again, with the same keys. */
  static resume(kept: StoredSession, machine: Machine, around: Surroundings): LiveSession {
    return new LiveSession(kept.session, machine, around, kept);
  }

  get ended(): boolean {
    return this.#snapshot.ended;
  }

  get dead(): boolean {
    return this.#dead !== undefined;
  }

  /** Why it died. */
  get cause(): unknown {
    return this.#dead;
  }

  get busy(): boolean {
    return this.#work.size > 0;
  }

  get owes(): boolean {
    return this.#owed.length > 0;
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
      if (event) this.#apply(this.#owed.some(({ type }) => type === 'listen') ? early(event) : event);
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
    this.#cancelled.push(timer);
    this.#dirty = true;
    this.#due = this.#around.clock.now() + limit;
    this.#apply({ type: 'timer.fired', at: this.#around.clock.now(), timer });
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
    const owed = this.#owed;
    const reply = this.#reply();
    this.#owed = owed;
    await push(reply);
    this.#owed = this.#owed.slice(owed.length);
    this.#dirty = true;
    await this.#commit();
  }

  /** Lets go of it: work under way is called off, and nothing it still answers counts. */
  drop(cause: unknown): void {
    this.#dead ??= cause;
    for (const { undertaking } of this.#work.values()) undertaking.end();
    this.#work.clear();
    this.#wake();
  }

  // ---- events and effects

  #apply(event: SessionEvent): void {
    const result = this.machine.step(this.#snapshot, event);
    if (!result.taken) return;
    this.#snapshot = result.snapshot;
    for (const { at, type, ...data } of recordable(event, result)) this.#note(at, type, data);
    for (const effect of result.effects) {
      switch (effect.type) {
        case 'say':
          this.#owed.push(effect);
          break;
        case 'listen':
        case 'transfer':
        case 'end':
          this.#owed.push(effect);
          this.#resting = effect;
          break;
        case 'schedule':
          this.#set.push({ timer: effect.timer, due: effect.due });
          break;
        case 'cancel':
          this.#cancelled.push(effect.timer);
          break;
        case 'decide':
        case 'compose':
        case 'call':
          this.#begin(effect);
          break;
      }
    }
    this.#callOff();
  }

  #note(at: number, type: string, data: { readonly [key: string]: Json }): void {
    this.#seq += 1;
    const row = { seq: this.#seq, at, type, data };
    this.#unsaved.push(row);
    this.#around.watch(this.session, row);
  }

  #begin(effect: Work): void {
    const undertaking = new Undertaking();
    this.#work.set(workId(effect), { effect, undertaking });
    void this.#carryOut(effect, undertaking).then(
      (answer) => this.#answered(effect, answer),
      (error: unknown) => this.#fail(error),
    );
  }

  async #carryOut(effect: Work, undertaking: Undertaking): Promise<Answer> {
    const { decider, tools, clock } = this.#around;
    const bounds = { clock, undertaking };
    if (effect.type === 'decide') {
      const ask = (deadline: number, attempt: Undertaking) => this.#question(effect, deadline, attempt);
      return decide(decider, effect.decision, ask, this.machine.program.limits.decide, bounds);
    }
    if (effect.type === 'compose') return this.#compose(effect, bounds);
    const tool = Object.hasOwn(tools, effect.tool) ? tools[effect.tool] : undefined;
    // A write is kept as begun before it begins: after a crash it is repeated with the same key, never forgotten.
    if (tool?.signature.effect === 'writes') {
      await Promise.resolve();
      await this.#commit();
    }
    return call(tool, { session: this.session, ...effect }, bounds, this.#guarding());
  }

  async #compose(effect: Composing, bounds: Bounds): Promise<Answer> {
    // What is written at once must not come in the midst of the event that asked for it.
    await Promise.resolve();
    const { decision } = effect;
    const { waiting } = this.#snapshot.memory;
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
    const ask = (deadline: number, attempt: Undertaking) => this.#composition(effect, deadline, attempt, onText);
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
    if (this.#dead || !this.#work.has(workId(effect))) return;
    const { decision } = effect;
    try {
      this.#apply({ type: 'model.composed', at: this.#around.clock.now(), decision, text, more: true });
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.#work.has(workId(effect))) this.#stream();
    else this.#done();
  }

  /** Hands out what is to be said, once it is kept. */
  #stream(): void {
    const { stream } = this.#around;
    if (!stream) return;
    const words: string[] = [];
    this.#owed = this.#owed.map((output) => {
      if (output.type !== 'say' || output.asks || output.streamed) return output;
      words.push(...split(output.text));
      return { ...output, streamed: true };
    });
    this.#commit().then(
      () => {
        for (const text of words) stream(this.session, text);
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #composition(
    { step, instructions, facts, longest }: Composing,
    deadline: number,
    attempt: Undertaking,
    onText: (soFar: string) => void,
  ): Composition {
    const { name, guidance = '', models } = this.machine.program;
    return {
      session: this.session,
      workflow: name,
      step,
      guidance,
      instructions,
      facts,
      longest,
      transcript: () => this.#transcript(),
      models,
      due: this.#due,
      deadline,
      get signal() {
        return attempt.signal;
      },
      ...(this.#around.stream ? { onText } : {}),
    };
  }

  #guarding(): Guarding | undefined {
    const { guard, unseen } = this.#around;
    const { name, models } = this.machine.program;
    if (models.guardrail === undefined || guard === 'none') return undefined;
    return {
      guard,
      workflow: name,
      models,
      unseen: (message) => unseen(this.session, message),
      begins: () => {
        // Looking takes time: kept even where nothing is new, as a process that was overtaken is refused then.
        this.#dirty = true;
        return this.#commit();
      },
    };
  }

  #answered(effect: Work, answer: Answer): void {
    if (this.#dead || !this.#work.delete(workId(effect))) return;
    try {
      this.#apply({ ...answer, at: this.#around.clock.now() });
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

  /** Decisions that are not waited for any more, as the caller went on speaking, are called off. */
  #callOff(): void {
    const { waiting } = this.#snapshot.memory;
    for (const [id, { effect, undertaking }] of this.#work) {
      const wanted =
        effect.type === 'decide'
          ? waiting.for === 'decision' && waiting.decision === effect.decision
          : effect.type === 'compose'
            ? waiting.for === 'words' && waiting.decision === effect.decision
            : waiting.for === 'calls' && Object.hasOwn(waiting.calls, effect.call);
      if (wanted) continue;
      this.#work.delete(id);
      undertaking.end();
    }
  }

  #question(effect: Extract<Work, { type: 'decide' }>, deadline: number, attempt: Undertaking): Question {
    return questionOf(this.machine, this.#snapshot, effect, {
      session: this.session,
      transcript: () => this.#transcript(),
      due: this.#due,
      deadline,
      get signal() {
        return attempt.signal;
      },
    });
  }

  async #transcript(): Promise<readonly Line[]> {
    const unsaved = [...this.#unsaved];
    const kept = await this.#around.store.events(this.session, { last: TRANSCRIPT * 4 });
    const first = unsaved[0]?.seq ?? Number.POSITIVE_INFINITY;
    const rows = [...kept.filter(({ seq }) => seq < first), ...unsaved];
    const events = rows.map(({ at, type, data }) => ({ ...data, at, type }));
    return transcriptOf(this.machine.program, this.#snapshot.memory.vars, events);
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
    const owed = this.#owed;
    this.#owed = [];
    this.#dirty = true;
    const { step, memory } = this.#snapshot;
    const base = { session: this.session, seq: this.#seq, step, ...streamedOf(owed) };
    const resting = this.#resting;
    if (this.#snapshot.ended && resting?.type === 'transfer') {
      const { type: _, step: __, ...transfer } = resting;
      return { ...base, say: wordsOf(owed, false), rest: 'transfer', transfer };
    }
    if (this.#snapshot.ended) {
      const outcome = resting?.type === 'end' ? resting.outcome : 'done';
      return { ...base, say: wordsOf(owed, false), rest: 'end', end: { outcome } };
    }
    if (memory.waiting.for === 'caller' && resting?.type === 'listen') {
      const { expects, silence, keys } = resting;
      return { ...base, say: wordsOf(owed, true), rest: 'caller', listen: { expects, silence, keys } };
    }
    return { ...base, say: wordsOf(owed, false), rest: 'wait' };
  }

  /** What can be said so far, and words for who has to wait. */
  #filler(): Reply {
    const owed = this.#owed;
    const said = wordsOf(owed, false);
    this.#owed = [];
    this.#dirty = true;
    const { meanwhile } = this.machine.words(this.#snapshot);
    const words = split(meanwhile);
    if (words.length > 0) {
      this.#note(this.#around.clock.now(), 'filler.said', { step: this.#snapshot.step, text: meanwhile });
    }
    return {
      session: this.session,
      seq: this.#seq,
      step: this.#snapshot.step,
      say: [...said, ...words],
      ...streamedOf(owed),
      rest: 'work',
    };
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
    if (this.#unsaved.length === 0 && !this.#dirty && !reply) return;
    const { store, clock } = this.#around;
    const events = this.#unsaved;
    const set = this.#set;
    const cancelled = this.#cancelled;
    const kept = {
      machine: this.#snapshot,
      owed: this.#owed,
      ...(this.#resting ? { resting: this.#resting } : {}),
      work: [...this.#work.values()].map(({ effect }) => effect),
    };
    const { program } = this.machine;
    const { name, version } = program;
    const at = clock.now();
    const removeAt = removalOf(program, this.#snapshot, at);
    const under = reply === undefined ? this.#turn : undefined;
    const commit: Commit = {
      session: this.session,
      expects: this.#kept,
      workflow: name,
      version,
      status: this.ended ? 'ended' : 'active',
      working: this.busy || (this.#around.pushes && this.owes),
      at,
      events,
      snapshot: JSON.stringify(kept),
      ...(reply ? { reply: { id: this.#turn ?? '', reply: JSON.stringify(reply) } } : {}),
      ...(under === undefined ? {} : { reply: { id: under, reply: PENDING } }),
      timers: { set, cancelled },
      ...(removeAt === undefined ? {} : { removeAt }),
    };
    this.#unsaved = [];
    this.#set = [];
    this.#cancelled = [];
    this.#dirty = false;
    try {
      await store.commit(commit);
    } catch (error) {
      this.drop(error);
      throw error;
    }
    this.#kept += 1;
    for (const { due } of set) this.#around.scheduled(due);
  }
}

/** Kept in place of a reply while its turn is being run: after a crash it tells that the event was taken. */
export const PENDING = 'pending';

const workId = (effect: Work) => (effect.type === 'call' ? effect.call : effect.decision);

/** The event as it is when the caller could not have heard the open question yet. */
function early(event: SessionEvent): SessionEvent {
  switch (event.type) {
    case 'caller.said':
    case 'caller.pressed':
    case 'caller.silent':
      return { ...event, before: true };
    default:
      return event;
  }
}

/** What was kept, or undefined where it is none of ours. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
