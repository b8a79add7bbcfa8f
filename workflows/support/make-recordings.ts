import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { offlineDecider } from '@parley/deciders';
import { createEngine, type Decider, manualClock, type Reply, type Tools, type TurnRequest } from '@parley/engine';
import { recordingOf, redact, writeRecording } from '@parley/replay';
import { memoryStore } from '@parley/stores';
import { loadWorkflow } from '@parley/workflow';
import { CONVERSATIONS, type Conversation } from './conversations.ts';
import supportTools from './tools.ts';

/**
 * Makes the recordings of this workflow anew, through the engine: node scripts/run-ts.mjs workflows/support/make-recordings.ts
 * The clock and the shop's day are set, so that the same workflow gives the same files. Read what it prints before you commit them.
 */
const here = path.dirname(fileURLToPath(import.meta.url));
const START = Date.UTC(2026, 10, 24, 15, 30);
/** Milliseconds a caller takes from one line to the next. */
const PACE = 5_000;
/** Milliseconds from a conversation to the one after it in the same shop. */
const LATER = 600_000;
/** Milliseconds of real time after which something counts as hanging. */
const PATIENCE = 300;

const DOWN: Decider = {
  name: 'down',
  decide: async () => {
    throw new Error('The model is not to be reached.');
  },
};

const source = await loadWorkflow(path.join(here, 'workflow.yaml'), 'workflow.yaml');
const folder = path.join(here, 'recordings');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const shops = new Map<string, Tools>();
for (const conversation of CONVERSATIONS) await make(conversation);

async function make({ name, about, channel, lines, decider = 'offline', after }: Conversation): Promise<void> {
  const clock = manualClock(after === undefined ? START : START + LATER);
  const before = after === undefined ? undefined : shops.get(after);
  if (after !== undefined && before === undefined) throw new Error(`${name}: ${after} has to come before it.`);
  const tools = before ?? supportTools({ today: '2026-11-24' });
  shops.set(name, tools);
  const store = memoryStore();
  const engine = createEngine({
    workflows: [source],
    store,
    decider: decider === 'offline' ? offlineDecider() : DOWN,
    tools,
    clock,
  });
  console.log(`\n== ${name}: ${about}`);
  let count = 0;
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
    const reply = await turn;
    for (const text of reply.say) console.log(`   agent  ${text}`);
    if (reply.rest !== 'caller') console.log(`   (${reply.rest} at ${reply.step})`);
    return reply;
  };
  let reply = await send({ type: 'session.started', workflow: 'support', contact: { id: name, channel } });
  for (const line of lines) {
    // What took too long is fetched by the caller's silence.
    while (reply.rest === 'work') reply = await send({ type: 'caller.silent' });
    if (reply.rest !== 'caller' && reply.rest !== 'wait')
      throw new Error(`${name}: the conversation ended before "${JSON.stringify(line)}".`);
    await clock.advance(PACE);
    console.log(`   caller ${typeof line === 'string' ? line : JSON.stringify(line)}`);
    reply = await send(typeof line === 'string' ? { type: 'caller.said', text: line } : line);
  }
  while (reply.rest === 'work') reply = await send({ type: 'caller.silent' });
  if (reply.rest === 'caller' || reply.rest === 'wait')
    throw new Error(`${name}: the conversation is not over: it rests at ${reply.step}.`);
  const session = await store.load(name);
  if (!session) throw new Error(`${name}: there is no session.`);
  const { workflow, version } = session;
  const recording = recordingOf({ session: name, workflow, version }, await store.events(name));
  // With a key that everybody knows, so that the same session gives the same file: these callers are made up.
  const redacted = redact(engine.machine(workflow), recording, { key: 'support' }).recording;
  writeFileSync(path.join(folder, `${name}.jsonl`), writeRecording(redacted));
  await engine.close();
}
