import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Tools } from '@parley/engine';
import { loadWorkflow } from '@parley/workflow';
import { z } from 'zod';
import type { Trade } from './goal.ts';
import { HEALTHCARE_INTAKE } from './goals/healthcare-intake.ts';
import { SUPPLY_CHAIN } from './goals/supply-chain.ts';
import { SUPPORT } from './goals/support.ts';
import type { Kind } from './speech.ts';
import { type Line, openLine, type Walk, walk } from './walk.ts';

const workflows = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', 'workflows');

/** The workflows that are walked through. */
export const TRADES: readonly Trade[] = [SUPPORT, SUPPLY_CHAIN, HEALTHCARE_INTAKE].filter(({ workflow }) =>
  existsSync(path.join(workflows, workflow)),
);

const toolsModule = z.object({
  default: z.custom<(place: { readonly today: string }) => Tools>((made) => typeof made === 'function'),
});

/** The line of a workflow. */
export async function lineOf(trade: Trade): Promise<Line> {
  const folder = path.join(workflows, trade.workflow);
  const made = toolsModule.parse(await import(pathToFileURL(path.join(folder, 'tools.ts')).href));
  return openLine(trade, await loadWorkflow(path.join(folder, 'workflow.yaml')), (today) => made.default({ today }));
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
