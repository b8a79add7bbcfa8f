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
