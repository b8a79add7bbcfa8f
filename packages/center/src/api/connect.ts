import { randomUUID } from 'node:crypto';
import type { Clock } from '@parley/engine';
import { z } from 'zod';
import { areAttributes, type Contact, type Item } from '../contact.ts';
import type { Contacts } from '../contacts.ts';
import type { Task } from '../flow/run.ts';
import { contactArn, INSTANCE, INSTANCE_ARN } from '../names.ts';
import type { Queues } from '../queues.ts';
import { Fault, invalidParameter, invalidRequest, notFound } from './fault.ts';
import { type Operation, operation } from './operation.ts';

export interface ConnectOptions {
  readonly contacts: Contacts;
  readonly queues: Queues;
  readonly clock: Clock;
  /** Whether there is a flow of this id, ARN or name. */
  readonly knowsFlow: (flow: string) => boolean;
  /** A chat has begun: its flow runs once its customer is connected. */
  readonly beginChat: (contact: Contact, flow: string) => void;
  /** A number is called: the flow runs once the call is taken. */
  readonly ring: (contact: Contact, flow: string) => void;
  readonly createTask: (task: Task) => Contact | undefined;
}

const instance = z.string().refine((id) => id === INSTANCE || id === INSTANCE_ARN);
const InstanceId = z.string().min(1).max(250);
const ContactId = z.string().min(1).max(256);
const ContactFlowId = z.string().min(1).max(500);
const ClientToken = z.string().max(500).optional();
const Attributes = z.record(z.string(), z.string()).default({});
const References = z.record(z.string(), z.object({ Type: z.string(), Value: z.string().optional() })).default({});
const phoneNumber = z.string().regex(/^\+[1-9]\d{1,14}$/);
const DAY_MINUTES = 1_440;
/** The latest requests with a token that are remembered. */
const MAX_ANSWERED = 10_000;

/**
 * What a contact needs of Connect's own API.
 * Source: https://docs.aws.amazon.com/connect/latest/APIReference/
 */
export function connectApi(options: ConnectOptions): readonly Operation[] {
  const { contacts, queues, clock, knowsFlow, beginChat, ring, createTask } = options;
  const answered = new Map<string, object>();
  /** The same request again has the same answer, and begins nothing. */
  const once = (of: string, token: string | undefined, what: () => object): object => {
    const known = token ? answered.get(`${of} ${token}`) : undefined;
    if (known) return known;
    const answer = what();
    if (token) answered.set(`${of} ${token}`, answer);
    for (const [oldest] of answered) {
      if (answered.size <= MAX_ANSWERED) break;
      answered.delete(oldest);
    }
    return answer;
  };
  const contactOf = (given: { readonly InstanceId: string }, id: string): Contact => {
    ofInstance(given);
    const contact = contacts.find(id);
    if (!contact) throw notFound('The contact');
    return contact;
  };
  const flowOf = (id: string): string => {
    if (!knowsFlow(id)) throw notFound('The contact flow');
    return id;
  };
  const invalid = invalidParameter;

  return [
    operation('PUT', '/contact/chat', {
      input: z.object({
        InstanceId,
        ContactFlowId,
        ClientToken,
        Attributes,
        ParticipantDetails: z.object({ DisplayName: z.string().min(1).max(256) }),
        InitialMessage: z
          .object({
            ContentType: z.enum(['text/plain', 'text/markdown', 'application/json']),
            Content: z.string().min(1).max(1024),
          })
          .optional(),
        ChatDurationInMinutes: z
          .number()
          .int()
          .min(60)
          .max(7 * DAY_MINUTES)
          .default(25 * 60),
        PersistentChat: z
          .object({
            RehydrationType: z.enum(['ENTIRE_PAST_SESSION', 'FROM_SEGMENT']),
            SourceContactId: z.string().min(1),
          })
          .optional(),
        RelatedContactId: z.string().optional(),
        SupportedMessagingContentTypes: z
          .array(z.string().min(1).max(100))
          .refine((types) => types.includes('text/plain'))
          .optional(),
      }),
      invalid,
      run: (given) => {
        ofInstance(given);
        const flow = flowOf(given.ContactFlowId);
        return once('chat', given.ClientToken, () => {
          const source = given.PersistentChat && contactOf(given, given.PersistentChat.SourceContactId);
          if (source && (source.given.channel !== 'CHAT' || !source.ended))
            throw invalidRequest('The source contact is no chat that is over.');
          const before = given.PersistentChat?.RehydrationType === 'FROM_SEGMENT' ? [] : source?.given.continued?.items;
          const contact = contacts.begin({
            channel: 'CHAT',
            initiation: 'API',
            attributes: checked(given.Attributes),
            ...(given.SupportedMessagingContentTypes ? { contentTypes: given.SupportedMessagingContentTypes } : {}),
            ...(source ? { continued: { from: source.id, items: [...(before ?? []), ...source.items] } } : {}),
          });
          const { seat, token } = contacts.seat(contact, 'CUSTOMER', given.ParticipantDetails.DisplayName);
          const forget = clock.after(given.ChatDurationInMinutes * 60_000, () => contact.end('EXPIRED'));
          contact.watch({ over: forget });
          if (given.InitialMessage) {
            contact.say(seat.participant, given.InitialMessage.Content, given.InitialMessage.ContentType);
            contact.hear({ type: 'said', text: given.InitialMessage.Content });
          }
          beginChat(contact, flow);
          return {
            ContactId: contact.id,
            ParticipantId: seat.participant.id,
            ParticipantToken: token,
            ...(source ? { ContinuedFromContactId: source.id } : {}),
          };
        });
      },
    }),
    operation('POST', '/contact/stop', {
      input: z.object({ InstanceId, ContactId }),
      invalid,
      run: (given) => {
        const contact = contactOf(given, given.ContactId);
        if (contact.ended) throw new Fault(410, 'ContactNotFoundException', 'The contact is over.');
        contact.end('API');
        return {};
      },
    }),
    operation('GET', '/contacts/{InstanceId}/{ContactId}', {
      input: z.object({ InstanceId, ContactId }),
      invalid: invalidRequest,
      run: (given) => ({ Contact: described(contactOf(given, given.ContactId)) }),
    }),
    operation('POST', '/contact/attributes', {
      input: z.object({ InstanceId, InitialContactId: ContactId, Attributes: z.record(z.string(), z.string()) }),
      invalid,
      run: (given) => {
        const contact = contactOf(given, given.InitialContactId);
        if (!contact.setAttributes(given.Attributes)) throw tooMuch();
        return {};
      },
    }),
    operation('GET', '/contact/attributes/{InstanceId}/{InitialContactId}', {
      input: z.object({ InstanceId, InitialContactId: ContactId }),
      invalid: invalidRequest,
      run: (given) => ({ Attributes: contactOf(given, given.InitialContactId).attributes }),
    }),
    operation('POST', '/contact/start-streaming', {
      input: z.object({
        InstanceId,
        ContactId,
        ClientToken,
        ChatStreamingConfiguration: z.object({ StreamingEndpointArn: z.string().regex(/^arn:aws[\w-]*:sns:.+$/) }),
      }),
      invalid,
      run: (given) => {
        const contact = contactOf(given, given.ContactId);
        if (contact.ended || contact.given.channel !== 'CHAT')
          throw invalidRequest('The contact is no chat that goes on.');
        return once(`streaming ${contact.id}`, given.ClientToken, () => {
          const StreamingId = randomUUID();
          contact.streams.set(StreamingId, given.ChatStreamingConfiguration.StreamingEndpointArn);
          return { StreamingId };
        });
      },
    }),
    operation('POST', '/contact/stop-streaming', {
      input: z.object({ InstanceId, ContactId, StreamingId: z.string() }),
      invalid,
      run: (given) => {
        if (!contactOf(given, given.ContactId).streams.delete(given.StreamingId)) throw notFound('The stream');
        return {};
      },
    }),
    operation('POST', '/contact/create-participant', {
      input: z.object({
        InstanceId,
        ContactId,
        ClientToken,
        ParticipantDetails: z.object({
          ParticipantRole: z.enum(['CUSTOM_BOT']).optional(),
          DisplayName: z.string().min(1).max(256).optional(),
        }),
      }),
      invalid,
      run: (given) => {
        const contact = contactOf(given, given.ContactId);
        if (contact.ended || contact.given.channel !== 'CHAT')
          throw invalidRequest('The contact is no chat that goes on.');
        if (contact.streams.size === 0) throw invalidRequest('The messages of the contact are not streamed.');
        return once(`participant ${contact.id}`, given.ClientToken, () => {
          const { seat, token } = contacts.seat(contact, 'CUSTOM_BOT', given.ParticipantDetails.DisplayName ?? 'BOT');
          return {
            ParticipantId: seat.participant.id,
            ParticipantCredentials: { ParticipantToken: token, Expiry: new Date(seat.due).toISOString() },
          };
        });
      },
    }),
    operation('PUT', '/contact/task', {
      input: z.object({
        InstanceId,
        Name: z.string().max(1024),
        ContactFlowId: ContactFlowId.optional(),
        TaskTemplateId: z.string().optional(),
        QuickConnectId: z.string().optional(),
        Description: z.string().max(4096).optional(),
        Attributes,
        References,
        ClientToken,
        PreviousContactId: z.string().optional(),
        RelatedContactId: z.string().optional(),
      }),
      invalid,
      run: (given) => {
        ofInstance(given);
        if (
          given.ContactFlowId === undefined &&
          given.TaskTemplateId === undefined &&
          given.QuickConnectId === undefined
        )
          throw invalidRequest('Neither a contact flow, a template nor a quick connect is given.');
        if (given.PreviousContactId !== undefined) contactOf(given, given.PreviousContactId);
        return once('task', given.ClientToken, () => {
          const contact = createTask({
            name: given.Name,
            attributes: checked(given.Attributes),
            references: given.References,
            ...(given.Description === undefined ? {} : { description: given.Description }),
            ...(given.ContactFlowId === undefined ? {} : { flow: flowOf(given.ContactFlowId) }),
            ...(given.PreviousContactId === undefined ? {} : { previous: given.PreviousContactId }),
            ...(given.RelatedContactId === undefined ? {} : { related: given.RelatedContactId }),
          });
          if (!contact) throw notFound('The contact flow');
          return { ContactId: contact.id };
        });
      },
    }),
    operation('PUT', '/contact/outbound-voice', {
      input: z.object({
        InstanceId,
        ContactFlowId,
        DestinationPhoneNumber: phoneNumber,
        SourcePhoneNumber: phoneNumber.optional(),
        QueueId: z.string().optional(),
        Attributes,
        ClientToken,
        Name: z.string().max(1024).optional(),
        Description: z.string().max(4096).optional(),
        References,
      }),
      invalid,
      run: (given) => {
        ofInstance(given);
        const flow = flowOf(given.ContactFlowId);
        if (given.SourcePhoneNumber === undefined && given.QueueId === undefined)
          throw invalidRequest('Neither the number to call from nor a queue is given.');
        if (given.QueueId !== undefined && !queues.find(given.QueueId)) throw notFound('The queue');
        return once('outbound', given.ClientToken, () => {
          const contact = contacts.begin({
            channel: 'VOICE',
            initiation: 'OUTBOUND',
            attributes: checked(given.Attributes),
            address: given.DestinationPhoneNumber,
            references: given.References,
            ...(given.SourcePhoneNumber === undefined ? {} : { systemAddress: given.SourcePhoneNumber }),
            ...(given.Name === undefined ? {} : { name: given.Name }),
            ...(given.Description === undefined ? {} : { description: given.Description }),
          });
          ring(contact, flow);
          return { ContactId: contact.id };
        });
      },
    }),
    operation('POST', '/contact/tags', {
      input: z.object({
        InstanceId,
        ContactId,
        Tags: z
          .record(
            z
              .string()
              .min(1)
              .max(128)
              .regex(/^(?!aws:)[a-zA-Z+-=._:/]+$/),
            z.string().max(256),
          )
          .refine((tags) => Object.keys(tags).length >= 1 && Object.keys(tags).length <= 6),
      }),
      invalid,
      run: (given) => {
        const contact = contactOf(given, given.ContactId);
        for (const [name, value] of Object.entries(given.Tags)) contact.tags.set(name, value);
        return {};
      },
    }),
    operation('DELETE', '/contact/tags/{InstanceId}/{ContactId}', {
      input: z.object({ InstanceId, ContactId, TagKeys: z.array(z.string()).min(1).max(6) }),
      invalid,
      run: (given) => {
        const contact = contactOf(given, given.ContactId);
        for (const name of given.TagKeys) contact.tags.delete(name);
        return {};
      },
    }),
  ];
}

function ofInstance({ InstanceId: id }: { readonly InstanceId: string }): void {
  if (!instance.safeParse(id).success) throw notFound('The instance');
}

const tooMuch = () => invalidParameter('Attributes have names of letters, digits, - and _, and 32,768 bytes in all.');

function checked(attributes: { readonly [name: string]: string }): { readonly [name: string]: string } {
  if (!areAttributes(attributes)) throw tooMuch();
  return attributes;
}

const seconds = (milliseconds: number) => milliseconds / 1_000;

/** A contact as DescribeContact tells of it: times in seconds since the epoch. */
function described(contact: Contact): object {
  const { id, initial, given, begun, ended, agent, queue, queuedAt, language } = contact;
  const endpoint = (address: string | undefined, of: string) =>
    address === undefined ? {} : { [of]: { Type: 'TELEPHONE_NUMBER', Address: address } };
  return {
    Arn: contactArn(id),
    Id: id,
    InitialContactId: initial,
    InitiationMethod: given.initiation,
    Channel: given.channel,
    InitiationTimestamp: seconds(begun),
    LastUpdateTimestamp: seconds(lastOf(contact.items, begun)),
    Attributes: contact.attributes,
    Tags: Object.fromEntries(contact.tags),
    SegmentAttributes: { 'connect:Language': { ValueString: language } },
    ...(given.name === undefined ? {} : { Name: given.name }),
    ...(given.description === undefined ? {} : { Description: given.description }),
    ...(given.previous === undefined ? {} : { PreviousContactId: given.previous }),
    ...(given.continued === undefined ? {} : { RelatedContactId: given.continued.from }),
    ...endpoint(given.address, 'CustomerEndpoint'),
    ...endpoint(given.systemAddress, 'SystemEndpoint'),
    ...(queue && queuedAt !== undefined ? { QueueInfo: { Id: queue.id, EnqueueTimestamp: seconds(queuedAt) } } : {}),
    ...(agent ? { AgentInfo: { Id: agent.name, ConnectedToAgentTimestamp: seconds(agent.since) } } : {}),
    ...(ended ? { DisconnectTimestamp: seconds(ended.at), DisconnectReason: ended.reason } : {}),
  };
}

const lastOf = (items: readonly Item[], begun: number) =>
  Date.parse(items.at(-1)?.AbsoluteTime ?? new Date(begun).toISOString());
