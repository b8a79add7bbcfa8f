import { change, known } from './hosted.ts';
import type { World } from './world.ts';

/**
 * Hands out what a session has to say though no turn waits for it, or has another function do that. It counts as owed until the
 * channel has taken it: after a crash it may be said twice, but is never lost. What does not reach its caller waits for the next event.
 */
export async function deliver(world: World, session: string): Promise<void> {
  const { push, reaches = async () => true, pusher } = world;
  if (!push && !pusher) return;
  const { pushable, state } = await known(world, session);
  if (!pushable) return;
  if (!push) return pusher?.(state.machine.program.name)?.(session);
  const reached = await reaches(session);
  const begun = await change(world, session, async (hosted) => {
    if (!hosted.pushable) return undefined;
    if (!reached) hosted.unreached();
    // Kept before it is pushed: who does not know what another has told meanwhile is refused here.
    await hosted.keep();
    return reached ? { reply: hosted.state.reply(), end: hosted.owedTo } : undefined;
  });
  if (!begun) return;
  await push(begun.reply);
  // Others may have gone on with it meanwhile: what they add is still owed, and what is told now does not come again with a turn's reply.
  await change(world, session, async (hosted) => {
    if (hosted.tell(begun.end)) await hosted.keep();
  });
}
