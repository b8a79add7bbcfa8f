import { ConnectClient } from '@aws-sdk/client-connect';
import { afterContact, contactEnded, personQueueOf } from '@parley/connect';
import { type LogEntry, Machines, type Store, type Tools } from '@parley/engine';
import type { Center, CenterWorkflow } from './center.ts';

/** A workflow whose contacts are looked after when they are over. */
export interface Kept {
  readonly workflow: CenterWorkflow;
  readonly store: Store;
  readonly tools: Tools;
}

/**
 * Does, through the API of the contact center itself, what `contactEnded` does when a contact is over: for `contactEvent` of `startCenter`.
 *
 * @example
 * const center = await startCenter({ workflows, contactEvent: (event) => void ended(event) });
 * const ended = whenEnded(center, [{ workflow, store, tools }]);
 */
export function whenEnded(
  center: Pick<Center, 'endpoint' | 'instanceId' | 'number' | 'personFlowId'>,
  workflows: readonly Kept[],
  log?: (entry: LogEntry) => void,
): (event: object) => Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new ConnectClient({ endpoint: center.endpoint, region: 'us-east-1', credentials });
  const after = afterContact({ client, instance: center.instanceId });
  const all = workflows.map(({ workflow: { door, program }, store, tools }) => {
    const machines = new Machines([], tools, store, 'none');
    const queue = personQueueOf(program);
    return contactEnded({
      door,
      store,
      machineOf: (session) => machines.of(session),
      after,
      followUp: (of) => center.personFlowId(of),
      ...(log ? { log } : {}),
      ...(queue === undefined
        ? {}
        : { callBack: { flow: center.personFlowId(queue), from: { number: center.number } } }),
    });
  });
  // A contact has a session in one of the stores at most.
  return async (event) => {
    await Promise.all(all.map((one) => one(event)));
  };
}
