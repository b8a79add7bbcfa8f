import type { Problem } from '../problem.ts';
import type { Draft } from '../program.ts';
import type { ToolSignatures } from '../tool-signature.ts';
import { flowOf } from './flow.ts';
import { checkGraph } from './graph.ts';
import { localNames } from './report.ts';

/**
 * Everything that is wrong with a draft beyond its shape and names. Never throws. Where `tools` is left out, nothing
 * is said of tools. What a step that can't be read would do is not held against the others.
 */
export function checkDraft(draft: Draft, tools: ToolSignatures | undefined): readonly Problem[] {
  const names = localNames(draft);
  const flow = flowOf(draft, tools);
  return [...checkGraph(draft, flow.ways, names)];
}
