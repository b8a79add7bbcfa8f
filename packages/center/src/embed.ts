import type { FlowOptions } from '@parley/connect';
import { offlineDecider } from '@parley/deciders';
import {
  type Clock,
  createEngine,
  type Decider,
  type Engine,
  type EngineOptions,
  type Guard,
  type LogEntry,
  Machines,
  type Store,
  type Tools,
} from '@parley/engine';
import { memoryStore } from '@parley/stores';
import type { CenterWorkflow } from './center.ts';
import type { Outward } from './chat-bot.ts';
import { watchedStore } from './desk/watched-store.ts';

export interface EmbeddedOptions {
  /** The workflow's name. */
  readonly name: string;
  /** The workflow as `loadWorkflow` reads it, or a machine that was made of it with these tools. */
  readonly source: EngineOptions['workflows'][number];
  readonly tools: Tools;
  /** In memory if left out. An engine goes on with all sessions of its store: each workflow has one of its own. */
  readonly store?: Store;
  /** The folder for recordings that watchers make; left out: they can only take them away. */
  readonly recordings?: string;
  /** Offline if left out. */
  readonly decider?: Decider;
  /** Nobody looks on, if left out. */
  readonly guard?: Guard | 'none';
  /** Where a bot leads its chats (`chat: 'bot'`), what nobody waits for is pushed to them, and what is composed comes in parts. */
  readonly flow?: FlowOptions;
  readonly clock?: Clock;
  readonly log?: (entry: LogEntry) => void;
}

/** A workflow that runs in this process. */
export interface Embedded {
  readonly workflow: CenterWorkflow;
  /** Goes on with what its store holds, and fires timers from now on. */
  readonly engine: Engine;
}

/** Runs a workflow in this process, for a contact center. The store stays the caller's. */
export function embed({
  name,
  source,
  tools,
  store: kept = memoryStore(),
  recordings,
  decider = offlineDecider(),
  guard = 'none',
  flow,
  clock,
  log,
}: EmbeddedOptions): Embedded {
  const watched = watchedStore(kept);
  // Through Lex nothing can be pushed.
  const outward = flow?.chat === 'bot' ? outwardLater() : undefined;
  const engine = createEngine({
    workflows: [source],
    store: watched.store,
    decider,
    tools,
    guard,
    ...(outward ? outward.through : {}),
    ...(clock ? { clock } : {}),
    ...(log ? { log } : {}),
  });
  const machine = engine.machine(name);
  const machines = new Machines([machine], tools, kept, 'none');
  const workflow: CenterWorkflow = {
    program: machine.program,
    door: (request) => engine.turn(request),
    sessions: {
      ...watched,
      machine: machines.of.bind(machines),
      ...(recordings === undefined ? {} : { recordings }),
    },
    ...(flow ? { flow } : {}),
    ...(outward ? { pushesTo: outward.is } : {}),
  };
  return { engine, workflow };
}

/** What a host pushes and streams to, which is there only after it: `is` is for `pushesTo`. */
export function outwardLater(): { readonly is: (given: Outward) => void; readonly through: Outward } {
  let outward: Outward | undefined;
  return {
    is(given) {
      outward = given;
    },
    through: {
      push: async (reply) => outward?.push(reply),
      reaches: async (session) => (await outward?.reaches(session)) ?? false,
      stream: (session, words) => outward?.stream(session, words),
    },
  };
}
