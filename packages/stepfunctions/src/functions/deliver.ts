import { change, known } from './hosted.ts';
import type { World } from './world.ts';

/**
 * Hands out what a session has to say though no turn waits for it. It counts as owed until the channel has taken it: after a
 * crash it may be said twice, but is never lost.
 */
export async function deliver(world: World, session: string): Promise<void> {
  const { push } = world;
  if (!push) return;
  const { busy, turn, state } = await known(world, session);
  if (busy || turn || state.owed.length === 0) return;
  await change(world, session, async (hosted) => {
    const { state } = hosted;
    if (hosted.busy || hosted.turn || state.owed.length === 0) return;
    // Of two that are about to push the same, one is refused here.
    await hosted.keep();
    await push(state.reply());
    state.told();
    await hosted.keep();
  });
}
