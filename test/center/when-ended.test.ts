import { afterEach, describe, expect, it } from '@jest/globals';
import type { Phone, Sound } from '@parley/center';
import { openChat } from './chat.ts';
import { Frames } from './frames.ts';
import { type Opened, openCenter } from './open.ts';

let center: Opened;
afterEach(() => center.close());

function listening(phone: Phone): Frames<Sound> {
  const sounds = new Frames<Sound>();
  phone.hear((sound) => sounds.put(sound));
  return sounds;
}

/** Says this once the caller is listened to. */
async function saying(phone: Phone, sounds: Frames<Sound>, ...lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    await sounds.next(({ type }) => type === 'listening');
    phone.say(line);
  }
}

describe('when a contact is over', () => {
  it('a call back that was agreed to rings at the number that was read back, and comes to a person', async () => {
    center = await openCenter(['support']);
    const phone = center.call('support', '+12025550199');
    await saying(phone, listening(phone), 'can you call me back later', 'area code 808, 555 0135', 'yes, please');
    await over(phone);
    await center.settled();
    const [[contact = '', number] = []] = [...center.ringing()];
    expect(number).toBe('+18085550135');
    expect(center.contacts.find(phone.contact)?.tags.get('parley_ended')).toBe('callback');
    const waits = new Promise<void>((resolve) => void center.queues.watch(resolve));
    const called = center.pickUp(contact);
    const sounds = called ? listening(called) : new Frames<Sound>();
    expect(await sounds.next(({ type }) => type === 'words')).toMatchObject({
      content: expect.stringContaining('asked to be called back'),
    });
    await waits;
    expect(center.queues.all.flatMap((queue) => center.queues.waiting(queue))).toMatchObject([{ contact }]);
  });

  it('nobody is called who said no to the number', async () => {
    center = await openCenter(['support']);
    const phone = center.call('support', '+12025550199');
    await saying(phone, listening(phone), "I'd like a call back", '415 555 0168', 'no', "no, that's all");
    await over(phone);
    await center.settled();
    expect([...center.ringing()]).toEqual([]);
  });

  it('who hangs up while they wait leaves a task with the brief to those of the queue', async () => {
    center = await openCenter(['support']);
    const phone = center.call('support', '+12025550199');
    const waits = new Promise<void>((resolve) => void center.queues.watch(resolve));
    await saying(phone, listening(phone), 'let me talk to a human');
    await waits;
    phone.hangUp();
    await center.settled();
    const [waiting, ...others] = center.queues.all.flatMap((queue) => center.queues.waiting(queue));
    expect(others).toEqual([]);
    expect(waiting).toMatchObject({ channel: 'TASK' });
    const task = center.contacts.find(waiting?.contact ?? '');
    expect(task?.given).toMatchObject({
      name: 'Orders, returns and refunds: left before anybody came',
      description: expect.stringContaining('Came from: need'),
    });
  });

  it('a chat that was left behind is told to its session', async () => {
    center = await openCenter(['support']);
    const chat = await openChat(center, 'support');
    await chat.say('where is my order');
    await chat.heard();
    center.contacts.find(chat.contact)?.end('EXPIRED');
    await center.settled();
    const events = await center.store('support').events(chat.contact);
    expect(events.at(-1)).toMatchObject({ type: 'session.ended', data: { outcome: 'left' } });
    chat.drop();
  });
});

const over = (phone: Phone) =>
  new Promise<void>((resolve) => {
    phone.hear((sound) => {
      if (sound.type === 'over') resolve();
    });
  });
