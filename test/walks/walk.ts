import { offlineDecider } from '@parley/deciders';
import {
  createEngine,
  type Engine,
  type JournalEvent,
  type ManualClock,
  manualClock,
  type Reply,
  type Tool,
  type Tools,
  type TurnRequest,
} from '@parley/engine';
import { memoryStore } from '@parley/stores';
import type { WorkflowSource } from '@parley/workflow';
import { z } from 'zod';
import { randomFrom } from '../simulation/random.ts';
import { type Caller, createCaller, isSame, type Repeat } from './caller.ts';
import type { Goal, Trade, Write } from './goal.ts';
import type { Kind } from './speech.ts';

/** A line that callers walk through one after the other, each with a back end and a clock of their own. */
export interface Line {
  readonly trade: Trade;
  /** Begins anew, as if nobody had ever called, and tells what happens from then on. */
  begin(told: Told): { readonly clock: ManualClock; turn: Engine['turn'] };
}

/** What is told of a walk while it goes on. */
export interface Told {
  wrote(write: Write): void;
  decided(event: JournalEvent): void;
}

/** What became of a caller. */
export type Verdict =
  /** Got all they came for on the line. */
  | 'contained'
  /** A person has to do it, and has got the caller. */
  | 'handed off'
  /** The line could have done it, and passed the caller on. */
  | 'passed on'
  /** The caller lost patience and asked for a person. */
  | 'gave up'
  /** The talk ended without what the caller came for. */
  | 'left empty'
  /** The talk did not end. */
  | 'stuck'
  /** Something was written that the caller did not want. */
  | 'wrong';

export interface Walk {
  readonly goal: Goal;
  readonly kind: Kind;
  readonly seed: number;
  readonly verdict: Verdict;
  /** The caller's turns until they had what they came for. */
  readonly turns: number | undefined;
  readonly repeats: readonly Repeat[];
  /** What was written that was not wanted. */
  readonly unwanted: readonly Write[];
  /** Both sides' words, and what was decided and called: for who reads it. */
  readonly script: readonly string[];
}

const valuesSchema = z.record(z.string(), z.json());
const START = Date.UTC(2026, 10, 24, 15, 30);
const TODAY = '2026-11-24';
/** Milliseconds a caller takes from one line to the next. */
const PACE = 5_000;
/** More turns than any workflow's limit lets through. */
const ENDLESS = 150;

/** Opens the line of a workflow. `tools`: its tools, on a new back end whose day is `today` (ISO 8601). */
export function openLine(trade: Trade, source: WorkflowSource, tools: (today: string) => Tools): Line {
  let clock = manualClock(START);
  let current = tools(TODAY);
  let told: Told = { wrote: () => undefined, decided: () => undefined };
  // One engine for all, since a workflow is checked when its engine is made.
  const engine = createEngine({
    workflows: [source],
    store: memoryStore(),
    decider: offlineDecider(),
    clock: { now: () => clock.now(), after: (milliseconds, then) => clock.after(milliseconds, then) },
    tools: Object.fromEntries(
      Object.entries(current).map(([name, { signature }]): [string, Tool] => [
        name,
        {
          signature,
          call: async (input, context) => {
            const output = (await current[name]?.call(input, context)) ?? null;
            if (signature.effect === 'writes' && !trade.aside.includes(name)) told.wrote({ tool: name, input });
            return output;
          },
        },
      ]),
    ),
    watch: (_, event) => {
      if (event.type === 'model.decided') told.decided(event);
    },
  });
  return {
    trade,
    begin(next) {
      [clock, current, told] = [manualClock(START), tools(TODAY), next];
      return { clock, turn: engine.turn };
    },
  };
}

let sessions = 0;

/** One caller of a kind with a goal. The same seed gives the same walk. */
export async function walk(line: Line, goal: Goal, kind: Kind, seed: number): Promise<Walk> {
  const { trade } = line;
  const caller = createCaller(kind, goal, trade, randomFrom(seed));
  const script: string[] = [];
  const unwanted: Write[] = [];
  const done = new Set<number>();
  const session = `s${++sessions}`;
  const { clock, turn: take } = line.begin({
    wrote(write) {
      script.push(`    wrote ${write.tool} ${JSON.stringify(write.input)}`);
      // What was wanted is wanted once.
      const wanted = goal.writes.findIndex((one, index) => !done.has(index) && isSame(write, one));
      if (wanted < 0) unwanted.push(write);
      done.add(wanted);
      caller.saw(write);
    },
    decided({ data }) {
      const values = valuesSchema.parse(data['values']);
      caller.understood(values);
      script.push(`    decided ${String(data['choice'])} ${JSON.stringify(values)}: ${String(data['why'])}`);
    },
  });
  let count = 0;
  const send = async (event: TurnRequest['event']): Promise<Reply> => {
    const turn = take({ session, id: `e${++count}`, event });
    let done = false;
    const settled = turn.finally(() => {
      done = true;
    });
    // What waits for the clock gets its time; what works takes none.
    while (!done) {
      await Promise.race([settled, new Promise((resolve) => setImmediate(resolve))]);
      if (!done) await clock.advance(0);
    }
    return turn;
  };
  let reply = await send({
    type: 'session.started',
    workflow: trade.workflow,
    contact: { id: 'c1', channel: caller.channel },
  });
  hear(reply);
  while (reply.rest !== 'end' && reply.rest !== 'transfer' && count < ENDLESS) {
    const acts = reply.rest === 'caller' ? caller.answer(reply) : awaited(reply);
    if (acts === undefined) break;
    await clock.advance(PACE);
    for (const act of acts) {
      script.push(`  caller  ${act.type === 'caller.said' ? act.text : JSON.stringify(act)}`);
      const before: readonly string[] = act === acts[0] ? [] : reply.say;
      reply = await send(act);
      hear(reply);
      if (reply.rest !== 'caller') break;
      reply = { ...reply, say: [...before, ...reply.say] };
    }
  }
  if (reply.rest !== 'caller') caller.answer(reply);
  return {
    goal,
    kind,
    seed,
    verdict: judge(goal, caller, reply, unwanted),
    turns: caller.reachedAt,
    repeats: caller.repeats,
    unwanted,
    script,
  };

  function hear(reply: Reply): void {
    for (const text of reply.say) script.push(`agent   ${text}`);
    if (reply.rest !== 'caller') script.push(`    ${reply.rest} at ${reply.step}`);
  }

  function awaited({ rest, step }: Reply): readonly TurnRequest['event'][] | undefined {
    if (rest === 'work') return [{ type: 'caller.silent' }];
    const signal = trade.signals?.[step];
    return signal && [{ type: 'signal.received', ...signal }];
  }
}

function judge(goal: Goal, caller: Caller, reply: Reply, unwanted: readonly Write[]): Verdict {
  if (unwanted.length > 0) return 'wrong';
  const reached = caller.reachedAt !== undefined;
  switch (reply.rest) {
    case 'transfer':
      if (goal.by === 'person') return 'handed off';
      return reached ? 'contained' : caller.gaveUp ? 'gave up' : 'passed on';
    case 'end':
      return reached && goal.by === 'line' ? 'contained' : 'left empty';
    default:
      return 'stuck';
  }
}
