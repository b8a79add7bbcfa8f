import { describe, expect, it } from '@jest/globals';
import { type LogEntry, manualClock } from '@parley/engine';
import { z } from 'zod';
import { Topics } from '../../packages/center/src/sns.ts';
import { signatureCheck } from '../../packages/connect/src/chat/signature.ts';
import { Frames } from './frames.ts';

const TOPIC = 'arn:aws:sns:us-east-1:123456789012:chats';
const NOTICE = { Message: '{"Id":"i1"}', MessageAttributes: { ContactId: { Type: 'String', Value: 'c1' } } } as const;
const delivery = z.object({ Records: z.tuple([z.object({ EventSource: z.string(), Sns: z.looseObject({}) })]) });

function made() {
  const clock = manualClock(Date.UTC(2026, 10, 24));
  const logged: LogEntry[] = [];
  const topics = new Topics({ clock, log: (entry) => logged.push(entry) });
  return { clock, logged, topics };
}

describe('a notification', () => {
  it('is signed as SNS signs, so that what was changed is refused', async () => {
    const { clock, topics } = made();
    const taken = new Frames<unknown>();
    topics.subscribe(TOPIC, async (event) => taken.put(event));
    topics.publish(TOPIC, NOTICE);
    const [{ EventSource, Sns }] = delivery.parse(await taken.next(() => true)).Records;
    expect(EventSource).toBe('aws:sns');
    const check = signatureCheck({ topic: TOPIC, clock, fetcher: topics.published });
    expect(await check(Sns)).toBe('{"Id":"i1"}');
    await expect(check({ ...Sns, Message: '{"Id":"i2"}' })).rejects.toMatchObject({ code: 'connect/not-signed' });
  });

  it('is sent again until it is taken', async () => {
    const { clock, topics, logged } = made();
    const calls = new Frames<number>();
    topics.subscribe(TOPIC, async () => {
      calls.put(calls.all.length);
      if (calls.all.length < 3) throw new Error('not now');
    });
    topics.publish(TOPIC, NOTICE);
    for (const call of [0, 1]) {
      await calls.next((number) => number === call);
      while (logged.length <= call) await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(20_000);
    }
    await calls.next((number) => number === 2);
    await topics.close();
    expect(logged.map(({ code, session }) => [code, session])).toEqual(Array(2).fill(['center/not-taken', 'c1']));
  });

  it('of another topic reaches nobody', async () => {
    const { topics } = made();
    let calls = 0;
    topics.subscribe(TOPIC, async () => {
      calls += 1;
    });
    topics.publish(`${TOPIC}-others`, NOTICE);
    await topics.close();
    expect(calls).toBe(0);
  });
});
