import { ParleyError } from '@parley/workflow';
import { sleep } from '@parley/engine';
import { tick } from '../functions/tick.ts';
import type { World } from '../functions/world.ts';
import type { Place } from './handler.ts';

/** What there is to do every minute: fires timers that are due, leads stuck sessions on, removes those whose time is up. */
export async function everyMinute({ world: given, lines }: Place): Promise<void> {
  const { store, clock } = given;
  // An execution that was started is waited for: what a function has begun stands still when it has answered.
  const world: World = { ...given, news: (_session, until) => sleep(clock, until - clock.now()) };
  const { stuck, failed } = await tick(world);
  const note = (code: string, session: string) => lines.note({ level: 'error', code, function: 'tick', session });
  for (const session of stuck) note('lambda/stuck', session);
  for (const { session, error } of failed) note(error instanceof ParleyError ? error.code : 'lambda/failed', session);
  lines.measure({ StuckSessions: stuck.length });
  await store.sweep(clock.now());
}
