import {
  type Brief,
  type Effect,
  type Machine,
  restoreSnapshot,
  type SessionEvent,
  type Snapshot,
} from '@parley/machine';
import { recordable } from '@parley/replay';
import { type Json, ParleyError } from '@parley/workflow';
import { z } from 'zod';
import type { Composition, Line, Question } from './decider.ts';
import { removalOf } from './keeping.ts';
import { type Asking, questionOf } from './question.ts';
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
import type { Commit, JournalEvent, Store, StoredSession } from './store.ts';
import { hiding, TRANSCRIPT, transcriptOf } from './transcript.ts';

/** What the machine has others do, and waits for. */
export type Work = Extract<Effect, { type: 'decide' | 'compose' | 'call' }>;

/** What an answer to it names. */
export const workId = (effect: Work): string => (effect.type === 'call' ? effect.call : effect.decision);

/** Kept in place of a reply while its turn is being run: after a crash it tells that the event was taken. */
export const PENDING = 'pending';

const stored = z.object({
  machine: z.json(),
  owed: z.array(outputSchema),
  resting: restingSchema.exactOptional(),
  host: z.json().exactOptional(),
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

/** What came of an event. */
export interface Applied {
  /** False where the event meant nothing. */
  readonly taken: boolean;
  /** It is at another step now, or at the same one anew. */
  readonly moved: boolean;
  /** What is to be done now. */
  readonly begun: readonly Work[];
  /** The ids of work that is not waited for any more. */
  readonly dropped: readonly string[];
}

/**
 * What a session is between two commits, whichever host runs it: the machine's snapshot, what it still owes the caller,
 * the work under way, and all of its journal that is not kept yet. It does nothing by itself.
 */
export class SessionState {
  readonly session: string;
  readonly machine: Machine;
  /** The host's own, kept with the session. */
  host: Json | undefined;
  readonly #watch: (event: JournalEvent) => void;
  #snapshot: Snapshot;
  #seq: number;
  /** How many of its commits are kept. */
  #kept: number;
  #unsaved: JournalEvent[] = [];
  #set: { timer: string; due: number }[] = [];
  #cancelled: string[] = [];
  /** What the caller has not been told yet. */
  #owed: readonly Output[] = [];
  /** What it rests on: the open question, or how it ended. */
  #resting: Resting | undefined;
  /** Work under way, by its id. */
  readonly #work = new Map<string, Work>();

  /** `from` left out: a session that begins. Throws ParleyError `engine/damaged` where what is kept can't be read. */
  constructor(
    session: string,
    machine: Machine,
    from: StoredSession | undefined,
    watch: (event: JournalEvent) => void = () => undefined,
  ) {
    this.session = session;
    this.machine = machine;
    this.#watch = watch;
    this.#seq = from?.seq ?? 0;
    this.#kept = from?.revision ?? 0;
    this.#snapshot = machine.initial;
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
    this.host = read.data.host;
    for (const effect of read.data.work) this.#work.set(workId(effect), effect);
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  get owed(): readonly Output[] {
    return this.#owed;
  }

  /** What is not kept is to be kept. */
  get unsaved(): boolean {
    return this.#unsaved.length > 0;
  }

  /** Work under way, by its id. */
  get work(): ReadonlyMap<string, Work> {
    return this.#work;
  }

  /** Applies an event: it goes into the journal, and what the machine asks for is owed, set or begun. */
  apply(event: SessionEvent): Applied {
    const { step } = this.#snapshot;
    const result = this.machine.step(this.#snapshot, event);
    if (!result.taken) return { taken: false, moved: false, begun: [], dropped: [] };
    this.#snapshot = result.snapshot;
    for (const { at, type, ...data } of recordable(event, result)) this.note(at, type, data);
    const begun: Work[] = [];
    const owed: Output[] = [];
    for (const effect of result.effects) {
      switch (effect.type) {
        case 'say':
          owed.push(effect);
          break;
        case 'listen':
        case 'transfer':
        case 'end':
          owed.push(effect);
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
          begun.push(effect);
          this.#work.set(workId(effect), effect);
          break;
      }
    }
    if (owed.length > 0) this.#owed = [...this.#owed, ...owed];
    // A caller who leaves goes no way of the file.
    const moved = result.moves.length > 0 || this.#snapshot.step !== step;
    return { taken: true, moved, begun, dropped: this.#callOff() };
  }

  /** Applies an event of the contact, which may have come before the caller could hear the open question. */
  hear(event: SessionEvent): Applied {
    return this.apply(this.#owed.some(({ type }) => type === 'listen') ? early(event) : event);
  }

  /** Applies a timer that fired. It is cancelled, whether it means anything or not. */
  fire(timer: string, at: number): Applied {
    this.#cancelled.push(timer);
    return this.apply({ type: 'timer.fired', at, timer });
  }

  /** Work is done, or nobody does it any more. False where it was not under way. */
  settle(id: string): boolean {
    return this.#work.delete(id);
  }

  note(at: number, type: string, data: { readonly [key: string]: Json }): void {
    this.#seq += 1;
    const row = { seq: this.#seq, at, type, data };
    this.#unsaved.push(row);
    this.#watch(row);
  }

  /** Decisions that are not waited for any more, as the caller went on speaking, are called off. */
  #callOff(): readonly string[] {
    const { waiting } = this.#snapshot.memory;
    const dropped: string[] = [];
    for (const [id, effect] of this.#work) {
      const wanted =
        effect.type === 'decide'
          ? waiting.for === 'decision' && waiting.decision === effect.decision
          : effect.type === 'compose'
            ? waiting.for === 'words' && waiting.decision === effect.decision
            : waiting.for === 'calls' && Object.hasOwn(waiting.calls, effect.call);
      if (wanted) continue;
      this.#work.delete(id);
      dropped.push(id);
    }
    return dropped;
  }

  // ---- asking

  question(effect: Extract<Work, { type: 'decide' }>, store: Store, asking: Bounds): Question {
    return questionOf(this.machine, this.#snapshot, effect, {
      session: this.session,
      transcript: () => this.#transcript(store),
      due: asking.due,
      deadline: asking.deadline,
      get signal() {
        return asking.signal;
      },
    });
  }

  /** `onText`: as in a composition. */
  composition(
    { step, instructions, facts, longest }: Extract<Work, { type: 'compose' }>,
    store: Store,
    asking: Bounds,
    onText?: (soFar: string) => void,
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
      transcript: () => this.#transcript(store),
      models,
      due: asking.due,
      deadline: asking.deadline,
      get signal() {
        return asking.signal;
      },
      ...(onText ? { onText } : {}),
    };
  }

  async #transcript(store: Store): Promise<readonly Line[]> {
    const unsaved = [...this.#unsaved];
    const kept = await store.events(this.session, { last: TRANSCRIPT * 4 });
    const first = unsaved[0]?.seq ?? Number.POSITIVE_INFINITY;
    const rows = [...kept.filter(({ seq }) => seq < first), ...unsaved];
    const events = rows.map(({ at, type, data }) => ({ ...data, at, type }));
    return transcriptOf(this.machine.program, this.#snapshot.memory.vars, events);
  }

  // ---- telling

  /** Words that are handed out before the reply: what is to be said so far, marked as handed out. */
  stream(): readonly string[] {
    const words: string[] = [];
    this.#owed = this.#owed.map((output) => {
      if (output.type !== 'say' || output.asks || output.streamed) return output;
      words.push(...split(output).map(({ text }) => text));
      return { ...output, streamed: true };
    });
    return words;
  }

  /** What is owed, as a reply. */
  reply(): Reply {
    const owed = this.#owed;
    const { step, memory } = this.#snapshot;
    const base = { session: this.session, seq: this.#seq, step, ...streamedOf(owed) };
    const resting = this.#resting;
    if (this.#snapshot.ended && resting?.type === 'transfer') {
      const { queue, brief } = resting;
      return {
        ...base,
        ...wordsOf(owed, false),
        rest: 'transfer',
        transfer: { queue, ...(brief ? { brief: this.#open(brief) } : {}) },
      };
    }
    if (this.#snapshot.ended) {
      const outcome = resting?.type === 'end' ? resting.outcome : 'done';
      return { ...base, ...wordsOf(owed, false), rest: 'end', end: { outcome } };
    }
    if (memory.waiting.for === 'caller' && resting?.type === 'listen') {
      const { expects, silence, keys } = resting;
      return { ...base, ...wordsOf(owed, true), rest: 'caller', listen: { expects, silence, keys } };
    }
    return { ...base, ...wordsOf(owed, false), rest: 'wait' };
  }

  /** What can be said so far, and words for who has to wait. They go into the journal. */
  filler(at: number): Reply {
    const owed = this.#owed;
    const said = wordsOf(owed, false);
    const { meanwhile } = this.machine.words(this.#snapshot);
    const words = split({ text: meanwhile }).map(({ text }) => text);
    const { step } = this.#snapshot;
    if (words.length > 0) this.note(at, 'filler.said', { step, text: meanwhile });
    return {
      session: this.session,
      seq: this.#seq,
      step,
      ...said,
      say: [...said.say, ...words],
      ...streamedOf(owed),
      rest: 'work',
    };
  }

  /** A brief that holds no sensitive value, in what tools returned either: channels keep it where many may look. */
  #open(brief: Brief): Brief {
    const hide = hiding(this.machine.program, this.#snapshot.memory.vars);
    const known = Object.entries(brief.known).map(([name, value]) => [name, hide.data(value)] as const);
    return { ...brief, summary: hide.text(brief.summary), known: Object.fromEntries(known) };
  }

  /** The first `count` outputs that were owed have been told; all of them where it is left out. */
  told(count = this.#owed.length): void {
    this.#owed = this.#owed.slice(count);
  }

  // ---- keeping

  /**
   * Keeps all that has happened since the last commit. A state that could not be kept is to be dropped. Gives the timers
   * that it set.
   */
  async keep(store: Store, at: number, working: boolean, reply: Commit['reply']): Promise<Commit['timers']['set']> {
    const kept = {
      machine: this.#snapshot,
      owed: this.#owed,
      ...(this.#resting ? { resting: this.#resting } : {}),
      ...(this.host === undefined ? {} : { host: this.host }),
      work: [...this.#work.values()],
    };
    const { program } = this.machine;
    const { name, version } = program;
    const removeAt = removalOf(program, this.#snapshot, at);
    const commit: Commit = {
      session: this.session,
      expects: this.#kept,
      workflow: name,
      version,
      status: this.#snapshot.ended ? 'ended' : 'active',
      working,
      at,
      events: this.#unsaved,
      snapshot: JSON.stringify(kept),
      ...(reply ? { reply } : {}),
      timers: { set: this.#set, cancelled: this.#cancelled },
      ...(removeAt === undefined ? {} : { removeAt }),
    };
    this.#unsaved = [];
    this.#set = [];
    this.#cancelled = [];
    await store.commit(commit);
    this.#kept += 1;
    return commit.timers.set;
  }
}

/** Until when an answer is wanted. A `signal` that is a getter stays one. */
type Bounds = Pick<Asking, 'due' | 'deadline' | 'signal'>;

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
