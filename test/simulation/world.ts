import type { Commit, Engine, Inspection, Reply } from '@parley/engine';
import type { Json } from '@parley/workflow';
import type { Disk } from './disk.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import type { Owner, Scheduler } from './scheduler.ts';

/** The engine under test: the real one, or a copy that was broken on purpose. */
export type EngineModule = typeof import('@parley/engine');

/** One run of an engine, from its start to its death. */
export interface Process extends Owner {
  alive: boolean;
  /** Its `start` has resolved. */
  started: boolean;
  closing: boolean;
  engine: Engine | undefined;
}

/** What the invariants are checked on: everything that crosses the engine's border, as it happens. */
export interface Observer {
  /** The store was asked for the reply to an event: its turn begins, or begins anew. */
  turnBegan(process: Process, session: string, id: string): void;
  /** A commit is on its way; what is returned is called when it is on the disk. Its turn may be called off in between. */
  committing(process: Process, commit: Commit): () => void;
  /** A process hears that its last commit of a session is kept. */
  committed(process: Process, session: string): void;
  /** Something went wrong that the engine has to live with. */
  disturbed(): void;
  /** A commit came after another's. */
  conflicted(): void;
  /** An operation of the store, or a push, is under way: the engine can't be in time meanwhile. */
  waits(process: Process, session: string | undefined): () => void;
  /** A guard has answered in time about what a tool is given or returned. */
  lookedAt(
    process: Process,
    session: string,
    tool: string,
    what: Inspection['what'],
    data: Json,
    passed: boolean,
  ): void;
  toolCalled(process: Process, session: string, tool: string, input: Json, key: string, attempt: number): void;
  /** Words were handed to the channel before the reply. */
  streamed(process: Process, session: string, words: string): void;
  /** A reply is on its way to the channel; what is returned is called when that has taken it. */
  pushing(process: Process, reply: Reply): () => void;
}

/** What every part of a simulated world needs. */
export interface World {
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly profile: Profile;
  readonly disk: Disk;
  readonly observer: Observer;
  readonly module: EngineModule;
  /** The disturbance is over: from now on everything works, and soon. */
  calm: boolean;
}
