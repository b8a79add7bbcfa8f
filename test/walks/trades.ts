import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tools } from '@parley/engine';
import { loadWorkflow } from '@parley/workflow';
import supportTools from '../../workflows/support/tools.ts';
import type { Trade } from './goal.ts';
import { SUPPORT } from './goals/support.ts';
import type { Kind } from './speech.ts';
import { type Line, openLine, type Walk, walk } from './walk.ts';

/** The workflows that are walked through. */
export const TRADES: readonly Trade[] = [SUPPORT];

const TOOLS: { readonly [workflow: string]: (today: string) => Tools } = {
  support: (today) => supportTools({ today }),
};

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The line of a workflow. */
export async function lineOf(trade: Trade): Promise<Line> {
  const { workflow } = trade;
  const tools = TOOLS[workflow];
  if (tools === undefined) throw new Error(`There are no tools for ${workflow}.`);
  return openLine(trade, await loadWorkflow(path.join(root, 'workflows', workflow, 'workflow.yaml')), tools);
}

/** Walks of one kind of caller through a workflow: its goals in turn, or only one; each walk with a seed of its own. */
export async function walksOf(
  line: Line,
  kind: Kind,
  seed: number,
  count: number,
  only?: string,
): Promise<readonly Walk[]> {
  const goals = line.trade.goals.filter(({ name }) => only === undefined || name === only);
  const walks: Walk[] = [];
  for (let index = 0; index < count; index++) {
    const goal = goals[index % goals.length];
    if (goal) walks.push(await walk(line, goal, kind, seed * 100_000 + index));
  }
  return walks;
}
