import { compileToStepFunctions, definitionText, type Shape } from '@parley/stepfunctions';
import { compileWorkflow } from '@parley/workflow';
import { writeOut } from './files.ts';
import { openProject, signaturesOf } from './project.ts';

/** The names that a deployment puts the functions' ARNs in the place of. */
const FUNCTIONS = { ask: 'ask', decide: 'decide', call: 'call', finish: 'finish' };

/** Writes a workflow as a state machine for Step Functions, to a file or standard output. */
export async function compile(
  name: string,
  { shape, out }: { readonly shape: Shape; readonly out?: string },
): Promise<number> {
  const { source, tools } = await openProject(name);
  const signatures = signaturesOf(tools);
  const program = compileWorkflow(source, signatures);
  const options = { shape, functions: FUNCTIONS, ...(signatures ? { tools: signatures } : {}) };
  await writeOut(definitionText(compileToStepFunctions(program, options)), out);
  return 0;
}
