import { isDeepStrictEqual } from 'node:util';
import type { Commit, Inspection, JournalEvent, Reply, TurnRequest } from '@parley/engine';
import { type Effect, EVENT_TYPES, type Machine, type SessionEvent, type Snapshot } from '@parley/machine';
import { recordable } from '@parley/replay';
import type { Json } from '@parley/workflow';
import { z } from 'zod';
import type { Disk } from './disk.ts';
import type { Scheduler } from './scheduler.ts';
import { QUESTIONS, REQUIRED } from './workflows.ts';
import type { Observer, Process } from './world.ts';

/** What must always hold, by the name it goes by in reports. README.md says each in a sentence. */
export type Invariant =
  | 'journal'
  | 'replay'
  | 'choices'
  | 'stale'
  | 'version'
  | 'committed-first'
  | 'same-reply'
  | 'taken-once'
  | 'in-order'
  | 'words'
  | 'begun-first'
  | 'written-once'
  | 'required'
  | 'guarded'
  | 'in-time'
  | 'timers'
  | 'at-rest'
  | 'error';

export interface Violation {
  readonly invariant: Invariant;
  readonly session: string | undefined;
  readonly message: string;
}

/** One time that a caller's event was given to an engine. */
export interface Sending {
  readonly process: Process;
  readonly request: TurnRequest;
  /** When its turn began, and what it has waited for the store since. */
  began: number | undefined;
  excused: number;
  /** When nothing was before it any more. */
  first: number | undefined;
}

type Owed = Extract<Effect, { type: 'say' | 'listen' | 'transfer' | 'end' }> & { readonly seq: number };

interface Call {
  readonly tool: string;
  readonly input: Json;
  key: string | undefined;
  answered: boolean;
}

/** A session as it must be: worked out from its journal alone. */
interface Session {
  readonly name: string;
  readonly machine: Machine;
  snapshot: Snapshot;
  /** How many commits are kept. */
  commits: number;
  rows: JournalEvent[];
  /** The machine's snapshot after each event, with the number of the last row it led to. */
  readonly states: { readonly seq: number; readonly snapshot: Snapshot }[];
  /** Events of the caller that are in the journal. */
  readonly taken: Set<string>;
  readonly replies: Map<string, string>;
  owed: Owed[];
  /** How many of them a push has taken, while no commit says so yet. */
  pushed: number;
  /** What each process has handed out before the reply. */
  streamed: Map<Process, string[]>;
  /** What was owed after the last commit of each process, and when that process heard of it. */
  readonly last: Map<Process, { readonly owed: readonly Owed[]; answered: number | undefined }>;
  readonly calls: Map<string, Call>;
  readonly keys: Map<string, string>;
  /** What is open: an answer to anything else is stale. */
  decision: { readonly id: string; readonly choices: readonly string[] } | undefined;
  open: Set<string>;
  timer: string | undefined;
  /** When the timer was set. */
  timerSince: number;
  readBack: string;
  confirmed: boolean;
  proved: boolean;
}

/** How long an engine may take to fire a timer when nothing is wrong, and after something was. Milliseconds. */
const FIRES = 15_000;
const FIRES_AFTER_TROUBLE = 90_000;
const ALONE = 60_000;
/** How long a turn may wait that no other turn is before: a timer's turn, or a pause after trouble, may be. */
const LANE = 10_000;

const typeOf = z.object({ type: z.string() }).loose();
/** Rows hold what the machine took; whether they hold it rightly is what the replay finds out. */
const sessionEvent = z.custom<SessionEvent>((row) => EVENT_TYPES.has(typeOf.parse(row).type));
const names = z.array(z.string());
const looks = z.array(z.object({ what: z.enum(['input', 'output']), passed: z.boolean() }));
const kept = z.object({
  machine: z.custom<Json>(),
  owed: z.array(z.object({ type: z.string(), text: z.string().optional() })),
  work: z.array(z.object({ decision: z.string().optional(), call: z.string().optional() })),
});

/** Watches everything that crosses the engine's border, and says what does not hold. */
export class Model implements Observer {
  readonly violations: Violation[] = [];
  /** Figures for the summary. */
  readonly counts = { turns: 0, commits: 0, conflicts: 0, pushes: 0, streams: 0, writes: 0 };
  readonly #scheduler: Scheduler;
  readonly #disk: Disk;
  readonly #machines: ReadonlyMap<string, Machine>;
  readonly #sessions = new Map<string, Session>();
  readonly #queues = new Map<Process, Map<string, Sending[]>>();
  /** The seq of its session when the turn of a caller's event first began. */
  readonly #begins = new Map<string, number>();
  #began: { process: Process; session: string; id: string }[] = [];
  readonly #waits = new Map<Process, { session: string | undefined }[]>();
  /** When something last got in an engine's way; when it last was something after which a session is left alone. */
  #disturbed = Number.NEGATIVE_INFINITY;
  #failed = Number.NEGATIVE_INFINITY;
  readonly #running = new Set<Process>();
  /** What tools may be given, by process. */
  readonly #passed: string[] = [];

  constructor(scheduler: Scheduler, disk: Disk, machines: ReadonlyMap<string, Machine>) {
    this.#scheduler = scheduler;
    this.#disk = disk;
    this.#machines = machines;
    scheduler.onPassing = (milliseconds) => this.#passing(milliseconds);
  }

  violate(invariant: Invariant, session: string | undefined, message: string): void {
    this.violations.push({ invariant, session, message });
    this.#scheduler.trace(() => `✗ ${invariant}${session === undefined ? '' : ` of ${session}`}: ${message}`);
  }

  // ---- what happens

  disturbed(): void {
    this.#disturbed = this.#scheduler.now;
    this.#failed = this.#scheduler.now;
  }

  conflicted(): void {
    this.counts.conflicts += 1;
    this.disturbed();
  }

  /** A process fires timers from now on. */
  runs(process: Process): void {
    this.#running.add(process);
    this.#disturbed = this.#scheduler.now;
  }

  /** A process is no more: what was sent to it will not be answered. Returns that. */
  died(process: Process): readonly Sending[] {
    const lost = [...(this.#queues.get(process)?.values() ?? [])].flat();
    this.#queues.delete(process);
    this.#waits.delete(process);
    this.#running.delete(process);
    this.#disturbed = this.#scheduler.now;
    return lost;
  }

  waits(process: Process, session: string | undefined): () => void {
    const all = this.#waits.get(process) ?? [];
    this.#waits.set(process, all);
    const one = { session };
    all.push(one);
    return () => {
      const index = all.indexOf(one);
      if (index >= 0) all.splice(index, 1);
    };
  }

  sent(process: Process, request: TurnRequest): Sending {
    const sending: Sending = { process, request, began: undefined, excused: 0, first: undefined };
    const queues = this.#queues.get(process) ?? new Map<string, Sending[]>();
    this.#queues.set(process, queues);
    queues.set(request.session, [...(queues.get(request.session) ?? []), sending]);
    return sending;
  }

  #settled({ process, request }: Sending, sending: Sending): void {
    const queues = this.#queues.get(process);
    const rest = (queues?.get(request.session) ?? []).filter((one) => one !== sending);
    if (rest.length > 0) queues?.set(request.session, rest);
    else queues?.delete(request.session);
  }

  refused(sending: Sending): void {
    this.#settled(sending, sending);
  }

  /** An engine has answered a caller. */
  replied(sending: Sending, reply: Reply): void {
    this.counts.turns += 1;
    this.#settled(sending, sending);
    const { session, id } = sending.request;
    const onDisk = this.#disk.sessions.get(session)?.replies.get(id);
    const same =
      typeof onDisk === 'string' && onDisk !== 'pending' && isDeepStrictEqual(JSON.parse(onDisk), plain(reply));
    if (!same) this.violate('committed-first', session, `The reply to ${id} left, and is not what is kept.`);
    const known = this.#sessions.get(session)?.replies.get(id);
    if (known !== undefined && !isDeepStrictEqual(JSON.parse(known), plain(reply)))
      this.violate('same-reply', session, `The reply to ${id} is another than before.`);
  }

  turnBegan(process: Process, session: string, id: string): void {
    this.#began.push({ process, session, id });
  }

  streamed(process: Process, session: string, words: string): void {
    this.counts.streams += 1;
    const one = this.#sessions.get(session);
    const before = one?.streamed.get(process) ?? [];
    one?.streamed.set(process, [...before, words]);
    const said = (one?.last.get(process)?.owed ?? []).flatMap((output) =>
      output.type === 'say' && !output.asks ? [output.text] : [],
    );
    // It is owed to the caller, so it is kept, and it comes after what was handed out before.
    if (said[before.length] !== words)
      this.violate('committed-first', session, `Handed out: ${show([words])}; kept as owed: ${show(said)}.`);
  }

  /** What a reply tells to have been handed out has been, by this process, and is the first that it says. */
  #told(one: Session, process: Process, { say, streamed = 0 }: Reply): void {
    const handed = one.streamed.get(process) ?? [];
    if (streamed > handed.length || !isDeepStrictEqual(say.slice(0, streamed), handed.slice(0, streamed)))
      this.violate(
        'words',
        one.name,
        `${streamed} of ${show(say)} are told to be handed out; so were ${show(handed)}.`,
      );
  }

  pushing(process: Process, reply: Reply): () => void {
    const one = this.#sessions.get(reply.session);
    const last = one?.last.get(process);
    if (!one || one.rows.length < reply.seq) {
      this.violate('committed-first', reply.session, 'What is pushed is not kept yet.');
      return () => undefined;
    }
    if (last?.answered !== this.#scheduler.now)
      this.violate('words', one.name, 'It is pushed without a look whether another process has said it.');
    // What another process has committed since, this one can't know yet.
    const said = wordsOwed(last?.owed ?? [], reply);
    if (!isDeepStrictEqual(said, reply.say))
      this.violate('words', one.name, `Pushed: ${show(reply.say)}; owed: ${show(said)}.`);
    this.#told(one, process, reply);
    return () => {
      this.counts.pushes += 1;
      this.#rests(one, reply);
      one.pushed = Math.max(one.pushed, one.owed.filter(({ seq }) => seq <= reply.seq).length);
    };
  }

  lookedAt(
    process: Process,
    session: string,
    tool: string,
    what: Inspection['what'],
    data: Json,
    passed: boolean,
  ): void {
    if (what === 'input' && passed) this.#passed.push(`${process.name} ${JSON.stringify([session, tool, data])}`);
  }

  toolCalled(process: Process, session: string, tool: string, input: Json, key: string, attempt: number): void {
    if (attempt === 1) this.#guarded(process, session, tool, input);
    if (!WRITES.has(tool)) return;
    this.counts.writes += 1;
    const one = this.#sessions.get(session);
    const fits = [...(one?.calls ?? [])].filter(
      ([, call]) => call.tool === tool && isDeepStrictEqual(call.input, input),
    );
    const bound = one?.keys.get(key);
    if (bound !== undefined && fits.some(([id]) => id === bound)) return;
    const unanswered = fits.filter(([, call]) => !call.answered);
    const [first] = unanswered.filter(([, call]) => call.key === undefined);
    if (!one || unanswered.length === 0) {
      this.violate('begun-first', session, `${tool} runs, and the journal doesn't hold that it has begun.`);
    } else if (bound !== undefined) {
      this.violate('written-once', session, `Two calls of ${tool} have the key ${key}.`);
    } else if (!first) {
      this.violate('written-once', session, `The same call of ${tool} has another key: ${key}.`);
    } else {
      first[1].key = key;
      one.keys.set(key, first[0]);
    }
  }

  /** What a tool is given was looked at and passed, once for all attempts of a process. */
  #guarded(process: Process, session: string, tool: string, input: Json): void {
    const at = this.#passed.indexOf(`${process.name} ${JSON.stringify([session, tool, input])}`);
    if (at >= 0) this.#passed.splice(at, 1);
    else this.violate('guarded', session, `${tool} runs, and what it is given was not let pass.`);
  }

  committing(process: Process, commit: Commit): () => void {
    const [front] = this.#queues.get(process)?.get(commit.session) ?? [];
    return () => this.#committed(process, front, commit);
  }

  /** A process hears that its last commit of a session is kept. */
  committed(process: Process, session: string): void {
    const last = this.#sessions.get(session)?.last.get(process);
    if (last) last.answered = this.#scheduler.now;
  }

  #committed(process: Process, front: Sending | undefined, commit: Commit): void {
    this.counts.commits += 1;
    const { session: name, expects, events, version } = commit;
    let one = this.#sessions.get(name);
    if (!one) {
      const machine = this.#machines.get(version);
      if (!machine) {
        this.violate('version', name, 'It starts on a version there is not.');
        return;
      }
      one = begin(name, machine);
      this.#sessions.set(name, one);
    }
    if (version !== one.machine.program.version) this.violate('version', name, 'It has another version now.');
    if (expects !== one.commits) this.violate('journal', name, 'A commit went over another.');
    one.commits += 1;
    this.#replay(one, events);
    this.#caller(one, front, commit);
    this.#reply(one, process, commit);
    this.#state(one, commit);
    one.last.set(process, { owed: one.owed, answered: undefined });
  }

  // ---- what a commit must be

  /** Its rows go on where the journal ended, and are just what the machine makes of the events among them. */
  #replay(one: Session, rows: readonly JournalEvent[]): void {
    let expected: Json[] = [];
    for (const row of rows) {
      if (row.seq !== one.rows.length + 1)
        this.violate('journal', one.name, `Row ${row.seq} follows row ${one.rows.length}.`);
      const last = one.rows.at(-1);
      if (row.at > this.#scheduler.now || (last && row.at < last.at))
        this.violate('journal', one.name, `Row ${row.seq} is not in the order of time.`);
      one.rows.push(row);
      const { step: _step, path: _path, ...data } = row.data;
      if (row.type === 'filler.said' && expected.length === 0) continue;
      if (expected.length === 0) {
        const event = sessionEvent.safeParse({ ...data, type: row.type, at: row.at });
        if (!event.success) {
          this.violate('replay', one.name, `Row ${row.seq} (${row.type}) comes from nothing.`);
          continue;
        }
        this.#answers(one, row);
        const result = one.machine.step(one.snapshot, event.data);
        if (!result.taken) this.violate('stale', one.name, `Row ${row.seq} (${row.type}) means nothing here.`);
        one.snapshot = result.snapshot;
        expected = list(plain(recordable(event.data, result)));
        const seq = row.seq + expected.length - 1;
        one.states.push({ seq, snapshot: result.snapshot });
        for (const effect of result.effects) {
          if (effect.type === 'say' || effect.type === 'listen' || effect.type === 'transfer' || effect.type === 'end')
            one.owed = [...one.owed, { ...effect, seq }];
        }
      }
      const [wanted, ...later] = expected;
      expected = later;
      if (!isDeepStrictEqual(wanted, { at: row.at, type: row.type, ...row.data }))
        this.violate('replay', one.name, `Row ${row.seq} (${row.type}) is not what the machine makes of it.`);
      this.#remember(one, row);
    }
    if (expected.length > 0) this.violate('replay', one.name, 'A commit ends in the middle of a step.');
  }

  /** An answer is to what is open, and within what was offered. */
  #answers(one: Session, { seq, type, data }: JournalEvent): void {
    const stale = () => this.violate('stale', one.name, `Row ${seq} (${type}) answers what is not open.`);
    if (type === 'timer.fired' && data['timer'] !== one.timer) stale();
    if ((type === 'tool.returned' || type === 'tool.failed') && !one.open.has(String(data['call']))) stale();
    if ((type === 'model.failed' || type === 'model.composed') && data['decision'] !== one.decision?.id) stale();
    if (type !== 'model.decided') return;
    if (!one.decision || data['decision'] !== one.decision.id) stale();
    else if (!one.decision.choices.includes(String(data['choice'])))
      this.violate('choices', one.name, `Row ${seq}: a choice was picked that was not offered.`);
  }

  /** What was blocked, or not looked at, is not used; a write whose result was withheld is known to be done. */
  #checked(one: Session, tool: string, { seq, type, data }: Pick<JournalEvent, 'seq' | 'type' | 'data'>): void {
    const checks = looks.parse(data['checks'] ?? []);
    const last = checks.at(-1);
    const withheld = type === 'tool.failed' && data['code'] === 'guardrail';
    const used = type === 'tool.returned' && checks.map(({ what }) => what).join() === 'input,output';
    const fits = withheld ? last?.passed === false : checks.every(({ passed }) => passed);
    if (!fits || (type === 'tool.returned' && !used))
      this.violate('guarded', one.name, `Row ${seq} (${type}) does not fit what the guard said.`);
    if ((data['done'] === true) !== (withheld && last?.what === 'output' && WRITES.has(tool)))
      this.violate('guarded', one.name, `Row ${seq} (${type}) is wrong about whether ${tool} did its work.`);
  }

  /** What the rows say is open, was confirmed, and proved: by the rows alone. */
  #remember(one: Session, { seq, type, data }: JournalEvent): void {
    const { step, call } = data;
    const path = data['path'] === undefined ? undefined : names.parse(data['path']);
    switch (type) {
      case 'model.decided':
      case 'model.failed':
        one.decision = undefined;
        break;
      case 'model.composed':
        // More sentences may come, unless one must not be said.
        if (data['more'] === undefined || path !== undefined) one.decision = undefined;
        break;
      case 'words.asked':
        one.decision = { id: String(data['decision']), choices: [] };
        break;
      case 'tool.returned':
      case 'tool.failed': {
        const done = one.calls.get(String(call));
        if (!done) break;
        done.answered = true;
        one.open.delete(String(call));
        this.#checked(one, done.tool, { seq, type, data });
        if (type === 'tool.returned' && done.tool === 'callers.prove') one.proved = true;
        break;
      }
      case 'timer.fired':
      case 'timer.cancelled':
        one.timer = undefined;
        break;
      case 'model.asked':
        one.decision = { id: String(data['decision']), choices: names.parse(data['choices']) };
        break;
      case 'timer.set':
        one.timer = String(data['timer']);
        one.timerSince = this.#scheduler.now;
        break;
      case 'agent.said':
        if (typeof step !== 'string' || !QUESTIONS.has(step)) break;
        one.confirmed = false;
        if (step === 'sure') one.readBack = String(data['text']);
        break;
      case 'tool.called': {
        const tool = String(data['tool']);
        const input = data['input'] ?? null;
        one.calls.set(String(call), { tool, input, key: undefined, answered: false });
        one.open.add(String(call));
        const required = REQUIRED[tool];
        if (!required) break;
        const words = z.object({ amount: z.number(), item: z.string() }).safeParse(input);
        const heard = words.success && one.readBack === `Order ${words.data.amount} of ${words.data.item}?`;
        if (!one.confirmed || !heard)
          this.violate('required', one.name, `Row ${seq}: ${tool} is called without the caller's yes to it.`);
        if (!one.proved) this.violate('required', one.name, `Row ${seq}: ${tool} is called for a caller not proved.`);
        break;
      }
      default:
        break;
    }
    if (path === undefined) return;
    if (path.some((entered) => QUESTIONS.has(entered))) one.confirmed = false;
    const yes =
      step === 'sure' &&
      ((type === 'model.decided' && data['choice'] === 'yes') || (type === 'caller.pressed' && data['keys'] === '1'));
    if (yes && path[0] === 'place') one.confirmed = true;
  }

  /** At most one event of the caller, which is the one whose turn it is, and was not in the journal before. */
  #caller(one: Session, front: Sending | undefined, { events, reply }: Commit): void {
    const rows = events.filter(
      ({ type }) => type.startsWith('caller.') || type === 'session.started' || type === 'signal.received',
    );
    if (reply && front?.request.id !== reply.id)
      this.violate('in-order', one.name, `The turn of ${reply.id} is run before that of ${front?.request.id}.`);
    const [row] = rows;
    if (!row) return;
    if (rows.length > 1 || !reply || !front) {
      this.violate('taken-once', one.name, `Row ${row.seq} (${row.type}) came under no id.`);
      return;
    }
    if (one.taken.has(reply.id)) this.violate('taken-once', one.name, `The event ${reply.id} is in the journal twice.`);
    one.taken.add(reply.id);
    const { event } = front.request;
    const { step: _, path: __, before: ___, ...data } = row.data;
    const { workflow: ____, ...sent }: { [key: string]: unknown } = { ...event };
    if (!isDeepStrictEqual({ type: row.type, ...data }, plain(sent)))
      this.violate('taken-once', one.name, `Row ${row.seq} is not what was sent as ${reply.id}.`);
  }

  #reply(one: Session, process: Process, { reply: given }: Commit): void {
    if (!given) return;
    const { id, reply: text } = given;
    const before = one.replies.get(id);
    if (typeof text !== 'string' || (before !== undefined && before !== text)) {
      this.violate('same-reply', one.name, `The reply to ${id} is kept anew, as another.`);
      return;
    }
    if (before !== undefined || text === 'pending') return;
    one.replies.set(id, text);
    const reply: Reply = JSON.parse(text);
    if (!one.taken.has(id) && this.#meant(one, id))
      this.violate('taken-once', one.name, `The event ${id} is answered, and lost.`);
    this.#rests(one, reply);
    const words = wordsOwed(one.owed, reply);
    const last = one.rows[reply.seq - 1];
    if (reply.rest === 'work' && last?.type === 'filler.said') words.push(String(last.data['text']));
    if (!isDeepStrictEqual(words, reply.say))
      this.violate('words', one.name, `The reply to ${id} says ${show(reply.say)}; owed was ${show(words)}.`);
    this.#told(one, process, reply);
    one.owed = one.owed.filter(({ seq }) => seq > reply.seq);
    one.pushed = 0;
    one.streamed = new Map();
  }

  /** What a reply says comes next is so. */
  #rests(one: Session, reply: Reply): void {
    const state = one.states.findLast(({ seq }) => seq <= reply.seq)?.snapshot;
    const rests = state ? restOf(state) : undefined;
    const rest = reply.rest === 'transfer' ? 'end' : reply.rest;
    if (!state || rest !== rests || reply.step !== state.step)
      this.violate('at-rest', one.name, `It is told that the session rests on ${reply.rest}, and it is ${rests}.`);
  }

  /** Whether an event that is not in the journal would have meant something, at all times it can have been taken. */
  #meant(one: Session, id: string): boolean {
    const { events } = this;
    const event = events.get(`${one.name} ${id}`);
    const from = this.#begins.get(`${one.name} ${id}`) ?? 0;
    if (!event || event.type === 'session.started') return true;
    const at = this.#scheduler.now;
    const first = one.states.findLastIndex(({ seq }) => seq <= from);
    const forms: SessionEvent[] =
      event.type === 'caller.left' || event.type === 'signal.received'
        ? [{ ...event, at }]
        : [
            { ...event, at },
            { ...event, at, before: true },
          ];
    return one.states
      .slice(Math.max(0, first))
      .every(({ snapshot }) => forms.every((form) => one.machine.step(snapshot, form).taken));
  }

  /** What callers have sent, by session and id. */
  readonly events = new Map<string, TurnRequest['event']>();

  /** What is kept beside the rows is what follows from them. */
  #state(one: Session, { snapshot, status, working }: Commit): void {
    const read = kept.safeParse(typeof snapshot === 'string' ? JSON.parse(snapshot) : undefined);
    if (!read.success) {
      this.violate('replay', one.name, 'What is kept is no snapshot.');
      return;
    }
    const { machine, owed, work } = read.data;
    if (!isDeepStrictEqual(machine, plain(one.snapshot)))
      this.violate('replay', one.name, 'The snapshot is not what the journal comes to.');
    if ((status === 'ended') !== one.snapshot.ended) this.violate('replay', one.name, `It is kept as ${status}.`);
    const open = openOf(one.snapshot);
    const under = work.map(({ decision, call }) => decision ?? call ?? '');
    if (!isDeepStrictEqual([...under].sort(), [...open].sort()))
      this.violate('at-rest', one.name, `It waits for ${show(open)}, and ${show(under)} is under way.`);
    if (open.length > 0 && !working) this.violate('at-rest', one.name, 'Work is under way, and is not kept as such.');
    const timers = [...(this.#disk.sessions.get(one.name)?.timers.keys() ?? [])];
    const { waiting } = one.snapshot.memory;
    const timer = waiting.for === 'timer' && !one.snapshot.ended ? [waiting.timer] : [];
    if (!isDeepStrictEqual(timers, timer))
      this.violate('timers', one.name, `The timers kept are ${show(timers)}, and it waits for ${show(timer)}.`);
    const gone = one.owed.length - owed.length;
    if (gone > 0 && gone <= one.pushed) {
      one.owed = one.owed.slice(gone);
      one.pushed = 0;
      one.streamed = new Map();
    }
    const words = one.owed.map((output) => (output.type === 'say' ? output.text : output.type));
    const keptWords = owed.map(({ type, text }) => text ?? type);
    if (!isDeepStrictEqual(words, keptWords))
      this.violate('words', one.name, `Owed is ${show(words)}, and kept as owed ${show(keptWords)}.`);
  }

  // ---- after every step

  /** What must hold whenever the engine waits. */
  check(): void {
    for (const { process, session, id } of this.#began) {
      if (!process.alive) continue;
      const [front] = this.#queues.get(process)?.get(session) ?? [];
      if (!front) continue;
      if (front.request.id !== id) {
        this.violate('in-order', session, `The turn of ${id} begins before that of ${front.request.id}.`);
        continue;
      }
      front.began = this.#scheduler.now;
      front.excused = 0;
      const key = `${session} ${id}`;
      if (!this.#begins.has(key)) this.#begins.set(key, this.#sessions.get(session)?.rows.length ?? 0);
    }
    this.#began = [];
    for (const one of this.#sessions.values()) this.#unchanged(one);
    for (const queues of this.#queues.values()) for (const [front] of queues.values()) if (front) this.#inTime(front);
    if (this.#running.size > 0) for (const one of this.#sessions.values()) this.#fires(one);
  }

  /** The disk holds what was committed, all of it and nothing else. */
  #unchanged(one: Session): void {
    const now = this.#disk.sessions.get(one.name);
    const last = now?.events.at(-1);
    if (
      !now ||
      now.session.seq !== one.rows.length ||
      now.events.length !== one.rows.length ||
      last !== one.rows.at(-1)
    )
      this.violate('journal', one.name, 'The journal is not what was committed.');
  }

  #inTime(front: Sending): void {
    const { now } = this.#scheduler;
    const { session, id } = front.request;
    if (front.first === undefined) {
      front.first = now;
      front.excused = 0;
    }
    const limit = this.#sessions.get(session)?.machine.program.limits.turn ?? TURN;
    if (front.began === undefined) {
      if (now - front.first - front.excused > LANE) this.violate('in-time', session, `${id} is not taken up.`);
    } else if (now - front.began - front.excused > limit) {
      this.violate('in-time', session, `${id} is not answered ${now - front.began} ms after its turn began.`);
    }
  }

  #fires(one: Session): void {
    const { waiting } = one.snapshot.memory;
    if (waiting.for !== 'timer' || one.snapshot.ended) return;
    // A session that a timer could not be fired for is left alone for a minute, whatever is set meanwhile.
    const trouble = this.#disturbed > one.timerSince || this.#failed > one.timerSince - ALONE;
    const from = trouble ? Math.max(waiting.due, this.#disturbed) : waiting.due;
    if (this.#scheduler.now - from > (trouble ? FIRES_AFTER_TROUBLE : FIRES))
      this.violate('timers', one.name, `${waiting.timer} is late.`);
  }

  #passing(milliseconds: number): void {
    for (const [process, queues] of this.#queues) {
      const waits = this.#waits.get(process) ?? [];
      if (waits.length === 0) continue;
      for (const [session, [front]] of queues) {
        if (front && waits.some((one) => one.session === undefined || one.session === session))
          front.excused += milliseconds;
      }
    }
  }

  /** Once nothing disturbs it any more and all is answered: nothing is left undone. */
  undone(): readonly string[] {
    const queued = [...this.#queues.values()].flatMap((queues) => [...queues.values()].flat());
    const sessions = [...this.#disk.sessions].filter(([, { session, timers }]) => session.working || timers.size > 0);
    return [
      ...queued.map(({ request }) => `${request.session} has no answer to ${request.id}`),
      ...sessions.map(([name, { session }]) => `${name} ${session.working ? 'works' : 'waits for a timer'}`),
    ];
  }

  /** What the caller has not been told. */
  owed(session: string): boolean {
    return (this.#sessions.get(session)?.owed.length ?? 0) > 0;
  }

  /** Whether an event is in its session's journal. */
  took({ session, id }: TurnRequest): boolean {
    return this.#sessions.get(session)?.taken.has(id) ?? false;
  }

  step(session: string): string | undefined {
    return this.#sessions.get(session)?.snapshot.step;
  }
}

const TURN = 3_000;
const WRITES: ReadonlySet<string> = new Set(['orders.place', 'notes.add']);

function begin(name: string, machine: Machine): Session {
  return {
    name,
    machine,
    snapshot: machine.initial,
    commits: 0,
    rows: [],
    states: [{ seq: 0, snapshot: machine.initial }],
    taken: new Set(),
    replies: new Map(),
    owed: [],
    pushed: 0,
    streamed: new Map(),
    last: new Map(),
    calls: new Map(),
    keys: new Map(),
    decision: undefined,
    open: new Set(),
    timer: undefined,
    timerSince: 0,
    readBack: '',
    confirmed: false,
    proved: false,
  };
}

/** What a reply must say of what is owed: all but the words of questions that are not open any more. */
function wordsOwed(owed: readonly Owed[], { seq: upTo, rest }: Reply): string[] {
  const outputs = owed.filter(({ seq }) => seq <= upTo);
  const listens = outputs.flatMap(({ type }, index) => (type === 'listen' ? [index] : []));
  const open = rest === 'caller' ? [listens.at(-2) ?? -1, listens.at(-1) ?? -1] : [0, -1];
  const [from = 0, to = -1] = open;
  return outputs.flatMap((output, index) =>
    output.type === 'say' && (!output.asks || (index > from && index < to)) ? [output.text] : [],
  );
}

function restOf({ ended, memory }: Snapshot): string {
  if (ended) return 'end';
  const { waiting } = memory;
  if (waiting.for === 'caller') return 'caller';
  return ['decision', 'words', 'calls'].includes(waiting.for) ? 'work' : 'wait';
}

/** The decisions and calls a session waits for. */
function openOf({ ended, memory: { waiting } }: Snapshot): readonly string[] {
  if (ended) return [];
  if (waiting.for === 'decision' || waiting.for === 'words') return [waiting.decision];
  if (waiting.for !== 'calls') return [];
  return Object.entries(waiting.calls).flatMap(([id, { done, failed }]) => (done || failed !== undefined ? [] : [id]));
}

const json = z.custom<Json>();
/** As it is once it was kept: plain data. */
const plain = (value: unknown): Json => json.parse(JSON.parse(JSON.stringify(value)));
const list = (value: Json): Json[] => (Array.isArray(value) ? [...value] : []);
const show = (values: readonly unknown[]) => JSON.stringify(values);
