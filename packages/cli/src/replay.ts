import type { Machine } from '@parley/machine';
import {
  type Divergence,
  describeDivergence,
  groupByDivergence,
  notRun,
  type Recording,
  readRecording,
  replayAgainst,
  replay as replayExactly,
  summarize,
} from '@parley/replay';
import { ParleyError, type Place } from '@parley/workflow';
import { readText } from './files.ts';
import { findWorkflow, shown } from './project.ts';
import { machines, recordingsIn, some, Unread, workflowOf } from './recordings.ts';
import { describeError, print, printJson, progress, styled } from './terminal.ts';

interface ReplayOptions {
  readonly against?: string;
  readonly json?: boolean;
}

/** One recording's result. `unreadable`: it is no recording, or no workflow is there to put it through. */
type Result =
  | { readonly file: string; readonly session: string; readonly outcome: 'same'; readonly events: number }
  | {
      readonly file: string;
      readonly session: string;
      readonly outcome: 'diverged';
      readonly divergence: Divergence;
      readonly described: string;
    }
  | { readonly file: string; readonly outcome: 'unreadable'; readonly error: unknown };

/** Fewer recordings than this are told one by one. */
const FEW = 30;

/** Puts recordings through their workflow, or through another. The exit code: 1 where one diverges, 2 where one can't be read. */
export async function replay(paths: readonly string[], options: ReplayOptions): Promise<number> {
  const files = await recordingsIn(paths);
  const machineOf = machines();
  const against = options.against === undefined ? undefined : await findWorkflow(options.against);
  const bar = progress('Replaying', files.length);
  const results: Result[] = [];
  for (const file of files) {
    try {
      const recording = readRecording(await readText(file), shown(file));
      if (recording.workflow === undefined) throw notRun();
      const own = await workflowOf(file, recording.workflow).catch((error: unknown) => {
        if (against === undefined) throw error;
        return undefined;
      });
      const workflow = against ?? own;
      if (workflow !== undefined) results.push(one(await machineOf(workflow, own), recording, shown(file)));
    } catch (error) {
      results.push({ file: shown(file), outcome: 'unreadable', error });
    }
    bar.step();
  }
  bar.done();
  if (options.json) printJson(results.map(plain));
  else tell(results);
  if (results.some(({ outcome }) => outcome === 'unreadable')) return 2;
  return results.some(({ outcome }) => outcome === 'diverged') ? 1 : 0;
}

function one(machine: Machine, recording: Recording, file: string): Result {
  const { session, workflow, version } = recording;
  const { program } = machine;
  const own = workflow === program.name && version === program.version;
  const result = own ? replayExactly(machine, recording) : replayAgainst(machine, recording);
  if (result.outcome === 'same') return { file, session, outcome: 'same', events: recording.events.length };
  const { divergence } = result;
  return {
    file,
    session,
    outcome: 'diverged',
    divergence,
    described: describeDivergence(machine, recording, divergence, file),
  };
}

function tell(results: readonly Result[]): void {
  const diverged = results.filter((result) => result.outcome === 'diverged');
  const unreadable = results.filter((result) => result.outcome === 'unreadable');
  const same = results.length - diverged.length - unreadable.length;
  if (results.length <= FEW) {
    for (const result of results) {
      if (result.outcome === 'same') print(`${styled('green', 'same')}      ${result.file} (${result.events} events)`);
      else if (result.outcome === 'diverged') print(`${styled('red', 'diverged')}  ${result.file}`);
      else print(`${styled('red', 'failed')}    ${result.file}`);
    }
  }
  const failures = new Unread();
  for (const { file, error } of unreadable) failures.add(file, error);
  for (const described of failures.described()) print(`\n${described}`);
  const groups = groupByDivergence(diverged);
  for (const { kind, summary, place, sessions } of groups) {
    const kinds = { words: 'says something else', differently: 'goes differently', unknown: "can't be known" };
    print(`\n${styled('bold', `${sessions.length} × ${kinds[kind]}`)}: ${summary}${place ? ` (${at(place)})` : ''}`);
    const first = diverged.find(({ session }) => session === sessions[0]);
    if (first) print(first.described);
    if (sessions.length > 1) print(styled('dim', `  and ${some(sessions.slice(1))}`));
  }
  const parts = [`${same} same`, `${diverged.length} diverged`];
  if (unreadable.length > 0) parts.push(`${unreadable.length} unreadable`);
  print(`${diverged.length + unreadable.length > 0 ? '\n' : ''}${parts.join(', ')}`);
}

const at = ({ file, line, column }: Place) => `${file}:${line}:${column}`;

/** A result as JSON for a program. */
function plain(result: Result): object {
  switch (result.outcome) {
    case 'same':
      return result;
    case 'diverged': {
      const { file, session, outcome, divergence } = result;
      const { kind, line, step, place } = divergence;
      return { file, session, outcome, kind, summary: summarize(divergence), line, step, place };
    }
    case 'unreadable': {
      const { file, outcome, error } = result;
      if (!(error instanceof ParleyError)) return { file, outcome, code: 'failed', message: describeError(error) };
      const { code, message, fix, place } = error;
      return { file, outcome, code, message, fix, place };
    }
  }
}
