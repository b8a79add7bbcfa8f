import type { LogEntry, Store, StoredSession } from '@parley/engine';
import type { Brief, Machine } from '@parley/machine';
import { type RecordedEvent, recordingOf } from '@parley/replay';
import { z } from 'zod';
import { codeOf, type FrontDoor } from '../front-door.ts';
import { turnId } from '../turn-id.ts';
import type { After, CallBack } from './after.ts';
import { agreementsIn } from './consent.ts';

export interface ContactEndedOptions {
  readonly door: FrontDoor;
  /** Where the sessions are kept. */
  readonly store: Pick<Store, 'load' | 'events'>;
  /** The machine of the version a session is on. */
  readonly machineOf: (session: StoredSession) => Promise<Machine>;
  readonly after: After;
  /** How a call back that was promised is made; left out: by nobody. */
  readonly callBack?: Pick<CallBack, 'flow' | 'from'>;
  /** The flow that brings a task to those of a queue, for a caller who was to be put through and left before anybody came; left out: there is none. */
  readonly followUp?: (queue: string) => string;
  /** Told of what was not done: a code and the session, never what was said. */
  readonly log?: (entry: LogEntry) => void;
}

/** How long the session has to hear that the caller has left, in milliseconds. */
const WITHIN = 7_000;

const disconnected = z.object({
  'detail-type': z.literal('Amazon Connect Contact Event'),
  detail: z.object({
    eventType: z.literal('DISCONNECTED'),
    contactId: z.string().min(1).max(256),
    channel: z.enum(['VOICE', 'CHAT']),
    agentInfo: z.unknown().optional(),
  }),
});

/** How a session ended, by its journal. */
type Ending =
  | { readonly type: 'ended'; readonly outcome: string }
  | { readonly type: 'transferred'; readonly queue: string; readonly brief: Brief | undefined };

/**
 * The function that Connect's contact events go to (EventBridge, "Amazon Connect Contact Event"): when a contact is over, the session hears that its
 * caller has left, where it had not ended; the contact is tagged with what came of it; a call back that was promised is made; and somebody gets a task with the
 * brief for a caller who left before a person took them.
 *
 * An event may come more than once, and in any order with what the caller said last: what was done is not done again. It rejects where something failed in passing: EventBridge sends
 * the event again. Source of the events' shape: https://docs.aws.amazon.com/connect/latest/adminguide/contact-events.html
 *
 * @example
 * export const handler = contactEnded({ door, store, machineOf: (session) => machines.of(session), after, callBack: { flow, from: { queue } } });
 */
export function contactEnded(options: ContactEndedOptions): (event: unknown) => Promise<void> {
  const { door, store, machineOf, after, callBack, followUp, log } = options;
  return async (given) => {
    const event = disconnected.safeParse(given);
    if (!event.success) return;
    const { contactId: contact, agentInfo } = event.data.detail;
    const session = await goneFrom(contact);
    if (!session) return;
    const machine = await machineOf(session);
    const { workflow, version } = session;
    const { events } = recordingOf({ session: contact, workflow, version }, await store.events(contact));
    const ending = endingOf(events);
    if (!ending) return;
    const outcome = ending.type === 'ended' ? ending.outcome : ending.queue;
    await after.tag(contact, { parley_workflow: workflow, [`parley_${ending.type}`]: outcome });
    const { title } = machine.program;
    // Who has spoken to somebody is told about there.
    if (agentInfo !== undefined && agentInfo !== null) return;
    if (ending.type === 'transferred' && ending.brief && followUp)
      await after.task(contact, {
        name: `${title}: left before anybody came`,
        flow: followUp(ending.queue),
        brief: ending.brief,
      });
    if (ending.type === 'ended' && ending.outcome === 'callback') await callAgain(machine, contact, events);
  };

  /** The session of a contact, once it knows that its caller has left; undefined where there is none. */
  async function goneFrom(contact: string): Promise<StoredSession | undefined> {
    const session = await store.load(contact);
    if (session?.status !== 'active') return session;
    const left = { type: 'caller.left' } as const;
    await door({ session: contact, id: turnId(0, left), event: left, within: WITHIN });
    return store.load(contact);
  }

  async function callAgain(machine: Machine, contact: string, events: readonly RecordedEvent[]): Promise<void> {
    const refused = (code: string) =>
      log?.({ level: 'warn', code, message: 'A call back that was promised is not made.', session: contact });
    if (!callBack) return refused('connect/no-call-back');
    for (const agreement of agreementsIn(machine.program)) {
      try {
        await after.callBack({ ...callBack, machine, events, agreement });
        return;
      } catch (error) {
        // The caller may have agreed elsewhere.
        if (codeOf(error) !== 'connect/no-consent') throw error;
      }
    }
    refused('connect/no-consent');
  }
}

function endingOf(events: readonly RecordedEvent[]): Ending | undefined {
  for (const event of events.toReversed()) {
    if (event.type === 'session.ended') return { type: 'ended', outcome: event.outcome };
    if (event.type === 'session.transferred') return { type: 'transferred', queue: event.queue, brief: event.brief };
  }
  return undefined;
}
