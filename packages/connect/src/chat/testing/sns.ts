import { createSign } from 'node:crypto';
import { signedText } from '../signature.ts';
import { CERTIFICATE, KEY } from './certificate.ts';

export const TOPIC = 'arn:aws:sns:us-east-1:123456789012:chat';
export const PLACE =
  'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem';

/** What SNS publishes at the place of its certificates: the test's certificate. */
export const publishing = async (url: string): Promise<string> => {
  if (url !== PLACE) throw new Error('There is nothing.');
  return CERTIFICATE;
};

export interface Notification {
  readonly Type: string;
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Subject: string | null;
  readonly Message: string;
  readonly Timestamp: string;
  readonly SignatureVersion: string;
  readonly Signature: string;
  readonly SigningCertUrl: string;
  readonly UnsubscribeUrl: string;
  readonly MessageAttributes: { readonly [name: string]: { readonly Type: string; readonly Value: string } };
}

/** A notification as a function gets it, signed. */
export function notification(
  message: string,
  at: number,
  { version = '2', ...given }: Partial<Notification> & { readonly version?: '1' | '2' } = {},
): Notification {
  const body = {
    Type: 'Notification',
    MessageId: '6b1f6a4c-0001-5f4c-9c1f-0123456789ab',
    TopicArn: TOPIC,
    Subject: null,
    Message: message,
    Timestamp: new Date(at).toISOString(),
    ...given,
  };
  return {
    SignatureVersion: version,
    Signature: createSign(version === '1' ? 'RSA-SHA1' : 'RSA-SHA256')
      .update(signedText(body))
      .sign(KEY, 'base64'),
    SigningCertUrl: PLACE,
    UnsubscribeUrl: 'https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe',
    MessageAttributes: { ParticipantRole: { Type: 'String', Value: 'CUSTOMER' } },
    ...body,
  };
}

/** The event that a function subscribed to a topic is called with. */
export const snsEvent = (...notifications: readonly unknown[]) => ({
  Records: notifications.map((Sns) => ({
    EventSource: 'aws:sns',
    EventVersion: '1.0',
    EventSubscriptionArn: TOPIC,
    Sns,
  })),
});
