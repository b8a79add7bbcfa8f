import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { chatsIn, connectChat } from '@parley/connect';
import { offlineDecider } from '@parley/deciders';
import { signaturesOf, type Tools, type TurnRequest } from '@parley/engine';
import { createMachine, type Machine } from '@parley/machine';
import { type Recording, readRecording } from '@parley/replay';
import { memoryStore } from '@parley/stores';
import { compileWorkflow, loadWorkflow } from '@parley/workflow';
import { flowEvent } from '../../packages/connect/src/block/testing/events.ts';
import { clientsOf } from '../../packages/connect/src/chat/testing/clients.ts';
import { connectService } from '../../packages/connect/src/chat/testing/service.ts';
import { notification, publishing, snsEvent, TOPIC } from '../../packages/connect/src/chat/testing/sns.ts';
import healthcareTools from '../../workflows/healthcare-intake/tools.ts';
import supplyTools from '../../workflows/supply-chain/tools.ts';
import supportTools from '../../workflows/support/tools.ts';
import { idleClock } from '../idle-clock.ts';
import { embedded, type Gone } from '../stepfunctions/hosts.ts';
import { recordedTools } from '../stepfunctions/recorded-tools.ts';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../workflows');
const WORKFLOWS: readonly [string, Tools][] = [
  ['support', supportTools({})],
  ['supply-chain', supplyTools({})],
  ['healthcare-intake', healthcareTools({})],
];
/** From when on the certificate of the tests is valid. */
const LATER = Date.parse('2030-01-01T00:00:00Z');

/** Whole chats, by what their callers wrote: what goes in through SNS, each message twice, goes as what goes in straight. */
describe.each(WORKFLOWS)('%s', (name, tools) => {
  const recordings = path.join(folder, name, 'recordings');
  const chats = readdirSync(recordings)
    .filter((file) => file.endsWith('.jsonl'))
    .map((file): [string, Recording] => [file, readRecording(readFileSync(path.join(recordings, file), 'utf8'), file)])
    .filter(([, { events }]) => events.some((one) => one.type === 'session.started' && one.contact.channel === 'chat'));
  let machine: Machine;
  beforeAll(async () => {
    const signatures = signaturesOf(tools);
    const source = await loadWorkflow(path.join(folder, name, 'workflow.yaml'), 'workflow.yaml');
    machine = createMachine(compileWorkflow(source, signatures), signatures);
  });

  it.each(chats)('%s', async (_, recording) => {
    const straight = await converse(recording, machine, tools, straightIn);
    const through = await converse(recording, machine, tools, throughSns);
    expect(through.gone.journal).toEqual(straight.gone.journal);
    expect(through.gone.vars).toEqual(straight.gone.vars);
    expect(through.heard.join(' ').replace(/\s+/g, ' ')).toBe(straight.heard.join(' ').replace(/\s+/g, ' '));
    expect(through.rest).toBe(straight.rest);
  });
});

type Door = ReturnType<typeof doorOf>;
type Event = TurnRequest['event'];

interface Line {
  send(event: Event): Promise<void>;
  end(): Promise<{ readonly heard: readonly string[]; readonly rest: string }>;
}

const doorOf = (host: Awaited<ReturnType<typeof embedded>>) => (id: string, event: Event) => host.send(id, event);

async function converse(
  recording: Recording,
  machine: Machine,
  tools: Tools,
  lineTo: (door: Door, machine: Machine, recording: Recording) => Promise<Line>,
): Promise<Awaited<ReturnType<Line['end']>> & { readonly gone: Gone }> {
  const { session, start, events, workflow = '' } = recording;
  const host = await embedded({
    machine,
    tools: recordedTools(recording, tools),
    decider: offlineDecider(),
    session,
    start,
  });
  try {
    const line = await lineTo(doorOf(host), machine, recording);
    for (const event of events) {
      await host.until(event.at);
      switch (event.type) {
        case 'session.started': {
          const contact = { ...event.contact, attributes: event.contact.attributes ?? {} };
          await line.send({ type: event.type, workflow, contact });
          break;
        }
        case 'caller.said':
          await line.send({ type: event.type, text: event.text });
          break;
        case 'caller.left':
          await line.send({ type: event.type });
          break;
        case 'signal.received':
          // What the host is told by others than the caller comes by no chat.
          await host.send(`signal-${event.at}`, { type: event.type, name: event.name, data: event.data });
          break;
        default:
      }
    }
    return { ...(await line.end()), gone: await host.gone() };
  } finally {
    await host.close();
  }
}

async function straightIn(door: Door): Promise<Line> {
  const heard: string[] = [];
  let rest = '';
  let count = 0;
  return {
    async send(event) {
      count += 1;
      const reply = await door(`e${count}`, event);
      heard.push(...reply.say);
      rest = reply.rest;
    },
    end: async () => ({ heard, rest }),
  };
}

async function throughSns(door: Door, { program }: Machine): Promise<Line> {
  const clock = idleClock(LATER);
  const service = await connectService({ clock });
  let rest = '';
  let chat = '';
  const { joined, notified } = connectChat({
    // The host has a clock of its own.
    door: async ({ id, event }) => {
      const reply = await clock.outside(door(id, event));
      ({ rest } = reply);
      return reply;
    },
    workflow: program,
    ...clientsOf(service, (work) => clock.outside(work())),
    topic: TOPIC,
    chats: chatsIn(memoryStore(), clock.now),
    clock,
    fetcher: publishing,
    // What was answered by what was picked is recorded as other words.
    interactive: false,
  });
  return {
    async send(event) {
      if (event.type === 'session.started') {
        const { id, address, attributes = {} } = event.contact;
        chat = id;
        service.startChat(chat);
        const CustomerEndpoint = address === undefined ? null : { Address: address, Type: 'TELEPHONE_NUMBER' as const };
        const contact = { ContactId: chat, InitialContactId: chat, Channel: 'CHAT', Attributes: attributes } as const;
        await clock.during(joined(flowEvent({}, { ...contact, CustomerEndpoint })));
        return;
      }
      const item =
        event.type === 'caller.left' ? service.leave(chat) : service.write(chat, 'text' in event ? event.text : '');
      const message = JSON.stringify(item);
      const brought = () => notified(snsEvent(notification(message, clock.now())));
      await clock.during(Promise.all([brought(), brought()]));
    },
    async end() {
      const heard = service
        .transcript(chat)
        .filter(({ ParticipantRole, Type }) => ParticipantRole === 'CUSTOM_BOT' && Type === 'MESSAGE')
        .map(({ Content }) => Content ?? '');
      await service.close();
      return { heard, rest };
    },
  };
}
