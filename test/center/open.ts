import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Center, type CenterOptions, embed, hintsBeside, startCenter, whenEnded } from '@parley/center';
import type { FlowOptions } from '@parley/connect';
import { type Clock, type Decider, type Engine, type Store, signaturesOf, type Tools } from '@parley/engine';
import { createMachine, type Machine } from '@parley/machine';
import { memoryStore } from '@parley/stores';
import { compileWorkflow, loadWorkflow } from '@parley/workflow';
import healthcareTools from '../../workflows/healthcare-intake/tools.ts';
import supplyTools from '../../workflows/supply-chain/tools.ts';
import supportTools from '../../workflows/support/tools.ts';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../workflows');
/** The day of the back ends, which the recordings are of. */
const PLACE = { today: '2026-11-24' };
const TOOLS = { support: supportTools, 'supply-chain': supplyTools, 'healthcare-intake': healthcareTools };

export type WorkflowName = keyof typeof TOOLS;

/** Compiled once: it takes longer than a conversation. */
const machines = new Map<WorkflowName, Promise<Machine>>();

function machineOf(name: WorkflowName): Promise<Machine> {
  const make = async () => {
    const source = await loadWorkflow(path.join(folder, name, 'workflow.yaml'), 'workflow.yaml');
    const signatures = signaturesOf(TOOLS[name](PLACE));
    return createMachine(compileWorkflow(source, signatures), signatures);
  };
  const machine = machines.get(name) ?? make();
  machines.set(name, machine);
  return machine;
}

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
        tools: tools(TOOLS[name](PLACE), () => TOOLS[name](PLACE)),
        ...(clock ? { clock } : {}),
        ...(decider ? { decider } : {}),
        ...(flow ? { flow } : {}),
      });
      if (flow?.chat === 'bot') await engine.start();
      engines.push(engine);
      const hints = await hintsBeside(path.join(folder, name, 'workflow.yaml'));
      return { workflow: { ...workflow, hints }, store, tools: TOOLS[name](PLACE) };
    }),
  );
  const underWay: Promise<void>[] = [];
  const center = await startCenter({
    workflows: workflows.map(({ workflow }) => workflow),
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
