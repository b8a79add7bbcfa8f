import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Sound } from '@parley/center';
import { offlineDecider } from '@parley/deciders';
import { manualClock, type TurnRequest } from '@parley/engine';
import { type RecordedEvent, readRecording, recordingOf } from '@parley/replay';
import { lexListening } from '../../packages/center/src/lex/listening.ts';
import type { Conversation } from '../../workflows/conversation.ts';
import { CONVERSATIONS as healthcare } from '../../workflows/healthcare-intake/conversations.ts';
import { CONVERSATIONS as supply } from '../../workflows/supply-chain/conversations.ts';
import { CONVERSATIONS as support } from '../../workflows/support/conversations.ts';
import { isBot, openChat } from './chat.ts';
import { Frames } from './frames.ts';
import { type Opened, openCenter } from './open.ts';
import { runningClock } from './running-clock.ts';
import type { WorkflowName } from './workflows.ts';

const START = Date.UTC(2026, 10, 24, 15, 30);
const PACE = 5_000;
/** One for all: it takes a while to load. */
const decider = offlineDecider();
let center: Opened | undefined;
afterEach(async () => {
  await center?.close();
  center = undefined;
});

const WORKFLOWS: readonly [WorkflowName, readonly Conversation[]][] = [
  ['support', support],
  ['supply-chain', supply],
  ['healthcare-intake', healthcare],
];

/** What a caller can do: what comes from elsewhere, or passes of itself, is no matter of the contact. */
type Line = string | Extract<TurnRequest['event'], { type: 'caller.pressed' | 'caller.silent' | 'caller.left' }>;

const isLine = (line: Conversation['lines'][number]): line is Line =>
  typeof line === 'string' || ('type' in line && line.type.startsWith('caller.'));
/** A chat has neither keys nor silence. */
const isOfChat = (line: Line) => typeof line === 'string' || line.type === 'caller.left';

/** What reaches a chat otherwise than by its caller. */
const BESIDE: ReadonlySet<string> = new Set(['caller.left', 'signal.received']);

/** What hangs, or is tried again after a while, takes time, which does not pass here. */
const isSwift = ({ name, decider, after }: Pick<Conversation, 'name' | 'decider' | 'after'>) =>
  !['tool-hangs', 'write-repeated'].includes(name) && decider === undefined && after === undefined;

const linesOf = ({ channel, lines, recorded, ...one }: Conversation): readonly Line[] | undefined => {
  const own = lines.filter(isLine);
  const possible = own.length === lines.length && (channel === 'voice' || own.every(isOfChat));
  return possible && isSwift(one) && recorded !== false ? own : undefined;
};

/** The flow that is generated for each workflow, played as its recorded callers went: by chat through the real clients, or by phone. */
describe.each(WORKFLOWS)('the flow of %s', (workflow, conversations) => {
  const played = conversations.flatMap((one) => {
    const lines = linesOf(one);
    return lines ? [{ ...one, lines }] : [];
  });
  it('is played by most of its callers', () => expect(played.length).toBeGreaterThan(conversations.length / 2));

  it.each(played)('$name: $about', async ({ name, channel, lines }) => {
    const clock = manualClock(START);
    const opened = await openCenter([workflow], { clock, decider });
    center = opened;
    const line = await (channel === 'voice' ? onThePhone : inAChat)(opened, workflow);
    for (const [index, what] of lines.entries()) {
      await clock.advance(PACE);
      await line.send(what, index === lines.length - 1);
    }
    await goesAsRecorded(opened, workflow, name, line);
  });
});

/** The same chats, led by a bot that takes part in them: what comes from elsewhere reaches them, and what passes of itself. */
describe.each(WORKFLOWS)('the flow of %s, with chats of a bot', (workflow, conversations) => {
  const chats = conversations.filter(({ channel, lines, recorded, ...one }) => {
    const possible = lines.every((line) => typeof line === 'string' || 'pause' in line || BESIDE.has(line.type));
    return channel === 'chat' && recorded !== false && possible && isSwift(one);
  });
  it('is played by most who chat', () =>
    expect(chats.length).toBeGreaterThan(conversations.filter(({ channel }) => channel === 'chat').length / 2));

  it.each(chats)('$name: $about', async ({ name, lines }) => {
    const clock = runningClock(START);
    const opened = await openCenter([workflow], { clock, decider, flow: { chat: 'bot' } });
    center = opened;
    const line = await inAChat(opened, workflow);
    const store = opened.store(workflow);
    /** All that was said has come to the caller's page. */
    const allIsHeard = async () => {
      const said = [...(await store.events(line.contact))].flatMap((event) =>
        event.type === 'agent.said' ? [String(event.data['text'])] : [],
      );
      return said.length > 0 && squeezed(line.heard()).endsWith(squeezed(said.at(-1) ?? ''));
    };
    for (const [index, what] of lines.entries()) {
      while (!(await allIsHeard())) await line.more();
      if (typeof what === 'string' || ('type' in what && what.type === 'caller.left'))
        await line.send(what, index === lines.length - 1);
      else if ('pause' in what) {
        clock.skip(what.pause);
        while ((await store.dueTimers(clock.now(), 1)).length > 0)
          await new Promise((resolve) => setImmediate(resolve));
      } else if (what.type === 'signal.received') await opened.signal(workflow, line.contact, what);
    }
    await goesAsRecorded(opened, workflow, name, line);
  });
});

const squeezed = (text: string) => text.replace(/\s+/g, '');

async function goesAsRecorded(opened: Opened, workflow: WorkflowName, name: string, line: Talking): Promise<void> {
  const { stage, queue } = await line.rests();
  // What a hang-up leads to is done with then.
  await opened.close();
  center = undefined;
  const store = opened.store(workflow);
  const version = (await store.load(line.contact))?.version ?? '';
  const about = { session: line.contact, workflow, version };
  const { events: had } = recordingOf(about, await store.events(line.contact));
  const file = new URL(`../../workflows/${workflow}/recordings/${name}.jsonl`, import.meta.url);
  const { events } = readRecording(readFileSync(file, 'utf8'), name);
  expect(had.map(trace)).toEqual(events.map(trace));
  // The contact is where its session led it.
  const handedOver = events.find((event) => event.type === 'session.transferred');
  const wanted = handedOver ? { stage: 'queue', queue: handedOver.queue } : { stage: 'over', queue: undefined };
  expect({ stage, queue }).toEqual(wanted);
}

/** What happened, without the values, which a recording has pseudonyms for. */
function trace(event: RecordedEvent): object {
  const path = 'path' in event ? event.path : undefined;
  switch (event.type) {
    case 'model.decided':
      return { type: event.type, choice: event.choice, path };
    case 'tool.called':
      return { type: event.type, tool: event.tool };
    default:
      return { type: event.type, path };
  }
}

interface Talking {
  readonly contact: string;
  /** All that was said to the caller. */
  heard(): string;
  /** Something more came to the caller. */
  more(): Promise<unknown>;
  /** Resolves once it is answered. */
  send(line: Line, last: boolean): Promise<void>;
  rests(): Promise<{ readonly stage: string; readonly queue: string | undefined }>;
}

async function inAChat(center: Opened, workflow: WorkflowName): Promise<Talking> {
  const chat = await openChat(center, workflow);
  await chat.frames.next(({ Content }) => Content !== undefined && Content !== 'Hello.');
  return {
    contact: chat.contact,
    heard: () => chat.frames.all.flatMap((frame) => (isBot(frame) ? (frame.Content ?? '') : [])).join(' '),
    more: () => chat.frames.next(() => true),
    async send(line) {
      if (typeof line !== 'string') return hangUp(center, chat.contact);
      await chat.say(line);
      await chat.heard();
    },
    rests: () => resting(center, chat.contact),
  };
}

async function onThePhone(center: Opened, workflow: WorkflowName): Promise<Talking> {
  const phone = center.call(workflow, '+12025550123');
  const sounds = new Frames<Sound>();
  /** How many keys are waited for: after fewer of them, the caller ends with a #. */
  let most = 1;
  phone.hear((sound) => {
    if (sound.type === 'listening') most = lexListening(sound.settings).keys ?? 1;
    sounds.put(sound);
  });
  const rest = () => Promise.race([sounds.next(({ type }) => type !== 'words'), resting(center, phone.contact)]);
  await rest();
  return {
    contact: phone.contact,
    heard: () => sounds.all.flatMap((sound) => (sound.type === 'words' ? sound.content : [])).join(' '),
    more: () => sounds.next(() => true),
    async send(line) {
      if (typeof line === 'string') phone.say(line);
      else if (line.type === 'caller.pressed') phone.press(line.keys.length < most ? `${line.keys}#` : line.keys);
      else if (line.type === 'caller.silent') phone.silent();
      else phone.hangUp();
      await rest();
    },
    rests: () => resting(center, phone.contact),
  };
}

async function hangUp(center: Opened, id: string): Promise<void> {
  center.contacts.find(id)?.end('CUSTOMER_DISCONNECT');
}

/** Where the contact is, once its flow is done with it. */
function resting(center: Opened, id: string): Promise<{ readonly stage: string; readonly queue: string | undefined }> {
  const contact = center.contacts.find(id);
  if (!contact) throw new Error('There is no such contact.');
  return new Promise((resolve) => {
    const look = () => {
      if (contact.stage !== 'queue' && contact.stage !== 'over') return;
      forget();
      resolve({ stage: contact.stage, queue: contact.queue?.name });
    };
    const forget = center.queues.watch(look);
    contact.watch({ over: look });
    look();
  });
}
