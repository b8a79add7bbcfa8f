import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { signaturesOf } from '@parley/engine';
import { createMachine, type Machine } from '@parley/machine';
import { compileWorkflow, loadWorkflow } from '@parley/workflow';
import healthcareTools from '../../workflows/healthcare-intake/tools.ts';
import supplyTools from '../../workflows/supply-chain/tools.ts';
import supportTools from '../../workflows/support/tools.ts';

export const WORKFLOWS = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../workflows');
/** The day of the back ends, which the recordings are of. */
const PLACE = { today: '2026-11-24' };
const TOOLS = { support: supportTools, 'supply-chain': supplyTools, 'healthcare-intake': healthcareTools };

export type WorkflowName = keyof typeof TOOLS;

/** The tools of a workflow, with a back end of their own. */
export const toolsOf = (name: WorkflowName) => TOOLS[name](PLACE);

/** Compiled once: it takes longer than a conversation. */
const machines = new Map<WorkflowName, Promise<Machine>>();

export function machineOf(name: WorkflowName): Promise<Machine> {
  const make = async () => {
    const source = await loadWorkflow(path.join(WORKFLOWS, name, 'workflow.yaml'), 'workflow.yaml');
    const signatures = signaturesOf(toolsOf(name));
    return createMachine(compileWorkflow(source, signatures), signatures);
  };
  const machine = machines.get(name) ?? make();
  machines.set(name, machine);
  return machine;
}
