import { createSign, randomUUID } from 'node:crypto';
import { type Fetcher, signedText } from '@parley/connect';
import { type Clock, type LogEntry, sleep } from '@parley/engine';
import { invoke, type LambdaFunction } from './flow/lambda.ts';
import { uuidOf } from './names.ts';
import type { Notice } from './streaming.ts';

export interface TopicsOptions {
  readonly clock: Clock;
  readonly log: (entry: LogEntry) => void;
}

/** Where the certificate is published, as SNS calls such places. */
const PLACE = `https://sns.us-east-1.amazonaws.com/SimpleNotificationService-${uuidOf('certificate').replaceAll('-', '')}.pem`;
/** What a function has to take a notification, and the longest pause before it is sent again. Milliseconds. */
const LIMIT = 30_000;
const PAUSE = 1_000;
const LONGEST = 20_000;

/**
 * SNS as functions meet that are subscribed to a topic: each notification is signed, by a certificate that is made here, and sent again until
 * the function has taken it. One does not wait for another, so that they come in any order.
 */
export class Topics {
  readonly #options: TopicsOptions;
  readonly #subscribers = new Map<string, Set<LambdaFunction>>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #closed = new AbortController();

  constructor(options: TopicsOptions) {
    this.#options = options;
  }

  /** By the ARN of a topic. */
  subscribe(topic: string, subscriber: LambdaFunction): void {
    const subscribers = this.#subscribers.get(topic) ?? new Set();
    this.#subscribers.set(topic, subscribers.add(subscriber));
  }

  publish(topic: string, notice: Notice): void {
    const subscribers = this.#subscribers.get(topic);
    if (!subscribers) return;
    const at = this.#options.clock.now();
    for (const subscriber of subscribers) {
      const delivery = this.#deliver(subscriber, topic, notice, at);
      this.#underWay.add(delivery);
      void delivery.finally(() => this.#underWay.delete(delivery));
    }
  }

  /** Fetches the certificate that signatures are checked by, in place of SNS's own over the network. */
  readonly published: Fetcher = async (url) => {
    if (url !== PLACE) throw new Error('There is nothing.');
    return (await certificate()).cert;
  };

  /** Resolves when what is being delivered is. What was not taken is not sent again. */
  async close(): Promise<void> {
    this.#closed.abort();
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #deliver(subscriber: LambdaFunction, topic: string, notice: Notice, at: number): Promise<void> {
    const { clock, log } = this.#options;
    const event = deliveryOf(topic, await signed(topic, notice, at));
    for (let pause = PAUSE; ; pause = Math.min(2 * pause, LONGEST)) {
      if (await invoke(subscriber, event, { limit: LIMIT, clock })) return;
      const { Value: session = '' } = notice.MessageAttributes['ContactId'] ?? {};
      log({ level: 'warn', code: 'center/not-taken', message: 'A notification was not taken.', session });
      await sleep(clock, pause, this.#closed.signal);
      if (this.#closed.signal.aborted) return;
    }
  }
}

/** Made once: it takes a while. */
let made: ReturnType<typeof make> | undefined;

function certificate(): ReturnType<typeof make> {
  made ??= make();
  return made;
}

async function make(): Promise<{ readonly cert: string; readonly private: string }> {
  const { generate } = await import('selfsigned');
  const always = { notBeforeDate: new Date('2000-01-01'), notAfterDate: new Date('2100-01-01') };
  return generate([{ name: 'commonName', value: 'sns.amazonaws.com' }], { ...always, keySize: 2048 });
}

/** Source: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
async function signed(topic: string, { Message, MessageAttributes }: Notice, at: number): Promise<object> {
  const { private: key } = await certificate();
  const body = {
    Type: 'Notification',
    MessageId: randomUUID(),
    TopicArn: topic,
    Subject: null,
    Message,
    Timestamp: new Date(at).toISOString(),
  };
  return {
    ...body,
    SignatureVersion: '2',
    Signature: createSign('RSA-SHA256').update(signedText(body)).sign(key, 'base64'),
    SigningCertUrl: PLACE,
    UnsubscribeUrl: `https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${subscriptionOf(topic)}`,
    MessageAttributes,
  };
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
const deliveryOf = (topic: string, Sns: object) => ({
  Records: [{ EventVersion: '1.0', EventSubscriptionArn: subscriptionOf(topic), EventSource: 'aws:sns', Sns }],
});

const subscriptionOf = (topic: string) => `${topic}:${uuidOf(topic)}`;
