import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createEngine } from '@parley/engine';
import { compileWorkflow, ParleyError } from '@parley/workflow';
import { converse, Lines } from './conversation.ts';
import { type DeciderChoice, makeDecider, makeGuard } from './decider.ts';
import { findWorkflow, openProject, signaturesOf } from './project.ts';
import { dataFolder, makeStore, onlyAFile } from './store.ts';
import { print, styled } from './terminal.ts';

export interface TalkOptions extends DeciderChoice {
  readonly store: string;
  readonly session?: string;
  readonly voice?: boolean;
  readonly fresh?: boolean;
  readonly quiet?: boolean;
}

/** Opens a conversation with a workflow: in a terminal as it is typed, else from the lines of standard input. */
export async function talk(name: string, options: TalkOptions): Promise<number> {
  onlyAFile(
    options.store,
    'An engine goes on with all sessions of its store, and those of a table are gone on with by Step Functions.',
  );
  // Looked for before anything is written.
  const file = await findWorkflow(name);
  const decider = await makeDecider(options);
  const guard = await makeGuard(options);
  await makeFolder(path.dirname(options.store));
  const folder = await backEndOf(file, options);
  const project = await openProject(file, { folder });
  const store = makeStore(options.store);
  const lines = new Lines();
  try {
    const program = compileWorkflow(project.source, signaturesOf(project.tools));
    const session = options.session ?? `${project.name}-${randomUUID().slice(0, 8)}`;
    const resumed = options.session === undefined ? undefined : await store.load(session);
    if (resumed && resumed.workflow !== program.name) {
      throw new ParleyError('cli/other-workflow', `The session ${session} is one of ${resumed.workflow}.`, {
        fix: `Go on with \`parley talk ${resumed.workflow} --session ${session}\`, or give another --session.`,
      });
    }
    if (lines.terminal) print(styled('dim', `${program.title} (session ${session}; /help for help)\n`));
    if (program.models.guardrail !== undefined && guard === 'none' && !options.quiet)
      print(styled('dim', '  The guardrail of this workflow does not look on: it does with --decider bedrock.'));
    const workflows = [project.source];
    const tools = project.tools ?? {};
    await converse({
      program,
      session,
      channel: options.voice ? 'voice' : 'chat',
      quiet: options.quiet === true,
      store,
      resumed,
      lines,
      host: (ears) => createEngine({ workflows, store, decider, tools, guard, ...ears }),
    });
    return 0;
  } finally {
    lines.close();
    await store.close();
  }
}

/** The folder where the back end of the workflow in this file keeps its data, made where it is not there; anew where `fresh`. */
export async function backEndOf(
  file: string,
  { store, fresh }: { readonly store: string; readonly fresh?: boolean },
): Promise<string> {
  const folder = dataFolder(store, file);
  if (fresh) await rm(folder, { recursive: true, force: true });
  await makeFolder(folder);
  return folder;
}

export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new ParleyError('cli/no-folder', `The folder ${folder} can't be made${why}.`, {
      fix: 'Make room for it there, or name another place: with --data for the contact center, else with --store.',
      cause,
    });
  }
}
