import { type ManualClock, manualClock, type Tools } from '@parley/engine';
import type { Machine } from '@parley/machine';
import { type LocalFunction, type Shape, startLocalStepFunctions } from '@parley/stepfunctions';
import { Endpoint } from './endpoint.ts';
import type { Setting } from './hosts.ts';
import { Site, type SteppedSession } from './session.ts';

/** A workflow on the local Step Functions of this process, for one session after the other. */
export interface Local {
  host(setting: Setting): SteppedSession;
  close(): Promise<void>;
}

/** Starts it. The interpreter has the clock of the session: its waits are as long as they were told, and take no time. */
export async function local(of: {
  readonly machine: Machine;
  readonly tools: Tools;
  readonly shape: Shape;
}): Promise<Local> {
  let clock: ManualClock = manualClock(0);
  const functions: { [name: string]: LocalFunction } = {};
  const server = await startLocalStepFunctions({
    functions,
    clock: { now: () => clock.now(), after: (milliseconds, then) => clock.after(milliseconds, then) },
    log: () => undefined,
  });
  const endpoint = new Endpoint(server.url);
  const site = await Site.make(endpoint, functions, { name: of.machine.program.name, ...of });
  return {
    host(setting) {
      clock = manualClock(setting.start);
      return site.session(setting, clock);
    },
    async close() {
      endpoint.close();
      await server.close();
    },
  };
}
