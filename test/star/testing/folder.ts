import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from '@jest/globals';

const scratch = mkdtempSync(path.join(tmpdir(), 'parley-star-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let made = 0;

/** A new folder with these files in it; what is not a text is written as JSON, a list in a `.jsonl` one a line. */
export function folderOf(files: { readonly [file: string]: unknown }): string {
  made += 1;
  const folder = path.join(scratch, String(made));
  mkdirSync(folder);
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), textOf(file, content));
  }
  return folder;
}

function textOf(file: string, content: unknown): string {
  if (typeof content === 'string') return content;
  if (!file.endsWith('.jsonl') || !Array.isArray(content)) return JSON.stringify(content);
  return content.map((line) => `${JSON.stringify(line)}\n`).join('');
}

// Events as they stand in the files.
export const says = (Text: string) => ({ Agent: 'User', Action: 'utter', Text, UnixTime: 1 });
export const picks = (ActionLabel: string) => ({
  Agent: 'Wizard',
  Action: 'pick_suggestion',
  ActionLabel,
  ActionLabelOptions: [ActionLabel],
  Text: '',
  UnixTime: 2,
});
export const looksUp = (...Constraints: readonly unknown[]) => ({
  Agent: 'Wizard',
  Action: 'query',
  APIName: 'api',
  Constraints,
  UnixTime: 3,
});
export const finds = (Item?: unknown) => ({ Agent: 'KnowledgeBase', Action: 'return_item', Item, TotalItems: -1 });
export const dialogue = (DialogueID: number | string, ...Events: readonly unknown[]) => ({
  DialogueID,
  CompletionLevel: 'Complete',
  Happy: true,
  UserTask: '',
  Task: 'task',
  Events,
});
