import { deliver } from './deliver.ts';
import { follow, recover } from './follow.ts';
import { change, known } from './hosted.ts';
import type { World } from './world.ts';

/** A timer of the store is due. Per contact the execution waits for it itself: it is sent on where somebody is before it. */
export async function fire(world: World, session: string, timer: string): Promise<void> {
  const { hosted, run } = await change(world, session, async (hosted) => {
    hosted.follow(hosted.state.fire(timer, world.clock.now()));
    const run = hosted.perTurn && hosted.run();
    await hosted.keep();
    return { hosted, run };
  });
  await follow(world, hosted, run);
  await deliver(world, session);
}

/** What a tick has done. */
export interface Ticked {
  /** How many timers fired. */
  readonly fired: number;
  /** The sessions that were led on, as nobody else would have. */
  readonly stuck: readonly string[];
  readonly failed: readonly { readonly session: string; readonly error: unknown }[];
}

/** At most so many timers a tick, and so many sessions side by side. */
const TIMERS = 1_000;
const ABREAST = 20;

/**
 * The function *tick*, now and then: fires timers that are due, goes on with sessions that are stuck, delivers what is owed.
 * May run beside anything, another tick included.
 */
export async function tick(world: World): Promise<Ticked> {
  const { store, clock } = world;
  const failed: { session: string; error: unknown }[] = [];
  const stuck: string[] = [];
  let fired = 0;
  const each = async (session: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      failed.push({ session, error });
    }
  };
  await abreast(await store.dueTimers(clock.now(), TIMERS), ({ session, timer }) =>
    each(session, async () => {
      await fire(world, session, timer);
      fired += 1;
    }),
  );
  await abreast(await store.working(), (session) =>
    each(session, async () => {
      const { turn } = await known(world, session);
      // Whoever waits for a turn sees to it until it is due.
      if (turn && turn.due > clock.now()) return;
      if (await recover(world, session)) stuck.push(session);
    }),
  );
  return { fired, stuck, failed };
}

async function abreast<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  for (let first = 0; first < all.length; first += ABREAST) {
    await Promise.all(all.slice(first, first + ABREAST).map(work));
  }
}
