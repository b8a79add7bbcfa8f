import { deliver } from './deliver.ts';
import { giveUp } from './go-on.ts';
import { anew, change, type Hosted, known } from './hosted.ts';
import type { World } from './world.ts';

/** Has an execution follow a session as it was just kept. `run`: per turn, one is to be started. */
export async function follow(world: World, hosted: Hosted, run: boolean): Promise<void> {
  const { executions, clock } = world;
  if (hosted.perTurn) {
    if (run) await runTurn(world, hosted);
    return;
  }
  const { first, tokens } = hosted;
  const lost = hosted.overdue(clock.now()) || (tokens.length > 0 && !(await send(world, tokens)));
  if (lost) await recover(world, hosted.state.session);
  else if (first) await executions.start(hosted.pinned, hosted.told(first));
}

/**
 * Leads a session on whose execution does not: it was never started, is over, waits with a token that was not sent or got lost,
 * or gives no sign for longer than it can take. Then another follows, from where the session is. Where its functions failed, or it
 * had not even begun, what is under way counts as failed until the caller is at a question, a wait or a person: nobody hears
 * fillers for ever. Whatever is owed then is delivered. Where nothing is wrong, nothing is done.
 *
 * An execution that is taken to be over and is not does no harm: two of them may follow a session, and what comes of each
 * piece of work is taken once. `over`: this execution of a turn has ended. Gives whether the session was led on.
 */
export async function recover(world: World, session: string, over?: number): Promise<boolean> {
  const led = await anew(async () => {
    const hosted = await known(world, session);
    if (!hosted.behind) return undefined;
    return hosted.perTurn ? leadTurn(world, hosted, over) : leadContact(world, hosted);
  });
  if (led?.hosted) await follow(world, led.hosted, led.run);
  await deliver(world, session);
  return led !== undefined;
}

/** What was done. `hosted`: an execution is to be started for it. */
interface Led {
  readonly hosted?: Hosted;
  readonly run: boolean;
}

async function leadTurn(world: World, hosted: Hosted, over: number | undefined): Promise<Led | undefined> {
  if (hosted.running) {
    if (over !== hosted.pinned.execution && !hosted.overdue(world.clock.now())) return undefined;
    if (!hosted.heard) resign(world, hosted);
    hosted.stop();
  }
  const run = hosted.run();
  await hosted.keep();
  return { hosted, run };
}

async function leadContact(world: World, hosted: Hosted): Promise<Led | undefined> {
  const { executions, clock } = world;
  const led = { hosted, run: false };
  const went = await send(world, hosted.tokens);
  if (hosted.state.snapshot.ended) {
    // The execution that waited elsewhere goes to its end now, through all that is between; or it has gone.
    hosted.left();
    await hosted.keep();
    return { run: false };
  }
  const overdue = hosted.overdue(clock.now());
  const state = went ? 'running' : await executions.state(hosted.pinned);
  const starts = state === 'none' && hosted.first !== undefined;
  if (went || starts) {
    // Nobody has asked it to go on until now: its time begins.
    if (overdue) await hosted.again();
    return starts ? led : { run: false };
  }
  // Overdue though it runs: it waits with a token that nobody knows, or for a function that does not answer.
  if (state === 'running' && !overdue) return undefined;
  if (state === 'failed' || !hosted.heard) resign(world, hosted);
  if (hosted.state.snapshot.ended) hosted.come(hosted.here.n);
  else hosted.replace();
  await hosted.keep();
  return led;
}

/** Another execution would do no better: what is under way counts as failed, and what the doors lead to, too. */
function resign(world: World, hosted: Hosted): void {
  // The machine sees to it that this ends: what goes round without the caller is left by the door of last resort.
  while (hosted.busy) giveUp(hosted, 'Parley.ExecutionOver', world.clock.now());
}

/** Runs the turn that is under way to its next rest, and on where its execution fails; no longer than whoever waits for it does. */
async function runTurn(world: World, hosted: Hosted): Promise<void> {
  const { executions, clock, news } = world;
  const { pinned, turn, state } = hosted;
  const { session, machine } = state;
  const ran = executions.run(pinned, hosted.told(hosted.here)).then(
    async () => void (await recover(world, session, pinned.execution)),
    async (error: unknown) => {
      // It may not be under way: whoever comes next starts another.
      await change(world, session, async (hosted) => {
        if (!hosted.running || hosted.pinned.execution !== pinned.execution) return;
        hosted.stop();
        await hosted.keep();
      });
      throw error;
    },
  );
  // Who does not wait for it any more need not hear of it either.
  ran.catch(() => undefined);
  await Promise.race([ran, news(session, turn?.due ?? clock.now() + machine.program.limits.turn)]);
}

/** Sends all tokens that an execution may wait with: it goes on by one of them, or does not wait any more. */
async function send({ executions }: World, tokens: readonly string[]): Promise<boolean> {
  const went = await Promise.all(tokens.map((token) => executions.goOn(token)));
  return went.includes(true);
}
