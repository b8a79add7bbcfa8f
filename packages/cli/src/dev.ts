import { randomUUID } from 'node:crypto';
import { systemClock } from '@parley/engine';
import type { Shape } from '@parley/stepfunctions';
import { memoryStore } from '@parley/stores';
import { type Json, ParleyError, type Program } from '@parley/workflow';
import { converse, type Ears, type Host, Lines } from './conversation.ts';
import { type DeciderChoice, makeDecider, makeGuard } from './decider.ts';
import { openLocalStepFunctions } from './local-stepfunctions.ts';
import { findWorkflow, openProject } from './project.ts';
import { backEndOf } from './talk.ts';
import { describeError, print, styled } from './terminal.ts';

export interface DevOptions extends DeciderChoice {
  readonly shape: Shape;
  readonly voice?: boolean;
  readonly fresh?: boolean;
  readonly quiet?: boolean;
}

/** So long it is waited, in milliseconds, until an execution has come to rest after its reply. */
const PATIENCE = 2_000;

/**
 * Conversations with a workflow on the local Step Functions, one after the other: compiled, deployed and called as on AWS.
 * Before each, a file that was changed is deployed. Sessions are kept in memory.
 */
export async function dev(name: string, options: DevOptions): Promise<number> {
  const file = await findWorkflow(name);
  const [decider, guard] = [await makeDecider(options), await makeGuard(options)];
  const folder = await backEndOf(file, { store: '.parley/sessions.sqlite', fresh: options.fresh === true });
  const store = memoryStore();
  const road = new Road();
  const local = await openLocalStepFunctions({
    store,
    decider,
    guard,
    shape: options.shape,
    watch: (type, state) => road.take(type, state),
    log: (line) => print(styled('dim', line)),
    wrong: (line) => print(styled('yellow', `  ${line}`)),
  });
  const lines = new Lines();
  try {
    let program = await put();
    for (;;) {
      const session = `${program.name}-${randomUUID().slice(0, 8)}`;
      if (lines.terminal) print(styled('dim', `${program.title} (session ${session}; /help for help)\n`));
      const channel = options.voice ? 'voice' : 'chat';
      await converse({ program, session, channel, quiet: options.quiet === true, store, lines, host });
      if (lines.terminal) print(styled('dim', '\nWhat is typed begins another session; Ctrl-D ends.'));
      const line = await lines.next();
      if (line === undefined) return 0;
      if (line.trim() !== '') lines.back(line);
      // A file that has errors now leaves what is live.
      program = await put().catch((error: unknown) => {
        if (!(error instanceof ParleyError)) throw error;
        print(styled('red', describeError(error)));
        return program;
      });
    }
  } finally {
    lines.close();
    await local.close();
    await store.close();
  }

  /** Deploys the file as it is now. */
  async function put(): Promise<Program> {
    const { source, tools } = await openProject(file, { folder });
    const { program, published, version } = await local.put(source, tools);
    if (published !== undefined)
      print(
        styled(
          'dim',
          `  ⇪ ${program.name} ${version?.slice(0, 12)} is live, ${options.shape}, as version ${published}`,
        ),
      );
    return program;
  }

  function host(ears: Ears): Host {
    const running = local.run(ears);
    return {
      start: async () => undefined,
      turn: running.turn,
      async shown() {
        await road.rest();
        const states = road.passed();
        if (options.quiet || states.length === 0) return;
        const transitions = `${states.length} transition${states.length === 1 ? '' : 's'}`;
        print(styled('dim', `  ⇢ ${states.join(' → ')} (${transitions})`));
      },
      close: async () => running.close(),
    };
  }
}

/** The states that executions enter, and whether one is on its way. */
class Road {
  #states: string[] = [];
  #moving = false;
  #rested: () => void = () => undefined;

  take(type: string, state: Json | undefined): void {
    if (typeof state === 'string') this.#states.push(state);
    this.#moving = !(type === 'TaskSubmitted' || /^Execution(Succeeded|Failed|Aborted|TimedOut)$/.test(type));
    if (!this.#moving) this.#rested();
  }

  /** Resolves when executions wait for the contact or are over. */
  async rest(): Promise<void> {
    if (!this.#moving) return;
    await new Promise<void>((resolve) => {
      const forget = systemClock.after(PATIENCE, resolve);
      this.#rested = () => {
        forget();
        resolve();
      };
    });
  }

  /** Those since the last time. */
  passed(): readonly string[] {
    const states = this.#states;
    this.#states = [];
    return states;
  }
}
