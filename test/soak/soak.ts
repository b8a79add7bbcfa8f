import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { createEngine, type LogEntry, sleep } from '@parley/engine';
import { openSqliteStore } from '@parley/stores';
import { deskTools, literalDecider } from '../engine/desk.ts';
import { idleClock } from '../idle-clock.ts';
import { randomFrom } from '../simulation/random.ts';
import { type Counts, call, desk, Pushes } from './traffic.ts';

const START = Date.UTC(2026, 10, 24, 15, 30);
const MINUTE = 60_000;
/** What happens within so many milliseconds happens together. */
const GRAIN = 200;

/** One simulated minute. */
export interface Sample {
  readonly minute: number;
  readonly turns: number;
  /** Real seconds that it took. */
  readonly seconds: number;
  readonly live: number;
  /** Bytes, after a garbage collection where Node was started with --expose-gc. */
  readonly heap: number;
  readonly rss: number;
  readonly database: number;
  readonly log: number;
  /** What keeps the process alive: files, timers, sockets. */
  readonly handles: number;
}

export interface Soak {
  readonly samples: readonly Sample[];
  readonly counts: Counts;
  readonly complaints: readonly LogEntry[];
  /** How often an order was cancelled. */
  readonly cancelled: number;
  /** Sessions that wait for a push at the end. */
  readonly open: number;
}

export interface SoakOptions {
  readonly folder: string;
  readonly minutes: number;
  /** So many are live at all times: where one ends, another begins. */
  readonly sessions: number;
  readonly seed: number;
  readonly sampled?: (sample: Sample) => void;
}

/**
 * So many simulated minutes of traffic on the engine with the SQLite store in `folder`; then the calls under way are
 * brought to their end. Time passes when the engine has nothing to do, so it takes what the engine takes.
 */
export async function soak({ folder, minutes, sessions, seed, sampled }: SoakOptions): Promise<Soak> {
  const file = path.join(folder, 'sessions.sqlite');
  const clock = idleClock(START, GRAIN);
  const store = openSqliteStore(file);
  const counts: Counts = { started: 0, ended: 0, turns: 0, pushed: 0, ends: new Map() };
  const complaints: LogEntry[] = [];
  let cancelled = 0;
  const pushes = new Pushes();
  const trouble = randomFrom(seed);
  const engine = createEngine({
    workflows: [desk],
    store,
    decider: literalDecider,
    tools: deskTools({
      get: async () => {
        // Mostly fast; now and then so slow that the caller hears a filler, or broken.
        await sleep(clock, trouble.chance(0.03) ? 3_000 : trouble.int(20, 300));
        if (trouble.chance(0.01)) throw new Error('The shop does not answer.');
        return 'shipped';
      },
      cancel: async () => {
        await sleep(clock, trouble.int(20, 300));
        cancelled += 1;
      },
    }),
    clock,
    push: (reply) => pushes.take(reply),
    log: (entry) => complaints.push(entry),
  });
  const end = START + minutes * MINUTE;

  const slot = async (number: number) => {
    const random = randomFrom(seed * 1_000_003 + number);
    // They don't all begin at once.
    await sleep(clock, random.int(0, 20_000));
    for (let count = 0; clock.now() < end; count++) {
      await call(`${number}-${count}`, { engine, clock, random, pushes, counts });
    }
  };

  const samples: Sample[] = [];
  const sampling = async () => {
    let turns = 0;
    let since = performance.now();
    for (let minute = 1; minute <= minutes; minute++) {
      await sleep(clock, START + minute * MINUTE - clock.now());
      const seconds = (performance.now() - since) / 1000;
      globalThis.gc?.();
      const { heapUsed: heap, rss } = process.memoryUsage();
      const sample = {
        minute,
        turns: counts.turns - turns,
        seconds,
        live: counts.started - counts.ended,
        heap,
        rss,
        database: sizeOf(file),
        log: sizeOf(`${file}-wal`),
        handles: process.getActiveResourcesInfo().length,
      };
      samples.push(sample);
      sampled?.(sample);
      turns = counts.turns;
      since = performance.now();
    }
  };

  await clock.during(engine.start());
  await clock.during(Promise.all([sampling(), ...Array.from({ length: sessions }, (_, number) => slot(number))]));
  await clock.during(engine.close());
  await store.close();
  return { samples, counts, complaints, cancelled, open: pushes.open };
}

const sizeOf = (file: string) => (existsSync(file) ? statSync(file).size : 0);
