import { randomUUID } from 'node:crypto';
import type { Contact } from './contact.ts';
import { ACCOUNT_ID, contactArn, INSTANCE_ARN } from './names.ts';

/**
 * That a contact is over, as EventBridge tells of it.
 * Source: https://docs.aws.amazon.com/connect/latest/adminguide/contact-events.html
 */
export function disconnectedEvent(contact: Contact): object {
  const { id, initial, given, ended, begun, agent, queue, queuedAt } = contact;
  const at = (milliseconds: number) => new Date(milliseconds).toISOString();
  const over = ended?.at ?? begun;
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Amazon Connect Contact Event',
    source: 'aws.connect',
    account: ACCOUNT_ID,
    time: at(over),
    region: 'us-east-1',
    resources: [INSTANCE_ARN, contactArn(id)],
    detail: {
      eventType: 'DISCONNECTED',
      contactId: id,
      initialContactId: initial,
      channel: given.channel,
      instanceArn: INSTANCE_ARN,
      initiationMethod: given.initiation,
      initiationTimestamp: at(begun),
      disconnectTimestamp: at(over),
      disconnectReason: ended?.reason ?? 'OTHER',
      ...(given.previous === undefined ? {} : { previousContactId: given.previous }),
      ...(queue && queuedAt !== undefined
        ? { queueInfo: { queueArn: queue.arn, queueType: 'STANDARD', enqueueTimestamp: at(queuedAt) } }
        : {}),
      ...(agent ? { agentInfo: { agentArn: agent.name, connectedToAgentTimestamp: at(agent.since) } } : {}),
    },
  };
}
