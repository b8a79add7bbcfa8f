import type { Contact } from '../contact.ts';
import { INSTANCE, INSTANCE_ARN } from '../names.ts';
import type { Queue } from '../queues.ts';

/**
 * The event that Connect gives to a function of the flow.
 * Source: https://docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html
 */
export function flowEvent(
  contact: Contact,
  parameters: { readonly [name: string]: unknown },
  target?: Queue,
): { readonly Name: 'ContactFlowEvent'; readonly Details: object } {
  const { given, id, initial, attributes, language } = contact;
  const endpoint = (address: string | undefined) =>
    address === undefined ? null : { Address: address, Type: 'TELEPHONE_NUMBER' };
  return {
    Name: 'ContactFlowEvent',
    Details: {
      ContactData: {
        Attributes: attributes,
        Channel: given.channel,
        ContactId: id,
        CustomerEndpoint: endpoint(given.address),
        CustomerId: null,
        Description: given.description ?? null,
        InitialContactId: initial,
        InitiationMethod: given.initiation,
        InstanceARN: INSTANCE_ARN,
        LanguageCode: language,
        MediaStreams: { Customer: { Audio: null } },
        Name: given.name ?? null,
        PreviousContactId: given.previous ?? id,
        Queue: target ? { ARN: target.arn, Name: target.name, OutboundCallerId: null } : null,
        References: given.references ?? {},
        SystemEndpoint: endpoint(given.systemAddress),
        SegmentAttributes: {},
        Tags: { 'aws:connect:instanceId': INSTANCE },
      },
      Parameters: parameters,
    },
  };
}
