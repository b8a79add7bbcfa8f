import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { CreateParticipantConnectionCommand, SendEventCommand } from '@aws-sdk/client-connectparticipant';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { type Chat, openChat, participantClient } from './chat.ts';
import { Frames } from './frames.ts';
import { type Opened, openCenter } from './open.ts';

let center: Opened;
let chat: Chat;
beforeEach(async () => {
  center = await openCenter(['support']);
  chat = await openChat(center, 'support');
  await chat.frames.next(({ Content = '' }) => Content.endsWith('What can I do for you today?'));
});
afterEach(() => center.close());

/** A second socket of the same customer, and what comes on it. */
async function another(options: { readonly origin?: string } = {}) {
  const { Websocket } = await participantClient(center).send(
    new CreateParticipantConnectionCommand({ ParticipantToken: chat.participantToken, Type: ['WEBSOCKET'] }),
  );
  return opened(Websocket?.Url ?? '', options);
}

async function opened(url: string, options: { readonly origin?: string }) {
  const socket = new WebSocket(url, options);
  const frames = new Frames<string>();
  socket.on('message', (data) => frames.put(String(data)));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return {
    socket,
    frames,
    send: (frame: object | string) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
  };
}

const subscribe = { topic: 'aws/subscribe', content: { topics: ['aws/chat'] } };
const any = () => true;

describe('the socket', () => {
  it('answers what clients ask, to the letter, and passes over what it does not know', async () => {
    const { frames, send } = await another();
    send('not JSON');
    send({ topic: 'aws/unknown' });
    send({ topic: 'aws/heartbeat' });
    expect(await frames.next(any)).toBe('{"topic":"aws/heartbeat"}');
    send({ topic: 'aws/ping' });
    expect(await frames.next(any)).toBe('{"topic":"aws/ping","statusCode":200}');
    send({ topic: 'aws/subscribe', content: { topics: ['aws/other'] } });
    expect(await frames.next(any)).toBe('{"topic":"aws/subscribe","content":{"status":"failure","topics":[]}}');
    send(subscribe);
    expect(await frames.next(any)).toBe(
      '{"topic":"aws/subscribe","content":{"status":"success","topics":["aws/chat"]}}',
    );
  });

  it('pushes once what is subscribed to twice, and not to who types that they do', async () => {
    const { frames, send } = await another();
    send(subscribe);
    send(subscribe);
    await frames.next(any);
    await frames.next(any);
    const { connectionToken: ConnectionToken } = chat;
    const typing = { ConnectionToken, ContentType: 'application/vnd.amazonaws.connect.event.typing' };
    await participantClient(center).send(new SendEventCommand(typing));
    await chat.say('Hi, where is my package?');
    await chat.heard();
    await frames.next((frame) => frame.includes('e-mail address'));
    const pushed = frames.all.slice(2);
    expect(pushed.map((frame) => /package|e-mail address/.exec(frame)?.[0])).toEqual(['package', 'e-mail address']);
  });

  it('opens only to who has a ticket, and to no page of another origin', async () => {
    const refused = /403/;
    await expect(opened(`ws://127.0.0.1:${center.port}/socket/nope`, {})).rejects.toThrow(refused);
    await expect(another({ origin: 'http://example.com' })).rejects.toThrow(refused);
    await expect(another({ origin: `http://localhost:${center.port + 1}` })).rejects.toThrow(refused);
    await expect(another({ origin: center.endpoint })).resolves.toBeDefined();
    await expect(another({ origin: `http://localhost:${center.port}` })).resolves.toBeDefined();
  });

  it('is ended to who does not read what comes', async () => {
    const { socket, send, frames } = await another();
    send(subscribe);
    await frames.next(any);
    socket.pause();
    const contact = center.contacts.find(chat.contact);
    // 30 MB: 16 wait, and what the system takes besides.
    for (let count = 0; count < 3_000; count++) contact?.say('bot', 'x'.repeat(10_000));
    socket.resume();
    await once(socket, 'close');
    expect(frames.all.length).toBeLessThan(3_000);
  });

  it.each(['//', '/socket/%', '/desk/agents'])('is refused at %s, which leaves all others open', async (path) => {
    const raw = connect(center.port, '127.0.0.1');
    raw.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    const [answer] = await once(raw, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 403 /);
    raw.destroy();
    expect(await (await fetch(`${center.endpoint}//`)).status).toBe(400);
  });
});

describe('the port', () => {
  const status = (headers: { readonly [name: string]: string }, body: string) =>
    new Promise<readonly [number | undefined, string | string[] | undefined]>((resolve, reject) => {
      const sent = request(
        { port: center.port, host: '127.0.0.1', method: 'POST', path: '/participant/connection', headers },
        (response) => resolve([response.statusCode, response.resume().headers['x-amzn-errortype']]),
      );
      sent.once('error', reject).end(body);
    });

  it.each<[string, { readonly [name: string]: string }, string, number, string]>([
    ['a page of another origin', { origin: 'http://example.com' }, '{}', 403, 'AccessDeniedException'],
    ['a page of another port of this machine', { origin: 'http://127.0.0.1:1' }, '{}', 403, 'AccessDeniedException'],
    ['a page in a frame without an origin', { origin: 'null' }, '{}', 403, 'AccessDeniedException'],
    ['a name that only points here', { host: 'example.com' }, '{}', 403, 'AccessDeniedException'],
    ['what is no JSON', {}, '{', 400, 'SerializationException'],
    ['more than a megabyte', {}, ' '.repeat(1024 * 1024 + 1), 413, 'RequestEntityTooLargeException'],
    ['no token', {}, '{}', 400, 'ValidationException'],
  ])('refuses %s', async (_, headers, body, code, type) => {
    expect(await status(headers, body)).toEqual([code, type]);
  });
});
