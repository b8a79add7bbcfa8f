import type { Guard } from '@parley/engine';
import type { Process, World } from './world.ts';

/** Lets most things pass. Or blocks them, is slow, late, fails or answers nonsense. What it says does not depend on what it looks at. */
export function simulatedGuard(world: World, process: Process): Guard {
  const { random, scheduler, profile, observer } = world;
  return {
    check: ({ session, what, tool, data }) => {
      const blocks = !world.calm && random.chance(profile.guardBlocks);
      const way =
        world.calm || !random.chance(profile.guardFails)
          ? 'well'
          : random.pick(['throws', 'never', 'late', 'garbage'] as const);
      const slow = !world.calm && random.chance(profile.slow);
      const takes = way === 'late' ? random.int(4_001, 9_000) : slow ? random.int(100, 3_900) : random.int(0, 30);
      if (way === 'never') return new Promise(() => undefined);
      const verdict = blocks ? 'blocked' : 'passed';
      return scheduler.answer(
        process,
        takes,
        `${process.name} has the ${what} of ${tool} of ${session} looked at (${verdict}, ${way})`,
        () => {
          if (way === 'throws') throw new Error('Throttled.');
          if (way === 'garbage') return JSON.parse(random.pick(['null', '{}', '{"passed":"yes"}', '[]', 'true']));
          // What comes too late is not heard any more.
          if (way === 'well') observer.lookedAt(process, session, tool, what, data, !blocks);
          return { passed: !blocks, by: { latency: takes } };
        },
      );
    },
  };
}
