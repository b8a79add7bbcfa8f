import type { Clock, Decider, Guard, Machines, Reply, Store, Tools } from '@parley/engine';
import type { Shape } from '../compiler/compile.ts';
import type { Executions } from './executions.ts';
import type { Releases } from './releases.ts';

/** What the functions run in. The store, deciders, tools and guards are the same as the embedded engine's. */
export interface World {
  /** The shape of a workflow's state machine. */
  readonly shape: (workflow: string) => Shape;
  readonly store: Store;
  readonly decider: Decider;
  /** A workflow's tools: two workflows may have tools of one name, with different back ends. */
  readonly tools: (workflow: string) => Tools;
  readonly guard: Guard | 'none' | undefined;
  readonly clock: Clock;
  readonly machines: Pick<Machines, 'start' | 'of'>;
  readonly executions: Executions;
  readonly releases: Releases;
  /**
   * Resolves when there may be news of a session in the store, and at `until` (milliseconds since the epoch) at the latest. What was
   * committed just before it was asked is news, too: who waits for commits alone would miss it.
   */
  readonly news: (session: string, until: number) => Promise<void>;
  /** Takes what a session has to say when no turn waits for it. Left out: the next event of the session fetches it. */
  readonly push?: (reply: Reply) => Promise<void>;
  /**
   * Whether `push` reaches a session's caller: it does not where the channel only answers, as a call through Lex. What such a
   * session owes stays owed, and its next event fetches it. It reaches all, if left out.
   */
  readonly reaches?: (session: string) => Promise<boolean>;
  /**
   * Where another function pushes to sessions of this workflow: tells it of one that is owed something, and it delivers that, in
   * a world with `push`. Where it is not told, or dies, the tick tells it again. Undefined: nobody pushes to them.
   */
  readonly pusher?: (workflow: string) => ((session: string) => Promise<void>) | undefined;
  /** Told of what a guard could not look at. Never with a caller's value. */
  readonly unseen: (session: string, message: string) => void;
}
