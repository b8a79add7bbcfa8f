import { describe, expect, it } from '@jest/globals';
import { manualClock } from '@parley/engine';
import { signatureCheck, signedText } from './signature.ts';
import { CERTIFICATE } from './testing/certificate.ts';
import { notification, PLACE, publishing, TOPIC } from './testing/sns.ts';

const NOW = Date.parse('2030-01-01T12:00:00Z');
const HOUR = 3_600_000;
const check = signatureCheck({ topic: TOPIC, clock: manualClock(NOW), fetcher: publishing });
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'taken',
    (error: { code?: string }) => error.code,
  );

describe('a notification', () => {
  it.each(['1', '2'] as const)('signed by version %s is taken', async (version) => {
    await expect(check(notification('{"Id":"é\\n"}', NOW, { version }))).resolves.toBe('{"Id":"é\\n"}');
    await expect(check(notification('with a subject', NOW, { version, Subject: 'chat' }))).resolves.toBe(
      'with a subject',
    );
  });

  it('as an HTTP endpoint gets it is taken', async () => {
    const { SigningCertUrl, ...rest } = notification('x', NOW);
    await expect(check({ ...rest, SigningCertURL: SigningCertUrl })).resolves.toBe('x');
  });

  const good = notification('hello', NOW);
  it.each<[string, unknown]>([
    ['whose message was changed', { ...good, Message: 'hello!' }],
    ['whose time was changed', { ...good, Timestamp: new Date(NOW - 1).toISOString() }],
    ['whose id was changed', { ...good, MessageId: 'another' }],
    ['that was given a subject', { ...good, Subject: 'chat' }],
    ['whose signature is of the other version', { ...good, SignatureVersion: '1' }],
    ['of a version that there is not', { ...good, SignatureVersion: '3' }],
    ['without a signature', { ...good, Signature: '' }],
    ['whose signature is no base 64', { ...good, Signature: '!' }],
    ['of another topic, though signed', notification('x', NOW, { TopicArn: `${TOPIC}-of-somebody` })],
    ['older than an hour', notification('x', NOW - HOUR - 1)],
    ['of the future', notification('x', NOW + HOUR)],
    ['that confirms a subscription', notification('x', NOW, { Type: 'SubscriptionConfirmation' })],
    ['that is none', 'hello'],
    ['that is nothing', undefined],
  ])('%s is not taken', async (_, given) => {
    expect(await code(check(given))).toBe('connect/not-signed');
  });

  it.each([
    'http://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem',
    'https://sns.us-east-1.amazonaws.com.evil.example/SimpleNotificationService-0.pem',
    'https://evil.example/sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem',
    'https://sns.us-east-1.amazonaws.com@evil.example/SimpleNotificationService-0.pem',
    'https://evil.example#https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem',
    'https://sns.us-east-1.amazonaws.com/../SimpleNotificationService-0.pem',
    'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem?x',
    'https://s3.us-east-1.amazonaws.com/SimpleNotificationService-0.pem',
    'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem',
    '',
  ])('with its certificate at %s is not taken, and nothing is fetched', async (SigningCertUrl) => {
    const fetched: string[] = [];
    const fetcher = async (url: string) => {
      fetched.push(url);
      return CERTIFICATE;
    };
    const strict = signatureCheck({ topic: TOPIC, clock: manualClock(NOW), fetcher });
    expect(await code(strict({ ...good, SigningCertUrl }))).toBe('connect/not-signed');
    expect(fetched).toEqual([]);
  });

  it('is not taken before its certificate is valid', async () => {
    const early = Date.parse('2020-01-01T00:00:00Z');
    const then = signatureCheck({ topic: TOPIC, clock: manualClock(early), fetcher: publishing });
    expect(await code(then(notification('x', early)))).toBe('connect/not-signed');
  });
});

describe('a certificate', () => {
  it('is fetched once, and again after that failed', async () => {
    let fetched = 0;
    const fetcher = async (url: string) => {
      fetched += 1;
      if (fetched === 1) throw new Error('unreachable');
      return publishing(url);
    };
    const strict = signatureCheck({ topic: TOPIC, clock: manualClock(NOW), fetcher });
    expect(await code(strict(notification('x', NOW)))).toBe('connect/certificate');
    await expect(strict(notification('x', NOW))).resolves.toBe('x');
    await expect(strict(notification('y', NOW, { SigningCertUrl: PLACE }))).resolves.toBe('y');
    expect(fetched).toBe(2);
  });
});

it('a topic has to be one', () => {
  expect(() => signatureCheck({ topic: 'chat' })).toThrow(expect.objectContaining({ code: 'connect/topic' }));
  expect(() => signatureCheck({ topic: `${TOPIC}.fifo` })).toThrow(expect.objectContaining({ code: 'connect/topic' }));
});

// Written down from SNS's own page: names in order of bytes, each name and value with a line of its own, the last one as well.
it('what is signed is the fields by name, a line each', () => {
  const fields = { Type: 'Notification', TopicArn: 'arn', Timestamp: '2030', MessageId: 'id', Message: 'hi' };
  expect(signedText({ ...fields, Subject: null })).toBe(
    'Message\nhi\nMessageId\nid\nTimestamp\n2030\nTopicArn\narn\nType\nNotification\n',
  );
  expect(signedText({ ...fields, Subject: 'so' })).toBe(
    'Message\nhi\nMessageId\nid\nSubject\nso\nTimestamp\n2030\nTopicArn\narn\nType\nNotification\n',
  );
});
