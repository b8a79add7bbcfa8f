import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  type ContactFlow,
  type FlowOptions,
  type FrontDoor,
  flowBlock,
  generateFlow,
  generatePersonFlow,
  intentsOf,
  lexHook,
} from '@parley/connect';
import { type Clock, type LogEntry, systemClock } from '@parley/engine';
import { ParleyError, type Program } from '@parley/workflow';
import { connectApi } from './api/connect.ts';
import { participantApi } from './api/participant.ts';
import { makeServer, SOCKET_PATH } from './api/server.ts';
import { Sockets } from './api/socket.ts';
import type { Contact, Passing } from './contact.ts';
import { disconnectedEvent } from './contact-event.ts';
import { Contacts } from './contacts.ts';
import { type DeskOptions, openDesk } from './desk/desk.ts';
import { Listeners } from './desk/listener.ts';
import type { WatchedStore } from './desk/watched-store.ts';
import { type Flow, readFlow } from './flow/definition.ts';
import { flowEvent } from './flow/event.ts';
import { invoke, type LambdaFunction } from './flow/lambda.ts';
import { type Instance, runFlow, type Task } from './flow/run.ts';
import type { Bot } from './lex/bot.ts';
import { botAliasArn, functionArn, INSTANCE, uuidOf } from './names.ts';
import { type Phone, phoneOf } from './phone.ts';
import { type QueueSettings, Queues } from './queues.ts';
import { type Notice, noticeOf } from './streaming.ts';

/** A workflow behind the contact center. */
export interface CenterWorkflow {
  readonly program: Program;
  /** Runs its sessions: an engine's `turn`, or *turn* on Step Functions. */
  readonly door: FrontDoor;
  readonly flow?: FlowOptions;
  /** Where the pages look at its sessions; left out: they don't. */
  readonly sessions?: Sessions;
}

/** The sessions of a workflow, as they are kept. */
export interface Sessions extends WatchedStore {
  /** Makes a redacted recording of a session. With a name, it is kept under that among the workflow's recordings: `file` says where. */
  readonly record?: (session: string, name?: string) => Promise<{ readonly text: string; readonly file?: string }>;
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
  readonly contactEvent?: (event: object) => void;
  /** Takes what is streamed of contacts, as SNS does: the topic's ARN and the notice. */
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
  /** The calls that ring for somebody: their contacts and the numbers called. */
  ringing(): ReadonlyMap<string, string>;
  /** Takes a call that rings; undefined where it rings no longer. */
  pickUp(contact: string): Phone | undefined;
  close(): Promise<void>;
}

/** How long the front door has to hear of who hung up, in milliseconds. */
const LIMIT = 8_000;
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
  const lambdas = new Map<string, LambdaFunction>();
  const bots = new Map<string, Bot>();
  const flows = new Map<string, Flow>();
  const blocks = new Map<string, LambdaFunction>();
  for (const { program, door, flow: flowOptions } of workflows) {
    const { name } = program;
    const hosted = { door, workflow: program, clock, log };
    const block = flowBlock(hosted);
    const { flow, parameters } = generateFlow(program, flowOptions);
    const arns = new Map([
      ['BotAliasArn', botAliasArn(name)],
      ['FrontDoorArn', functionArn(name)],
    ]);
    for (const [parameter, { queue }] of parameters)
      if (queue !== undefined) arns.set(parameter, queues.add(queue).arn);
    lambdas.set(functionArn(name), block);
    bots.set(botAliasArn(name), { name, intents: intentsOf(program), hook: lexHook(hosted) });
    blocks.set(name, block);
    flows.set(uuidOf(`flow ${name}`), readFlow(name, filled(flow, arns)));
  }

  const people = generatePersonFlow();
  for (const { name, arn } of queues.all) {
    const flow = filled(people.flow, new Map([['QueueArn', arn]]));
    flows.set(uuidOf(`person flow ${name}`), readFlow(`people of ${name}`, flow));
  }

  const ringing = new Map<string, { readonly contact: Contact; readonly flow: Flow }>();
  const findFlow = (named: string) => {
    const id = named.split('/').at(-1) ?? '';
    return flows.get(id) ?? [...flows.values()].find(({ name }) => name === named);
  };
  const instance: Instance = {
    clock,
    queues,
    lambda: (arn) => lambdas.get(arn),
    bot: (arn) => bots.get(arn),
    flow: findFlow,
    createTask: (task) => createTask(task) !== undefined,
  };
  const contacts = new Contacts(clock, (contact) => {
    contact.watch({
      over: () => contactEvent(disconnectedEvent(contact)),
      item: (item) => {
        if (item.Type === 'MESSAGEMETADATA') return;
        for (const topic of contact.streams.values()) {
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

  const underWay = new Set<Promise<void>>();
  const run = (contact: Contact, flow: Flow) => {
    const running = (async () => {
      await runFlow(flow, contact, instance);
      const reason = contact.ended?.reason;
      // As the flow for who hangs up would tell it.
      const block = blocks.get(flow.name);
      if (!block || reason === undefined || reason === 'CONTACT_FLOW_DISCONNECT') return;
      await invoke(block, flowEvent(contact, { event: 'left' }), { limit: LIMIT, clock });
    })();
    underWay.add(running);
    void running.finally(() => underWay.delete(running));
  };
  const sit = (contact: Contact) => contact.join({ id: randomUUID(), role: 'CUSTOMER', name: 'Customer' });
  const createTask = (task: Task): Contact | undefined => {
    const flow = task.flow === undefined ? undefined : findFlow(task.flow);
    if (task.flow !== undefined && !flow) return undefined;
    const { name, attributes, references, description, previous } = task;
    const contact = contacts.begin({
      channel: 'TASK',
      initiation: 'API',
      name,
      attributes,
      references,
      ...(description === undefined ? {} : { description }),
      ...(previous === undefined ? {} : { previous }),
    });
    if (flow) run(contact, flow);
    return contact;
  };

  const sockets = new Sockets(contacts);
  const desk = pages && openDesk(pages, workflows, () => center);
  const listeners = desk && new Listeners(desk.listeners);
  let port = wanted;
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
        knowsFlow: (flow) => findFlow(flow) !== undefined,
        beginChat: (contact, named) => {
          const flow = findFlow(named);
          const forget = contact.watch({
            item: (item) => {
              if (!isArrival(item)) return;
              forget();
              if (flow) run(contact, flow);
            },
          });
        },
        ring: (contact, named) => {
          const flow = findFlow(named);
          if (!flow) return;
          ringing.set(contact.id, { contact, flow });
          contact.watch({ over: () => void ringing.delete(contact.id) });
        },
        createTask,
      }),
    ],
  });
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address === 'object' && address) port = address.port;

  const flowOf = (workflow: string): Flow => {
    const flow = flows.get(uuidOf(`flow ${workflow}`));
    if (flow) return flow;
    throw new ParleyError('center/no-workflow', `There is no workflow ${workflow} in the contact center.`, {
      fix: `There is ${workflows.map(({ program }) => program.name).join(', ')}.`,
    });
  };
  const center: Center = {
    port,
    endpoint: `http://127.0.0.1:${port}`,
    instanceId: INSTANCE,
    number: SYSTEM_NUMBER,
    contacts,
    queues,
    flowId: (workflow) => uuidOf(`flow ${flowOf(workflow).name}`),
    personFlowId(queue) {
      const id = uuidOf(`person flow ${queue}`);
      if (flows.has(id)) return id;
      throw new ParleyError('center/no-queue', `There is no queue ${queue} in the contact center.`, {
        fix: `There is ${queues.all.map(({ name }) => name).join(', ')}.`,
      });
    },
    call(workflow, from) {
      const flow = flowOf(workflow);
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
    ringing: () => new Map([...ringing.values()].map(({ contact }) => [contact.id, contact.given.address ?? ''])),
    pickUp(id) {
      const called = ringing.get(id);
      if (!called) return undefined;
      ringing.delete(id);
      sit(called.contact);
      const phone = phoneOf(called.contact);
      run(called.contact, called.flow);
      return phone;
    },
    async close() {
      contacts.close();
      sockets.close();
      listeners?.close();
      server.close();
      server.closeAllConnections();
      await Promise.all(underWay);
    },
  };
  return center;
}

/** A flow with its parameters, as a deployment puts them in. */
function filled(flow: ContactFlow, parameters: ReadonlyMap<string, string>): unknown {
  const text = JSON.stringify(flow);
  return JSON.parse(text.replace(/\$\{(\w+)\}/g, (whole, name: string) => parameters.get(name) ?? whole));
}

/** The customer of a chat has come. */
const isArrival = (item: Passing) =>
  item.Type === 'EVENT' && item.ParticipantRole === 'CUSTOMER' && item.ContentType.endsWith('.participant.joined');
