export { RULES, type Rule } from './check/rules.ts';
export type { Aspect, Change, Subject } from './diff/change.ts';
export { describeChanges, diffWorkflows } from './diff/diff.ts';
export * from './error.ts';
export * from './expression/expression.ts';
export {
  type Drawing,
  type DrawnStep,
  type DrawnWay,
  drawingOf,
  type Family,
  type Taken,
} from './graph/drawing.ts';
export type { Graph, GraphEdge, GraphNode } from './graph/graph.ts';
export { mermaid } from './graph/mermaid.ts';
export { svg } from './graph/svg.ts';
export { besides, hear } from './hearing/hearing.ts';
export type { Sign } from './hearing/sign.ts';
export { partJsonSchema, workflowJsonSchema } from './json-schema.ts';
export { describeProblem, nameFix, type Problem, WorkflowError } from './problem.ts';
export * from './program.ts';
export {
  guardrailResidencyProblem,
  type Residency,
  type ResidencyProblem,
  residencyProblem,
  withoutProfile,
} from './residency.ts';
export * from './schema.ts';
export * from './template.ts';
export * from './tool-signature.ts';
export * from './type.ts';
export * from './values/values.ts';
export {
  type Checked,
  checkWorkflow,
  compileWorkflow,
  draftWorkflow,
  loadWorkflow,
  recompileWorkflow,
  sourceOf,
} from './workflow.ts';
