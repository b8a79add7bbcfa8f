import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { offlineDecider } from '@parley/deciders';
import { createEngine, type Decider, manualClock, type Reply, type Tools, type TurnRequest } from '@parley/engine';
import { recordingOf, redact, writeRecording } from '@parley/replay';
import { memoryStore } from '@parley/stores';
import { loadWorkflow, type WorkflowSource } from '@parley/workflow';
import type { Conversation } from './conversation.ts';

/** The clock and the back end's day are set, so that the same workflow gives the same files. */
const START = Date.UTC(2026, 10, 24, 15, 30);
const TODAY = '2026-11-24';
/** Milliseconds a caller takes from one line to the next. */
const PACE = 5_000;
/** Milliseconds from a conversation to the one after it in the same back end. */
const LATER = 600_000;
/** Milliseconds of real time after which something counts as hanging. */
const PATIENCE = 1_000;

const DOWN: Decider = {
  name: 'down',
  decide: async () => {
    throw new Error('The model is not to be reached.');
  },
};

/**
 * Makes the recordings of a workflow's folder anew, through the engine. Read what it prints before you commit them.
 * `tools`: the workflow's, made afresh for each conversation.
 */
export async function makeRecordings(
  workflowFolder: string,
  tools: (place: { readonly today: string }) => Tools,
  conversations: readonly Conversation[],
): Promise<void> {
  const source = await loadWorkflow(path.join(workflowFolder, 'workflow.yaml'), 'workflow.yaml');
  const folder = path.join(workflowFolder, 'recordings');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const known = new Map<string, Tools>();
  for (const conversation of conversations) {
    const { name, after } = conversation;
    const before = after === undefined ? undefined : known.get(after);
    if (after !== undefined && before === undefined) throw new Error(`${name}: ${after} has to come before it.`);
    const own = before ?? tools({ today: TODAY });
    known.set(name, own);
    const text = await record(source, path.basename(workflowFolder), own, conversation);
    writeFileSync(path.join(folder, `${name}.jsonl`), text);
  }
}

async function record(
  source: WorkflowSource,
  workflow: string,
  tools: Tools,
  conversation: Conversation,
): Promise<string> {
  const { name, about, channel, lines, decider = 'offline', after } = conversation;
  const clock = manualClock(after === undefined ? START : START + LATER);
  const store = memoryStore();
  let reply: Reply;
  const engine = createEngine({
    workflows: [source],
    store,
    decider: decider === 'offline' ? offlineDecider() : DOWN,
    tools,
    clock,
    // What a timer brings on.
    push: async (pushed) => {
      reply = show(pushed);
    },
  });
  console.log(`\n== ${name}: ${about}`);
  let count = 0;
  const show = (shown: Reply): Reply => {
    for (const text of shown.say) console.log(`   agent  ${text}`);
    if (shown.rest !== 'caller') console.log(`   (${shown.rest} at ${shown.step})`);
    return shown;
  };
  const send = async (event: TurnRequest['event']): Promise<Reply> => {
    const turn = engine.turn({ session: name, id: `e${++count}`, event });
    let done = false;
    const settled = turn.then(
      () => {
        done = true;
      },
      () => {
        done = true;
      },
    );
    // What works takes no time here; a tool that hangs takes its own.
    for (;;) {
      await Promise.race([settled, setTimeout(PATIENCE)]);
      if (done) break;
      await clock.advance(500);
    }
    return show(await turn);
  };
  /** What a timer brings on in that time is pushed, when it is done. */
  const pass = async (pause: number): Promise<void> => {
    const [before, next] = [reply, await store.nextTimer()];
    await clock.advance(pause);
    while (next !== undefined && next <= clock.now() && reply === before) await setTimeout(1);
  };
  await engine.start();
  reply = await send({ type: 'session.started', workflow, contact: { id: name, channel } });
  for (const line of lines) {
    // What took too long is fetched by the caller's silence.
    while (reply.rest === 'work') reply = await send({ type: 'caller.silent' });
    if (reply.rest !== 'caller' && reply.rest !== 'wait')
      throw new Error(`${name}: the conversation ended before "${JSON.stringify(line)}".`);
    if (typeof line === 'object' && 'pause' in line) {
      console.log(`   … ${line.pause / 60_000} minutes …`);
      await pass(line.pause);
      continue;
    }
    await clock.advance(PACE);
    console.log(`   caller ${typeof line === 'string' ? line : JSON.stringify(line)}`);
    reply = await send(typeof line === 'string' ? { type: 'caller.said', text: line } : line);
  }
  while (reply.rest === 'work') reply = await send({ type: 'caller.silent' });
  if (reply.rest === 'caller' || reply.rest === 'wait')
    throw new Error(`${name}: the conversation is not over: it rests at ${reply.step}.`);
  const session = await store.load(name);
  if (!session) throw new Error(`${name}: there is no session.`);
  const recording = recordingOf({ session: name, workflow, version: session.version }, await store.events(name));
  // With a key that everybody knows, so that the same session gives the same file: these callers are made up.
  const redacted = redact(engine.machine(workflow), recording, { key: workflow }).recording;
  await engine.close();
  return writeRecording(redacted);
}
