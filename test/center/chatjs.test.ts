import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { openSession, type Said, said, sockets, useChatJs } from './chatjs.ts';
import { type Opened, openCenter } from './open.ts';

let center: Opened;
beforeAll(async () => {
  center = await openCenter(['support']);
  useChatJs(center);
});
afterAll(async () => {
  await center.close();
});

const transcript = z.looseObject({ Transcript: z.array(said) });
const byBot = ({ DisplayName }: Said) => DisplayName === 'BOT';

describe('amazon-connect-chatjs', () => {
  it('has a whole contact of the support workflow, to its end', async () => {
    const { say, messages, ended } = await openSession(center, 'support');
    await messages.next(({ Content = '' }) => Content.endsWith('What can I do for you today?'));
    await say('Hi, where is my package?');
    expect((await messages.next(byBot)).Content).toMatch(/e-mail address/);
    await say('luis.ortega@example.com');
    expect((await messages.next(byBot)).Content).toMatch(/order number/);
    await say('W1000004');
    expect((await messages.next(byBot)).Content).toMatch(/on its way with UPS/);
    expect((await messages.next(byBot)).Content).toMatch(/anything else/);
    await say("no, that's all, thanks");
    expect((await messages.next(byBot)).Content).toMatch(/Goodbye/);
    await ended;
  });

  it('goes on after its connection was lost in the middle', async () => {
    const { session, say, messages, connection, ended, contact } = await openSession(center, 'support');
    await messages.next(({ Content = '' }) => Content.endsWith('What can I do for you today?'));
    await say('Hi, where is my package?');
    await messages.next(byBot);
    sockets.at(-1)?.terminate();
    await connection.next((what) => what === 'lost');
    await connection.next((what) => what === 'established');
    await say('luis.ortega@example.com');
    expect((await messages.next(byBot)).Content).toMatch(/order number/);
    const { data } = await session.getTranscript({ maxResults: 100, sortOrder: 'ASCENDING' });
    const lines = transcript.parse(data).Transcript.filter(({ Content }) => Content !== undefined);
    expect(lines.filter(({ ParticipantRole }) => ParticipantRole === 'CUSTOMER').map(({ Content }) => Content)).toEqual(
      ['Hi, where is my package?', 'luis.ortega@example.com'],
    );
    await session.disconnectParticipant();
    await ended;
    expect(center.contacts.find(contact)?.ended?.reason).toBe('CUSTOMER_DISCONNECT');
  });
});
