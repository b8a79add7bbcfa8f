import { randomUUID } from 'node:crypto';
import type { Clock } from '@parley/engine';
import { ParleyError } from '@parley/workflow';
import { z } from 'zod';
import type { Center } from '../center.ts';
import type { Phone } from '../phone.ts';
import {
  type CallEntry,
  type CallerMessage,
  type CallMessage,
  callerMessage,
  declineMessage,
  type RingingMessage,
} from './calls-messages.ts';
import { type Listener, listener, type Peer, type Serving } from './listener.ts';

/** What the calls of pages need of the contact center. */
export type Exchange = Pick<Center, 'call' | 'contacts' | 'ringing' | 'watchRinging' | 'pickUp'>;

/** Who has lost the connection for so long has hung up. Milliseconds. */
const LOST = 30_000;
/** Where a page calls from, unless it says. */
const FROM = '+12025550123';
/** What a page is told by whose call another page has taken over. */
export const TAKEN_OVER = 4409;
/** What a page is told by that comes back to a call of before the contact center was started: it is lost. */
export const STARTED_AGAIN = 4410;

/** A call whose caller is at a page: all that happened in it, for the page to come back to. */
interface Call {
  readonly id: string;
  readonly workflow: string;
  readonly phone: Phone;
  readonly entries: CallEntry[];
  readonly done: Set<string>;
  peer: Peer | undefined;
  /** Calls off that the caller counts as gone. */
  stay: () => void;
}

/** An entry before it is numbered. */
type Unnumbered<E = CallEntry> = E extends CallEntry ? Omit<E, 'number'> : never;

/** The phones of pages: sockets at `/desk/calls?workflow=NAME`, `/desk/calls?ringing=CONTACT`, `/desk/calls/{call}?after=N&started=TIME` and `/desk/ringing`. */
export function callListeners(center: () => Exchange, clock: Clock, started: number): readonly Listener[] {
  const calls = new Map<string, Call>();

  function begin(phone: Phone, workflow: string): Call {
    for (const [id, { phone: old }] of calls) if (!center().contacts.find(old.contact)) calls.delete(id);
    const call: Call = {
      id: randomUUID(),
      workflow,
      phone,
      entries: [],
      done: new Set(),
      peer: undefined,
      stay: () => undefined,
    };
    calls.set(call.id, call);
    phone.hear((sound) => {
      add(call, sound);
      if (sound.type === 'over') call.stay();
    });
    return call;
  }

  /** Gives the call to a page, from where it knows it; a page that had it before has it no longer. */
  function join(call: Call, peer: Peer, after: number): Serving<CallerMessage> {
    call.stay();
    call.peer?.close(TAKEN_OVER, 'Another page has taken the call.');
    call.peer = peer;
    const { id, workflow, phone, entries } = call;
    const first: CallMessage = { type: 'call', call: id, contact: phone.contact, workflow, started };
    peer.send(first);
    for (const entry of entries) if (entry.number > after) tell(peer, entry);
    return {
      message: (message) => act(call, message),
      closed: () => {
        if (call.peer !== peer) return;
        call.peer = undefined;
        const over = entries.some(({ type }) => type === 'over');
        if (!over) call.stay = clock.after(LOST, () => phone.hangUp());
      },
    };
  }

  return [
    listener('/desk/calls', {
      input: z.object({
        workflow: z.string().optional(),
        ringing: z.string().optional(),
        from: z
          .string()
          .regex(/^\+[1-9]\d{1,14}$/)
          .default(FROM),
      }),
      messages: callerMessage,
      open: ({ workflow, ringing, from }, peer) => {
        if (ringing !== undefined) {
          const phone = center().pickUp(ringing);
          return phone && join(begin(phone, ''), peer, 0);
        }
        const phone = workflow === undefined ? undefined : called(center(), workflow, from);
        return phone && join(begin(phone, workflow ?? ''), peer, 0);
      },
    }),
    listener('/desk/calls/{call}', {
      input: z.object({
        call: z.string(),
        after: z.coerce.number().int().min(0).default(0),
        started: z.coerce.number().default(started),
      }),
      messages: callerMessage,
      open: ({ call: id, after, started: known }, peer) => {
        const call = calls.get(id);
        if (!call && known !== started) peer.close(STARTED_AGAIN, 'The contact center was started again.');
        return call && join(call, peer, after);
      },
    }),
    listener('/desk/ringing', {
      input: z.object({}),
      messages: declineMessage,
      open: (_, peer) => {
        const tell = () => {
          const message: RingingMessage = {
            calls: [...center().ringing()].map(([contact, number]) => ({ contact, number })),
          };
          peer.send(message);
        };
        const forget = center().watchRinging(tell);
        tell();
        return {
          message: ({ decline }) => {
            if (center().ringing().has(decline)) center().contacts.find(decline)?.end('CUSTOMER_DISCONNECT');
          },
          closed: forget,
        };
      },
    }),
  ];
}

function act(call: Call, message: CallerMessage): void {
  const { phone, done } = call;
  if (message.type === 'hang up') {
    phone.hangUp();
    return;
  }
  const { deed } = message;
  if (done.has(deed)) return;
  done.add(deed);
  // First what was done, and then what comes of it.
  switch (message.type) {
    case 'say':
      add(call, { type: 'said', deed, text: message.text });
      phone.say(message.text, message.others);
      break;
    case 'press':
      add(call, { type: 'pressed', deed, keys: message.keys });
      phone.press(message.keys);
      break;
    case 'silent':
      add(call, { type: 'silent', deed });
      phone.silent();
      break;
  }
}

function add(call: Call, what: Unnumbered): void {
  const entry: CallEntry = { ...what, number: call.entries.length + 1 };
  call.entries.push(entry);
  if (call.peer) tell(call.peer, entry);
}

function tell(peer: Peer, entry: CallEntry): void {
  const message: CallMessage = { type: 'entry', entry };
  peer.send(message);
}

function called(center: Exchange, workflow: string, from: string): Phone | undefined {
  try {
    return center.call(workflow, from);
  } catch (error) {
    if (error instanceof ParleyError && error.code === 'center/no-workflow') return undefined;
    throw error;
  }
}
