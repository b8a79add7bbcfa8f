import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Tools } from '@parley/engine';
import { redact, writeRecording } from '@parley/replay';
import { memoryStore } from '@parley/stores';
import { loadWorkflow } from '@parley/workflow';
import type { Conversation } from './conversation.ts';
import { converse } from './converse.ts';

/** The back end's day. */
const TODAY = '2026-11-24';

/**
 * Makes the recordings of a workflow's folder anew, through the engine. Read what it prints before you commit them.
 * `tools`: the workflow's, made afresh for each conversation. Of a session that may not be recorded none is made, and such a
 * conversation has to say so; nothing is made at all where one says what is not so.
 */
export async function makeRecordings(
  workflowFolder: string,
  tools: (place: { readonly today: string }) => Tools,
  conversations: readonly Conversation[],
): Promise<void> {
  const source = await loadWorkflow(path.join(workflowFolder, 'workflow.yaml'), 'workflow.yaml');
  const workflow = path.basename(workflowFolder);
  const known = new Map<string, Tools>();
  const files = new Map<string, string>();
  // One in vain: the first decision loads the decider's language data, and on a busy machine the caller would hear a filler.
  const [any] = conversations;
  if (any) {
    const own = tools({ today: TODAY });
    await (await converse(any, { workflow, source, tools: own, store: memoryStore(), hear: () => undefined })).close();
  }
  for (const conversation of conversations) {
    const { name, about, after, recorded = true } = conversation;
    const before = after === undefined ? undefined : known.get(after);
    if (after !== undefined && before === undefined) throw new Error(`${name}: ${after} has to come before it.`);
    const own = before ?? tools({ today: TODAY });
    known.set(name, own);
    console.log(`\n== ${name}: ${about}`);
    const setting = { workflow, source, tools: own, store: memoryStore(), hear: console.log };
    const had = await converse(conversation, setting);
    await had.close();
    if (had.mayRecord !== recorded)
      throw new Error(`${name}: it ${had.mayRecord ? 'may' : 'may not'} be recorded, and says otherwise (recorded).`);
    if (!recorded) {
      console.log('   (not recorded)');
      continue;
    }
    // With a key that everybody knows, so that the same session gives the same file: these callers are made up.
    const { recording } = redact(had.machine, had.recording, { key: workflow });
    files.set(`${name}.jsonl`, writeRecording(recording));
  }
  const folder = path.join(workflowFolder, 'recordings');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(path.join(folder, name), text);
}
