import type { At } from './go-on.ts';
import { change } from './hosted.ts';
import type { World } from './world.ts';

/**
 * The function *ask*: an execution waits for the contact with a token. Where the contact's event has come before it, the
 * execution goes on at once; else the token is kept, and whoever takes the event sends it. Both are commits of one session,
 * and each is refused where it has not seen the other: so one of them sees both.
 */
export async function ask(world: World, { session, hop, token }: At & { readonly token: string }): Promise<void> {
  const came = await change(world, session, async (hosted) => {
    if (hosted.after(hop) || hosted.busy) return true;
    hosted.come(hop, token);
    await hosted.keep();
    return false;
  });
  if (came) await world.executions.goOn(token);
}
