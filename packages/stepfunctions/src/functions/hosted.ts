import { type Applied, ConflictError, openVariables, PENDING, type Reply, SessionState } from '@parley/engine';
import type { Machine } from '@parley/machine';
import { type Json, ParleyError } from '@parley/workflow';
import { z } from 'zod';
import type { Pinned } from './executions.ts';
import type { World } from './world.ts';

const hop = z.object({ n: z.int(), to: z.string(), busy: z.boolean() });

/** A move of the session that its execution is to make too: the place it came to, and whether work was begun there. */
type Hop = z.output<typeof hop>;

const hostSchema = z.object({
  /** The ARN of the state machine's version that it stays on. */
  stateMachine: z.string(),
  /** The moves that the execution may not have made yet. */
  hops: z.array(hop),
  /** How many moves there were in all, and how many the execution is known to have made. */
  made: z.int(),
  seen: z.int(),
  /** What the execution waits with, and after which move. */
  token: z.object({ hop: z.int(), token: z.string() }).exactOptional(),
  /** The contact's event that is to be answered, and until when. */
  turn: z.object({ id: z.string(), due: z.number() }).exactOptional(),
  /** Until when an execution of one turn is taken to be under way. */
  running: z.number().exactOptional(),
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
    state.host = { stateMachine, hops: [], made: 0, seen: 0 };
    return new Hosted(world, state);
  }

  get pinned(): Pinned {
    return { session: this.state.session, stateMachine: this.#host.stateMachine };
  }

  get busy(): boolean {
    return this.state.work.size > 0;
  }

  get turn() {
    return this.#host.turn;
  }

  get token() {
    return this.#host.token;
  }

  /** The execution has begun. */
  get followed(): boolean {
    return this.#host.seen > 0;
  }

  /** The first move after number `n`. */
  after(n: number): Hop | undefined {
    return this.#host.hops.find((hop) => hop.n > n);
  }

  /** Where it is now, after the last move. */
  get here(): Hop {
    return { n: this.#host.made, to: this.state.snapshot.step, busy: this.busy };
  }

  /** Whether an execution of one turn is to be started. It is then taken to be under way until `until`, or the next rest. */
  run(now: number, until: number): boolean {
    if (!this.busy || (this.#host.running ?? 0) > now) return false;
    this.#host.running = until;
    return true;
  }

  /** The contact waits for an answer to its event, until `due`. */
  wait(id: string, due: number): void {
    this.#host.turn = { id, due };
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
    const { token: _, ...host } = this.#host;
    const seen = Math.max(n, host.seen);
    const hops = host.hops.filter((hop) => hop.n > seen);
    this.#host = { ...host, seen, hops, ...(token === undefined ? {} : { token: { hop: n, token } }) };
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
    if (!this.busy) {
      const { running: _, ...host } = this.#host;
      this.#host = host;
    }
    const { turn, ...rest } = this.#host;
    const reply = turn && (filler ?? (this.busy ? undefined : this.state.reply()));
    if (reply) {
      this.state.told();
      this.#host = rest;
    }
    this.state.host = this.#host;
    const { store, clock, push } = this.#world;
    const working = this.busy || (push !== undefined && this.state.owed.length > 0);
    const answer = turn && { id: turn.id, reply: reply ? JSON.stringify(reply) : PENDING };
    await this.state.keep(store, clock.now(), working, answer);
    return reply;
  }
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
