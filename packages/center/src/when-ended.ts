import { afterContact, contactEnded, personQueueOf } from '@parley/connect';
import type { LogEntry } from '@parley/engine';
import type { Center, CenterWorkflow } from './center.ts';
import { clientConfig } from './names.ts';

/**
 * Does, through the API of the contact center itself, what `contactEnded` does when a contact is over: for `contactEvent` of `startCenter`.
 * Of workflows whose sessions are not known here nothing is done.
 *
 * @example
 * const center = await startCenter({ workflows, contactEvent: (event) => ended(event) });
 * const ended = whenEnded(center, workflows);
 */
export function whenEnded(
  center: Pick<Center, 'endpoint' | 'instanceId' | 'number' | 'personFlowId'>,
  workflows: readonly CenterWorkflow[],
  log?: (entry: LogEntry) => void,
): (event: object) => Promise<void> {
  const make = async () => {
    // Loaded when the first contact is over, as it takes half a second.
    const { ConnectClient } = await import('@aws-sdk/client-connect');
    const client = new ConnectClient(clientConfig(center.endpoint));
    const after = afterContact({ client, instance: center.instanceId });
    return workflows.flatMap(({ door, program, sessions }) => {
      if (!sessions) return [];
      const queue = personQueueOf(program);
      const callBack = queue && { flow: center.personFlowId(queue), from: { number: center.number } };
      return contactEnded({
        door,
        store: sessions.store,
        machineOf: sessions.machine,
        after,
        followUp: center.personFlowId,
        ...(callBack ? { callBack } : {}),
        ...(log ? { log } : {}),
      });
    });
  };
  let all: ReturnType<typeof make> | undefined;
  // A contact has a session in one of the stores at most.
  return async (event) => {
    all ??= make();
    await Promise.all((await all).map((one) => one(event)));
  };
}
