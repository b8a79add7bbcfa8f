import {
  contactEvent,
  PENDING,
  type ReadRequest,
  type Reply,
  readReply,
  readRequest,
  type TurnRequest,
} from '@parley/engine';
import { ParleyError } from '@parley/workflow';
import { deliver } from './deliver.ts';
import { anew, change, Hosted, known } from './hosted.ts';
import type { World } from './world.ts';

/**
 * The function *turn*, the front door: takes an event of a contact, has its execution go on, and gives the reply of the next
 * rest, or a filler where that takes longer than `limits.turn`. The same `id` again gives the same reply.
 *
 * Throws as the engine's `turn` does.
 */
export async function turn(world: World, given: TurnRequest): Promise<Reply> {
  const request = readRequest(given);
  const { session, id } = request;
  for (;;) {
    const taken = await anew(() => take(world, request));
    if ('before' in taken) {
      await world.news(session, taken.before);
      continue;
    }
    if (taken.hosted) await nudge(world, taken.hosted, taken.run);
    return taken.reply ?? answered(world, session, id, taken.due);
  }
}

/** A timer of the store is due. For executions that end with each turn: others wait themselves. */
export async function fire(world: World, session: string, timer: string): Promise<void> {
  const { hosted, run } = await change(world, session, async (hosted) => {
    const now = world.clock.now();
    hosted.follow(hosted.state.fire(timer, now));
    const run = isPerTurn(world, hosted) && hosted.run(now, now + LEASE);
    await hosted.keep();
    return { hosted, run };
  });
  await nudge(world, hosted, run);
  await deliver(world, session);
}

/** So long an execution of one turn is taken to be under way, in milliseconds: after that, another goes on with its work. */
const LEASE = 60_000;

const isPerTurn = (world: World, { state }: Hosted): boolean => world.shape(state.machine.program.name) === 'per-turn';

type Taken =
  /** Kept; the reply, where it rests at once. */
  | { readonly hosted?: Hosted; readonly reply?: Reply; readonly due: number; readonly run: boolean }
  /** The turn before it is under way until then. */
  | { readonly before: number };

async function take(world: World, { session, id, event }: ReadRequest): Promise<Taken> {
  const { store, clock } = world;
  const found = await Hosted.load(world, session);
  const kept = await store.reply(session, id);
  if (kept !== undefined && kept !== PENDING) return { reply: readReply(kept, session), due: 0, run: false };
  const now = clock.now();
  if (found?.turn && found.turn.id !== id && found.turn.due > now) return { before: found.turn.due };
  if (found && kept === undefined && event.type === 'session.started') {
    throw new ParleyError('engine/started-already', `The session ${session} has started already.`, {
      fix: 'Give each contact a session of its own; the same event again carries the same id.',
    });
  }
  const hosted =
    found ??
    (event.type === 'session.started' ? await begin(world, session, event.workflow) : await known(world, session));
  const due = now + hosted.state.machine.program.limits.turn;
  hosted.wait(id, due);
  if (kept === undefined) hosted.follow(hosted.state.hear(contactEvent(event, now)));
  const run = isPerTurn(world, hosted) && hosted.run(now, now + LEASE);
  const reply = await hosted.keep();
  return { hosted, due, run, ...(reply ? { reply } : {}) };
}

/** A new session, on the release that it stays on from now on: both the machine and the state machine that was made from it. */
async function begin(world: World, session: string, workflow: string): Promise<Hosted> {
  const { version, stateMachine } = await world.releases.of(workflow, session);
  return Hosted.begin(world, session, await world.machines.start(workflow, version), stateMachine);
}

/** Has the execution follow the session. `run`: one is to be started for this turn. */
async function nudge(world: World, hosted: Hosted, run: boolean): Promise<void> {
  const { executions, clock } = world;
  const { session, machine } = hosted.state;
  if (isPerTurn(world, hosted)) {
    if (!run) return;
    // Whoever waits for the turn waits for its reply, and not longer than the turn may take.
    await Promise.race([
      executions.run(hosted.pinned, hosted.told(hosted.here)),
      world.news(session, hosted.turn?.due ?? clock.now() + machine.program.limits.turn),
    ]);
    return;
  }
  const { token } = hosted;
  if (token && (hosted.busy || hosted.after(token.hop))) await executions.goOn(token.token);
  const first = hosted.after(0);
  if (!hosted.followed && first) await executions.start(hosted.pinned, hosted.told(first));
}

/** The reply, when it is kept; a filler, when it is due. */
async function answered(world: World, session: string, id: string, due: number): Promise<Reply> {
  const { store, clock } = world;
  for (;;) {
    const kept = await store.reply(session, id);
    if (kept !== undefined && kept !== PENDING) return readReply(kept, session);
    if (clock.now() < due) {
      await world.news(session, due);
      continue;
    }
    const filler = await change(world, session, async (hosted) => {
      if (hosted.turn?.id !== id) return undefined;
      return hosted.keep(hosted.busy ? hosted.state.filler(clock.now()) : undefined);
    });
    if (filler) return filler;
  }
}
