import { setTimeout } from 'node:timers/promises';
import { offlineDecider } from '@parley/deciders';
import {
  createEngine,
  type Decider,
  knownOf,
  type ManualClock,
  manualClock,
  mayRecord,
  type Reply,
  type Store,
  type Tools,
  type TurnRequest,
} from '@parley/engine';
import type { Machine } from '@parley/machine';
import { type Recording, recordingOf } from '@parley/replay';
import type { WorkflowSource } from '@parley/workflow';
import type { Conversation } from './conversation.ts';

/** The clock is set, so that the same workflow goes the same way. */
const START = Date.UTC(2026, 10, 24, 15, 30);
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

export interface Setting {
  /** The workflow's name. */
  readonly workflow: string;
  readonly source: WorkflowSource;
  /** The workflow's, for this conversation. */
  readonly tools: Tools;
  readonly store: Store;
  /** Hears what is said, line by line. */
  readonly hear?: (line: string) => void;
}

/** A conversation that was had, to its end. */
export interface Had {
  /** As it went, with what the caller said: not redacted. */
  readonly recording: Recording;
  readonly machine: Machine;
  /** Whether the workflow lets it be recorded. */
  readonly mayRecord: boolean;
  /** The engine runs by it, until it is closed. */
  readonly clock: ManualClock;
  close(): Promise<void>;
}

/** Has a conversation through the engine, in a session of its name. Throws where it is not over with its last line, or before. */
export async function converse(
  { name, channel, lines, decider = 'offline', after }: Conversation,
  { workflow, source, tools, store, hear = () => undefined }: Setting,
): Promise<Had> {
  const clock = manualClock(after === undefined ? START : START + LATER);
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
  let count = 0;
  const show = (shown: Reply): Reply => {
    for (const text of shown.say) hear(`   agent  ${text}`);
    if (shown.rest !== 'caller') hear(`   (${shown.rest} at ${shown.step})`);
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
      hear(`   … ${line.pause / 60_000} minutes …`);
      await pass(line.pause);
      continue;
    }
    await clock.advance(PACE);
    hear(`   caller ${typeof line === 'string' ? line : JSON.stringify(line)}`);
    reply = await send(typeof line === 'string' ? { type: 'caller.said', text: line } : line);
  }
  while (reply.rest === 'work') reply = await send({ type: 'caller.silent' });
  if (reply.rest === 'caller' || reply.rest === 'wait')
    throw new Error(`${name}: the conversation is not over: it rests at ${reply.step}.`);
  const session = await store.load(name);
  if (!session) throw new Error(`${name}: there is no session.`);
  const { version } = session;
  const machine = engine.machine(workflow);
  return {
    recording: recordingOf({ session: name, workflow, version }, await store.events(name)),
    machine,
    mayRecord: mayRecord(machine.program, knownOf(session)),
    clock,
    close: () => engine.close(),
  };
}
