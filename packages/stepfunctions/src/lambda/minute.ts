import { ParleyError } from '@parley/workflow';
import { sleep } from '@parley/engine';
import { fire } from '../functions/turn.ts';
import type { World } from '../functions/world.ts';
import type { Place } from './handler.ts';

/** How many timers are fired at the most, and how many at once. */
const TIMERS = 500;
const TOGETHER = 20;
/** Work that is under way for longer, in milliseconds, is stuck: a decision and a tool take seconds. */
const STUCK = 120_000;

/** What there is to do every minute: fires the timers that are due of workflows that run per turn, looks for stuck sessions, removes those whose time is up. */
export async function everyMinute({ world: given, lines }: Place): Promise<void> {
  const { store, clock } = given;
  // An execution that was started is waited for: what a function has begun stands still when it has answered.
  const world: World = { ...given, news: (_session, until) => sleep(clock, until - clock.now()) };
  const note = (code: string, session: string) => lines.note({ level: 'error', code, function: 'tick', session });

  const due = await store.dueTimers(clock.now(), TIMERS);
  await each(due, async ({ session, timer }) => {
    try {
      const stored = await store.load(session);
      if (stored && world.shape(stored.workflow) === 'per-turn') await fire(world, session, timer);
    } catch (error) {
      note(codeOf(error), session);
    }
  });

  let stuck = 0;
  await each(await store.working(), async (session) => {
    const stored = await store.load(session);
    if (!stored?.working || stored.updatedAt > clock.now() - STUCK) return;
    stuck++;
    note('lambda/stuck', session);
  });
  lines.measure({ StuckSessions: stuck });

  await store.sweep(clock.now());
}

const codeOf = (error: unknown): string => (error instanceof ParleyError ? error.code : 'lambda/failed');

async function each<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const next = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: TOGETHER }, next));
}
