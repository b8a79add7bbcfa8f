import type { Problem } from '../problem.ts';
import type { Draft } from '../program.ts';
import type { ToolSignatures } from '../tool-signature.ts';
import { checkChoices } from './choices.ts';
import { type Flow, flowOf } from './flow.ts';
import { checkGraph } from './graph.ts';
import { checkGuards } from './guards.ts';
import { checkLimits } from './limits.ts';
import { piecesOf } from './pieces.ts';
import { checkQuestions } from './questions.ts';
import { type LocalNames, localNames } from './report.ts';
import { checkSensitive } from './sensitive.ts';
import { checkTools } from './tools.ts';
import { checkVariables } from './variables.ts';

/**
 * Everything that is wrong with a draft beyond its shape and names. Never throws. Where `tools` is left out, nothing
 * is said of tools. What a step that can't be read would do is not held against the others.
 */
export function checkDraft(draft: Draft, tools: ToolSignatures | undefined): readonly Problem[] {
  const names = localNames(draft);
  const pieces = piecesOf(draft);
  const flow = flowOf(draft, tools);
  const problems = [
    ...checkGraph(draft, flow.ways, names),
    ...checkQuestions(draft, names),
    ...checkChoices(draft, names),
    ...checkGuards(draft, flow, names),
    ...checkVariables(draft, pieces, flow, names),
    ...checkTools(draft, flow, tools, names),
    ...checkSensitive(draft, pieces, tools, names),
    ...checkLimits(draft, pieces, flow.ways, tools, names),
  ];
  return problems.map((problem) => withGuardrail(problem, flow.ways, names));
}

/** Tells of a path that goes a way nobody has drawn at the step: that of the guardrail. */
function withGuardrail(problem: Problem, ways: Flow['ways'], names: LocalNames): Problem {
  const { path = [], message } = problem;
  const at = path.findIndex((from, index) => {
    const there = ways.get(from)?.ways.filter(({ to }) => to === path[index + 1]) ?? [];
    return there.length > 0 && there.every(({ cause }) => cause === 'guardrail');
  });
  const [from, to] = path.slice(at, at + 2).map(names.step);
  if (at < 0) return problem;
  return { ...problem, message: `${message} From \`${from}\` it comes to \`${to}\` when the guardrail steps in.` };
}
