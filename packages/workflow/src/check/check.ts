import type { Problem } from '../problem.ts';
import type { Draft } from '../program.ts';
import type { ToolSignatures } from '../tool-signature.ts';

/** Everything that is wrong with a draft beyond its shape and names. */
export function checkDraft(_draft: Draft, _tools: ToolSignatures | undefined): readonly Problem[] {
  return [];
}
