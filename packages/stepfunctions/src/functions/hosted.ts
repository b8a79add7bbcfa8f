import {
  type Applied,
  ConflictError,
  openVariables,
  PENDING,
  type Reply,
  SessionState,
  signaturesOf,
} from '@parley/engine';
import type { Machine } from '@parley/machine';
import { type Json, ParleyError, type Program } from '@parley/workflow';
import { z } from 'zod';
import { patienceWith } from '../compiler/patience.ts';
import type { Pinned } from './executions.ts';
import type { World } from './world.ts';

const hop = z.object({ n: z.int(), to: z.string(), busy: z.boolean() });

/** A move of the session that its execution is to make too: the place it came to, and whether work was begun there. */
type Hop = z.output<typeof hop>;

const hostSchema = z.object({
  /** The ARN of the state machine's version that it stays on, and of what shape that is. */
  stateMachine: z.string(),
  shape: z.enum(['per-contact', 'per-turn']),
  /** The moves that the execution may not have made yet. */
  hops: z.array(hop),
  /** How many moves there were in all, and how many the execution is known to have made. */
  made: z.int(),
  seen: z.int(),
  /** What the execution may wait with, and after which move: each attempt at *ask* has a token of its own, and nobody knows which is the last. */
  token: z.object({ hop: z.int(), tokens: z.array(z.string()) }).exactOptional(),
  /** The contact's event that is to be answered, and until when. */
  turn: z.object({ id: z.string(), due: z.number() }).exactOptional(),
  /** Which execution follows it, from 1, from which move on, and whether it has given a sign. Per turn: the one under way. */
  execution: z.object({ number: z.int(), from: z.int(), heard: z.boolean() }),
  /** Per turn: an execution is under way. */
  running: z.literal(true).exactOptional(),
  /** Since when its execution is to go on and has given no sign. Milliseconds since the epoch. */
  behind: z.number().exactOptional(),
  /** How many outputs the caller has been told. */
  told: z.int().exactOptional(),
  /** What is owed does not reach the caller by a push: it waits for the next event. */
  unreached: z.literal(true).exactOptional(),
});

/** What an execution is told: where the session is now, and what may be seen of its variables. */
export interface Told {
  readonly parley: {
    readonly session: string;
    readonly hop: number;
    readonly to: string;
    readonly busy: boolean;
    /** How long the execution waits there, in seconds. */
    readonly wait: number;
  };
  readonly vars: { readonly [variable: string]: Json };
}

/** How long a question stays open, in seconds: a chat on Connect lasts 25 hours. */
const PATIENCE = 90_000;
/** All variables of an execution may have so many bytes, each the same share: 256 KiB with what is around them. */
const MOST_TOLD = 200 * 1024;
/** How often somebody else may go on with a session while it is being changed. */
const CONFLICTS = 20;

/**
 * A session on Step Functions, as the store has it. The execution follows the session, not the other way round: each move of
 * the machine is a numbered hop, and a function is asked for the one after a number, so that it may be asked again.
 */
export class Hosted {
  readonly state: SessionState;
  readonly #world: World;
  #host: z.output<typeof hostSchema>;

  constructor(world: World, state: SessionState) {
    this.#world = world;
    this.state = state;
    const read = hostSchema.safeParse(state.host);
    if (!read.success) {
      throw new ParleyError(
        'stepfunctions/damaged',
        `Session ${state.session} was not kept by Step Functions' functions.`,
        {
          fix: 'Go on with it in the host that it began in.',
        },
      );
    }
    this.#host = read.data;
  }

  static async load(world: World, session: string): Promise<Hosted | undefined> {
    const stored = await world.store.load(session);
    if (!stored) return undefined;
    const machine = await world.machines.of(stored);
    return new Hosted(world, new SessionState(session, machine, stored));
  }

  /** A session that begins, on this version of a state machine. */
  static begin(world: World, session: string, machine: Machine, stateMachine: string): Hosted {
    const state = new SessionState(session, machine, undefined);
    const shape = world.shape(machine.program.name);
    const execution = { number: 1, from: 1, heard: false };
    state.host = { stateMachine, shape, hops: [], made: 0, seen: 0, execution };
    return new Hosted(world, state);
  }

  /** The session and the execution that follows it. */
  get pinned(): Pinned {
    const { stateMachine, execution } = this.#host;
    return { session: this.state.session, stateMachine, execution: execution.number };
  }

  /** Its executions end with each turn. */
  get perTurn(): boolean {
    return this.#host.shape === 'per-turn';
  }

  get busy(): boolean {
    return this.state.work.size > 0;
  }

  get turn() {
    return this.#host.turn;
  }

  /** The move that an execution is to be started with; undefined where it has begun. */
  get first(): Hop | undefined {
    const { from, heard } = this.#host.execution;
    return heard ? undefined : this.#host.hops.find(({ n }) => n >= from);
  }

  /** The execution is to go on, and is not known to have done so. */
  get behind(): boolean {
    if (this.perTurn) return this.busy;
    // The end is no task, so nothing tells that it was reached: it is, unless the execution waits elsewhere.
    if (this.state.snapshot.ended) return this.#host.token !== undefined;
    return this.busy || this.#host.hops.length > 0;
  }

  /** It is, and has been for longer than an execution can take. */
  overdue(now: number): boolean {
    const { behind } = this.#host;
    const patience = patienceOf(this.state.machine.program, this.#world, this.perTurn);
    return this.behind && behind !== undefined && behind + patience < now;
  }

  get token() {
    return this.#host.token;
  }

  /** What is to be sent to the execution that waits though its session has gone on. */
  get tokens(): readonly string[] {
    const { token } = this.#host;
    return token && (this.busy || this.after(token.hop)) ? token.tokens : [];
  }

  /** The first move after number `n` that is still to be told; where it is now, for who is further behind. */
  after(n: number): Hop | undefined {
    const { hops, seen } = this.#host;
    return hops.find((hop) => hop.n > n) ?? (n < seen ? this.here : undefined);
  }

  /** Where it is now, after the last move. */
  get here(): Hop {
    return { n: this.#host.made, to: this.state.snapshot.step, busy: this.busy };
  }

  /**
   * Per turn: whether an execution is to be started. It is then taken to be under way, until the next rest or its end. `again`:
   * the event has come once more, so whoever was to start one may be gone. Where it has given no sign, another is started.
   */
  run(again = false): boolean {
    const { running, execution, made } = this.#host;
    if (!this.busy || (running && !(again && !execution.heard))) return false;
    this.#host = {
      ...this.#host,
      running: true,
      execution: { number: execution.number + 1, from: made, heard: false },
    };
    return true;
  }

  /** Per turn: no execution is under way. */
  stop(): void {
    const { running: _, ...host } = this.#host;
    this.#host = host;
  }

  /** Per turn: an execution is under way, as far as is known. */
  get running(): boolean {
    return this.#host.running === true;
  }

  /** The execution is over or out of reach: another is to follow from here. */
  replace(): void {
    this.come(this.#host.made);
    const { execution, made } = this.#host;
    this.#host = { ...this.#host, execution: { number: execution.number + 1, from: made + 1, heard: false } };
    this.#hop();
  }

  /** The execution is asked to go on once more: what it may take counts from now. Kept at once. */
  async again(): Promise<void> {
    const { behind: _, ...host } = this.#host;
    this.#host = host;
    await this.keep();
  }

  /** The execution has been heard of since it was started. */
  get heard(): boolean {
    return this.#host.execution.heard;
  }

  /** The contact waits for an answer to its event, until `due`. */
  wait(id: string, due: number): void {
    const { unreached: _, ...host } = this.#host;
    this.#host = { ...host, turn: { id, due } };
  }

  /** Something is owed that no turn is about to tell, and that is not known not to reach the caller. */
  get pushable(): boolean {
    return !this.busy && !this.turn && this.#toPush;
  }

  get #toPush(): boolean {
    const { push, pusher } = this.#world;
    const pushes = push !== undefined || pusher?.(this.state.machine.program.name) !== undefined;
    return pushes && this.state.owed.length > 0 && !this.#host.unreached;
  }

  /** A push does not reach the caller: what is owed waits for the next event. */
  unreached(): void {
    this.#host = { ...this.#host, unreached: true };
  }

  /** Where in all that was ever owed what is owed now ends. */
  get owedTo(): number {
    return (this.#host.told ?? 0) + this.state.owed.length;
  }

  /** What is owed has been told, up to there. False where that was known. */
  tell(end = this.owedTo): boolean {
    const { told = 0 } = this.#host;
    if (end <= told) return false;
    this.state.told(end - told);
    this.#host = { ...this.#host, told: end };
    return true;
  }

  /** Follows what came of an event. */
  follow({ moved }: Applied): void {
    if (moved) this.#hop();
  }

  /** The execution comes back to where it was. */
  stay(): void {
    this.#hop();
  }

  #hop(): void {
    const { made, hops } = this.#host;
    const to = this.state.snapshot.step;
    this.#host = { ...this.#host, made: made + 1, hops: [...hops, { n: made + 1, to, busy: this.busy }] };
  }

  /** The execution has come to move `n`: it is not told of those before any more, and waits with a token, or doesn't. */
  come(n: number, token?: string): void {
    const { token: before, behind: _, ...host } = this.#host;
    const { number, from, heard } = host.execution;
    const seen = Math.max(n, host.seen);
    const tokens = before?.hop === n ? before.tokens.filter((one) => one !== token) : [];
    this.#host = {
      ...host,
      seen,
      hops: host.hops.filter((hop) => hop.n > seen),
      execution: { number, from, heard: heard || n >= from },
      ...(token === undefined ? {} : { token: { hop: n, tokens: [...tokens, token] } }),
    };
  }

  /** The execution does not wait any more where it did. */
  left(): void {
    const { token: _, ...host } = this.#host;
    this.#host = host;
  }

  /** What the execution is told that makes this move. */
  told({ n, to, busy }: Hop): Told {
    const { session, machine, snapshot } = this.state;
    const { waiting } = snapshot.memory;
    const wait = waiting.for === 'timer' ? Math.ceil((waiting.due - this.#world.clock.now()) / 1_000) : PATIENCE;
    const vars = openVariables(machine.program, snapshot);
    return { parley: { session, hop: n, to, busy, wait: Math.max(1, wait) }, vars: fitting(session, vars) };
  }

  /** Keeps it. A turn that has come to rest is answered, or is given `filler`. Gives the reply that was kept. */
  async keep(filler?: Reply): Promise<Reply | undefined> {
    const { turn, ...rest } = this.#host;
    const reply = turn && (filler ?? (this.busy ? undefined : this.state.reply()));
    if (reply) {
      this.#host = rest;
      this.tell();
    }
    await this.#keep(turn && { id: turn.id, reply: reply ? JSON.stringify(reply) : PENDING });
    return reply;
  }

  /** Keeps it, with what can be said to an event by now whose turn another has taken. */
  async keepFor(id: string): Promise<Reply> {
    const reply = this.busy ? this.state.filler(this.#world.clock.now()) : this.state.reply();
    this.tell();
    await this.#keep({ id, reply: JSON.stringify(reply) });
    return reply;
  }

  async #keep(answer: { readonly id: string; readonly reply: string } | undefined): Promise<void> {
    const { store, clock } = this.#world;
    const now = clock.now();
    const { behind = now, running, ...host } = this.#host;
    this.#host = {
      ...host,
      ...(this.behind ? { behind } : {}),
      ...(running && this.busy ? { running } : {}),
    };
    this.state.host = this.#host;
    const working = this.behind || this.#toPush;
    await this.state.keep(store, now, working, answer);
  }
}

/** How long an execution under way may give no sign, in milliseconds. */
function patienceOf(program: Program, world: World, perTurn: boolean): number {
  return patienceWith(program, signaturesOf(world.tools(program.name)), perTurn) * 1_000;
}

/**
 * A value too large to be told is told of by where it is. What is too large depends on nothing but the workflow, so that what
 * an execution has been told at one move still fits beside what it is told at others.
 */
function fitting(session: string, vars: Told['vars']): Told['vars'] {
  const all = Object.entries(vars);
  const most = Math.floor(MOST_TOLD / all.length);
  const told = all.map(([name, value]): [string, Json] => {
    const bytes = Buffer.byteLength(JSON.stringify(value));
    return [name, bytes > most ? { kept: session, bytes } : value];
  });
  return Object.fromEntries(told);
}

/** Changes a session, anew where somebody else has gone on with it meanwhile. Throws `engine/unknown-session`. */
export async function change<T>(world: World, session: string, how: (hosted: Hosted) => Promise<T>): Promise<T> {
  return anew(async () => how(await known(world, session)));
}

export async function known(world: World, session: string): Promise<Hosted> {
  const hosted = await Hosted.load(world, session);
  if (hosted) return hosted;
  throw new ParleyError('engine/unknown-session', `There is no session ${session}.`, {
    fix: 'Start it with session.started, which names the workflow and the contact.',
  });
}

/** Does something again where it met somebody else's commit. */
export async function anew<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === CONFLICTS) throw error;
    }
  }
}
