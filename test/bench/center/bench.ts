import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { quantile } from '../measure.ts';
import { type Result, type Row, short } from '../report.ts';
import { type Crowd, type Place, place, type Spent, spent, type Times, times } from './messages.ts';

const CHATS = 200;
const TURNS = 10;
const ROUNDS = 3;
const WAVES = 8;
const YARDSTICK = "the clients' own part: words sent and pushed back";
const RUN = fileURLToPath(new URL('../../../scripts/run-ts.mjs', import.meta.url));

/** 200 chats at once by the real clients, which have a process of their own: the time from a caller's send to the bot's message, and the memory. */
export async function bench(): Promise<readonly Result[]> {
  const center = start('server.ts');
  const callers = start('callers.ts');
  try {
    const places = z.object({ center: place, echo: place }).parse(await heardFrom(center));
    await heardFrom(callers);
    const chat = async (at: Place, thinks: number): Promise<Times> => {
      const asked: Crowd = { place: at, chats: CHATS, turns: TURNS, thinks };
      callers.send(asked);
      return times.parse(await heardFrom(callers));
    };
    const inside = async (): Promise<Spent> => {
      center.send('spent');
      return spent.parse(await heardFrom(center));
    };
    // Both are warm by then.
    await chat(places.echo, 0);
    await chat(places.center, 0);
    await inside();

    const results: Result[] = [];
    for (const [pace, thinks] of [
      ['as fast as they are answered', 0],
      ['with up to 2 s of thought before each message', 2_000],
    ] as const) {
      const echoed: number[] = [];
      const through: Times = {};
      const within: Pick<Spent, 'door' | 'decider'> = { door: {}, decider: {} };
      // In turns, so that whatever else the machine does falls on both alike.
      for (let round = 0; round < ROUNDS; round++) {
        echoed.push(...all(await chat(places.echo, thinks)));
        Object.assign(through, await chat(places.center, thinks));
        const { door, decider } = await inside();
        Object.assign(within.door, door);
        Object.assign(within.decider, decider);
      }
      results.push(resultOf(pace, echoed, through, within));
    }
    center.send('straight');
    const straight = all(times.parse(await heardFrom(center)));
    const first = results[0];
    if (first)
      results[0] = { ...first, rows: [...first.rows, rowOf('straight at the engine', straight, baseOf(first))] };

    const heaps: number[] = [];
    for (let wave = 0; wave < WAVES; wave++) {
      await chat(places.center, 0);
      heaps.push((await inside()).heap);
    }
    return [...results, memory(heaps)];
  } finally {
    center.send('end');
    callers.disconnect();
  }
}

const start = (file: string): ChildProcess =>
  fork(RUN, [fileURLToPath(new URL(file, import.meta.url))], { execArgv: process.execArgv });

async function heardFrom(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  const died = once(child, 'exit', { signal: gone.signal }).then(() => {
    throw new Error('A process of the benchmark has died.');
  });
  died.catch(() => undefined);
  try {
    const [message] = await Promise.race([once(child, 'message'), died]);
    return message;
  } finally {
    gone.abort();
  }
}

const all = (of: Times): readonly number[] => Object.values(of).flat();
const baseOf = ({ rows }: Result): number => rows[0]?.value ?? Number.NaN;

function rowOf(name: string, took: readonly number[], base: number, more = ''): Row {
  const value = quantile(took, 0.5);
  return { name, value, unit: 'ms p50', ratio: value / base, more: `p99 ${short(quantile(took, 0.99))} ms${more}` };
}

function resultOf(
  pace: string,
  echoed: readonly number[],
  through: Times,
  { door, decider }: Pick<Spent, 'door' | 'decider'>,
): Result {
  /** What is left of each turn where this is taken off. */
  const without = (of: Times, less: Times) =>
    Object.entries(of).flatMap(([contact, took]) => took.map((time, turn) => time - (less[contact]?.[turn] ?? 0)));
  const base = quantile(echoed, 0.5);
  const total = all(through);
  return {
    title: `${CHATS} chats at once of ${TURNS} turns each, ${pace}`,
    yardstick: YARDSTICK,
    rows: [
      rowOf(YARDSTICK, echoed, base),
      rowOf("from the caller's send to the bot's message", total, base),
      rowOf('of that, the decider (50 ms of its own)', all(decider), base),
      rowOf('of that, all but the decider', without(through, decider), base),
      rowOf('of that, the engine but the decider', without(door, decider), base),
    ],
  };
}

/** The heap when each wave is over. The contact center tells of the last thousand contacts for an hour: it is full by the fifth wave. */
function memory(heaps: readonly number[]): Result {
  const [full = Number.NaN, last = Number.NaN] = [heaps[5], heaps.at(-1)];
  const mib = (bytes: number) => bytes / 2 ** 20;
  return {
    title: `The heap after each of ${heaps.length} waves of ${CHATS} chats`,
    yardstick: 'after the sixth',
    rows: [
      {
        name: 'after the sixth',
        value: mib(full),
        unit: 'MiB',
        ratio: 1,
        more: heaps.map((heap) => short(mib(heap))).join(' '),
      },
      {
        name: 'after the last',
        value: mib(last),
        unit: 'MiB',
        ratio: last / full,
        targets: [{ of: 'the heap as a multiple of before', value: last / full, limit: 1.05, bound: 'at most' }],
      },
    ],
  };
}
