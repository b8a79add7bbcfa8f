import { checkWorkflow, describeChanges, diffWorkflows, draftWorkflow } from '@parley/workflow';
import { openEdited, openProject, signaturesOf } from './project.ts';
import { print, printJson, styled } from './terminal.ts';

/** Says what changed from one workflow to another. The exit code: 1 where anything did. */
export async function diff(before: string, after: string, options: { readonly json?: boolean }): Promise<number> {
  const old = await openProject(before);
  const edited = await openEdited(after, old);
  const tools = edited.tools;
  const changes = diffWorkflows(
    draftWorkflow(old.source, signaturesOf(old.tools)),
    draftWorkflow(edited.source, signaturesOf(tools)),
  );
  if (options.json) printJson(changes);
  else {
    print(changes.length === 0 ? 'Nothing changed.' : describeChanges(changes));
    const { problems } = checkWorkflow(edited.source, signaturesOf(tools));
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    if (errors > 0) {
      print(styled('red', `\n${edited.source.file} has ${errors} error${errors === 1 ? '' : 's'}: see parley check.`));
    }
  }
  return changes.length === 0 ? 0 : 1;
}
