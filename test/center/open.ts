import path from 'node:path';
import { type Center, type CenterOptions, embed, hintsBeside, startCenter, whenEnded } from '@parley/center';
import type { FlowOptions } from '@parley/connect';
import type { Clock, Decider, Engine, Store, Tools } from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { machineOf, toolsOf, WORKFLOWS, type WorkflowName } from './workflows.ts';

export interface Opened extends Center {
  /** Where the sessions of a workflow are kept. */
  store(workflow: WorkflowName): Store;
  /** Resolves when all is done that is to be done for contacts that are over. */
  settled(): Promise<void>;
}

export interface Opening extends Omit<CenterOptions, 'workflows' | 'clock'> {
  readonly clock?: Clock;
  readonly decider?: Decider;
  /** Of each workflow. Where a bot leads the chats, timers fire too. */
  readonly flow?: FlowOptions;
  /** Instead of the workflow's own, which it is given, with what opens them anew. */
  readonly tools?: (own: Tools, open: () => Tools) => Tools;
}

/** A contact center with these workflows, each with a back end of its own. */
export async function openCenter(names: readonly WorkflowName[], opening: Opening = {}): Promise<Opened> {
  const { decider, flow, tools = (own) => own, ...options } = opening;
  const engines: Engine[] = [];
  const stores = new Map<WorkflowName, Store>();
  const workflows = await Promise.all(
    names.map(async (name) => {
      const store = memoryStore();
      stores.set(name, store);
      const { clock } = options;
      const { engine, workflow } = embed({
        name,
        source: await machineOf(name),
        store,
        tools: tools(toolsOf(name), () => toolsOf(name)),
        ...(clock ? { clock } : {}),
        ...(decider ? { decider } : {}),
        ...(flow ? { flow } : {}),
      });
      if (flow?.chat === 'bot') await engine.start();
      engines.push(engine);
      const hints = await hintsBeside(path.join(WORKFLOWS, name, 'workflow.yaml'));
      return { ...workflow, hints };
    }),
  );
  const underWay: Promise<void>[] = [];
  const center = await startCenter({
    workflows,
    contactEvent: (event) => {
      const done = ended(event);
      underWay.push(done);
      return done;
    },
    ...options,
  });
  const ended = whenEnded(center, workflows, options.log);
  return {
    ...center,
    async settled() {
      await Promise.all(underWay);
    },
    store(name) {
      const store = stores.get(name);
      if (!store) throw new Error(`There is no ${name} here.`);
      return store;
    },
    async close() {
      await center.close();
      await Promise.allSettled(underWay);
      await Promise.all(engines.map((engine) => engine.close()));
    },
  };
}
