import path from 'node:path';
import { openProject, signaturesOf, workflowsIn } from '@parley/cli';
import { compileToStepFunctions, definitionText, type FunctionNames, type Shape } from '@parley/stepfunctions';
import { compileWorkflow, loadWorkflow, ParleyError, type Program, type ToolSignatures } from '@parley/workflow';

/** A workflow that is deployed, checked with its tools. */
export interface Workflow {
  /** As it calls itself: its state machine bears that name too. */
  readonly name: string;
  readonly program: Program;
  readonly tools: ToolSignatures | undefined;
}

/**
 * The workflows of a layer, a folder of `NAME/workflow.yaml`, with the tools that stand beside the originals in `originals`. The layer is what
 * the functions read, so that it is also what is compiled. Throws the workflows' own errors.
 */
export async function readWorkflows(layer: string, originals: string): Promise<readonly Workflow[]> {
  const files = await workflowsIn(layer);
  if (files.length === 0) {
    throw new ParleyError('infra/no-workflows', `There is no workflow in ${layer}.`, { fix: 'Run `npm run bundle`.' });
  }
  return Promise.all(
    files.map(async (file) => {
      const folder = path.basename(path.dirname(file));
      const tools = signaturesOf((await openProject(path.join(originals, folder))).tools);
      const program = compileWorkflow(await loadWorkflow(file, `workflows/${folder}/workflow.yaml`), tools);
      return { name: program.name, program, tools };
    }),
  );
}

/** The definition of a workflow's state machine, in Amazon States Language. Throws ParleyError as `compileToStepFunctions`. */
export function definitionOf({ program, tools }: Workflow, shape: Shape, functions: FunctionNames): string {
  return definitionText(compileToStepFunctions(program, { shape, functions, ...(tools ? { tools } : {}) }));
}

/** Step Functions' name for a shape. */
export const typeOf = (shape: Shape): 'STANDARD' | 'EXPRESS' => (shape === 'per-turn' ? 'EXPRESS' : 'STANDARD');
