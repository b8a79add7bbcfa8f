import type { HistoryEvent } from '@aws-sdk/client-sfn';
import {
  createEngine,
  type Decider,
  type JournalEvent,
  type ManualClock,
  manualClock,
  openVariables,
  type Reply,
  SessionState,
  type Store,
  type Tools,
  type TurnRequest,
} from '@parley/engine';
import type { Machine } from '@parley/machine';
import { memoryStore } from '@parley/stores';
import type { Json } from '@parley/workflow';
import { setTimeout } from 'node:timers/promises';

/** What a conversation is had with. */
export interface Setting {
  readonly machine: Machine;
  readonly tools: Tools;
  readonly decider: Decider;
  readonly session: string;
  /** Milliseconds since the epoch. */
  readonly start: number;
}

export interface Variables {
  readonly [variable: string]: Json;
}

/** What came of a conversation on a host. */
export interface Gone {
  readonly replies: readonly Reply[];
  readonly journal: readonly JournalEvent[];
  readonly vars: Variables;
  /** Those that whoever operates the host may see. */
  readonly open: Variables;
  readonly ended: boolean;
}

/** What Step Functions tells of a conversation there. */
export interface Executed {
  /** What the functions were asked to do, by step. */
  readonly asked: readonly string[];
  /** What functions threw. */
  readonly failed: readonly string[];
  /** How the contact's execution, or the last one of a turn, stands. Undefined where there was none. */
  readonly status: string | undefined;
  /** What the contact's execution went through; undefined where it is not told. */
  readonly history: readonly HistoryEvent[] | undefined;
  /** What executions gave at their end, each with the variables of the session at that time. */
  readonly ends: readonly ({ readonly output: Json } & Pick<Gone, 'vars' | 'open'>)[];
}

/** A host with one session. */
export interface Host<G extends Gone = Gone> {
  send(id: string, event: TurnRequest['event']): Promise<Reply>;
  /** Time goes by, to an instant, with all that it brings about. */
  until(at: number): Promise<void>;
  /** When the next timer is due. */
  nextTimer(): Promise<number | undefined>;
  gone(): Promise<G>;
  close(): Promise<void>;
}

/** The workflow in the embedded engine. */
export async function embedded({ machine, tools, decider, session, start }: Setting): Promise<Host> {
  const clock = manualClock(start);
  const store = memoryStore();
  const replies: Reply[] = [];
  const push = async (reply: Reply) => void replies.push(reply);
  const engine = createEngine({ workflows: [machine], store, decider, tools, clock, guard: 'none', push });
  await engine.start();
  return {
    async send(id, event) {
      const reply = await engine.turn({ session, id, event });
      replies.push(reply);
      return reply;
    },
    until: (at) =>
      pass(clock, store, at, async () => {
        for (let looks = 1; looks <= 20_000; looks++) {
          const due = await store.dueTimers(clock.now(), 1);
          if (due.length === 0 && (await store.working()).length === 0) return;
          await setTimeout(1);
        }
        throw new Error('The embedded engine does not come to rest.');
      }),
    nextTimer: () => store.nextTimer(),
    gone: async () => ({ replies, ...(await keptOf(store, machine, session)) }),
    close: () => engine.close(),
  };
}

/** What a store has of a session. */
export async function keptOf(store: Store, machine: Machine, session: string): Promise<Omit<Gone, 'replies'>> {
  const stored = await store.load(session);
  if (!stored) throw new Error(`There is no session ${session}.`);
  const { snapshot } = new SessionState(session, machine, stored);
  return {
    journal: await store.events(session),
    vars: snapshot.memory.vars,
    open: openVariables(machine.program, snapshot),
    ended: snapshot.ended,
  };
}

/** Time goes by, from one timer to the next, each with all that it brings about. */
export async function pass(clock: ManualClock, store: Store, at: number, settled: () => Promise<void>): Promise<void> {
  for (;;) {
    const next = await store.nextTimer();
    const to = Math.min(at, next ?? at);
    if (to > clock.now()) await clock.advance(to - clock.now());
    await settled();
    if (to >= at) return;
  }
}
