import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Center, startCenter, watchedStore } from '@parley/center';
import { offlineDecider } from '@parley/deciders';
import { type Commit, createEngine, keepWorkflow, Machines, SessionState, type Store } from '@parley/engine';
import type { Machine } from '@parley/machine';
import { type Recording, readRecording, sessionEventOf } from '@parley/replay';
import { memoryStore } from '@parley/stores';
import { machineOf, toolsOf, WORKFLOWS, type WorkflowName } from './workflows.ts';

/** The recordings of a workflow. */
export function recordingsOf(name: WorkflowName): readonly Recording[] {
  const of = path.join(WORKFLOWS, name, 'recordings');
  return readdirSync(of).map((file) => readRecording(readFileSync(path.join(of, file), 'utf8'), file));
}

export interface PlayOptions {
  /** As the session is to be called; else as its recording is. */
  readonly session?: string;
  /** Moved by so many milliseconds. */
  readonly later?: number;
  /** Only so many of its events. */
  readonly most?: number;
  /** Goes on after so many of its events, which have happened before. */
  readonly from?: number;
  /** Called after each commit. */
  readonly kept?: () => Promise<void>;
}

export interface Watching extends Center {
  store(workflow: WorkflowName): Store;
  machine(workflow: WorkflowName): Promise<Machine>;
  /** All that was committed. */
  commits(workflow: WorkflowName): readonly Commit[];
  /** Has a recorded session happen again, event by event, in the center's own store: so whoever watches sees it. */
  play(workflow: WorkflowName, recording: Recording, options?: PlayOptions): Promise<void>;
}

/** A contact center whose sessions are watched. `recordings`: where those that are made of them go. */
export async function openWatching(
  names: readonly WorkflowName[],
  { recordings, port }: { readonly recordings?: string; readonly port?: number } = {},
): Promise<Watching> {
  const stores = new Map<WorkflowName, Store>();
  const all = new Map<WorkflowName, Commit[]>();
  const closing: (() => Promise<void>)[] = [];
  const workflows = await Promise.all(
    names.map(async (name) => {
      const machine = await machineOf(name);
      const tools = toolsOf(name);
      const commits: Commit[] = [];
      all.set(name, commits);
      const memory = memoryStore();
      const watched = watchedStore({
        ...memory,
        commit: async (commit) => {
          await memory.commit(commit);
          commits.push(structuredClone(commit));
        },
      });
      stores.set(name, watched.store);
      await keepWorkflow(watched.store, machine.program);
      const engine = createEngine({ workflows: [machine], store: watched.store, decider: offlineDecider(), tools });
      closing.push(() => engine.close());
      const machines = new Machines([machine], tools, watched.store);
      return {
        program: machine.program,
        door: engine.turn,
        sessions: {
          ...watched,
          machine: machines.of.bind(machines),
          ...(recordings === undefined ? {} : { recordings: path.join(recordings, name) }),
        },
      };
    }),
  );
  const center = await startCenter({
    workflows,
    pages: { host: 'embedded', decider: 'offline' },
    ...(port === undefined ? {} : { port }),
  });
  const store = (name: WorkflowName) => {
    const found = stores.get(name);
    if (!found) throw new Error(`There is no ${name} here.`);
    return found;
  };
  return {
    ...center,
    store,
    machine: machineOf,
    commits: (name) => all.get(name) ?? [],
    async play(name, recording, { session = recording.session, later = 0, most, from = 0, kept } = {}) {
      const state = new SessionState(session, await machineOf(name), await store(name).load(session));
      for (const recorded of recording.events.slice(from, most)) {
        if (recorded.type === 'filler.said')
          state.note(recorded.at, recorded.type, { step: recorded.step, text: recorded.text });
        const event = sessionEventOf(recorded);
        if (!event) continue;
        state.apply({ ...event, at: event.at + later });
        if ('decision' in event) state.settle(event.decision);
        if ('call' in event) state.settle(event.call);
        await state.keep(store(name), event.at + later, state.work.size > 0, undefined);
        await kept?.();
      }
    },
    async close() {
      await center.close();
      await Promise.all(closing.map((close) => close()));
    },
  };
}
