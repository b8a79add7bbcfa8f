import { createMachine } from '@parley/machine';
import { compileWorkflow, mermaid, svg } from '@parley/workflow';
import { writeOut } from './files.ts';
import { openProject, signaturesOf } from './project.ts';

/** Draws a workflow, to a file or standard output. */
export async function graph(
  name: string,
  { format, output }: { readonly format: 'mermaid' | 'svg' | 'xstate'; readonly output?: string },
): Promise<number> {
  const { source, tools } = await openProject(name);
  const signatures = signaturesOf(tools);
  const program = compileWorkflow(source, signatures);
  switch (format) {
    case 'mermaid':
      await writeOut(mermaid(program), output);
      break;
    case 'svg':
      await writeOut(svg(program), output);
      break;
    case 'xstate':
      await writeOut(`${JSON.stringify(createMachine(program, signatures).configuration, null, 2)}\n`, output);
      break;
  }
  return 0;
}
