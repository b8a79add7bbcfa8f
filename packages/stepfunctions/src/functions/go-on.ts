import { type Answer, perform, type Work, workId } from '@parley/engine';
import type { HostEvent } from '@parley/machine';
import { deliver } from './deliver.ts';
import { change, type Hosted, known, type Told } from './hosted.ts';
import type { World } from './world.ts';

/** Where an execution is: `hop` is the last move it has made. */
export interface At {
  readonly session: string;
  readonly hop: number;
}

/**
 * The functions *decide* and *call*: does what the session has done where the execution is, and gives the next move. Asked
 * again for a move that is made already, it does nothing and gives the same. `late`: the execution has waited long enough.
 * `index`: only this call of a parallel step; it gives nothing where other calls are still under way.
 */
export async function goOn(
  world: World,
  { session, hop, index, late = false }: At & { readonly index?: number; readonly late?: boolean },
): Promise<Told | Record<string, never>> {
  for (;;) {
    const hosted = await known(world, session);
    const next = hosted.after(hop);
    if (next) {
      await leave(world, hosted, hop);
      return hosted.told(next);
    }
    const effect = [...hosted.state.work.values()].find((one) => index === undefined || indexOf(hosted, one) === index);
    if (effect) {
      await answer(world, session, effect, await carryOut(world, hosted, effect), hop);
      continue;
    }
    if (index !== undefined) return {};
    await rest(world, session, hop, late);
  }
}

/**
 * The function *finish*: what is under way where the execution is could not be done. It counts as failed, so that the session
 * goes through the door that its workflow has for that. `error`: the name that Step Functions gives the failure.
 */
export async function finish(world: World, { session, hop, error }: At & { readonly error: string }): Promise<Told> {
  for (;;) {
    const hosted = await known(world, session);
    const next = hosted.after(hop);
    if (next) return hosted.told(next);
    await change(world, session, async (hosted) => {
      if (hosted.after(hop)) return;
      hosted.come(hop);
      giveUp(hosted, error, world.clock.now());
      if (!hosted.after(hop)) hosted.stay();
      await hosted.keep();
    });
    await deliver(world, session);
  }
}

/** What is under way counts as failed: the session goes through the door of its step. */
export function giveUp(hosted: Hosted, error: string, at: number): void {
  for (const [id, effect] of [...hosted.state.work]) {
    // The door of one may have called off the others.
    if (hosted.state.settle(id)) hosted.follow(hosted.state.apply(failed(effect, error, at)));
  }
}

function failed(effect: Work, error: string, at: number): HostEvent {
  const code = error === 'States.Timeout' ? 'timeout' : 'error';
  const message = `The function that was to do it failed (${error}).`;
  return effect.type === 'call'
    ? { type: 'tool.failed', at, call: effect.call, code, message }
    : { type: 'model.failed', at, decision: effect.decision, code, message };
}

async function carryOut(world: World, hosted: Hosted, effect: Work): Promise<Answer> {
  const { store, decider, guard, clock } = world;
  const { session, machine } = hosted.state;
  const tools = world.tools(machine.program.name);
  const unseen = (message: string) => world.unseen(session, message);
  const due = hosted.turn?.due ?? clock.now() + machine.program.limits.turn;
  // Looking takes time: kept even where nothing is new, as who was overtaken is refused then.
  const begins = async () => void (await hosted.keep());
  return perform(hosted.state, effect, { store, decider, tools, guard, clock, unseen, begins }, due);
}

/** The session is over, and nothing comes after this move that would tell that the execution has left its place. */
async function leave(world: World, { state, token }: Hosted, hop: number): Promise<void> {
  if (!state.snapshot.ended || token?.hop !== hop) return;
  await change(world, state.session, async (hosted) => {
    if (hosted.token?.hop !== hop) return;
    hosted.come(hop);
    await hosted.keep();
  });
}

/** Takes an answer, unless it is not waited for any more: the caller went on, or somebody else has answered. */
async function answer(world: World, session: string, effect: Work, given: Answer, hop: number): Promise<void> {
  await change(world, session, async (hosted) => {
    if (!hosted.state.settle(workId(effect))) return;
    hosted.come(hop);
    hosted.follow(hosted.state.apply({ ...given, at: world.clock.now() }));
    await hosted.keep();
  });
  await deliver(world, session);
}

/** Nothing is under way: the session rests where it was, or what was waited for has not come. */
async function rest(world: World, session: string, hop: number, late: boolean): Promise<void> {
  await change(world, session, async (hosted) => {
    if (hosted.after(hop) || hosted.busy) return;
    const { state } = hosted;
    const { waiting } = state.snapshot.memory;
    const at = world.clock.now();
    hosted.come(hop);
    if (late && waiting.for === 'timer' && waiting.due <= at) hosted.follow(state.fire(waiting.timer, at));
    if (late && waiting.for === 'caller') hosted.follow(state.apply({ type: 'caller.left', at }));
    if (!hosted.after(hop) && !hosted.busy) hosted.stay();
    await hosted.keep();
  });
  await deliver(world, session);
}

/** Which call of a parallel step it is. */
function indexOf({ state }: Hosted, effect: Work): number | undefined {
  const { waiting } = state.snapshot.memory;
  return effect.type === 'call' && waiting.for === 'calls' ? waiting.calls[effect.call]?.index : undefined;
}
