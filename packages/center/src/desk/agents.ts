import type { Clock } from '@parley/engine';
import { z } from 'zod';
import { type Contact, isArrival } from '../contact.ts';
import type { Agent, Waiting } from '../queues.ts';
import {
  type AgentContact,
  type FromAgent,
  fromAgent,
  type Line,
  type ToAgent,
  type WaitingContact,
} from './agents-messages.ts';
import type { Opened } from './desk.ts';
import { lineOf } from './line.ts';
import { type Listener, listener, NOT_FOUND, type Peer } from './listener.ts';

/** How long the contacts of an agent whose page is gone are theirs, in milliseconds: then they wait again, as the first of their queues. */
const AWAY = 60_000;

/** The agents of a contact center, and the contacts they have. */
export interface AgentsDesk {
  readonly listener: Listener;
  close(): void;
}

/** An agent at work. Their pages: after a reload, and where a tab was duplicated, the same agent's. */
interface AtWork {
  name: string;
  readonly peers: Set<Peer>;
  readonly held: Map<string, Held>;
  /** Calls off that they are taken to be gone. */
  comeBack: (() => void) | undefined;
}

/** A contact that an agent has. */
interface Held {
  readonly contact: Contact;
  readonly agent: Agent;
  /** What the agent's page called what it sent, by the id that it has in the contact. */
  readonly drafts: Map<string, string>;
  readonly receipts: Map<string, 'delivered' | 'read'>;
  /** Watches it no longer. */
  forget(): void;
}

/** The sockets of agents, at `/desk/agents`. Who has the token is the agent. `started`: when the contact center was. */
export function openAgents(center: () => Opened, clock: Clock, started: number): AgentsDesk {
  const agents = new Map<string, AtWork>();
  let watching: (() => void) | undefined;
  let telling = false;

  const tell = ({ peers }: AtWork, message: ToAgent) => {
    for (const peer of peers) peer.send(message);
  };
  const desk = (): ToAgent => {
    const { queues } = center();
    return {
      type: 'desk',
      now: clock.now(),
      queues: queues.all.map((queue) => ({
        id: queue.id,
        name: queue.name,
        waiting: queues.waiting(queue).map(shownWaiting),
      })),
      callbacks: queues.callbacks.map(({ contact, queue, number, due }) => ({ contact, queue, number, due })),
    };
  };
  /** Tells all of them who waits, once for all that changes at a time. */
  const changed = () => {
    if (telling) return;
    telling = true;
    setImmediate(() => {
      telling = false;
      const message = desk();
      for (const one of agents.values()) tell(one, message);
    });
  };

  const hold = (at: AtWork, contact: Contact, agent: Agent) => {
    const { id } = contact;
    const held: Held = {
      contact,
      agent,
      drafts: new Map(),
      receipts: new Map(),
      forget: agent.watch({
        item(item, own) {
          if (item.Type === 'MESSAGEMETADATA') {
            if (own) return;
            const { MessageId: message, Receipts } = item.MessageMetadata;
            const receipt = Receipts.some(({ ReadTimestamp }) => ReadTimestamp) ? 'read' : 'delivered';
            if (held.receipts.get(message) === 'read') return;
            held.receipts.set(message, receipt);
            tell(at, { type: 'receipt', contact: id, message, receipt });
            return;
          }
          if (item.ContentType.endsWith('.typing')) {
            if (item.ParticipantRole === 'CUSTOMER') tell(at, { type: 'typing', contact: id });
            return;
          }
          if (isArrival(item)) tell(at, { type: 'joined', contact: id });
          // The agent's words are told with what the page called them, by who says them.
          const line = own && item.Type === 'MESSAGE' ? undefined : lineOf(item);
          if (!line) return;
          tell(at, { type: 'line', contact: id, line });
          // After all others were told of the message itself.
          if (line.by === 'caller' && contact.given.channel === 'CHAT' && at.peers.size > 0)
            queueMicrotask(() => agent.receipt('delivered', line.id));
        },
        over: (reason) => tell(at, { type: 'over', contact: id, reason }),
      }),
    };
    at.held.set(id, held);
    tell(at, { type: 'contact', contact: shown(held) });
  };
  const letGo = (at: AtWork, held: Held) => {
    held.forget();
    at.held.delete(held.contact.id);
    tell(at, { type: 'gone', contact: held.contact.id });
  };
  /** They are gone, from all of their pages: nobody who waits for them is dropped. */
  const leave = (token: string, at: AtWork) => {
    at.comeBack?.();
    agents.delete(token);
    for (const held of [...at.held.values()]) {
      letGo(at, held);
      held.agent.putBack();
    }
    for (const peer of at.peers) peer.close(NOT_FOUND, 'The agent has left.');
  };

  const say = (at: AtWork, { contact, agent, drafts }: Held, draft: string, text: string) => {
    if ([...drafts.values()].includes(draft)) return;
    const item = agent.say(text);
    if (!item) return;
    drafts.set(item.Id, draft);
    const line = lineOf(item);
    if (line) tell(at, { type: 'line', contact: contact.id, line: { ...line, draft } });
  };
  const take = (at: AtWork, id: string) => {
    const { queues, contacts } = center();
    const contact = contacts.find(id);
    const agent = contact && queues.take(id, at.name);
    if (agent) hold(at, contact, agent);
    else tell(at, { type: 'refused', contact: id, why: 'taken' });
  };
  const callBack = (at: AtWork, id: string) => {
    const { queues, callBack: call } = center();
    const asked = queues.callbacks.find(({ contact }) => contact === id);
    const called = asked && call(asked, at.name);
    if (called) hold(at, called.contact, called.agent);
    else tell(at, { type: 'refused', contact: id, why: 'taken' });
  };
  const transfer = (at: AtWork, held: Held, queueId: string) => {
    const queue = center().queues.find(queueId);
    if (queue && held.agent.transfer(queue)) letGo(at, held);
    else if (!held.contact.ended) tell(at, { type: 'refused', contact: held.contact.id, why: 'full' });
  };
  const follow = (token: string, at: AtWork, asked: FromAgent) => {
    switch (asked.type) {
      case 'take':
        return take(at, asked.contact);
      case 'call back':
        return callBack(at, asked.contact);
      case 'leave':
        return leave(token, at);
    }
    const held = at.held.get(asked.contact);
    if (!held) return;
    switch (asked.type) {
      case 'say':
        return say(at, held, asked.draft, asked.text);
      case 'typing':
        return held.agent.typing();
      case 'read':
        return held.agent.receipt('read', asked.message);
      case 'end':
        return held.agent.end();
      case 'transfer':
        return transfer(at, held, asked.queue);
      case 'close':
        if (held.contact.ended) letGo(at, held);
    }
  };

  return {
    listener: listener('/desk/agents', {
      input: z.object({ token: z.string().min(16).max(100), name: z.string().trim().min(1).max(100) }),
      messages: fromAgent,
      open({ token, name }, peer) {
        watching ??= center().queues.watch(changed);
        const at = agents.get(token) ?? { name, peers: new Set(), held: new Map(), comeBack: undefined };
        agents.set(token, at);
        at.comeBack?.();
        at.comeBack = undefined;
        at.name = name;
        at.peers.add(peer);
        peer.send(desk());
        peer.send({ type: 'contacts', started, contacts: [...at.held.values()].map(shown) } satisfies ToAgent);
        return {
          message: (asked) => {
            // Who has left takes nothing any more: it would be nobody's.
            if (agents.get(token) === at) follow(token, at, asked);
          },
          closed() {
            at.peers.delete(peer);
            if (at.peers.size > 0 || agents.get(token) !== at) return;
            at.comeBack = clock.after(AWAY, () => leave(token, at));
          },
        };
      },
    }),
    close() {
      watching?.();
      for (const { comeBack } of agents.values()) comeBack?.();
      agents.clear();
    },
  };
}

function shownWaiting({ contact, channel, since, address, name, brief, attributes }: Waiting): WaitingContact {
  const identity = attributes['parley_identity'];
  const summary = brief?.split('\n', 1)[0];
  const called = name ?? address;
  return {
    contact,
    channel,
    since,
    ...(called === undefined ? {} : { name: called }),
    ...(summary === undefined ? {} : { summary }),
    ...(identity === undefined ? {} : { identity }),
  };
}

function shown({ contact, drafts, receipts }: Held): AgentContact {
  const { given, queue, begun, attributes, items, ended, participants } = contact;
  const { channel, name = given.address, description, continued } = given;
  const lines = [...(continued?.items ?? []), ...items].flatMap((item): Line[] => {
    const line = lineOf(item);
    const draft = drafts.get(item.Id);
    return line ? [draft === undefined ? line : { ...line, draft }] : [];
  });
  return {
    contact: contact.id,
    channel,
    ...(queue ? { queue: queue.name } : {}),
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    begun,
    attributes,
    lines,
    receipts: Object.fromEntries(receipts),
    joined: [...participants.values()].some(({ role }) => role === 'CUSTOMER'),
    ...(ended ? { over: ended.reason } : {}),
  };
}
