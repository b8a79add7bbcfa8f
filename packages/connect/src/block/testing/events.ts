import type { ConnectContactFlowEvent } from 'aws-lambda';

export const CONTACT = '4a573372-1f28-4e26-b97b-bbbbbbbbbbbb';

/**
 * The event of a flow's "Invoke AWS Lambda function" block, by Connect's documentation
 * (docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html) and the types of `@types/aws-lambda`, with the
 * fields that newer events have besides.
 */
export function flowEvent(
  parameters: { readonly [name: string]: string },
  contact: Partial<ConnectContactFlowEvent['Details']['ContactData']> = {},
): ConnectContactFlowEvent {
  const newer = {
    CustomerId: null,
    Description: null,
    LanguageCode: 'en-US',
    References: { order: { Type: 'URL', Value: 'https://example.com/W1000001' } },
    SegmentAttributes: { 'connect:Subtype': { ValueString: 'connect:Telephony' } },
  };
  return {
    Name: 'ContactFlowEvent',
    Details: {
      ContactData: {
        Attributes: { brand: 'acme' },
        Channel: 'VOICE',
        ContactId: CONTACT,
        CustomerEndpoint: { Address: '+12025550123', Type: 'TELEPHONE_NUMBER' },
        InitialContactId: CONTACT,
        InitiationMethod: 'INBOUND',
        InstanceARN: 'arn:aws:connect:us-east-1:123456789012:instance/c8c0e68d-2200-4265-82c0-cccccccccccc',
        PreviousContactId: CONTACT,
        Queue: null,
        SystemEndpoint: { Address: '+12025550100', Type: 'TELEPHONE_NUMBER' },
        MediaStreams: { Customer: { Audio: null } },
        ...newer,
        ...contact,
      },
      Parameters: { ...parameters },
    },
  };
}

const ARN = 'arn:aws:connect:us-east-1:123456789012:instance/c8c0e68d-2200-4265-82c0-cccccccccccc';
const audio = {
  StreamARN: 'arn:aws:kinesisvideo:us-east-1:123456789012:stream/calls/1',
  StartTimestamp: '1571360125131',
  StartFragmentNumber: '100',
};

/** Events in the forms that Connect documents, and samples of them show, besides the plain one. */
export const DOCUMENTED: readonly { readonly about: string; readonly event: object }[] = [
  { about: 'a call', event: flowEvent({}) },
  {
    about: 'a chat, which has no endpoints',
    event: flowEvent(
      {},
      { Channel: 'CHAT', CustomerEndpoint: null, SystemEndpoint: null, InitiationMethod: 'API', Attributes: {} },
    ),
  },
  {
    about: 'a call whose audio was streamed, with a queue and its number',
    event: withData({
      MediaStreams: { Customer: { Audio: { ...audio, StopTimestamp: '1571360126131', StopFragmentNumber: '200' } } },
      Queue: {
        ARN: `${ARN}/queue/q1`,
        Name: 'People',
        OutboundCallerId: { Address: '+12025550100', Type: 'TELEPHONE_NUMBER' },
      },
      LanguageCode: 'ja-JP',
    }),
  },
  {
    about: 'an e-mail, with references and tags',
    event: withData({
      Channel: 'EMAIL',
      CustomerEndpoint: { Address: 'luis.ortega@example.com', Type: 'EMAIL_ADDRESS', DisplayName: 'Luis' },
      AdditionalEmailRecipients: { To: [], CC: [] },
      References: {
        page: { Type: 'URL', Value: 'https://example.com' },
        file: { Type: 'ATTACHMENT', Status: 'APPROVED', Arn: ARN },
      },
      Tags: { 'aws:connect:instanceId': 'c8c0e68d-2200-4265-82c0-cccccccccccc' },
    }),
  },
  {
    about: 'what an old sample has, and no more',
    event: {
      Name: 'ContactFlowEvent',
      Details: { ContactData: { ContactId: CONTACT, Channel: 'VOICE', Attributes: {} }, Parameters: {} },
    },
  },
  {
    about: 'null for what is not there',
    event: {
      Name: 'ContactFlowEvent',
      Details: {
        ContactData: { ContactId: CONTACT, Channel: 'CHAT', Attributes: null, InstanceARN: null },
        Parameters: null,
      },
    },
  },
];

function withData(data: object): object {
  const { Name, Details } = flowEvent({});
  return { Name, Details: { ...Details, ContactData: { ...Details.ContactData, ...data } } };
}
