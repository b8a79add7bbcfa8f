import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '@parley/engine';
import type { Shape } from '@parley/stepfunctions';
import { sourceOf } from '@parley/workflow';
import { z } from 'zod';
import { flowEvent } from '../../packages/connect/src/block/testing/events.ts';
import { type ConnectService, connectService } from '../../packages/connect/src/chat/testing/service.ts';
import { notification, snsEvent } from '../../packages/connect/src/chat/testing/sns.ts';
import { bundle, type Deployment, deploy } from './deployment.ts';
import { publishing } from './publishing.ts';

jest.setTimeout(900_000);

/** Each turn that has a decision to make is late: the customer is told to wait, and nobody waits for the rest. */
const source = sourceOf(`
workflow: support
title: One that has things to say later
busy: One moment.
otherwise: person
limits: { turn: 1ms }
variables:
  email: { type: email, ask: What is your e-mail address? }
  found: { from: identity.find }
steps:
  need:
    ask: What can I do for you?
    choices:
      track: { when: wants to know where an order is, examples: [where is my order], set: { email: maya.chen@example.com }, to: look_up }
      later: { when: wants to hear of it later, examples: [tell me later], to: hold }
      bye: { when: is done, examples: [bye], to: over }
  look_up:
    call: identity.find
    with: { email: =$email }
    save: found
    then: on_its_way
    failed: person
  on_its_way: { say: It is on its way., then: need }
  hold: { wait: 2s, then: heard }
  heard: { say: Here is your news., then: need }
  over: { end: Goodbye. }
  person: { transfer: { queue: support } }
`);

let bundles = '';
let folder = '';
let register = '';
beforeAll(async () => {
  bundles = await bundle('tested-pushed');
  folder = await mkdtemp(path.join(tmpdir(), 'parley-pushed-'));
  register = await publishing(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const sent = (event: object) => z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(event)));

/** A deployment whose chats the testing service has. */
async function opened(shape: Shape) {
  const looking = new Set<() => void>();
  const service: ConnectService = await connectService({
    clock: systemClock,
    streamed: () => {
      for (const look of looking) look();
    },
  });
  const deployment: Deployment = await deploy(bundles, shape, { source, pushes: true });
  deployment.lambda.set('AWS_ENDPOINT_URL_CONNECT', service.endpoint);
  deployment.lambda.set('AWS_ENDPOINT_URL_CONNECTPARTICIPANT', service.endpoint);
  deployment.lambda.set('NODE_OPTIONS', `--import ${register}`);
  const call = (name: string, event: object) => deployment.lambda.invoke(`parley-test-${name}`, sent(event));
  const said = (contact: string) =>
    service
      .transcript(contact)
      .filter(({ ParticipantRole, Type }) => ParticipantRole === 'CUSTOM_BOT' && Type === 'MESSAGE')
      .map(({ Content = '' }) => Content);
  async function joins(contact: string): Promise<void> {
    service.startChat(contact, { types: ['text/plain'] });
    const event = flowEvent({}, { ContactId: contact, InitialContactId: contact, Channel: 'CHAT' });
    expect(await call('joined', event)).toEqual({ parley_session: contact, parley_rest: 'caller' });
  }
  const writes = (contact: string, text: string) =>
    call('notified', snsEvent(notification(JSON.stringify(service.write(contact, text)), Date.now())));
  return {
    service,
    deployment,
    call,
    said,
    joins,
    writes,
    /** Asks in a chat of its own, until what is asked was not there in time. Gives the chat. */
    async late(name: string): Promise<string> {
      for (let n = 1; ; n++) {
        const contact = `${name}-${n}`;
        await joins(contact);
        await writes(contact, 'where is my order');
        if (said(contact).includes(FILLER)) return contact;
      }
    },
    /** Resolves once the last that was posted is these texts. */
    posted: (contact: string, ...texts: readonly string[]) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (said(contact).slice(-texts.length).join() !== texts.join()) return;
          looking.delete(look);
          resolve();
        };
        looking.add(look);
        look();
      }),
    async close() {
      await deployment.close();
      await service.close();
    },
  };
}

const GREETING = 'What can I do for you?';
const FILLER = 'One moment.';

describe.each(['per-contact', 'per-turn'] as const)('in a chat without Lex, %s', (shape) => {
  let place: Awaited<ReturnType<typeof opened>>;
  beforeAll(async () => {
    place = await opened(shape);
  });
  afterAll(() => place.close());

  it('a result that was not there in time is posted when it is', async () => {
    const contact = await place.late('late');
    await place.posted(contact, 'It is on its way.', GREETING);
    expect(place.said(contact)).toEqual([GREETING, FILLER, 'It is on its way.', GREETING]);
  });

  it('what comes of a timer is posted, and nobody wrote anything', async () => {
    await place.joins('timer');
    await place.writes('timer', 'tell me later');
    const news = place.posted('timer', 'Here is your news.', GREETING).then(() => true);
    if (shape === 'per-turn') {
      // Timers of such sessions are the tick's, which comes each minute.
      while (!(await Promise.race([news, place.call('tick', {}).then(() => false)])));
    }
    await news;
    expect(place.said('timer').filter((text) => text === 'Here is your news.')).toHaveLength(1);
  });
});

it('what is pushed is posted once, wherever the function dies that posts it', async () => {
  const place = await opened('per-contact');
  try {
    let points = 0;
    for (let at = 1; ; at++) {
      const killed = place.deployment.lambda.killed;
      place.deployment.lambda.killNext('parley-test-support-pushed', at);
      const contact = await place.late(`dies-${at}`);
      while (await place.deployment.working(contact)) await place.call('tick', {});
      expect([at, ...place.said(contact)]).toEqual([at, GREETING, FILLER, 'It is on its way.', GREETING]);
      if (place.deployment.lambda.killed > killed) {
        points = at;
        continue;
      }
      // What was pushed is not in the answer to what the customer writes next.
      await place.writes(contact, 'bye');
      await place.posted(contact, 'Goodbye.');
      expect(
        place
          .said(contact)
          .slice(4)
          .filter((text) => text !== FILLER),
      ).toEqual(['Goodbye.']);
      break;
    }
    // It reads the session and the chat, and posts two messages.
    expect(points).toBeGreaterThan(5);
  } finally {
    await place.close();
  }
});
