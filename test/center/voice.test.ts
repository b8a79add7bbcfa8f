import { afterEach, describe, expect, it } from '@jest/globals';
import type { Phone, Sound } from '@parley/center';
import { Frames } from './frames.ts';
import { type Opened, openCenter } from './open.ts';

let center: Opened;
afterEach(() => center.close());

/** What is heard up to where the caller is listened to, or the call is over. */
async function heard(sounds: Frames<Sound>): Promise<{ readonly words: string; readonly last: Sound | undefined }> {
  const all = await sounds.upTo(({ type }) => type !== 'words');
  const words = all.flatMap((sound) => (sound.type === 'words' ? sound.content : []));
  return { words: words.join(' '), last: all.at(-1) };
}

function listening(phone: Phone): Frames<Sound> {
  const sounds = new Frames<Sound>();
  phone.hear((sound) => sounds.put(sound));
  return sounds;
}

describe('a call', () => {
  it('goes through Lex to its end, is listened to as each question wants, and hears what is spoken with marks', async () => {
    center = await openCenter(['support']);
    const phone = center.call('support', '+12025550123');
    const sounds = listening(phone);
    expect((await heard(sounds)).words).toMatch(/What can I do for you today\?/);
    phone.say("I'd like to know when my order gets here");
    const email = await heard(sounds);
    expect(email.words).toMatch(/e-mail address/);
    // An e-mail address is spelled with pauses.
    expect(email.last).toMatchObject({ settings: { 'x-amz-lex:audio:end-timeout-ms:*:*': '2000' } });
    phone.silent();
    expect((await heard(sounds)).words).toMatch(/e-mail address/);
    phone.say('luis dot ortega at example dot com');
    expect((await heard(sounds)).words).toMatch(/order number/);
    // What the recognizer was less sure of holds the number.
    phone.say('double you one triple oh oh four', [["it's W one, triple zero, double zero four", 0.7]]);
    expect((await heard(sounds)).words).toMatch(/<speak>.*UPS.*<say-as interpret-as="date".*<\/speak>/);
    phone.say('no thank you');
    const end = await heard(sounds);
    expect(end.words).toMatch(/Goodbye/);
    expect(end.last).toEqual({ type: 'over', reason: 'CONTACT_FLOW_DISCONNECT' });
  });

  it('goes to a person by a key, who is heard on the phone', async () => {
    center = await openCenter(['support']);
    const phone = center.call('support', '+12025550123');
    const sounds = listening(phone);
    await heard(sounds);
    const waits = new Promise<void>((resolve) => void center.queues.watch(resolve));
    phone.press('0');
    await waits;
    const agent = center.queues.take(phone.contact, 'Ana');
    agent?.say('Ana here.');
    const words = await sounds.next((sound) => sound.type === 'words' && sound.by === 'AGENT');
    expect(words).toEqual({ type: 'words', by: 'AGENT', content: 'Ana here.', ssml: false });
    phone.hangUp();
    expect(await sounds.next(({ type }) => type === 'over')).toEqual({ type: 'over', reason: 'CUSTOMER_DISCONNECT' });
  });

  it('that cannot be answered goes to a person all the same', async () => {
    center = await openCenter(['support'], {
      decider: {
        name: 'down',
        decide: async () => {
          throw new Error('The model is not to be reached.');
        },
      },
    });
    const phone = center.call('support', '+12025550123');
    const sounds = listening(phone);
    await heard(sounds);
    const waits = new Promise<void>((resolve) => void center.queues.watch(resolve));
    phone.say('I have something to ask');
    await waits;
    const waiting = center.queues.all.flatMap((queue) => center.queues.waiting(queue));
    expect(waiting.map(({ contact }) => contact)).toEqual([phone.contact]);
  });
});
