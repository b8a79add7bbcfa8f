import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Center, type CenterOptions, embed, startCenter } from '@parley/center';
import type { Engine, Tools } from '@parley/engine';
import { loadWorkflow } from '@parley/workflow';
import healthcareTools from '../../workflows/healthcare-intake/tools.ts';
import supplyTools from '../../workflows/supply-chain/tools.ts';
import supportTools from '../../workflows/support/tools.ts';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../workflows');
const TOOLS: { readonly [workflow: string]: () => Tools } = {
  support: () => supportTools({}),
  'supply-chain': () => supplyTools({}),
  'healthcare-intake': () => healthcareTools({}),
};

/** A contact center with these workflows, each with a back end of its own. */
export async function openCenter(
  names: readonly string[],
  options: Omit<CenterOptions, 'workflows'> = {},
): Promise<Center> {
  const engines: Engine[] = [];
  const workflows = await Promise.all(
    names.map(async (name) => {
      const source = await loadWorkflow(path.join(folder, name, 'workflow.yaml'), 'workflow.yaml');
      const { engine, workflow } = embed({ name, source, tools: TOOLS[name]?.() ?? {} });
      engines.push(engine);
      return workflow;
    }),
  );
  const center = await startCenter({ workflows, ...options });
  return {
    ...center,
    async close() {
      await center.close();
      await Promise.all(engines.map((engine) => engine.close()));
    },
  };
}
