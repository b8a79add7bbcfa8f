import { createHash } from 'node:crypto';
import type { ConnectClient } from '@aws-sdk/client-connect';
import type { Brief, Machine } from '@parley/machine';
import type { RecordedEvent } from '@parley/replay';
import { briefText, type GoingOn } from '../going-on.ts';
import { sdk } from '../sdk.ts';
import { type Agreement, promisedCallBack } from './consent.ts';
import { withinLimits } from './limits.ts';

/** Something that somebody is to do after a contact. */
export interface FollowUp {
  readonly name: string;
  /** The flow that brings the task to somebody. */
  readonly flow: string;
  /** What they have to know; it holds nothing sensitive. */
  readonly brief: Brief;
  /** When it is to be begun, in milliseconds since the epoch: within 6 days. Now, if left out. */
  readonly due?: number;
}

/** A call back that was promised, and what is needed to make it. */
export interface CallBack {
  readonly machine: Machine;
  /** The session's journal, which has to show that the caller agreed. */
  readonly events: Iterable<RecordedEvent>;
  readonly agreement: Agreement;
  /** The flow that the called person comes to. */
  readonly flow: string;
  /** The queue whose number is shown, or the number itself. */
  readonly from: { readonly queue: string } | { readonly number: string };
}

/**
 * What is done with a contact when its conversation is over. Each request is looked at before it is sent (ParleyError `connect/limit`),
 * and is the same when it is made again: what was begun already is not begun a second time.
 */
export interface After {
  /** Puts on the contact what the flow and the person who takes it go by (`goingOn`): nothing of it is sensitive. */
  attributes(contact: string, on: GoingOn): Promise<void>;
  /** Gives somebody a task with the brief, linked to the contact. Gives the task's contact. */
  task(contact: string, followUp: FollowUp): Promise<string>;
  /** Calls back a caller who agreed to it; anybody else is refused: ParleyError `connect/no-consent`. Gives the call's contact. */
  callBack(callBack: CallBack): Promise<string>;
  tag(contact: string, tags: { readonly [key: string]: string }): Promise<void>;
  /** Ends the contact. */
  stop(contact: string): Promise<void>;
}

/** What can be done after conversations, in one Connect instance. */
export function afterContact({
  client,
  instance,
}: {
  readonly client: ConnectClient;
  readonly instance: string;
}): After {
  const InstanceId = instance;
  return {
    async attributes(contact, on) {
      const { UpdateContactAttributesCommand } = await sdk();
      const request = { InstanceId, InitialContactId: contact, Attributes: { ...on } };
      await client.send(new UpdateContactAttributesCommand(withinLimits('UpdateContactAttributes', request)));
    },
    async task(contact, { name, flow, brief, due }) {
      const { StartTaskContactCommand } = await sdk();
      const request = {
        InstanceId,
        RelatedContactId: contact,
        ContactFlowId: flow,
        Name: name,
        Description: briefText(brief),
        ClientToken: tokenOf('task', contact, flow, name),
        ...(due === undefined ? {} : { ScheduledTime: new Date(due) }),
      };
      const { ContactId } = await client.send(new StartTaskContactCommand(withinLimits('StartTaskContact', request)));
      return ContactId ?? '';
    },
    async callBack({ machine, events, agreement, flow, from }) {
      const { StartOutboundVoiceContactCommand } = await sdk();
      const { number, contact, at } = promisedCallBack(machine, events, agreement);
      const request = {
        InstanceId,
        RelatedContactId: contact,
        ContactFlowId: flow,
        DestinationPhoneNumber: number,
        ClientToken: tokenOf('call', contact, flow, String(at)),
        ...('queue' in from ? { QueueId: from.queue } : { SourcePhoneNumber: from.number }),
      };
      const command = new StartOutboundVoiceContactCommand(withinLimits('StartOutboundVoiceContact', request));
      const { ContactId } = await client.send(command);
      return ContactId ?? '';
    },
    async tag(contact, tags) {
      const { TagContactCommand } = await sdk();
      const request = { InstanceId, ContactId: contact, Tags: { ...tags } };
      await client.send(new TagContactCommand(withinLimits('TagContact', request)));
    },
    async stop(contact) {
      const { StopContactCommand } = await sdk();
      await client.send(new StopContactCommand(withinLimits('StopContact', { InstanceId, ContactId: contact })));
    },
  };
}

/** The same for the same request, so that it is carried out once. Nothing can be read from it. */
const tokenOf = (...what: readonly string[]) => createHash('sha256').update(JSON.stringify(what)).digest('hex');
