import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { FlowOptions, FrontDoor } from '@parley/connect';
import {
  type Clock,
  type LogEntry,
  type Reply,
  type StoredSession,
  systemClock,
  type TurnRequest,
} from '@parley/engine';
import type { Machine } from '@parley/machine';
import { ParleyError, type Program } from '@parley/workflow';
import { connectApi } from './api/connect.ts';
import { participantApi } from './api/participant.ts';
import { makeServer, SOCKET_PATH } from './api/server.ts';
import { Sockets } from './api/socket.ts';
import type { Outward } from './chat-bot.ts';
import { type Contact, isArrival } from './contact.ts';
import { disconnectedEvent } from './contact-event.ts';
import { Contacts } from './contacts.ts';
import { Deployment, flowId } from './deployment.ts';
import { type DeskOptions, openDesk } from './desk/desk.ts';
import { Listeners } from './desk/listener.ts';
import type { WatchedStore } from './desk/watched-store.ts';
import type { Flow } from './flow/definition.ts';
import { type Instance, runFlow, type Task } from './flow/run.ts';
import { INSTANCE } from './names.ts';
import { type Phone, phoneOf } from './phone.ts';
import { type Agent, type Callback, type QueueSettings, Queues } from './queues.ts';
import { Ringing } from './ringing.ts';
import { Topics } from './sns.ts';
import { type Notice, noticeOf } from './streaming.ts';

/** A workflow behind the contact center. */
export interface CenterWorkflow {
  readonly program: Program;
  /** Runs its sessions: an engine's `turn`, or *turn* on Step Functions. */
  readonly door: FrontDoor;
  readonly flow?: FlowOptions;
  /** What a newcomer may try: a line each, as callers' pages show them. */
  readonly hints?: readonly string[];
  /** Where the pages look at its sessions; left out: they don't. */
  readonly sessions?: Sessions;
  /** Its host pushes and streams: it is handed by what, where a bot leads the chats. Through Lex nothing can be pushed. */
  readonly pushesTo?: (outward: Outward) => void;
}

/** The sessions of a workflow, as they are kept. */
export interface Sessions extends WatchedStore {
  /** The machine of the version that a session is on, as `Machines` of the engine gives it. */
  readonly machine: (of: Pick<StoredSession, 'workflow' | 'version'>) => Promise<Machine>;
  /** The folder for recordings of them; left out: none can be kept, only taken away. */
  readonly recordings?: string;
}

export interface CenterOptions {
  readonly workflows: readonly CenterWorkflow[];
  /** A free one if left out. */
  readonly port?: number;
  /** By the names that workflows call queues; one that is left out takes whoever comes. */
  readonly queues?: { readonly [name: string]: QueueSettings };
  /** The system's if left out. */
  readonly clock?: Clock;
  /** Told of what goes wrong: a code and the contact, never what was said. */
  readonly log?: (entry: LogEntry) => void;
  /** Serves the pages for callers, watchers and agents; left out: only the APIs. */
  readonly pages?: DeskOptions;
  /** Takes Connect's contact events, as EventBridge brings them: when a contact is over. */
  readonly contactEvent?: (event: object) => void | Promise<void>;
  /** Is told of what is streamed of contacts: the topic's ARN and the notice. */
  readonly publish?: (topic: string, notice: Notice) => void;
}

/** A contact center on one port of this machine. */
export interface Center {
  readonly port: number;
  /** Where the clients of Connect and its Participant API find it. */
  readonly endpoint: string;
  readonly instanceId: string;
  /** The number that is called, and that calls are made from. */
  readonly number: string;
  /** The id of the contact flow of a workflow. Throws ParleyError `center/no-workflow`. */
  flowId(workflow: string): string;
  /** The id of the contact flow that brings calls back and tasks to the people of a queue. Throws ParleyError `center/no-queue`. */
  personFlowId(queue: string): string;
  readonly contacts: Contacts;
  readonly queues: Queues;
  /** Calls a workflow; the phone is in the caller's hand. Throws ParleyError `center/no-workflow`. */
  call(workflow: string, from: string): Phone;
  /**
   * Tells the session of a contact of something that comes from elsewhere, such as that a carrier has called back. What it says to that goes to
   * a chat that a bot leads; whoever talks through Lex can't be told. Throws ParleyError `center/no-workflow`, and what the front door throws.
   */
  signal(workflow: string, contact: string, signal: Signal): Promise<Reply>;
  /** The calls that ring for somebody: their contacts and the numbers called. */
  ringing(): ReadonlyMap<string, string>;
  /** Tells that a call began or ceased to ring, until what it returns is called. */
  watchRinging(watcher: () => void): () => void;
  /** Takes a call that rings; undefined where it rings no longer. */
  pickUp(contact: string): Phone | undefined;
  /** An agent calls whoever asked for it: it rings, and the agent is in the call. Undefined where somebody calls already. */
  callBack(callback: Callback, name: string): { readonly contact: Contact; readonly agent: Agent } | undefined;
  close(): Promise<void>;
}

export type Signal = Pick<Extract<TurnRequest['event'], { type: 'signal.received' }>, 'name' | 'data'>;

const SYSTEM_NUMBER = '+12025550100';

/**
 * Starts a contact center on 127.0.0.1: the APIs of Amazon Connect that contacts need, with each workflow behind the contact flow that is
 * generated for it. Throws ParleyError `center/flow`, and what `generateFlow` throws; rejects where the port is taken.
 *
 * @example
 * const center = await startCenter({ workflows: [{ program, door: engine.turn }], port: 7357 });
 */
export async function startCenter(options: CenterOptions): Promise<Center> {
  const {
    workflows,
    port: wanted = 0,
    queues: settings = {},
    clock = systemClock,
    log = () => undefined,
    pages,
    publish,
    contactEvent = () => undefined,
  } = options;
  const queues = new Queues(clock);
  for (const [name, setting] of Object.entries(settings)) queues.add(name, setting);
  const topics = new Topics({ clock, log });
  let port = wanted;
  const endpoint = () => `http://127.0.0.1:${port}`;
  const deployment = new Deployment(workflows, { queues, topics, endpoint, clock, log });

  const ringing = new Ringing();
  const instance: Instance = {
    clock,
    queues,
    lambda: (arn) => deployment.lambda(arn),
    bot: (arn) => deployment.bot(arn),
    flow: (named) => deployment.flow(named),
    createTask: (task) => createTask(task) !== undefined,
  };
  const contacts = new Contacts(clock, (contact) => {
    contact.watch({
      over: () => tell(contact),
      item: (item) => {
        if (item.Type === 'MESSAGEMETADATA') return;
        for (const topic of contact.streams.values()) {
          topics.publish(topic, noticeOf(item));
          try {
            publish?.(topic, noticeOf(item));
          } catch {
            log({
              level: 'error',
              code: 'center/not-published',
              message: 'A notice was not taken.',
              session: contact.id,
            });
          }
        }
      },
    });
  });

  /** What is to be done before it is closed. */
  const underWay = new Set<Promise<void>>();
  const during = (work: Promise<void>) => {
    underWay.add(work);
    void work.finally(() => underWay.delete(work));
  };
  const tell = (contact: Contact) => {
    const told = async () => contactEvent(disconnectedEvent(contact));
    const message = 'The event of a contact that is over was not taken.';
    during(
      told().catch((error: unknown) => {
        const code = error instanceof ParleyError ? error.code : 'center/event-not-taken';
        log({ level: 'error', code, message, session: contact.id });
      }),
    );
  };
  const run = (contact: Contact, flow: Flow) =>
    during(
      (async () => {
        await runFlow(flow, contact, instance);
        const reason = contact.ended?.reason;
        if (reason !== undefined && reason !== 'CONTACT_FLOW_DISCONNECT') await deployment.left(contact, flow);
      })(),
    );
  const sit = (contact: Contact) => contact.join({ id: randomUUID(), role: 'CUSTOMER', name: 'Customer' });
  const createTask = (task: Task): Contact | undefined => {
    const flow = task.flow === undefined ? undefined : deployment.flow(task.flow);
    if (task.flow !== undefined && !flow) return undefined;
    const { name, attributes, references, description, previous, related } = task;
    const contact = contacts.begin({
      channel: 'TASK',
      initiation: 'API',
      name,
      attributes,
      references,
      ...(description === undefined ? {} : { description }),
      ...(previous === undefined ? {} : { previous }),
      ...(related === undefined ? {} : { related }),
    });
    if (flow) run(contact, flow);
    return contact;
  };

  const sockets = new Sockets(contacts);
  const desk = pages && openDesk(pages, workflows, () => center, clock);
  const listeners = desk && new Listeners(desk.listeners);
  const server = makeServer({
    sockets,
    pages: listeners,
    failed: (code) => log({ level: 'error', code, message: 'A request to the contact center failed.' }),
    operations: [
      ...(desk?.operations ?? []),
      ...participantApi({ contacts, socket: (ticket) => `ws://127.0.0.1:${port}${SOCKET_PATH}${ticket}` }),
      ...connectApi({
        contacts,
        queues,
        clock,
        knowsFlow: (flow) => deployment.flow(flow) !== undefined,
        beginChat: (contact, named) => {
          const flow = deployment.flow(named);
          const forget = contact.watch({
            item: (item) => {
              if (!isArrival(item)) return;
              forget();
              if (flow) run(contact, flow);
            },
          });
        },
        ring: (contact, named) => {
          const flow = deployment.flow(named);
          if (flow) ringing.add(contact, () => run(contact, flow));
        },
        createTask,
      }),
    ],
  });
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address === 'object' && address) port = address.port;

  const center: Center = {
    port,
    endpoint: endpoint(),
    instanceId: INSTANCE,
    number: SYSTEM_NUMBER,
    contacts,
    queues,
    flowId: (workflow) => flowId(deployment.of(workflow).flow.name),
    personFlowId: (queue) => deployment.personFlowId(queue),
    call(workflow, from) {
      const { flow } = deployment.of(workflow);
      const contact = contacts.begin({
        channel: 'VOICE',
        initiation: 'INBOUND',
        address: from,
        systemAddress: SYSTEM_NUMBER,
      });
      sit(contact);
      const phone = phoneOf(contact);
      run(contact, flow);
      return phone;
    },
    async signal(workflow, contact, { name, data }) {
      const { door, chat } = deployment.of(workflow);
      const event = { type: 'signal.received', name, data } as const;
      const reply = await door({ session: contact, id: randomUUID(), event });
      if (await chat?.reaches(contact)) await chat?.push(reply);
      return reply;
    },
    ringing: () => ringing.all,
    watchRinging: (watcher) => ringing.watch(watcher),
    pickUp(id) {
      const called = ringing.take(id);
      if (!called) return undefined;
      sit(called.contact);
      const phone = phoneOf(called.contact);
      called.begin();
      return phone;
    },
    callBack(callback, name) {
      if (!queues.calledBack(callback)) return undefined;
      const contact = contacts.begin({
        channel: 'VOICE',
        initiation: 'CALLBACK',
        address: callback.number,
        systemAddress: SYSTEM_NUMBER,
        previous: callback.contact,
        attributes: contacts.find(callback.contact)?.attributes ?? {},
      });
      contact.queue = queues.add(callback.queue);
      const agent = queues.join(contact, name);
      ringing.add(contact, () => undefined);
      return { contact, agent };
    },
    async close() {
      desk?.close();
      contacts.close();
      // What a hang-up leads to still needs the APIs.
      await Promise.all([...underWay, topics.close()]);
      deployment.close();
      sockets.close();
      listeners?.close();
      server.close();
      server.closeAllConnections();
    },
  };
  return center;
}
