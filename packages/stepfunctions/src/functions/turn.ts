import {
  contactEvent,
  limitOf,
  PENDING,
  type ReadRequest,
  type Reply,
  readReply,
  readRequest,
  type TurnRequest,
} from '@parley/engine';
import { ParleyError } from '@parley/workflow';
import { follow, recover } from './follow.ts';
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
    if ('kept' in taken) return taken.kept;
    await follow(world, taken.hosted, taken.run);
    return taken.reply ?? answered(world, session, id, taken);
  }
}

/** When a turn is to be answered, and when it is looked whether it can be. */
interface Times {
  readonly due: number;
  readonly looks: number;
}

/** So much of the time a turn has goes by before it is looked what keeps it. */
const LOOKS = 0.75;

type Taken =
  /** Answered before. */
  | { readonly kept: Reply }
  /** Kept; the reply, where it rests at once. */
  | (Times & { readonly hosted: Hosted; readonly reply: Reply | undefined; readonly run: boolean })
  /** The turn before it is under way until then. */
  | { readonly before: number };

async function take(world: World, { session, id, event, within }: ReadRequest): Promise<Taken> {
  const { store, clock } = world;
  const found = await Hosted.load(world, session);
  const kept = await store.reply(session, id);
  if (kept !== undefined && kept !== PENDING) return { kept: readReply(kept, session) };
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
  const limit = limitOf(hosted.state.machine, within);
  const due = now + limit;
  hosted.wait(id, due);
  if (kept === undefined) hosted.follow(hosted.state.hear(contactEvent(event, now)));
  const run = hosted.perTurn && hosted.run(kept !== undefined);
  const reply = await hosted.keep();
  return { hosted, reply, run, due, looks: now + LOOKS * limit };
}

/** A new session, on the release that it stays on from now on: both the machine and the state machine that was made from it. */
async function begin(world: World, session: string, workflow: string): Promise<Hosted> {
  const { version, stateMachine } = await world.releases.of(workflow, session);
  return Hosted.begin(world, session, await world.machines.start(workflow, version), stateMachine);
}

/**
 * The reply, when it is kept; a filler, when it is due. Shortly before that it is looked whether the execution is still
 * there: else the caller is led on at once.
 */
async function answered(world: World, session: string, id: string, { due, looks }: Times): Promise<Reply> {
  const { store, clock, news } = world;
  let looked = false;
  for (;;) {
    const kept = await store.reply(session, id);
    if (kept !== undefined && kept !== PENDING) return readReply(kept, session);
    const now = clock.now();
    if (now < looks || (looked && now < due)) {
      await news(session, looked ? due : looks);
    } else if (now < due) {
      looked = true;
      // Where it can't be looked now, the next event looks, or the tick.
      const looking = recover(world, session).catch(() => undefined);
      await Promise.race([looking, news(session, due)]);
    } else {
      const reply = await change(world, session, async (hosted) => {
        // Another event has been taken since, at the very last: what is said goes to this one all the same.
        if (hosted.turn?.id !== id)
          return (await store.reply(session, id)) === PENDING ? hosted.keepFor(id) : undefined;
        return hosted.keep(hosted.busy ? hosted.state.filler(clock.now()) : undefined);
      });
      if (reply) return reply;
    }
  }
}
