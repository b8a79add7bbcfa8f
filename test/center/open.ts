import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Center, type CenterOptions, embed, startCenter } from '@parley/center';
import type { Clock, Decider, Engine, Store, Tools } from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { loadWorkflow } from '@parley/workflow';
import healthcareTools from '../../workflows/healthcare-intake/tools.ts';
import supplyTools from '../../workflows/supply-chain/tools.ts';
import supportTools from '../../workflows/support/tools.ts';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../workflows');
/** The day of the back ends, which the recordings are of. */
const PLACE = { today: '2026-11-24' };
const TOOLS = { support: supportTools, 'supply-chain': supplyTools, 'healthcare-intake': healthcareTools };

export type WorkflowName = keyof typeof TOOLS;

export interface Opened extends Center {
  /** Where the sessions of a workflow are kept. */
  store(workflow: WorkflowName): Store;
}

export interface Opening extends Omit<CenterOptions, 'workflows' | 'clock'> {
  readonly clock?: Clock;
  readonly decider?: Decider;
  /** What stands between a workflow and its tools. */
  readonly tools?: (own: Tools) => Tools;
}

/** A contact center with these workflows, each with a back end of its own. */
export async function openCenter(names: readonly WorkflowName[], opening: Opening = {}): Promise<Opened> {
  const { decider, tools = (own) => own, ...options } = opening;
  const engines: Engine[] = [];
  const stores = new Map<WorkflowName, Store>();
  const workflows = await Promise.all(
    names.map(async (name) => {
      const source = await loadWorkflow(path.join(folder, name, 'workflow.yaml'), 'workflow.yaml');
      const store = memoryStore();
      stores.set(name, store);
      const { clock } = options;
      const { engine, workflow } = embed({
        name,
        source,
        store,
        tools: tools(TOOLS[name](PLACE)),
        ...(clock ? { clock } : {}),
        ...(decider ? { decider } : {}),
      });
      engines.push(engine);
      return workflow;
    }),
  );
  const center = await startCenter({ workflows, ...options });
  return {
    ...center,
    store(name) {
      const store = stores.get(name);
      if (!store) throw new Error(`There is no ${name} here.`);
      return store;
    },
    async close() {
      await center.close();
      await Promise.all(engines.map((engine) => engine.close()));
    },
  };
}
