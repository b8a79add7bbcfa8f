import {
  checkWorkflow,
  type Draft,
  describeChanges,
  diffWorkflows,
  draftWorkflow,
  type ToolSignatures,
  WorkflowError,
  type WorkflowSource,
} from '@parley/workflow';
import { openEdited, openProject, signaturesOf } from './project.ts';
import { print, printJson, styled } from './terminal.ts';

/** Says what changed from one workflow to another. The exit code: 1 where anything did. */
export async function diff(before: string, after: string, options: { readonly json?: boolean }): Promise<number> {
  const old = await openProject(before);
  const edited = await openEdited(after, old);
  const tools = edited.tools;
  const [from, to] = [readable(old.source, signaturesOf(old.tools)), readable(edited.source, signaturesOf(tools))];
  const changes = diffWorkflows(from, to);
  if (options.json) printJson(changes);
  else {
    const nothing =
      from.version === to.version
        ? 'Nothing changed.'
        : 'Nothing changed in what a session does. It is another version all the same: the file is not written as it was.';
    print(changes.length === 0 ? nothing : describeChanges(changes));
    const { problems } = checkWorkflow(edited.source, signaturesOf(tools));
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    if (errors > 0) {
      print(styled('red', `\n${edited.source.file} has ${errors} error${errors === 1 ? '' : 's'}: see parley check.`));
    }
  }
  return changes.length === 0 ? 0 : 1;
}

/** A workflow as far as its file allows one. Throws WorkflowError where that is from some line on not at all. */
function readable(source: WorkflowSource, tools: ToolSignatures | undefined): Draft {
  const draft = draftWorkflow(source, tools);
  const { problems } = checkWorkflow(source, tools);
  const unread = draft.steps.size === 0 ? problems : problems.filter(({ code }) => code === 'yaml/syntax');
  if (unread.length > 0) throw new WorkflowError(source.file, unread);
  return draft;
}
