import { expect, it } from '@jest/globals';
import { type Reply, sleep, type TurnRequest } from '@parley/engine';
import fc from 'fast-check';
import { type IdleClock, idleClock } from '../../../../test/idle-clock.ts';
import { flowEvent } from '../block/testing/events.ts';
import { asking, desk, ended } from '../testing/desk.ts';
import { connectChat } from './chat.ts';
import { memoryChats } from './record.ts';
import { clientsOf } from './testing/clients.ts';
import { mortal } from './testing/mortal.ts';
import { type ChatItem, type ConnectService, connectService, type Fault } from './testing/service.ts';
import { notification, publishing, snsEvent, TOPIC } from './testing/sns.ts';

const NOW = Date.parse('2030-01-01T12:00:00Z');
/** What a function has, and how long SNS waits before it calls one again that failed. Milliseconds. */
const LAMBDA = 30_000;
const AGAIN = 1_000;

/** How SNS brings a message: how long each copy takes on its way, and after how many of its doings the function that gets it dies. */
interface Way {
  readonly delay: number;
  readonly dies: number | undefined;
}
interface Written {
  /** After the message before, in milliseconds. */
  readonly after: number;
  readonly copies: readonly Way[];
}
interface World {
  readonly written: readonly Written[];
  /** What becomes of each request, by its number. */
  readonly faults: readonly Fault[];
  readonly transcript: boolean;
  /** How long the host takes, in milliseconds. */
  readonly thinks: number;
  readonly hold: number;
}

/** What came of a chat: what the session took, and what the caller has on their page. */
interface Came {
  readonly taken: readonly string[];
  readonly page: readonly string[];
  readonly deaths: number;
}

const wayOf = (longest: number, deaths: boolean) =>
  fc.record<Way>({
    delay: fc.integer({ min: 0, max: longest }),
    dies: deaths ? fc.option(fc.integer({ min: 1, max: 25 }), { nil: undefined, freq: 2 }) : fc.constant(undefined),
  });
const writtenIn = (longest: number, deaths: boolean) =>
  fc.array(
    fc.record<Written>({
      after: fc.integer({ min: 1, max: 3_000 }),
      copies: fc.array(wayOf(longest, deaths), { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 6 },
  );

it('each message is taken once, in the order it was written, and answered once, whatever SNS, the network and the functions do', async () => {
  let deaths = 0;
  const worlds = fc.record<World>({
    // A delay of up to 20 s is a copy that was lost, and sent again.
    written: writtenIn(20_000, true),
    faults: fc.array(fc.constantFrom<Fault>(undefined, undefined, undefined, 'throttled', 'lost', 'lost-answer'), {
      maxLength: 40,
    }),
    transcript: fc.constant(true),
    thinks: fc.integer({ min: 0, max: 4_000 }),
    hold: fc.constant(200),
  });
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const came = await live(world);
      deaths += came.deaths;
      expectInOrder(world, came);
    }),
    { numRuns: 25, seed: 7, endOnFailure: true },
  );
  // It was tried.
  expect(deaths).toBeGreaterThan(3);
}, 120_000);

it('where no transcript can be read, it is so as far as SNS is no later than the hold', async () => {
  const worlds = fc.record<World>({
    written: writtenIn(990, false),
    faults: fc.constant([]),
    transcript: fc.constant(false),
    thinks: fc.integer({ min: 0, max: 4_000 }),
    hold: fc.constant(1_000),
  });
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => expectInOrder(world, await live(world))),
    { numRuns: 25, seed: 7, endOnFailure: true },
  );
}, 120_000);

function expectInOrder({ written }: World, { taken, page }: Came): void {
  const texts = written.map((_, index) => `message ${index}`);
  expect(taken).toEqual(texts);
  expect(page).toEqual(['Welcome.', ...texts.flatMap((text) => [`You wrote ${text}.`, 'What else?'])]);
}

/** A chat from its beginning to when SNS has nothing more to bring. */
async function live(world: World): Promise<Came> {
  const clock = idleClock(NOW);
  const chats = memoryChats();
  const host = hostOf(clock, world.thinks);
  let count = 0;
  let began = false;
  let deaths = 0;
  const brought: Promise<void>[] = [];
  const copies = new Map<string, readonly Way[]>();
  const service = await connectService({
    clock,
    fault: (path) => {
      if (path === '/participant/transcript') return world.transcript ? undefined : 'throttled';
      return began ? world.faults[count++] : undefined;
    },
    streamed: (item) => {
      for (const way of copies.get(item.Content ?? '') ?? [{ delay: 0, dies: undefined }])
        brought.push(bring(item, way));
    },
  });
  try {
    service.startChat('c1');
    const begins = flowEvent({}, { ContactId: 'c1', InitialContactId: 'c1', Channel: 'CHAT' });
    await clock.during(functionOf(service).joined(begins));
    began = true;
    await clock.during(
      (async () => {
        for (const [index, { after, copies: ways }] of world.written.entries()) {
          await sleep(clock, after);
          const text = `message ${index}`;
          copies.set(text, ways);
          service.write('c1', text);
        }
      })(),
    );
    for (let done = 0; done < brought.length; done = brought.length) await clock.during(Promise.all(brought));
  } finally {
    await service.close();
  }
  const page = service
    .transcript('c1')
    .filter(({ ParticipantRole, Type }) => ParticipantRole === 'CUSTOM_BOT' && Type === 'MESSAGE')
    .map(({ Content }) => Content ?? '');
  return { taken: host.taken, page, deaths };

  /** SNS calls a function with a copy, and again until one has taken it. */
  async function bring(item: ChatItem, { delay, dies }: Way): Promise<void> {
    await sleep(clock, delay);
    const event = snsEvent(notification(JSON.stringify(item), clock.now()));
    for (let dying = dies; ; dying = undefined) {
      const end = clock.now() + LAMBDA;
      const context = { getRemainingTimeInMillis: () => end - clock.now() };
      const gone = sleep(clock, LAMBDA).then(() => 'gone' as const);
      const done = functionOf(service, dying)
        .notified(event, context)
        .then(
          () => 'taken' as const,
          () => 'failed' as const,
        );
      const became = await Promise.race([done, gone]);
      if (became === 'taken') return;
      if (became === 'gone') deaths += 1;
      await sleep(clock, AGAIN);
    }
  }

  /** A function of its own, for each time that one is called. */
  function functionOf(to: ConnectService, dies?: number) {
    const { alive, reached } = mortal(dies);
    return connectChat({
      door: (request) => alive(() => host.door(request)),
      workflow: desk,
      ...clientsOf(to, (work) => alive(() => clock.outside(work()))),
      topic: TOPIC,
      chats: reached(chats),
      clock,
      fetcher: publishing,
      hold: world.hold,
    });
  }
}

/** A host, as far as a chat goes: the same id again gets the same reply and does nothing. */
function hostOf(clock: IdleClock, thinks: number) {
  const taken: string[] = [];
  const replies = new Map<string, Reply>();
  let lane: Promise<unknown> = Promise.resolve();
  const answer = async ({ id, event }: TurnRequest): Promise<Reply> => {
    const before = replies.get(id);
    if (before) return before;
    await sleep(clock, thinks);
    if (event.type === 'caller.said') taken.push(event.text);
    const say = event.type === 'caller.said' ? [`You wrote ${event.text}.`, 'What else?'] : ['Welcome.'];
    const reply = event.type === 'caller.left' ? ended : asking('which', { say });
    replies.set(id, reply);
    return reply;
  };
  return {
    taken,
    door: (request: TurnRequest): Promise<Reply> => {
      const next = lane.then(() => answer(request));
      lane = next;
      return next;
    },
  };
}
