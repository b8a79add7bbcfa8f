import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { createMachine, type Machine } from '@parley/machine';
import { compileWorkflow, loadWorkflow, type ToolSignature, type WorkflowSource } from '@parley/workflow';
import { describeDivergence } from './divergence.ts';
import { type Recording, readRecording } from './recording.ts';
import { replayAgainst } from './replay.ts';

/** The tools of a workflow, or only their signatures: a replay calls none. */
export interface ReplayTools {
  readonly [name: string]: ToolSignature | { readonly signature: ToolSignature };
}

/** What recordings are put through. */
export type ReplayedWorkflow = Machine | { readonly source: WorkflowSource; readonly tools?: ReplayTools };

export interface ToReplayOptions {
  /** `any`: it may say something else, as long as it goes the same way. */
  readonly words?: 'any';
  /** The name the recording goes by in messages. */
  readonly file?: string;
}

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> {
    /**
     * That a recording goes through this workflow as it was recorded: the same steps, words, questions and calls. One
     * made with another version passes too, where the edit makes no difference to it.
     */
    toReplay(workflow: ReplayedWorkflow, options?: ToReplayOptions): R;
  }
}

expect.extend({
  toReplay(received: unknown, workflow: ReplayedWorkflow, options: ToReplayOptions = {}) {
    if (!isRecording(received)) {
      throw new TypeError('toReplay() is for a recording: expect(readRecording(text, file)).toReplay(workflow)');
    }
    const machine = machineOf(workflow);
    const result = replayAgainst(machine, received);
    const { words, file = 'recording' } = options;
    const pass = result.outcome === 'same' || (words === 'any' && result.divergence.kind === 'words');
    return {
      pass,
      message: () =>
        result.outcome === 'same'
          ? `${received.session} replays as it was recorded (${file}), and was expected not to.`
          : describeDivergence(machine, received, result.divergence, file),
    };
  },
});

/**
 * Makes a test of every recording (`*.jsonl`) of a folder: that it replays through the workflow. A workflow's `file`,
 * like the folder, is relative to the working directory where it is no URL. A folder without a recording is a test that fails.
 */
export function testRecordings(
  folder: string | URL,
  workflow: ReplayedWorkflow | { readonly file: string | URL; readonly tools?: ReplayTools },
  options: Pick<ToReplayOptions, 'words'> = {},
): void {
  const where = typeof folder === 'string' ? folder : fileURLToPath(folder);
  const name = path.relative('.', where) || '.';
  const files = readdirSync(where)
    .filter((file) => file.endsWith('.jsonl'))
    .sort();
  let loaded: Promise<ReplayedWorkflow> | undefined;
  describe(`recordings of ${name}`, () => {
    if (files.length === 0) {
      test('there are some', () => {
        throw new Error(`${name} holds no recording (*.jsonl).`);
      });
    }
    test.each(files)('%s', async (file) => {
      loaded ??= load(workflow);
      const recording = readRecording(await readFile(path.join(where, file), 'utf8'), file);
      expect(recording).toReplay(await loaded, { ...options, file: path.join(name, file) });
    });
  });
}

async function load(
  workflow: ReplayedWorkflow | { readonly file: string | URL; readonly tools?: ReplayTools },
): Promise<ReplayedWorkflow> {
  if (!('file' in workflow)) return workflow;
  const { file, tools } = workflow;
  const at = typeof file === 'string' ? file : fileURLToPath(file);
  const source = await loadWorkflow(at, path.relative('.', at));
  return machineOf(tools === undefined ? { source } : { source, tools });
}

/** Machines made so far: to make one takes far longer than to replay. */
const machines = new WeakMap<ReplayedWorkflow, Machine>();

function machineOf(workflow: ReplayedWorkflow): Machine {
  if ('step' in workflow) return workflow;
  const known = machines.get(workflow);
  if (known) return known;
  const { source, tools } = workflow;
  const signatures =
    tools &&
    Object.fromEntries(
      Object.entries(tools).map(([name, tool]) => [name, 'signature' in tool ? tool.signature : tool]),
    );
  const machine = createMachine(compileWorkflow(source, signatures), signatures);
  machines.set(workflow, machine);
  return machine;
}

function isRecording(value: unknown): value is Recording {
  return typeof value === 'object' && value !== null && 'events' in value && Array.isArray(value.events);
}
