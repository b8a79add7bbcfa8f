import { type Clock, signaturesOf, sleep } from '@parley/engine';
import { compileWorkflow } from '@parley/workflow';
import { flowEvent } from '../../packages/connect/src/block/testing/events.ts';
import { clientsOf } from '../../packages/connect/src/chat/testing/clients.ts';
import { mortal } from '../../packages/connect/src/chat/testing/mortal.ts';
import { type ChatItem, connectService } from '../../packages/connect/src/chat/testing/service.ts';
import { notification, publishing, snsEvent, TOPIC } from '../../packages/connect/src/chat/testing/sns.ts';
import { idleClock } from '../idle-clock.ts';
import type { Random } from '../simulation/random.ts';
import { Caller, linesOf } from './caller.ts';
import { type Came, takenIn, type Wrong } from './came.ts';
import type { Figures } from './figures.ts';
import { unreliable } from './functions.ts';
import { hostOf } from './host.ts';
import { Ledger, notes, noteTools } from './notes.ts';
import type { Parts } from './parts.ts';

const START = Date.UTC(2030, 0, 1, 12);
const program = compileWorkflow(notes, signaturesOf(noteTools(new Ledger())));
const CHAT = 'c1';
/** What a function has, and how long SNS waits before it calls one again that failed. Milliseconds. */
const LAMBDA = 30_000;
const AGAIN = 1_000;
/** Somebody who is not answered in this time, in milliseconds, never is. */
const ENDLESS = 3_600_000;

/**
 * A chat with a bot of our own: SNS brings each message up to three times, in any order, up to 20 s late; functions die, requests and
 * their answers are lost. The customer does not wait for answers.
 */
export async function throughSns(parts: Parts, random: Random, figures: Figures): Promise<Came> {
  // Before the clock runs.
  await parts.connect.sdk();
  const clock = idleClock(START);
  const host = hostOf(clock, random, { fails: 0.05, slowest: 3_000 });
  const chats = parts.connect.memoryChats();
  const caller = new Caller(linesOf(random, random.int(1, 6), false));
  const often = random.pick([0, 0.1, 0.3]);
  const longest = random.pick([100, 2_000, 20_000]);
  const brought: Promise<void>[] = [];
  const logged = new Set<string>();
  let began = false;
  /** A fault has kept the contact from being given its attributes. */
  let untold = false;
  const service = await connectService({
    clock,
    fault: (path) => {
      // Its own clients send again what fails while it joins.
      if (!began || !random.chance(often)) return undefined;
      const fault = random.pick(['throttled', 'lost', 'lost-answer'] as const);
      figures.met(`request ${fault}`);
      if (path === '/contact/attributes') untold = true;
      return fault;
    },
    streamed: (item) => {
      for (let copy = random.int(1, 3); copy > 0; copy--) brought.push(bring(item, random.int(0, longest)));
    },
  });

  /** A function of its own, for each time that one is called. */
  const functionOf = (dies?: number) => {
    const { alive, reached } = mortal(dies);
    return parts.connect.connectChat({
      door: (request) => alive(() => host.door(request)),
      workflow: program,
      ...clientsOf(service, (work) => alive(() => clock.outside(work()))),
      topic: TOPIC,
      chats: reached(chats),
      clock,
      fetcher: publishing,
      log: ({ code, message }) => void logged.add(code).add(message.split(':')[0] ?? ''),
    });
  };

  /** SNS calls a function with a copy, and again until one has taken it. */
  async function bring(item: ChatItem, delay: number): Promise<void> {
    await sleep(clock, delay);
    const event = snsEvent(notification(JSON.stringify(item), clock.now()));
    for (let dies = random.chance(often) ? random.int(1, 25) : undefined; ; dies = undefined) {
      if (dies !== undefined) figures.met('function dies');
      const became = await Promise.race([
        functionOf(dies)
          .notified(event, timeOf(clock))
          .then(
            () => 'taken',
            () => 'failed',
          ),
        sleep(clock, LAMBDA).then(() => 'gone'),
      ]);
      if (became === 'taken') return;
      await sleep(clock, AGAIN);
    }
  }

  service.startChat(CHAT);
  const begins = flowEvent({}, { ContactId: CHAT, InitialContactId: CHAT, Channel: 'CHAT' });
  const joining = unreliable((event, context) => functionOf().joined(event, context), {
    clock,
    random,
    met: figures.met,
    mishap: () =>
      random.chance(often) ? random.pick(['throttled', 'lost', 'cut off', 'twice', 'again'] as const) : undefined,
  });
  const joined = await clock.during(parts.center.invoke(joining, begins, { limit: 8_000, clock }));
  began = true;
  const rest =
    typeof joined?.value === 'object' ? new Map(Object.entries(joined.value ?? {})).get('parley_rest') : undefined;

  const write = async () => {
    for (const { says } of caller.lines) {
      await sleep(clock, random.int(1, random.pick([50, 3_000])));
      service.write(CHAT, says);
      caller.said += 1;
    }
    for (let done = 0; done < brought.length; done = brought.length) await Promise.all(brought);
  };
  let end: Came['end'] = 'person';
  if (rest === 'caller')
    end = await clock.during(
      Promise.race([write().then(() => 'over' as const), sleep(clock, ENDLESS).then(() => 'stuck' as const)]),
    );
  await service.close();
  for (const { ParticipantRole, Type, Content = '' } of service.transcript(CHAT))
    if (ParticipantRole === 'CUSTOM_BOT' && Type === 'MESSAGE') caller.hear(Content);
  // The words of that may be lost as well.
  if (logged.has('The caller goes to a person')) end = 'person';
  // Who can't read the transcript has no order to go by but that of the notifications: CHAT.md says so.
  // Who is with a person is not answered by the bot: the last that it took up may not have been taken.
  if (end === 'person') caller.said = Math.min(caller.said, takenIn(await host.journal(CHAT)).length + 1);
  const unordered = logged.has('connect/no-transcript');
  if (unordered) figures.met('transcript not read');
  const told = service.attributes.get(CHAT)?.['parley_rest'];
  const wrong: Wrong[] =
    end === 'over' && told !== 'end' && !untold ? [{ invariant: 'done', what: 'the flow is not told of the end' }] : [];
  const journal = await host.journal(CHAT);
  await clock.during(host.engine.close());
  return { caller, said: caller.said, journal, ledger: host.ledger, end, unordered, wrong };
}

function timeOf(clock: Clock) {
  const end = clock.now() + LAMBDA;
  return { getRemainingTimeInMillis: () => end - clock.now() };
}
