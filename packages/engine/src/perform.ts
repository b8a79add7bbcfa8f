import type { Clock } from './clock.ts';
import type { Decider } from './decider.ts';
import type { Guard } from './guard.ts';
import type { SessionState, Work } from './session-state.ts';
import type { Store } from './store.ts';
import type { Tools } from './tool.ts';
import { Undertaking } from './undertaking.ts';
import { type Answer, call, compose, decide, guardingOf } from './work.ts';

/** Whoever does what a session has done. */
export interface Performers {
  readonly store: Store;
  readonly decider: Decider;
  readonly tools: Tools;
  /** As the engine's. */
  readonly guard: Guard | 'none' | undefined;
  readonly clock: Clock;
  /** Told of what a guard could not look at. */
  readonly unseen: (message: string) => void;
  /** Before a write that was looked at begins: rejects where the session has been gone on with elsewhere meanwhile. */
  readonly begins: () => Promise<void>;
}

/**
 * Does what a session waits for, and gives the answer. Never throws: what goes wrong is an answer too. For a host that keeps
 * the work as begun before, and words as a whole: the engine itself hands out sentences as they come.
 */
export async function perform(
  state: SessionState,
  effect: Work,
  { store, decider, tools, guard, clock, unseen, begins }: Performers,
  due: number,
): Promise<Answer> {
  const bounds = { clock, undertaking: new Undertaking() };
  const { program } = state.machine;
  const asking = (deadline: number, attempt: Undertaking) => ({
    due,
    deadline,
    get signal() {
      return attempt.signal;
    },
  });
  switch (effect.type) {
    case 'decide':
      return decide(
        decider,
        effect.decision,
        (deadline, attempt) => state.question(effect, store, asking(deadline, attempt)),
        program.limits.decide,
        bounds,
      );
    case 'compose':
      return compose(
        decider,
        effect.decision,
        (deadline, attempt) => state.composition(effect, store, asking(deadline, attempt)),
        program.limits.decide,
        bounds,
      );
    case 'call': {
      const tool = Object.hasOwn(tools, effect.tool) ? tools[effect.tool] : undefined;
      return call(tool, { session: state.session, ...effect }, bounds, guardingOf(program, guard, { unseen, begins }));
    }
  }
}
