import { sleep } from '@parley/engine';
import type { WayIn } from '@parley/stepfunctions/lambda';
import type { Program } from '@parley/workflow';

type World = Pick<WayIn['world'], 'store' | 'machines' | 'releases' | 'clock'>;

/** How long it may take to find out which version a session is on, in milliseconds: where there is another to go by, the caller need not wait. */
const SOON = 1_500;

/**
 * A workflow in the version that a session is on; one that has not begun will be on what is live. `instead`: what to go by where that can't be found
 * out soon. Without it, rejects with what the store or Step Functions fail with.
 */
export async function pinned(
  world: World,
  workflow: string,
  session: string,
  instead: Program | undefined,
): Promise<Program> {
  const finding = find(world, workflow, session);
  if (instead === undefined) return finding;
  const found = new AbortController();
  const late = sleep(world.clock, SOON, found.signal).then(() => instead);
  return Promise.race([finding.catch(() => instead), late]).finally(() => found.abort());
}

async function find({ store, machines, releases }: World, workflow: string, session: string): Promise<Program> {
  const stored = session === '' ? undefined : await store.load(session);
  if (stored) return (await machines.of(stored)).program;
  const { version } = await releases.of(workflow, session);
  return (await machines.start(workflow, version)).program;
}
