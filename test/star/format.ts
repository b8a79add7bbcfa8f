import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ParleyError } from '@parley/workflow';
import { z } from 'zod';

/** A task of STAR: its flow chart, and what is said at each of its labels. */
export interface Task {
  readonly name: string;
  /** What is said, by label, in the order of the file. */
  readonly replies: ReadonlyMap<string, string>;
  /** The nodes that may follow a node. */
  readonly graph: ReadonlyMap<string, readonly string[]>;
}

/** What happened in a dialogue, in order, as far as it is of use here. */
export type Move =
  | { readonly kind: 'caller'; readonly text: string; readonly at: number }
  /** The human agent's decision. */
  | { readonly kind: 'pick'; readonly label: string; readonly at: number }
  | { readonly kind: 'query'; readonly given: readonly string[]; readonly at: number }
  | {
      readonly kind: 'item';
      readonly item: { readonly [field: string]: string | number | boolean };
      readonly at: number;
    }
  /** The human agent's own words. */
  | { readonly kind: 'free'; readonly text: string; readonly at: number };

export interface Dialogue {
  readonly id: string;
  readonly moves: readonly Move[];
}

export interface Data {
  readonly task: Task;
  readonly dialogues: readonly Dialogue[];
}

const taskFile = z.object({
  task: z.string().optional(),
  replies: z.record(z.string(), z.string()).default({}),
  graph: z.record(z.string(), z.union([z.string(), z.array(z.string())])).default({}),
});

const event = z.object({
  Agent: z.string(),
  Action: z.string(),
  Text: z.string().optional(),
  ActionLabel: z.string().optional(),
  Constraints: z.array(z.record(z.string(), z.unknown())).optional(),
  Item: z.record(z.string(), z.unknown()).optional(),
  UnixTime: z.number().optional(),
});

const dialogueLine = z.object({
  DialogueID: z.union([z.number(), z.string()]),
  Events: z.array(event).default([]),
});

/** Reads a folder with `tasks/TASK.json` and `dialogues/TASK.jsonl`. Throws ParleyError `star/…` with file and line. */
export function readStar(folder: string): readonly Data[] {
  const files = list(path.join(folder, 'tasks')).filter(
    (name) => name.endsWith('.json') && !name.endsWith('.api.json'),
  );
  if (files.length === 0) {
    throw new ParleyError('star/no-tasks', `There are no tasks in ${folder}.`, {
      fix: 'Name a folder with tasks/TASK.json and dialogues/TASK.jsonl in it.',
    });
  }
  return files.sort().map((file) => {
    const name = path.basename(file, '.json');
    const task = readTask(name, path.join(folder, 'tasks', file));
    return { task, dialogues: readDialogues(path.join(folder, 'dialogues', `${name}.jsonl`)) };
  });
}

function readTask(name: string, file: string): Task {
  const read = taskFile.safeParse(parse(readFileSync(file, 'utf8'), file, 1));
  if (!read.success) throw unfit(read.error, file, 1, 'task');
  const { replies, graph } = read.data;
  return {
    name,
    replies: new Map(Object.entries(replies)),
    graph: new Map(Object.entries(graph).map(([from, to]) => [from, typeof to === 'string' ? [to] : to])),
  };
}

function readDialogues(file: string): readonly Dialogue[] {
  // A task nobody has talked about yet has no file.
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const read = dialogueLine.safeParse(parse(line, file, index + 1));
    if (!read.success) throw unfit(read.error, file, index + 1, 'dialogue');
    let at = 0;
    const moves = read.data.Events.flatMap((one) => {
      // Some events have no time of their own.
      at = one.UnixTime === undefined ? at : one.UnixTime * 1000;
      return moveOf(one, at);
    });
    return [{ id: String(read.data.DialogueID), moves }];
  });
}

function moveOf({ Agent, Action, Text, ActionLabel, Constraints, Item }: z.infer<typeof event>, at: number): Move[] {
  if (Agent === 'User' && Action === 'utter') return [{ kind: 'caller', text: Text ?? '', at }];
  if (Agent === 'Wizard' && Action === 'pick_suggestion') return [{ kind: 'pick', label: ActionLabel ?? '', at }];
  if (Agent === 'Wizard' && Action === 'utter') return [{ kind: 'free', text: Text ?? '', at }];
  if (Agent === 'Wizard' && Action === 'query') {
    return [{ kind: 'query', given: (Constraints ?? []).flatMap((one) => Object.values(one).map(String)), at }];
  }
  if (Agent === 'KnowledgeBase' && Action === 'return_item') {
    const fields = Object.entries(Item ?? {}).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [[name, value] as const]
        : [],
    );
    return [{ kind: 'item', item: Object.fromEntries(fields), at }];
  }
  return [];
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (cause) {
    throw new ParleyError('star/no-folder', `There is no folder ${folder}.`, {
      fix: 'Name a folder in the format of STAR: npm run star -- FOLDER.',
      cause,
    });
  }
}

function parse(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ParleyError('star/not-json', 'This is not JSON.', { place: { file, line, column: 1 }, fix: 'Mend it.' });
  }
}

function unfit(error: z.ZodError, file: string, line: number, what: string): ParleyError {
  const where = error.issues.map(({ path: at, code }) => `${at.join('.') || 'it'} (${code})`).join(', ');
  return new ParleyError('star/unfit', `This is no ${what} of STAR: ${where}.`, {
    place: { file, line, column: 1 },
    fix: 'Compare it with the format in the README beside the data.',
  });
}
