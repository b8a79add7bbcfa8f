import { createVerify, X509Certificate } from 'node:crypto';
import { type Clock, systemClock } from '@parley/engine';
import { ParleyError } from '@parley/workflow';
import { z } from 'zod';

/** A notification as SNS hands it to a function. Its attributes are left out: the signature does not cover them. */
const signed = z.object({
  Type: z.literal('Notification'),
  MessageId: z.string(),
  TopicArn: z.string(),
  Subject: z.string().nullish(),
  Message: z.string(),
  Timestamp: z.iso.datetime(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.base64(),
  // A function gets `SigningCertUrl`, an HTTP endpoint `SigningCertURL`.
  SigningCertUrl: z.string().optional(),
  SigningCertURL: z.string().optional(),
});

/** Fetches what is at an address, as text. */
export type Fetcher = (url: string) => Promise<string>;

export interface SignatureOptions {
  /** The topic that notifications may come from: anybody can sign with SNS, by a topic of their own. */
  readonly topic: string;
  readonly clock?: Clock;
  /** How old a notification may be, in milliseconds; an hour, if left out. SNS itself tries for longer. */
  readonly replayWindow?: number;
  /** Fetches the certificates; over HTTPS, without following redirects, if left out. */
  readonly fetcher?: Fetcher;
}

const HOUR = 3_600_000;
/** How far ahead of ours the clock of SNS may be. */
const AHEAD = 5 * 60_000;
/** SNS has few certificates at a time. */
const KEPT = 8;
const FETCH = 3_000;
const MAX_CERTIFICATE = 20_000;
/** Where SNS publishes its certificates. Source: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
const PLACE =
  /^https:\/\/sns\.([a-z0-9-]{3,30})\.amazonaws\.com(?:\.cn)?\/SimpleNotificationService-[A-Za-z0-9]{1,64}\.pem$/;
const TOPIC = /^arn:[a-z-]+:sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,256}$/;

/**
 * Makes what checks a notification of SNS and gives its message: that it is of the topic, no older than the replay window, and signed
 * (version 1 or 2) by a certificate that SNS publishes in the topic's region.
 *
 * It rejects with ParleyError `connect/not-signed` what is not to be taken, and with `connect/certificate` where that can't be told
 * now since the certificate can't be fetched: such a notification may be right, and is to be sent again.
 */
export function signatureCheck(options: SignatureOptions): (notification: unknown) => Promise<string> {
  const { topic, clock = systemClock, replayWindow = HOUR, fetcher = fetchText } = options;
  const region = TOPIC.exec(topic)?.[1];
  if (region === undefined) {
    throw new ParleyError(
      'connect/topic',
      'The topic that notifications come from is no ARN of an SNS standard topic.',
      {
        fix: 'Give `topic` the ARN of the topic that StartContactStreaming is given.',
      },
    );
  }
  const certificates = new Map<string, Promise<X509Certificate>>();

  return async (given) => {
    const read = signed.safeParse(given);
    if (!read.success) throw refused('It is no signed notification.');
    const { data } = read;
    if (data.TopicArn !== topic) throw refused('It is of another topic.');
    const age = clock.now() - Date.parse(data.Timestamp);
    if (age > replayWindow || age < -AHEAD) throw refused('It is not of this time.');
    const url = data.SigningCertUrl ?? data.SigningCertURL ?? '';
    if (PLACE.exec(url)?.[1] !== region) throw refused('Its certificate is not one that SNS publishes.');
    const certificate = await certificateAt(url);
    const now = clock.now();
    if (now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo))
      throw refused('Its certificate is not valid now.');
    const verify = createVerify(data.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256').update(signedText(data));
    if (!verify.verify(certificate.publicKey, data.Signature, 'base64')) throw refused('Its signature is wrong.');
    return data.Message;
  };

  function certificateAt(url: string): Promise<X509Certificate> {
    const known = certificates.get(url);
    if (known) return known;
    const fetched = fetcher(url).then((text) => new X509Certificate(text));
    const certificate = fetched.catch(() => {
      certificates.delete(url);
      throw new ParleyError('connect/certificate', 'The certificate of a notification could not be fetched.', {
        fix: 'The function needs a way to https://sns.REGION.amazonaws.com.',
      });
    });
    const [oldest] = certificates.keys();
    if (certificates.size >= KEPT && oldest !== undefined) certificates.delete(oldest);
    certificates.set(url, certificate);
    return certificate;
  }
}

/** What the signature of a notification is over. Source: the page named above. */
export function signedText(notification: {
  readonly Message: string;
  readonly MessageId: string;
  readonly Subject?: string | null | undefined;
  readonly Timestamp: string;
  readonly TopicArn: string;
  readonly Type: string;
}): string {
  const { Message, MessageId, Subject, Timestamp, TopicArn, Type } = notification;
  const lines = Object.entries({ Message, MessageId, Subject, Timestamp, TopicArn, Type });
  return lines
    .flatMap(([name, value]) => (value === null || value === undefined ? [] : [`${name}\n${value}\n`]))
    .join('');
}

const refused = (why: string) =>
  new ParleyError('connect/not-signed', `A notification is not taken. ${why}`, {
    fix: 'If it comes from the chat, compare the topic, its region and the clock.',
  });

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH) });
  const text = await response.text();
  if (!response.ok || text.length > MAX_CERTIFICATE) throw new Error('There is no certificate.');
  return text;
}
