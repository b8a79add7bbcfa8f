import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '@parley/engine';
import { z } from 'zod';

/** An item of a chat, as SNS streams it and the transcript has it. */
export interface ChatItem {
  readonly Id: string;
  readonly Type: 'MESSAGE' | 'EVENT';
  readonly AbsoluteTime: string;
  readonly ContentType: string;
  readonly Content?: string;
  readonly ParticipantId: string;
  readonly ParticipantRole: 'CUSTOMER' | 'CUSTOM_BOT' | 'SYSTEM';
  readonly DisplayName: string;
  readonly InitialContactId: string;
  readonly ContactId: string;
}

/** A request that was let through, by its path. */
export interface Request {
  readonly path: string;
  readonly body: { readonly [field: string]: unknown };
}

/** What becomes of a request: undefined, and it is answered as it should be. */
export type Fault = 'throttled' | 'lost' | 'lost-answer' | undefined;

export interface ConnectService {
  readonly endpoint: string;
  readonly requests: readonly Request[];
  readonly attributes: ReadonlyMap<string, { readonly [name: string]: string }>;
  /** Begins a chat, as StartChatContact does. */
  startChat(contact: string, options?: { readonly types?: readonly string[]; readonly related?: string }): void;
  /** The customer writes, or leaves. Gives the item. */
  write(contact: string, content: string, contentType?: string): ChatItem;
  leave(contact: string): ChatItem;
  /** What the customer has on their page. */
  transcript(contact: string): readonly ChatItem[];
  /** The bot is taken out of the chat, by Connect. */
  removeBot(contact: string): void;
  /** Connections end, as they do after a day. */
  expireConnections(): void;
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly clock: Clock;
  /** Told of each item of a chat that is streamed, with the topic: SNS. */
  readonly streamed?: (item: ChatItem, topic: string) => void;
  readonly fault?: (path: string) => Fault;
}

interface Contact {
  readonly id: string;
  readonly types: readonly string[];
  readonly related: string | undefined;
  topic?: string;
  readonly items: ChatItem[];
  /** Participants by token. */
  readonly bots: Map<string, { readonly id: string; readonly made: number; state: 'made' | 'in' | 'out' }>;
  readonly connections: Map<string, string>;
}

// What the service takes: the field names and bounds of its API model, as the SDK's types and the API reference have them.
const token = z.string().min(1).max(1_000);
const client = z.string().max(500).optional();
const id = z.string().min(1).max(256);
const instance = z.string().min(1).max(100);
const attributes = z
  .record(z.string().regex(/^[A-Za-z0-9_-]{1,32767}$/), z.string().max(32_767))
  .refine((given) => Buffer.byteLength(Object.entries(given).flat().join('')) <= 32_768);
const phone = z.string().regex(/^\+[1-9]\d{1,14}$/);
const INTERACTIVE = 'application/vnd.amazonaws.connect.message.interactive';

const bodies = {
  '/contact/start-streaming': z.strictObject({
    InstanceId: instance,
    ContactId: id,
    ChatStreamingConfiguration: z.strictObject({ StreamingEndpointArn: z.string().min(1).max(350) }),
    ClientToken: z.string().max(500),
  }),
  '/contact/create-participant': z.strictObject({
    InstanceId: instance,
    ContactId: id,
    ClientToken: client,
    ParticipantDetails: z.strictObject({
      ParticipantRole: z.literal('CUSTOM_BOT'),
      DisplayName: z.string().min(1).max(256),
    }),
  }),
  '/participant/connection': z.strictObject({
    Type: z.array(z.enum(['WEBSOCKET', 'CONNECTION_CREDENTIALS'])).optional(),
    ConnectParticipant: z.boolean().optional(),
  }),
  '/participant/message': z.strictObject({ ContentType: z.string(), Content: z.string().min(1), ClientToken: client }),
  '/participant/event': z.strictObject({
    ContentType: z.literal('application/vnd.amazonaws.connect.event.typing'),
    Content: z.string().optional(),
    ClientToken: client,
  }),
  '/participant/transcript': z.strictObject({
    ContactId: id.optional(),
    MaxResults: z.int().min(0).max(100).optional(),
    NextToken: z.string().optional(),
    ScanDirection: z.enum(['FORWARD', 'BACKWARD']).optional(),
    SortOrder: z.enum(['ASCENDING', 'DESCENDING']).optional(),
  }),
  '/participant/disconnect': z.strictObject({ ClientToken: client }),
  '/contact/attributes': z.strictObject({ InstanceId: instance, InitialContactId: id, Attributes: attributes }),
  '/contact/task': z.strictObject({
    InstanceId: instance,
    RelatedContactId: id.optional(),
    ContactFlowId: z.string().max(500).optional(),
    Name: z.string().max(1_024),
    Description: z.string().max(4_096).optional(),
    ClientToken: client,
    ScheduledTime: z.number().optional(),
  }),
  '/contact/outbound-voice': z.strictObject({
    InstanceId: instance,
    RelatedContactId: id.optional(),
    ContactFlowId: z.string().max(500),
    DestinationPhoneNumber: phone,
    SourcePhoneNumber: phone.optional(),
    QueueId: z.string().optional(),
    ClientToken: client,
  }),
  '/contact/tags': z.strictObject({
    InstanceId: instance,
    ContactId: id,
    Tags: z
      .record(z.string().regex(/^(?!aws:)[a-zA-Z+-=._:/]{1,128}$/), z.string().max(256))
      .refine((tags) => Object.keys(tags).length <= 6),
  }),
  '/contact/stop': z.strictObject({ InstanceId: instance, ContactId: id }),
};
type Path = keyof typeof bodies;
const isPath = (path: string): path is Path => Object.hasOwn(bodies, path);

class Refusal extends Error {
  readonly type: string;
  readonly status: number;
  constructor(type: string, status: number) {
    super(type);
    this.type = type;
    this.status = status;
  }
}
const denied = () => new Refusal('AccessDeniedException', 403);
const invalid = () => new Refusal('ValidationException', 400);
const badRequest = () => new Refusal('InvalidRequestException', 400);
const missing = () => new Refusal('ResourceNotFoundException', 404);

/** How long a participant that was made has to connect. */
const CONNECT_WITHIN = 15_000;

/** The parts of the Connect and Participant services that a bot needs, over HTTP: they refuse what the services refuse. */
export async function connectService({
  clock,
  streamed,
  fault = () => undefined,
}: ServiceOptions): Promise<ConnectService> {
  const contacts = new Map<string, Contact>();
  const requests: Request[] = [];
  const set = new Map<string, { readonly [name: string]: string }>();
  /** What was answered to requests that had a token. */
  const answered = new Map<string, object>();
  let ids = 0;
  const next = (kind: string) => {
    ids += 1;
    return `${kind}-${String(ids).padStart(6, '0')}`;
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;

  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    attributes: set,
    startChat(contact, { types = ['text/plain', INTERACTIVE], related } = {}) {
      contacts.set(contact, { id: contact, types, related, items: [], bots: new Map(), connections: new Map() });
    },
    write: (contact, content, contentType = 'text/plain') =>
      add(theContact(contact), 'MESSAGE', 'CUSTOMER', contentType, content),
    leave: (contact) =>
      add(theContact(contact), 'EVENT', 'CUSTOMER', 'application/vnd.amazonaws.connect.event.participant.left'),
    transcript: (contact) => theContact(contact).items,
    removeBot(contact) {
      for (const bot of theContact(contact).bots.values()) bot.state = 'out';
    },
    expireConnections() {
      for (const contact of contacts.values()) contact.connections.clear();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  function theContact(contact: string): Contact {
    const found = contacts.get(contact);
    if (!found) throw missing();
    return found;
  }

  function add(
    contact: Contact,
    Type: ChatItem['Type'],
    ParticipantRole: ChatItem['ParticipantRole'],
    ContentType: string,
    Content?: string,
  ): ChatItem {
    const item: ChatItem = {
      Id: next('item'),
      Type,
      AbsoluteTime: new Date(clock.now()).toISOString(),
      ContentType,
      ...(Content === undefined ? {} : { Content }),
      ParticipantId: ParticipantRole,
      ParticipantRole,
      DisplayName: ParticipantRole,
      InitialContactId: contact.id,
      ContactId: contact.id,
    };
    contact.items.push(item);
    if (contact.topic !== undefined) streamed?.(item, contact.topic);
    return item;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const trouble = fault(pathname);
    if (trouble === 'lost') return void request.socket.destroy();
    try {
      if (trouble === 'throttled') throw new Refusal('ThrottlingException', 429);
      const answer = answerTo(request, pathname, text);
      if (trouble === 'lost-answer') return void request.socket.destroy();
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      response
        .writeHead(error.status, { 'content-type': 'application/json', 'x-amzn-errortype': error.type })
        .end(JSON.stringify({ message: error.type }));
    }
  }

  function answerTo({ method, headers }: IncomingMessage, path: string, text: string): object {
    const described = /^\/contacts\/[^/]+\/([^/]+)$/.exec(path)?.[1];
    if (method === 'GET' && described !== undefined) {
      const { id: Id, related } = theContact(decodeURIComponent(described));
      return { Contact: { Id, ...(related === undefined ? {} : { RelatedContactId: related }) } };
    }
    const known = isPath(path) ? path : undefined;
    const put = path === '/contact/task' || path === '/contact/outbound-voice';
    if (known === undefined || method !== (put ? 'PUT' : 'POST')) throw missing();
    const bearer = headers['x-amz-bearer'];
    if (path.startsWith('/contact/') && !headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')) throw denied();
    if (path.startsWith('/participant/') && !token.safeParse(bearer).success) throw denied();
    const read = bodies[known].safeParse(JSON.parse(text || '{}'));
    if (!read.success) throw path.startsWith('/participant/') ? invalid() : badRequest();
    const body: { readonly [field: string]: unknown } = read.data;
    const answer = () => carryOut(known, body, String(bearer));
    const same = body['ClientToken'];
    if (typeof same !== 'string') {
      const given = answer();
      requests.push({ path, body });
      return given;
    }
    const key = `${path} ${String(bearer)} ${same}`;
    const before = answered.get(key);
    if (before) return before;
    const given = answer();
    requests.push({ path, body });
    answered.set(key, given);
    return given;
  }

  function carryOut(path: Path, body: { readonly [field: string]: unknown }, bearer: string): object {
    switch (path) {
      case '/contact/start-streaming': {
        const { ContactId, ChatStreamingConfiguration } = bodies[path].parse(body);
        theContact(ContactId).topic = ChatStreamingConfiguration.StreamingEndpointArn;
        return { StreamingId: next('streaming') };
      }
      case '/contact/create-participant': {
        const bot = { id: next('participant'), made: clock.now(), state: 'made' as const };
        const ParticipantToken = next('participant-token');
        theContact(bodies[path].parse(body).ContactId).bots.set(ParticipantToken, bot);
        return { ParticipantId: bot.id, ParticipantCredentials: { ParticipantToken, Expiry: 'later' } };
      }
      case '/participant/connection': {
        for (const { bots, connections } of contacts.values()) {
          const bot = bots.get(bearer);
          if (!bot || bot.state === 'out') continue;
          if (bot.state === 'made' && clock.now() - bot.made > CONNECT_WITHIN) throw denied();
          bot.state = 'in';
          const ConnectionToken = next('connection-token');
          connections.set(ConnectionToken, bearer);
          return { ConnectionCredentials: { ConnectionToken, Expiry: 'later' } };
        }
        throw denied();
      }
      case '/participant/message': {
        const { contact } = connected(bearer);
        const { ContentType, Content } = bodies[path].parse(body);
        if (!contact.types.includes(ContentType)) throw invalid();
        if (ContentType === 'text/plain' && [...Content].length > 1_024) throw invalid();
        if (ContentType === INTERACTIVE && !wellFormed(Content)) throw invalid();
        return stamp(add(contact, 'MESSAGE', 'CUSTOM_BOT', ContentType, Content));
      }
      case '/participant/event': {
        const { contact } = connected(bearer);
        return stamp(add(contact, 'EVENT', 'CUSTOM_BOT', bodies[path].parse(body).ContentType));
      }
      case '/participant/transcript': {
        const { contact } = connected(bearer);
        const { MaxResults = 10, NextToken, SortOrder = 'DESCENDING' } = bodies[path].parse(body);
        // A persistent chat has what was said in the contact before as well.
        const past = (contact.related === undefined ? [] : (contacts.get(contact.related)?.items ?? [])).map(
          ({ ContactId, ...item }) => ({ ...item, RelatedContactId: ContactId }),
        );
        const messages = [...past, ...contact.items]
          .filter(({ ContentType }) => !ContentType.endsWith('typing'))
          .reverse();
        const from = Number(NextToken ?? 0);
        const page = messages.slice(from, from + MaxResults);
        return {
          InitialContactId: contact.id,
          Transcript: SortOrder === 'DESCENDING' ? page : page.reverse(),
          ...(messages.length > from + MaxResults ? { NextToken: String(from + MaxResults) } : {}),
        };
      }
      case '/participant/disconnect': {
        connected(bearer).bot.state = 'out';
        return {};
      }
      case '/contact/attributes': {
        const { InitialContactId, Attributes } = bodies[path].parse(body);
        set.set(InitialContactId, { ...set.get(InitialContactId), ...Attributes });
        return {};
      }
      case '/contact/task':
      case '/contact/outbound-voice':
        return { ContactId: next('contact') };
      case '/contact/tags':
      case '/contact/stop':
        return {};
    }
  }

  function connected(bearer: string) {
    for (const contact of contacts.values()) {
      const bot = contact.bots.get(contact.connections.get(bearer) ?? '');
      if (bot?.state === 'in') return { contact, bot };
    }
    throw denied();
  }
}

const stamp = ({ Id, AbsoluteTime }: ChatItem) => ({ Id, AbsoluteTime });

const elements = z.array(z.strictObject({ title: z.string().min(1) }));
const content = { title: z.string().min(1).max(400) };
const template = z.discriminatedUnion('templateType', [
  z.strictObject({
    templateType: z.literal('ListPicker'),
    version: z.literal('1.0'),
    data: z.strictObject({ content: z.strictObject({ ...content, elements: elements.min(1).max(6) }) }),
  }),
  z.strictObject({
    templateType: z.literal('QuickReply'),
    version: z.literal('1.0'),
    data: z.strictObject({ content: z.strictObject({ ...content, elements: elements.min(2).max(10) }) }),
  }),
  z.strictObject({
    templateType: z.literal('TimePicker'),
    version: z.literal('1.0'),
    data: z.strictObject({
      content: z.strictObject({
        ...content,
        timeslots: z
          .array(z.strictObject({ date: z.string(), duration: z.int() }))
          .min(1)
          .max(40),
      }),
    }),
  }),
]);

/** Whether an interactive message follows one of the templates of the administrator guide, in the parts that are used here. */
export function wellFormed(content: string): boolean {
  return Buffer.byteLength(content) < 20_000 && template.safeParse(JSON.parse(content)).success;
}
