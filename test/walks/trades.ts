import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadWorkflow } from '@parley/workflow';
import supportTools from '../../workflows/support/tools.ts';
import type { Trade } from './goal.ts';
import { SUPPORT } from './goals/support.ts';
import type { Kind } from './speech.ts';
import { type Line, type Walk, walk } from './walk.ts';

/** The workflows that are walked through. */
export const TRADES: readonly Trade[] = [SUPPORT];

const TOOLS: { readonly [workflow: string]: Line['tools'] } = {
  support: (today) => supportTools({ today }),
};

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The line of a workflow. */
export async function lineOf(workflow: string): Promise<Line> {
  const tools = TOOLS[workflow];
  if (tools === undefined) throw new Error(`There are no tools for ${workflow}.`);
  return { source: await loadWorkflow(path.join(root, 'workflows', workflow, 'workflow.yaml')), tools };
}

/** Walks of one kind of caller through a workflow: its goals in turn, each walk with a seed of its own. */
export async function walksOf(
  line: Line,
  trade: Trade,
  kind: Kind,
  seed: number,
  count: number,
  only?: string,
): Promise<readonly Walk[]> {
  const goals = trade.goals.filter(({ name }) => only === undefined || name === only);
  const walks: Walk[] = [];
  for (let index = 0; index < count; index++) {
    const goal = goals[index % goals.length];
    if (goal) walks.push(await walk(line, trade, goal, kind, seed * 100_000 + index));
  }
  return walks;
}
