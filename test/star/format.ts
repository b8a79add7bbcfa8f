import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Json, ParleyError } from '@parley/workflow';
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
  /** What the back end returned. */
  | { readonly kind: 'item'; readonly item: { readonly [field: string]: Json }; readonly at: number }
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

/** What could be read of a folder, and what could not: each of these is left out, and the rest is read all the same. */
export interface Star {
  readonly all: readonly Data[];
  readonly problems: readonly ParleyError[];
}

/** What is said at a label; some are not texts, or nothing yet. */
const reply = z.unknown().transform((said) => (typeof said === 'string' ? said : ''));
const targets = z
  .union([z.string(), z.array(z.string()), z.null()])
  .transform((to) => (to === null ? [] : typeof to === 'string' ? [to] : to));

const taskFile = z.object({
  replies: z.record(z.string(), reply).nullish(),
  graph: z.record(z.string(), targets).nullish(),
});

const event = z.object({
  Agent: z.string(),
  Action: z.string(),
  Text: z.string().nullish(),
  ActionLabel: z.string().nullish(),
  Constraints: z.array(z.record(z.string(), z.unknown())).nullish(),
  Item: z.json().optional(),
  UnixTime: z.number().nullish(),
});

const dialogueLine = z.object({
  DialogueID: z.union([z.number(), z.string()]),
  Events: z.array(event).nullish(),
});

/**
 * Reads a folder with `tasks/TASK.json` and `dialogues/TASK.jsonl`. A task, or a line of dialogues, that can't be read is
 * a problem of its own, ParleyError `star/…` with file and line. Throws such an error when there is nothing to read at all.
 */
export function readStar(folder: string): Star {
  const named = (inside: string, ending: string) =>
    list(path.join(folder, inside))
      .filter((name) => name.endsWith(ending) && !name.endsWith('.api.json'))
      .map((name) => name.slice(0, -ending.length))
      .sort();
  list(folder);
  const tasks = named('tasks', '.json');
  if (tasks.length === 0) {
    throw new ParleyError('star/no-tasks', `There are no tasks in ${folder}.`, {
      fix: 'Name a folder with tasks/TASK.json and dialogues/TASK.jsonl in it.',
    });
  }
  const problems: ParleyError[] = [];
  const dialoguesOf = (name: string) => path.join(folder, 'dialogues', `${name}.jsonl`);
  const all = tasks.flatMap((name): readonly Data[] => {
    try {
      const task = readTask(name, path.join(folder, 'tasks', `${name}.json`));
      return [{ task, dialogues: readDialogues(dialoguesOf(name), problems) }];
    } catch (problem) {
      if (!(problem instanceof ParleyError)) throw problem;
      problems.push(problem);
      return [];
    }
  });
  for (const name of existsSync(path.join(folder, 'dialogues')) ? named('dialogues', '.jsonl') : []) {
    if (tasks.includes(name)) continue;
    problems.push(
      new ParleyError('star/no-task', `There is no task for the dialogues of ${name}.`, {
        place: { file: dialoguesOf(name), line: 1, column: 1 },
        fix: `Add tasks/${name}.json, or take the dialogues away.`,
      }),
    );
  }
  return { all, problems };
}

function readTask(name: string, file: string): Task {
  const read = taskFile.safeParse(parse(text(file), file, 1));
  if (!read.success) throw unfit(read.error, file, 1, 'task');
  const { replies, graph } = read.data;
  return { name, replies: new Map(Object.entries(replies ?? {})), graph: new Map(Object.entries(graph ?? {})) };
}

function readDialogues(file: string, problems: ParleyError[]): readonly Dialogue[] {
  // A task nobody has talked about yet has no file.
  const lines = existsSync(file) ? text(file).split('\n') : [];
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [readDialogue(line, file, index + 1)];
    } catch (problem) {
      if (!(problem instanceof ParleyError)) throw problem;
      problems.push(problem);
      return [];
    }
  });
}

function readDialogue(text: string, file: string, line: number): Dialogue {
  const read = dialogueLine.safeParse(parse(text, file, line));
  if (!read.success) throw unfit(read.error, file, line, 'dialogue');
  let at = 0;
  const moves = (read.data.Events ?? []).flatMap((one) => {
    // Some events have no time of their own.
    at = Math.max(at, (one.UnixTime ?? 0) * 1000);
    return moveOf(one, at);
  });
  return { id: String(read.data.DialogueID), moves };
}

function moveOf({ Agent, Action, Text, ActionLabel, Constraints, Item }: z.infer<typeof event>, at: number): Move[] {
  if (Agent === 'User' && Action === 'utter') return [{ kind: 'caller', text: Text ?? '', at }];
  if (Agent === 'Wizard' && Action === 'pick_suggestion') return [{ kind: 'pick', label: ActionLabel ?? '', at }];
  if (Agent === 'Wizard' && Action === 'utter') return [{ kind: 'free', text: Text ?? '', at }];
  if (Agent === 'Wizard' && Action === 'query') {
    return [{ kind: 'query', given: (Constraints ?? []).flatMap((one) => Object.values(one).map(written)), at }];
  }
  if (Agent === 'KnowledgeBase' && Action === 'return_item') return [{ kind: 'item', item: found(Item ?? null), at }];
  return [];
}

/** What was found, as fields. That it came from the very API that was asked tells nothing. */
function found(item: Json): { readonly [field: string]: Json } {
  if (item === null) return { found: 'nothing' };
  if (typeof item !== 'object' || Array.isArray(item)) return { found: item };
  const fields = Object.entries(item).filter(([name]) => name !== 'APIName');
  return fields.length === 0 ? { found: 'nothing' } : Object.fromEntries(fields);
}

const written = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

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

/** A file's text, without the mark some editors put before it. */
function text(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    throw new ParleyError('star/unreadable', 'This file could not be read.', {
      place: { file, line: 1, column: 1 },
      fix: 'It must be a file that you may read.',
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
